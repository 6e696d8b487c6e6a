# shellcheck shell=sh disable=SC2154 # set by run
# Many containers, one after the other, through one of containerd's shims:
# LORICA_SOAK of them, 1,000 for "make vm-soak". Nothing of them stays, and the
# shim, whose memory would show what it was left with, does not grow.
needs engines soak || return 0
[ "$(id -u)" = 0 ] || return 0
# shellcheck source=tests/support/engines.sh
. "$here/support/engines.sh"
make_images
start_containerd
ok "containerd loads the image" ctr images import "$images/test.tar"
containers=${LORICA_SOAK:-50}

# in_group ARGUMENT...: "ctr run" in the shim of them all.
in_group() {
	ctr run --runc-binary /usr/local/bin/lorica \
		--annotation io.containerd.runc.v2.group=soak "$@" </dev/null
}
# left: what there is of containers but the one that stays.
left() {
	ls /run/containerd/runc/default \
		/run/containerd/io.containerd.runtime.v2.task/default
	find /sys/fs/cgroup/default -mindepth 1 -type d
	ctr task ls --quiet
	ctr snapshot ls | wc -l
	grep -c containerd /proc/self/mountinfo
	# containerd 1.6 loses the watch on a cgroup that is gone before it begins.
	find "/proc/$shim/fd" -type l ! -lname '*inotify' | wc -l
	pgrep -c -f containerd-shim-runc-v2
}
memory() { awk '/^VmRSS:/ { print $2 }' "/proc/$shim/status"; }

ok "the one that stays" in_group --detach "$image" stays sleep 1000000
shim=$(pgrep -f containerd-shim-runc-v2)
failures=0
i=0
while [ $i -lt "$containers" ]; do
	# On the way, as a thousand take an emulated machine an hour.
	[ $((i % (containers / 10))) != 0 ] ||
		echo "# $i: the shim has $(memory) KiB, $failures failed"
	# Its memory is compared with that after it got going.
	if [ $i = $((containers / 5)) ]; then
		memory=$(memory)
		left >"$WORK/left.early"
	fi
	status=0
	# What it prints goes to a file, by the shim: where the machine is slow, ctr
	# now and then loses what comes by its pipes, whatever the runtime is.
	in_group --rm --log-uri "file://$WORK/soak.out" "$image" "soak$i" \
		sh -c "sleep 0.5; echo $i" >"$WORK/soak.err" 2>&1 || status=$?
	out=$(cat "$WORK/soak.err" "$WORK/soak.out")
	rm -f "$WORK/soak.out"
	[ "$status $out" = "0 $i" ] || {
		failures=$((failures + 1))
		echo "# $i failed: $status $out"
	}
	i=$((i + 1))
done
is "of $containers containers none failed" "$failures" 0
left >"$WORK/left.late"
is "nothing is left of them" "$(cat "$WORK/left.late")" "$(cat "$WORK/left.early")"
now=$(memory)
echo "# the shim had $memory KiB after $((containers / 5)), and has $now KiB"
# Go's heap grows in steps of some MiB, and then no more.
ok "the shim does not grow" [ "$now" -lt $((memory + 16384)) ]
ctr task kill --signal KILL stays
await eval '[ "$(ctr task ls | grep -c STOPPED)" = 1 ]'
ctr task delete stays >/dev/null 2>&1
ok "the one that stayed goes" ctr container delete stays
ok "and its shim" await eval '! pgrep -f containerd-shim-runc-v2'
is "nothing is left" "$(ls /run/containerd/runc/default)" ""
stop_containerd
