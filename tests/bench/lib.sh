# shellcheck shell=sh disable=SC2154 # what the benchmark sets
# lib - what the benchmarks share: where they run, and loops at once.
#
# Sourced; build is the build directory, here that of this file, work one of the
# benchmark's own.

# in_view COMMAND...: in a mount and cgroup namespace of its own, so that
# own_view can be called there. As root.
in_view() {
	export BENCH_INSIDE=yes
	for v2 in /sys/fs/cgroup /sys/fs/cgroup/unified; do
		[ "$(stat -fc %T "$v2")" = cgroup2fs ] && break
	done
	mkdir -p "$v2/lorica-bench"
	status=0
	(
		sh -c 'echo $PPID' >"$v2/lorica-bench/cgroup.procs"
		exec unshare -m -C --propagation private "$@"
	) || status=$?
	find "$v2/lorica-bench" -depth -type d -exec rmdir {} \; 2>/dev/null || :
	return $status
}

# own_view: /sys/fs/cgroup is version 2 alone from here on, which crun wants.
own_view() {
	# Where it is that already, the same is not mounted over it.
	umount -l /sys/fs/cgroup
	mount -t cgroup2 none /sys/fs/cgroup
	# A cgroup that holds processes hands no controller down.
	mkdir -p /sys/fs/cgroup/bench
	echo $$ >/sys/fs/cgroup/bench/cgroup.procs
}

# stripped: the program as it is installed, beside the others: a program starts
# more slowly from memory than from disk.
stripped() {
	# A guest has no strip(1), but what it left on the host.
	strip -o "$build/tests/bench/lorica" "$build/lorica" 2>/dev/null ||
		[ -x "$build/tests/bench/lorica" ]
}

# bundle DIRECTORY: the default configuration around a static program. The
# version is one that every runtime takes; the limits are taken out because
# the other runtimes want cgroup controllers for them.
bundle() {
	mkdir -p "$1/rootfs/bin" "$1/rootfs/proc" "$1/rootfs/dev" "$1/rootfs/sys"
	cp "$build/tests/bench/true" "$1/rootfs/bin/true"
	"$build/tests/bench/lorica" spec --bundle "$1"
	edit "$1" '.ociVersion = "1.0.2" | .process.terminal = false |
		.process.args = ["/bin/true"] | del(.linux.resources)'
}

# edit DIRECTORY FILTER: change its configuration.
edit() {
	jq "$2" "$1/config.json" >"$1/config.new"
	mv "$1/config.new" "$1/config.json"
}

# filtered DIRECTORY: give it Docker's seccomp profile.
filtered() {
	jq --slurpfile profile "$here/../data/seccomp-docker.json" \
		'.linux.seccomp = $profile[0]' "$1/config.json" >"$1/config.new"
	mv "$1/config.new" "$1/config.json"
}

# loop COMMAND...: until there is that file; how many times, and how many failed.
loop() {
	all=0
	failed=0
	while [ ! -e "$work/stop" ]; do
		all=$((all + 1))
		"$@" </dev/null >/dev/null 2>&1 || failed=$((failed + 1))
	done
	echo "$all $failed"
}

# loops NAME SECONDS COMMAND...: eight of them at once, for that time.
loops() {
	name=$1
	seconds=$2
	shift 2
	rm -f "$work/stop" "$work"/count.*
	for i in 1 2 3 4 5 6 7 8; do
		loop "$@" >"$work/count.$i" &
	done
	sleep "$seconds"
	touch "$work/stop"
	wait
	cat "$work"/count.* | awk -v name="$name" -v s="$seconds" \
		'{ n += $1; failed += $2 } END {
			printf "%s: %.1f a second, %d of %d failed\n", name, n / s, failed, n }'
}
