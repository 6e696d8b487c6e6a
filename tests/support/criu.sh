# shellcheck shell=sh disable=SC2154 # set by lib
# criu - what the tests of checkpoint and restore share: a bundle, $k, whose
# configuration as it was is $WORK/k.json, and containers that count.
L="$LORICA --root $WORK/state"
k=$WORK/checkpoint
bundle "$k"
cp "$SUPPORT/hog" "$k/rootfs/bin/"
config "$k" '.root.readonly = false | .linux.cgroupsPath = "/lorica-criu/k"'
cp "$k/config.json" "$WORK/k.json"

# Where the lane of guests does not say what a place is for: does criu work?
command -v needs >/dev/null || needs() {
	[ "$(id -u)" != 0 ] || ! criu check >/dev/null 2>&1 || return 0
	skip "$2" "needs $1"
	return 1
}

# make ID [COMMAND]: a container that counts, in its memory and in a file that
# it keeps open.
# shellcheck disable=SC2016 # for the container
counter='exec 3>/tmp/n; i=0; while [ ! -e /tmp/end ]; do i=$((i + 1)); echo $i >&3; busybox usleep 50000; done; exit 7'
make() {
	rm -rf "$k/rootfs/tmp" "$WORK/img"
	mkdir -m 1777 "$k/rootfs/tmp"
	sh_in "$k" "${2:-$counter}"
	# criu opens again what it inherits: a file of root's is not for root
	# of a user namespace.
	$L run --detach --bundle "$k" "$1" </dev/null >/dev/null 2>&1
	is "make $1" $? 0
	begins "$k/rootfs/tmp/n"
}
# begins FILE: wait until there is something in it.
begins() {
	tries=0
	until [ -s "$1" ] || [ $tries = 400 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
}
# counts: it goes on, and no number is missing or there twice.
count() {
	tail -n 1 "$k/rootfs/tmp/n"
}
counts() {
	from=$(count)
	tries=0
	until [ "$(count)" -gt "$from" ] || [ $tries = 200 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	cp "$k/rootfs/tmp/n" "$WORK/n"
	if [ "$tries" -lt 200 ] &&
		[ "$(tail -n 1 "$WORK/n")" = "$(wc -l <"$WORK/n")" ]; then
		echo yes
	else
		echo "no, $from then $(tail -n 1 "$WORK/n") of $(wc -l <"$WORK/n")"
	fi
}
status() {
	$L state "$1" 2>&1 | jq -r .status 2>/dev/null || echo none
}
# gone ID: nothing is left of it.
gone() {
	ok "$1: no state is left" test ! -e "$WORK/state/$1"
	is "$1: no cgroup is left" \
		"$(ls -d /sys/fs/cgroup/lorica-criu/k 2>/dev/null)" ""
	is "$1: no mount is left" "$(grep -c criu-root /proc/self/mountinfo)" 0
}
dump() {
	$L checkpoint --image-path "$WORK/img" "$@" 2>&1
}
restore() {
	# shellcheck disable=SC2086 # words
	timeout $((3 * patience)) $L restore --image-path "$WORK/img" --bundle "$k" "$@" \
		</dev/null 2>"$WORK/err" >"$WORK/out"
	restored=$?
	cat "$WORK/err"
	return $restored
}
