# shellcheck shell=sh disable=SC2154 # set by run
# CVE-2021-30465, CVE-2024-45310, CVE-2025-31133, CVE-2025-52565: while a
# container is made, another process that has its root file system exchanges a
# directory and a link that leads out. Whatever it hits, nothing outside is
# made, changed or mounted on, and the container is right or it is refused.
race=$WORK/race
outside=$WORK/outside
for name in m f ro secret pts shm cwd; do
	mkdir -p "$outside/$name"
done
mkdir "$outside/pts/0"
for name in file null0 null zero full random urandom tty ptmx console; do
	echo outside >"$outside/$name"
done
marked() {
	find "$outside" -printf '%p %y %m %U:%G %s %i %T@ %C@\n' | LC_ALL=C sort
}
before_race=$(marked)

# hostile TARGET: vol/a is a directory, vol/b a link to that; so with dev.
hostile() {
	rm -rf "$race"
	bundle "$race"
	rmdir "$race/rootfs/dev"
	for place in vol dev; do
		mkdir -p "$race/rootfs/$place/a/m" "$race/rootfs/$place/a/ro" \
			"$race/rootfs/$place/a/pts"
		echo inside >"$race/rootfs/$place/a/secret"
		ln -s "$1" "$race/rootfs/$place/b"
	done
	mv "$race/rootfs/dev" "$race/rootfs/devs"
	mv "$race/rootfs/devs/a" "$race/rootfs/dev"
	echo bound >"$race/bound"
	config "$race" '.root.readonly = false | .process.terminal = true |
		.mounts |= map(select(.destination == "/proc")) |
		.mounts += [
			{destination: "/vol/a/m", type: "tmpfs", source: "race", options: ["tmpcopyup"]},
			{destination: "/vol/a/new/deep", type: "tmpfs", source: "race"},
			{destination: "/vol/a/f", source: "bound", options: ["bind"]},
			{destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "ptmxmode=0666"]}] |
		.process.cwd = "/vol/a/cwd" |
		.linux.devices = [{path: "/vol/a/null0", type: "c", major: 1, minor: 3}] |
		.linux.maskedPaths = ["/vol/a/secret", "/dev/secret"] |
		.linux.readonlyPaths = ["/vol/a/ro", "/dev/ro"]'
	# A user's devices are the host's, which has none of that name.
	[ "$(id -u)" = 0 ] || config "$race" 'del(.linux.devices)'
	# What it must have, wherever the names lead by now: 42 says it does not.
	# shellcheck disable=SC2016 # for the container's shell
	sh_in "$race" 'exec 2>/dev/null
		[ -e /proc/self/mountinfo ] || exit 0
		[ "$(grep -c " race " /proc/self/mountinfo)" = 2 ] || exit 42
		[ "$(grep -c " - devpts " /proc/self/mountinfo)" = 2 ] || exit 42
		[ "$(grep -c "/bound " /proc/self/mountinfo)" = 1 ] || exit 42
		[ -t 0 ] && case $PWD in /*) ;; *) exit 42 ;; esac || exit 42'
}
# at_each_call NAME HOW A B
at_each_call() {
	if grep -q __asan_init "$LORICA"; then
		skip "$1" "the sanitizers cannot be traced"
		return
	fi
	ok "$1" "$SUPPORT/crash" run "$2" others 1 "$(sample 1)" "$LORICA" \
		"$WORK/state" "$race" "$race/rootfs/$3" "$race/rootfs/$4"
	is "$1: the outside" "$(marked)" "$before_race"
}
# at_random NAME A B ROUNDS
at_random() {
	# shellcheck disable=SC2016 # for the inner shell
	ok "$1" "$SUPPORT/swap" "$race/rootfs/$2" "$race/rootfs/$3" sh -c '
		for round in $(seq 1 '"$(sample 1) $4"'); do
			status=0
			"$0" --root "$1" run --bundle "$2" c >"$2/log" 2>&1 </dev/null || status=$?
			case $status$(wc -l <"$2/log") in
			00 | 11) ;;
			*) echo "round $round: status $status"; cat "$2/log"; exit 1 ;;
			esac
		done' "$LORICA" "$WORK/state" "$race"
	is "$1: the outside" "$(marked)" "$before_race"
	is "$1: nothing is left" "$(ls "$WORK/state")" ""
}

hostile "../../../../../../../../$outside"
run "$race"
is "without a race it is right" "$out$err $status" " 0"
at_each_call "a volume goes away at each call" exchange vol/a vol/b
at_each_call "/dev goes away at each call" exchange dev devs/b
at_each_call "/proc goes away at each call" exchange proc vol/b
at_each_call "a volume is another for one call" glitch vol/a vol/b
at_each_call "/dev is another for one call" glitch dev devs/b
at_random "a volume that flickers" vol/a vol/b 60
hostile "$outside"
mv "$race/rootfs/vol/a" "$race/rootfs/vol/c"
mv "$race/rootfs/vol/b" "$race/rootfs/vol/a"
mv "$race/rootfs/vol/c" "$race/rootfs/vol/b"
at_each_call "a volume comes at each call" exchange vol/a vol/b
at_random "/dev that flickers" dev devs/b 60

# Another directory is /proc while it is mounted on, or while it is protected:
# wherever the procfs lies in the end, its masks are on it.
rm -rf "$race"
bundle "$race"
for name in keys interrupts sys/kernel; do
	mkdir -p "$race/rootfs/other/$name"
done
config "$race" '.process.capabilities |= map_values([])'
# shellcheck disable=SC2016 # for the container's shell
sh_in "$race" 'for at in /proc /other; do
		[ -e $at/self/mountinfo ] || continue
		[ -c $at/keys ] && [ -c $at/interrupts ] || exit 42
		! (: >>$at/sys/kernel/domainname) || exit 42
	done 2>/dev/null'
run "$race"
is "with the other at rest it is right" "$out$err $status" " 0"
at_each_call "/proc is another directory from each call on" exchange proc other
