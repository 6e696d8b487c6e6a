# shellcheck shell=sh disable=SC2154 # set by run and lib
# events: the accounts as runc prints them, field by field as the kernel's files
# have them, from time to time, and what the kernel kills.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
needs root "events" || return 0
if ! has_controllers cpu io memory hugetlb pids; then
	skip "events" "it wants all controllers in version 2"
	return
fi
group_bundle events
resources '{"memory": {"limit": 268435456, "swap": 268435456}, "pids": {"limit": 64}, "cpu": {"quota": 20000, "period": 100000}}'
disk=$(findmnt -nro MAJ:MIN -T "$WORK")
dd if=/dev/zero of="$g/rootfs/blob" bs=64k count=4 2>/dev/null
sync
ok "alive" alive e sh -c 'busybox dd if=/blob of=/dev/null bs=64k iflag=direct 2>/dev/null; hog cpu 500; hog memory 8388608 & exec hog memory 4194304'
ok "it has worked" soon sh -c "[ \$(grep -c all $g/e.out) = 2 ]"
ok "pause, so that nothing changes" $L pause e
sync
# The period that has begun ends even so.
settled() {
	was=$(kernel e cpu.stat)
	sleep 0.3
	[ "$was" = "$(kernel e cpu.stat)" ]
}
ok "nothing does" await settled
stats=$($L events --stats e)
is "one line" "$(printf '%s\n' "$stats" | wc -l)" 1
of() { printf %s "$stats" | jq -c "$1"; }

# The members that runc has, and their kinds; some of them it leaves out when
# they are zero.
shape='{
	type: "string", id: "string",
	"data.cpu.usage.total": "number", "data.cpu.usage.kernel": "number",
	"data.cpu.usage.user": "number", "data.cpu.throttling.periods": "number",
	"data.cpu.throttling.throttledPeriods": "number",
	"data.cpu.throttling.throttledTime": "number",
	"data.cpuset.cpu_exclusive": "number", "data.cpuset.mem_hardwall": "number",
	"data.cpuset.mem_exclusive": "number", "data.cpuset.memory_migrate": "number",
	"data.cpuset.memory_spread_page": "number",
	"data.cpuset.memory_spread_slab": "number",
	"data.cpuset.memory_pressure": "number",
	"data.cpuset.sched_load_balance": "number",
	"data.cpuset.sched_relax_domain_level": "number",
	"data.memory.cache": "number", "data.memory.event_count.low": "number",
	"data.memory.event_count.high": "number", "data.memory.event_count.max": "number",
	"data.memory.event_count.oom": "number",
	"data.memory.event_count.oom_kill": "number",
	"data.pids.current": "number", "data.pids.limit": "number",
	"data.blkio.ioServiceBytesRecursive": "array",
	"data.blkio.ioServicedRecursive": "array",
	"data.hugetlb": "object", "data.intel_rdt": "object",
	"data.network_interfaces": "null"
} + ([("usage", "swap", "kernel", "kernelTCP") as $entry |
	("limit", "usage", "max", "failcnt") |
	{key: "data.memory.\($entry).\(.)", value: "number"}] | from_entries)
  + ([("cpu", "memory", "blkio") as $subject | ("some", "full") as $line |
	("avg10", "avg60", "avg300", "total") |
	{key: "data.\($subject).psi.\($line).\(.)", value: "number"}] | from_entries)'
is "the members and their kinds" "$(of ". as \$all | $shape | to_entries | map(. as \$row |
	(\$row.key | split(\".\")) as \$path |
	select((\$all | getpath(\$path) | type) != \$row.value).key)")" "[]"
is "and of lists and maps" "$(of '[.data.blkio.ioServiceBytesRecursive[0],
	.data.blkio.ioServicedRecursive[0] | [.major, .minor, .op, .value] | map(type)]')" \
	'[["number","number","string","number"],["number","number","string","number"]]'
is "of pages" "$(of '.data.hugetlb["2MB"] | [.usage, .failcnt] | map(type)')" '["number","number"]'

# The values.
same() { is "$1" "$(of "$1")" "$2"; }
usec() { echo $(($(counts e cpu.stat "$1") * 1000)); }
same .data.cpu.usage.total "$(usec usage_usec)"
same .data.cpu.usage.user "$(usec user_usec)"
same .data.cpu.usage.kernel "$(usec system_usec)"
same .data.cpu.throttling.periods "$(counts e cpu.stat nr_periods)"
same .data.cpu.throttling.throttledPeriods "$(counts e cpu.stat nr_throttled)"
same .data.cpu.throttling.throttledTime "$(usec throttled_usec)"
ok "which is not nothing" [ "$(of .data.cpu.throttling.throttledTime)" -gt 0 ]
same .data.memory.usage.limit 268435456
same .data.memory.swap.limit 268435456
same .data.memory.usage.usage "$(kernel e memory.current)"
same .data.memory.usage.max "$(kernel e memory.peak)"
same .data.memory.swap.usage "$(kernel e memory.current)"
same .data.memory.cache "$(counts e memory.stat file)"
same .data.memory.kernel.usage "$(counts e memory.stat kernel)"
is "all of memory.stat" "$(of '.data.memory.raw | to_entries | map("\(.key) \(.value)") | .[]' | tr -d '"' | sort)" \
	"$(kernel e memory.stat | sort)"
ok "twelve megabytes" [ "$(of .data.memory.raw.anon)" -ge 12582912 ]
same .data.pids.current "$(kernel e pids.current)"
same .data.pids.limit 64
is "io" "$(of "[.data.blkio.ioServiceBytesRecursive[] |
	select(.major == ${disk%:*} and .minor == ${disk#*:} and .op == \"Read\").value]")" \
	"[$(sed -n "s/^$disk rbytes=\([0-9]*\).*/\1/p" "$beside/e/io.stat")]"
ok "of a quarter megabyte at least" [ "$(of '[.data.blkio.ioServiceBytesRecursive[] | select(.op == "Read").value] | add')" -ge 262144 ]
same '.data.hugetlb["2MB"].usage' 0
same '.data.memory.psi.some.total' "$(sed -n 's/^some.*total=//p' "$beside/e/memory.pressure")"
same '.data.cpu.psi.full.total' "$(sed -n 's/^full.*total=//p' "$beside/e/cpu.pressure")"
same '.data.blkio.psi.some.total' "$(sed -n 's/^some.*total=//p' "$beside/e/io.pressure")"
ok "resume" $L resume e

# What runc itself prints has no member that ours lacks.
if command -v runc >/dev/null; then
	mkdir "$g/runc"
	jq '.ociVersion = "1.0.2" | .process.args = ["sleep", "600"]' "$g/config.json" >"$g/config.runc" &&
		cp -r "$g/rootfs" "$g/runc/" && cp "$g/config.runc" "$g/runc/config.json"
	if runc --root "$g/runc.state" run -d -b "$g/runc" of-runc </dev/null >/dev/null 2>"$g/runc.err"; then
		runc --root "$g/runc.state" events --stats of-runc >"$g/runc.json"
		members='[paths | map(if type == "number" then 0 else . end) | join(".")] | unique'
		is "every member that runc has" \
			"$(jq -c "$members" "$g/runc.json" >"$g/theirs"
			of "$members" >"$g/ours"
			jq -nc --slurpfile a "$g/theirs" --slurpfile b "$g/ours" '$a[0] - $b[0]')" "[]"
		runc --root "$g/runc.state" delete -f of-runc
	else
		echo "# runc does not run here: $(cat "$g/runc.err")"
	fi
fi
gone e

# ---- as it goes ------------------------------------------------------------
resources '{"memory": {"limit": 33554432, "swap": 33554432}}'
with '.linux.resources = {memory: {limit: 33554432, swap: 33554432}} | .root.readonly = false'
ok "alive" alive e sh -c 'busybox mkfifo /again; echo ready; while read -r _; do hog memory 134217728; echo $?; done <>/again'
ok "it waits" soon grep -q ready "$g/e.out"
$L events --interval 1h e >"$g/events" 2>&1 &
events=$!
sleep 1
# It sleeps until the kernel tells it something.
slept() { sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$events/status"; }
was=$(slept)
sleep 2
is "it does not poll" "$(slept)" "$was"
for round in 1 2 3; do
	echo go >"$g/rootfs/again"
	ok "a hog is killed" soon sh -c "[ \$(grep -c 137 $g/e.out) = $round ]"
	ok "and the event comes" soon sh -c "[ \$(grep -c oom $g/events) = $round ]"
done
is "three, with no data" "$(cat "$g/events")" '{"type":"oom","id":"e"}
{"type":"oom","id":"e"}
{"type":"oom","id":"e"}'
# One that starts later tells of what comes, not of what was.
timeout 1 $L events --interval 1h e >"$g/later" 2>&1
is "what was before is not told" "$(cat "$g/later")" ""
# In a cgroup below too.
mkdir "$beside/e/sub"
pid_of e >"$beside/e/sub/cgroup.procs"
echo go >"$g/rootfs/again"
ok "a hog in a cgroup below" soon sh -c "[ \$(grep -c oom $g/events) = 4 ]"
ok "kill" $L kill e KILL
ok "events end with the container" soon sh -c "! kill -0 $events 2>/dev/null"
gone e
is "and say nothing more" "$(wc -l <"$g/events")" 4

# --interval: no more often, and no less.
ok "alive" alive e sleep 600
for interval in 200ms 1s 0h0m1s; do
	timeout 3.3 $L events --interval $interval e >"$g/events" 2>&1
	seen=$(grep -c '"type":"stats"' "$g/events")
	case $interval in
	200ms) ok "every 200 ms" between 8 "$seen" 16 ;;
	*) ok "every second" between 2 "$seen" 3 ;;
	esac
	is "whole lines ($interval)" "$(jq -c .id "$g/events" | sort -u)" '"e"'
done
# While it goes away.
for _ in 1 2 3 4 5; do
	$L events --interval 1ms e >"$g/events" 2>"$g/events.err" &
	events=$!
	sleep 0.2
	gone e
	ok "events end" soon sh -c "! kill -0 $events 2>/dev/null"
	is "without a complaint" "$(cat "$g/events.err")" ""
	is "nor half a line" "$(jq -c .type "$g/events" 2>&1 | sort -u)" '"stats"'
	alive e sleep 600
done
gone e
