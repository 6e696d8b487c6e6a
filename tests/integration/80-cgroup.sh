# shellcheck shell=sh disable=SC2154 # set by run and lib
# Control groups: made, limited, frozen, killed and gone. What needs a
# controller is tested where version 2 has it, and refused by name elsewhere.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
group_bundle group
config "$g" '.process.args = ["sleep", "60"]'
cp "$g/config.json" "$g/plain.json"

# Without a limit a container runs everywhere, whatever is given otherwise.
for manager in cgroupfs disabled; do
	with '.process.args = ["true"]'
	ok "runs with --cgroup-manager $manager" \
		timeout $patience $L --cgroup-manager $manager run --bundle "$g" c
done
with '.linux.resources = {memory: {limit: 1000000000}}'
is "a limit and no cgroup contradict each other" \
	"$($L --cgroup-manager disabled run --bundle "$g" c 2>&1)" \
	"lorica: run c: linux.resources: limits need a cgroup, and cgroups are disabled"

# missing CONTROLLER PLACE RESOURCES: refused by name where it is not there.
missing() {
	case $controllers in *" $1 "*) return ;; esac
	with ".linux.resources = $3"
	has "$2 without $1" "$($L run --bundle "$g" c 2>&1)" \
		"lorica: run c: linux.resources.$2: the $1 controller is not available: ?*"
	is "$2 without $1: nothing is left" "$(ls "$WORK/state")" ""
}
missing memory memory.limit '{memory: {limit: 1000000000}}'
missing memory unified.memory.high '{unified: {"memory.high": "max 1"}}'
missing cpu cpu.shares '{cpu: {shares: 512}}'
missing cpu cpu.quota '{cpu: {quota: 5000, period: 10000}}'
missing cpuset cpu.cpus '{cpu: {cpus: "0"}}'
missing io blockIO.weight '{blockIO: {weight: 500}}'
missing pids pids.limit '{pids: {limit: 20}}'
missing rdma rdma '{rdma: {mlx5_1: {hcaHandles: 3}}}'

if [ -z "$v2" ] || [ ! -w "$beside" ]; then
	skip "control groups" "none can be made here" linux.cgroupsPath
else
	with .
	ok "alive" alive g1
	is "the cgroup is beside the caller's" \
		"$(cat "$beside/g1/cgroup.procs")" "$($L state g1 | jq .pid)"
	is "ps: json" "$($L ps --format json g1)" "[$($L state g1 | jq .pid)]"
	has "ps: table" "$($L ps g1)" "*PID*sleep 60*"
	is "ps: only its own" "$($L ps g1 -o pid,args | wc -l)" 2

	ok "pause" $L pause g1
	is "paused" "$(status_of g1)" paused
	has "list shows it" "$($L list)" "*paused*"
	is "the kernel says so" "$(grep frozen "$beside/g1/cgroup.events")" "frozen 1"
	is "pause again" "$($L pause g1 2>&1)" \
		"lorica: pause g1: container not running: it is paused"
	ok "resume" $L resume g1
	is "running" "$(status_of g1)" running
	is "resume again" "$($L resume g1 2>&1)" \
		"lorica: resume g1: container not paused"
	ok "pause" $L pause g1
	ok "kill of a paused one" $L kill g1 KILL
	await_status g1 stopped
	is "ends it" "$(status_of g1)" stopped
	ok "delete" $L delete g1
	ok "its cgroup is gone" [ ! -e "$beside/g1" ]

	# Processes that share the host's pid namespace end with it.
	with 'del(.linux.namespaces[] | select(.type == "pid")) |
		del(.mounts[] | select(.destination == "/proc")) |
		.process.args = ["sh", "-c", "sleep 61 & exec sleep 60"]'
	if ok "alive without a pid namespace" alive g2 && [ -d "$beside/g2" ]; then
		await sh -c "[ \$(wc -l <$beside/g2/cgroup.procs) = 2 ]"
		is "two processes" "$(wc -l <"$beside/g2/cgroup.procs")" 2
		ok "kill" $L kill g2 KILL
		await sh -c "! grep -q . $beside/g2/cgroup.procs"
		is "ends both" "$(cat "$beside/g2/cgroup.procs")" ""
		ok "delete" $L delete g2
	fi

	# One that is in use is not taken, and not harmed.
	with '.linux.cgroupsPath = "lorica-taken"'
	mkdir "$beside/lorica-taken"
	sh -c "echo \$\$ >$beside/lorica-taken/cgroup.procs; exec sleep 62" &
	taken=$!
	await grep -qx $taken "$beside/lorica-taken/cgroup.procs"
	has "a cgroup in use" "$($L run --bundle "$g" c 2>&1)" \
		"lorica: run c: container's cgroup is not empty: 1 process(es) found in *lorica-taken"
	ok "its process lives" kill -0 $taken
	kill $taken
	wait $taken 2>/dev/null
	echo 1 >"$beside/lorica-taken/cgroup.freeze"
	has "a frozen cgroup" "$($L run --bundle "$g" c 2>&1)" \
		"lorica: run c: container's cgroup unexpectedly frozen: *lorica-taken"
	echo 0 >"$beside/lorica-taken/cgroup.freeze"
	claim linux.cgroupsPath
	ok "an empty one is taken" alive c
	ok "and used" grep -q . "$beside/lorica-taken/cgroup.procs"
	ok "delete" $L delete --force c
	ok "and removed" [ ! -e "$beside/lorica-taken" ]
	with '.linux.cgroupsPath = "/a/../b"'
	is "a path that goes up" "$($L run --bundle "$g" c 2>&1)" \
		'lorica: run c: linux.cgroupsPath: "/a/../b" must not have . or ..'

	# The container's own view.
	with '.process.args = ["cat", "/proc/self/cgroup"]'
	has "its cgroup namespace begins at its cgroup" \
		"$($L run --bundle "$g" c)" "*0::/"
	is "nothing is left" "$(ls -d "$beside"/c "$beside"/g[12] 2>/dev/null)" ""
fi

if [ "$(id -u)" = 0 ] && [ -n "$v2" ]; then
	# kmsg's number, which no list has; its driver wants CAP_SYSLOG.
	mknod "$g/rootfs/tmp/node" c 1 11
	reads=".process.args = [\"sh\", \"-c\", \"head -c 0 /tmp/node && head -c 1 /dev/zero | wc -c\"] |
		.process.capabilities[] += [\"CAP_SYSLOG\"]"
	# opened FIELDS NAME WANTED RULES: behind a rule that refuses all.
	opened() {
		for field in $1; do claim "linux.resources.devices[].$field"; done
		with "$reads | .linux.resources.devices = [{allow: false}, ($4)]"
		is "$2" "$($L run --bundle "$g" c 2>&1)" "$3"
	}
	no="head: /tmp/node: Operation not permitted"
	kmsg='type: "c", major: 1, minor: 11, access: "r"'
	opened allow "a rule refuses a device" "$no" '{allow: false}'
	opened "allow type major minor access" "a later rule allows it" 1 \
		"{allow: true, $kmsg}"
	opened type "not of another type" "$no" \
		"{allow: true, $kmsg} | .type = \"b\""
	opened major "nor of another major number" "$no" \
		"{allow: true, $kmsg} | .major = 2"
	opened minor "nor of another minor number" "$no" \
		"{allow: true, $kmsg} | .minor = 12"
	opened access "nor in another way" "$no" \
		"{allow: true, $kmsg} | .access = \"wm\""
	opened allow "a later rule refuses it" "$no" \
		"{allow: true}, {allow: false, $kmsg}"
	rm "$g/rootfs/tmp/node"
elif [ "$(id -u)" = 0 ]; then
	d='linux.resources.devices[]'
	skip "$d" "needs version 2" $d.allow $d.type $d.major $d.minor $d.access
fi

# limit CONTROLLER RESOURCES FILE LINE: what the kernel's file says.
limit() {
	case $controllers in *" $1 "*) ;; *) return ;; esac
	with ".linux.resources = $2"
	if ok "limit $3: $(printf %s "$2" | tr -d '\n')" alive l; then
		is "$3" "$(cat "$beside/l/$3" 2>&1)" "$4"
		$L delete --force l
	fi
}
if [ -n "$v2" ] && [ -w "$beside" ]; then
	# Of the first size that the kernel has.
	for pages in /sys/kernel/mm/hugepages/*; do
		pages=${pages##*-}
		pages=$((${pages%kB} >> 10))MB
	done
	limit hugetlb "{hugepageLimits: [{pageSize: \"$pages\", limit: 0}]}" \
		"hugetlb.$pages.max" 0
fi

# ---- update and events ----------------------------------------------------
# shellcheck disable=SC2089,SC2090 # the quotes are of the messages
for bad in "--memory 5x|--memory: \"5x\" is no number" \
	"--cpu-share 1k|--cpu-share: \"1k\" is no number" \
	"--memory 99999999999t|--memory: \"99999999999t\" is no number" \
	"--l3-cache-schema x|--l3-cache-schema, --mem-bw-schema: a class of service that is in use is not changed" \
	"--resources /none|--resources /none: no such file or directory" \
	"--cpu-idle 2|linux.resources.cpu.idle: 2 is out of range" \
	"--cpu-rt-period 5|linux.resources.cpu.realtimePeriod: cgroup v2 has no such limit"; do
	# shellcheck disable=SC2086 # two words
	is "update ${bad%%|*}" "$($L update ${bad%%|*} none 2>&1)" \
		"lorica: update none: ${bad#*|}"
done
is "update of none" "$($L update --pids-limit 5 none 2>&1)" \
	"lorica: update none: container does not exist"
is "no interval" "$($L events --interval 0s none 2>&1)" \
	"lorica: events none: --interval: must be greater than 0 and at most 24h"
is "a bad interval" "$($L events --interval 5 none 2>&1)" \
	'lorica: events none: --interval: "5" is no duration'

if [ -n "$v2" ] && [ -w "$beside" ]; then
	with .
	ok "alive" alive u
	limits=$WORK/state/u/resources.json
	# With no limit in them all three spellings do nothing, and are kept.
	for spelling in "--resources -" "--resources=-" "-r -" "-r=-"; do
		# shellcheck disable=SC2086 # two words
		ok "update $spelling" sh -c "echo '{\"memory\": {\"limit\": -1}, \"devices\": []}' |
			$L update $spelling u"
		is "kept" "$(jq -c '.memory, (.devices | length)' "$limits" | tr '\n' ' ')" \
			"{\"limit\":-1} $(jq '.linux.resources.devices | length' "$g/config.json") "
		rm "$limits"
	done
	is "update of nothing" "$($L update u 2>&1)" ""
	case $controllers in
	*" pids "*)
		ok "update pids" $L update --pids-limit 33 u
		is "pids.max" "$(cat "$beside/u/pids.max")" 33
		;;
	*)
		has "update pids" "$($L update --pids-limit 33 u 2>&1)" \
			"lorica: update u: linux.resources.pids.limit: the pids controller is not available: ?*"
		;;
	esac
	case $controllers in *" hugetlb "*)
		ok "update --resources FILE" sh -c "echo '{\"hugepageLimits\":
			[{\"pageSize\": \"$pages\", \"limit\": 0}]}' >$g/r.json && $L update -r $g/r.json u"
		is "hugetlb.max" "$(cat "$beside/u/hugetlb.$pages.max")" 0
		;;
	esac

	stats=$($L events --stats u)
	is "events --stats" "$(printf %s "$stats" | jq -c '.type, .id, (.data | keys)' | tr '\n' ' ')" \
		'"stats" "u" ["blkio","cpu","cpuset","hugetlb","intel_rdt","memory","network_interfaces","pids"] '
	is "cpu time is accounted for" "$(printf %s "$stats" | jq '.data.cpu.usage.total > 0')" true
	$L events --interval 100ms u >"$g/events" 2>&1 &
	events=$!
	await sh -c "[ \$(wc -l <$g/events) -ge 2 ]"
	$L kill u KILL
	await sh -c "! kill -0 $events"
	ok "events end with the container" sh -c "! kill -0 $events 2>/dev/null"
	ok "there were some" [ "$(wc -l <"$g/events")" -ge 2 ]
	is "each is an object" "$(jq -r .type "$g/events" | sort -u)" stats
	is "events of a stopped one" "$($L events u 2>&1)" \
		"lorica: events u: container with id u is not running"
	is "update of a stopped one" "$($L update --pids-limit 5 u 2>&1)" \
		"lorica: update u: container not running: it is stopped"
	ok "delete" $L delete u
fi
