# shellcheck shell=sh disable=SC2016,SC2154 # for inner shells; set by inside
# exec: a process more in a container. Every flag, every member of the process
# object seen from the inside, exit statuses, and what a hostile container gets
# to see meanwhile.
L="$LORICA --root $WORK/state"
x=$WORK/exec
rm -rf "$x"
bundle "$x"
ok "the probe was built by make check" cp "$PROBE" "$x/rootfs/bin/probe"
mkdir -p "$x/rootfs/home/five"
# Also what is no line for anybody.
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'bad:x:05:5::/bad:' 'five:x:5:6:' \
	'five:x:5:6:Five:/home/five:/bin/sh' >"$x/rootfs/etc/passwd"
config "$x" '.process.args = ["sleep", "1000"] | .process.env += ["FROM=config"] |
	.process.capabilities.ambient = .process.capabilities.bounding |
	.process.capabilities.inheritable = .process.capabilities.bounding'
cp "$x/config.json" "$x/plain.json"

# up ID FILTER: a container that runs, of the bundle with that change.
up() {
	jq "$2" "$x/plain.json" >"$x/config.json"
	ok "a container to exec in: $1" $L run --detach --bundle "$x" \
		--pid-file "$x/init.pid" "$1"
	init=$(cat "$x/init.pid")
}
# inside WORD...: exec; sets out, err and status.
inside() {
	output $L exec "$@"
}
# asked NAME QUESTION WANTED WORD...: jq's answer from the probe's report.
asked() {
	name=$1
	question=$2
	wanted=$3
	shift 3
	inside "$@" probe report
	answers "$name" "$question" "$wanted"
}
# object FILTER: a process object for --process that runs the probe.
object() {
	jq "{args: [\"probe\", \"report\"], cwd: \"/\", user: {}, env: [\"PATH=/bin\"]} | ($1)" \
		-n >"$x/process.json"
}
# told NAME FILTER QUESTION WANTED: the same by --process.
told() {
	object "$2"
	inside --process "$x/process.json" c1
	answers "--process: $1" "$3" "$4"
}
# refuses NAME LINE WORD...: 255 and that one line, without "lorica: exec ".
refuses() {
	name=$1
	line=$2
	shift 2
	inside "$@"
	is "$name" "$status $out$err" "255 lorica: exec $line"
}
# How many processes are in the pid namespace of init.
others() {
	namespace=$(readlink "/proc/$init/ns/pid")
	for link in /proc/[0-9]*/ns/pid; do
		readlink "$link" 2>/dev/null
	done | grep -cFx "$namespace"
}

# ---- words, streams and statuses ------------------------------------------
up c1 .
inside c1 sh -c 'echo out; echo err >&2; exit 7'
is "stdout, stderr and the exit status" "$out|$err|$status" "out|err|7"
is "stdin" "$(echo in | $L exec c1 cat)" in
inside c1 sh -c 'kill -9 $$'
is "a signal ends it" "$status" 137
inside c1 -- 2>/dev/null
is "words that look like options are the program's" "$status $err" \
	'255 lorica: exec c1: exec: "--": executable file not found in $PATH'
refuses "not found" 'c1: exec: "nothere": executable file not found in $PATH' c1 nothere
refuses "not found by its path" 'c1: exec: "/nothere": stat /nothere: no such file or directory' c1 /nothere
refuses "a directory" 'c1: exec: "/bin": is a directory' c1 /bin
echo text >"$x/rootfs/bin/text"
refuses "not executable" 'c1: exec: "/bin/text": permission denied' c1 /bin/text
chmod +x "$x/rootfs/bin/text"
refuses "no program, found by execve itself" 'c1: exec: "/bin/text": exec format error' c1 /bin/text
refuses "the same with --detach" 'c1: exec: "/bin/text": exec format error' \
	--detach --pid-file "$x/pid" c1 /bin/text
ok "which leaves no pid file" [ ! -e "$x/pid" ]
refuses "no container" 'none: container does not exist' none true
refuses "no words" 'c1: expected ID [COMMAND [ARGUMENT]...]' c1
inside
is "no ID" "$status $err" "255 lorica: exec: expected ID [COMMAND [ARGUMENT]...]"
$L --log "$x/log" --log-format json exec c1 nothere 2>/dev/null
is "one object in the log" "$(jq -r .msg "$x/log")" \
	'exec c1: exec: "nothere": executable file not found in $PATH'

# ---- where and as whom -----------------------------------------------------
# joined ID CAPABILITIES: the namespaces of init, and what it must not be without.
joined() {
	inside "$1" probe report
	for kind in cgroup ipc mnt net pid time user uts; do
		[ -e /proc/self/ns/$kind ] || continue
		is "$1: the $kind namespace of init" \
			"$(printf %s "$out" | jq ".namespaces.$kind")" \
			"$(stat -Lc %i "/proc/$init/ns/$kind")"
	done
	is "$1: stdio alone is open" "$(printf %s "$out" | jq -c '[.descriptors[].fd]')" "[0,1,2]"
	is "$1: a session of its own" \
		"$(printf %s "$out" | jq '.process.session == .process.pid')" true
	is "$1: the container's keyring" \
		"$(printf %s "$out" | jq -r .keyring | cut -d';' -f5)" "_ses.$1"
	is "$1: nothing is inheritable or ambient" \
		"$(printf %s "$out" | jq -c '[.capabilities.inheritable, .capabilities.ambient]')" "[[],[]]"
	is "$1: the other sets are the configuration's" \
		"$(printf %s "$out" | jq -c '.capabilities | [.bounding, .effective, .permitted] | unique')" "[$2]"
	is "$1: no signal is blocked or ignored" \
		"$(printf %s "$out" | jq -c '[.signals.SigBlk, .signals.SigIgn] | unique')" '["0000000000000000"]'
	is "$1: the root is the container's" "$(printf %s "$out" | jq -r .process.cwd)" /
}
joined c1 "[5,10,29]"
asked "the environment is the configuration's, and HOME" '.env - ["TERM=xterm"]' \
	'["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","FROM=config","HOME=/root"]' c1
asked "--env adds, and replaces by name" '.env - ["TERM=xterm"]' \
	'["PATH=/bin","FROM=flag","NEW=a=b","HOME=/root"]' \
	--env NEW=c -e FROM=flag -e PATH=/bin --env=NEW=a=b c1
asked "--env HOME is left alone" '.env[-1]' '"HOME=/tmp"' -e HOME=/tmp c1
refuses "--env without a value" 'c1: --env: "NEW": expected NAME=VALUE' -e NEW c1 true
asked "--cwd" .process.cwd '"/tmp"' --cwd /tmp c1
refuses "--cwd is not made" 'c1: enter the working directory: process.cwd: open /none in the root: no such file or directory' \
	--cwd /none c1 true
refuses "--cwd is absolute" 'c1: process.cwd: "tmp" is not absolute' --cwd tmp c1 true
asked "--cap is added to three sets" \
	'.capabilities | [.bounding, .effective, .permitted] | unique' '[[5,10,13,29]]' \
	--cap CAP_NET_RAW c1
asked "CVE-2022-24769, CVE-2022-29162: and is not inheritable" \
	'.capabilities | [.inheritable, .ambient]' '[[],[]]' --cap CAP_NET_RAW c1
refuses "--cap of a name that is none" 'c1: --cap: unknown capability "CAP_X"' --cap CAP_X c1 true
asked "no_new_privs is the configuration's" .security.noNewPrivs true c1
asked "and the umask" .ids.umask 18 c1
for user in '+1' ' 1' '-1' 0x0 1000abc 4294967295 4294967296 '' user 1000: :1000 \
	1:2:3 01 1:4294967295 1:+2 99999999999999999999999 18446744073709551616; do
	inside --user "$user" c1 probe report
	has "CVE-2026-30892: --user '$user'" "$status $out $err" \
		'255  lorica: exec c1: --user: "*" is no id up to 4294967294'
done
if [ "$(id -u)" = 0 ]; then
	asked "--user with a group" '.ids | [.uid, .gid, .groups]' '[[5,5,5,5],[6,6,6,6],[]]' -u 5:6 c1
	asked "--user without one" '.ids | [.uid, .gid]' '[[5,5,5,5],[0,0,0,0]]' --user 5 c1
	asked "HOME is the user's" '.env[-1]' '"HOME=/home/five"' --user 5 c1
	asked "and / for one who has none" '.env[-1]' '"HOME=/"' --user 7 c1
	asked "the largest ids" '.ids | [.uid[0], .gid[0]]' '[4294967294,4294967294]' \
		-u 4294967294:4294967294 c1
	asked "--additional-gids" .ids.groups '[7,8]' -g 7 --additional-gids=8 c1
	asked "a user without capabilities at its exec" .capabilities.effective '[]' -u 5:6 c1
fi
refuses "--additional-gids is a number" 'c1: --additional-gids: "-7" is no id up to 4294967294' -g -7 c1 true
for flag in apparmor:AppArmor:process.apparmorProfile process-label:SELinux:process.selinuxLabel; do
	case $flag in
	apparmor*) [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" != Y ] || continue ;;
	*) [ ! -d /sys/fs/selinux/booleans ] || continue ;;
	esac
	refuses "--${flag%%:*} is not forgotten" \
		"c1: ${flag##*:}: $(echo "$flag" | cut -d: -f2) is not enabled on this host" \
		"--${flag%%:*}" x c1 true
done

# ---- the process object ----------------------------------------------------
told args '.args += ["a b", ""]' '.args[2:]' '["a b",""]'
told "env, and HOME" '.env += ["A=b=c"]' .env '["PATH=/bin","A=b=c","HOME=/root"]'
told cwd '.cwd = "/tmp"' .process.cwd '"/tmp"'
told "no terminal" . .terminal.isatty false
told "noNewPrivileges false" '.noNewPrivileges = false' .security.noNewPrivs false
object '.noNewPrivileges = false'
inside --no-new-privs -p "$x/process.json" c1
answers "--no-new-privs" .security.noNewPrivs true
told "noNewPrivileges true" '.noNewPrivileges = true' .security.noNewPrivs true
told "capabilities, of which none is inheritable" \
	'.capabilities = ({bounding: ["CAP_KILL", "CAP_CHOWN"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]})' \
	'.capabilities | [.bounding, .inheritable, .ambient]' '[[0,5],[],[]]'
told "else the container's" . .capabilities.permitted '[5,10,29]'
told rlimits '.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 2}]' .rlimits.CORE '[1,2]'
told "else the container's" . .rlimits.NOFILE '[1024,1024]'
told oomScoreAdj '.oomScoreAdj = 321' .process.oomScoreAdj 321
told scheduler '.scheduler = {policy: "SCHED_BATCH", nice: 5}' '.scheduler | [.policy, .nice]' '[3,5]'
told ioPriority '.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}' '.ioPriority | [.class, .level]' '[2,6]'
told umask '.user.umask = 63' .ids.umask 63
[ "$(id -u)" != 0 ] || told user '.user = {uid: 5, gid: 6, additionalGids: [7]}' \
	'.ids | [.uid[0], .gid[0], .groups]' '[5,6,[7]]'
last=$(($(nproc --all) - 1))
told "execCPUAffinity.final" ".execCPUAffinity = {initial: \"0\", final: \"$last\"}" .affinity "[$last]"
told "execCPUAffinity.initial" ".execCPUAffinity = {initial: \"$last\"}" .affinity "[$last]"
object '.execCPUAffinity = {final: "5000"}'
refuses "execCPUAffinity of processors that are not there" \
	'c1: choose the processors: process.execCPUAffinity.final: 5000: invalid argument' -p "$x/process.json" c1
object 'del(.cwd)'
refuses "an object that lacks something" 'c1: --process: cwd is required' -p "$x/process.json" c1
object '.args = []'
refuses "or everything to run" 'c1: process.args: is empty' -p "$x/process.json" c1
object '.user = {uid: 4294967296}'
has "CVE-2024-40635, CVE-2026-47262: an id past 32 bits" \
	"$(inside -p "$x/process.json" c1; echo "$status $out $err")" "255  *user.uid*"
object .
refuses "words beside it" 'c1: unexpected "true": --process says what to run' \
	-p "$x/process.json" c1 true
refuses "no such file" 'c1: --process /none: no such file or directory' -p /none c1
is "from stdin, with flags laid over it" \
	"$($L exec --process - --cwd /tmp -e NEW=1 c1 <"$x/process.json" | jq -c '[.process.cwd, .env[1]]')" \
	'["/tmp","NEW=1"]'

# ---- descriptors ------------------------------------------------------------
for fd in $(seq 0 40); do
	inside --cwd "/proc/self/fd/$fd" c1 true
	echo "$status $out $(echo "$err" | cut -d: -f1-4 | sed 's/: open.*//')"
done >"$x/fds"
is "CVE-2024-21626: cwd in a descriptor" "$(sort -u "$x/fds")" \
	"255  lorica: exec c1: enter the working directory: process.cwd"
ln -s /proc/self/fd/7 "$x/rootfs/link"
inside --cwd /link c1 true
is "CVE-2024-21626: nor by a link of the image" "$status" 255
inside c1 /proc/self/fd/7/../../bin/true
is "CVE-2024-21626: nor the program" "$status" 255
keep='cat <&3; cat <&4; ls /proc/self/fd | wc -l; echo "$LISTEN_FDS ${LISTEN_PID:-$$} $$"'
is "--preserve-fds" "$("$SUPPORT/caller" fds 2 $L exec --preserve-fds 2 c1 sh -c "$keep" </dev/null 2>&1 | head -3)" "3
4
6"
LISTEN_FDS=2 LISTEN_PID=1 "$SUPPORT/caller" fds 2 $L exec c1 sh -c "$keep" </dev/null >"$x/out" 2>&1
is "socket activation" "$(head -3 "$x/out")" "3
4
6"
is "with the process's own pid" "$(awk 'NR == 4 { print $1, $2 == $3 }' "$x/out")" "2 1"
refuses "--preserve-fds is a number" 'c1: --preserve-fds: "-1" is no number up to 1024' --preserve-fds -1 c1 true
inside --preserve-fds 3 c1 true
has "of descriptors that are there" "$status $err" \
	'255 lorica: exec c1: let go of the host: descriptor * is to be preserved: bad file descriptor'

# ---- detached, and what callers are told ------------------------------------
inside --detach --pid-file "$x/pid" c1 sleep 500
is "--detach is silent" "$status $out$err" "0 "
is "and the process is there" "$(tr '\0' ' ' <"/proc/$(cat "$x/pid")/cmdline")" "sleep 500 "
ok "in the container's cgroup" cmp "/proc/$(cat "$x/pid")/cgroup" "/proc/$init/cgroup"
is "beside the others" "$(others)" 2
kill "$(cat "$x/pid")"
is "--pidfd-socket" \
	"$("$SUPPORT/caller" receive "$x/sock" sh -c "$L exec --pidfd-socket $x/sock c1 true >/dev/null 2>&1" | sed 's/anon_inode://')" \
	"text setns
count 1
descriptor [pidfd]
then 0"
has "a detached process is its caller's child" \
	"$("$SUPPORT/caller" reaper sh -c "$L exec --detach c1 sh -c 'exit 5'" 2>&1)" "[0-9]* ended with 5"

# ---- terminals ----------------------------------------------------------------
has "--tty in the foreground" "$("$SUPPORT/caller" terminal 24 80 $L exec --tty c1 \
	sh -c '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo terminal; busybox tty; echo ok >/dev/tty; exit 4' | tr -d '\r')" \
	"terminal?/dev/pts/[0-9]?ok"
"$SUPPORT/caller" terminal 24 80 $L exec -t c1 sh -c 'exit 4' >/dev/null
is "and its status" $? 4
is "of the caller's size" "$("$SUPPORT/caller" terminal 31 97 $L exec -t c1 \
	sh -c 'i=0; while [ "$(busybox stty size 2>/dev/null)" != "31 97" ] && [ $i -lt 2000 ]; do i=$((i + 1)); done; busybox stty size' | tr -d '\r')" "31 97"
refuses "--detach --tty needs a socket" \
	'c1: cannot allocate tty if lorica will detach without setting console socket' --detach --tty c1 true
refuses "and a socket a terminal" \
	'c1: cannot use console socket if lorica will not detach or allocate tty' \
	--detach --console-socket "$x/sock" c1 true
object '.terminal = true | .args = ["sleep", "600"]'
has "--console-socket gets the master" \
	"$("$SUPPORT/caller" receive "$x/sock" $L exec --process "$x/process.json" --console-socket "$x/sock" --detach --pid-file "$x/pid" c1 2>&1 </dev/null)" \
	"text /dev/ptmx?count 1?descriptor *ptmx?then 0"
is "nobody keeps the runtime's output open" \
	"$("$SUPPORT/caller" pipe "$SUPPORT/caller" receive "$x/sock" $L exec --process "$x/process.json" --console-socket "$x/sock" --detach c1 2>&1 </dev/null | tail -1)" \
	"end of file"

object '.terminal = true | .consoleSize = {height: 33, width: 99} | .args = ["busybox", "stty", "size"]'
inside --process "$x/process.json" c1
is "consoleSize" "$(echo "$out" | tr -d '\r')" "33 99"

# ---- signals --------------------------------------------------------------------
$L exec c1 sh -c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done' >"$x/out" 2>&1 </dev/null &
foreground=$!
until grep -q ready "$x/out"; do sleep 0.01; done
kill -TERM $foreground
wait $foreground
is "signals are passed on" $? 9
# One that comes before the program has begun is for it all the same.
rm -f "$x/early"
$L exec --pid-file "$x/early" c1 sleep "${own_seconds}4" >/dev/null 2>&1 </dev/null &
foreground=$!
until [ -s "$x/early" ]; do :; done
kill -USR1 $foreground
wait $foreground
ok "as is one that comes early" await eval '! kill -0 "$(cat "$x/early")"'

# ---- of which it is not the time ----------------------------------------------
$L kill c1 KILL
until [ "$($L state c1 | jq -r .status)" = stopped ]; do sleep 0.01; done
refuses "stopped" 'c1: cannot exec in a stopped container' c1 true
$L delete c1
ok "create alone" $L create --bundle "$x" --pid-file "$x/init.pid" c1
if [ "$(id -u)" = 0 ]; then
	asked "in one that waits for its start" .process.cwd '"/"' c1
else
	refuses "in one that waits for its start" \
		'c1: cannot exec in a container that was not started: only root may' c1 true
fi
ok "start" $L start c1
inside c1 true
is "and afterwards" "$status $err" "0 "
$L delete --force c1
config "$x" '.hooks = {createRuntime: [{path: "/bin/sh", env: ["PATH=/bin:/usr/bin"], args: ["sh", "-c",
	"echo x >'"$x"'/held; until [ -e '"$x"'/let-go ]; do sleep 0.05; done"]}]}'
$L create --bundle "$x" c1 >/dev/null 2>&1 </dev/null &
create=$!
await test -s "$x/held"
refuses "while it is created" 'c1: container not running: it is being created' c1 true
touch "$x/let-go"
wait $create
$L delete --force c1

# ---- many at once ---------------------------------------------------------------
up c2 .
# 2,000, each with a status; a guest does a tenth.
i=0
while [ $i -lt 10 ]; do
	callers=
	for want in $(seq 0 199); do
		(
			$L exec c2 sh -c "exit $want" </dev/null >>"$x/many" 2>&1
			got=$?
			[ $got = "$want" ] || echo "$want: $got"
		) >>"$x/wrong" &
		callers="$callers $!"
	done
	# shellcheck disable=SC2086 # a list of numbers
	wait $callers
	i=$((i + $([ "${LORICA_GUEST:-}" ] && echo 10 || echo 1)))
done
is "200 at once: every status is right" "$(cat "$x/wrong")" ""
is "200 at once: in silence" "$(cat "$x/many")" ""
is "200 at once: none is left" "$(others)" 1

# What is executed ends with the container; delete and exec do not meet.
for _ in 1 2 3 4 5; do
	$L exec c2 sleep "${own_seconds}0" >/dev/null 2>&1 </dev/null &
done
for _ in 1 2 3; do
	(while $L exec --detach c2 sleep "${own_seconds}0" >>"$x/racing" 2>&1 </dev/null; do :; done) &
done
sleep 0.3
ok "delete --force while others are executed" $L delete --force c2
wait
is "they are told why" "$(grep -vE ': (cannot exec in a stopped container|container does not exist)$' "$x/racing")" ""
is "and nothing is left" "$(pgrep -fx "sleep ${own_seconds}0")$(ls "$WORK/state")" ""

# ---- seccomp ----------------------------------------------------------------------
up c3 '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["personality"], action: "SCMP_ACT_ERRNO", errnoRet: 77}]}'
inside c3 probe call personality 0xffffffff
is "the container's filter" "$(echo "$out" | jq -c '[.result, .errno]')" '[-1,"EBADFD"]'
asked "one of them" '.security | [.seccomp, .filters]' '[2,1]' c3
object '.noNewPrivileges = false'
[ "$(id -u)" != 0 ] || asked "also without no_new_privs" '.security | [.seccomp, .noNewPrivs]' \
	'[2,true]' c3
inside --process "$x/process.json" c3
[ "$(id -u)" != 0 ] || is "also by an object without no_new_privs" \
	"$(printf %s "$out" | jq -c '.security | [.seccomp, .noNewPrivs]')$err" '[2,false]'
$L delete --force c3

# What differs in a user namespace.
userns_checks() {
	joined w "[5,10,19,29]"
	asked "ids of the user namespace" '.ids | [.uid[0], .gid[0], .groups]' '[5,6,[7]]' -u 5:6 -g 7 w
	refuses "ids that it does not have" 'w: process.user.uid: 70000 is not mapped' -u 70000 w true
	object '.oomScoreAdj = 321 | .rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 2}] | .user = {uid: 5, gid: 6}'
	inside -p "$x/process.json" w
	is "the process object there" "$(printf %s "$out" | jq -c '[.process.oomScoreAdj, .rlimits.CORE, .ids.uid[0]]')$err" \
		'[321,[1,2],5]'
	has "a terminal there" "$("$SUPPORT/caller" terminal 24 80 $L exec -t -u 5 w \
		sh -c 'stat -c %u:%t /proc/self/fd/0 -L' | tr -d '\r')" "5:88"
}

# ---- what the container gets to see -------------------------------------------
# It looks at every other process, through its descriptors and at its file, and
# tries to hold it by ptrace(2).
watch='probe seize & me=$!
	while :; do
		for p in /proc/[0-9]*; do
			case $p in /proc/1 | /proc/$$ | /proc/$me) continue ;; esac
			exe=$(readlink "$p/exe") && case $exe in /bin/*) ;; *) echo "exe $exe" ;; esac
			cwd=$(readlink "$p/cwd") && [ "$cwd" != / ] && echo "cwd $cwd"
			for fd in "$p"/fd/*; do
				case $fd in */0 | */1 | */2) continue ;; esac
				# Those that the test itself reads.
				to=$(readlink "$fd") && case $to in /dev/shm/se*) ;; *) echo "$fd $to" ;; esac
			done
		done
	done 2>/dev/null >>/dev/shm/seen'
own_userns=".linux.namespaces += [{type: \"user\"}] |
	.linux.uidMappings = [{containerID: 0, hostID: $((1200000000 + $$)), size: 70000}] |
	.linux.gidMappings = .linux.uidMappings"
tracing='.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE"])'
for variant in plain userns tracing; do
	[ "$(id -u)" = 0 ] || [ $variant = plain ] || continue
	case $variant in
	plain) filter=. ;;
	userns) filter="$tracing | $own_userns" ;;
	tracing) filter=$tracing ;;
	esac
	jq --arg watch "$watch" ".process.args = [\"sh\", \"-c\", \$watch] | $filter" \
		"$x/plain.json" >"$x/watch.json"
	ok "a container that watches" $L run --detach --bundle "$x" --config watch.json \
		--pid-file "$x/init.pid" w
	init=$(cat "$x/init.pid")
	for _ in $(seq 60); do
		inside w true
		echo "$status $out$err"
	done >"$x/runs"
	is "CVE-2016-9962 $variant: executions in it" "$(sort -u "$x/runs")" "0 "
	inside w cat /dev/shm/seized
	has "CVE-2016-9962 $variant: it tries to hold them" "$out" "tries [1-9]*"
	if [ $variant = tracing ]; then
		# CAP_SYS_PTRACE on the host is a power over all that it sees: what it
		# holds has no more to offer than it has itself.
		is "CVE-2016-9962: what it holds has no other powers" \
			"$(echo "$out" | grep -cE 'permitted (0000000000000000|0000000020080420)$')" 1
		$L delete --force w
		continue
	fi
	has "CVE-2016-9962 $variant: and holds none" "$out" "*held 0 *"
	inside w head -c 200 /dev/shm/seen
	is "CVE-2016-9962 $variant: it sees nothing of the runtime" "$out$err" ""
	# What is executed is the runtime itself: it can be opened, not written to.
	printf '#!/proc/self/exe\n' >"$x/rootfs/bin/evil"
	chmod +x "$x/rootfs/bin/evil"
	sum=$(sha256sum "$LORICA")
	[ $variant = plain ] || userns_checks
	for program in evil /proc/self/exe; do
		inside w $program --version
	done
	is "CVE-2019-5736 $variant: the runtime is unchanged" "$(sha256sum "$LORICA")" "$sum"
	$L delete --force w
done

# /proc of the container is whatever it likes.
if [ "$(id -u)" = 0 ]; then
	up h '.process.args = ["sh", "-c", "busybox mount -t tmpfs none /proc && mkdir -p /proc/self/attr /proc/sys/kernel && ln -s /etc /proc/1 && echo mounted >/dev/shm/mounted; sleep 1000"] |
		.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
	until grep -q mounted "/proc/$init/root/dev/shm/mounted" 2>/dev/null; do sleep 0.01; done
	object '.args = ["sleep", "800"] | .oomScoreAdj = 321 | .capabilities = {}'
	inside --detach --pid-file "$x/pid" --process "$x/process.json" h
	is "a hostile /proc: it is executed" "$status $err" "0 "
	is "a hostile /proc: what is set is set" "$(cat "/proc/$(cat "$x/pid")/oom_score_adj")" 321
	is "a hostile /proc: nothing is written there" "$(find "/proc/$init/root/proc" -type f)" ""
	$L delete --force h
	# Also one that shares the pid namespace of the host.
	up s 'del(.linux.namespaces[] | select(.type == "pid")) | del(.mounts[] | select(.destination == "/proc"))'
	inside --detach --pid-file "$x/pid" s sleep "${own_seconds}1"
	is "without a pid namespace" "$status $err" "0 "
	is "it is in the mount namespace" "$(readlink "/proc/$(cat "$x/pid")/ns/mnt")" "$(readlink "/proc/$init/ns/mnt")"
	$L delete --force s
	is "and ends with the container" "$(pgrep -fx "sleep ${own_seconds}1")" ""
fi

# ---- cgroups ----------------------------------------------------------------------
up g .
v2=/sys/fs/cgroup
[ -f $v2/cgroup.procs ] || v2=$v2/unified
own=$v2$(sed -n 's/^0:://p' "/proc/$init/cgroup")
if ! $L pause g 2>/dev/null; then
	skip "cgroups" "the container has none"
	refuses "--cgroup without one" 'g: --cgroup: the container has no cgroup' --cgroup x g true
else
	refuses "paused" 'g: cannot exec in a paused container (use --ignore-paused to override)' g true
	timeout $patience $L exec --ignore-paused g sh -c 'exit 6' </dev/null &
	exec=$!
	sleep 0.2
	ok "--ignore-paused waits" kill -0 $exec
	$L resume g
	wait $exec
	is "and goes on with the container" $? 6
	refuses "--cgroup that is not there" 'g: --cgroup: "none" in the container'\''s cgroup: no such file or directory' \
		--cgroup none g true
	mkdir -p "$own/sub/deep"
	for path in sub /sub sub/deep; do
		inside --detach --pid-file "$x/pid" --cgroup "$path" g sleep "${own_seconds}2"
		is "--cgroup $path" "$status $err $(grep -x "$(cat "$x/pid")" "$own/${path#/}/cgroup.procs")" "0  $(cat "$x/pid")"
	done
	for path in .. ../.. sub/../.. /.. . sub/. "" cpu:sub "$(head -c 300 /dev/zero | tr '\0' x)"; do
		inside --cgroup "$path" g true
		has "--cgroup '$path'" "$status $out$err" '255 lorica: exec g: --cgroup: "*": *'
	done
	# One that hands controllers down holds no process: runc's issue 5101.
	controllers=$(cat "$own/cgroup.controllers")
	if [ "$controllers" ]; then
		echo "$init" >"$own/sub/deep/cgroup.procs"
		cat "$own/cgroup.procs" "$own/sub/cgroup.procs" | while read -r pid; do
			echo "$pid" >"$own/sub/deep/cgroup.procs"
		done
		for dir in "$own" "$own/sub"; do
			echo "+${controllers%% *}" >"$dir/cgroup.subtree_control"
		done
		inside --detach --pid-file "$x/pid" g sleep "${own_seconds}3"
		is "where init is, when the container made cgroups" \
			"$status $err $(grep -x "$(cat "$x/pid")" "$own/sub/deep/cgroup.procs")" "0  $(cat "$x/pid")"
		has "but not where it was told to" "$(inside --cgroup sub g true; echo "$status $err")" \
			"255 lorica: exec g: --cgroup: make a process in the cgroup: device or resource busy"
	fi
fi
$L delete --force g
is "all of them end" "$(pgrep -fx "sleep ${own_seconds}[23]")" ""

# ---- the runtime is killed, or a call of it fails ----------------------------------
config "$x" '.process.args = ["sleep", "60"]'
exec_faults() {
	if grep -q __asan_init "$LORICA"; then
		skip "$1" "the sanitizers cannot be traced"
		return
	fi
	ok "$1" "$SUPPORT/crash" exec "$2" "$3" 1 "$(sample "$4")" "$LORICA" \
		"$WORK/state" "$x"
}
exec_faults "exec is killed at every call" kill runtime 1
exec_faults "what it makes is killed at every call" kill others 1
exec_faults "every call of exec fails with EIO" eio runtime 1
exec_faults "every call of what it makes fails with EIO" eio others 1
