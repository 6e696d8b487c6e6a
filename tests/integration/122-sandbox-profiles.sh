# shellcheck shell=sh
# Profiles of lorica sandbox: what is built in, the user's, and a project's,
# which gives nothing that the user has not agreed to.
one_guest user "the sandbox's profiles" || return 0
d=$WORK/sandbox-profiles
mkdir -p "$d/home/.config/lorica/sandbox" "$d/home/project" "$d/home/Documents" \
	"$d/home/.cache/ccache" "$d/home/cache"
chmod 755 "$d"
echo letter >"$d/home/Documents/letter"

box() {
	output env -u XDG_CONFIG_HOME HOME="$d/home" A_TOKEN=token sh -c \
		'cd ~/project && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}
user=$d/home/.config/lorica/sandbox

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "profiles of lorica sandbox" "no user namespaces"
	return
fi

# ---- built in ----------------------------------------------------------------
box --profile agent -- cat "$d/home/Documents/letter"
is "agent: no documents" "$status:$out" 1:
box --profile build -- sh -c 'echo x >~/.cache/ccache/new; echo x 2>/dev/null >~/cache/new || echo no'
is "build: what compilers keep" "$out:$(cat "$d/home/.cache/ccache/new")" no:x
box --net host --profile offline -- readlink /proc/self/ns/net
is "the command line says it last" "$out" "$(readlink /proc/self/ns/net)"
box --print-config --profile test -- true
answers "test: an end" '.annotations["dev.lorica.time"]' '"3600"'
box --print-config --profile untrusted -- true
answers "untrusted: an empty home, and little" \
	'[any(.mounts[]; .type == "tmpfs" and (.destination | endswith("/home"))), .annotations["dev.lorica.time"]]' \
	'[true,"600"]'
box --profile none-such -- true
is "a name that there is not" "$status:$err" \
	"125:lorica: sandbox: profile none-such: there is none of that name"

# ---- the user's --------------------------------------------------------------
echo '{"rw": ["~/cache", "?~/gone"], "env": ["A=b"]}' >"$user/mine.json"
box --profile mine -- sh -c 'echo x >~/cache/new; echo $A'
is "a profile of the user's" "$status:$out:$(cat "$d/home/cache/new")" 0:b:x
box --profile "$user/mine.json" -- sh -c 'echo $A'
is "by its path" "$status:$out" 0:b
echo '{"rw": ["~/cache"], "hide": ["~/Documents"]}' >"$user/default.json"
box -- sh -c 'cat ~/Documents/letter 2>/dev/null || echo no; echo y >~/cache/new'
is "default.json counts always" "$out:$(cat "$d/home/cache/new")" no:y
rm "$user/default.json"
# A directory that may not be searched. Root may.
if [ "$(id -u)" != 0 ]; then
	mkdir -p "$d/closed/.config/lorica/sandbox"
	chmod 0 "$d/closed"
	box --cwd "$d/closed" -- true
	is "a project whose files nobody may look for" "$status:$err" \
		"125:lorica: sandbox: the directory to work in cannot be entered: profile $d/closed/.lorica: permission denied"
	output env -u XDG_CONFIG_HOME HOME="$d/closed" "$LORICA" --root "$d/state" \
		sandbox --cwd "$d/home/project" -- true
	is "and a home" "$status:$err" \
		"125:lorica: sandbox: profile $d/closed/.config/lorica/sandbox/default.json: permission denied"
	chmod 755 "$d/closed"
fi
for wrong in '{"rw": "x"}|rw: expected an array' '{"rv": []}|rv: unknown member' \
	'[]|not an object' '{"memory": "much"}|--memory: "much" is no limit' \
	'{"net": "some"}|net: "some" is no destination: a name without a dot needs a port'; do
	echo "${wrong%%|*}" >"$user/wrong.json"
	box --profile wrong -- true
	has "${wrong%%|*}" "$status:$err" \
		"125:lorica: sandbox: profile $user/wrong.json: *${wrong#*|}*"
done
rm "$user/wrong.json"

# ---- a project's -------------------------------------------------------------
echo '{"hide": ["~/Documents"], "env": ["B=c"], "time": 60}' >"$d/home/project/.lorica"
box -- sh -c 'cat ~/Documents/letter 2>/dev/null || echo no; echo $B'
is "a project may take away" "$status:$err:$(echo "$out" | tr '\n' ' ')" "0::no c "
box --print-config --time 30 -- true
answers "the command line's limit counts" '.annotations["dev.lorica.time"]' '"30"'
echo '{"pids": 100000}' >"$d/home/project/.lorica"
box --print-config -- true
is "a limit that nobody has said is not raised" "$(printf %s "$out" |
	jq '.process.rlimits[] | select(.type == "RLIMIT_NPROC").hard <= 4096')" true
has "which is said" "$err" "*note: .lorica asks for more, which it does not get: pids 100000;*"
cat >"$d/home/project/.lorica" <<'END'
{"rw": ["~/cache"], "ro": ["~/.ssh"], "bind": ["/etc:/tmp/etc"], "net": "host",
	"env": ["A_TOKEN"], "user": "0"}
END
rm -f "$d/home/cache/new"
box -- sh -c 'echo x 2>/dev/null >~/cache/new || echo no; ls -d /tmp/etc 2>/dev/null; echo $A_TOKEN; id -u; cat /proc/net/dev | wc -l'
is "it may not give more" "$(echo "$out" | tr '\n' ' ')" "no  $(id -u) 3 "
is "which is said" "$err" \
	"lorica: sandbox: note: .lorica asks for more, which it does not get: rw ~/cache, bind /etc:/tmp/etc, ro ~/.ssh, net host, env A_TOKEN, user 0; --trust agrees to it as it is"
sed -i 's/"ro": ."~.\.ssh".,//' "$d/home/project/.lorica"
echo '{"net": "pypi.org:443", "user": "7", "rw": ["~/cache"]}' >"$d/home/less"
cp "$d/home/project/.lorica" "$d/home/more"
cp "$d/home/less" "$d/home/project/.lorica"
box --net host --user 5 -- sh -c 'readlink /proc/self/ns/net; id -u'
is "but of what the command line says" "$(echo "$out" | tr '\n' ' '):$err" \
	"$(readlink /proc/self/ns/net) 5 :lorica: sandbox: note: .lorica asks for more, which it does not get: rw ~/cache; --trust agrees to it as it is"
cp "$d/home/more" "$d/home/project/.lorica"
rm "$d/home/more" "$d/home/less"
box --trust -- sh -c 'echo x >~/cache/new; echo $A_TOKEN; id -u'
is "unless the user agrees" \
	"$status:$err:$(echo "$out" | tr '\n' ' '):$(cat "$d/home/cache/new")" "0::token 0 :x"
box -- sh -c 'echo $A_TOKEN'
is "once" "$err:$out" :token
ok "to nobody else's reading" test "$(stat -c %a "$user/trusted")" = 600
echo >>"$d/home/project/.lorica"
box -- sh -c 'echo $A_TOKEN'
has "to it as it was" "$out:$err" ":lorica: sandbox: note: .lorica asks for more*"
rm "$d/home/project/.lorica"
echo '{"rw": ["~/cache"]}' >"$d/home/project/.lorica"
box -- sh -c 'echo "{\"rw\": [\"~\"]}" 2>/dev/null >.lorica || echo no; mv .lorica x 2>/dev/null || echo no; echo x 2>/dev/null >>~/.config/lorica/sandbox/trusted || echo no'
is "nobody in there agrees or asks" "$(echo "$out" | tr '\n' ' ')" "no no no "
rm "$d/home/project/.lorica"
box -- sh -c 'echo "{\"rw\": [\"~\"]}" >.lorica'
box -- sh -c 'echo x 2>/dev/null >~/new || echo no'
is "what is asked from in there is not given" "$out" no
rm "$d/home/project/.lorica"
