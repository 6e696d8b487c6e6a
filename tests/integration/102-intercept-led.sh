# shellcheck shell=sh disable=SC2016 # for inner shells
# Tasks that are led by ptrace(2) to a descriptor: what keeps one of them is no
# matter of others, and stops and ends come to it as to any.
one_guest intercept "the interception layer, 102" || return 0
L="$LORICA --root $WORK/state"
i=$WORK/led
bundle "$i"
cp "$SUPPORT/tasks" "$i/rootfs/bin/tasks"
config "$i" '.root.readonly = false'
cp "$i/config.json" "$WORK/led.json"
policy=$WORK/led-policy.json
cat >"$policy" <<'JSON'
{ "files": [ { "paths": ["/nothing"], "access": ["read", "write", "create"], "action": "deny" } ],
  "execute": [ { "paths": ["/nothing"], "action": "deny" } ] }
JSON
# guard WORD...: a container led, by $mode and $platform.
guard() {
	timeout -s KILL $((${times:-3} * patience)) $L run --intercept=$mode --policy "$policy" \
		--platform=$platform --bundle "$i" "$@" led
	status=$?
	$L delete --force led 2>/dev/null
	return $status
}
sentry_of() { sed -n 's/^TracerPid:.//p' "/proc/$(cat "$i/pid")/status" 2>/dev/null; }
descriptors() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }

# ---- stops, and a loop over the code by which a task is led
for mode in guard sealed; do
	for platform in notify ptrace; do
		cp "$WORK/led.json" "$i/config.json"
		config "$i" '.process.args = ["tasks", "stopped", "400"]'
		is "stops among calls are stops, by $mode, $platform" "$(guard 2>&1 </dev/null)" ok
		config "$i" '.process.args = ["tasks", "looped", "60"]'
		is "a loop over the code of a call keeps no other, by $mode, $platform" \
			"$(guard 2>&1 </dev/null)" ok
	done
done

# ---- who is killed there leaves nothing
platform=ptrace
mode=guard
rm -f "$i/pid" "$i/rootfs/tmp/go" "$i/rootfs/tmp/over"
cp "$WORK/led.json" "$i/config.json"
sh_in "$i" 'cat /bin/sh >/dev/null; until [ -e /tmp/go ]; do sleep 0.1; done
	tasks looped 40; echo >/tmp/over; until [ -e /tmp/end ]; do sleep 0.1; done'
rm -f "$i/rootfs/tmp/end"
guard --pid-file "$i/pid" </dev/null >"$WORK/out" 2>&1 &
runs=$!
await test -s "$i/pid"
if [ "$(id -u)" = 0 ]; then
	await_status led running
	sentry=$(sentry_of)
	before=$(descriptors "$sentry")
	touch "$i/rootfs/tmp/go"
	await test -s "$i/rootfs/tmp/over"
	as_before() { [ "$(descriptors "$sentry")" = "$before" ]; }
	ok "the sentry has what it had ($before descriptors)" await as_before
else
	touch "$i/rootfs/tmp/go"
fi
touch "$i/rootfs/tmp/end"
wait $runs
is "tasks that are killed where they are led" "$(cat "$WORK/out")" ok

# ---- files of which another has a lease
mode=guard
cp "$WORK/led.json" "$i/config.json"
config "$i" '.process.args = ["tasks", "leases"]'
run "$i"
is "leases: natively" "$out$err" ok
for platform in notify ptrace; do
	is "who opens a file of which another has a lease keeps no other, by $platform" \
		"$(guard 2>&1 </dev/null)" ok
done

# ---- who waits for the other end of a FIFO
for words in '"left", "8"' '"held"'; do
	config "$i" ".process.args = [\"tasks\", $words]"
	run "$i"
	is "$words of who waits for a FIFO: natively" "$out$err" ok
	for mode in guard sealed; do
		for platform in notify ptrace; do
			is "$words of who waits for a FIFO, by $mode, $platform" \
				"$(guard 2>&1 </dev/null)" ok
		done
	done
done

# ---- limits, of which that of cores stays
config "$i" '.process.args = ["tasks", "limits"]'
run "$i"
is "limits: natively" "$out$err" ok
for mode in guard sealed; do
	for platform in notify ptrace; do
		is "limits are set and told, by $mode and $platform" "$(guard 2>&1 </dev/null)" ok
	done
done
mode=guard

# ---- a sentry that is stopped in the middle of its answer, as a suspended machine is
# A loop beside, for as long as it is there.
stop_and_go() {
	while kill -STOP "$1" 2>/dev/null; do
		kill -CONT "$1" 2>/dev/null
		i_=0
		while [ $i_ -lt 200 ]; do i_=$((i_ + 1)); done
	done
}
cp "$WORK/led.json" "$i/config.json"
times=15
for platform in notify ptrace; do
	opens=60000
	[ $platform = notify ] || opens=6000
	config "$i" ".process.args = [\"tasks\", \"opens\", \"$opens\"]"
	rm -f "$i/pid"
	began=$(date +%s)
	guard --pid-file "$i/pid" </dev/null >"$WORK/out" 2>&1 &
	runs=$!
	await test -s "$i/pid"
	stop_and_go "$(sentry_of)"
	wait $runs
	told="$?: $(cat "$WORK/out")"
	# The kernel answers the call with 0 then, and who is told that is killed.
	[ $(($(date +%s) - began)) -ge $((times * patience)) ] || case $platform:$told in
	*:"0: ok" | notify:"137: ") told=ok ;;
	esac
	is "nobody goes on with a descriptor that is not his, by $platform" "$told" ok
done
unset times

# Who is killed in the middle of its answer was told nothing.
config "$i" '.process.args = ["tasks", "opens-exec", "300"]'
for platform in notify ptrace; do
	is "who executes a program while a thread opens files goes on, by $platform" \
		"$(guard 2>&1 </dev/null)" ok
done

# ---- programs that are read for their digest
cp "$BUSYBOX" "$i/rootfs/bin/busybox-good"
cp "$BUSYBOX" "$i/rootfs/bin/busybox-other"
truncate -s 3M "$i/rootfs/bin/busybox-good"
truncate -s 4M "$i/rootfs/bin/busybox-other"
truncate -s 3G "$i/rootfs/bin/large"
truncate -s 8T "$i/rootfs/bin/huge" || truncate -s 5G "$i/rootfs/bin/huge"
chmod 755 "$i/rootfs/bin/large" "$i/rootfs/bin/huge"
mkfifo "$i/rootfs/bin/fifo"
chmod 755 "$i/rootfs/bin/fifo"
truncate -s 3G "$i/rootfs/bin/text"
chmod 644 "$i/rootfs/bin/text"
for name in good other; do
	printf '#!/bin/busybox-%s sh\necho %s\n' $name $name >"$i/rootfs/bin/script-$name"
	chmod 755 "$i/rootfs/bin/script-$name"
done
policy=$WORK/led-digest.json
cat >"$policy" <<JSON
{ "execute": [
	{ "paths": ["/bin/busybox", "/bin/script-*"], "action": "allow" },
	{ "sha256": ["$(sha256sum <"$i/rootfs/bin/busybox-good" | cut -d ' ' -f 1)"], "action": "allow" } ],
  "defaults": { "execute": "deny" } }
JSON
sh_in "$i" 'for one in /dev/zero /bin/fifo /bin/text /bin/huge; do
		(exec $one) 2>/dev/null; echo $?; done
	busybox-good echo good; script-good
	(exec busybox-other echo bad) 2>/dev/null; echo $?
	(exec script-other) 2>/dev/null; echo $?
	(exec /bin/large) 2>/dev/null & one=$!
	i=0; while [ $i -lt 20 ]; do (exec true); i=$((i + 1)); done
	kill -9 $one; wait $one; echo $?'
for platform in notify ptrace; do
	is "what is large, or no file, is read for its digest by nobody who keeps others, by $platform" \
		"$(guard 2>/dev/null </dev/null | tr '\n' ' ')" "126 126 126 126 good good 126 126 137 "
done
policy=$WORK/led-policy.json

# ---- a file system that answers up to there, and falls silent
fuse=$i/fuse
# serve WORD...: what is mounted there is.
serve() {
	"$SUPPORT/fused" "$fuse" "$@" >"$WORK/fused" 2>&1 &
	server=$!
	await grep -q mounted "$WORK/fused"
}
mkdir -p "$fuse" "$i/rootfs/mnt"
modprobe fuse 2>/dev/null
if ! needs root "a file system that falls silent"; then
	: # An ordinary user mounts nothing that a container could see.
elif ! serve; then
	skip "a file system that falls silent" "no FUSE"
else
	kill $server
	wait $server
	umount -l "$fuse"
	cp "$WORK/led.json" "$i/config.json"
	config "$i" '.mounts += [{destination: "/mnt", type: "bind", source: "fuse", options: ["bind"]}] |
		.process.capabilities.bounding += ["CAP_SYS_CHROOT"] |
		.process.capabilities.permitted += ["CAP_SYS_CHROOT"] |
		.process.capabilities.effective += ["CAP_SYS_CHROOT"]'
	ln -sf busybox "$i/rootfs/bin/chroot"
	cp "$i/config.json" "$WORK/fused.json"
	# falls_silent NAME AT COMMAND WANTED [LAST]: others go on until the command's server
	# is no more; what it prints, and its status. LAST is what they do in the end.
	falls_silent() {
		serve "$2" || return 1
		rm -f "$i/rootfs/tmp/others" "$i/rootfs/tmp/go"
		cp "$WORK/fused.json" "$i/config.json"
		sh_in "$i" "$3 & one=\$!"'
			until [ -e /tmp/go ]; do sleep 0.1; done
			i=0; while [ $i -lt 20 ]; do cat /bin/sh >/dev/null; (exec true); i=$((i + 1)); done
			'"${5:-true}; "'echo >/tmp/others; wait $one; echo $?'
		guard >"$WORK/out" 2>"$WORK/err" </dev/null &
		runs=$!
		ok "$1: it falls silent, by $mode, $platform" await grep -q silent "$WORK/fused"
		touch "$i/rootfs/tmp/go"
		ok "$1: others go on, by $mode, $platform" await test -s "$i/rootfs/tmp/others"
		kill $server
		wait $server 2>/dev/null
		wait $runs
		umount -l "$fuse"
		has "$1: and so does the task in the end, by $mode, $platform" "$(cat "$WORK/out")" "$4"
	}
	for mode in guard sealed; do
		for platform in notify ptrace; do
			falls_silent "a close" flush 'cat /mnt/f' 'f*0'
			falls_silent "a close of what is written" flush 'sh -c "exec 3<>/mnt/f"' '0'
			falls_silent "a directory" access 'sh -c "cd /mnt/d"' '[0-9]*'
			falls_silent "a root" access 'chroot /mnt/d /bin/none' '[0-9]*'
			falls_silent "a program" program /mnt/x '[0-9]*'
			falls_silent "a program that is killed" program /mnt/x 137 'kill -9 $one'
		done
	done
fi
await eval '[ ! "$(sentries)" ]'
is "nothing is left of any" "$(ls "$WORK/state")$(sentries)" ""
