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
