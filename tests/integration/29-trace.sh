# shellcheck shell=sh disable=SC2154 # set by lib
# trace: events from a file and from a running container's socket, chosen, to be
# read or as they are. The layer itself is a double here: probe_events.c.
t=$WORK/trace
bundle "$t"
sed -n 's/^    \({"time"\)/\1/p' "$here/../docs/events.md" >"$t/events"
sed -n 's/^    \(22:\)/\1/p' "$here/../docs/events.md" >"$t/readable"
traced() { "$LORICA" trace --input "$t/events" "$@"; }

is "all of a file" "$(traced)" "$(cat "$t/readable")"
is "of the standard input" "$("$LORICA" trace --input - <"$t/events")" "$(cat "$t/readable")"
is "as they are" "$(traced --json)" "$(cat "$t/events")"
is "of a call" "$(traced --call connect --json | jq -r '.call // .kind')" "connect
lost"
is "of two" "$(traced --call execve,openat --json | jq -r '.call // .kind')" "openat
openat
execve
lost"
is "what was stopped" "$(traced --denied --json | jq -r '.decision // .kind')" "denied
denied
killed
lost"
is "of a process" "$(traced --pid 4711 --json | wc -l)" "$(wc -l <"$t/events")"
is "of another" "$(traced --pid 4712 --json | jq -r .kind)" lost
is "nothing in it" "$("$LORICA" trace --input /dev/null)" ""
is "no escape for a terminal, whatever was escaped" \
	"$(traced | tr -d '\n' | LC_ALL=C tr -d ' -~' | wc -c)" 0

# ---- the schema ----------------------------------------------------------
breaks() {
	jq -r --slurpfile all "$here/../docs/events.schema.json" --arg file events \
		"{events: \$all[0]} as \$files | $(cat "$here/support/schema.jq")"
}
is "they are as the schema wants it" "$(breaks <"$t/events")" ""
is "which sees what is not" "$(head -n 1 "$t/events" |
	jq -c '.kind = 1 | .odd = true | del(.tid) | .args[0].kind = "odd"' | breaks | sort)" \
	"$(printf '%s\n' ".kind: 1 is none of the words" ".odd: not in the schema" \
		".args[0].kind: odd is none of the words" ": without tid" | sort)"

# ---- colours -------------------------------------------------------------
terminal() { script -qec "$*" /dev/null </dev/null | tr -d '\r'; }
red=$(printf '\033[31m')
has "a terminal has colours" "$(terminal "$LORICA" trace --input "$t/events")" "*$red*denied*"
is "but not with NO_COLOR" "$(terminal env NO_COLOR=1 "$LORICA" trace --input "$t/events")" "$(cat "$t/readable")"

# ---- errors --------------------------------------------------------------
# refuses NAME ERROR [WORD...]
refuses() {
	name=$1 error=$2
	shift 2
	status=0
	"$LORICA" --root "$WORK/state" trace "$@" >"$t/out" 2>"$t/err" || status=$?
	is "$name" "$status:$(cat "$t/err")" "1:lorica: trace$error"
}
refuses "neither" ": expected [ID]"
refuses "both" ': unexpected "x"' --input /dev/null x
refuses "a call that there is not" ': --call: there is no call "frobnicate"' --call read,frobnicate --input /dev/null
refuses "a process that there cannot be" ': --pid: "-1" is no process' --pid -1 --input /dev/null
head -n 1 "$t/events" >"$t/bad"
echo '{"time":' >>"$t/bad"
"$LORICA" trace --input "$t/bad" >"$t/out" 2>"$t/err" && status=0 || status=$?
is "a line that is none" "$status:$(cat "$t/out")" "1:$(head -n 1 "$t/readable")"
has "is told by its number" "$(cat "$t/err")" "lorica: trace: --input $t/bad: line 2: *"
is "and by no other" "$(cat "$t/err")" "lorica: trace: --input $t/bad: line 2: ends too early"
echo nothing >"$t/bad"
refuses "a line of something else" ": --input $t/bad: line 1: not valid JSON" --input "$t/bad"
head -c 20000 /dev/zero | tr '\0' ' ' >"$t/bad"
refuses "a line that does not end" ": --input $t/bad: line 1: longer than 16384 bytes" --input "$t/bad"

# ---- a running container -------------------------------------------------
refuses "none" " trace: container does not exist" trace
config "$t" '.process.args = ["sleep", "600"]'
ok "one is started" "$LORICA" --root "$WORK/state" run --bundle "$t" --detach trace
refuses "without the layer" " trace: the container has no interception layer" trace
(cd "$WORK/state/trace" && exec "$PROBE" events sentry.sock <"$t/events") &
double=$!
ok "its socket is there" await test -S "$WORK/state/trace/sentry.sock"
is "what it tells is shown until it ends" \
	"$("$LORICA" --root "$WORK/state" trace trace)" "$(cat "$t/readable")"
ok "it was asked as it wants to be" wait "$double"
ok "the container is deleted" "$LORICA" --root "$WORK/state" delete --force trace
