# shellcheck shell=sh
# run and exec --explain: what a profile denies gets the same answer as without, and
# the reason is told.
b=$WORK/explain
bundle "$b"
cp "$SUPPORT/tasks" "$b/rootfs/bin/tasks"
L="$LORICA --root $WORK/state"
# A sanitizer makes calls of its own, so that what is built with one has no filter.
has_filter=2
! grep -q __asan_init "$LORICA" || has_filter=0
# explained [OPTION...]: as run, with --explain.
explained() {
	output "$LORICA" --root "$WORK/state" run --bundle "$b" "$@" c
}
# same NAME ACTION WORDS STATUS OUTPUT: under a profile with that action for
# getpgid, the same with --explain as without.
same() {
	jq --arg words "$3" "(.process.args = [\"tasks\"] + (\$words | split(\" \"))) |
		.linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [
		{names: [\"mount\", \"getpgid\"], action: \"SCMP_ACT_$2}]}" \
		"$b/config.json" >"$b/config.new" && mv "$b/config.new" "$b/config.json"
	run "$b"
	is "$1: without" "$status:$err:$out" "$4::$5"
	explained --explain
	is "$1: with --explain" "$status:$out" "$4:$5"
	has "$1: is told" "$err" "lorica: denied: getpgid(*) by \"tasks\" (pid *): $6: syscalls[[]0], for mount and 1 more
    in its place: {\"names\": [[]\"getpgid\"[]], \"action\": \"SCMP_ACT_ALLOW\"}"
}
same "an errno" 'ERRNO", errnoRet: 18' denied 0 "-1 EXDEV" "errno EXDEV"
same "no errno" 'ERRNO", errnoRet: 0' denied 0 "0 " "errno 0"
same "trace, with nobody" 'TRACE"' denied 0 "-1 ENOSYS" "errno ENOSYS*"
same "kill the process" 'KILL_PROCESS"' denied-thread 159 "" "the process is killed"
same "kill the thread" 'KILL_THREAD"' denied-thread 0 ok "the thread is killed"
same "kill the only thread" 'KILL_THREAD"' denied 159 "" "the thread is killed"
same "trap, with a handler" 'TRAP"' trapped 0 "1 1 1" SIGSYS
same "trap, without" 'TRAP"' denied 159 "" SIGSYS

# ---- the reason ----------------------------------------------------------
jq --slurpfile profile "$here/data/seccomp-docker.json" \
	'.linux.seccomp = $profile[0] | .process.args = ["sh", "-c",
	"for i in 1 2 3; do umask 7; unshare -n true; done"]' \
	"$b/config.json" >"$b/config.new" && mv "$b/config.new" "$b/config.json"
ln -sf busybox "$b/rootfs/bin/unshare"
explained --explain
is "a call is told of once" "$(grep -c 'denied: unshare(CLONE_NEWNET' "$WORK/err")" 1
has "with its process and the default" "$err" '*denied: unshare(CLONE_NEWNET, ...) by "unshare" (pid *): errno EPERM: defaultAction*'
has "and what would allow it" "$err" '*to allow it: {"names": [[]"unshare"[]], "action": "SCMP_ACT_ALLOW", "args": [[]{"index": 0, "value": 4294967295, "valueTwo": 1073741824, "op": "SCMP_CMP_MASKED_EQ"}]}*'
explained --explain-file "$WORK/told"
has "to a file" "$(cat "$WORK/told")" "*denied: unshare(CLONE_NEWNET*"
is "and there alone" "$(grep -c denied: "$WORK/err")" 0
config "$b" '.process.args = ["tasks", "sockets", "1"] | .linux.seccomp.syscalls |=
	map(select(.names != ["socket"])) | .linux.seccomp.syscalls = [{names: ["socket"],
	action: "SCMP_ACT_ALLOW", args: [{index: 0, value: 10, op: "SCMP_CMP_EQ"}]}] +
	[.linux.seccomp.syscalls[] | .names -= ["socket"]]'
explained --explain
has "allowed with other arguments" "$err" \
	'*denied: socket(AF_UNIX, SOCK_STREAM, 1000) by "tasks" (pid *): errno EPERM: defaultAction; allowed with other arguments by syscalls[[]0]*'
# What the line says is what helps.
line=$(sed -n '/denied: socket/{n;s/^ *to allow it: //p}' "$WORK/err")
jq --argjson rule "$line" '.linux.seccomp.syscalls += [$rule]' "$b/config.json" \
	>"$b/config.new" && mv "$b/config.new" "$b/config.json"
explained --explain
is "its own line allows it" "$status:$out:$(grep -c 'denied: socket' "$WORK/err")" 0:ok:0
[ "$(uname -m)" != x86_64 ] || {
	config "$b" '.process.args = ["tasks", "foreign"] |
		.linux.seccomp.architectures = ["SCMP_ARCH_X86_64"]'
	explained --explain
	has "an ABI that the profile has not" "$status:$err" \
		'159:*denied: getpid(*the process is killed: an ABI that architectures does not have
    in architectures: "SCMP_ARCH_X86"'
}

# ---- on a terminal -------------------------------------------------------
# The program's terminal is the container's, what is denied is told on the
# caller's.
jq '.process.terminal = true | .process.args = ["sh", "-c",
	"[ -t 0 ] && echo terminal; busybox stty size; tasks denied; exit 9"] |
	.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
	{names: ["getpgid"], action: "SCMP_ACT_ERRNO", errnoRet: 18}]}' \
	"$b/config.json" >"$b/terminal.json"
status=0
"$SUPPORT/caller" terminal 24 80 "$LORICA" --root "$WORK/state" run --bundle "$b" \
	--config terminal.json --explain c >"$WORK/out" 2>&1 || status=$?
has "a terminal" "$status:$(tr -d '\r' <"$WORK/out")" "9:*terminal*24 80*"
has "and what is denied" "$(tr -d '\r' <"$WORK/out")" \
	'*lorica: denied: getpgid(*) by "tasks" (pid *): errno EXDEV: syscalls[[]0], for getpgid*'

# ---- nothing more is allowed ---------------------------------------------
config "$b" '.process.args = ["tasks", "listener"]'
explained --explain
has "a listener that would answer for the tracer is refused" "$status:$out" 0:EBUSY
config "$b" '.process.args = ["tasks", "untraced"] | .linux.seccomp =
	{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getpgid"], action: "SCMP_ACT_ERRNO"}]}'
explained --explain
is "a child that the tracer has not is refused too" "$status:$out" 0:5
explained --explain --detach
has "not without who watches" "$status:$err" "1:*--detach*"
config "$b" 'del(.linux.seccomp)'
explained --explain
has "not without a profile" "$status:$err" "1:*linux.seccomp is missing*"

# ---- a process more ------------------------------------------------------
# Under the container's profile, which nothing else in there is told of.
config "$b" '.process.args = ["sh", "-c", "tasks denied; exec sleep 700"] | .linux.seccomp =
	{defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["getpgid"], action: "SCMP_ACT_ERRNO", errnoRet: 18}]}'
ok "a container to execute in" $L run --detach --bundle "$b" held
init=$($L state held | jq .pid)
# executed [OPTION...] -- WORD...: in it, with --explain.
executed() { output $L exec --explain "$@"; }
executed held tasks denied
is "exec: the same as without" "$status:$out" "0:-1 EXDEV"
has "exec: is told" "$err" 'lorica: denied: getpgid(*) by "tasks" (pid *): errno EXDEV: syscalls[[]0], for getpgid
    in its place: {"names": [[]"getpgid"[]], "action": "SCMP_ACT_ALLOW"}'
is "exec: of its own alone" "$(grep -c denied: "$WORK/err")" 1
executed held sh -c 'tasks denied | cat; sh -c "tasks denied"; exit 9'
is "exec: its children are traced, too" "$status:$out" "9:-1 EXDEV
-1 EXDEV"
executed --explain-file "$WORK/told.exec" held tasks denied
has "exec: to a file" "$status:$err:$(cat "$WORK/told.exec")" '0::*denied: getpgid(*) by "tasks"*'
executed held tasks denied-thread
is "exec: a thread" "$status:$out" "0:not killed
ok"
executed held tasks listener
is "exec: a listener that would answer for the tracer is refused" "$status:$out" 0:EBUSY
executed held tasks untraced
is "exec: a child that the tracer has not is refused too" "$status:$out" 0:5
executed held nothing-there
has "exec: what does not start" "$status:$err" '255:*exec: "nothing-there": executable file not found*'
executed --detach held true
has "exec: not without who watches" "$status:$err" "255:*--detach*"
is "exec: init is nobody's" "$(sed -n 's/^TracerPid:.//p' "/proc/$init/status")" 0
# With its tracer the process ends, and nothing else.
timeout $((3 * patience)) $L exec --explain --pid-file "$WORK/pid.exec" held tasks sleeps >"$WORK/out" 2>"$WORK/err" </dev/null &
job=$!
await grep -q here "$WORK/out"
process=$(cat "$WORK/pid.exec")
tracer=$(sed -n 's/^TracerPid:.//p' "/proc/$process/status")
told=$(grep -E '^(CapPrm|CapEff|NoNewPrivs|Seccomp):' "/proc/$tracer/status" | tr -d '[:blank:]' | tr '\n' ' ')
is "exec: the tracer has no powers, and a filter" "$told" \
	"CapPrm:0000000000000000 CapEff:0000000000000000 NoNewPrivs:1 Seccomp:$has_filter "
kill -9 "$tracer"
status=0
wait $job || status=$?
has "exec: the tracer's end is an error" "$status:$(cat "$WORK/err")" \
	"255:*the tracer ended unexpectedly*"
is "exec: the container lives on" "$($L exec held busybox echo yes)" yes
ok "it is deleted" $L delete --force held
config "$b" 'del(.linux.seccomp) | .process.args = ["sleep", "700"]'
ok "one without a profile" $L run --detach --bundle "$b" held
executed held true
has "exec: not without a profile" "$status:$err" "255:*linux.seccomp is missing*"
ok "it is deleted, too" $L delete --force held

is "nothing is left" "$("$LORICA" --root "$WORK/state" list -q)" ""
