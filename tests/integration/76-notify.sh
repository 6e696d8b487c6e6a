# shellcheck shell=sh
# sd_notify(3): what a container says to the service manager of the host.
L="$LORICA --root $WORK/state"
n=$WORK/notify
bundle "$n"
cp "$PROBE" "$n/rootfs/bin/probe"
# shellcheck disable=SC2016 # for the container
lines='env | grep NOTIFY_SOCKET >/out; probe notify STATUS=x "A=1
READY=1
B=2" >>/out 2>&1; echo "sent $?" >>/out; touch /run/notify/x 2>/dev/null || echo read-only >>/out; sleep 60'
sh_in "$n" "$lines"
config "$n" '.root.readonly = false'
# Another than the socket's owner, where there is one.
[ "$(id -u)" != 0 ] || config "$n" '.process.user = {uid: 7, gid: 7}'
chmod 777 "$n/rootfs"

# manager COMMAND...: what the manager is told while the command runs.
manager() {
	timeout $patience "$SUPPORT/caller" notify "$n/host" "$@" 2>&1
}
state_pid() {
	"$LORICA" --root "$WORK/state" state "$1" | jq .pid
}

manager $L create --bundle "$n" n1 >"$WORK/out" </dev/null
is "create tells nothing" "$(cat "$WORK/out")" ""
pid=$(state_pid n1)
is "start waits until it is ready, and says so" "$(manager $L start n1)" \
	"READY=1 MAINPID=$pid 
BARRIER=1 and a descriptor"
await grep -q read-only "$n/rootfs/out"
is "the container had its own socket, and nothing more" \
	"$(cat "$n/rootfs/out")" "NOTIFY_SOCKET=/run/notify/notify.sock
sent 0
read-only"
$L delete --force n1
is "nothing is left" "$(ls "$WORK/state")" ""

rm -f "$n/rootfs/out"
manager $L run --detach --bundle "$n" n2 >"$WORK/out" </dev/null
is "run --detach does so too" "$(cat "$WORK/out")" "READY=1 MAINPID=$(state_pid n2) 
BARRIER=1 and a descriptor"
$L delete --force n2

sh_in "$n" 'probe notify READY=1; sleep 0.3; exit 3'
# shellcheck disable=SC2016 # for the shell inside
out=$(manager sh -c 'echo $$; exec "$@"' sh $L run --bundle "$n" n3)
is "run stays, and is watched itself" "$? $out" "3 ${out%%
*}
READY=1 MAINPID=${out%%
*} 
BARRIER=1 and a descriptor"

sh_in "$n" 'sleep 0.2; exit 4'
is "one that ends without a word ends the wait" \
	"$(manager $L run --detach --bundle "$n" n4 </dev/null; $L state n4 | jq -r .status)" \
	"stopped"
$L delete --force n4

sh_in "$n" 'probe notify READY=1'
is "an abstract name" \
	"$("$SUPPORT/caller" notify "@lorica-test-$$" $L run --bundle "$n" n5 | tail -1)" \
	"BARRIER=1 and a descriptor"

# A manager that is gone is no reason to fail.
is "nobody there" "$(NOTIFY_SOCKET=$n/absent $L --log-level warning --log "$WORK/log" run --bundle "$n" n6 2>&1; echo $?)" "0"
has "is said in the log" "$(cat "$WORK/log")" \
	"*NOTIFY_SOCKET: connect to $n/absent: no such file or directory*"
rm -f "$WORK/log"

# An engine that gives the container one of its own is left alone.
config "$n" '.process.env += ["NOTIFY_SOCKET=/own"]'
# shellcheck disable=SC2016 # for the container
sh_in "$n" 'echo "$NOTIFY_SOCKET"; ls /run/notify | head -1'
rm -rf "$n/rootfs/run"
is "its own NOTIFY_SOCKET stays" \
	"$(NOTIFY_SOCKET=$n/absent $L run --bundle "$n" n7 2>/dev/null)" "/own"

# No start with a manager, for a container that was made without one, waits.
config "$n" '.process.env -= ["NOTIFY_SOCKET=/own"]'
sh_in "$n" 'sleep 60'
$L create --bundle "$n" n8 >/dev/null 2>&1 </dev/null
is "created without, started with one" "$(manager $L start n8)" ""
$L delete --force n8

# While start waits, others may work on the container; its end ends the wait.
config "$n" '.process.user = {uid: 0, gid: 0}'
manager $L create --bundle "$n" n9 >/dev/null 2>&1 </dev/null
manager $L start n9 >"$WORK/out" 2>&1 &
waits=$!
await_status n9 running
ok "kill while start waits" timeout 5 $L kill n9 KILL
wait $waits
is "the wait ends with it" "$? $(cat "$WORK/out")" "0 "
ok "delete" $L delete n9
is "no state is left" "$(ls "$WORK/state")" ""

# shellcheck disable=SC2016 # for the container
# The shell makes the pipe meanwhile: what it has for that comes and goes.
sh_in "$n" 'probe notify READY=1; ls -l /proc/1/fd 2>/dev/null | grep -c socket'
is "nothing of it is left in the container" \
	"$(manager $L run --bundle "$n" n10 | grep -v "^[RB]")" "0"
