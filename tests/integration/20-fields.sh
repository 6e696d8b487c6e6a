# shellcheck shell=sh
# Members of config.json, seen from the inside: each fails when it is ignored.
seen "process.cwd" '.process.cwd = "/tmp"' 'pwd' /tmp
seen "process.env" '.process.env += ["LORICA=yes"]' 'echo $LORICA' yes
seen "process.noNewPrivileges on" '.' 'grep -c "NoNewPrivs:.1" /proc/self/status' 1
seen "process.noNewPrivileges off" '.process.noNewPrivileges = false' \
	'grep -c "NoNewPrivs:.0" /proc/self/status' 1
seen "process.capabilities" '.process.capabilities = {bounding: ["CAP_KILL"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"]}' \
	'grep -c "Cap[PEB][rfn][mfd]:.0000000000000020" /proc/self/status' 3
seen "process.rlimits" '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 99, hard: 100}]' \
	'ulimit -n; ulimit -Hn' "99
100"
seen "process.user.umask" '.process.user.umask = 63' 'umask' 0077
seen "process.oomScoreAdj" '.process.oomScoreAdj = 321' 'cat /proc/self/oom_score_adj' 321
seen "hostname" '.hostname = "plate"' 'hostname' plate
seen "domainname" '.domainname = "legio"' 'cat /proc/sys/kernel/domainname' legio
seen "root.readonly" '.' 'touch /x 2>/dev/null || echo refused' refused
seen "root.readonly off" '.root.readonly = false' 'touch /x && echo made' made
seen "mounts: tmpfs" '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["size=64k", "noexec"]}]' \
	'grep -c " /tmp tmpfs rw,noexec.*size=64k" /proc/mounts' 1
seen "mounts: read-only bind" '.mounts += [{destination: "/tmp", source: "/usr", options: ["rbind", "ro"]}]' \
	'touch /tmp/x 2>/dev/null || echo refused' refused
seen "linux.maskedPaths" '.linux.maskedPaths = ["/proc/cpuinfo"]' 'wc -c </proc/cpuinfo' 0
seen "linux.readonlyPaths" '.linux.readonlyPaths = ["/dev/shm"]' \
	'touch /dev/shm/x 2>/dev/null || echo refused' refused
seen "linux.sysctl" '.linux.sysctl = {"kernel.msgmax": "8000"}' 'cat /proc/sys/kernel/msgmax' 8000
seen "linux.seccomp" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 13}]}' \
	'mkdir /tmp/x 2>&1 | grep -c "Permission denied"; grep -c "Seccomp:.2" /proc/self/status' "1
1"
seen "linux.timeOffsets" '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 864000000}}' \
	'read -r up rest </proc/uptime; [ ${up%.*} -gt 864000000 ] && echo later' later
seen "linux.personality" '.linux.personality = {domain: "LINUX32"}' 'cat /proc/self/personality 2>/dev/null | tail -c 2 || true' "$(
	[ "$(id -u)" = 0 ] && echo 8 || echo 8)"
seen "process 1" '.' 'echo $$' 1
seen "descriptors" '.' 'ls /proc/self/fd | wc -l' 4
seen "hooks.createContainer runs" '.hooks = {createContainer: [{path: "/bin/sh", args: ["sh", "-c", "cat >/dev/null"]}]}' 'echo ran' ran
