# shellcheck shell=sh disable=SC2154 # set by run
# Hooks: when and where each kind runs, what it gets, and what its failure does.
probe_bundle
h=$WORK/probe
L="$LORICA --root $WORK/state"
kinds="prestart createRuntime createContainer startContainer poststart poststop"

# hooks_with FILTER: $h/config.json with two hooks of each kind, which report to
# hooks/seen; FILTER changes a hook, whose kind is $kind.
hooks_with() {
	rm -f "$h/hooks/seen"
	# shellcheck disable=SC2016 # they are jq's
	jq --arg h "$h" --argjson kinds "$(echo "$kinds" | jq -R 'split(" ")')" '
		def hook($kind; $n): {
			path: (if $kind == "startContainer" then "/bin/probe"
				else "\($h)/rootfs/bin/probe" end),
			args: ["\($kind) \($n)", "hook",
				(if $kind == "startContainer" then "/mnt/seen"
				else "\($h)/hooks/seen" end),
				"stat:\($h)", "stat:\($h)/rootfs/dev/null"],
			env: ["KIND=\($kind)", "A=b=c", "EMPTY="] };
		.process.args = ["probe", "report"] |
		.mounts += [{destination: "/mnt", source: "hooks", options: ["bind"]}] |
		.annotations = {"org.lorica.a": "\"b\"\n", c: ""} |
		.ociVersion = "1.2.1" |
		.hooks = ($kinds | map(. as $kind | {(.): [range(2) | hook($kind; .) |
			'"$1"']}) | add)' "$WORK/probe.json" >"$h/config.json"
}
# seen_by FILTER: of each report so far.
seen_by() {
	jq -c "$1" "$h/hooks/seen" 2>&1
}
# of_kinds VALUE...: a line for each, twice, as there are two hooks of a kind.
of_kinds() {
	for value; do
		printf '%s\n%s\n' "$value" "$value"
	done
}

# ---- order, arguments, environment, state, place ------------------------------
hooks_with .
config "$h" '.process.args = ["probe", "hook", "/mnt/program"]'
rm -f "$h/hooks/program"
ok "create" $L create --bundle "$h" c
pid=$($L state c | jq .pid)
order=$(for kind in $kinds; do printf '%s 0\n%s 1\n' "$kind" "$kind"; done)
is "create runs its hooks" "$(seen_by '.args[0]' | tr -d '"')" \
	"$(echo "$order" | head -n 6)"
ok "start" $L start c
is "start runs its hooks" "$(seen_by '.args[0]' | tr -d '"')" \
	"$(echo "$order" | head -n 10)"
await_status c stopped
ok "delete" $L delete c
is "delete runs its hooks" "$(seen_by '.args[0]' | tr -d '"')" "$order"
for kind in $kinds; do
	claim "hooks.${kind}[].path" "hooks.${kind}[].args[]" "hooks.${kind}[].env[]"
done
is "the arguments are as given" "$(seen_by '.args[1]' | sort -u)" '"hook"'
# shellcheck disable=SC2086 # words
is "the environment is as given" "$(seen_by .env)" "$(for kind in $kinds; do
	of_kinds "[\"KIND=$kind\",\"A=b=c\",\"EMPTY=\"]"
done)"
claim annotations{} ociVersion
state="{\"ociVersion\":\"1.2.1\",\"id\":\"c\",\"status\":\"STATUS\",\"pid\":$pid,\"bundle\":\"$h\",\"annotations\":{\"org.lorica.a\":\"\\\"b\\\"\\n\",\"c\":\"\"}}"
is "the state" "$(seen_by '.stdin | fromjson')" \
	"$({
		for was in creating creating creating created running; do
			of_kinds "$state" | sed "s/STATUS/$was/"
		done
		of_kinds "$state" | sed "s/STATUS/stopped/; s/:$pid,/:0,/"
	} | jq -c .)"
is "the directory" "$(seen_by .process.cwd)" \
	"$(of_kinds "\"$h\"" "\"$h\"" "\"$h\"" '"/"' "\"$h\"" "\"$h\"")"
outside=$("$PROBE" report namespaces | jq -c .namespaces)
inside=$(jq -c .namespaces "$h/hooks/program")
ok "a container's namespaces are others" [ "$outside" != "$inside" ]
is "the namespaces" "$(seen_by .namespaces)" "$(of_kinds "$outside" "$outside" \
	"$inside" "$inside" "$outside" "$outside")"
is "createContainer sees both trees, startContainer the container's alone" \
	"$(seen_by "[.\"stat:$h\", .\"stat:$h/rootfs/dev/null\" | .type? // .]")" \
	"$(of_kinds '[4,"ENOENT"]' '[4,"ENOENT"]' '[4,2]' '["ENOENT","ENOENT"]' \
		'[4,"ENOENT"]' '[4,"ENOENT"]')"
is "stdio alone is open" "$(seen_by '[.descriptors[].fd]' | sort -u)" "[0,1,2]"
is "no signal is blocked or ignored" \
	"$(seen_by '.signals | [.SigBlk, .SigIgn]' | sort -u)" \
	'["0000000000000000","0000000000000000"]'
# args and env are optional.
hooks_with 'if $kind == "poststop" then {path: "/bin/sh", args: ["sh", "-c", "tr \"\\\\0\" , </proc/$$/environ >hooks/bare"]} else empty end'
run "$h"
is "without env there is none" "$status $err$(cat "$h/hooks/bare")" "0 "

# ---- mounts -------------------------------------------------------------------
# A hook may mount below the root, where its path says that it is.
mounted=".process.args = [\"probe\", \"report\"] | .hooks.createContainer = [{path: \"$BUSYBOX\", args: [\"mount\", \"-t\", \"tmpfs\", \"hooked\", \"$h/rootfs/tmp\"]}]"
tmp='[.mounts[] | select(.place == "/tmp") | .source]'
for case in '' '| .linux.rootfsPropagation = "shared"' \
	'| .root.readonly = true | .linux.rootfsPropagation = "private"'; do
	probed "$mounted $case"
	is "what createContainer mounts is there ${case#| }" \
		"$(echo "$out" | jq -c "$tmp")$err" '["hooked"]'
	is "and not outside" "$(grep -c "$h" /proc/self/mountinfo)" 0
done
probed "$mounted"
is "also with --no-pivot" "$(timeout $patience $L run --no-pivot --bundle "$h" c \
	2>&1 </dev/null | jq -c "$tmp")" '["hooked"]'
if [ "$(id -u)" = 0 ]; then
	probed ".hooks = {createRuntime: [{path: \"/bin/sh\", args: [\"sh\", \"-c\", \"nsenter -m -t \$(jq .pid) mount -t tmpfs hooked $h/rootfs/tmp\"], env: [\"PATH=/bin:/usr/bin\"]}]}"
	is "and what createRuntime mounts" \
		"$(echo "$out" | jq -c "$tmp")$err" '["hooked"]'
	# The mapped ids may not walk there; the runtime may.
	mkdir -m 700 "$WORK/closed"
	cp -r "$h/rootfs" "$WORK/closed/rootfs"
	maps='[{containerID: 0, hostID: 100000, size: 65536}]'
	probed ".root.path = \"$WORK/closed/rootfs\" | .root.readonly = true |
		.linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = $maps |
		.linux.gidMappings = $maps | .hooks = {createRuntime: [{path: \"/bin/sh\",
		args: [\"sh\", \"-c\", \"nsenter -m -t \$(jq .pid) stat -c %F $WORK/closed/rootfs/dev/null >$h/hooks/kind\"], env: [\"PATH=/bin:/usr/bin\"]}]}"
	is "where only the runtime may look" "$status $err$(cat "$h/hooks/kind")" \
		"0 character special file"
fi

# ---- failure ------------------------------------------------------------------
# ended PID: it is no more, or will not be soon.
ended() {
	# shellcheck disable=SC2016 # for the shell that waits
	await sh -c 'case $(cut -d" " -f3 "/proc/$1/stat" 2>/dev/null) in
		"" | Z) ;; *) exit 1 ;; esac' sh "$1"
}
# gone NAME: no container, and its poststop hooks have run.
gone() {
	is "$1: nothing is left" "$(ls "$WORK/state" 2>/dev/null)" ""
	is "$1: poststop is run" "$(seen_by '.args[0]' | tr -d '"' | tail -n 2)" \
		"poststop 0
poststop 1"
}
# The first of a kind fails: those before have run, its second and the rest
# have not.
had_run=0
for kind in prestart createRuntime createContainer startContainer poststart; do
	hooks_with "if [\$kind, .args[0]] == [\"$kind\", \"$kind 0\"] then .path = \"/bin/false\" | .args = [\"false\"] else . end"
	config "$h" '.process.args = ["sleep", "60"]'
	case $kind in
	*Container) step="run the $kind hooks: " ;;
	*) step= ;;
	esac
	run "$h"
	is "a $kind hook that fails" "$status $out $err" \
		"1  lorica: run c: ${step}hooks.${kind}[0]: /bin/false: exit status 1"
	is "nothing after $kind" "$(seen_by '.args[0]' | wc -l)" $((had_run + 2))
	gone "after $kind"
	had_run=$((had_run + 2))
	case $kind in
	startContainer | poststart)
		ok "create" $L create --bundle "$h" c
		pid=$($L state c | jq .pid)
		rm "$h/hooks/seen"
		is "a $kind hook that fails: start" "$($L start c 2>&1)" \
			"lorica: start c: ${step}hooks.${kind}[0]: /bin/false: exit status 1"
		gone "after $kind: start"
		ok "after $kind: start: its process ended" ended "$pid"
		;;
	*)
		is "a $kind hook that fails: create" \
			"$($L create --bundle "$h" c 2>&1)" \
			"lorica: create c: ${step}hooks.${kind}[0]: /bin/false: exit status 1"
		gone "after $kind: create"
		;;
	esac
done
# The second of two: the first has run, and is not run again.
hooks_with 'if .args[0] == "createRuntime 1" then .path = "/none" else . end'
run "$h"
is "a hook that is not there" "$err" \
	"lorica: run c: hooks.createRuntime[1]: /none: exit status 127: /none: No such file or directory"
is "those before have run" "$(seen_by '.args[0]' | tr -d '"' | tr '\n' ,)" \
	"prestart 0,prestart 1,createRuntime 0,poststop 0,poststop 1,"
# The hook's last words are the error's.
hooks_with 'if .args[0] == "prestart 0" then {path: "/bin/sh", args: ["sh", "-c", "echo first; echo no way >&2; exit 3"]} else . end'
run "$h"
is "a hook says why" "$err" \
	"lorica: run c: hooks.prestart[0]: /bin/sh: exit status 3: no way"
hooks_with 'if .args[0] == "prestart 0" then {path: "/bin/sh", args: ["sh", "-c", "kill -9 $$"]} else . end'
run "$h"
is "a hook that is killed" "$err" \
	"lorica: run c: hooks.prestart[0]: /bin/sh: killed by signal 9"

# ---- timeout ------------------------------------------------------------------
# One of each kind at the same time, as each takes a second. What a hook began
# ends with it.
seconds=1
[ -z "${LORICA_GUEST:-}" ] || seconds=20
timed() {
	kind=$1
	t=$WORK/timed/$kind
	mkdir -p "$t/hooks"
	jq --arg kind "$kind" --arg root "$h/rootfs" --argjson seconds $seconds '.root.path = $root |
		.process.args = ["true"] | .hooks = {($kind): [{path: "/bin/sh",
			args: ["sh", "-c", "sleep 200 & echo $! >\"\($kind).pid\"; sleep 200"],
			env: ["PATH=/bin"], timeout: $seconds}]} |
		if $kind == "startContainer" then
			.hooks[][].args[2] = "sleep 200" else . end' \
		"$WORK/probe.json" >"$t/config.json"
	timeout $patience "$LORICA" --root "$WORK/state" --log "$t/log" --log-level warning \
		run --bundle "$t" "$kind" >"$t/err" 2>&1 </dev/null
	echo "$?" >"$t/status"
}
for kind in $kinds; do
	timed "$kind" &
done
wait
for kind in $kinds; do
	t=$WORK/timed/$kind
	claim "hooks.${kind}[].timeout"
	if [ "$kind" = poststop ]; then
		is "poststop: the exit status is the program's" "$(cat "$t/status")" 0
	else
		is "$kind: a timeout is a failure" "$(cat "$t/status")" 1
	fi
	has "a $kind hook that hangs is killed" "$(cat "$t/log")" \
		"*hooks.${kind}[[]0]: /bin/sh: still running after $seconds s, killed*"
	# Those inside end with the container anyway.
	case $kind in *Container) continue ;; esac
	ok "$kind: and what it began" ended "$(cat "$t/$kind.pid")"
done
is "nothing is left" "$(ls "$WORK/state")" ""
# Who waits for one can be told to end.
hooks_with 'if .args[0] == "prestart 0" then {path: "/bin/sh", args: ["sh", "-c", "echo x >hooks/hangs; exec sleep '"$own_seconds"'"], env: ["PATH=/bin:/usr/bin"]} else empty end'
$L run --bundle "$h" c </dev/null >/dev/null 2>&1 &
hanging=$!
ok "a hook hangs" await test -s "$h/hooks/hangs"
kill -TERM $hanging
status=0
wait $hanging 2>/dev/null || status=$?
is "a signal ends who waits for a hook" $status 143
$L delete --force c
rm -f "$h/hooks/hangs"
pkill -f "^sleep $own_seconds$"
# A hook's time may be years; it is the kernel's timer that knows.
if [ "$(id -u)" = 0 ]; then
	hooks_with 'if .args[0] == "prestart 0" then {path: "/bin/sh", args: ["sh", "-c", "grep -h it_value /proc/$PPID/fdinfo/* >hooks/timer"], timeout: 2147483647, env: ["PATH=/bin"]} else empty end'
	run "$h"
	has "68 years are no less" "$status $err$(cat "$h/hooks/timer")" \
		"0 it_value: (21474836[34]?,*"
fi

# ---- poststop -----------------------------------------------------------------
# One that fails stops neither the others nor the deletion, and is a warning.
hooks_with 'if .args[0] == "poststop 0" then {path: "/bin/false"} elif $kind == "poststop" then . else empty end'
config "$h" '.process.args = ["true"]'
run "$h"
is "every poststop hook is run" "$status $out $err $(seen_by '.args[0]')" \
	'0   "poststop 1"'
is "and nothing is left" "$(ls "$WORK/state")" ""
# logged LEVEL COMMAND...: what it writes there.
logged() {
	rm -f "$WORK/warnings"
	level=$1
	shift
	timeout $patience "$LORICA" --root "$WORK/state" --log "$WORK/warnings" \
		--log-format json --log-level "$level" "$@" 2>"$WORK/err" </dev/null
	cat "$WORK/err"
	jq -r '"\(.level) \(.msg)"' "$WORK/warnings" 2>/dev/null | grep -v time:
}
warning="warning hooks.poststop[0]: /bin/false: exit status 1"
is "a poststop hook that fails is a warning in the log" \
	"$(logged warning run --bundle "$h" c)" "$warning"
is "also where more is logged" \
	"$(logged debug run --bundle "$h" c | grep '^warning')" "$warning"
is "and nothing by itself" "$(logged error run --bundle "$h" c)" ""
ok "create" "$LORICA" --root "$WORK/state" create --bundle "$h" c
is "the same for delete" "$(logged warning delete --force c)" "$warning"
config "$h" '.process.args = ["true"] | .hooks.poststart = [{path: "/bin/false"}]'
ok "create" "$LORICA" --root "$WORK/state" create --bundle "$h" c
is "and for a start that deletes" "$(logged warning start c)" "lorica: start c: hooks.poststart[0]: /bin/false: exit status 1
$warning
error start c: hooks.poststart[0]: /bin/false: exit status 1"
