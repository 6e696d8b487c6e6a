# shellcheck shell=sh disable=SC2154 # set by run and lib
# update: each flag, what the engines send, what is kept, and that an error
# leaves what was there.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
needs root "update" || return 0
if ! has_controllers cpu cpuset io memory pids hugetlb; then
	skip "update" "it wants all controllers in version 2"
	return
fi
group_bundle update
resources {}
ok "alive" alive u
kept() { jq -c "$1" "$WORK/state/u/resources.json"; }

# flag WORDS FILE LINE WHERE VALUE: in the kernel's file, and kept.
flag() {
	# shellcheck disable=SC2086 # words
	ok "update $1" $L update $1 u
	is "$2 after $1" "$(kernel u "$2")" "$3"
	is "$4 is kept" "$(kept "$4")" "$5"
}
flag "--memory 64m" memory.max 67108864 .memory.limit 67108864
flag "--memory=65536k" memory.max 67108864 .memory.limit 67108864
flag "--memory-swap 100663296" memory.swap.max 33554432 .memory.swap 100663296
flag "--memory 80M" memory.swap.max 16777216 .memory.limit 83886080
flag "--memory-reservation 32m" memory.low 33554432 .memory.reservation 33554432
flag "--memory-swap -1" memory.swap.max max .memory.swap -1
flag "--memory -1" memory.max max .memory.limit -1
flag "--cpu-share 512" cpu.weight 59 .cpu.shares 512
flag "--cpu-quota 50000" cpu.max "50000 100000" .cpu.quota 50000
flag "--cpu-period 200000" cpu.max "50000 200000" .cpu.period 200000
flag "--cpu-burst 10000" cpu.max.burst 10000 .cpu.burst 10000
flag "--cpu-quota 40000" cpu.max "40000 200000" .cpu.burst 10000
flag "--cpu-idle 1" cpu.idle 1 .cpu.idle 1
flag "--cpu-idle 0" cpu.weight 59 .cpu.shares 512
flag "--cpuset-cpus 0-1" cpuset.cpus 0-1 .cpu.cpus '"0-1"'
flag "--cpuset-mems 0" cpuset.mems 0 .cpu.mems '"0"'
flag "--pids-limit 100" pids.max 100 .pids.limit 100
flag "--blkio-weight 100" io.weight "default 910" .blockIO.weight 100
flag "--pids-limit 101 --memory 1g --cpu-share 1024" pids.max 101 .memory.limit 1073741824
is "all of them at once" "$(kernel u memory.max) $(kernel u cpu.weight)" "1073741824 100"
is "what only version 1 has" "$($L update --cpu-rt-period 5 u 2>&1)" \
	"lorica: update u: linux.resources.cpu.realtimePeriod: cgroup v2 has no such limit"
ok "and no limit of it" $L update --cpu-rt-period 0 --cpu-rt-runtime 0 u

# A document: a file or the standard input, whichever way it is said; flags
# beside it are ignored.
document='{"pids": {"limit": 55}}'
printf %s "$document" >"$g/r.json"
for spelling in "--resources $g/r.json" "--resources=$g/r.json" "-r $g/r.json" \
	"--resources -" "--resources=-" "-r -" "-r=-" "-resources -" \
	"--resources - --pids-limit 77"; do
	$L update --pids-limit 5 u
	# shellcheck disable=SC2086 # words
	ok "update $spelling" $L update $spelling u <"$g/r.json"
	is "pids.max after $spelling" "$(kernel u pids.max)" 55
done

# What engines send. containerd for CRI:
ok "containerd's" update u '{"cpu":{"shares":2048,"quota":100000,"period":100000,"cpus":"0","mems":""},"memory":{"limit":268435456,"swap":268435456},"unified":{"memory.oom.group":"1"}}'
is "it is in force" \
	"$(for f in cpu.weight cpu.max cpuset.cpus memory.max memory.swap.max memory.oom.group; do kernel u $f; done | tr '\n' ' ')" \
	"174 100000 100000 0 268435456 0 1 "
# CRI-O, with zeros for what is not meant:
ok "CRI-O's" update u '{"memory":{"limit":0,"swap":0,"reservation":0,"kernel":0,"kernelTCP":0},"cpu":{"shares":0,"quota":0,"period":0,"realtimeRuntime":0,"realtimePeriod":0,"cpus":"1","mems":""},"pids":null,"blockIO":{"weight":0}}'
is "what is zero stays" "$(kernel u memory.max) $(kernel u cpu.weight) $(kernel u cpuset.cpus)" "268435456 174 1"
is "and stays kept" "$(kept '[.memory.limit, .cpu.shares, .cpu.quota, .cpu.cpus]')" '[268435456,2048,100000,"1"]'
# Podman's whole set, with its device rules:
ok "Podman's" update u '{"devices":[{"allow":false,"access":"rwm"}],"memory":{"limit":134217728,"swap":268435456},"cpu":{"shares":1024},"pids":{"limit":2048},"blockIO":{"weight":500}}'
is "it is in force" "$(kernel u memory.swap.max) $(kernel u pids.max) $(kernel u io.weight)" \
	"134217728 2048 default 4950"
is "the rest is as it was" "$(kernel u cpu.max) $(kernel u cpuset.cpus)" "100000 100000 1"

# ---- errors leave the old values --------------------------------------------
disk=$(findmnt -nro MAJ:MIN -T "$WORK")
files="memory.max memory.low memory.swap.max cpu.weight cpu.max cpu.max.burst
	cpu.idle cpuset.cpus cpuset.mems pids.max io.weight io.max memory.high
	hugetlb.2MB.max"
all() {
	for f in $files; do
		echo "$f: $(kernel u "$f")"
	done
	cat "$WORK/state/u/resources.json"
}
ok "limits to keep" update u \
	'{"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}], "blockIO": {"throttleReadBpsDevice": [{"major": '${disk%:*}', "minor": '${disk#*:}', "rate": 9000000}]}}'
all >"$g/was"
# failed NAME DOCUMENT MESSAGE
failed() {
	has "$1" "$(update u "$2" 2>&1)" "lorica: update u: $3"
	is "$1: all is as it was" "$(all | diff "$g/was" -)" ""
}
much='"memory": {"limit": 67108864, "swap": 100663296, "reservation": 1048576}, "cpu": {"shares": 2, "quota": 5000, "period": 50000, "burst": 1000, "idle": 1, "mems": "0"}, "pids": {"limit": 3}, "blockIO": {"weight": 10, "throttleReadBpsDevice": [{"major": '${disk%:*}', "minor": '${disk#*:}', "rate": 5}], "throttleWriteIOPSDevice": [{"major": '${disk%:*}', "minor": '${disk#*:}', "rate": 7}]}, "hugepageLimits": [{"pageSize": "2MB", "limit": 2097152}]'
failed "a file that is not there" "{$much, \"unified\": {\"memory.high\": \"1000000000\", \"memory.nothing\": \"1\"}}" \
	"linux.resources.unified.memory.nothing: write \"1\" to memory.nothing: no such file or directory"
failed "processors that are not there" '{"memory": {"limit": 67108864, "swap": 67108864}, "cpu": {"shares": 5, "cpus": "4000"}}' \
	"linux.resources.cpu.cpus: write \"4000\" to cpuset.cpus: *"
failed "a disk that is not there" '{"memory": {"limit": 67108864, "swap": 67108864}, "blockIO": {"throttleReadBpsDevice": [{"major": 240, "minor": 77, "rate": 5}]}}' \
	"linux.resources.blockIO.throttleReadBpsDevice: write \"240:77 rbps=5\" to io.max: *"
failed "swap without memory" '{"pids": {"limit": 3}, "memory": {"limit": -1, "swap": 5000000}}' \
	"linux.resources.memory.swap: includes memory, so it needs memory.limit too"
failed "no JSON" '{"pids": {"limit": 3}' "*"
failed "another type" '{"pids": {"limit": "3"}}' "pids.limit: expected a number"
failed "no object" '[]' "*"
failed "nothing" '' "*"
is "a file that is not there" "$($L update -r "$g/none" u 2>&1)" \
	"lorica: update u: --resources $g/none: no such file or directory"
# Where the change cannot be kept it is not made either.
rm -f "$WORK/state/u/.resources.json"
mkdir "$WORK/state/u/.resources.json"
failed "a state that cannot be written" "{$much}" "write resources.json: *"
rmdir "$WORK/state/u/.resources.json"
ok "and then it can" update u "{$much}"
is "all of it" "$(kernel u memory.max) $(kernel u pids.max) $(kernel u cpu.idle)" "67108864 3 1"
gone u

# A container that is created, and one that is paused, can be updated too.
resources {}
ok "create" $L create --bundle "$g" u
ok "update of a created one" $L update --pids-limit 9 u
is "pids.max" "$(kernel u pids.max)" 9
ok "start" $L start u
ok "pause" $L pause u
ok "update of a paused one" $L update --pids-limit 10 u
is "pids.max" "$(kernel u pids.max)" 10
is "it stays paused" "$(status_of u)" paused
# Two updates at once: each waits for the other, and neither is lost.
$L update --memory 100m u &
one=$!
$L update --pids-limit 11 u
wait $one
is "both are in force" "$(kernel u memory.max) $(kernel u pids.max)" "104857600 11"
is "and kept" "$(kept '[.memory.limit, .pids.limit]')" "[104857600,11]"
gone u
