# shellcheck shell=sh disable=SC2154 # set by run
# The members of linux, seen from the inside. Resources are for the unit tests.
probe_bundle

# ---- namespaces --------------------------------------------------------
# A listed one is new, and one that is not listed is the caller's.
inode() {
	stat -L -c %i "/proc/self/ns/$1"
}
maps='[{containerID: 0, hostID: 100000, size: 65536}]'
new_user=".linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = $maps | .linux.gidMappings = $maps"
[ "$(id -u)" = 0 ] || new_user='.linux.namespaces += [{type: "network"}]'
field 'linux.namespaces[].type' \
	".linux.namespaces += [{type: \"time\"}] | $new_user" \
	".namespaces | .pid != $(inode pid), .ipc != $(inode ipc),
	.uts != $(inode uts), .mnt != $(inode mnt), .net != $(inode net),
	.cgroup != $(inode cgroup), .time != $(inode time),
	.user != $(inode user)" "$(yes true | head -8)"
for pair in uts:uts ipc:ipc cgroup:cgroup; do
	kind=${pair%:*}
	field 'linux.namespaces[].type' \
		"del(.hostname) | (.mounts |= map(select(.destination != \"/dev/mqueue\"))) | .linux.namespaces |= map(select(.type != \"$kind\"))" \
		".namespaces.${pair#*:}" "$(inode "${pair#*:}")"
done
# An ordinary user has nothing to join.
if needs root "linux.namespaces[].path"; then
	unshare --net --ipc --uts --cgroup --time --fork sh -c 'echo $$; exec sleep 600' \
		>"$WORK/holder" &
	await test -s "$WORK/holder"
	holder=$(cat "$WORK/holder")
	for pair in network:net ipc:ipc uts:uts cgroup:cgroup time:time; do
		kind=${pair%:*}
		path=/proc/$holder/ns/${pair#*:}
		field 'linux.namespaces[].path' \
			"del(.hostname) | (.linux.namespaces |= map(select(.type != \"$kind\"))) | .linux.namespaces += [{type: \"$kind\", path: \"$path\"}]" \
			".namespaces.${pair#*:}" "$(stat -L -c %i "$path")"
	done
	kill "$holder"
	wait
fi

# ---- user namespace ----------------------------------------------------
if [ "$(id -u)" = 0 ]; then
	field 'linux.uidMappings[].containerID linux.uidMappings[].hostID linux.uidMappings[].size linux.gidMappings[].containerID linux.gidMappings[].hostID linux.gidMappings[].size' \
		"$new_user | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}, {containerID: 20, hostID: 200000, size: 3}] | .linux.gidMappings = [{containerID: 0, hostID: 300000, size: 7}, {containerID: 30, hostID: 400000, size: 4}]" \
		'[.maps.uid_map, .maps.gid_map]' \
		'[[[0,100000,10],[20,200000,3]],[[0,300000,7],[30,400000,4]]]'
else
	field 'linux.uidMappings[].hostID linux.gidMappings[].hostID' '.' \
		'[.maps.uid_map, .maps.gid_map, .maps.setgroups]' \
		"[[[0,$(id -u),1]],[[0,$(id -g),1]],[\"deny\"]]"
fi
field 'linux.timeOffsets{}.secs linux.timeOffsets{}.nanosecs' \
	'.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 864000, nanosecs: 5}, monotonic: {secs: 432000, nanosecs: 7}}' \
	'.clocks.offsets | gsub(" +"; " ")' \
	'"monotonic 432000 7\nboottime 864000 5"'
field 'linux.timeOffsets{}.secs linux.timeOffsets{}.nanosecs' \
	'.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: -1, nanosecs: 5}, monotonic: {secs: -5, nanosecs: 7}}' \
	'.clocks.offsets | gsub(" +"; " ")' \
	'"monotonic -5 7\nboottime -1 5"'

# ---- the kernel's knobs ------------------------------------------------
field 'linux.sysctl{}' \
	'.linux.sysctl = {"kernel.msgmax": "8000", "fs/mqueue/msg_max": "11"}' \
	'[."read:/proc/sys/kernel/msgmax", ."read:/proc/sys/fs/mqueue/msg_max"]' \
	'["8000","11"]' \
	read:/proc/sys/kernel/msgmax read:/proc/sys/fs/mqueue/msg_max
field linux.personality.domain '.linux.personality = {domain: "LINUX32"}' \
	.process.personality 8
field linux.personality.domain '.linux.personality = {domain: "LINUX"}' \
	.process.personality 0
field_refused 'linux.personality.flags[]' \
	'.linux.personality = {domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"]}' \
	'config.json: linux.personality.flags[0]: the specification has no such flag'
field 'linux.memoryPolicy.mode linux.memoryPolicy.nodes linux.memoryPolicy.flags[]' \
	'.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}' \
	'.memoryPolicy | [.mode, .flags, .nodes]' '[2,32768,1]'
field linux.rootfsPropagation '.linux.rootfsPropagation = "shared"' \
	'[.mounts[] | select(.place == "/")][0].propagation[0] | .[:7]' '"shared:"'
field linux.rootfsPropagation '.linux.rootfsPropagation = "private"' \
	'[.mounts[] | select(.place == "/")][0].propagation' '[]'

# ---- classes of service --------------------------------------------------
# What each member does is shown by tests/unit/rdt, as hardly a machine can.
if grep -q '^resctrl ' /proc/filesystems || [ -d /sys/fs/resctrl/info ]; then
	claim linux.intelRdt.closID 'linux.intelRdt.schemata[]' \
		linux.intelRdt.l3CacheSchema linux.intelRdt.memBwSchema \
		linux.intelRdt.enableMonitoring
	skip "linux.intelRdt is refused" "this machine may have resctrl"
else
	for member in 'closID: "x"' 'schemata[]: ["L3:0=f"]' \
		'l3CacheSchema: "L3:0=f"' 'memBwSchema: "MB:0=50"' \
		'enableMonitoring: true'; do
		field_refused "linux.intelRdt.${member%%:*}" \
			".linux.intelRdt = {$(printf %s "$member" | sed 's/\[\]//')}" \
			'linux.intelRdt: not supported on this machine: no resctrl file system is mounted on /sys/fs/resctrl'
	done
fi
intel_rdt() {
	field_refused "linux.intelRdt.$1" ".linux.intelRdt = {$2}" \
		"config.json: linux.intelRdt.$3"
}
intel_rdt closID 'closID: 1' 'closID: expected a string'
intel_rdt 'schemata[]' 'schemata: [1]' 'schemata[0]: expected a string'
intel_rdt l3CacheSchema 'l3CacheSchema: 1' 'l3CacheSchema: expected a string'
intel_rdt memBwSchema 'memBwSchema: 1' 'memBwSchema: expected a string'
intel_rdt enableMonitoring 'enableMonitoring: 1' \
	'enableMonitoring: expected true or false'

# ---- seccomp -----------------------------------------------------------
profile='.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
calls='.process.args = ["probe", "call", "getpgid", "0"]'
rule="$profile | .linux.seccomp.syscalls = [{names: [\"getpgid\"], action: \"SCMP_ACT_ERRNO\"}]"
field linux.seccomp.defaultAction "$profile" \
	'.security | [.seccomp, .filters]' '[2,1]'
field 'linux.seccomp.syscalls[].names[] linux.seccomp.syscalls[].action' \
	"$rule | $calls" .errno '"EPERM"'
field 'linux.seccomp.syscalls[].errnoRet' \
	"$rule | $calls | .linux.seccomp.syscalls[0].errnoRet = 62" .errno '"ETIME"'
field linux.seccomp.defaultErrnoRet \
	"$calls"' | .linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 61, syscalls: [{names: ["execve", "arch_prctl", "brk", "exit_group", "fcntl", "fstat", "newfstatat", "getrandom", "mprotect", "prctl", "prlimit64", "capget", "readlink", "readlinkat", "rseq", "set_robust_list", "set_tid_address", "write", "writev", "sendmsg", "recvmsg", "getresuid", "getresgid", "seccomp", "mmap", "munmap", "close", "sigaltstack", "rt_sigprocmask", "futex"], action: "SCMP_ACT_ALLOW"}]}' \
	.errno '"ENODATA"'
# The arguments: which, by what operator, with what values.
argued() {
	field 'linux.seccomp.syscalls[].args[].index linux.seccomp.syscalls[].args[].value linux.seccomp.syscalls[].args[].op linux.seccomp.syscalls[].args[].valueTwo' \
		"$rule | .linux.seccomp.syscalls[0].names = [\"personality\"] | .linux.seccomp.syscalls[0].args = [$1] | .process.args = [\"probe\", \"call\", \"personality\", \"$2\", \"$3\"]" \
		.errno "$4"
}
argued '{index: 0, value: 4294967295, op: "SCMP_CMP_EQ"}' 0xffffffff 0 '"EPERM"'
argued '{index: 0, value: 4294967295, op: "SCMP_CMP_NE"}' 0xffffffff 0 null
argued '{index: 1, value: 5, op: "SCMP_CMP_GE"}' 0xffffffff 5 '"EPERM"'
argued '{index: 1, value: 5, op: "SCMP_CMP_GE"}' 0xffffffff 4 null
argued '{index: 1, value: 5, op: "SCMP_CMP_GT"}' 0xffffffff 5 null
argued '{index: 1, value: 5, op: "SCMP_CMP_LE"}' 0xffffffff 5 '"EPERM"'
argued '{index: 1, value: 5, op: "SCMP_CMP_LT"}' 0xffffffff 5 null
argued '{index: 1, value: 12, valueTwo: 4, op: "SCMP_CMP_MASKED_EQ"}' \
	0xffffffff 7 '"EPERM"'
argued '{index: 1, value: 12, valueTwo: 4, op: "SCMP_CMP_MASKED_EQ"}' \
	0xffffffff 15 null
if [ "$(uname -m)" = x86_64 ]; then
	# int 0x80 with i386's number of getpgid.
	both="$rule | .process.args = [\"probe\", \"call32\", \"132\"] | .linux.seccomp.architectures = "
	field 'linux.seccomp.architectures[]' \
		"$both"'["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]' .errno '"EPERM"'
	probed "$both"'["SCMP_ARCH_X86_64"]'
	is "a call of another architecture kills" "$status $out" "159 "
fi
field_refused 'linux.seccomp.flags[]' \
	"$profile"' | .linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]' \
	'config.json: linux.seccomp.flags: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a rule with SCMP_ACT_NOTIFY'

# An agent gets the listener with the state, and answers for the kernel.
probe_bundle
"$PROBE" agent "$WORK/agent.sock" 4242 >"$WORK/agent" &
agent=$!
field 'linux.seccomp.listenerPath linux.seccomp.listenerMetadata' \
	"$rule | $calls | .linux.seccomp.syscalls[0].action = \"SCMP_ACT_NOTIFY\" | .linux.seccomp.listenerPath = \"$WORK/agent.sock\" | .linux.seccomp.listenerMetadata = \"for the agent\"" \
	.result 4242
wait "$agent"
is "the agent's message" \
	"$(jq -c '.ociVersion, .fds, .metadata, .state.id, .state.status, (.pid == .state.pid)' "$WORK/agent")" \
	'"1.3.0"
["seccompFd"]
"for the agent"
"c"
"creating"
true'

# ---- paths -------------------------------------------------------------
field 'linux.maskedPaths[]' '.linux.maskedPaths = ["/proc/cpuinfo", "/proc/irq"]' \
	'[."read:/proc/cpuinfo", ."list:/proc/irq"]' '["",[]]' \
	read:/proc/cpuinfo list:/proc/irq
field 'linux.maskedPaths[]' '.linux.maskedPaths = []' \
	'."read:/proc/cpuinfo" != ""' true read:/proc/cpuinfo
field 'linux.readonlyPaths[]' '.linux.readonlyPaths = ["/dev/shm"]' \
	'."write:/dev/shm"' '"EROFS"' write:/dev/shm
field 'linux.readonlyPaths[]' '.linux.readonlyPaths = []' \
	'."write:/dev/shm"' null write:/dev/shm

# ---- devices -----------------------------------------------------------
if [ "$(id -u)" = 0 ]; then
	field 'linux.devices[].path linux.devices[].type linux.devices[].major linux.devices[].minor linux.devices[].fileMode linux.devices[].uid linux.devices[].gid' \
		'.linux.devices = [{path: "/dev/mine", type: "c", major: 1, minor: 5, fileMode: 416, uid: 8, gid: 9}]' \
		'.devices.mine | [.kind, .major, .minor, .mode, .uid, .gid]' \
		'["char",1,5,416,8,9]'
	field 'linux.devices[].type' \
		'.linux.devices = [{path: "/dev/a", type: "b", major: 7, minor: 200, fileMode: 384}, {path: "/dev/b", type: "p", fileMode: 384}, {path: "/dev/c", type: "u", major: 1, minor: 3, fileMode: 384}]' \
		'.devices | [.a.kind, .b.kind, .c.kind]' '["block","pipe","char"]'
else
	field 'linux.devices[].path' \
		'.linux.devices = [{path: "/dev/null", type: "c", major: 1, minor: 3}]' \
		'.devices.null | [.kind, .major, .minor]' '["char",1,3]'
fi
field 'linux.devices[].path' \
	'.linux.devices = [{path: "/dev/ptmx", type: "c", major: 5, minor: 2}]' \
	.devices.ptmx.target '"pts/ptmx"'
field 'linux.devices[].path' '.' \
	'.devices | [(.null, .zero, .full, .random, .urandom, .tty | .minor), .ptmx.target, .stdin.target]' \
	'[3,5,7,8,9,0,"pts/ptmx","/proc/self/fd/0"]'
