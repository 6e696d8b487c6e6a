# shellcheck shell=sh disable=SC2154 # set by run
# The members of linux.resources that version 2 of cgroups does not have; the
# others are written to files of the kernel, which the unit tests look at: their
# rows claim. Device rules and the real files are in 80-cgroup.sh.
unit=$(dirname "$LORICA")/unit
if [ -x "$unit" ]; then
	ok "the unit tests of resources" env CLAIMS="$WORK/claimed" "$unit" \
		--filter 'cgroup_resources/*'
fi

# only_v1 FIELDS RESOURCES: an error when it is set to something.
only_v1() {
	field_refused "$1" ".linux.resources = $2" \
		"config.json: linux.resources.$3: cgroup v2 has no such limit"
}
r=linux.resources
only_v1 $r.memory.kernel '{memory: {kernel: 1000}}' memory.kernel
only_v1 $r.memory.kernelTCP '{memory: {kernelTCP: 1000}}' memory.kernelTCP
only_v1 $r.memory.swappiness '{memory: {swappiness: 60}}' memory.swappiness
only_v1 $r.memory.disableOOMKiller '{memory: {disableOOMKiller: true}}' \
	memory.disableOOMKiller
only_v1 $r.cpu.realtimeRuntime '{cpu: {realtimeRuntime: 5000}}' \
	cpu.realtimeRuntime
only_v1 $r.cpu.realtimePeriod '{cpu: {realtimePeriod: 5000}}' cpu.realtimePeriod
only_v1 $r.blockIO.leafWeight '{blockIO: {leafWeight: 10}}' blockIO.leafWeight
only_v1 "$r.blockIO.weightDevice[].leafWeight" \
	'{blockIO: {weightDevice: [{major: 8, minor: 0, leafWeight: 10}]}}' \
	'blockIO.weightDevice[0].leafWeight'
only_v1 $r.network.classID '{network: {classID: 1}}' network.classID
only_v1 "$r.network.priorities[].name $r.network.priorities[].priority" \
	'{network: {priorities: [{name: "eth0", priority: 1}]}}' network.priorities
for member in name:string priority:number; do
	field_refused "$r.network.priorities[].${member%:*}" \
		".linux.resources = {network: {priorities: [{name: \"eth0\", priority: 1} | .${member%:*} = []]}}" \
		"config.json: linux.resources.network.priorities[0].${member%:*}: expected a ${member#*:}"
done
# A hierarchy is what version 2 always is.
field_refused $r.memory.useHierarchy \
	'.linux.resources = {memory: {useHierarchy: 1}}' \
	"config.json: $r.memory.useHierarchy: expected true or false"
probed '.linux.resources += {memory: {kernel: 0, kernelTCP: -1, swappiness: 0, disableOOMKiller: false, useHierarchy: true}, cpu: {realtimeRuntime: 0, realtimePeriod: 0}, blockIO: {leafWeight: 0, weightDevice: [{major: 8, minor: 0, leafWeight: 0}]}, network: {classID: 0, priorities: []}}'
is "and nothing when it is not" "$status $err" "0 "
