# shellcheck shell=sh disable=SC2154 # set by run
# The members of process, seen from the inside: each fails when it is ignored.
field process.cwd '.process.cwd = "/tmp"' .process.cwd '"/tmp"'
field 'process.args[]' '.process.args += ["a b", ""]' '.args[2:]' '["a b",""]'
field 'process.env[]' '.process.env = ["PATH=/bin", "A=b=c", "E="]' .env \
	'["PATH=/bin","A=b=c","E=","HOME=/"]'
field 'process.env[]' '.process.env = ["HOME=/tmp"]' .env '["HOME=/tmp"]'
field process.terminal '.process.terminal = true' \
	'.terminal | .isatty, .controlling' "true
true"
field process.terminal '.' .terminal.controlling false
field 'process.consoleSize.height process.consoleSize.width' \
	'.process.terminal = true | .process.consoleSize = {height: 31, width: 117}' \
	'.terminal | [.height, .width]' '[31,117]'
field process.user.umask '.process.user.umask = 63' .ids.umask 63
field process.user.umask '.' .ids.umask 18

# Ambient needs permitted and inheritable; 1 is DAC_OVERRIDE, 5 KILL, 0 CHOWN.
sets='{bounding: ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL"], permitted: ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_KILL"], inheritable: ["CAP_CHOWN", "CAP_DAC_OVERRIDE"], effective: ["CAP_KILL"], ambient: ["CAP_CHOWN"]}'
# A root program gets all that is bounding or inheritable by its exec.
field 'process.capabilities.bounding[] process.capabilities.inheritable[]' \
	".process.capabilities = $sets" \
	'.capabilities | [.bounding, .inheritable]' '[[0,1,3,5],[0,1]]'
field 'process.capabilities.ambient[]' ".process.capabilities = $sets" \
	.capabilities.ambient '[0]'
# An ordinary user has one id to map.
if needs root process.user; then
	# Another user keeps just the ambient ones over its exec; but root with
	# none of these bounds shows what was permitted.
	field 'process.capabilities.permitted[]' \
		".process.user.uid = 7 | .process.capabilities = $sets" \
		.capabilities.permitted '[0]'
	# Only what is effective lets the kernel run a program that its user
	# may not.
	probe_bundle
	cp "$PROBE" "$WORK/probe/rootfs/bin/closed"
	chmod 700 "$WORK/probe/rootfs/bin/closed"
	closed='.process.args[0] = "closed" | .process.user.uid = 7 | .process.capabilities = {bounding: ["CAP_DAC_OVERRIDE"], permitted: ["CAP_DAC_OVERRIDE"]}'
	field 'process.capabilities.effective[]' \
		"$closed | .process.capabilities.effective = [\"CAP_DAC_OVERRIDE\"]" \
		.ids.uid[0] 7
	field_refused 'process.capabilities.effective[]' "$closed" \
		'exec: "closed": permission denied'
	# Loading a filter needs a capability that the change of user must not
	# have taken away.
	field 'linux.seccomp.defaultAction process.user.uid' \
		'.process.noNewPrivileges = false | .process.user.uid = 12 | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}' \
		'[.security.filters, .security.noNewPrivs, .ids.uid[0]]' '[1,false,12]'
	field 'process.user.uid process.user.gid' \
		'.process.user = {uid: 12, gid: 34}' '.ids | [.uid, .gid]' \
		'[[12,12,12,12],[34,34,34,34]]'
	field 'process.user.additionalGids[]' \
		'.process.user.additionalGids = [7, 99]' .ids.groups '[7,99]'
	field process.oomScoreAdj '.process.oomScoreAdj = 0' \
		.process.oomScoreAdj 0
fi

field 'process.rlimits[].type process.rlimits[].soft process.rlimits[].hard' \
	'.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 99, hard: 100}]' \
	.rlimits.NOFILE '[99,100]'
limits='AS CORE CPU DATA FSIZE LOCKS MSGQUEUE NOFILE NPROC RSS RTTIME SIGPENDING STACK'
# The address space so large that a sanitizer's shadow fits.
field 'process.rlimits[].type' "[\"${limits##AS }\" | split(\" \")[] | {type: \"RLIMIT_\\(.)\", soft: 8388608, hard: 8388609}] as \$l | .process.rlimits = [\$l[] | if (.type | test(\"NPROC|NOFILE|SIGP\")) then .soft = 500 | .hard = 501 elif (.type | test(\"MSGQ\")) then .soft = 81920 | .hard = 81921 elif (.type | test(\"DATA\")) then .soft = 1125899906842624 | .hard = 2251799813685248 else . end] + [{type: \"RLIMIT_AS\", soft: 1125899906842624, hard: 2251799813685248}, {type: \"RLIMIT_MEMLOCK\", soft: 4096, hard: 8192}, {type: \"RLIMIT_NICE\", soft: 0, hard: 0}, {type: \"RLIMIT_RTPRIO\", soft: 0, hard: 0}]" \
	'.rlimits | to_entries | sort_by(.key) | map("\(.key)=\(.value[0])/\(.value[1])") | join(" ")' \
	'"AS=1125899906842624/2251799813685248 CORE=8388608/8388609 CPU=8388608/8388609 DATA=1125899906842624/2251799813685248 FSIZE=8388608/8388609 LOCKS=8388608/8388609 MEMLOCK=4096/8192 MSGQUEUE=81920/81921 NICE=0/0 NOFILE=500/501 NPROC=500/501 RSS=8388608/8388609 RTPRIO=0/0 RTTIME=8388608/8388609 SIGPENDING=500/501 STACK=8388608/8388609"'

field process.noNewPrivileges '.' .security.noNewPrivs true
field process.noNewPrivileges '.process.noNewPrivileges = false' \
	.security.noNewPrivs false
field process.oomScoreAdj '.process.oomScoreAdj = 321' .process.oomScoreAdj 321

field 'process.scheduler.policy process.scheduler.nice process.scheduler.flags[]' \
	'.process.scheduler = {policy: "SCHED_BATCH", nice: 7, flags: ["SCHED_FLAG_RESET_ON_FORK"]}' \
	'.scheduler | [.policy, .nice, .flags]' '[3,7,1]'
# Whether a real-time policy may be had is the host's matter.
if chrt -f 1 true 2>/dev/null; then
	field process.scheduler.priority \
		'.process.scheduler = {policy: "SCHED_FIFO", priority: 11}' \
		'.scheduler | [.policy, .priority]' '[1,11]'
else
	field_refused process.scheduler.priority \
		'.process.scheduler = {policy: "SCHED_FIFO", priority: 11}' \
		'set limits: process.scheduler: operation not permitted'
fi
deadline='{policy: "SCHED_DEADLINE", runtime: 1000000, deadline: 20000000, period: 30000000}'
if chrt -d -T 1000000 -D 20000000 -P 30000000 0 true 2>/dev/null; then
	field 'process.scheduler.runtime process.scheduler.deadline process.scheduler.period' \
		".process.scheduler = $deadline" \
		'.scheduler | [.policy, .runtime, .deadline, .period]' \
		'[6,1000000,20000000,30000000]'
else
	field_refused 'process.scheduler.runtime process.scheduler.deadline process.scheduler.period' \
		".process.scheduler = $deadline" \
		'set limits: process.scheduler: operation not permitted'
fi
# The kernel knows before it asks for any privilege that this cannot be.
field_refused 'process.scheduler.runtime process.scheduler.deadline' \
	'.process.scheduler = {policy: "SCHED_DEADLINE", runtime: 2000000, deadline: 1000000}' \
	'config.json: process.scheduler: 0 < runtime <= deadline <= period must hold'
# It is for exec alone; init keeps the caller's.
field 'process.execCPUAffinity.initial process.execCPUAffinity.final' \
	'.process.execCPUAffinity = {initial: "0", final: "0"}' .affinity \
	"$("$PROBE" report | jq -c .affinity)"
for member in initial final; do
	field_refused process.execCPUAffinity.$member \
		".process.execCPUAffinity = {$member: \"1-0\"}" \
		"config.json: process.execCPUAffinity.$member: \"1-0\" is no list of numbers"
done
field 'process.ioPriority.class process.ioPriority.priority' \
	'.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 3}' \
	'.ioPriority | [.class, .level]' '[2,3]'

if [ -e /sys/fs/selinux/enforce ]; then
	skip process.selinuxLabel "this host has SELinux: see its own tests"
else
	field_refused process.selinuxLabel '.process.selinuxLabel = "a:b:c:s0"' \
		'process.selinuxLabel: SELinux is not enabled on this host'
	field_refused linux.mountLabel '.linux.mountLabel = "a:b:c:s0"' \
		'linux.mountLabel: SELinux is not enabled on this host'
fi
if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
	field_refused process.apparmorProfile '.process.apparmorProfile = "lorica-none"' \
		'set the label: process.apparmorProfile: lorica-none to `/proc/self/attr/apparmor/exec`: no such file or directory'
else
	field_refused process.apparmorProfile '.process.apparmorProfile = "x"' \
		'process.apparmorProfile: AppArmor is not enabled on this host'
fi

# What no member asks for and every program gets.
probed '.'
is "process 1 of its own session" \
	"$(echo "$out" | jq -c '.process | [.pid, .session]')" '[1,1]'
is "only stdio is open" "$(echo "$out" | jq -c '[.descriptors[].fd]')" '[0,1,2]'
is "no signal is blocked or ignored" \
	"$(echo "$out" | jq -r '.signals | .SigBlk, .SigIgn')" "0000000000000000
0000000000000000"
is "no secure bit" "$(echo "$out" | jq .security.securebits)" 0
# Searchable by its user; by others where ids are mapped.
if [ "$(id -u)" = 0 ]; then
	is "a keyring of its own" "$(echo "$out" | jq -r .keyring)" \
		"keyring;0;0;3f1b0000;_ses.c"
	host_id=$((1000000 + $$))
	probed ".linux.namespaces += [{type: \"user\"}] | .linux.maskedPaths = [] |
		.linux.uidMappings = [{containerID: 0, hostID: $host_id, size: 9}] |
		.linux.gidMappings = .linux.uidMappings"
	is "a mapped user's keyring" "$(echo "$out" | jq -r .keyring)" \
		"keyring;0;0;3f1b0008;_ses.c"
	# Another user: the kernel takes its time to collect a dead one's keyring.
	jq '.process.args = ["sh", "-c", "cat /proc/keys"] |
		.linux.uidMappings[0].hostID += 100' \
		"$WORK/probe/config.json" >"$WORK/probe/config.new" &&
		mv "$WORK/probe/config.new" "$WORK/probe/config.json"
	run "$WORK/probe"
	is "no key of anybody else is to be seen" \
		"$(echo "$out$err" | awk '{ print $5, $8, $9 }')" \
		"3f1b0008 keyring _ses.c:"
	probed '.'
	is "--no-new-keyring leaves the caller's" \
		"$("$LORICA" --root "$WORK/state" run --no-new-keyring \
			--bundle "$WORK/probe" c 2>&1 </dev/null | jq -r .keyring)" \
		"$("$PROBE" report keyring | jq -r .keyring)"
else
	is "a keyring of its own" "$(echo "$out" | jq -r .keyring)" \
		"keyring;0;0;3f1b0008;_ses.c"
fi
