# shellcheck shell=sh disable=SC2016,SC2088 # for the shell inside; "~" is lorica's
# lorica run --profile: a profile of the sandbox takes away from a bundle, and never
# gives it more.
d=$WORK/run-profile
mkdir -p "$d"
bundle "$d/b"
mkdir -p "$d/b/rootfs/root/Documents" "$d/b/rootfs/data"
ln -sf busybox "$d/b/rootfs/bin/tail"
echo letter >"$d/b/rootfs/root/Documents/letter"
busy='.linux.namespaces |= map(select(.type != "network")) | .mounts |= map(select(.destination != "/sys"))'
config "$d/b" "$busy"' | .root.readonly = false | .process.env += ["A=b"]'
cp "$d/b/config.json" "$d/config.json"

# afresh FILTER: the configuration, changed.
afresh() {
	jq "$1" "$d/config.json" >"$d/b/config.json"
}
# narrowed PROFILE COMMAND [OPTION...]: run with the profile, a name or JSON.
narrowed() {
	profile=$1
	case $1 in
	"{"*)
		echo "$1" >"$d/profile.json"
		profile=$d/profile.json
		;;
	esac
	sh_in "$d/b" "$2"
	shift 2
	output env HOME="$d" PASS=word "$LORICA" --root "$WORK/state" run --bundle "$d/b" \
		--profile "$profile" "$@" c
}

# ---- files ------------------------------------------------------------------------
narrowed '{"hide": ["~/Documents", "/etc/none"], "ro": ["/data"], "tmpfs": ["/tmp"]}' \
	'ls /root/Documents; echo x 2>/dev/null >/data/x || echo no; echo x >/tmp/x && cat /tmp/x; echo $HOME; echo y >/new && cat /new'
is "what is hidden, read-only and empty" "$status:$err:$(echo "$out" | tr '\n' ' ')" "0::no x /root y "
is "nothing of it reached the bundle" "$(ls "$d/b/rootfs/data" "$d/b/rootfs/tmp")" "$(
	printf '%s:\n\n%s:' "$d/b/rootfs/data" "$d/b/rootfs/tmp")"
rm -f "$d/b/rootfs/new"
afresh '.root.readonly = true'
narrowed '{"tmpfs": ["/tmp"]}' 'echo x 2>/dev/null >/tmp/x || echo no'
is "no place to write where there was none" "$status:$err:$out" 0::no
afresh '.mounts += [{"destination": "/tmp", "type": "tmpfs", "options": ["noexec", "size=64k"]}]'
narrowed '{"tmpfs": ["/tmp", "?/none"]}' 'cp /bin/busybox /tmp/a 2>/dev/null || echo full; cp /bin/sh /tmp/b; grep " /tmp " /proc/mounts | tail -n 1'
has "nor one larger than there was, or to execute from" "$status:$(echo "$out" | tr '\n' ' ')" \
	"0:full *tmpfs /tmp tmpfs *noexec*size=64k*"
is "what is not there is not made" "$(ls -d "$d/b/rootfs/none" 2>/dev/null)" ""
afresh '.process.env += ["HOME=/data"]'
echo secret >"$d/b/rootfs/data/secret"
narrowed '{"hide": ["~/secret"], "env": ["A=c", "D=e"]}' 'cat ~/secret; echo $A $D'
is "its own home, and variables" "$status:$err:$out" "0::c e"
rm "$d/b/rootfs/data/secret"
for wrong in '{"hide": ["/"]}|hide: /: not the root' '{"ro": ["/tmp/.."]}|ro: /tmp/..: not the root' \
	'{"tmpfs": ["~/../.."]}|tmpfs: ~/../..: not the root' \
	'{"user": "5"}|user: a bundle'\''s is process.user of its configuration' \
	'{"intercept": "hard"}|intercept: unknown value "hard"' \
	'{"rv": []}|profile *: rv: unknown member'; do
	narrowed "${wrong%%|*}" 'echo ran'
	has "${wrong%%|*}" "$status:$out:$err" "1::lorica: run c: --profile $d/profile.json: ${wrong#*|}"
done
narrowed none-such 'echo ran'
is "a profile that there is not" "$status:$out:$err" \
	"1::lorica: run c: --profile none-such: profile none-such: there is none of that name"

narrowed '{"pids": 77}' 'echo ran' --config none.json
is "a configuration that is not there" "$status:$out:$err" \
	"1::lorica: run c: --profile $d/profile.json: JSON specification file none.json not found"
cp "$d/b/config.json" "$d/elsewhere.json"
narrowed '{"hide": ["/root/Documents"]}' : --config "$d/elsewhere.json"
is "one by its path" "$status:$err" 0:
mkfifo "$d/b/fifo"
narrowed '{}' : --config fifo
is "a pipe" "$status:$err" "1:lorica: run c: --profile $d/profile.json: fifo: not a regular file"
rm "$d/b/fifo"
echo '{"process": 5}' >"$d/b/wrong.json"
narrowed '{}' : --config wrong.json
has "a mistake in it" "$status:$err" "1:lorica: run c: --profile $d/profile.json: wrong.json: process: *"
output "$LORICA" --root "$WORK/state" run --bundle "$d/b" --profile agent /a/b
has "an ID is no path" "$status:$out:$err" "1::lorica: run /a/b: *ID*"

# ---- more than it has -----------------------------------------------------------------
own='.linux.namespaces += [{"type": "network"}]'
afresh "$own"
narrowed '{"rw": ["/x"], "bind": ["/etc:/tmp/etc"], "env": ["PASS"], "net": "host", "root": true, "gui": true}' \
	'ls /tmp; echo ${PASS-none}; tail -n +3 /proc/net/dev | wc -l'
is "is not given" "$status:$(echo "$out" | tr '\n' ' ')" "0:none 1 "
is "which is said" "$err" \
	"lorica: run: note: the profile asks for more than the bundle has, which it does not get: rw /x, bind /etc:/tmp/etc, net host, env PASS, root true, gui true"

# ---- a network --------------------------------------------------------------------------
count='tail -n +3 /proc/net/dev | wc -l; readlink /proc/self/ns/net'
afresh .
narrowed offline "$count"
is "no network, in the place of the machine's" "$status:$err:$(echo "$out" | head -n 1)" 0::1
afresh '.hooks.createRuntime = [{"path": "/bin/true"}]'
narrowed offline :
is "hooks are told of" "$status:$err" \
	"0:lorica: run: note: the bundle has hooks, which may give a network that the profile closes"
afresh .
narrowed offline "$count"
is "which is another" "$([ "$(echo "$out" | tail -n 1)" != "$(readlink /proc/self/ns/net)" ] && echo another)" another
config "$d/b" '.linux.namespaces += [{"type": "network", "path": "/proc/self/ns/net"}]'
narrowed offline "$count"
is "in the place of one that is joined" "$status:$err:$([ "$(echo "$out" | tail -n 1)" != "$(readlink /proc/self/ns/net)" ] && echo another)" \
	0::another
narrowed '{"net": "a.example:80"}' 'echo ran'
is "a list is for the machine's" "$status:$out:$err" \
	"1::lorica: run c: --profile $d/profile.json: net: a list is for the machine's network, and linux.namespaces has another"
afresh "$own"
narrowed '{"net": "a.example:80"}' "$count"
is "a list gives no network" "$status:$err:$(echo "$out" | head -n 1)" \
	"0:lorica: run: note: the profile asks for more than the bundle has, which it does not get: net a.example:80:1"
afresh .
narrowed '{"net": "a.example:80"}' 'echo ran' --detach
is "and needs who stays" "$status:$out:$err" \
	"1::lorica: run c: --profile $d/profile.json: net: a list is for lorica run, which has to stay"
if [ -x "${LORICA%/*}/lorica-net" ]; then
	ln -sf busybox "$d/b/rootfs/bin/nc"
	narrowed '{"net": "a.example:80"}' "$count"'; nc -w 1 192.0.2.1 80 </dev/null 2>&1; cat /etc/resolv.conf'
	has "what is not on the list is refused" "$status:$(echo "$out" | tr '\n' ' '):$err" \
		"0:1 *Permission denied*nameserver 127.0.0.1 :lorica: run: refused: 192.0.2.1:80 (*"
	rm -f "$d/b/rootfs/etc/resolv.conf"
fi

# ---- time, and the interception layer ---------------------------------------------------
afresh .
narrowed '{"time": 1}' 'sleep 61300'
is "an end" "$status" 124
afresh '.annotations = {"dev.lorica.init": "true", "dev.lorica.time": "1"}'
narrowed '{"time": 600}' 'sleep 61300'
is "the lower one counts" "$status" 124
afresh .
echo '{"files": [{"paths": ["/data/**"], "access": ["write"], "action": "deny"}]}' >"$d/policy.json"
narrowed '{"intercept": "guard", "policy": "'"$d"'/policy.json"}' 'echo x 2>/dev/null >/data/y || echo no'
is "a policy" "$status:$err:$out" 0::no
narrowed '{"policy": "'"$d"'/policy.json"}' 'echo ran'
is "which nobody would keep" "$status:$out:$err" \
	"1::lorica: run c: --policy is for --intercept=guard or sealed"
afresh '.annotations["dev.lorica.policy"] = "web"'
narrowed '{"intercept": "guard", "policy": "'"$d"'/policy.json"}' 'echo ran'
is "of two policies nobody knows the stricter" "$status:$out:$err" \
	"1::lorica: run c: --profile $d/profile.json: policy: the annotation dev.lorica.policy names another"

# ---- limits ------------------------------------------------------------------------------
# limited PROFILE: of how many processes, as the control group has it; or what is said.
limited() {
	narrowed "$1" 'sleep 61300' --detach
	[ "$status" != 0 ] || "$LORICA" --root "$WORK/state" events --stats c | jq .data.pids.limit
	"$LORICA" --root "$WORK/state" delete --force c
	[ "$status" = 0 ] || echo "$status:$err"
}
afresh .
got=$(limited '{"pids": 77}')
if [ "$got" = 77 ]; then
	config "$d/b" '.linux.resources.pids.limit = 33'
	is "the limit that was lower" "$(limited '{"pids": 77}')" 33
	is "of a profile that is built in" "$(limited agent)" 33
	"$LORICA" --root "$WORK/state" create --bundle "$d/b" c
	narrowed '{"pids": 22}' 'echo ran'
	has "of an ID that is in use" "$status:$out:$err" "1::lorica: run c: *already exists*"
	is "nothing came of it" "$("$LORICA" --root "$WORK/state" events --stats c | jq .data.pids.limit)" 33
	"$LORICA" --root "$WORK/state" delete --force c
	# What the kernel has: of memory and swap together, of which there may be none.
	config "$d/b" '.linux.resources.memory.limit = 67108864'
	narrowed '{"memory": "96m", "cpus": "0.5"}' 'sleep 61300' --detach
	group=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$("$LORICA" --root "$WORK/state" state c | jq .pid)/cgroup")
	is "memory and processors" "$status:$err:$(cat "$group/memory.max" "$group/cpu.max" | tr '\n' ' ')" \
		"0::67108864 50000 100000 "
	is "and swap" "$(cat "$group/memory.swap.max" 2>/dev/null || echo 33554432)" 33554432
	"$LORICA" --root "$WORK/state" delete --force c
	config "$d/b" '.linux.resources.unified = {"pids.max": "max"}'
	narrowed '{"pids": 77}' 'echo ran'
	is "one that would be undone" "$status:$out:$err" \
		"1::lorica: run c: --profile $d/profile.json: pids: linux.resources.unified.pids.max gives such a limit as well"
else
	is "a limit that nobody keeps" "$got" \
		"1:lorica: run c: --profile $d/profile.json: memory, cpus and pids: no control group is delegated here; \"lorica --systemd-cgroup\" asks systemd for one"
fi

# ---- create, and what comes after ----------------------------------------------------------
afresh .
sh_in "$d/b" 'sleep 61300'
echo '{"hide": ["/root/Documents"], "env": ["X=y"]}' >"$d/profile.json"
output "$LORICA" --root "$WORK/state" create --bundle "$d/b" --profile "$d/profile.json" c
is "create takes it" "$status:$err" 0:
output "$LORICA" --root "$WORK/state" start c
output "$LORICA" --root "$WORK/state" exec c sh -c 'echo $X; ls /root/Documents'
is "it holds for what is run in there" "$status:$err:$out" 0::y
output "$LORICA" --root "$WORK/state" delete --force c
is "nothing is left" "$(ls "$WORK/state")" ""
