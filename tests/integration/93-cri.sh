# shellcheck shell=sh disable=SC2154 # set by run
# containerd as Kubernetes uses it: pods and containers by CRI, with the runtime
# handler "lorica", for each cgroup driver.
needs engines cri || return 0
[ "$(id -u)" = 0 ] || return 0
# shellcheck source=tests/support/engines.sh
. "$here/support/engines.sh"
make_images
start_containerd
for name in test pause; do
	ok "containerd loads the image $name" \
		ctr --namespace k8s.io images import "$images/$name.tar"
done

# cri METHOD REQUEST: what the answer has. Sets status.
cri() {
	status=0
	"$here/support/cri" "$@" || status=$?
}
# member NAME: its first value, in an answer on stdin.
member() {
	sed -n "s/^ *$1: \"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" | head -n 1
}
# pod NAME [FILTER]: run one, with that change. Sets pod, and config.
pod() {
	config=$(jq -n --arg name "$1" --arg logs "$logs" '{
		metadata: {name: $name, uid: $name, namespace: "test"},
		hostname: $name, log_directory: $logs,
		linux: {cgroup_parent: "'"$parent"'"}} | '"${2:-.}")
	pod=$(cri RunPodSandbox "$(jq -n --argjson config "$config" \
		'{config: $config, runtime_handler: "lorica"}')" | member pod_sandbox_id)
	ok "pod $1" [ "$pod" ]
}
# container NAME FILTER COMMAND: start one in the pod, that runs sh -c COMMAND,
# with that change of its configuration. Sets id.
container() {
	id=$(cri CreateContainer "$(jq -n --arg name "$1" --arg image "$image" \
		--arg command "$3" --arg pod "$pod" --argjson sandbox "$config" '{
		pod_sandbox_id: $pod, sandbox_config: $sandbox,
		config: ({metadata: {name: $name}, image: {image: $image},
			command: ["sh", "-c", $command], log_path: ($name + ".log"),
			linux: {security_context: {
				namespace_options: {pid: 1}}}} | '"$2"')}')" |
		member container_id)
	[ -z "$id" ] || cri StartContainer "{\"container_id\": \"$id\"}" >/dev/null
}
ended() {
	cri ContainerStatus "{\"container_id\": \"$id\"}" | grep -q CONTAINER_EXITED
}
# reason REASON: containerd gives that one for its end.
reason() {
	cri ContainerStatus "{\"container_id\": \"$id\"}" | grep -q "reason: \"$1\""
}
# lines NAME: the lines of its log, without time and stream.
lines() {
	sed 's/^[^ ]* [a-z]* [FP] //' "$logs/$1.log"
}
# prints NAME FILTER COMMAND WANTED: the log of such a container when it ended.
prints() {
	container "$1" "$2" "$3"
	await ended
	is "$1" "$(lines "$1")" "$4"
}
# sync COMMAND [TIMEOUT]: by ExecSync, in the container.
sync_exec() {
	cri ExecSync "$(jq -n --arg id "$id" --arg command "$1" '{
		container_id: $id, cmd: ["sh", "-c", $command], timeout: '"${2:-0}"'}')"
}
# gone: the pod, with what is in it.
gone() {
	cri StopPodSandbox "{\"pod_sandbox_id\": \"$pod\"}" >/dev/null
	is "the pod stops" "$status" 0
	cri RemovePodSandbox "{\"pod_sandbox_id\": \"$pod\"}" >/dev/null
	is "the pod goes" "$status" 0
}
# state_of ID, by lorica.
lorica_state() {
	lorica --root /run/containerd/runc/k8s.io state "$1"
}

# ---- what the security context says
security() {
	context=.linux.security_context
	pod security '.linux.sysctls = [
		{key: "kernel.shm_rmid_forced", value: "1"},
		{key: "net.ipv4.ip_unprivileged_port_start", value: "1"}]'
	status_of='grep -E "^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp):" /proc/self/status | tr -s "\t" " "'
	prints restricted "$context += {run_as_user: {value: 1234},
		run_as_group: {value: 1234}, supplemental_groups: [77],
		readonly_rootfs: true, no_new_privs: true, seccomp: {profile_type: 0},
		capabilities: {drop_capabilities: [\"ALL\"]}}" \
		"$status_of; touch /tmp/x 2>&1; unshare -U true 2>&1" \
		"Uid: 1234 1234 1234 1234
Gid: 1234 1234 1234 1234
Groups: 77 1234 4321 
CapInh: 0000000000000000
CapPrm: 0000000000000000
CapEff: 0000000000000000
CapBnd: 0000000000000000
CapAmb: 0000000000000000
NoNewPrivs: 1
Seccomp: 2
touch: /tmp/x: Read-only file system
unshare: unshare(0x10000000): Operation not permitted"
	prints username "$context += {run_as_username: \"app\"}" 'id -un; id -g' "app
1234"
	prints capabilities "$context += {capabilities: {
		add_capabilities: [\"NET_ADMIN\"], drop_capabilities: [\"CHOWN\"]},
		seccomp: {profile_type: 1}}" \
		'ip link set lo down && echo admin; chown 1 /tmp 2>&1
		grep Seccomp: /proc/self/status' \
		"admin
chown: /tmp: Operation not permitted
Seccomp:	0"
	cp "$PROBE" "$WORK/setuid"
	chmod 4755 "$WORK/setuid"
	mounts="mounts: [{container_path: \"/setuid\", host_path: \"$WORK/setuid\"}]"
	for nnp in false true; do
		want=0
		[ $nnp = false ] || want=1234
		prints "set-user-ID with allowPrivilegeEscalation not $nnp" \
			". += {$mounts} | $context += {no_new_privs: $nnp,
			run_as_user: {value: 1234}}" \
			'/setuid report | grep -o "\"uid\":.[0-9,]*" | head -n 1' "\"uid\":[1234,$want,$want,$want"
	done
	cat >"$WORK/profile.json" <<-END
		{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		 {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO",
		  "errnoRet": 95}]}
	END
	prints localhost "$context += {seccomp: {profile_type: 2,
		localhost_ref: \"$WORK/profile.json\"}}" 'mkdir /tmp/d 2>&1' \
		"mkdir: can't create directory '/tmp/d': Operation not supported"
	masked='masked_paths: ["/proc/kcore", "/proc/timer_list"],
		readonly_paths: ["/proc/sys"]'
	look='wc -c </proc/timer_list | sed "s/^[1-9].*/text/"
		echo 1 2>/dev/null >/proc/sys/net/ipv4/ip_forward && echo written || echo no'
	prints "procMount Default" "$context += {$masked}" "$look" "0
no"
	prints "procMount Unmasked" "$context += {seccomp: {profile_type: 1},
		capabilities: {add_capabilities: [\"ALL\"]}}" "$look" "text
written"
	prints sysctls . 'cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_unprivileged_port_start' "1
1"
	gone
	pod privileged "$context = {privileged: true}"
	prints "privileged" "$context += {privileged: true}" \
		'grep -E "^(CapEff|Seccomp):" /proc/self/status; [ -e /dev/kmsg ] && echo kmsg;
		mkdir /tmp/m && mount -t tmpfs x /tmp/m && echo mounted' \
		"CapEff:	$(sed -n 's/^CapBnd:.//p' /proc/self/status)
Seccomp:	0
kmsg
mounted"
	gone
}

# ---- two containers of a pod
sharing() {
	pod shared '.linux.security_context.namespace_options = {pid: 0}'
	container one '.linux.security_context.namespace_options.pid = 0' \
		'echo "first" >/dev/shm/file; hostname; nc -l -p 8080 -e cat & sleep 1000'
	one=$id
	container two '.linux.security_context.namespace_options.pid = 0' \
		'cat /dev/shm/file; hostname; echo over the network | nc 127.0.0.1 8080
		ps -o args | grep -c "[s]leep 100"; ip -o -4 address show dev eth0 | grep -c 10.88.77'
	await ended
	is "network, ipc, uts and pid namespace are one" "$(lines two)" "first
shared
over the network
2
1"
	for ns in net ipc uts pid; do
		is "which is the pod's: $ns" \
			"$(readlink "/proc/$(lorica_state "$one" | jq .pid)/ns/$ns")" \
			"$(readlink "/proc/$(lorica_state "$pod" | jq .pid)/ns/$ns")"
	done
	ok "mounts are not" [ "$(readlink "/proc/$(lorica_state "$one" | jq .pid)/ns/mnt")" != \
		"$(readlink "/proc/$(lorica_state "$pod" | jq .pid)/ns/mnt")" ]
	id=$one
	cri StopContainer "{\"container_id\": \"$id\", \"timeout\": 0}" >/dev/null
	is "a container of a shared pid namespace stops" "$status" 0
	ok "and its other processes with it" await eval '! pgrep -f "nc -l -p 8080"'
	has "the pod goes on" "$(lorica_state "$pod" | jq -r .status)" running
	gone
}

# ---- exec, logs, stats, stop
running() {
	pod running
	container app '.linux.resources = {memory_limit_in_bytes: 67108864,
		cpu_period: 100000, cpu_quota: 50000, cpu_shares: 512} |
		.envs = [{key: "FROM", value: "pod"}]' \
		'echo out; echo err >&2; trap "echo stopped; exit 4" TERM; sleep 1000 & wait'
	await grep -q err "$logs/app.log"
	is "logs name the stream" \
		"$(sed 's/^[^ ]* //' "$logs/app.log" | sort)" "stderr F err
stdout F out"
	cgroup=$(sed -n 's/^0:://p' "/proc/$(lorica_state "$id" | jq .pid)/cgroup")
	has "the cgroup is below the pod's" "$cgroup" "$below"
	cgroup=/sys/fs/cgroup$cgroup
	is "limits" "$(cat "$cgroup/memory.max" "$cgroup/cpu.max" "$cgroup/cpu.weight")" \
		"67108864
50000 100000
59"
	has "exec" "$(sync_exec 'echo $FROM; echo err >&2; exit 5')" \
		'stdout: "pod?n"*stderr: "err?n"*exit_code: 5*'
	has "a probe by exec that takes too long" "$(sync_exec 'sleep 777' 1 2>&1)" \
		'*timeout 1s exceeded*'
	ok "is ended" eval '! pgrep -f "sleep 777"'
	has "exec of what is not there" "$(cri ExecSync "{\"container_id\": \"$id\",
		\"cmd\": [\"/nothere\"]}" 2>&1)" '*stat /nothere: no such file*'
	for i in 1 2 3 4 5 6 7 8; do
		sync_exec "exit $i" >"$WORK/exec.$i" &
	done
	wait
	is "eight at once" "$(cat "$WORK"/exec.? | tr -dc '0-9')" 12345678
	url=$(cri Exec "$(jq -n --arg id "$id" '{container_id: $id, tty: true,
		stdin: true, stdout: true, cmd: ["sh"]}')" | member url)
	# The length of a frame may look like the end of a line.
	has "exec with a terminal" "$(timeout $patience "$here/support/cri-exec" "$url" \
		'tty; stty size; echo u$(id -u); exit 6
' | tr -d '\r')" '*/dev/pts/0*33 77*u0*exit code 6*'
	has "stats" "$(cri ContainerStats "{\"container_id\": \"$id\"}")" \
		'*usage_core_nano_seconds {*value: [1-9]*working_set_bytes {*value: [1-9]*'
	ok "update" "$here/support/cri" UpdateContainerResources \
		"{\"container_id\": \"$id\", \"linux\": {\"memory_limit_in_bytes\": 33554432}}"
	is "has the new limit" "$(cat "$cgroup/memory.max")" 33554432
	is "and keeps the other" "$(cat "$cgroup/cpu.max")" "50000 100000"
	ok "pause" ctr --namespace k8s.io task pause "$id"
	is "is paused" "$(lorica_state "$id" | jq -r .status)" paused
	ok "resume" ctr --namespace k8s.io task resume "$id"

	ok "containerd restarts" systemctl restart containerd
	await "$here/support/cri" Version
	has "the container runs" "$(cri ContainerStatus "{\"container_id\": \"$id\"}")" \
		'*CONTAINER_RUNNING*'
	has "exec after that" "$(sync_exec 'echo still')" '*still*'
	cri StopContainer "{\"container_id\": \"$id\", \"timeout\": 20}" >/dev/null
	has "stop lets it end" "$(cri ContainerStatus "{\"container_id\": \"$id\"}")" \
		'*CONTAINER_EXITED*exit_code: 4*reason: "Error"*'
	is "what it said" "$(lines app | tail -n 1)" stopped
	container deaf . 'trap "" TERM; echo ready; while :; do sleep 1; done'
	await grep -q ready "$logs/deaf.log"
	cri StopContainer "{\"container_id\": \"$id\", \"timeout\": 2}" >/dev/null
	has "stop kills after the grace period" \
		"$(cri ContainerStatus "{\"container_id\": \"$id\"}")" \
		'*CONTAINER_EXITED*exit_code: 137*'
	# containerd reads from the cgroup that it was so, if it looks already: it
	# begins when it is told to. systemd takes the cgroup away with the last
	# process in it, by every runtime (containerd's issue 8893): there the
	# first one lives on for a while.
	hungry='x=x; while :; do x=$x$x; done'
	[ $driver = cgroupfs ] ||
		hungry="sh -c '$hungry'; status=\$?; sleep 5; exit \$status"
	container hungry '.linux.resources = {memory_limit_in_bytes: 16777216}' \
		"until [ -e /tmp/go ]; do sleep 0.1; done; $hungry"
	sync_exec 'touch /tmp/go' >/dev/null
	await ended
	ok "out of memory" await reason OOMKilled
	has "which is its end" "$(cri ContainerStatus "{\"container_id\": \"$id\"}")" \
		'*exit_code: 137*'
	container nothere '.command = ["/nothere"]' '' 2>/dev/null
	has "a program that is not there" \
		"$(cri ContainerStatus "{\"container_id\": \"$id\"}")" \
		'*exit_code: 128*reason: "StartError"*exec: *"/nothere*": stat /nothere: no such file or directory*'
	gone
}

for driver in cgroupfs systemd; do
	logs=$WORK/logs-$driver
	case $driver in
	cgroupfs)
		parent=/kubepods/podx
		below="/kubepods/podx/[0-9a-f]*"
		systemd=false
		;;
	systemd)
		parent=kubepods-podx.slice
		below="/kubepods.slice/kubepods-podx.slice/cri-containerd-*.scope"
		systemd=true
		;;
	esac
	sed -i "s/SystemdCgroup = .*/SystemdCgroup = $systemd/" \
		/etc/containerd/config.toml
	ok "the cgroup driver $driver" systemctl restart containerd
	await "$here/support/cri" Version
	[ $driver = systemd ] || security
	[ $driver = systemd ] || sharing
	running
	is "$driver: nothing is left" "$(ctr --namespace k8s.io task ls --quiet)$(
		ls /run/containerd/runc/k8s.io)$(find /sys/fs/cgroup -name '*cri-containerd*')" ""
	ok "$driver: no shim is left" await eval '! pgrep -f containerd-shim-runc-v2'
done
stop_containerd
