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

# The window is the caller's, once the runtime relays.
sh_in "$y" 'i=0
while [ "$(busybox stty size)" != "24 80" ] && [ $i -lt 2000 ]; do
	i=$((i + 1))
done
busybox stty size'
is "the window of the caller's terminal" \
	"$("$SUPPORT/caller" terminal 24 80 $L run --bundle "$y" t4 | tr -d '\r')" "24 80"

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
	"$SUPPORT/caller" terminal 24 80 sh -c "$script" sh \
		$L run --bundle "$y" t5 >"$WORK/ended" 2>&1 &
	caller=$!
	await grep -q ready "$WORK/ended"
	$L kill t5 "$2"
	status=0
	wait "$caller" || status=$?
	is "$1" "$(tr -d '\r' <"$WORK/ended") $status" "ready $3"
}
ended "the terminal after SIGINT" INT 7
ended "the terminal after SIGKILL" KILL 137
