# shellcheck shell=sh
# What engines issue, word for word, and what they rely on.
L="$LORICA --root $WORK/state"
t=$WORK/contract
bundle "$t"
config "$t" '.process.args = ["sleep", "60"]'

# silent NAME COMMAND...: status 0, nothing on stdout and stderr.
silent() {
	name=$1
	shift
	status=0
	"$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
	is "$name" "$status $(cat "$WORK/out" "$WORK/err")" "0 "
}

# fails NAME LINE COMMAND...: status 1, that line on stderr, no stdout.
fails() {
	name=$1
	line=$2
	shift 2
	status=0
	"$@" >"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
	is "$name" "$status $(cat "$WORK/out")$(cat "$WORK/err")" "1 lorica: $line"
}

# ---- containerd and moby
C="$LORICA --root $WORK/state --log $t/log.json --log-format json"
silent "containerd: create" $C create --bundle "$t" --pid-file "$t/init.pid" k1
pid=$(cat "$t/init.pid")
is "the pid file is the number and nothing else" "$(od -c <"$t/init.pid" | head -1)" \
	"$(printf %s "$pid" | od -c | head -1)"
silent "containerd: start" $C start k1
is "containerd: state, both outputs parsed as one" \
	"$($C state k1 2>&1 | jq -r '"\(.id) \(.status) \(.pid) \(.bundle)"')" \
	"k1 running $pid $t"
silent "containerd: kill --all" $C kill --all k1 9
await_status k1 stopped
fails "containerd: kill again is not found" "kill k1: container not running" \
	$C kill k1 9
silent "containerd: kill --all again is done" $C kill --all k1 9
is "one object in the log, for the one error" \
	"$(jq -r .msg "$t/log.json") $(wc -l <"$t/log.json")" \
	"kill k1: container not running 1"
is "with a level and a time" \
	"$(jq -r '.level, (.time | test("^20..-..-..T..:..:..Z$"))' "$t/log.json" | tr '\n' ' ')" \
	"error true "
silent "containerd: delete" $C delete k1
fails "containerd: delete again" "delete k1: container does not exist" $C delete k1
silent "containerd: delete --force, in clean-up" $C delete --force k1
# Where it runs; elsewhere the flag is refused.
systemd=--systemd-cgroup
[ -d /run/systemd/system ] || systemd="--cgroup-manager cgroupfs"
silent "with its own flags" $C $systemd create --bundle "$t" \
	--pid-file "$t/init.pid" --no-pivot --no-new-keyring k2
is "the manager is recorded" "$(jq -r .cgroupManager "$WORK/state/k2/state.json")" \
	"$(case $systemd in *cgroupfs) echo cgroupfs ;; *) echo systemd ;; esac)"
silent "which later commands need not repeat" $C delete --force k2
is "features alone" "$("$LORICA" features 2>&1 | jq -r '.linux.mountExtensions.idmap.enabled')" true
has "--version for moby" "$("$LORICA" --version | tr '\n' ';')" \
	"lorica version [0-9]*;commit: [0-9a-z]*;spec: 1.3.0;libseccomp: [0-9]*;"

# ---- podman: no --root, an environment of one or two variables
P="env -i XDG_RUNTIME_DIR=$WORK $LORICA --log-format=json --log $t/oci-log"
[ "$(id -u)" != 0 ] || P="$P --root $WORK/state"
silent "podman: create" $P --cgroup-manager disabled create --bundle "$t" \
	--pid-file "$t/pidfile" --no-new-keyring p1
silent "podman: start" env -i XDG_RUNTIME_DIR="$WORK" PATH=/usr/bin:/bin \
	${P#env -i XDG_RUNTIME_DIR="$WORK"} start p1
is "podman: state" "$($P state p1 | jq -r .status)" running
silent "podman: kill 15, which process 1 may ignore" $P kill p1 15
silent "podman: kill --all 9" $P kill --all p1 9
silent "podman: delete --force" $P delete --force p1
fails "podman: state of an absent one" "state p1: container does not exist" $P state p1
is "podman reads the whole log as one object" "$(jq -r .msg <"$t/oci-log")" \
	"state p1: container does not exist"
ok "podman: the probe for checkpoint" $P checkpoint --help
has "podman: the probe for restore" \
	"$("$LORICA" restore --lsm-mount-context 2>&1)" "*flag needs an argument*"

# ---- CRI-O
silent "CRI-O: create" $L $systemd create --bundle "$t" o1
is "CRI-O: state" "$($L $systemd state o1 | jq -r .status)" created
silent "CRI-O: kill of what is created" $L kill o1 TERM
silent "CRI-O: kill -a KILL" $L kill -a o1 KILL
silent "CRI-O: delete --force" $L delete --force o1

# ---- phrases
fails "no bundle" "create x: JSON specification file config.json not found" \
	$L create --bundle "$WORK" x
fails "an unknown signal" 'kill x: unknown signal "FOO"' $L kill x FOO
fails "the root of the file system holds nothing" \
	'state x: --root: "/./" cannot hold containers' "$LORICA" --root /./ state x
fails "a word too many" 'list: unexpected "x"' $L list x
fails "a word too few" 'start: expected ID' $L start
fails "an option that is not there" 'start: unknown option --nope' $L start --nope x
for option in log-format log-level cgroup-manager rootless; do
	fails "--$option" "--$option: unknown value \"x\"" $L --$option x list
done
for level in error warning debug; do
	silent "--log-level $level" $L --log-level $level list -q
done
for value in true false auto; do
	silent "--rootless $value" $L --rootless $value list -q
done
for command in create delete features kill list run spec start state; do
	has "$command --help" "$("$LORICA" $command --help; echo "$?")" "usage: lorica $command*0"
	has "$command -h" "$("$LORICA" $command -h; echo "$?")" "usage: lorica $command*0"
done
has "help beside other options" "$($L create --bundle x --help; echo "$?")" "usage: *0"
fails "a log that cannot be written is told of in the same line" \
	"state x: container does not exist (--log: No such file or directory)" \
	$L --log /nonexistent/log state x
config "$t" '.unknownMember = 1 | .process.args = ["true"]'
silent "debug lines" $L --debug --log "$t/debug" run --bundle "$t" d1
has "are in the log alone" "$(cat "$t/debug")" "*level=debug*unknownMember*"

# ---- list
config "$t" 'del(.unknownMember) | .process.args = ["sleep", "60"]'
$L create --bundle "$t" l2 && $L create --bundle "$t" l1
is "list -q is sorted" "$($L list -q | tr '\n' ' ')" "l1 l2 "
has "list has a header and a row each" "$($L list)" \
	"ID *PID *STATUS *BUNDLE *CREATED *OWNER*l1 *created *$t *20*Z *$(awk -F: -v id="$(id -u)" '$3 == id { print $1; found = 1; exit } END { if (!found) print "#" id }' /etc/passwd)*l2 *"
is "list as JSON" "$($L list -f json | jq -r '.[].id' | tr '\n' ' ')" "l1 l2 "
$L delete l1 && $L delete --force l2

# ---- kill --all in a pid namespace of its own, below and beside init
sh_in "$t" 'trap "" USR1; each() { trap "exit 0" USR1; echo up; while :; do sleep 0.05; done; }; each & each & wait; echo both'
$L run --bundle "$t" a1 >"$WORK/both" 2>&1 &
running=$!
await sh -c "[ \$(grep -c up $WORK/both) = 2 ]"
await_status a1 running
silent "kill --all USR1" $L kill --all a1 USR1
wait "$running"
is "every process got it" "$(grep -c both "$WORK/both")" 1

# ---- state is told while a hook holds create up
config "$t" ".process.args = [\"true\"] | .hooks = {createRuntime: [{path: \"/bin/sh\",
	args: [\"sh\", \"-c\", \"echo here >$WORK/in-hook; until [ -e $WORK/go ]; do sleep 0.05; done\"],
	env: [\"PATH=/bin:/usr/bin\"]}]}"
$L create --bundle "$t" h1 &
create=$!
await test -s "$WORK/in-hook"
is "state does not wait for the lock" "$(timeout 10 $L state h1 | jq -r .status)" creating
is "nor does list" "$(timeout 10 $L list -q)" h1
fails "nothing to kill yet" "kill h1: container not running: it is being created" $L kill h1 9
touch "$WORK/go"
wait "$create"
is "then it is created" "$($L state h1 | jq -r .status)" created
$L delete h1
config "$t" 'del(.hooks) | .process.args = ["sleep", "60"]'

# ---- many at once
for i in 1 2 3 4 5 6; do
	$L create --bundle "$t" same >/dev/null 2>"$WORK/same.$i" && echo won >>"$WORK/won" &
done
wait
is "of two creates with one ID one wins" "$(cat "$WORK/won")" won
is "the others say why" "$(cat "$WORK"/same.* | sort -u)" \
	"lorica: create same: container with given ID already exists"
$L delete --force same
config "$t" '.process.args = ["true"]'
for i in 1 2 3 4 5 6 7 8; do
	(
		for n in 1 2 3 4 5; do
			$L create --bundle "$t" "m$((n % 3))" 2>>"$WORK/many" &&
				$L start "m$((n % 3))" 2>>"$WORK/many"
			$L delete --force "m$((n % 3))" || echo failed >>"$WORK/many"
		done
	) >/dev/null 2>&1 &
done
wait
is "no delete --force fails, whoever else works on it" "$(grep -c failed "$WORK/many")" 0
is "and nothing is left" "$($L list -q)$(ls "$WORK/state")" ""
is "nor anybody" "$(pgrep -af -- "--root $WORK/state create")" ""

# ---- a record that is lost or spoilt
config "$t" '.process.args = ["sleep", "60"]'
for damage in 'rm' 'echo garbage >' ': >'; do
	$L create --bundle "$t" --pid-file "$t/pid" r1 && $L start r1
	sh -c "$damage $WORK/state/r1/state.json"
	ok "delete --force after: $damage state.json" $L delete --force r1
	is "killed init" \
		"$(grep '^State:.[^Z]' "/proc/$(cat "$t/pid")/status" 2>/dev/null)" ""
done

# ---- descriptors
sh_in "$t" 'cat <&3; cat <&4; ls /proc/self/fd | wc -l; echo "$LISTEN_FDS $LISTEN_PID"'
is "--preserve-fds 2" "$("$SUPPORT/caller" fds 2 $L run --preserve-fds 2 --bundle "$t" f1 </dev/null 2>&1)" "3
4
6
 "
is "socket activation" \
	"$(LISTEN_FDS=2 LISTEN_PID=1 "$SUPPORT/caller" fds 2 $L run --bundle "$t" f2 </dev/null 2>&1)" "3
4
6
2 1"
fails "--preserve-fds is a number" \
	'run f3: --preserve-fds: "-1" is no number up to 1024' $L run --preserve-fds -1 --bundle "$t" f3

# What the caller closed is the null device, and never a file of the runtime.
config "$t" '.root.readonly = false'
sh_in "$t" 'fds=$(for fd in 0 1 2; do readlink /proc/$$/fd/$fd || echo none; done); echo $fds >/stdio'
while read -r closed wanted; do
	rm -f "$t/rootfs/stdio"
	sh -c "exec $L run --bundle $t f4 $(echo "$closed" | sed 's/[0-2]/ &>\&-/g')" \
		</dev/zero >/dev/full 2>/dev/zero
	is "closed by the caller: $closed" "$? $(cat "$t/rootfs/stdio")" "0 $wanted"
done <<EOF
0 /dev/null /dev/full /dev/zero
1 /dev/zero /dev/null /dev/zero
2 /dev/zero /dev/full /dev/null
01 /dev/null /dev/null /dev/zero
02 /dev/null /dev/full /dev/null
12 /dev/zero /dev/null /dev/null
012 /dev/null /dev/null /dev/null
EOF

# By a directory of the host the program would reach all that lies around it.
for fd in 0 1 2; do
	: >"$WORK/log"
	status=0
	sh -c "exec $L --log $WORK/log --log-format json run --bundle $t f5 $fd</tmp" \
		</dev/null >/dev/null 2>&1 || status=$?
	is "a directory is no stdio: $fd" "$status $(jq -r .msg "$WORK/log")" \
		"1 run f5: close descriptors: descriptor $fd is a directory"
done
sh_in "$t" 'sleep 60'
$L run --detach --bundle "$t" f6 </dev/null >/dev/null 2>&1
is "nor that of exec" "$($L exec f6 true 2>&1 </tmp)" \
	"lorica: exec f6: let go of the host: descriptor 0 is a directory"
$L delete --force f6

# ---- a caller that ignores SIGCHLD, as some that never wait do
config "$t" '.hooks.createRuntime = [{path: "/bin/true"}] |
	.hooks.createContainer = [{path: "/bin/true"}]'
sh_in "$t" 'exit 7'
is "run, of a caller that ignores SIGCHLD" "$(
	env --ignore-signal=CHLD $L run --bundle "$t" c1 2>&1 </dev/null
	echo $?
)" 7
sh_in "$t" 'sleep 60'
$L run --detach --bundle "$t" c2 </dev/null >/dev/null 2>&1
is "exec, of a caller that ignores SIGCHLD" "$(
	env --ignore-signal=CHLD $L exec c2 sh -c 'exit 6' 2>&1 </dev/null
	echo $?
)" 6
$L delete --force c2
config "$t" 'del(.hooks)'

# ---- sockets and parents
config "$t" '.process.args = ["sleep", "60"]'
is "--pidfd-socket" \
	"$("$SUPPORT/caller" receive "$t/sock" sh -c "$L create --pidfd-socket $t/sock --bundle $t s1 >/dev/null 2>&1" | sed 's/anon_inode://')" \
	"text standard
count 1
descriptor [pidfd]
then 0"
$L delete --force s1
sh_in "$t" 'exit 5'
has "init outlives a runtime with a parent-death signal, and is its caller's child" \
	"$("$SUPPORT/caller" reaper sh -c "$L create --bundle $t s2 && $L start s2" 2>&1)" "[0-9]* ended with 5"
$L delete s2

# ---- run
is "run passes a signal on and exits with 128 and its number" "$(
	config "$t" '.process.args = ["sleep", "60"]'
	$L run --bundle "$t" g1 </dev/null >/dev/null 2>&1 &
	await_status g1 running
	$L kill g1 KILL
	wait $!
	echo $?
)" 137
sh_in "$t" 'trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done'
$L run --bundle "$t" g2 </dev/null >"$WORK/ready" 2>&1 &
foreground=$!
await test -s "$WORK/ready"
kill -TERM "$foreground"
wait "$foreground"
is "run forwards signals" $? 9
$L run --bundle "$t" g3 </dev/null >/dev/null 2>&1 &
foreground=$!
await_status g3 running
kill -KILL "$foreground"
wait "$foreground" 2>/dev/null
is "a container outlives a run that is killed" "$($L state g3 | jq -r .status)" running
ok "and can be deleted" $L delete --force g3
config "$t" '.process.args = ["sleep", "60"]'
silent "run --detach" $L run --detach --bundle "$t" g4
is "goes on" "$($L state g4 | jq -r .status)" running
$L delete --force g4
sh_in "$t" 'exit 3'
$L run --keep --bundle "$t" g5 </dev/null
is "run --keep" "$? $($L state g5 | jq -r '"\(.status) \(.pid)"')" "3 stopped 0"
$L delete g5

# ---- a hundred callers at once ---------------------------------------------
# Each gets an answer that was true at some moment, and nothing is left.
sh_in "$t" 'sleep 60'
$L run --detach --bundle "$t" p1 >/dev/null 2>&1
process=$($L state p1 | jq .pid)
mkdir "$WORK/hundred"
i=0
callers=
while [ $i -lt 100 ]; do
	case $((i % 5)) in
	0) set -- state p1 ;;
	1) set -- kill p1 KILL ;;
	2) set -- delete p1 ;;
	3) set -- list ;;
	4)
		set -- state p1
		[ $i -lt 60 ] || set -- delete --force p1
		;;
	esac
	$L "$@" >"$WORK/hundred/$i.out" 2>"$WORK/hundred/$i.err" </dev/null &
	callers="$callers $!"
	i=$((i + 1))
done
# shellcheck disable=SC2086 # a list of numbers
wait $callers
is "a hundred at once: what they were told" "$(cat "$WORK"/hundred/*.err | grep -vE \
	'^lorica: (state|kill|delete) p1: .*(does not exist|not running|not stopped)')" ""
is "a hundred at once: each state is whole" \
	"$(cat "$WORK"/hundred/?[05].out "$WORK"/hundred/[05].out | jq -r .id 2>&1 | sort -u | grep -v '^p1$')" ""
is "a hundred at once: nothing is left" "$($L list --quiet)$(ls "$WORK/state")" ""
is "a hundred at once: the process is dead, reaped or not yet" \
	"$(grep -s ^State: "/proc/$process/status" | grep -v zombie)" ""

# ---- pid files --------------------------------------------------------------
# One that is there is replaced; nothing else stays beside it.
mkdir "$WORK/pids"
sh_in "$t" true
for old in no yes; do
	[ $old = no ] || echo old >"$WORK/pids/file"
	$L create --pid-file "$WORK/pids/file" --bundle "$t" p2 >/dev/null 2>&1
	is "a pid file where there was one: $old" \
		"$(cat "$WORK/pids/file") $(ls -A "$WORK/pids")" \
		"$($L state p2 | jq .pid) file"
	$L delete --force p2
	rm -f "$WORK/pids/file"
done
