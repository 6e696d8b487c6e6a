# shellcheck shell=sh disable=SC2016,SC2154 # for inner shells; set by beside
# debug: a container with tools beside one that has none. What it sees of the
# target, that the target is as before, that it is as confined, and what a
# hostile target gets to see of it.
L="$LORICA --root $WORK/state"
x=$WORK/debug
rm -rf "$x"
bundle "$x/bundle"
cp "$x/bundle/config.json" "$x/plain.json"
# The target has one static program, and no shell.
mkdir -p "$x/target/rootfs/only"
cp "$BUSYBOX" "$x/target/rootfs/sleep"
# And the tools of --rootfs are the probe, those of --bundle have a say.
mkdir -p "$x/bundle/rootfs/home"
ok "the probe was built by make check" cp "$PROBE" "$x/bundle/rootfs/bin/probe"

# up ID FILTER: a target that runs, with that change.
up() {
	jq '.process.args = ["/sleep", "'"$own_seconds"'"] | .process.env += ["FROM=target"] | '"$2" \
		"$x/plain.json" >"$x/target/config.json"
	ok "a target: $1" $L run --detach --bundle "$x/target" --pid-file "$x/init.pid" "$1"
	init=$(cat "$x/init.pid")
}
# beside WORD...: debug; sets out, err and status.
beside() {
	output $L debug "$@"
}
# seen_beside NAME WANTED WORD...: what is printed.
seen_beside() {
	name=$1
	wanted=$2
	shift 2
	beside "$@"
	is "$name" "$out${err:+ stderr: $err}" "$wanted"
}
# asked NAME QUESTION WANTED WORD...: jq's answer from the probe's report.
asked() {
	name=$1
	question=$2
	wanted=$3
	shift 3
	beside --rootfs "$x/bundle/rootfs" "$@" probe report
	answers "$name" "$question" "$wanted"
}
# refuses NAME LINE WORD...: 255 and that one line, without "lorica: debug ", and
# nothing more in the state directory than before.
refuses() {
	name=$1
	line=$2
	shift 2
	before_it=$(ls "$WORK/state")
	beside "$@"
	is "$name" "$status $out$err" "255 lorica: debug $line"
	is "$name: nothing is left" "$(ls "$WORK/state")" "$before_it"
}
# What the target consists of, as its own first process has it.
looks() {
	cat "/proc/$init/mountinfo"
	grep -E '^(Cap|NoNewPrivs|Seccomp|Uid|Gid|Groups)' "/proc/$init/status"
	ls -l "/proc/$init/fd"
	find "$x/target/rootfs" -printf '%p %m %U %G %s %T@\n'
}

# ---- what it sees -----------------------------------------------------------
up c1 .
looks >"$x/before"
beside c1 -- sh -c 'ps | grep -c "/sleep [0-9]"; ls /proc/1/root | grep -x -e sleep -e only; [ ! -e /only ] && echo own; exit 7'
is "the target's processes and root, by the host's tools" "$status $(echo "$out" | tr '\n' ' ')$err" \
	"7 1 only sleep own "
has "options stand before the ID, behind it, and -- is not needed" \
	"$($L debug --env A=1 c1 --env=B=2 env; echo $?)" "*A=1*B=2*0"
is "stdin" "$(echo in | $L debug c1 cat)" in
beside c1 sh -c 'kill -9 $$'
is "a signal ends it" "$status" 137
has "without a command it is a shell" "$(echo 'echo shell $((1 + 1)); exit 3' | $L debug c1; echo $?)" \
	"shell 2?3"
seen_beside "the environment is its own" "HOME=/tmp
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
TERM=xterm" c1 sh -c 'env | grep -v -e ^PWD= -e ^SHLVL= | sort'
beside --rootfs "$x/bundle/rootfs" c1 probe report
for kind in cgroup ipc net pid time user uts; do
	[ -e /proc/self/ns/$kind ] || continue
	is "the $kind namespace is the target's" "$(printf %s "$out" | jq ".namespaces.$kind")" \
		"$(stat -Lc %i "/proc/$init/ns/$kind")"
done
ok "the mount namespace is neither the target's nor the host's" sh -c '[ "$1" != "$2" ] && [ "$1" != "$3" ]' sh \
	"$(printf %s "$out" | jq .namespaces.mnt)" "$(stat -Lc %i "/proc/$init/ns/mnt")" "$(stat -Lc %i /proc/self/ns/mnt)"
is "stdio alone is open" "$(printf %s "$out" | jq -c '[.descriptors[].fd]')" "[0,1,2]"
is "a session of its own" "$(printf %s "$out" | jq '.process.session == .process.pid')" true
seen_beside "its root is read-only, /tmp is not" "no yes" c1 sh -c \
	'touch /bin/new 2>/dev/null && printf yes || printf no; touch /tmp/new && echo " yes"'
beside c1 sh -c 'echo >>/bin/busybox'
ok "nor can the host's tools be written to" [ "$status" != 0 ]
looks >"$x/after"
ok "the target is as it was: root, mounts, powers, descriptors" cmp "$x/before" "$x/after"
is "and nothing is left of it" "$(ls "$WORK/state")" c1

# ---- its root -----------------------------------------------------------------
seen_beside "--rootfs" "probe" --rootfs "$x/bundle/rootfs" c1 sh -c 'ls /bin | grep -x probe'
ok "which gets no file" [ ! -e "$x/bundle/rootfs/dev/null" ]
jq '.process.args = ["sh", "-c", "echo $FROM $PWD"] | .process.env += ["FROM=bundle"] | .process.cwd = "/home"' \
	"$x/plain.json" >"$x/bundle/config.json"
seen_beside "--bundle says what to run" "bundle /home" --bundle "$x/bundle" c1
seen_beside "unless it is said" "flag /tmp" c1 --bundle "$x/bundle" --env FROM=flag --cwd /tmp -- sh -c 'echo $FROM $PWD'
seen_beside "a relative one" "bundle /home" --bundle "$(realpath --relative-to . "$x/bundle")" c1

# ---- as confined as the target ------------------------------------------------
asked "the capabilities are the target's" \
	'.capabilities | [.bounding, .effective, .permitted, .inheritable, .ambient] | unique' \
	"$([ "$(id -u)" = 0 ] && echo '[[],[5,10,29]]' || echo '[[],[5,10,29]]')" c1
asked "--cap" '.capabilities | [.bounding, .effective, .permitted] | unique' '[[5,10,13,29]]' --cap CAP_NET_RAW c1
asked "which is not inheritable" '.capabilities | [.inheritable, .ambient] | unique' '[[]]' --cap CAP_NET_RAW c1
asked "no_new_privs" .security.noNewPrivs true c1
asked "limits" .rlimits.NOFILE '[1024,1024]' c1
asked "the umask" .ids.umask 18 c1
beside c1 sh -c 'cat /proc/sys/kernel/core_pattern >/dev/null && echo x >/proc/sys/kernel/core_pattern'
ok "paths of /proc are read-only as there" [ "$status" != 0 ]
seen_beside "and masked" 0 c1 sh -c 'cat /proc/timer_list | wc -c'
$L delete --force c1
up c2 '(.mounts[] | select(.destination == "/proc") | .options) = ["ro", "nosuid"]'
has "the procfs has the target's options" "$($L debug c2 grep ' /proc ' /proc/mounts)" "proc /proc proc ro,nosuid,*"
$L delete --force c2
up c2 'del(.mounts[] | select(.destination == "/proc"))'
seen_beside "nor a procfs where the target has none" 0 c2 sh -c 'ls /proc | wc -l'
$L delete --force c2
up c2 '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["personality"], action: "SCMP_ACT_ERRNO", errnoRet: 77}]} |
	.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 2}] | .process.capabilities |= map_values([])'
beside --rootfs "$x/bundle/rootfs" c2 probe call personality 0xffffffff
is "the target's filter" "$(echo "$out" | jq -c '[.result, .errno]')$err" '[-1,"EBADFD"]'
asked "one of them, limits, and no capability" '[.security.filters, .rlimits.CORE, .capabilities.permitted, .capabilities.bounding]' \
	'[1,[1,2],[],[]]' c2
$L delete --force c2
up c2 '.annotations["dev.lorica.seccomp"] = "strict"'
asked "the filter of a profile that an annotation chose" '.security.filters' 1 c2
$L delete --force c2
if [ "$(id -u)" = 0 ]; then
	up c3 '.process.noNewPrivileges = false | .process.user = {uid: 5, gid: 6, additionalGids: [7], umask: 63} | .process.oomScoreAdj = 321'
	asked "the target's user" '.ids | [.uid, .gid, .groups, .umask]' '[[5,5,5,5],[6,6,6,6],[7],63]' c3
	asked "its score, and no_new_privs is as there" '[.process.oomScoreAdj, .security.noNewPrivs]' '[321,false]' c3
	asked "--user" '.ids | [.uid[0], .gid[0]]' '[8,9]' --user 8:9 c3
	$L delete --force c3
	up c3 '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: '$((1200000000 + $$))', size: 70000}] |
		.linux.gidMappings = .linux.uidMappings | .process.oomScoreAdj = 321 | .process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])'
	seen_beside "in a user namespace" "0 sleep" c3 sh -c 'echo "$(id -u) $(ls /proc/1/root | grep sleep)"'
	asked "with the powers that the target has there" .capabilities.effective '[5,10,19,29]' c3
	beside c3 sh -c 'echo >>/bin/busybox'
	ok "where the host's tools cannot be written to either" [ "$status" != 0 ]
	$L delete --force c3
	up c3 'del(.linux.namespaces[] | select(.type == "pid" or .type == "network"))'
	asked "namespaces of the host's that the target is in" '[.namespaces.pid, .namespaces.net]' \
		"[$(stat -Lc %i /proc/self/ns/pid),$(stat -Lc %i /proc/self/ns/net)]" c3
	$L delete --force c3
fi

# ---- a container as others are --------------------------------------------------
up c1 .
beside --detach --pid-file "$x/pid" --name d1 c1 sleep 500
is "--detach is silent" "$status$out$err" 0
is "it has the name" "$($L list -q | tr '\n' ' ')" "c1 d1 "
is "and the pid file" "$(tr '\0' ' ' <"/proc/$(cat "$x/pid")/cmdline")" "sleep 500 "
refuses "a name that is taken" 'c1: container with given ID already exists' --name d1 c1 true
own=$(sed -n 's/^0:://p' "/proc/$(cat "$x/pid")/cgroup")
theirs=$(sed -n 's/^0:://p' "/proc/$init/cgroup")
if [ "$(jq -r '.cgroupPath // ""' "$WORK/state/c1/state.json")" ]; then
	is "its cgroup is beside the target's" "$own" "${theirs%/*}/d1"
else
	skip "its cgroup" "the target has none"
fi
ok "exec in it" $L exec d1 true
ok "kill" $L kill d1 KILL
await_status d1 stopped
ok "delete" $L delete d1
ok "the target lives on" kill -0 "$init"
$L debug c1 sleep 501 >"$x/out" 2>&1 </dev/null &
debug=$!
await sh -c "$L list | grep '^c1-debug-[0-9]* ' | grep -q running"
name=$($L list -q | grep '^c1-debug-')
is "else it is named after the target and the caller" "$($L state "$name" | jq -r .status)" running
$L kill "$name" KILL
wait $debug
is "its status when it was killed" "$?$(cat "$x/out")" 137
has "a terminal" "$("$SUPPORT/caller" terminal 24 80 $L debug -t c1 -- sh -c 'tty; exit 4' | tr -d '\r')" "/dev/pts/[0-9]"
has "--console-socket gets the master" \
	"$("$SUPPORT/caller" receive "$x/sock" $L debug --tty --detach --name d2 --console-socket "$x/sock" c1 sleep 502 2>&1 </dev/null)" \
	"text /dev/ptmx?count 1?descriptor *ptmx?then 0"
$L debug c1 sleep 503 >"$x/out" 2>&1 </dev/null &
debug=$!
await sh -c "$L list | grep '^c1-debug-' | grep -q running"
ok "deleting the target" $L delete --force c1
wait $debug
is "ends it" "$?$(cat "$x/out")" 137
await_status d2 stopped
is "also a detached one, which stays to be deleted" "$($L list -q)" d2
$L delete d2

# ---- what is refused --------------------------------------------------------------
up c1 .
refuses "no container" 'none: container does not exist' none true
beside
is "no ID" "$status $out$err" '255 lorica: debug: expected ID [COMMAND [ARGUMENT]...]'
refuses "no such program" 'c1: exec: "nothere": executable file not found in $PATH' c1 nothere
refuses "no such root" "c1: --rootfs $x/none: no such file or directory" --rootfs "$x/none" c1
refuses "no such bundle" "c1: --bundle $x/none: open it: no such file or directory" --bundle "$x/none" c1
refuses "a bundle without a configuration" "c1: --bundle $x: read config.json: no such file or directory" --bundle "$x" c1
refuses "two roots" 'c1: --rootfs and --bundle: only one of them can be the root' --bundle "$x/bundle" --rootfs / c1
refuses "--cap of a name that is none" 'c1: --cap: unknown capability "CAP_X"' --cap CAP_X c1
refuses "--user in words" 'c1: --user: "root" is no id up to 4294967294' --user root c1
refuses "--env without a value" 'c1: --env: "A": expected NAME=VALUE' --env A c1
refuses "--cwd is absolute" 'c1: config.json: process.cwd: "tmp" is not absolute' --cwd tmp c1
refuses "--name is an ID" 'c1: invalid container ID format: "../x"' --name ../x c1
refuses "--detach --tty needs a socket" 'c1: cannot allocate tty if lorica will detach without setting console socket' \
	--detach --tty c1
refuses "an unknown option behind the ID" 'c1: unknown option --none' c1 --none
LORICA_LIBEXEC=$x/none beside c1 true
is "the tools' names are not installed" "$status $out$err" \
	"255 lorica: debug c1: $x/none/debug: no such file or directory"
if $L pause c1 2>/dev/null; then
	refuses "paused" 'c1: cannot debug a paused container (use --ignore-paused to override)' c1 true
	seen_beside "--ignore-paused: it is not paused itself" ran --ignore-paused c1 echo ran
	$L resume c1
else
	skip "paused" "the container has no cgroup"
fi
$L kill c1 KILL
await_status c1 stopped
refuses "stopped" 'c1: cannot debug a stopped container' c1 true
$L delete c1
ok "create alone" $L create --bundle "$x/target" c1
refuses "not started" 'c1: cannot debug a container that was not started' c1 true
$L delete --force c1
if [ "$(id -u)" = 0 ]; then
	up c1 '.process.capabilities.bounding += ["CAP_SYS_PTRACE"]'
	refuses "a target that could trace the runtime" \
		'c1: cannot debug a container that has CAP_SYS_PTRACE and no user namespace: it could trace the runtime' c1 true
	status=0
	unshare -m sh -c 'mount --bind /dev/null /bin/busybox && for other in /usr/bin/busybox /usr/local/bin/busybox; do
		[ ! -e $other ] || [ $other -ef /bin/busybox ] || mount --bind /dev/null $other; done; exec "$@"' sh \
		$L debug c1 true >"$x/out" 2>&1 || status=$?
	is "no tools" "$status $(cat "$x/out")" \
		"255 lorica: debug c1: no static busybox is installed (Debian: busybox-static): give --rootfs or --bundle"
	$L delete --force c1
fi

long=$(head -c 250 /dev/zero | tr '\0' x)
up "$long" .
refuses "no room for a name" "$long: the ID is too long for \"-debug-PID\" behind it: give --name" "$long" true
seen_beside "but with --name" ran --name d3 "$long" echo ran
$L delete --force "$long"
# Its limits are the target's once more.
v2=/sys/fs/cgroup
[ -f $v2/cgroup.procs ] || v2=$v2/unified
case "$(id -u) $(cat $v2/cgroup.controllers 2>/dev/null) " in
"0 "*" pids "*)
	up c1 '.linux.resources.pids.limit = 17'
	ok "beside a target with limits" $L debug --detach --name d1 --pid-file "$x/pid" c1 sleep 504
	own=$v2$(sed -n 's/^0:://p' "/proc/$(cat "$x/pid")/cgroup")
	is "it has as many" "$(cat "$own/pids.max")" 17
	is "and uses up none of the target's" "$(cat "$v2$(sed -n 's/^0:://p' "/proc/$init/cgroup")/pids.current")" 1
	$L delete --force d1
	$L delete --force c1
	;;
*) [ "$(id -u)" != 0 ] || skip "its limits" "it wants pids in version 2" ;;
esac

# ---- a hostile target -----------------------------------------------------------------
# It looks at every other process, and tries to hold it by ptrace(2), and to write
# to its root.
watch='probe seize & me=$!
	while :; do
		for p in /proc/[0-9]*; do
			case $p in /proc/1 | /proc/$$ | /proc/$me) continue ;; esac
			exe=$(readlink "$p/exe") && case $exe in /bin/*) ;; *) echo "exe $exe" ;; esac
			cwd=$(readlink "$p/cwd") && [ "$cwd" != / ] && echo "cwd $cwd"
			(echo >>"$p/root/bin/busybox") && echo "wrote $p"
			[ ! -e "$p/root/etc/shadow" ] || echo "root $p"
			for fd in "$p"/fd/*; do
				case $fd in */0 | */1 | */2) continue ;; esac
				to=$(readlink "$fd") && case $to in *busybox* | /proc/* | /dev/shm/*) ;; *) echo "$fd $to" ;; esac
			done
		done
	done 2>/dev/null >>/dev/shm/seen'
own_userns=".linux.namespaces += [{type: \"user\"}] |
	.linux.uidMappings = [{containerID: 0, hostID: $((1200000000 + $$)), size: 70000}] |
	.linux.gidMappings = .linux.uidMappings | .process.capabilities |= map_values(. + [\"CAP_SYS_PTRACE\"])"
sum=$(sha256sum "$BUSYBOX")
for variant in plain userns; do
	filter=.
	[ $variant = plain ] || filter=$own_userns
	[ "$(id -u)" = 0 ] || [ $variant = plain ] || continue
	jq --arg watch "$watch" ".process.args = [\"sh\", \"-c\", \$watch] | $filter" \
		"$x/plain.json" >"$x/bundle/watch.json"
	ok "a target that watches" $L run --detach --bundle "$x/bundle" --config watch.json \
		--pid-file "$x/init.pid" w
	for _ in $(seq 40); do
		beside w true
		echo "$status $out$err"
	done >"$x/runs"
	is "$variant: it is run" "$(sort -u "$x/runs")" "0 "
	has "$variant: the target tries to hold it" "$($L exec w cat /dev/shm/seized)" "tries [1-9]*held 0 *"
	is "$variant: and sees nothing of the runtime" "$($L exec w head -c 300 /dev/shm/seen)" ""
	is "$variant: the host's tools are as they were" "$(sha256sum "$BUSYBOX")" "$sum"
	$L delete --force w
done
if [ "$(id -u)" = 0 ]; then
	cp "$BUSYBOX" "$x/bundle/rootfs/bin/busybox"
	jq '.process.args = ["sh", "-c", "busybox mount -t tmpfs none /proc && mkdir -p /proc/self/attr /proc/1/ns && echo mounted >/dev/shm/mounted; sleep 1000"] |
		.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])' "$x/plain.json" >"$x/bundle/watch.json"
	ok "a target with a /proc of its own making" $L run --detach --bundle "$x/bundle" --config watch.json \
		--pid-file "$x/init.pid" h
	await grep -q mounted "/proc/$(cat "$x/init.pid")/root/dev/shm/mounted"
	seen_beside "the procfs is the kernel's" "proc sleep" h sh -c \
		'grep " /proc " /proc/mounts | cut -d" " -f3 | tr "\n" " "; tr "\0" "\n" </proc/1/cmdline | head -1'
	$L delete --force h
fi

# Its first process enters a user namespace that it makes, and so would have all
# powers over the mounts of what joins it.
jq '.process.args = ["busybox", "unshare", "-U", "sleep", "1000"]' "$x/plain.json" >"$x/bundle/watch.json"
ok "a target that makes a user namespace" $L run --detach --bundle "$x/bundle" --config watch.json \
	--pid-file "$x/init.pid" u
ok "makes it" await sh -c 'tr "\0" " " <"/proc/$1/cmdline" | grep -q "^sleep"' sh "$(cat "$x/init.pid")"
refuses "a target in a user namespace of its own making" \
	'u: cannot debug a container whose process has made itself a user namespace' u true
$L delete --force u

# Targets that end meanwhile.
: >"$x/racing"
for i in $(seq 12); do
	up r .
	(sleep "0.0$((i % 7))"; $L delete --force r) 2>/dev/null &
	while $L debug r true >>"$x/racing" 2>&1 </dev/null || [ $? = 137 ]; do :; done
	wait
done
is "targets that end meanwhile: it is told why" \
	"$(grep -vE ': (cannot debug a stopped container|container does not exist)$' "$x/racing")" ""
is "targets that end meanwhile: nothing is left" "$(ls "$WORK/state")$(pgrep -fx "/sleep $own_seconds")" ""
