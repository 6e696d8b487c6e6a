# shellcheck shell=sh
# record: every call of a workload is seen, and the profile made of them is what
# the workload needs, and no more. 31-programs.sh has real programs.
b=$WORK/record
bundle "$b"
cp "$SUPPORT/tasks" "$b/rootfs/bin/tasks"
p=$WORK/profile.json
# shellcheck disable=SC2034 # for output
limit=60
# recorded [OPTION...]: sets out, err and status; the profile is in $p.
recorded() {
	rm -f "$p"
	output "$LORICA" --root "$WORK/state" record "$b" -o "$p" "$@"
}
# under_it: run what is configured under the profile in $p, without a tracer.
under_it() {
	cp "$b/config.json" "$WORK/saved.json"
	jq --slurpfile profile "$p" '.linux.seccomp = $profile[0]' \
		"$WORK/saved.json" >"$b/config.json"
	run "$b"
	cp "$WORK/saved.json" "$b/config.json"
}
# allows CALL: does it, with any arguments?
allows() {
	jq -e --arg call "$1" 'any(.syscalls[]; .args == null and
		.action == "SCMP_ACT_ALLOW" and any(.names[]; . == $call))' "$p"
}
# sets CALL: its rules with arguments, a line each.
sets() {
	jq -r --arg call "$1" '.syscalls[] | select(.names == [$call] and .args) |
		[.args[] | "\(.index)&\(.value)=\(.valueTwo)"] | join(" ")' "$p"
}
nothing_left() {
	is "$1: no container is left" \
		"$("$LORICA" --root "$WORK/state" list -q)" ""
}

# ---- a shell and its children --------------------------------------------
sh_in "$b" 'mkdir -p /dev/shm/d && ls -d /dev/shm/d; (sleep 0.1; exit 4); echo $?'
recorded --verify
is "a shell, twice" "$status:$out" "0:/dev/shm/d
4
/dev/shm/d
4"
is "and says so" "$err" "lorica: record: no call was denied under the profile"
nothing_left "a shell"
ok "what it did is allowed" allows mkdir
ok "what init does is allowed" allows execve
is "what it did not do is not" "$(allows mount)" false
is "names are sorted" "$(jq -c '.syscalls[0].names == (.syscalls[0].names | sort)' "$p")" true
is "all else is refused" "$(jq -r '"\(.defaultAction) \(.defaultErrnoRet)"' "$p")" \
	"SCMP_ACT_ERRNO 1"
is "for one ABI" "$(jq '.architectures | length' "$p")" 1
is "clone3 falls back" \
	"$(jq -c '.syscalls[] | select(.names == ["clone3"]) | [.action, .errnoRet]' "$p")" \
	'["SCMP_ACT_ERRNO",38]'
is "clone has its flags alone" "$(sets clone)" "0&4294967040=18874368"
under_it
is "it runs under its profile" "$status:$err:$out" "0::/dev/shm/d
4"
sh_in "$b" 'umask 7; ln -s a /dev/shm/l; touch -h /dev/shm/d; hostname x'
under_it
has "what was not recorded is refused" "$err" "*Operation not permitted*"

# ---- threads, children, signals, stops -----------------------------------
# works WORDS STATUS OUTPUT: is it under a tracer what it is without one, and
# under the profile?
works() {
	jq --arg words "$1" '.process.args = ["tasks"] + ($words | split(" "))' \
		"$b/config.json" >"$b/config.new" && mv "$b/config.new" "$b/config.json"
	run "$b"
	is "$1: without a tracer" "$status:$out" "$2:$3"
	recorded --verify
	is "$1: recorded, and again under the profile" "$status:$out" "0:$3${3:+
$3}"
	has "$1: nothing is denied" "$err" "*no call was denied*"
	[ "$2" = 0 ] || has "$1: its status is told" "$err" \
		"*the program ended with status $2*"
	under_it
	is "$1: under its profile" "$status:$err:$out" "$2::$3"
}
works "threads 40" 0 ok
works thread-exec 0 ok
works leader-ends 7 ok
works "forks 10" 0 ok
works vfork-exec 0 ok
works signals 0 ok
works stops 0 ok
works stop-first 0 ok
works faults 139 ""
# The first process of a pid namespace, which the kernel would spare.
recorded -- tasks traps
has "a trap that nobody handles ends it, too" "$status:$err" \
	"0:*the program ended with status 137*"
many=2000
# Where the processor is emulated.
[ -z "${LORICA_GUEST:-}" ] || many=200
recorded -- tasks threads $many
is "thousands of threads" "$status:$out" "0:ok"
recorded -- tasks forks 300
is "hundreds of children" "$status:$out" "0:ok"
nothing_left "tasks"

# ---- arguments -----------------------------------------------------------
recorded -- tasks sockets 3
is "sockets by domain, type and protocol" "$(sets socket)" \
	"0&4294967295=1 1&4294440959=1 2&4294967295=1000
0&4294967295=1 1&4294440959=1 2&4294967295=1001
0&4294967295=1 1&4294440959=1 2&4294967295=1002"
cp "$p" "$WORK/three.json"
recorded -- tasks sockets 65
ok "too many are given up" allows socket
has "and that is said" "$err" "*socket: more than 64 sets of arguments: it is allowed with any*"
recorded --merge "$WORK/three.json" -- tasks say
is "another run's are merged" "$(sets socket | wc -l)" 3
recorded --merge "$WORK/three.json" -- tasks sockets 4
is "and what is in both is there once" "$(sets socket | wc -l)" 4
recorded --merge "$b/config.json" -- tasks say
has "what is no profile is not merged" "$status:$err" \
	"1:*--merge $b/config.json: *"
is "and nothing is written" "$(ls "$p" 2>/dev/null)" ""
echo '{"defaultAction": "SCMP_ACT_ALLOW"}' >"$WORK/deny.json"
recorded --merge "$WORK/deny.json" -- tasks say
has "one that lists what it denies neither" "$status:$err" \
	"1:*a profile that lists what it denies cannot be merged*"

# ---- what a tracer cannot have -------------------------------------------
recorded -- tasks listener
is "a listener of the program's own is refused" "$status:$out" "0:EBUSY"
[ "$(uname -m)" != x86_64 ] || {
	recorded --verify -- tasks foreign
	has "another ABI is seen" "$status:$err" "1:*call 20 of ABI 0x40000003 is not in the profile*"
	has "and killed under the profile" "$err" "*denied: getpid(*the process is killed: an ABI that architectures does not have*"
}

# ---- a terminal ----------------------------------------------------------
jq '.process.terminal = true | .process.args = ["sh", "-c",
	"[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo terminal; busybox stty size; echo tty >/dev/tty"]' \
	"$b/config.json" >"$b/terminal.json"
rm -f "$p"
is "a program on a terminal, twice" \
	"$("$SUPPORT/caller" terminal 24 80 "$LORICA" --root "$WORK/state" record "$b" \
		--config terminal.json -o "$p" --verify | tr -d '\r')" \
	"terminal
24 80
tty
terminal
24 80
tty
lorica: record: no call was denied under the profile"
is "its ioctls are those of terminals" "$(sets ioctl | grep -c '1&4294967295=21523')" 1
nothing_left "a terminal"

# ---- output --------------------------------------------------------------
"$LORICA" --root "$WORK/state" record "$b" -- tasks say \
	>"$WORK/out" 2>"$WORK/err" </dev/null
is "without -o stdout is the profile" "$(jq -r .defaultAction "$WORK/out")" SCMP_ACT_ERRNO
is "and the program's goes to stderr" "$(cat "$WORK/err")" ok
recorded -- nothing-there
has "what does not start" "$status:$err" '1:*exec: "nothing-there": executable file not found*'
is "has no profile" "$(ls "$p" 2>/dev/null)" ""
nothing_left "what does not start"
"$LORICA" --root "$WORK/state" record "$b" -o "$WORK/no/such/place" -- tasks say \
	>"$WORK/out" 2>"$WORK/err" </dev/null
is "a place that is not there" "$?:$(cat "$WORK/err")" \
	"1:lorica: record: $WORK/no/such/place: no such file or directory"

# ---- in the configuration ------------------------------------------------
jq '.process.args = ["tasks", "say"] | .annotations["dev.lorica.seccomp"] = "strict"' \
	"$b/config.json" >"$b/own.json"
chmod 600 "$b/own.json"
status=0
"$LORICA" --root "$WORK/state" record "$b" --config own.json --install --verify \
	>"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
is "--install" "$status:$(cat "$WORK/out"):$(cat "$WORK/err")" \
	"0:ok
ok:lorica: record: no call was denied under the profile"
is "its profile is that of the configuration" \
	"$(jq -c '[.linux.seccomp.defaultAction, .annotations["dev.lorica.seccomp"]]' "$b/own.json")" \
	'["SCMP_ACT_ERRNO",null]'
# shellcheck disable=SC2016 # jq's
is "the rest is as it was" "$(jq -n --slurpfile now "$b/own.json" --slurpfile was "$b/config.json" '
	def rest: .annotations //= {} | del(.linux.seccomp, .annotations["dev.lorica.seccomp"]);
	($now[0] | rest) == ($was[0] | .process.args = ["tasks", "say"] | rest)')" true
is "and its mode" "$(stat -c %a "$b/own.json")" 600
is "it runs under it" \
	"$("$LORICA" --root "$WORK/state" run --bundle "$b" --config own.json c 2>&1)" ok
sum=$(sha256sum "$b/own.json")
[ "$(uname -m)" != x86_64 ] || {
	"$LORICA" --root "$WORK/state" record "$b" --config own.json --install --verify -- \
		tasks foreign >"$WORK/out" 2>"$WORK/err" </dev/null
	is "one that denies what the program does is not installed" \
		"$?:$(sha256sum "$b/own.json")" "1:$sum"
}

# ---- its end -------------------------------------------------------------
# A sanitizer makes calls of its own, so that what is built with one has no filter.
has_filter=2
! grep -q __asan_init "$LORICA" || has_filter=0
# ends SIGNAL WHO: with what does the container end when that one gets it?
ends() {
	rm -f "$WORK/out"
	timeout $((3 * patience)) "$LORICA" --root "$WORK/state" record "$b" -o "$p" -- \
		tasks sleeps >"$WORK/out" 2>"$WORK/err" </dev/null &
	job=$!
	await grep -q here "$WORK/out"
	id=$("$LORICA" --root "$WORK/state" list -q)
	init=$("$LORICA" --root "$WORK/state" state "$id" | jq .pid)
	tracer=$(sed -n 's/^TracerPid:.//p' "/proc/$init/status")
	told=$(grep -E '^(CapPrm|CapEff|NoNewPrivs|Seccomp):' "/proc/$tracer/status" | tr -d '[:blank:]' | tr '\n' ' ')
	is "$2 gets $1: the tracer has no powers, and a filter" "$told" \
		"CapPrm:0000000000000000 CapEff:0000000000000000 NoNewPrivs:1 Seccomp:$has_filter "
	# shellcheck disable=SC2034 # by its name, below
	runtime=$(sed -n 's/^PPid:.//p' "/proc/$tracer/status")
	kill "-$1" "$(eval "echo \$$2")"
	gone=0
	await sh -c "! test -e /proc/$init/stat || grep -q ' Z ' /proc/$init/stat" || gone=1
	is "$2 gets $1: the container ends" "$gone" 0
	status=0
	wait $job || status=$?
	await sh -c "! test -e /proc/$tracer" && gone=2
	is "$2 gets $1: the tracer ends" "$gone" 2
}
ends KILL runtime
"$LORICA" --root "$WORK/state" delete --force "$id"
ends KILL tracer
has "the tracer's end is an error" "$status:$(cat "$WORK/err")" \
	"1:*the tracer ended unexpectedly*"
ends KILL init
is "one that is killed is recorded" "$status" 0
ok "by what it did" allows clock_nanosleep
nothing_left "its end"
unset limit
