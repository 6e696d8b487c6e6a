# shellcheck shell=sh
# Hooks: order, state on stdin, environment, failure, timeout.
h=$WORK/hooks
rm -rf "$h"
bundle "$h"
sh_in "$h" 'echo program'
config "$h" ".hooks = ([\"prestart\", \"createRuntime\", \"createContainer\", \"poststart\", \"poststop\"] | map({(.): [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \"echo \\(.) \$(/usr/bin/jq -r .status) \$ONLY >>$WORK/hooks.log\"], env: [\"ONLY=this\"]}]}) | add)"
run "$h"
is "the program ran" "$out" program
is "hooks in order, with the state" "$(cat "$WORK/hooks.log")" "prestart creating this
createRuntime creating this
createContainer creating this
poststart running this
poststop stopped this"
config "$h" '.hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo no way >&2; exit 3"]}]}'
run "$h"
is "a failing hook is named" "$err" \
	"lorica: run c: hooks.createRuntime[0]: /bin/sh: exit status 3: no way"
config "$h" '.hooks = {createRuntime: [{path: "/bin/sleep", args: ["sleep", "20"], timeout: 1}]}'
run "$h"
is "a hook that hangs is killed" "$err" \
	"lorica: run c: hooks.createRuntime[0]: /bin/sleep: still running after 1 s, killed"
is "nothing is left" "$(ls "$WORK/state")" ""
config "$h" '.hooks = {startContainer: [{path: "/bin/sh", args: ["sh", "-c", "grep -c status.:.created /dev/stdin >/dev/shm/seen; pwd >>/dev/shm/seen"], env: ["PATH=/bin"]}]}'
sh_in "$h" 'cat /dev/shm/seen'
run "$h"
is "startContainer runs inside" "$out${err}" "1
/"

# A poststop hook that fails stops neither the others nor the deletion; they run
# after a create that failed too.
after="poststop: [{path: \"/bin/false\"}, {path: \"/bin/sh\", args: [\"sh\", \"-c\", \"echo after >>$WORK/after.log\"]}]"
config "$h" ".hooks = {$after}"
sh_in "$h" 'echo program'
run "$h"
is "every poststop hook is run" "$status $out $(cat "$WORK/after.log")" \
	"0 program after"
config "$h" ".hooks = {createRuntime: [{path: \"/bin/false\"}], $after}"
run "$h"
is "also when create fails" "$status $(cat "$WORK/after.log")" "1 after
after"
is "and nothing is left" "$(ls "$WORK/state")" ""
# log LEVEL COMMAND...: what it writes there.
logged() {
	rm -f "$WORK/warnings"
	level=$1
	shift
	timeout 20 "$LORICA" --root "$WORK/state" --log "$WORK/warnings" \
		--log-format json --log-level "$level" "$@" 2>"$WORK/err" </dev/null
	cat "$WORK/err"
	jq -r '"\(.level) \(.msg)"' "$WORK/warnings" 2>/dev/null | grep -v time:
}
config "$h" '.hooks = {poststop: [{path: "/bin/false"}]}'
sh_in "$h" true
warning="warning hooks.poststop[0]: /bin/false: exit status 1"
is "a poststop hook that fails is a warning in the log" \
	"$(logged warning run --bundle "$h" c)" "$warning"
is "also where more is logged" \
	"$(logged debug run --bundle "$h" c | grep '^warning')" "$warning"
is "and nothing by itself" "$(logged error run --bundle "$h" c)" ""
ok "create" "$LORICA" --root "$WORK/state" create --bundle "$h" c
is "the same for delete" "$(logged warning delete --force c)" "$warning"
