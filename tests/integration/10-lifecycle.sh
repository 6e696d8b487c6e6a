# shellcheck shell=sh
# The lifecycle, its exit codes and the words that callers match.
b=$WORK/life
L="$LORICA --root $WORK/state"
bundle "$b"

sh_in "$b" 'exit 7'
run "$b"
is "the exit status is the program's" "$status" 7
config "$b" '.process.args = ["nothere"]'
run "$b"
is "a program that is not found" "$err" \
	'lorica: run c: exec: "nothere": executable file not found in $PATH'
is "fails with 1" "$status" 1
is "leaves nothing" "$(ls "$WORK/state")" ""

config "$b" '.process.args = ["sleep", "30"]'
ok "create" $L create --bundle "$b" --pid-file "$WORK/pid" c1
pid=$(cat "$WORK/pid")
is "the pid file holds the number alone" "$(wc -c <"$WORK/pid")" "${#pid}"
is "created" "$($L state c1 | jq -r .status)" created
is "with its pid" "$($L state c1 | jq .pid)" "$pid"
is "a second one is refused" "$($L create --bundle "$b" c1 2>&1)" \
	"lorica: create c1: container with given ID already exists"
is "the first lives on" "$($L state c1 | jq -r .status)" created
ok "start" $L start c1
is "running" "$($L state c1 | jq -r .status)" running
is "start twice" "$($L start c1 2>&1)" \
	"lorica: start c1: cannot start an already running container"
is "delete a running one" "$($L delete c1 2>&1)" \
	"lorica: delete c1: cannot delete container c1 that is not stopped: running"
is "list" "$($L list -q)" c1
ok "kill" $L kill c1 KILL
await_status c1 stopped
is "stopped" "$($L state c1 | jq -r .status)" stopped
is "kill a stopped one" "$($L kill c1 9 2>&1)" "lorica: kill c1: container not running"
ok "delete" $L delete c1
is "gone" "$($L state c1 2>&1)" "lorica: state c1: container does not exist"
ok "delete --force of an absent one" $L delete --force c1
ok "create again" $L create --bundle "$b" c2
ok "delete --force of a created one" $L delete --force c2
is "the list is empty" "$($L list --format json)" null
is "an unknown command" "$($L frobnicate 2>&1)" \
	'lorica: unknown command "frobnicate"'
is "a bad ID" "$($L create --bundle "$b" ../x 2>&1)" \
	'lorica: create ../x: invalid container ID format: "../x"'
$L --log "$WORK/log" --log-format json state none 2>/dev/null
is "one object in the log" "$(jq -r .msg "$WORK/log")" "state none: container does not exist"
for i in 1 2 3 4 5 6 7 8; do
	$L run --bundle "$b" "p$i" </dev/null >/dev/null 2>&1 &
done
for i in 1 2 3 4 5 6 7 8; do await_status "p$i" running; done
is "eight at once" "$($L list -q | wc -l)" 8
for i in 1 2 3 4 5 6 7 8; do $L kill "p$i" KILL; done
wait
is "and none afterwards" "$(ls "$WORK/state")" ""
has "features needs no state directory" \
	"$(env -u XDG_RUNTIME_DIR "$LORICA" features | jq -r .ociVersionMax)" "1.*"

# Descriptors that the caller does not have, whatever of ours lies there.
bundle "$WORK/keep"
sh_in "$WORK/keep" true
for n in 1 2 4 8 16; do
	status=0
	"$LORICA" --root "$WORK/state" run --preserve-fds "$n" \
		--bundle "$WORK/keep" c 3<&- 4<&- 5<&- 6<&- 7<&- 8<&- 9<&- \
		>"$WORK/out" 2>"$WORK/err" || status=$?
	is "--preserve-fds $n without them: exit status" "$status" 1
	has "--preserve-fds $n without them" "$(cat "$WORK/err")" \
		'*close descriptors: descriptor * is to be preserved: bad file descriptor'
done

# Where the time goes, for those who ask.
"$LORICA" --root "$WORK/state" --debug --log "$WORK/times" run \
	--bundle "$WORK/keep" c
has "--debug tells the runtime's times" "$(cat "$WORK/times")" \
	'*time: runtime: make the process: [0-9]* us*'
has "--debug tells init's times" "$(cat "$WORK/times")" \
	'*time: init: build the root file system: [0-9]* us*'
rm "$WORK/times"
"$LORICA" --root "$WORK/state" --log "$WORK/times" run --bundle "$WORK/keep" c
ok "without --debug the log stays away" [ ! -e "$WORK/times" ]
