# shellcheck shell=sh disable=SC2012,SC2088 # names are ours, "~" is lorica's
# The options of lorica sandbox, each by what the program has of it.
one_guest user "the sandbox's options" || return 0
d=$WORK/sandbox-options
mkdir -p "$d/home/.ssh" "$d/home/project/sub" "$d/home/other" "$d/home/.aws"
chmod 755 "$d"
echo key >"$d/home/.ssh/id"
echo known >"$d/home/.ssh/known_hosts"
echo aws >"$d/home/.aws/credentials"
echo other >"$d/home/other/file"

box_at() {
	at=$1
	shift
	output env HOME="$d/home" sh -c 'cd "$0" && exec "$@"' "$at" \
		"$LORICA" --root "$d/state" sandbox "$@"
}
box() { box_at "$d/home/project" "$@"; }

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "the options of lorica sandbox" "no user namespaces"
	return
fi

# ---- places ------------------------------------------------------------------
box --rw "$d/home/other" -- sh -c 'echo x >~/other/new && cat ~/other/file'
is "--rw" "$status:$out:$(cat "$d/home/other/new")" 0:other:x
rm "$d/home/other/new"
box --rw ../other -- sh -c 'echo x >~/other/new'
is "a relative path" "$status:$(cat "$d/home/other/new")" 0:x
rm "$d/home/other/new"
box --rw '~/other' -- sh -c 'echo x >~/other/new'
is "and the home's" "$status:$(cat "$d/home/other/new")" 0:x
rm "$d/home/other/new"
box --ro . -- sh -c 'echo x >new'
is "--ro of the current directory" "$status:$(ls "$d/home/project")" 2:sub
box --ro sub -- sh -c 'echo x >sub/new 2>/dev/null || echo no; echo x >new; ls'
is "--ro of a part" "$(echo "$out" | tr '\n' ' ')" "no new sub "
rm -f "$d/home/project/new"
box --rw sub --ro . -- sh -c 'echo x >new 2>/dev/null || echo no; echo x >sub/new; ls sub'
is "what is more special wins, whatever comes first" "$(echo "$out" | tr '\n' ' ')" "no new "
rm -f "$d/home/project/sub/new"
box --hide ../other -- sh -c 'ls -A ~/other; cat ~/other/file 2>/dev/null || echo no'
is "--hide" "$out" no
box --tmpfs '~' -- sh -c 'ls -A ~; echo x >~/new && echo x >new && ls'
is "--tmpfs, with the current directory in it" \
	"$status:$(echo "$out" | tr '\n' ' '):$(ls "$d/home" | tr '\n' ' ')" \
	"0:project new sub :other project "
rm -f "$d/home/project/new"
box --tmpfs new/deeper -- sh -c 'echo x >new/deeper/file && ls new'
is "--tmpfs of what is not there is gone afterwards" "$status:$out:$(ls "$d/home/project")" 0:deeper:sub
box --tmpfs new -- sh -c 'cd new && echo x >file && ls'
is "whatever was in it" "$status:$out:$(ls "$d/home/project")" 0:file:sub
box --tmpfs new/deeper -- sh -c 'echo x >new/file'
is "but what was written beside it stays" "$status:$(cat "$d/home/project/new/file")" 0:x
rm -rf "$d/home/project/new"
box --bind "$d/home/other:$d/home/project/sub" -- sh -c 'cat sub/file; echo x >sub/new'
is "--bind" "$status:$out:$(cat "$d/home/other/new")" 0:other:x
rm -f "$d/home/other/new"
box --bind "$d/home:/tmp/home" -- sh -c 'cat /tmp/home/.ssh/id /tmp/home/.aws/credentials'
is "--bind is no way round what is hidden" "$out" ""
box --rw "$d/home" -- sh -c 'cat ~/.ssh/id ~/.aws/credentials; echo x >~/other/new && echo written'
is "nor is --rw of the home" "$out" written
rm -f "$d/home/other/new"
box --ro '~/.ssh' -- cat "$d/home/.ssh/id"
is "--ro of what is hidden shows it" "$out" key
box --ro '~/.ssh/known_hosts' -- sh -c 'cat ~/.ssh/known_hosts; ls ~/.ssh; cat ~/.ssh/id 2>/dev/null'
is "and of a part that part alone" "$(echo "$out" | tr '\n' ' ')" "known known_hosts "
box --rw "$d/home/gone" -- true
is "a path that is not there" "$status:$err" \
	"125:lorica: sandbox: --rw: $d/home/gone: no such file or directory"
box --bind x -- true
is "--bind without two paths" "$status:$err" "125:lorica: sandbox: --bind x: not SRC:DST"
box --rw / -- true
is "--rw /" "$status:$err" \
	"125:lorica: sandbox: --rw /: the root as a whole stays as it is; name what is in it"
box --tmpfs /etc/passwd -- true
is "--tmpfs of a file" "$status:$err" "125:lorica: sandbox: --tmpfs: /etc/passwd is no directory"
for option in "--tmpfs " "--bind /etc:" "--bind /etc/passwd:"; do
	# shellcheck disable=SC2086 # words
	box $option/nonexist -- true
	is "$option, of what cannot be made" "$status:$err" \
		"125:lorica: sandbox: ${option%% *}: /nonexist is not there, and cannot be made"
done
box --bind "$d/home/other:$d/home/other/file" -- true
is "--bind of a directory to a file" "$status:$err" \
	"125:lorica: sandbox: --bind: $d/home/other/file is no directory"
box --bind "$d/home/other/file:$d/home/project/sub" -- true
is "and of a file to a directory" "$status:$err" \
	"125:lorica: sandbox: --bind: $d/home/project/sub is a directory"
box --tmpfs /tmp/made --bind "$d/home/other:/tmp/made/bound" --bind "$d/home:/run/home" \
	--bind "$d/home/other/file:/run/home/project/sub/made" -- \
	sh -c 'cat /tmp/made/bound/file /run/home/project/sub/made; ls -d /run/home/project'
is "what can be made" "$status:$(echo "$out" | tr '\n' ' ')" "0:other other /run/home/project "
rm -f "$d/home/project/sub/made"

# in_mounts COMMAND [OPTION...]: in the project, with the home at two places more.
in_mounts() {
	boxed=$1
	shift
	# shellcheck disable=SC2016,SC2046 # for the inner shell; none or one word
	output env HOME="$d/home" unshare $([ "$(id -u)" = 0 ] || echo -Ur) -m sh -c \
		'mount --bind "$1/home" /srv && mount --bind "$1/home/.aws" /mnt &&
		cd "$1/home/project" && shift && exec "$@"' sh "$d" \
		"$LORICA" --root "$d/state" sandbox "$@" -- sh -c "$boxed"
}
in_mounts "cat /srv/other/file /srv/.ssh/id /srv/.aws/credentials /mnt/credentials"
is "what is hidden is hidden at other mounts of it" "$out" other
in_mounts "cat /srv/.aws/credentials /mnt/credentials" --ro /mnt
is "unless one is asked for" "$out" aws
in_mounts "cat /srv/other/file" --hide ../other
is "--hide as well" "$out" ""

# ---- where it works ----------------------------------------------------------
box --cwd ../other -- sh -c 'pwd; echo x >new && ls; echo x >../project/new'
is "--cwd" "$(echo "$out" | tr '\n' ' '):$(ls "$d/home/project")" \
	"$d/home/other file new :sub"
rm -f "$d/home/other/new"
box_at "$d/home" -- sh -c 'echo x >new; cat other/file'
is "the home as a whole is not for writing" "$status:$out:$(ls "$d/home" | tr '\n' ' ')" \
	"0:other:other project "
has "and is told of" "$err" \
	"lorica: sandbox: note: $d/home is read-only: it is more than a project; \"--rw .\" says that it is meant*"
box_at "$d/home" --rw . -- sh -c 'echo x >new; cat .ssh/id'
is "unless it is meant; secrets stay hidden" "$out:$(cat "$d/home/new")" :x
rm -f "$d/home/new"
box_at / -- pwd
has "nor is the root" "$status:$out:$err" "0:/:lorica: sandbox: note: / is read-only*"
box_at /tmp -- sh -c 'echo x >new && cat new'
is "a private directory is told of" "$status:$out:$err" "0:x:lorica: sandbox: note: /tmp is the \
sandbox's own: what is written there is gone afterwards; \"--rw .\" says that it is meant"
box_at /tmp --tmpfs . -- true
is "unless it is meant" "$status:$err" 0:
box_at "$d/home/.ssh" -- cat id
is "nor is what is hidden" "$status:$err" \
	"125:lorica: sandbox: the directory to work in, $d/home/.ssh, is hidden by default: \"--rw .\" shows it"
box_at "$d/home/.ssh" --rw . -- cat id
is "unless that is meant" "$status:$out" 0:key

# ---- who and with what -------------------------------------------------------
box --user 7:8 -- sh -c 'id -u; id -g; echo x >new'
is "--user" "$(echo "$out" | tr '\n' ' '):$(stat -c %u "$d/home/project/new")" \
	"7 8 :$(id -u)"
rm -f "$d/home/project/new"
box --user me -- true
is "a user by name" "$status:$err" '125:lorica: sandbox: --user: "me" is not UID[:GID]'
box --net host -- readlink /proc/self/ns/net
is "--net host" "$out" "$(readlink /proc/self/ns/net)"
box --net some -- true
is "--net of another word" "$status:$err" '125:lorica: sandbox: --net: "some" is no destination: a name without a dot needs a port'
box --time 1 -- sleep "${own_seconds}5"
is "--time" "$status:$(pgrep -f "^sleep ${own_seconds}5$")" 124:
for wrong in "--memory none" "--cpus 0" "--pids -1" "--time 1.5"; do
	# shellcheck disable=SC2086 # two words
	box $wrong -- true
	is "$wrong" "$status:$err" \
		"125:lorica: sandbox: ${wrong% *}: \"${wrong#* }\" is no limit"
done
box --pids 1 -- true
has "no process for the command" "$status:$err" "125:*lorica: sandbox: --pids: with the sandbox's \
first process, the command is the second one: at least 2"
box --memory 1 -- true
has "nor memory" "$status:$err" "125:*lorica: sandbox: --memory: less than 1m, in which no program runs"
box --print-config --pids 2 --memory 1m -- true
is "as much as that may be" "$status" 0
box --ask="$d/nonexist" -- true
is "--ask of no socket" "$status:$err" "125:lorica: sandbox: --ask: $d/nonexist: no such file or directory"
box --print-config --memory 64m --cpus 0.5 --pids 30 -- true
if [ "$(printf %s "$out" | jq .linux.resources)" = null ]; then
	answers "without a control group limits are the process's" \
		'[.process.rlimits[] | select(.type != "RLIMIT_CORE") | .type, .hard]' \
		'["RLIMIT_NPROC",30,"RLIMIT_DATA",67108864]'
	box --memory 64m --cpus 1 -- nproc
	is "and that is said" "$out:$err" "1:lorica: sandbox: note: no control group is delegated here: --memory and --pids are limits of each process and user, --cpus of the processors that are used"
	box --memory 64m -- sh -c 'x=$(head -c 200000000 /dev/zero | tr "\0" x); echo ${#x}'
	case $status:$out in
	0:200000000) got=kept ;;
	*) got=refused ;;
	esac
	is "memory beyond it is refused" "$got" refused
else
	answers "limits are the control group's" \
		'.linux.resources | [.memory.limit, .cpu.quota, .pids.limit]' \
		'[67108864,50000,30]'
	box --pids 30 -- sh -c 'i=0; while [ $i -lt 60 ]; do sleep 5 & i=$((i + 1)); done; echo all'
	is "processes beyond it are refused" "$(echo "$out" | grep -c all)" 0
fi
if [ "$(id -u)" != 0 ]; then
	box --pids 20 -- sh -c 'i=0; while [ $i -lt 40 ]; do sleep 5 & i=$((i + 1)); done; echo all'
	is "--pids" "$out" ""
fi
box --intercept observe -- sh -c 'exit 5'
is "--intercept" "$status:$err" 5:
echo '{"files": [{"paths": ["/**/denied"], "action": "deny"}]}' >"$d/policy.json"
box --intercept guard --policy "$d/policy.json" -- sh -c 'echo x 2>/dev/null >denied; echo x >allowed; ls'
is "--policy" "$(echo "$out" | tr '\n' ' '):$err" "allowed sub :"
rm -f "$d/home/project/allowed"

# ---- a name, and parents -----------------------------------------------------
(cd "$d/home/project" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox \
	--name box1 -- sh -c 'echo ready >ready; sleep 61200') &
boxed=$!
ok "a sandbox with a name" await test -s "$d/home/project/ready"
output "$LORICA" --root "$d/state" exec box1 sh -c \
	'pwd; cat ~/.ssh/id 2>/dev/null; echo x 2>/dev/null >~/other/new || echo no; grep -E "^(CapEff|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "[:blank:]" | tr "\n" " "'
is "exec is in it, as confined" "$status:$err:$(echo "$out" | tr '\n' ' ')" \
	"0::$d/home/project no CapEff:0000000000000000 NoNewPrivs:1 Seccomp:2  "
output "$LORICA" --root "$d/state" kill box1 TERM
status=0
wait $boxed || status=$?
is "kill ends it" "$status:$(ls "$d/state")" 143:
rm -f "$d/home/project/ready"

# The parent is a shell that waits for it.
sh -c 'cd "$1/home/project" || exit; HOME=$1/home "$2" --root "$1/state" sandbox \
	--die-with-parent -- sh -c "echo ready >ready; exec sleep 61201" & wait' \
	sh "$d" "$LORICA" &
parent=$!
ok "one that is to end with its parent" await test -s "$d/home/project/ready"
kill -9 $parent
wait $parent 2>/dev/null
# shellcheck disable=SC2016 # for the inner shell
ok "ends with it" await sh -c '! pgrep -f "^sleep 61201$"'
# shellcheck disable=SC2016 # for the inner shell
ok "and leaves nothing" await sh -c '! ls "$0" | grep .' "$d/state"
rm -f "$d/home/project/ready"

ended() { "$LORICA" --root "$d/state" list --format json | jq -e '.[] | select(.status == "stopped")' >/dev/null; }
(cd "$d/home/project" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox \
	--name killed -- sh -c 'echo ready >ready; exec sleep 61202') 2>/dev/null &
boxed=$!
ok "one whose runtime is killed" await test -s "$d/home/project/ready"
kill -9 $boxed
wait $boxed 2>/dev/null
# shellcheck disable=SC2016 # for the inner shell
ok "is killed too" await sh -c '! pgrep -f "^sleep 61202$"'
ok "and known to have ended" await ended
box --name killed -- echo anew
is "another takes its name" "$status:$out:$err:$(ls "$d/state")" 0:anew::
rm -f "$d/home/project/ready"

# What nobody has named is cleared by whoever comes next.
(cd "$d/home/project" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox -- \
	sh -c 'echo ready >ready; exec sleep 61203') 2>/dev/null &
boxed=$!
(cd "$d/home/project" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox \
	--name other -- sh -c 'echo ready >other; exec sleep 61204') 2>/dev/null &
other=$!
ok "two" await test -s "$d/home/project/ready" -a -s "$d/home/project/other"
# shellcheck disable=SC2010 # names are ours
is "each is there" "$(ls "$d/state" | grep -c -e '^sandbox-' -e '^other$')" 2
box --name other -- true
is "a name that is taken" "$status:$err" \
	"125:lorica: sandbox other: container with given ID already exists"
kill -9 $boxed
wait $boxed 2>/dev/null
# shellcheck disable=SC2016 # for the inner shell
ok "one is killed" await sh -c '! pgrep -f "^sleep 61203$"'
ok "and known to have ended" await ended
box -- true
is "the next one clears it, and nobody else" "$status:$(ls "$d/state")" 0:other
# In a pid namespace whose /proc has none of its processes it seems to have ended.
if unshare --user --map-current-user --pid --fork --mount-proc true 2>/dev/null; then
	output unshare --user --map-current-user --pid --fork --mount-proc \
		"$LORICA" --root "$d/state" list --format json
	is "elsewhere it seems to have ended" "$(printf %s "$out" | jq -r .[0].status)" stopped
	output env HOME="$d/home" sh -c 'cd "$HOME/project" && exec "$@"' sh \
		unshare --user --map-current-user --pid --fork --mount-proc \
		"$LORICA" --root "$d/state" sandbox --name other -- true
	is "whose name is not taken even so" "$status:$(ls "$d/state")" 125:other
fi
"$LORICA" --root "$d/state" kill other TERM || kill -9 $other
wait $other
rm -f "$d/home/project/ready" "$d/home/project/other"

# ---- where nobody has a session ----------------------------------------------
# Root's is /run/lorica, whatever the variable says.
if [ "$(id -u)" != 0 ] && [ ! -e "/run/user/$(id -u)" ]; then
	named=test-$$
	(cd "$d/home/project" && HOME=$d/home exec env -u XDG_RUNTIME_DIR "$LORICA" sandbox \
		--name "$named" -- sh -c 'echo ready >ready; exec sleep 61205') &
	boxed=$!
	ok "a sandbox without a session" await test -s "$d/home/project/ready"
	for session in '' /nowhere; do
		output env XDG_RUNTIME_DIR=$session "$LORICA" exec "$named" cat ready
		is "exec finds it, by \"$session\"" "$status:$out:$err" 0:ready:
		output env XDG_RUNTIME_DIR=$session "$LORICA" list --quiet
		has "and so does list" "
$out
" "*
$named
*"
	done
	output env XDG_RUNTIME_DIR="$d" "$LORICA" exec "$named" true
	is "with a session that is looked for there" "$status:$err" \
		"255:lorica: exec $named: container does not exist"
	output env -u XDG_RUNTIME_DIR "$LORICA" kill "$named" TERM
	is "kill" "$status:$err" 0:
	[ "$status" = 0 ] || kill -9 $boxed
	status=0
	wait $boxed || status=$?
	is "ends it" $status 143
	rm -f "$d/home/project/ready"
fi

# ---- job control -------------------------------------------------------------
stopped() { grep -q '^State:.T' "/proc/$1/status"; }
(cd "$d/home/project" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox -- \
	sh -c 'kill -STOP $$; echo back >back') &
boxed=$!
ok "where the program is stopped so is lorica" await stopped $boxed
ok "and it has not gone on" test ! -e "$d/home/project/back"
kill -CONT $boxed
ok "both go on" wait $boxed
is "the program did" "$(cat "$d/home/project/back")" back
rm -f "$d/home/project/back"
is "a terminal of the caller's size" "$(cd "$d/home/project" && HOME=$d/home \
	"$SUPPORT/caller" terminal 24 80 "$LORICA" --root "$d/state" sandbox -- stty size |
	tr -d '\r')" "24 80"
is "output that goes elsewhere is no terminal's" "$(cd "$d/home/project" && HOME=$d/home \
	"$SUPPORT/caller" terminal 24 80 sh -c '"$0" "$@" | od -c | head -n 1' \
	"$LORICA" --root "$d/state" sandbox -- echo x | tr -d '\r')" "0000000   x  \\n"
