# shellcheck shell=sh disable=SC2154 # set by run and lib
# Whoever wants more than its share does not get it, as seen from outside.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
needs root "limits that bite" || return 0
if ! has_controllers cpu cpuset io memory hugetlb pids rdma; then
	skip "limits that bite" "it wants all controllers in version 2"
	return
fi
group_bundle bite
says() { grep -q . "$g/$1.out"; }

# ---- processes -----------------------------------------------------------
resources '{"pids": {"limit": 12}}'
ok "processes" alive p hog processes 100
ok "it tells" soon says p
is "as many as it may have, with itself" "$(cat "$g/p.out")" "11 EAGAIN"
is "the kernel counted them" "$(kernel p pids.current)" 12
is "and the refusals" "$(counts p pids.events max)" 1
ok "update" $L update --pids-limit 20 p
gone p
resources '{"pids": {"limit": 0}}'
ok "no process but the first" alive p hog processes 1
ok "it tells" soon says p
is "none at all" "$(cat "$g/p.out")" "0 EAGAIN"
gone p
resources '{"pids": {"limit": 50}}'
ok "a fork bomb" alive p hog bomb
ok "comes to its limit" soon sh -c "[ \$(cat $beside/p/pids.current) = 50 ]"
ok "and is refused" soon sh -c "[ \$(sed -n 's/^max //p' $beside/p/pids.events) -gt 50 ]"
ok "the host can still make processes" timeout 10 sh -c 'for i in 1 2 3 4 5; do /bin/true; done'
ok "kill --all ends it" $L kill --all p KILL
ok "all of it" soon sh -c "[ \$(cat $beside/p/pids.current) = 0 ]"
gone p

# ---- memory --------------------------------------------------------------
with '.linux.resources = {memory: {limit: 33554432, swap: 33554432}} |
	.process.args = ["hog", "memory", "134217728"]'
timeout $((3 * patience)) $L run --bundle "$g" m >"$g/m.out" 2>&1
is "a memory hog is killed" "$? $(cat "$g/m.out")" "137 "
# It is not init that is killed, so that somebody can look.
resources '{"memory": {"limit": 33554432, "swap": 33554432}}'
ok "a hog below init" alive m sh -c 'hog memory 134217728; echo $?; exec sleep 600'
$L events --interval 1h m >"$g/events" 2>&1 &
events=$!
ok "init sees how it ended" soon says m
is "by SIGKILL" "$(tail -n 1 "$g/m.out")" 137
is "the kernel counted it" "$(counts m memory.events oom_kill)" 1
ok "and how often the limit was reached" [ "$(counts m memory.events max)" -gt 0 ]
ok "it never had more" [ "$(kernel m memory.peak)" -le 33554432 ]
is "the container runs on" "$(status_of m)" running
gone m
ok "events end with it" soon sh -c "! kill -0 $events 2>/dev/null"
is "events told of it once" "$(cat "$g/events")" '{"type":"oom","id":"m"}'
# The whole container, where it asks for that.
resources '{"memory": {"limit": 33554432, "swap": 33554432},
	"unified": {"memory.oom.group": "1"}}'
ok "a hog that takes all with it" alive m sh -c 'hog memory 134217728; sleep 600'
$L events --interval 1h m >"$g/events" 2>&1 &
events=$!
ok "it stops" soon sh -c "$L state m | grep -q stopped"
ok "events end" soon sh -c "! kill -0 $events 2>/dev/null"
is "and told of it, though nobody was left" "$(sort -u "$g/events")" \
	'{"type":"oom","id":"m"}'
gone m
# Swap is what is given beside the memory; here is some, in memory.
modprobe zram 2>/dev/null
if swapped=$(zramctl --find --size 128M 2>/dev/null) &&
	mkswap "$swapped" >/dev/null 2>&1 && swapon "$swapped"; then
	resources '{"memory": {"limit": 33554432, "swap": 134217728}}'
	ok "with swap" alive m hog memory 83886080
	ok "a hog lives" soon says m
	ok "the rest was swapped out" [ "$(kernel m memory.swap.current)" -gt 33554432 ]
	is "none was killed" "$(counts m memory.events oom_kill)" 0
	is "a lower limit, checked before" \
		"$(echo '{"memory": {"limit": 8388608, "checkBeforeUpdate": true}}' |
			$L update -r - m 2>&1 | sed 's/usage [0-9]*/usage N/')" \
		"lorica: update m: linux.resources.memory.limit: rejecting memory limit 8388608: usage N"
	is "changes nothing" "$(kernel m memory.max)" 33554432
	gone m
	swapoff "$swapped"
	zramctl --reset "$swapped"
fi
# What is reserved is protected while others are squeezed.
resources '{"memory": {"limit": 134217728, "reservation": 67108864}}'
ok "with a reservation" alive m hog memory 50331648
ok "it has its memory" soon says m
is "no event of being below it" "$(counts m memory.events low)" 0
gone m

# ---- processors ----------------------------------------------------------
# used ID: microseconds so far.
used() { counts "$1" cpu.stat usage_usec; }
resources '{"cpu": {"quota": 10000, "period": 100000}}'
ok "a processor hog" alive c hog cpu 3000
ok "ends" soon sh -c "$L state c | grep -q stopped"
spent=$(used c)
ok "it had a tenth, give or take" between 150000 "$spent" 700000
ok "and was held back" [ "$(counts c cpu.stat nr_throttled)" -gt 10 ]
gone c
# An update takes hold while it runs.
resources {}
ok "without a limit" alive c hog cpu 60000
ok "limited" $L update --cpu-quota 5000 --cpu-period 100000 c
sleep 0.5
from=$(used c)
sleep 2
spent=$(($(used c) - from))
ok "it has a twentieth" between 10000 $spent 400000
gone c
# Two for one processor share it as their weights say.
resources '{"cpu": {"shares": 10240, "cpus": "0"}}'
ok "a heavy one" alive c1 hog cpu 60000
resources '{"cpu": {"shares": 128, "cpus": "0"}}'
ok "a light one" alive c2 hog cpu 60000
sleep 0.5
from1=$(used c1)
from2=$(used c2)
sleep 3
heavy=$(($(used c1) - from1))
light=$(($(used c2) - from2))
ok "the heavy one gets more" [ $heavy -gt $((light * 5)) ]
ok "the light one becomes the heavy one" $L update --cpu-share 262144 c2
ok "and the other idle" $L update --cpu-idle 1 c1
sleep 0.5
from1=$(used c1)
from2=$(used c2)
sleep 3
heavy=$(($(used c1) - from1))
light=$(($(used c2) - from2))
ok "and gets more" [ $light -gt $((heavy * 5)) ]
# In this order: the scheduler of Linux 6.1 lets what was idle wait until its
# neighbour has caught up, whatever its weight is meanwhile.
gone c2
gone c1
resources '{"cpu": {"cpus": "1"}}'
ok "on one processor" alive c hog cpu 1
ok "it tells" soon says c
is "it is allowed that one alone" "$(cat "$g/c.out")" "1 "
gone c
resources {}
ok "on all" alive c sh -c 'sleep 1; hog cpu 1; sleep 600'
is "what is there moves too" "$($L update --cpuset-cpus 0 c 2>&1)" ""
is "its first process" \
	"$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$(pid_of c)/status")" 0
ok "it tells" soon says c
is "and those that it makes" "$(cat "$g/c.out")" "0 "
gone c

# ---- io ------------------------------------------------------------------
# A megabyte at 256 KiB a second takes about three seconds; it is 64 of 16 KiB,
# which at 20 a second take about as long.
disk=$(findmnt -nro MAJ:MIN -T "$WORK")
node="major: ${disk%:*}, minor: ${disk#*:}"
dd if=/dev/zero of="$g/rootfs/blob" bs=16k count=64 oflag=direct 2>/dev/null
# io MEMBER RATE DD-WORDS...: how long does it take, in tenths?
io() {
	with ".linux.resources = {blockIO: {$1: [{$node, rate: $2}]}} |
		.root.readonly = false"
	shift 2
	config "$g" ".process.args = $(jq -nc '$ARGS.positional' --args -- busybox dd bs=16k count=64 "$@")"
	from=$(date +%s%N)
	timeout $((3 * patience)) $L run --bundle "$g" io 2>"$g/io.err" || cat "$g/io.err"
	echo $((($(date +%s%N) - from) / 100000000))
}
# slow NAME WORDS, as of io: slower than it was without a limit.
slow() {
	name=$1
	shift
	took=$(io "$@")
	ok "$name" between 20 "$took" 200
}
if [ -e "/sys/dev/block/$disk" ]; then
	took=$(io throttleReadBpsDevice 1073741824 if=/blob of=/dev/null iflag=direct)
	ok "reading alone is fast" between 0 "$took" 19
	slow "bytes read" throttleReadBpsDevice 262144 if=/blob of=/dev/null iflag=direct
	slow "reads" throttleReadIOPSDevice 20 if=/blob of=/dev/null iflag=direct
	slow "bytes written" throttleWriteBpsDevice 262144 if=/dev/zero of=/new oflag=direct
	slow "writes" throttleWriteIOPSDevice 20 if=/dev/zero of=/new oflag=direct
	rm -f "$g/rootfs/new"
	# While it runs.
	resources {}
	ok "reading for ever" alive io sh -c 'while busybox dd if=/blob of=/dev/null bs=16k iflag=direct 2>/dev/null; do :; done'
	ok "is throttled by an update" update io \
		'{"blockIO": {"throttleReadBpsDevice": [{"major": '${disk%:*}', "minor": '${disk#*:}', "rate": 65536}]}}'
	read_so_far() { sed -n "s/^$disk rbytes=\([0-9]*\).*/\1/p" "$beside/io/io.stat"; }
	sleep 1
	from=$(read_so_far)
	sleep 3
	did=$(($(read_so_far) - from))
	ok "as io.stat says" between 60000 $did 600000
	gone io
fi

# ---- huge pages ----------------------------------------------------------
pages=/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
if [ -e $pages ]; then
	was=$(cat $pages)
	echo 4 >$pages
	with '.linux.resources = {hugepageLimits: [{pageSize: "2MB", limit: 4194304}]} |
		.process.args = ["hog", "pages", "4194304"]'
	is "two huge pages" "$($L run --bundle "$g" h 2>&1)" "all of it"
	config "$g" '.process.args = ["hog", "pages", "8388608"]'
	is "four are too many" "$($L run --bundle "$g" h 2>&1)" ENOMEM
	echo "$was" >$pages
fi

# ---- rdma ----------------------------------------------------------------
if rdma_device; then
	verbs=$(echo /sys/class/infiniband_verbs/uverbs*)
	number=$(cat "$verbs/dev")
	device="type: \"c\", major: ${number%:*}, minor: ${number#*:}"
	with ".linux.resources = {rdma: {lorica_rxe: {hcaHandles: 3}},
		devices: [{allow: true, $device, access: \"rw\"}]} |
		.linux.devices = [{path: \"/dev/uverbs\", $device}] |
		del(.linux.namespaces[] | select(.type == \"network\"))"
	ok "contexts of an rdma device" alive r hog rdma /dev/uverbs 10
	ok "it tells" soon says r
	is "as many as it may have" "$(cat "$g/r.out")" "3 EAGAIN"
	is "the kernel counted them" "$(kernel r rdma.current | sed 's/ hca_object.*//')" \
		"lorica_rxe hca_handle=3"
	ok "kill" $L kill r KILL
	ok "they end" soon sh -c "$L state r | grep -q stopped"
	rdma_unlimited r
	gone r
fi
rdma_device_gone
