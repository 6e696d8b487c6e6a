# shellcheck shell=sh disable=SC2154 # set by run and lib
# Each limit of linux.resources: what the kernel's file says when the container
# is made with it, and after an update to another.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
needs root "what the kernel's files say" || return 0
if ! has_controllers cpu cpuset io memory hugetlb pids rdma; then
	skip "what the kernel's files say" "it wants all controllers in version 2"
	return
fi
group_bundle limits

# limit FILE RESOURCES LINE [RESOURCES LINE]...: made with the first, updated to
# each of the others; of a file with a line for each device one line is meant.
limit() {
	file=$1
	resources "{$2}"
	if ok "made with $2" $L create --bundle "$g" l; then
		is "$file: made with $2" "$(kernel l "$file" | grep -Fx "$3")" "$3"
		shift 3
		while [ $# -gt 0 ]; do
			ok "updated to $1" update l "{$1}"
			is "$file: updated to $1" "$(kernel l "$file" | grep -Fx "$2")" "$2"
			shift 2
		done
	fi
	[ "$file" != rdma.max ] || rdma_unlimited l
	gone l
}

limit memory.max '"memory": {"limit": 67108864}' 67108864 \
	'"memory": {"limit": 134217728}' 134217728 \
	'"memory": {"limit": 0}' 134217728 \
	'"memory": {"limit": -1}' max
limit memory.low '"memory": {"reservation": 33554432}' 33554432 \
	'"memory": {"reservation": 16777216}' 16777216 \
	'"memory": {"reservation": -1}' max
limit memory.swap.max '"memory": {"limit": 67108864, "swap": 100663296}' 33554432 \
	'"memory": {"swap": 67108864}' 0 \
	'"memory": {"limit": 33554432}' 33554432 \
	'"memory": {"swap": -1}' max \
	'"memory": {"limit": 33554432, "swap": 33554432}' 0 \
	'"memory": {"limit": -1}' max
limit memory.max '"memory": {"limit": 67108864, "checkBeforeUpdate": true}' 67108864 \
	'"memory": {"limit": 33554432}' 33554432

limit cpu.weight '"cpu": {"shares": 1024}' 100 \
	'"cpu": {"shares": 512}' 59 \
	'"cpu": {"shares": 0}' 59 \
	'"cpu": {"shares": 2}' 1 \
	'"cpu": {"shares": 262144}' 10000
limit cpu.max '"cpu": {"quota": 50000, "period": 100000}' "50000 100000" \
	'"cpu": {"quota": 20000}' "20000 100000" \
	'"cpu": {"period": 50000}' "20000 50000" \
	'"cpu": {"quota": -1}' "max 50000"
limit cpu.max '"cpu": {"period": 20000}' "max 20000" '"cpu": {"quota": 5000}' "5000 20000"
limit cpu.max.burst '"cpu": {"quota": 50000, "period": 100000, "burst": 20000}' 20000 \
	'"cpu": {"burst": 10000}' 10000 \
	'"cpu": {"quota": 5000, "burst": 5000}' 5000 \
	'"cpu": {"burst": 0}' 0
limit cpu.idle '"cpu": {"idle": 1}' 1 '"cpu": {"idle": 0}' 0
# An idle cgroup has no weight; it gets back the one that was asked for.
limit cpu.weight '"cpu": {"shares": 512, "idle": 1}' 0 \
	'"cpu": {"idle": 0}' 59
limit cpu.weight '"cpu": {"idle": 1}' 0 '"cpu": {"shares": 512}' 0 '"cpu": {"idle": 0}' 59
limit cpu.idle '"cpu": {"idle": 1}' 1 '"cpu": {"shares": 512}' 1
limit cpuset.cpus '"cpu": {"cpus": "0"}' 0 '"cpu": {"cpus": "1"}' 1 '"cpu": {"cpus": "0-1"}' 0-1
limit cpuset.mems '"cpu": {"mems": "0"}' 0 '"cpu": {"mems": "0"}' 0

limit pids.max '"pids": {"limit": 20}' 20 \
	'"pids": {"limit": 0}' 0 \
	'"pids": {"limit": -1}' max
limit pids.max '"pids": {"limit": 0}' 0 '"pids": {"limit": 7}' 7
limit pids.max '"pids": {"limit": -1}' max '"pids": {"limit": 7}' 7

# The disk that our files are on.
disk=$(findmnt -nro MAJ:MIN -T "$WORK")
node='"major": '${disk%:*}', "minor": '${disk#*:}
# throttled MEMBER LINE LINE: io.max says so, for the rates 1000000 and 2000000.
throttled() {
	limit io.max '"blockIO": {"'"$1"'": [{'"$node"', "rate": 1000000}]}' "$disk $2" \
		'"blockIO": {"'"$1"'": [{'"$node"', "rate": 2000000}]}' "$disk $3"
}
# weighted FILE WEIGHT LINE WEIGHT LINE: of that disk alone.
weighted() {
	limit "$1" '"blockIO": {"weightDevice": [{'"$node"', "weight": '"$2"'}]}' "$disk $3" \
		'"blockIO": {"weightDevice": [{'"$node"', "weight": '"$4"'}]}' "$disk $5"
}
throttled throttleReadBpsDevice "rbps=1000000 wbps=max riops=max wiops=max" \
	"rbps=2000000 wbps=max riops=max wiops=max"
throttled throttleWriteBpsDevice "rbps=max wbps=1000000 riops=max wiops=max" \
	"rbps=max wbps=2000000 riops=max wiops=max"
throttled throttleReadIOPSDevice "rbps=max wbps=max riops=1000000 wiops=max" \
	"rbps=max wbps=max riops=2000000 wiops=max"
throttled throttleWriteIOPSDevice "rbps=max wbps=max riops=max wiops=1000000" \
	"rbps=max wbps=max riops=max wiops=2000000"
limit io.max '"blockIO": {"throttleReadBpsDevice": [{'"$node"', "rate": 5000}], "throttleWriteIOPSDevice": [{'"$node"', "rate": 100}]}' \
	"$disk rbps=5000 wbps=max riops=max wiops=100"
limit io.weight '"blockIO": {"weight": 500}' "default 4950" \
	'"blockIO": {"weight": 10}' "default 1" \
	'"blockIO": {"weight": 1000}' "default 10000"
# Weights of one disk need the model of what its requests cost.
echo "$disk enable=1" >$v2/io.cost.qos
weighted io.weight 100 910 1000 10000
echo "$disk enable=0" >$v2/io.cost.qos
# With the scheduler that has weights of its own.
modprobe bfq 2>/dev/null
queue=/sys/dev/block/$disk/queue/scheduler
was=$(sed 's/.*\[\(.*\)\].*/\1/' "$queue")
if echo bfq >"$queue"; then
	limit io.bfq.weight '"blockIO": {"weight": 500}' "default 500" \
		'"blockIO": {"weight": 1000}' "default 1000"
	weighted io.bfq.weight 100 100 1000 1000
	echo "$was" >"$queue"
fi
# Its files would be there for what comes after this.
[ ! -d /sys/module/bfq ] || ok "bfq can go" await modprobe -r bfq

for pages in /sys/kernel/mm/hugepages/*; do
	pages=${pages##*-}
	pages=$((${pages%kB} >> 10))
	[ $pages -lt 1024 ] && pages=${pages}MB || pages=$((pages >> 10))GB
	for file in "hugetlb.$pages.max" "hugetlb.$pages.rsvd.max"; do
		limit "$file" '"hugepageLimits": [{"pageSize": "'$pages'", "limit": 2147483648}]' 2147483648 \
			'"hugepageLimits": [{"pageSize": "'$pages'", "limit": 0}]' 0
	done
done

if rdma_device; then
	limit rdma.max '"rdma": {"lorica_rxe": {"hcaHandles": 3, "hcaObjects": 100}}' \
		"lorica_rxe hca_handle=3 hca_object=100" \
		'"rdma": {"lorica_rxe": {"hcaHandles": 5}}' \
		"lorica_rxe hca_handle=5 hca_object=100"
	limit rdma.max '"rdma": {"lorica_rxe": {"hcaObjects": 0}}' \
		"lorica_rxe hca_handle=max hca_object=0"
fi
rdma_device_gone
resources '{"rdma": {"none0": {"hcaHandles": 3}}}'
is "a device that is not there" "$($L run --bundle "$g" l 2>&1)" \
	'lorica: run l: linux.resources.rdma: write "none0 hca_handle=3" to rdma.max: no such device'

limit memory.high '"unified": {"memory.high": "67108864"}' 67108864 \
	'"unified": {"memory.high": "max"}' max
limit memory.max '"memory": {"limit": 67108864}, "unified": {"memory.max": "134217728"}' \
	134217728 '"unified": {"memory.max": "33554432"}' 33554432
limit io.max '"unified": {"io.max": "'"$disk rbps=65536\n$disk wiops=5"'"}' \
	"$disk rbps=65536 wbps=max riops=max wiops=5"
resources '{"unified": {"memory.nothing": "1"}}'
is "a file that is not there" "$($L run --bundle "$g" l 2>&1)" \
	'lorica: run l: linux.resources.unified.memory.nothing: write "1" to memory.nothing: no such file or directory'
is "leaves nothing" "$(ls "$WORK/state")" ""

# What only version 1 has is refused in an update as in a configuration, and
# ignored when it asks for nothing.
resources {}
ok "alive" $L create --bundle "$g" l
was=$(kernel l pids.max)
for only in '"memory": {"kernel": 1000}' '"memory": {"kernelTCP": 1000}' \
	'"memory": {"swappiness": 60}' '"memory": {"disableOOMKiller": true}' \
	'"cpu": {"realtimeRuntime": 5000}' '"cpu": {"realtimePeriod": 5000}' \
	'"blockIO": {"leafWeight": 10}' '"network": {"classID": 1}' \
	'"network": {"priorities": [{"name": "eth0", "priority": 1}]}'; do
	has "update to $only" "$(update l "{\"pids\": {\"limit\": 5}, $only}" 2>&1)" \
		"lorica: update l: linux.resources.*: cgroup v2 has no such limit"
	is "and nothing else either" "$(kernel l pids.max)" "$was"
done
ok "zeros are ignored" update l '{"memory": {"kernel": 0, "kernelTCP": 0, "swappiness": 0, "disableOOMKiller": false},
	"cpu": {"realtimeRuntime": 0, "realtimePeriod": 0},
	"blockIO": {"leafWeight": 0}, "network": {"classID": 0, "priorities": []}}'
gone l
