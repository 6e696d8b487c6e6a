# shellcheck shell=sh disable=SC2088 # "~" is lorica's
# lorica sandbox: what one run leaves for the next, or another one at the same
# time, is no way out; nor is what git obeys.
one_guest user "the sandbox, what is planted" || return 0
d=$WORK/sandbox-planted
mkdir -p "$d/home/.ssh" "$d/home/other" "$d/home/project/.claude"
chmod 755 "$d"
echo key >"$d/home/.ssh/id"
echo '{}' >"$d/home/project/.claude/settings.json"
p=$d/home/project

box_at() {
	at=$1
	shift
	output env -u XDG_CONFIG_HOME HOME="$d/home" sh -c 'cd "$0" && exec "$@"' "$at" \
		"$LORICA" --root "$d/state" sandbox "$@"
}
box() { box_at "$p" "$@"; }

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "what a sandbox leaves for the next" "no user namespaces"
	return
fi

# ---- links that come after the look ------------------------------------------
# as_printed FILTER: run the configuration that was printed, changed by jq.
as_printed() {
	mkdir -p "$d/bundle"
	jq "$1" "$d/printed" >"$d/bundle/config.json"
	output "$LORICA" --root "$d/state" run --bundle "$d/bundle" planted
}
box --print-config -- sh -c 'echo x 2>/dev/null >~/new; echo ran'
printf %s "$out" >"$d/printed"
as_printed .
is "what is printed can be run" "$status:$out:$(ls "$d/home")" "0:ran:other
project"
mv "$p/.claude" "$p/moved"
ln -s "$d/home" "$p/.claude"
as_printed .
has "a place that is a link by now" "$status:$err" \
	"*: mount $p/.claude on $p/.claude: open $p/.claude: too many levels of symbolic links"
is "is not written to" "$(ls "$d/home")" "other
project"
as_printed ".mounts |= map(if .destination == \"$p/.claude\" then .source = \"$p/moved\" else . end)"
has "nor mounted on" "$status:$err" "*$p/.claude*too many levels of symbolic links"
as_printed ".mounts |= map(select(.destination != \"$p/.claude\")) | .linux.maskedPaths += [\"$p/.claude\"]"
has "nor masked" "$status:$err" "*$p/.claude*too many levels of symbolic links"
as_printed ".mounts |= map(select(.destination != \"$p/.claude\")) | .linux.readonlyPaths += [\"$p/.claude\"]"
has "nor made read-only" "$status:$err" "*$p/.claude*too many levels of symbolic links"
as_printed ".mounts |= map(select(.destination != \"$p/.claude\")) | .linux.readonlyPaths = [] |
	.annotations[\"dev.lorica.landlock\"] |= (fromjson | .rules.pathBeneath[0].paths += [\"$p/.claude\"] | tojson)"
if printf %s "$(cat "$d/printed")" | jq -e '.annotations["dev.lorica.landlock"] | fromjson | .ruleset.handledAccessFS' >/dev/null; then
	has "nor a rule of Landlock" "$status:$err" "*$p/.claude: too many levels of symbolic links"
	is "which has none for what lies in another place" \
		"$(jq -r '.annotations["dev.lorica.landlock"] | fromjson | .rules.pathBeneath[0].paths[]' "$d/printed" | grep -c -F .claude)" 0
fi
is "ordinary bundles follow links as before" "$(jq '.annotations = {} | .linux.readonlyPaths = [] |
	.mounts |= map(select(.destination != "'"$p"'/.claude")) |
	.mounts += [{destination: "/tmp/seen", source: "'"$p"'/.claude/other", type: "bind", options: ["rbind"]}] |
	.process.args = ["ls", "-d", "/tmp/seen"]' "$d/printed" >"$d/bundle/config.json" &&
	"$LORICA" --root "$d/state" run --bundle "$d/bundle" planted)" /tmp/seen
rm "$p/.claude"
mv "$p/moved" "$p/.claude"

ln -s "$d/home" "$p/lnk"
# shellcheck disable=SC2016 # for the inner shell
(cd "$p" && HOME=$d/home "$SUPPORT/swap" "$p/.claude" "$p/lnk" sh -c 'i=0
	while [ $i -lt 12 ]; do
		"$0" --root "$1" sandbox -- sh -c "echo x >~/new"
		i=$((i + 1))
	done' "$LORICA" "$d/state") 2>/dev/null
is "whoever swaps it meanwhile gains nothing" "$(ls "$d/home")" "other
project"
rm -rf "$p/lnk" "$p/.claude"

# ---- links for the next run ---------------------------------------------------
mkdir -p "$p/third/vendor" "$p/out/cache"
box --ro third/vendor -- sh -c 'mv third old 2>/dev/null || echo held; rm -rf third 2>/dev/null; ls -d third/vendor'
is "what an option names cannot be renamed" "$(echo "$out" | tr '\n' ' ')" "held third/vendor "
# leads_out OPTION NAME WHERE
leads_out() {
	has "$1 $2 that leads out by a link" "$status:$out:$err" \
		"125::lorica: sandbox: $1: $p/$2 leads out of $p by a link, which a sandbox could have made: name $3 itself if it is meant"
}
rm -rf "$p/third"
mkdir "$p/third"
ln -s "$d/home/.ssh" "$p/third/vendor"
box --ro third/vendor -- cat third/vendor/id
leads_out --ro third/vendor "$d/home/.ssh"
ln -s third "$p/second"
ln -s "$p/second/vendor" "$d/home/first"
box --ro "$d/home/first" -- cat "$d/home/.ssh/id"
has "by a link that is the user's" "$status:$out:$err" \
	"125::lorica: sandbox: --ro: $d/home/first leads out of $p by a link*"
rm "$p/third/vendor" "$d/home/first" "$p/second"
ln -s "$d/home" "$p/third/b"
box --rw third/b -- sh -c 'echo x >~/new'
leads_out --rw third/b "$d/home"
box --bind third/b:/tmp/b -- sh -c 'echo x >/tmp/b/new'
leads_out --bind third/b "$d/home"
box --tmpfs third/b/other -- true
leads_out --tmpfs third/b/other "$d/home/other"
is "nothing was written" "$(ls "$d/home")" "other
project"
ln -s ../out "$p/third/c"
box --ro third/c/cache -- sh -c 'echo x 2>/dev/null >out/cache/x || echo no'
is "a link in there is none" "$status:$out:$err" 0:no:
ln -s "$p/out" "$d/home/o"
box --rw "$d/home/o" -- true
is "nor is the user's own" "$status:$err" 0:
rm -f "$d/home/o"
echo '{"rw": ["out/cache"]}' >"$p/.lorica"
box --trust -- true
is "what is agreed to" "$status:$err" 0:
rmdir "$p/out/cache"
ln -s "$d/home" "$p/out/cache"
box -- sh -c 'echo x >~/new'
leads_out --rw out/cache "$d/home"
rm -rf "$p/.lorica" "$p/third" "$p/out"

# ---- what git obeys -----------------------------------------------------------
mkdir -p "$d/evil/hooks"
as_caller() { (cd "$p" && HOME=$d/home "$@"); }
program_path=/usr/local/bin:/usr/bin:/bin
if PATH=$program_path command -v git >/dev/null 2>&1; then
	as_caller git init -q --template= .
	# What a build that measures coverage leaves.
	as_caller sh -c 'mkdir .git/info && echo "*.profraw" >.git/info/exclude'
	as_caller git config user.name me
	as_caller git config user.email me@example.org
	files=$(cd "$p" && find .git | sort)
	box -- sh -c 'echo ../evil 2>/dev/null >.git/commondir || echo no; rm -f .git/commondir
		echo x 2>/dev/null >.git/hooks/pre-commit || echo no; mv .git/hooks h; rmdir .git/hooks
		echo x 2>/dev/null >.git/config.worktree || echo no; mv .git g; ls .git/hooks'
	is "git is told nothing by new files" "$(echo "$out" | tr '\n' ' ')" "no no no "
	box -- sh -c 'echo one >file && git add file && git commit -qm one && git status --short && git log --format=%s'
	is "and works" "$status:$out:$err" 0:one:
	box -- sh -c 'rm -rf .git/objects/* .git/logs .git/refs/heads/* .git/index .git/COMMIT_EDITMSG .git/info .git/branches'
	is "what was made for it is gone" "$(cd "$p" && find .git | grep -e commondir -e hooks -e config.worktree)" ""
	has "and nothing else" "$files" "*.git/HEAD*"
	(cd "$p" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox -- sh -c 'echo x >ready; sleep 61203') &
	boxed=$!
	ok "while one runs" await test -s "$p/ready"
	box -- sh -c 'echo x 2>/dev/null >.git/commondir || echo no'
	is "another has them too" "$status:$out" 0:no
	ok "and leaves them to it" test -s "$p/.git/commondir"
	as_caller "$LORICA" --root "$d/state" list -q | xargs -n 1 "$LORICA" --root "$d/state" kill >/dev/null 2>&1
	kill $boxed 2>/dev/null
	wait $boxed 2>/dev/null
	ok "which removes them" test ! -e "$p/.git/commondir" -a ! -e "$p/.git/hooks"
	rm -f "$p/ready"
	# lasts FILE: in the background, until somebody makes it.
	lasts() {
		(cd "$p" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox -- \
			sh -c "echo x >$1.ready; until [ -e $1 ]; do sleep 0.05; done") &
	}
	made() { (cd "$p" && find .git | grep -e commondir -e hooks -e config.worktree); }
	lasts first
	first=$!
	ok "one that makes them" await test -s "$p/first.ready"
	lasts second
	second=$!
	ok "and another" await test -s "$p/second.ready"
	: >"$p/first"
	wait $first
	is "the first that ends leaves them" "$(made | sort | tr '\n' ' ')" \
		".git/commondir .git/config.worktree .git/hooks "
	: >"$p/second"
	wait $second
	is "the last removes them, though it did not make them" "$(made)" ""
	rm -f "$p/first"
	lasts first
	first=$!
	ok "one that will be killed" await test -s "$p/first.ready"
	kill -9 $first
	wait $first 2>/dev/null
	box -- true
	is "what it leaves the next removes" "$(made)" ""
	as_caller sh -c ': >.git/config.worktree; mkdir .git/hooks'
	box -- true
	is "what somebody else made stays" "$(made | sort | tr '\n' ' ')" \
		".git/config.worktree .git/hooks "
	rm -rf "$p"/first* "$p"/second* "$p/.git/config.worktree" "$p/.git/hooks"
	"$LORICA" --root "$d/state" list -q | xargs -r -n 1 "$LORICA" --root "$d/state" delete --force
	mkdir -p "$p/.git/modules/m" "$p/.git/worktrees/w"
	echo ../.. >"$p/.git/worktrees/w/commondir"
	box -- sh -c 'echo x 2>/dev/null >.git/modules/m/config || echo no; echo x 2>/dev/null >.git/worktrees/w/commondir || echo no'
	is "nor by those of submodules and worktrees" "$(echo "$out" | tr '\n' ' ')" "no no "
	rm -rf "$p/.git"
	box --print-config -- true
	ok "nothing is made where there is no repository" test ! -e "$p/.git"
	echo 'gitdir: /nowhere' >"$p/.git"
	box -- sh -c 'echo "gitdir: g" 2>/dev/null >.git || echo no; rm -f .git; mv g .git; cat .git' 2>/dev/null
	is "nor by a file in its place" "$(echo "$out" | tr '\n' ' ')" "no gitdir: /nowhere "
	rm "$p/.git"
	mkdir "$d/home/repository"
	ln -s ../repository "$p/.git"
	box -- true
	has "a link in its place is told of" "$err" "*note: $p/.git is a link, which the command may replace"
	rm "$p/.git"
	rmdir "$d/home/repository"
else
	skip "what git obeys" "not here"
fi

# ---- sockets by other names -----------------------------------------------------
cp "$SUPPORT/escape" "$p/escape"
mkdir "$d/sockets"
"$p/escape" listen "$d/sockets/m.tmp" >"$d/listens" &
listener=$!
(cd "$d/sockets" && exec "$p/escape" listen relative) >"$d/listens-too" &
relative=$!
ok "somebody listens" await test -s "$d/listens" -a -s "$d/listens-too"
ln "$d/sockets/m.tmp" "$d/sockets/master"
rm "$d/sockets/m.tmp"
is "who is outside reaches both" \
	"$("$p/escape" connect "$d/sockets/master")$("$p/escape" connect "$d/sockets/relative")" yesyes
box --ro "$d/sockets" -- ./escape connect "$d/sockets/master"
is "a socket that has another name by now" "$out" ECONNREFUSED
kill $listener
wait $listener 2>/dev/null
rm "$d/sockets/master"
box --ro "$d/sockets" -- ./escape connect "$d/sockets/relative"
is "one that was bound by a relative name" "$out" ECONNREFUSED
kill $relative
wait $relative 2>/dev/null
"$p/escape" listen "$d/home/other/socket" >"$d/listens-there" &
listener=$!
ok "somebody listens in the home" await test -s "$d/listens-there"
box --rw '~' -- ./escape connect "$d/home/other/socket"
is "a home that may be written gives no socket of it" "$out" ECONNREFUSED
box --rw '~/other' -- ./escape connect "$d/home/other/socket"
is "a directory that is asked for does" "$out" yes
kill $listener
wait $listener 2>/dev/null
rm -f "$d/home/other/socket"
if [ "$(id -u)" = 0 ]; then
	mkdir -m 700 "$d/home/theirs"
	mkdir "$d/home/theirs/below"
	"$p/escape" listen "$d/home/theirs/below/socket" >"$d/listens-theirs" &
	listener=$!
	ok "somebody listens where only he comes" await test -s "$d/listens-theirs"
	chown 65533 "$d/home/theirs"
	box --rw '~' -- ./escape connect "$d/home/theirs/below/socket"
	is "which keeps no sandbox of root's from it" "$status:$out" 0:EACCES
	kill $listener
	wait $listener 2>/dev/null
	rm -r "$d/home/theirs"
fi

# ---- what a project's file says ------------------------------------------------
jq -n '{rw: [range(100) | "/long/name/of/some/directory/\(.)"], bind: ["/a:/b"], net: "host", env: ["A"]}' >"$p/.lorica"
box -- true
has "all that is asked for is said" "$err" "*rw /long/name/of/some/directory/99, bind /a:/b, net host, env A;*"
printf '{"rw": ["\\u001b[2J\\nlorica: fake line"]}' >"$p/.lorica"
box -- true
is "without what a terminal obeys" "$(printf %s "$err" | wc -l):$(printf %s "$err" | tr -d '[:print:]')" 0:
echo '{"intercept": "guard", "policy": "p.json"}' >"$p/.lorica"
echo '{"files": [{"paths": ["/**/denied"], "action": "deny"}]}' >"$p/p.json"
box --trust -- sh -c 'echo x 2>/dev/null >denied || echo no; echo "{}" 2>/dev/null >p.json || echo no'
is "a policy that is agreed to stays" "$(echo "$out" | tr '\n' ' '):$(cat "$p/p.json")" \
	'no no :{"files": [{"paths": ["/**/denied"], "action": "deny"}]}'
echo '{}' >"$p/p.json"
box -- true
has "another one is not agreed to" "$err" "*.lorica asks for more*policy p.json*"
rm "$p/.lorica" "$p/p.json"
echo '{"hide": ["~/gone", "?~/other"]}' >"$p/.lorica"
box -- ls "$d/home/other"
is "what it hides need not be there" "$status:$out:$err" 0::
rm "$p/.lorica"
echo '{"rw": ["?~/none"]}' >"$p/own.json"
box --profile ./own.json -- sh -c 'echo "{\"rw\": [\"~\"]}" 2>/dev/null >own.json || echo no'
is "a profile that is named stays" "$out" no
rm "$p/own.json"

# ---- where lorica keeps things ----------------------------------------------------
output env HOME="$d/home" sh -c 'cd ~/project && exec "$@"' sh "$LORICA" --root "$p/st" sandbox -- \
	sh -c 'mkdir -p st/.seccomp; echo junk >st/.seccomp/zz'
ok "the state directory is hidden from the first" test -d "$p/st" -a ! -e "$p/st/.seccomp/zz"
rm -rf "$p/st"
mkdir -p "$p/config/lorica/sandbox"
echo '{"env": ["A=b"]}' >"$p/config/lorica/sandbox/default.json"
output env HOME="$d/home" XDG_CONFIG_HOME="$p/config" sh -c 'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- \
	sh -c 'echo $A; echo x 2>/dev/null >config/lorica/sandbox/default.json || echo no; mv config c 2>/dev/null || echo no'
is "profiles of the user's are where the manual says, and stay" "$(echo "$out" | tr '\n' ' ')" "b no no "
rm -rf "$p/config"

# ---- what is not what it seems ------------------------------------------------------
echo other >"$d/home/other/file"
box --hide '?~/other' --hide '?~/gone' -- cat "$d/home/other/file"
is "--hide of what may not be there" "$status:$out" 1:
box --hide '~/nothere' -- true
is "--hide of what is not there" "$status:$err" \
	"125:lorica: sandbox: --hide: ~/nothere: no such file or directory"
box --hide / -- true
is "--hide /" "$status:$err" "125:lorica: sandbox: --hide: /: not the root"
mkdir -p "$d/home/.config/app" "$d/home/.local/share" "$d/home/.docker"
for place in .config .config/app .local .docker; do
	box_at "$d/home/$place" -- sh -c 'echo x 2>/dev/null >new || echo no'
	has "$place is no project" "$out:$err" "no:*note: $d/home/$place is read-only*"
done
box_at /var -- true
has "nor is /var" "$err" "*note: /var is read-only*"
output env HOME="$d/home" SSHPASS=secret github_token=secret NATS_CREDS=secret DB_PW=secret \
	LDAP_BINDPW=secret HTTP_PROXY=http://u:secret@h/ PLAIN=http://h/a@secret_not sh -c \
	'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- env
is "variables that are secret by name or value" "$status:$(echo "$out" | grep -c 'secret$')$(echo "$out" | grep -c secret@)" 0:00
has "and one that is not" "$out" "*PLAIN=http://h/a@secret_not*"
is "nothing is left" "$(ls "$d/state")" ""
