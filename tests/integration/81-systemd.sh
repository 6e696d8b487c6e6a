# shellcheck shell=sh disable=SC2154 # set by run and lib
# Control groups that systemd makes: what it says of a scope and what the kernel
# says are the same, before and after it is loaded anew; nothing is left. As
# root by the system's systemd, as an ordinary user by the user's own.
# shellcheck source=tests/support/scope.sh
. "$here/support/scope.sh"
scope_bundle systemd

if ! "$LORICA" features | jq -e .linux.cgroup.systemd >"$WORK/has"; then
	skip "--systemd-cgroup" "built without systemd"
	is "it is refused" "$($S run --bundle "$d" c 2>&1)" \
		"lorica: run c: --systemd-cgroup: lorica was built without systemd"
elif [ ! -d /run/systemd/system ] || ! ctl show -p Version >"$WORK/version"; then
	# In the guest that has one this is a failure.
	! needs systemd "--systemd-cgroup" || ok "systemd runs" false
	has "it is refused" "$($S run --bundle "$d" c 2>&1)" \
		"lorica: run c: *: ?*"
	is "and nothing is left" "$(ls "$WORK/state")" ""
else
	one_guest systemd "--systemd-cgroup"
	# A bus on which nobody answers; its time is over at the end.
	if [ "$uid" != 0 ]; then
		mkdir "$d/silent"
		cp -r "$d/rootfs" "$d/config.json" "$d/silent/"
		systemd-socket-activate -l "$d/silent/bus" sleep 1000 2>"$WORK/silent.err" &
		silent=$!
		await [ -S "$d/silent/bus" ]
		XDG_RUNTIME_DIR=$d/silent "$LORICA" --root "$d/silent/state" \
			--systemd-cgroup create --bundle "$d/silent" late \
			</dev/null >"$d/silent/out" 2>&1 &
		late=$!
	fi

	# ---- where it is
	slice=system.slice
	above=/system.slice
	if [ "$uid" != 0 ]; then
		slice=user.slice
		above=$(ctl show -p ControlGroup --value)/user.slice
	fi
	with '.process.args = ["cat", "/proc/self/cgroup"]'
	is "its cgroup namespace begins at its scope" "$($S run --bundle "$d" c)" "0::/"
	unit=lorica-c.scope
	is "the scope ends with it" "$(show LoadState)" not-found
	with .
	ok "by default" made c
	is "the scope is named after it" "$unit" lorica-c.scope
	is "and is where it is expected" "$cg" "/sys/fs/cgroup$above/lorica-c.scope"
	is "the record is the kernel's word" \
		"/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$($L state c | jq .pid)/cgroup")" "$cg"
	ctl show -- "$unit" >"$WORK/shown"
	while read -r property wanted; do
		is "$property" "$(says "$property")" "$wanted"
	done <<-END
		ActiveState active
		Slice $slice
		Delegate yes
		DefaultDependencies no
		CollectMode inactive-or-failed
		DevicePolicy auto
		DeviceAllow
		MemoryAccounting yes
		TasksAccounting yes
		IOAccounting yes
		Transient yes
		ControlGroup ${cg#/sys/fs/cgroup}
	END
	has "Description" "$(says Description)" "lorica container c, created 20*Z"
	is "ps" "$($L ps --format json c)" "[$($L state c | jq .pid)]"
	is "list knows it without the flag" "$($L list -q)" c
	is "the manager is recorded" \
		"$(jq -r .cgroupManager "$WORK/state/c/state.json")" systemd
	is "events --stats" "$($L events --stats c | jq -r .type)" stats

	# ---- frozen, loaded anew, and still there to be deleted
	ok "pause" $L pause c
	ok "daemon-reload" ctl daemon-reload
	is "still paused" "$($L state c | jq -r .status)" paused
	ok "resume" $L resume c
	ok "kill --all" $L kill --all c KILL
	gone "after kill --all" c
	ok "another" made c
	ok "pause" $L pause c
	gone "paused" c

	# ---- names
	with '.linux.cgroupsPath = "lorica_a-b.slice:pre:name"'
	ok "slice, prefix and name" made c
	is "is a scope in the slice" "$cg" \
		"/sys/fs/cgroup${above%/"$slice"}/lorica_a.slice/lorica_a-b.slice/pre-name.scope"
	gone "slice, prefix and name" c
	with '.linux.cgroupsPath = ":pre:name"'
	ok "no slice" made c
	is "is the usual one" "$(show Slice)" "$slice"
	gone "no slice" c
	with '.linux.cgroupsPath = "/a/b"'
	is "a path of the other driver" "$($S run --bundle "$d" c 2>&1)" \
		'lorica: run c: expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "/a/b" instead'
	with '.linux.cgroupsPath = "a--b.slice:pre:name"'
	is "no slice's name" "$($S run --bundle "$d" c 2>&1)" \
		'lorica: run c: linux.cgroupsPath: the slice "a--b.slice" has a part that is empty'

	# ---- a name that is taken
	other="--quiet --collect --unit=lorica-c --description=other"
	[ "$uid" = 0 ] || other="--user $other"
	taken() {
		# shellcheck disable=SC2086 # words
		XDG_RUNTIME_DIR=/run/user/$uid systemd-run $other "$@"
	}
	with .
	unit=lorica-c.scope
	taken --scope sleep 1000 &
	other_pid=$!
	is_active() { [ "$(show ActiveState)" = active ]; }
	await is_active
	has "by another's scope" "$($S run --bundle "$d" c 2>&1)" \
		"lorica: run c: *lorica-c.scope*"
	is "which lives on" "$(show ActiveState)" active
	# As if create had been killed before systemd answered.
	ok "a state that names it" sh -c "mkdir -p $WORK/state/c && echo '{\"id\":\"c\",
		\"bundle\":\"/\",\"rootfs\":\"/\",\"ociVersion\":\"1.0.0\",\"created\":1,
		\"uid\":$uid,\"cgroupManager\":\"systemd\",\"systemdScope\":\"lorica-c.scope\",
		\"systemdDescription\":\"mine\",\"systemdManager\":
		\"$([ "$uid" = 0 ] && echo system || echo user)\"}' >$WORK/state/c/state.json"
	ok "is deleted" $L delete --force c
	is "and the other lives on" "$(show ActiveState)" active
	ctl stop lorica-c.scope
	wait $other_pid
	# A failed one keeps its name until it is forgotten.
	taken --property=CollectMode=inactive --property=RuntimeMaxSec=1 \
		--scope sleep 1000 2>"$WORK/taken.err"
	is "by one that failed" "$(show ActiveState)" failed
	ok "which is forgotten" made c
	is "and another takes its place" "$(show ActiveState)" active
	gone "after a failed one" c

	# ---- limits
	# limits NAME ROW...: what systemd and the kernel say; a row is the
	# property, its value, the file, its text.
	limits() {
		name=$1
		shift
		ctl show -- "$unit" >"$WORK/shown"
		for row; do
			echo "$row"
		done | while IFS='|' read -r property wanted file text; do
			got=$(says "$property")
			[ "$got" = "$wanted" ] || echo "$property: $got, not $wanted"
			got=$(cat "$cg/$file")
			[ "$got" = "$text" ] || echo "$file: $got, not $text"
		done >"$WORK/limits"
		is "$name" "$(cat "$WORK/limits")" ""
	}
	all='.linux.resources = {
		memory: {limit: 67108864, reservation: 33554432, swap: 134217728},
		cpu: {shares: 512, quota: 50000, period: 200000, burst: 1000,
			cpus: "0", mems: "0"},
		pids: {limit: 50}, blockIO: {weight: 500},
		unified: {"memory.high": "50331648", "memory.min": "1M",
			"memory.oom.group": "1"}}'
	with "$all"
	ok "every limit" made c
	set -- 'MemoryMax|67108864|memory.max|67108864' \
		'MemoryLow|33554432|memory.low|33554432' \
		'MemorySwapMax|67108864|memory.swap.max|67108864' \
		'MemoryHigh|50331648|memory.high|50331648' \
		'MemoryMin|1048576|memory.min|1048576' \
		'CPUWeight|59|cpu.weight|59' \
		'CPUQuotaPerSecUSec|250ms|cpu.max|50000 200000' \
		'CPUQuotaPeriodUSec|200ms|cpu.max.burst|1000' \
		'AllowedCPUs|0|cpuset.cpus|0' \
		'AllowedMemoryNodes|0|cpuset.mems|0' \
		'TasksMax|50|pids.max|50' \
		'IOWeight|4950|io.weight|default 4950'
	limits "is a property and in force" "$@" \
		'ActiveState|active|memory.oom.group|1'
	ok "daemon-reload" ctl daemon-reload
	limits "and after systemd was loaded anew" "$@"

	# ---- other limits
	ok "update" $L update --memory 134217728 --memory-swap 268435456 \
		--cpu-quota 30000 --cpuset-cpus 0-1 --pids-limit 0 --cpu-share 1024 \
		--blkio-weight 10 c
	set -- 'MemoryMax|134217728|memory.max|134217728' \
		'MemorySwapMax|134217728|memory.swap.max|134217728' \
		'MemoryLow|33554432|memory.low|33554432' \
		'CPUWeight|100|cpu.weight|100' \
		'CPUQuotaPerSecUSec|150ms|cpu.max|30000 200000' \
		'CPUQuotaPeriodUSec|200ms|cpu.max.burst|1000' \
		'AllowedCPUs|0-1|cpuset.cpus|0-1' \
		'IOWeight|1|io.weight|default 1'
	limits "is a property and in force" "$@" 'TasksMax|1|pids.max|0'
	ok "daemon-reload" ctl daemon-reload
	limits "and after systemd was loaded anew" "$@" 'TasksMax|1|pids.max|1'
	ok "no limits" $L update --memory -1 --cpu-quota -1 --pids-limit -1 c
	set -- 'MemoryMax|infinity|memory.max|max' \
		'MemorySwapMax|infinity|memory.swap.max|max' \
		'TasksMax|infinity|pids.max|max'
	limits "no limits" "$@" \
		'CPUQuotaPerSecUSec|infinity|cpu.max|max 200000'
	ok "daemon-reload" ctl daemon-reload
	limits "no limits, after systemd was loaded anew" "$@"
	ok "idle" sh -c "echo '{\"cpu\": {\"idle\": 1}}' | $L update -r - c"
	limits "idle" 'CPUWeight|idle|cpu.idle|1'
	ok "daemon-reload" ctl daemon-reload
	limits "idle, after systemd was loaded anew" 'CPUWeight|idle|cpu.idle|1'
	ok "busy" sh -c "echo '{\"cpu\": {\"idle\": 0}}' | $L update -r - c"
	limits "busy" 'CPUWeight|100|cpu.idle|0'
	ok "checkBeforeUpdate" sh -c "! echo '{\"memory\": {\"limit\": 4096,
		\"swap\": 4096, \"checkBeforeUpdate\": true}}' | $L update -r - c"
	limits "changes nothing" 'MemoryMax|infinity|memory.max|max'
	is "what systemd cannot express" \
		"$(echo '{"unified": {"cpuset.cpus": "0-1:1/2"}}' | $L update -r - c 2>&1)" \
		'lorica: update c: linux.resources.unified.cpuset.cpus: "0-1:1/2" in cpuset.cpus has no equivalent among the properties of systemd'
	gone "limits" c

	# ---- a controller that systemd does not know, or was not given
	pages=$(cd /sys/kernel/mm/hugepages 2>/dev/null && echo hugepages-2048kB)
	[ -z "$pages" ] || pages=2MB
	with ".linux.resources = {hugepageLimits: [{pageSize: \"$pages\", limit: 0}]}"
	if [ -z "$pages" ]; then
		skip "hugepageLimits" "no huge pages here"
	elif [ "$uid" = 0 ]; then
		ok "huge pages" made c
		is "are limited" "$(cat "$cg/hugetlb.2MB.max")" 0
		ok "daemon-reload" ctl daemon-reload
		is "are still" "$(cat "$cg/hugetlb.2MB.max")" 0
		gone "huge pages" c
	else
		has "huge pages" "$($S run --bundle "$d" c 2>&1)" \
			"lorica: run c: *hugepageLimits: the hugetlb controller is not available: */user@$uid.service/* was not given it: as root, *"
		unit=lorica-c.scope
		is "and no scope" "$(show LoadState)" not-found
	fi

	# ---- annotations
	with '.annotations = {"org.systemd.property.TimeoutStopSec": "uint64 7",
		"org.systemd.property.CollectMode": "'"'inactive'"'",
		"org.systemd.property.Documentation": "['"'man:a(1)', 'man:b(1)'"']",
		"org.systemd.property.CPUWeight": "uint64 77",
		"org.systemd.property.SendSIGHUP": "true",
		"run.oci.systemd.subgroup": "inner"} |
		.linux.resources = {pids: {limit: 9}}'
	ok "annotations" made c
	ctl show -- "$unit" >"$WORK/shown"
	is "seconds" "$(says TimeoutStopUSec)" 7s
	is "a string" "$(says CollectMode)" inactive
	is "strings" "$(says Documentation)" '"man:a(1)" "man:b(1)"'
	is "a number" "$(cat "$cg/cpu.weight")" 77
	is "a boolean" "$(says SendSIGHUP)" yes
	is "init is in the cgroup below" "$(cat "$cg/inner/cgroup.procs")" \
		"$($L state c | jq .pid)"
	is "which has the controllers" "$(cat "$cg/inner/cgroup.controllers")" \
		"$(cat "$cg/cgroup.controllers")"
	is "and not the limits" "$(cat "$cg/pids.max" "$cg/inner/pids.max" | tr '\n' ' ')" "9 max "
	is "ps" "$($L ps --format json c)" "[$($L state c | jq .pid)]"
	ok "pause" $L pause c
	gone "annotations" c
	# annotated NAME VALUE LINE
	annotated() {
		jq --arg name "$1" --arg value "$2" '.annotations[$name] = $value' \
			"$d/plain.json" >"$d/config.json"
		has "$1 $2" "$($S run --bundle "$d" c 2>&1)" "lorica: run c: $3"
		is "$1 $2: nothing is left" "$(ls "$WORK/state")" ""
	}
	annotated org.systemd.property.Slice "'a.slice'" \
		"annotations.org.systemd.property.Slice: \"'a.slice'\" cannot be set: lorica sets it"
	annotated org.systemd.property.Foo "<1>" \
		"annotations.org.systemd.property.Foo: \"<1>\" is no boolean, *"
	annotated org.systemd.property.NoSuchProperty "true" \
		"the scope lorica-c.scope: StartTransientUnit: org.freedesktop.DBus.Error.PropertyReadOnly: *NoSuchProperty*"
	annotated run.oci.systemd.subgroup "../x" \
		"annotations.run.oci.systemd.subgroup: \"../x\" is no name of a cgroup"

	# ---- devices: lorica's program alone decides, whatever systemd does
	if [ "$uid" = 0 ]; then
		mknod "$d/rootfs/tmp/yes" c 1 11
		mknod "$d/rootfs/tmp/no" c 10 1
		jq '.process.capabilities[] += ["CAP_SYSLOG"] |
			.linux.resources.devices = [{allow: false},
			{allow: true, type: "c", major: 1, minor: 11, access: "r"}] |
			.process.args = ["sh", "-c", "while sleep 0.1; do
				[ -e /tmp/ask ] || continue
				for f in yes no; do head -c 0 /tmp/$f 2>/dev/null; echo $f $?; done >/tmp/new
				rm /tmp/ask
				cat /tmp/new >/tmp/answer; done"]' "$d/plain.json" >"$d/config.json"
		opens() {
			rm -f "$d/rootfs/tmp/answer"
			touch "$d/rootfs/tmp/ask"
			await grep -q no "$d/rootfs/tmp/answer"
			tr '\n' ' ' <"$d/rootfs/tmp/answer"
		}
		ok "devices" made c
		is "are those of the rules" "$(opens)" "yes 0 no 1 "
		ok "daemon-reload" ctl daemon-reload
		is "after systemd was loaded anew" "$(opens)" "yes 0 no 1 "
		ok "set-property" ctl set-property --runtime "$unit" TasksMax=40
		is "after a property was set" "$(opens)" "yes 0 no 1 "
		ok "update" sh -c "echo '{\"devices\": [{\"allow\": false}]}' | $L update -r - c"
		is "after an update" "$(opens)" "yes 1 no 1 "
		gone "devices" c
	fi

	# ---- other ways to systemd
	if [ "$uid" != 0 ]; then
		bus=/run/user/$uid
		with .
		# As podman does: root of a namespace that is the user's.
		mkdir "$d/n"
		cp -r "$d/rootfs" "$d/n/"
		(cd "$d/n" && "$LORICA" spec)
		config "$d/n" '.process.terminal = false | .process.args = ["true"] |
			(.mounts[] | select(.type == "devpts") | .options) -= ["gid=5"]'
		for variable in "XDG_RUNTIME_DIR=$bus" A=; do
			ok "as root of a user namespace, with $variable" unshare -Urm env -i \
				"$variable" LORICA_LIBEXEC="$LORICA_LIBEXEC" $S run --bundle "$d/n" c
		done
		ok "without any variable" env -i LORICA_LIBEXEC="$LORICA_LIBEXEC" $S \
			create --bundle "$d" c
		ok "nor for delete" env -i LORICA_LIBEXEC="$LORICA_LIBEXEC" $L delete --force c
		is "no unit" "$(ctl list-units --all --plain --no-legend lorica-c.scope)" ""
		# Its manager's own socket, where there is no bus.
		XDG_RUNTIME_DIR=$bus systemctl --user --quiet stop dbus.socket dbus.service
		ok "without a bus" $S create --bundle "$d" c
		unit=lorica-c.scope
		cg=/sys/fs/cgroup$above/$unit
		is "the scope" "$(show ActiveState)" active
		gone "without a bus" c
		XDG_RUNTIME_DIR=$bus systemctl --user start dbus.socket
	elif id vm >"$WORK/id" 2>&1 && [ -S "/run/user/$(id -u vm)/bus" ]; then
		# From outside of the user's part of the hierarchy, as after ssh.
		mkdir "$d/user"
		cp -r "$d/rootfs" "$d/user/"
		rm -f "$d/user/rootfs/tmp/yes" "$d/user/rootfs/tmp/no"
		chown -R vm: "$d/user"
		chmod 711 "$d"
		ok "a user's process from elsewhere" setpriv --reuid=vm --regid=vm --init-groups \
			env -i PATH="$PATH" LORICA_LIBEXEC="$LORICA_LIBEXEC" sh -c "cd $d/user &&
			$LORICA spec --rootless &&
			jq '.process.terminal = false | .process.args = [\"cat\", \"/proc/self/cgroup\"]' \
				config.json >c2 && mv c2 config.json &&
			$LORICA --root $d/user/state --systemd-cgroup run c >out && grep -qx 0::/ out"
	fi
	is "no helper" "$(env LORICA_LIBEXEC=/nowhere $S run --bundle "$d" c 2>&1)" \
		"lorica: run c: the scope lorica-c.scope: /nowhere/lorica-systemd gave no answer: No such file or directory"
	ok "what it left" $L delete --force c
	is "is gone" "$(ls "$WORK/state")" ""
	# The helper, while it waits for a request.
	mkfifo "$d/request"
	"$LORICA_LIBEXEC/lorica-systemd" <"$d/request" >"$WORK/helper.out" 2>&1 &
	helper=$!
	exec 9>"$d/request"
	is_bare() {
		grep -q 'NoNewPrivs:.1' /proc/$helper/status &&
			[ "$(sed -n 's/^Cap\(Eff\|Prm\):.//p' /proc/$helper/status | sort -u)" = \
				0000000000000000 ]
	}
	ok "it has no capability" await is_bare
	exec 9>&-
	wait $helper
	rm "$d/request"
	if [ "$uid" = 0 ]; then
		with .
		is "of another pid namespace" \
			"$(unshare --pid --fork --mount-proc $S run --bundle "$d" c 2>&1)" \
			"lorica: run c: the scope lorica-c.scope: systemd is in another pid namespace, where the numbers of processes are others"
		is "and nothing is left" "$(ls "$WORK/state")" ""
	fi

	if [ "$uid" != 0 ]; then
		wait $late
		is "systemd that does not answer" "$(cat "$d/silent/out")" \
			"lorica: create late: the scope lorica-late.scope: systemd was not done with lorica-late.scope in 30 s"
		kill $silent
		ok "can be given up" "$LORICA" --root "$d/silent/state" delete --force late
		is "and nothing is left" "$(ls "$d/silent/state")" ""
	fi

	# ---- killed anywhere
	with .
	crashes() {
		if grep -q __asan_init "$LORICA"; then
			skip "$1" "the sanitizers cannot be traced"
			return
		fi
		ok "$1" env CRASH_OPTION=--systemd-cgroup "$SUPPORT/crash" "$2" kill \
			"$3" "$4" "$5" "$LORICA" "$WORK/state" "$d"
	}
	crashes "create is killed at some calls" create runtime 5 23
	crashes "init or the helper is killed at some calls" create others 3 43
	crashes "delete is killed at some calls" delete runtime 2 9
	is "no unit is left" "$(ctl list-units --all --plain --no-legend 'lorica-*.scope' 'pre-*.scope')" ""
	is "none has failed" "$(ctl list-units --failed --plain --no-legend '*.scope')" ""
fi
