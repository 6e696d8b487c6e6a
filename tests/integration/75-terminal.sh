# shellcheck shell=sh
# A terminal: whose, how large, and who holds what afterwards.
L="$LORICA --root $WORK/state"
y=$WORK/terminal
bundle "$y"
config "$y" '.process.terminal = true | .process.consoleSize = {height: 31, width: 97}'
sh_in "$y" '[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo terminal; echo ok >/dev/tty; [ -c /dev/console ] && echo console'
has "create with a terminal sends its master" \
	"$("$SUPPORT/caller" receive "$y/sock" sh -c "$L create --console-socket $y/sock --bundle $y t1 >/dev/null 2>&1")" \
	"text /dev/ptmx?count 1?descriptor *ptmx?then 0"
$L delete --force t1
is "without a socket it is refused" "$($L create --bundle "$y" t1 2>&1)" \
	"lorica: create t1: cannot allocate tty if lorica will detach without setting console socket"
is "nobody keeps the runtime's output open" \
	"$("$SUPPORT/caller" pipe "$SUPPORT/caller" receive "$y/sock" $L create --console-socket "$y/sock" --bundle "$y" t2 2>&1 | tail -1)" \
	"end of file"
$L delete --force t2
is "run on a terminal" \
	"$("$SUPPORT/caller" terminal 24 80 $L run --bundle "$y" t3 | tr -d '\r')" \
	"terminal
ok
console"

# The window's size is there before the program is. The hook holds up all that
# comes after its start.
config "$y" '.hooks.poststart = [{path: "/bin/sleep", args: ["sleep", "0.3"]}]'
sh_in "$y" 'busybox stty size'
is "the window that the configuration says" \
	"$("$SUPPORT/caller" terminal 24 80 $L run --bundle "$y" t4 | tr -d '\r')" "31 97"
config "$y" 'del(.process.consoleSize)'
is "without one, the window of the caller's terminal" \
	"$("$SUPPORT/caller" terminal 24 80 $L run --bundle "$y" t4 | tr -d '\r')" "24 80"
config "$y" '.process.consoleSize = {height: 0, width: 97}'
is "zero lines are none" \
	"$("$SUPPORT/caller" terminal 24 80 $L run --bundle "$y" t4 | tr -d '\r')" "24 80"
# A change of the caller's goes on to the program, also one that comes before
# the relay.
config "$y" '.root.readonly = false | .process.consoleSize = {height: 31, width: 97} |
	.hooks.poststart[0] = {path: "/bin/sh", args: ["sh", "-c",
		"until [ -s '"$y"'/rootfs/first ]; do sleep 0.05; done
		stty -F /dev/tty rows 40 cols 90; sleep 0.2"]}'
sh_in "$y" 'first=$(busybox stty size); echo "$first" >/first
while [ "$first" = "$(busybox stty size)" ]; do sleep 0.05; done
echo "$first"
busybox stty size'
is "a window that changes" \
	"$(timeout $patience "$SUPPORT/caller" terminal 24 80 $L run --bundle "$y" t4 | tr -d '\r')" "31 97
40 90"
config "$y" 'del(.hooks)'

# catches PID SIGNAL: does the process have a handler for that number?
catches() {
	caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$1/status")
	[ $((0x${caught:-0} >> ($2 - 1) & 1)) = 1 ]
}

# ended NAME SIGNAL STATUS: the container gets the signal; afterwards the
# caller's terminal, raw meanwhile, is as it was.
sh_in "$y" 'trap "exit 7" INT; echo ready; while :; do sleep 0.05; done'
# shellcheck disable=SC2016 # for the shell on the terminal
script='before=$(stty -g)
"$@"
status=$?
[ "$(stty -g)" = "$before" ] || echo changed
exit $status'
ended() {
	rm -f "$WORK/ended"
	"$SUPPORT/caller" terminal 24 80 sh -c "$script" sh \
		$L run --bundle "$y" t5 >"$WORK/ended" 2>&1 &
	caller=$!
	await grep -q ready "$WORK/ended"
	# The first process of a namespace gets none that it does not catch.
	init=$($L state t5 | jq .pid)
	await catches "$init" 2
	ok "$1: it is sent" $L kill t5 "$2"
	# One that is lost is told of, and keeps nobody waiting for ever.
	await_status t5 "" || {
		echo "# $1: it goes on"
		grep -E '^(State|Sig|Shd)' "/proc/$init/status"
		$L kill t5 KILL
	}
	status=0
	wait "$caller" || status=$?
	is "$1" "$(tr -d '\r' <"$WORK/ended") $status" "ready $3"
}
ended "the terminal after SIGINT" INT 7
ended "the terminal after SIGKILL" KILL 137
