# shellcheck shell=sh
# lib - what the integration tests share: bundles, running, counting.
#
# A test file is sourced by tests/run; LORICA names the program, WORK is a
# directory of its own, and each check is one call of ok or is.

# Seconds that no other run's programs sleep, nor with one more digit: two runs at
# once look for their own processes alone.
# shellcheck disable=SC2034 # for the tests
own_seconds=7$$

# The seconds that output waits; what emulates a processor takes its time.
patience=20
[ -z "${LORICA_GUEST:-}" ] || patience=200

# ok NAME COMMAND...: does the command succeed?
ok() {
	name=$1
	shift
	if "$@" >"$WORK/ok.out" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: $name: $*"
		sed 's/^/    /' "$WORK/ok.out"
	fi
}

# is NAME GOT WANTED
is() {
	if [ "$2" = "$3" ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: $1"
		printf '    got:    %s\n    wanted: %s\n' "$2" "$3"
	fi
}

# has NAME TEXT PATTERN: a case pattern that the text must match.
has() {
	# shellcheck disable=SC2254 # it is a pattern
	case $2 in
	$3) passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		echo "not ok: $1"
		printf '    got:    %s\n    wanted: %s\n' "$2" "$3"
		;;
	esac
}

# await COMMAND...: until it succeeds; fails after half a minute.
await() {
	tries=0
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || return 1
		sleep 0.05
	done
}

# await_status ID STATUS: until the container has it. One that does not exist
# has the status "".
await_status() {
	# shellcheck disable=SC2016 # for the inner shell
	await sh -c '[ "$("$0" --root "$1" state "$2" 2>/dev/null | jq -r .status)" = "$3" ]' \
		"$LORICA" "$WORK/state" "$@"
}

# sentries: the command lines of those of this run's containers that live.
sentries() {
	pgrep -x lorica-sentry | while read -r pid; do
		tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null
		echo
	done | grep -F -- "$WORK/"
}

# bundle DIR: a new bundle from busybox that runs sh -c "$CMD" (see config). All
# are copies of one, which is made with the first.
bundle() {
	[ -d "$WORK/bundle" ] || first_bundle "$WORK/bundle"
	mkdir -p "$1"
	cp -a "$WORK/bundle/." "$1"
}

first_bundle() {
	mkdir -p "$1/rootfs/bin" "$1/rootfs/proc" "$1/rootfs/dev" \
		"$1/rootfs/sys" "$1/rootfs/tmp" "$1/rootfs/etc"
	cp "$BUSYBOX" "$1/rootfs/bin/busybox"
	for applet in sh cat ls id true false sleep hostname stat grep readlink \
		mkdir touch umask pwd env kill head wc ulimit ps; do
		ln -sf busybox "$1/rootfs/bin/$applet"
	done
	if [ "$(id -u)" = 0 ]; then
		(cd "$1" && "$LORICA" spec)
	else
		(cd "$1" && "$LORICA" spec --rootless)
	fi
	config "$1" '.process.terminal = false'
}

# config DIR FILTER: edit the configuration with jq.
config() {
	jq "$2" "$1/config.json" >"$1/config.new" &&
		mv "$1/config.new" "$1/config.json"
}

# sh_in DIR COMMAND: make it the program.
sh_in() {
	jq --arg cmd "$2" '.process.args = ["sh", "-c", $cmd]' \
		"$1/config.json" >"$1/config.new" &&
		mv "$1/config.new" "$1/config.json"
}

# output COMMAND...: run it without input, for limit seconds at most; sets out,
# err and status.
output() {
	status=0
	timeout -k 5 "${limit:-$patience}" "$@" >"$WORK/out" 2>"$WORK/err" </dev/null ||
		status=$?
	out=$(cat "$WORK/out")
	err=$(cat "$WORK/err")
}

# run DIR: the same for the bundle there.
run() {
	output "$LORICA" --root "$WORK/state" run --bundle "$1" c
}

# answers NAME QUESTION WANTED: jq's answer from what was printed last.
answers() {
	is "$1" "$(printf %s "$out" | jq -c "$2" 2>&1)${err:+ stderr: $err}" "$3"
}

# for_guests REASON: does a guest do it that a host may not? What is for another
# user or guest, and what wants control groups (the words of the guest "cgroups").
for_guests() {
	case $1 in
	needs\ * | *cgroup* | *"version 2"* | *"made here"* | *"has none" | *"/etc/subuid") ;;
	*) return 1 ;;
	esac
}
# skip NAME REASON [FIELD...]: what cannot be tested here, and the members of
# config.json that nobody may miss for that. A guest of tests/vm has it all, so
# there it is a failure; and with LORICA_STRICT on a host, where no guest does it.
skip() {
	if [ "${LORICA_GUEST:-}" ]; then
		failed=$((failed + 1))
		echo "not ok: $1: skipped in the guest $LORICA_GUEST: $2"
		return
	elif [ "${LORICA_STRICT:-}" ] && ! for_guests "$2"; then
		failed=$((failed + 1))
		echo "not ok: $1: skipped, and nobody else does it: $2"
		return
	fi
	skipped=$((skipped + 1))
	echo "# skipped: $1: $2"
	shift 2
	[ $# = 0 ] || claim "$@"
}

# needs PLACE WHAT: is this the place to test that? A place is
# "root", "user", or a guest of tests/vm. A guest notes the answer, because what
# is left to another must be done there: tests/vm/check compares.
needs() {
	place=user
	[ "$(id -u)" != 0 ] || place=root
	case $1 in
	"$place" | "${LORICA_GUEST:-}") answer=here ;;
	*) answer=elsewhere ;;
	esac
	if [ "${LORICA_GUEST:-}" ]; then
		echo "$answer $1: $2" >>"$LORICA_NEEDS"
	elif [ $answer = elsewhere ]; then
		skip "$2" "needs $1"
	fi
	[ $answer = here ]
}

# one_guest PLACE WHAT: hosts do it in full, and of the guests that one alone, or that
# user.
one_guest() { [ -z "${LORICA_GUEST:-}" ] || needs "$@"; }

# program NAME WHAT: is that program of the machine in program_path, to test that
# with it? The guest "programs" has all of them.
program() {
	# shellcheck disable=SC2154 # the file's own
	found=$(PATH=$program_path && command -v "$1") || found=
	if [ "${LORICA_GUEST:-}" = programs ] || [ -z "$found" ]; then
		needs programs "$2" || return 1
		ok "$2: it is installed" test "$found"
	fi
	[ "$found" ]
}

# sample N: how far a sweep goes at a time. A guest, whose processor is emulated,
# takes a sample of what the host does in full; what else is not the first to do
# it says by LORICA_SAMPLE how many times as far.
sample() {
	if [ "${LORICA_GUEST:-}" ]; then echo $(($1 * 41))
	else echo $(($1 * ${LORICA_SAMPLE:-1})); fi
}

# probe_bundle: one bundle, $WORK/probe, for all the tests that use the probe.
probe_bundle() {
	[ ! -d "$WORK/probe" ] || return 0
	bundle "$WORK/probe"
	ok "the probe was built by make check" \
		cp "$PROBE" "$WORK/probe/rootfs/bin/probe"
	mkdir -p "$WORK/probe/rootfs/mnt" "$WORK/probe/hooks"
	cp "$WORK/probe/config.json" "$WORK/probe.json"
}

# probed FILTER [WHAT...]: run "probe report WHAT..." with that change of the
# configuration. Sets out, err and status.
probed() {
	probe_bundle
	filter=$1
	shift
	jq ".process.args = [\"probe\", \"report\"] + \$ARGS.positional |
		($filter)" "$WORK/probe.json" --args "$@" \
		>"$WORK/probe/config.json"
	run "$WORK/probe"
}

# claim FIELD...: these members of config.json have been tested, by their names
# in fields.txt.
claim() {
	printf '%s\n' "$@" >>"$WORK/claimed"
}

# check_claims: no other name is claimed and, when all files have run as root,
# every one is.
check_claims() {
	# shellcheck disable=SC2154 # set by run
	grep -v '^#' "$here/data/fields.txt" | sort >"$WORK/fields"
	sort -u "$WORK/claimed" >"$WORK/claims" 2>/dev/null
	is "what is claimed is a member of config.json" \
		"$(comm -13 "$WORK/fields" "$WORK/claims")" ""
	[ "$whole" ] && [ "$(id -u)" = 0 ] || return 0
	is "every member of config.json has a test" \
		"$(comm -23 "$WORK/fields" "$WORK/claims")" ""
}

# field FIELDS FILTER QUESTION WANTED [WHAT...]: with that change, jq's QUESTION
# of the probe's report gives that. FIELDS are the members that this tests.
field() {
	# shellcheck disable=SC2086 # a list of words
	claim $1
	field=$1
	question=$3
	wanted=$4
	filter=$2
	shift 4
	probed "$filter" "$@"
	answers "$field" "$question" "$wanted"
}

# field_refused FIELDS FILTER LINE: here the member can only be refused. LINE as
# in refused.
field_refused() {
	# shellcheck disable=SC2086 # a list of words
	claim $1
	probed "$2"
	is "$1" "$status $err" "1 lorica: run c: $3"
}

# refused NAME FILTER LINE: with that change, run fails with that one line,
# given without "lorica: run c: ".
refused() {
	rm -rf "$WORK/r"
	bundle "$WORK/r"
	config "$WORK/r" "$2"
	run "$WORK/r"
	is "$1: exit status" "$status" 1
	is "$1: stdout" "$out" ""
	is "$1: line" "$err" "lorica: run c: $3"
	is "$1: nothing left" "$(ls "$WORK/state" 2>/dev/null)" ""
}

# seen NAME FILTER COMMAND WANTED: with that change, the command prints that.
seen() {
	rm -rf "$WORK/s"
	bundle "$WORK/s"
	config "$WORK/s" "$2"
	sh_in "$WORK/s" "$3"
	run "$WORK/s"
	is "$1" "$out${err:+ stderr: $err}" "$4"
}
