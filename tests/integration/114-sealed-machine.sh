# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # set by run; in the container; for output
# sealed: what a container sees of the machine in /proc and /sys is its own,
# whatever way it looks; and real programs get along with that.
one_guest intercept "the interception layer, 114" || return 0
b=$WORK/seen
bundle "$b"
cp "$SUPPORT/seen" "$b/rootfs/bin/"
mkdir -p "$b/rootfs/some/kernel" "$b/rootfs/elsewhere"
touch "$b/rootfs/some/version" "$b/rootfs/some/kallsyms"
chmod 755 "$b/rootfs" "$b/rootfs/bin"
# Of the host's own, which in a user namespace may be bound with all below alone.
config "$b" '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=1777"]}] |
	.mounts += ([["/proc/sys/kernel", "/some/kernel"], ["/proc/version", "/some/version"],
		["/proc/kallsyms", "/some/kallsyms"], ["/proc", "/elsewhere"]] |
		map({destination: .[1], source: .[0], type: "bind", options: ["rbind", "ro"]}))'
# sealed PLATFORM BUNDLE [OPTION...]: run it; sets out, err and status.
limit=$((3 * patience))
in_sealed() {
	platform=$1 in=$2
	shift 2
	output "$LORICA" --root "$WORK/state" run -b "$in" --intercept=sealed \
		--platform="$platform" "$@" c
	[ $status -lt 124 ] || "$LORICA" --root "$WORK/state" delete --force c
}
# seen PLATFORM ARGUMENT...: in the container.
seen() {
	jq '.process.args = ["seen"] + $ARGS.positional' "$b/config.json" \
		--args "$2" "$3" "$4" >"$b/config.new" && mv "$b/config.new" "$b/config.json"
	in_sealed "$1" "$b"
}

# ---- the same whatever way it is looked for ----------------------------------
line='Linux version [456].[0-9]*.0 (root@localhost) (gcc, GNU ld) #1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 1970'
for user in 0 1000; do
	[ "$user" = 0 ] || [ "$(id -u)" = 0 ] || continue
	config "$b" ".process.user = {uid: $user, gid: $user}"
	for platform in notify ptrace; do
		while read -r dir name wanted; do
			# A file that is a mount of its own is no way without one.
			mounted='^no xdev: EXDEV$'
			[ "$dir" = /some ] || mounted='^$'
			seen $platform ways "$dir" "$name"
			is "$dir/$name is looked for, user $user, $platform" \
				"$status:$err:$(echo "$out" | grep -c .)" "0::23"
			is "$dir/$name, user $user, $platform" \
				"$(echo "$out" | grep -v ": $wanted\$" | grep -v "$mounted")" ""
		done <<-END
			/proc version $line
			/proc/sys/kernel osrelease [456].[0-9]*.0
			/some version $line
			/some/kernel osrelease [456].[0-9]*.0
			/elsewhere version $line
			/elsewhere/sys/kernel osrelease [456].[0-9]*.0
			/sys/devices/system/cpu online 0-*[0-9]*
			/proc kallsyms ENOENT
			/proc/sys/kernel sched_rt_period_us ENOENT
			/some kallsyms ENOENT
			/some/kernel sched_rt_period_us ENOENT
			/elsewhere/sys/kernel sched_rt_period_us ENOENT
			/elsewhere kallsyms ENOENT
		END
	done
done
config "$b" '.process.user = {uid: 0, gid: 0}'
for platform in notify ptrace; do
	for hidden in /sys/kernel/notes /sys/fs/cgroup/../selinux /proc/bus /proc/self/mem \
		/proc/1/stack /proc/self/task/1/syscall /sys/devices/system/cpu/vulnerabilities; do
		sh_in "$b" "exec 2>&1; for call in stat cat ls cd; do \$call $hidden; done"
		in_sealed $platform "$b"
		is "$hidden, $platform" \
			"$(echo "$out" | grep -c "No such file\|can't cd to $hidden")" 4
	done
done

# ---- it stays what it is -------------------------------------------------------
for platform in notify ptrace; do
	for file in "/proc meminfo" "/proc/sys/kernel osrelease" "/sys/devices/system/cpu online"; do
		# shellcheck disable=SC2086 # two words
		seen $platform writes $file
		is "$file is not changed, $platform" "$status:$err:$(echo "$out" | grep -c .)" 0::18
		is "$file is not changed in any way, $platform" "$(echo "$out" | grep ': done')" ""
		# shellcheck disable=SC2086
		seen $platform same $file
		is "$file is one file, $platform" "$status:$err:$out" 0::one
	done
	seen $platform live /proc uptime
	is "who keeps it open sees what is new, $platform" "$status:$err:$out" 0::another
	seen $platform same /sys/devices system
	is "a directory is one file, $platform" "$status:$err:$out" 0::one
	# shellcheck disable=SC2012 # of names that are known
	sh_in "$b" 'cd /sys/devices/system/cpu && ls | grep -v "^cpu[0-9]*$"; ls -d cpu* | wc -l; cat cpu0/topology/core_id'
	in_sealed $platform "$b"
	is "what is listed, $platform" "$(echo "$status:$err:$out" | tr '\n' ' ')" \
		"0::isolated kernel_max offline online possible present $(nproc) 0 "
done

# ---- limits of its own control group ------------------------------------------
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
# own_limits: what a container sees of them, in one line: the memory that meminfo,
# sysinfo(2) and sysconf(3) tell of, and processors.
own_limits='
	sed -n "s/^MemTotal: *\\([0-9]*\\) kB/meminfo \\1/p; s/^SwapTotal: *\\([0-9]*\\) kB/swap \\1/p" /proc/meminfo
	seen numbers
	echo cpuinfo $(grep -c ^processor /proc/cpuinfo) stat $(grep -c "^cpu[0-9]" /proc/stat)
	echo online $(cat /sys/devices/system/cpu/online) loadavg $(cut -d " " -f 4 /proc/loadavg | cut -d / -f 2)'
if [ "$(id -u)" = 0 ] && has_controllers cpu cpuset memory; then
	here_cpus=$(nproc --all)
	ln -sf busybox "$b/rootfs/bin/cut"
	ln -sf busybox "$b/rootfs/bin/sed"
	cp "$b/config.json" "$WORK/unlimited.json"
	# One processor's time of as many as there are: lorica itself may use them all.
	config "$b" '.linux.resources += {memory: {limit: 134217728, swap: 201326592}, cpu: {quota: 100000, period: 100000}}'
	sh_in "$b" "$own_limits"
	for platform in notify ptrace; do
		output taskset -a "$(printf %x $(((1 << here_cpus) - 1)))" "$LORICA" --root "$WORK/state" \
			run -b "$b" --intercept=sealed --platform=$platform c
		is "memory and processors are those of its control group, $platform" \
			"$(echo "$status:$err:$out" | sed 's/ loadavg [0-9]*$//' | tr '\n' ' ')" \
			"0::meminfo 131072 swap 65536 sysinfo 131072 65536 sysconf 1 affinity 1 cpuinfo 1 stat 1 online 0 "
		ok "its load is of its own tasks, $platform" test \
			"$(printf '%s\n' "$out" | sed -n 's/.* loadavg //p')" -lt 9
	done
	if [ "$here_cpus" -gt 1 ]; then
		config "$b" '.linux.resources.cpu = {cpus: "1"}'
		sh_in "$b" 'seen numbers; grep "^processor" /proc/cpuinfo; cat /sys/devices/system/cpu/online'
		for platform in notify ptrace; do
			output taskset -a "$(printf %x $(((1 << here_cpus) - 1)))" "$LORICA" --root "$WORK/state" \
				run -b "$b" --intercept=sealed --platform=$platform c
			is "one processor of a set is the first, $platform" \
				"$(echo "$status:$err:$out" | grep -v sysinfo | tr '\n\t' '  ')" \
				"sysconf 1 affinity 1 processor : 0 0 "
		done
	fi
	# ---- and those that it gets afterwards
	# shows WANTED: in one line, and the names of processors.
	shows() {
		[ "$($L exec c sh -c "$own_limits; cd /sys/devices/system/cpu; ls -d cpu[0-9]*" </dev/null 2>&1 |
			sed 's/ loadavg [0-9]*$//' | tr '\n' ' ')" = "$1" ]
	}
	one="sysconf 1 affinity 1 cpuinfo 1 stat 1 online 0 cpu0 "
	two="sysconf 2 affinity 2 cpuinfo 2 stat 2 online 0-1 cpu0 cpu1 "
	config "$b" '.linux.resources.cpu = {quota: 100000, period: 100000} |
		.linux.resources.memory = {limit: 134217728, swap: 201326592}'
	sh_in "$b" 'sleep 600'
	L="$LORICA --root $WORK/state"
	all_cpus=$(printf %x $(((1 << here_cpus) - 1)))
	for platform in notify ptrace; do
		taskset -a "$all_cpus" $L run --detach -b "$b" --intercept=sealed --platform=$platform c \
			</dev/null >/dev/null 2>&1
		ok "limits of the start, $platform" await shows \
			"meminfo 131072 swap 65536 sysinfo 131072 65536 $one"
		if [ "$here_cpus" -gt 1 ]; then
			ok "update, $platform" $L update --memory 268435456 --memory-swap 402653184 \
				--cpu-quota 200000 --cpu-period 100000 c
			ok "an update is shown, $platform" await shows \
				"meminfo 262144 swap 131072 sysinfo 262144 131072 $two"
			ok "of less than before, $platform" $L update --memory 134217728 --memory-swap 201326592 \
				--cpu-quota 100000 --cpu-period 100000 c
			ok "less is shown, $platform" await shows \
				"meminfo 131072 swap 65536 sysinfo 131072 65536 $one"
			$L exec c ls /sys/devices/system/cpu/cpu1 </dev/null >/dev/null 2>&1
			is "what it has lost is not there, $platform" $? 1
			ok "an update of a quota, $platform" $L update --cpu-quota 200000 --cpu-period 100000 c
			ok "an update of a set, $platform" $L update --cpuset-cpus 1 c
			ok "a set is shown, $platform" await shows \
				"meminfo 131072 swap 65536 sysinfo 131072 65536 $one"
			ok "another set, $platform" $L update --cpuset-cpus 0-1 c
			ok "another set is shown, $platform" await shows \
				"meminfo 131072 swap 65536 sysinfo 131072 65536 $two"
			is "and may be chosen from, $platform" \
				"$($L exec c busybox taskset 2 nproc </dev/null 2>&1)" 1
		fi
		$L delete --force c
	done
	cp "$WORK/unlimited.json" "$b/config.json"
elif needs root "limits of a control group in sealed"; then
	skip "limits of a control group in sealed" "it wants controllers in version 2"
fi

# ---- real programs ---------------------------------------------------------------
m=$WORK/programs
bundle "$m"
rm -r "$m/rootfs"
for dir in usr etc proc dev sys tmp var run opt; do mkdir -p "$m/rootfs/$dir"; done
for link in bin lib lib32 lib64 libx32 sbin; do
	[ ! -L "/$link" ] || ln -s "usr/$link" "$m/rootfs/$link"
done
program_path=/usr/bin:/usr/sbin
config "$m" '.process.env += ["HOME=/tmp", "PATH=/usr/bin:/usr/sbin", "LC_ALL=C"] |
	.process.rlimits = [] | .mounts += (["/usr", "/etc"] | map({destination: ., source: ., type: "bind",
		options: ["rbind", "ro", "nosuid", "nodev"]})) +
	[{destination: "/tmp", type: "tmpfs", source: "tmpfs"}]'
# works PROGRAM COMMAND WANTED: the last line that it prints.
works_on_both() {
	program "$1" "$1 in sealed, of the machine" || return 0
	sh_in "$m" "$2"
	for platform in notify ptrace; do
		in_sealed $platform "$m"
		is "$1, by $platform" "$status:$err:$(tail -n 1 "$WORK/out")" "0::$3"
	done
}
cpus=$(nproc)
# Without a limit as on every host that is large enough: include/vproc/vproc.h.
kib=8388608
host=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
while [ $kib -gt $((host / 2)) ]; do kib=$((kib / 2)); done
works_on_both free "free | awk '/^Mem/ { print \$2 }'" $kib
works_on_both nproc 'echo "$(nproc) $(nproc --all)"' "$cpus $cpus"
works_on_both lscpu "lscpu -p=CPU,CORE,SOCKET,NODE | grep -vc '^#'" "$cpus"
works_on_both uptime 'uptime | grep -c " up 0 min"' 1
works_on_both top 'top -b -n 2 -d 2 | grep "^.Cpu" | tail -n 1 | grep -c "100.0 id\|[5-9][0-9].[0-9] id"' 1
# Its first line is of the time since the start, which this takes a part of.
works_on_both vmstat 'vmstat 1 3 | awk "NR > 3 { n += \$15 + 0 > 50 } END { print n }"' 2
works_on_both cp 'cp /proc/meminfo /proc/version /sys/devices/system/cpu/online /tmp && grep -c MemTotal /tmp/meminfo' 1
works_on_both find 'find /sys /proc/sys/net >/dev/null && find /sys/devices/system/cpu -name core_id | wc -l' "$cpus"
works_on_both python3 'python3 -c "import os; print(os.cpu_count(), os.sysconf(\"SC_PHYS_PAGES\") * os.sysconf(\"SC_PAGESIZE\") // 1024, len(os.listdir(\"/sys/devices/system/cpu\")) - 6)"' \
	"$cpus $kib $cpus"
works_on_both node 'node -e "const os = require(\"os\"); console.log(os.cpus().length, os.totalmem() / 1024, os.uptime() < 60, os.loadavg().length, os.release() < \"6.2\", os.networkInterfaces() != null)"' \
	"$cpus $kib true 3 true true"
is "nothing is left, of what is shown" "$("$LORICA" --root "$WORK/state" list -q)" ""
unset limit
