# shellcheck shell=sh disable=SC2016 # for inner shells
# The life of a container under the interception layer: every command that works
# on one works on it, what cannot is refused, and whenever it ends nothing is
# left of it.
one_guest intercept "the interception layer, 101" || return 0
L="$LORICA --root $WORK/state"
i=$WORK/life
bundle "$i"
cp "$SUPPORT/tasks" "$i/rootfs/bin/tasks"
cp "$PROBE" "$i/rootfs/bin/probe"
config "$i" '.root.readonly = false'
cp "$i/config.json" "$WORK/life.json"
printf 'secret\n' >"$i/rootfs/etc/secret"
cat >"$WORK/life-policy.json" <<'JSON'
{ "files": [ { "paths": ["/etc/secret"], "action": "deny" } ],
  "execute": [ { "drift": true, "action": "deny" } ] }
JSON
cat >"$WORK/life-network.json" <<'JSON'
{ "files": [ { "paths": ["/etc/secret"], "action": "deny" } ],
  "network": [ { "to": ["203.0.113.0/24"], "action": "deny" } ] }
JSON
# guard WORD...: the words of a command, with the layer; by $platform.
guard() {
	command=$1
	shift
	timeout $((3 * patience)) $L "$command" --intercept=guard --policy "$WORK/life-policy.json" \
		--platform="$platform" --bundle "$i" "$@"
}
# fine_in_modes NAME POLICY: so it is in both modes that decide; by $platform.
fine_in_modes() {
	for mode in guard sealed; do
		is "$1, in $mode by $platform" \
			"$(timeout $((3 * patience)) $L run --intercept=$mode --platform="$platform" \
				--policy "$WORK/life-$2.json" --bundle "$i" l8 </dev/null 2>&1)" ok
	done
}
sentry_of() { sed -n 's/^TracerPid:.//p' "/proc/$(cat "$i/pid")/status" 2>/dev/null; }
# is_gone PID: it has ended, and was reaped by whoever reaps.
is_gone() { [ ! -e "/proc/$1/stat" ] || grep -q '^[0-9]* (.*) Z' "/proc/$1/stat"; }
# none_left NAME SENTRY: of the container and of its sentry.
none_left() {
	gone=yes
	await is_gone "${2:-none}" || gone="the sentry $2"
	is "$1: nothing is left, by $platform" "$gone$(ls "$WORK/state")" yes
}

for platform in notify ptrace; do
	# ---- step by step
	sh_in "$i" 'cat /etc/secret 2>/dev/null; echo "$?" >/tmp/status; sleep 300'
	rm -f "$i/rootfs/tmp/status"
	ok "create, by $platform" guard create --pid-file "$i/pid" l1 </dev/null
	is "is created, by $platform" "$($L state l1 | jq -r '.status, .intercept' | tr '\n' ' ')" "created guard "
	sentry=$(sentry_of)
	is "with its sentry, by $platform" "$(cat "/proc/$sentry/comm")" lorica-sentry
	ok "start, by $platform" timeout $patience $L start l1
	await test -s "$i/rootfs/tmp/status"
	is "it is under the policy, by $platform" "$(cat "$i/rootfs/tmp/status")" 1
	is "ps, by $platform" "$($L ps l1 | grep -c 'sleep 300')" 1
	is "ps does not show the sentry, by $platform" "$($L ps l1 | grep -c lorica)" 0
	cgroup=$(jq -r '.cgroupPath // ""' "$WORK/state/l1/state.json")
	if [ "$cgroup" ]; then
		is "the sentry is no process of the container's cgroup, by $platform" \
			"$(sed -n 's/^0:://p' "/proc/$sentry/cgroup" | grep -c "/l1$")" 0
		ok "pause, by $platform" timeout $patience $L pause l1
		is "is paused, by $platform" "$($L state l1 | jq -r .status)" paused
		ok "resume, by $platform" timeout $patience $L resume l1
		is "is resumed, by $platform" "$($L state l1 | jq -r .status)" running
		ok "events, by $platform" sh -c "timeout $patience $L events --stats l1 | jq -e .data"
		is "exec after a pause, by $platform" \
			"$(timeout $patience $L exec l1 cat /tmp/status </dev/null)" 1
		if grep -qw pids "$(dirname "$cgroup")/cgroup.subtree_control" 2>/dev/null; then
			ok "update, by $platform" timeout $patience $L update --pids-limit 50 l1
		fi
	fi
	ok "kill, by $platform" timeout $patience $L kill l1 KILL
	await_status l1 stopped
	ok "delete, by $platform" timeout $patience $L delete l1
	none_left "delete" "$sentry"

	# ---- what is never started, and what is deleted while it runs
	guard create --pid-file "$i/pid" l2 </dev/null >/dev/null 2>&1
	sentry=$(sentry_of)
	ok "delete of one that was never started, by $platform" timeout $patience $L delete --force l2
	none_left "never started" "$sentry"
	sh_in "$i" 'while :; do cat /etc/secret /etc/hosts; done 2>/dev/null'
	ok "run --detach, by $platform" guard run --detach --pid-file "$i/pid" l3 \
		</dev/null >/dev/null 2>&1
	sentry=$(sentry_of)
	ok "delete --force of one that is busy, by $platform" timeout $patience $L delete --force l3
	none_left "delete --force" "$sentry"

	# ---- whose sentry does not go on, so that what ends is not waited for
	sh_in "$i" 'sleep 300 & sleep 300'
	guard run --detach --pid-file "$i/pid" l17 </dev/null >/dev/null 2>&1
	sentry=$(sentry_of)
	kill -STOP "$sentry"
	ok "delete --force of one whose sentry is stopped, by $platform" \
		timeout $((3 * patience)) $L delete --force l17
	none_left "a sentry that was stopped" "$sentry"

	# ---- whose caller may have few files open
	sh_in "$i" 'ulimit -n; sleep 300'
	config "$i" '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 50, hard: 60}]'
	(
		# shellcheck disable=SC3045 # dash has it, and busybox
		ulimit -Sn 150
		guard run --detach --pid-file "$i/pid" l18 </dev/null >"$WORK/out" 2>&1
	)
	await test -s "$WORK/out"
	is "few files, by $platform" "$(cat "$WORK/out")" 50
	# shellcheck disable=SC3045
	is "the sentry has as many as it may, by $platform" \
		"$(sed -n 's/^Max open files *\([^ ]*\) *\([^ ]*\) .*/\1 \2/p' "/proc/$(sentry_of)/limits")" \
		"$(ulimit -Hn) $(ulimit -Hn)"
	# A sanitizer reserves more than anybody has.
	grep -q __asan_init "$LORICA" || ok "its memory has a limit, by $platform" \
		grep -q "^Max data size *[0-9]* *[0-9]* " "/proc/$(sentry_of)/limits"
	$L delete --force l18
	cp "$WORK/life.json" "$i/config.json"

	# ---- killed at any moment
	n=0
	while [ $n -lt 12 ]; do
		n=$((n + 1))
		$L run --intercept=guard --policy "$WORK/life-policy.json" \
			--platform="$platform" --bundle "$i" l4 </dev/null >/dev/null 2>&1 &
		job=$!
		sleep 0.0$n
		kill -KILL $job 2>/dev/null
		wait $job 2>/dev/null
		$L delete --force l4 2>/dev/null
	done
	none_left "run is killed at some moment"
	await eval '[ ! "$(sentries)" ]'
	is "no sentry lives on, by $platform" "$(sentries)" ""

	# ---- hooks, stdio, a terminal, the service manager
	jq --arg dir "$i" '.process.args = ["sh", "-c", "cat /etc/secret 2>&1; exit 4"] |
		.hooks = {
			createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "echo runtime >>\($dir)/hooks"]}],
			createContainer: [{path: "/bin/sh", args: ["sh", "-c", "echo container >>\($dir)/hooks"]}],
			startContainer: [{path: "/bin/sh", args: ["sh", "-c", "echo start >/tmp/hook; cat /etc/secret >>/tmp/hook 2>&1"]}],
			poststart: [{path: "/bin/sh", args: ["sh", "-c", "echo poststart >>\($dir)/hooks"]}],
			poststop: [{path: "/bin/sh", args: ["sh", "-c", "echo poststop >>\($dir)/hooks"]}]}' \
		"$WORK/life.json" >"$i/config.json"
	rm -f "$i/hooks" "$i/rootfs/tmp/hook"
	status=0
	out=$(guard run l5 </dev/null 2>&1) || status=$?
	is "run with hooks, by $platform" "$status:$out" \
		"4:cat: can't open '/etc/secret': Permission denied"
	is "each of the host's ran, by $platform" "$(tr '\n' ' ' <"$i/hooks")" \
		"runtime container poststart poststop "
	# The configuration's hooks are before the filters: init/steps.c.
	is "that of the container's start is before the layer, by $platform" \
		"$(tr '\n' ' ' <"$i/rootfs/tmp/hook")" "start secret "
	cp "$WORK/life.json" "$i/config.json"
	config "$i" '.process.terminal = true | .process.consoleSize = {height: 31, width: 97}'
	sh_in "$i" '[ -t 0 ] && [ -t 1 ] && busybox stty size && echo here >/dev/tty && cat /etc/secret'
	out=$(timeout $patience "$SUPPORT/caller" terminal 24 80 $L run --intercept=guard \
		--policy "$WORK/life-policy.json" --platform=$platform --bundle "$i" l6 | tr -d '\r')
	is "a terminal, by $platform" "$out" "31 97
here
cat: can't open '/etc/secret': Permission denied"
	cp "$WORK/life.json" "$i/config.json"
	sh_in "$i" 'probe notify READY=1; sleep 60'
	timeout $patience "$SUPPORT/caller" notify "$i/host" $L run --detach --intercept=guard \
		--platform=$platform --bundle "$i" l7 </dev/null >"$WORK/out" 2>&1
	is "a service manager is told, by $platform" "$(cat "$WORK/out")" \
		"READY=1 MAINPID=$($L state l7 | jq .pid) 
BARRIER=1 and a descriptor"
	$L delete --force l7

	# ---- many tasks, and other ABIs
	config "$i" '.process.args = ["tasks", "threads", "2000"]'
	is "two thousand threads, by $platform" "$(guard run l8 </dev/null 2>&1)" ok
	config "$i" '.process.args = ["tasks", "forks", "300"]'
	is "three hundred processes, by $platform" "$(guard run l8 </dev/null 2>&1)" ok
	if [ "$platform $(uname -m)" != "notify aarch64" ]; then
		config "$i" '.process.args = ["tasks", "interrupted"]'
		fine_in_modes "no signal ends what it does not natively" network
	fi
	config "$i" '.process.args = ["tasks", "longest"]'
	fine_in_modes "the longest name of a socket" policy
	config "$i" '.process.args = ["tasks", "forged"]'
	is "a stop that a task tells itself of, by $platform" \
		"$(guard run l8 </dev/null 2>&1)" ok
	config "$i" '.process.args = ["tasks", "foreign"]'
	if [ "$(uname -m)" = x86_64 ]; then
		status=0
		guard run l9 </dev/null >"$WORK/out" 2>&1 || status=$?
		is "a foreign ABI ends the process, by $platform" "$status:$(cat "$WORK/out")" "159:"
		is "observe is told of it, by $platform" "$($L run --intercept=observe \
			--platform=$platform --events "$WORK/foreign-$platform.json" --bundle "$i" l9 \
			</dev/null 2>&1; jq -r 'select(.abi) | "\(.abi) \(.number) \(.call)"' \
			"$WORK/foreign-$platform.json")" "$("$i/rootfs/bin/tasks" foreign)
i386 20 null
i386 403 null"
	fi
	# Which ends the traced, not what waits in a call of theirs.
	sh_in "$i" 'for n in 1 2 3 4 5 6 7 8 9; do
			while :; do cat /etc/hosts /etc/secret; done >/dev/null 2>&1 &
			sleep 0.0$n; kill -9 $!; wait $! 2>/dev/null
		done; echo over'
	is "tasks killed in their calls, by $platform" "$(guard run l10 </dev/null 2>&1)" over
	none_left "all of these"
done

# ---- a program in the place of threads that make calls -----------------------
# The number of the first thread becomes the new program's while it is made to
# call: that is looked at all the same, and has the registers that it begins with.
mkdir -p "$i/rootfs/race"
cp "$SUPPORT/tasks" "$i/rootfs/race/open"
cp "$SUPPORT/tasks" "$i/rootfs/race/shut"
ln -s open "$i/rootfs/race/to-open"
ln -s shut "$i/rootfs/race/to-shut"
cat >"$WORK/life-replaced.json" <<'JSON'
{ "files": [ { "paths": ["/nothing"], "access": ["read", "write", "create"], "action": "deny" } ],
  "execute": [ { "paths": ["/race/shut"], "action": "deny" } ] }
JSON
cp "$WORK/life.json" "$i/config.json"
config "$i" '.process.args = ["tasks", "replaced", "/race/to-open", "100"]'
for mode in guard sealed; do
	for platform in notify ptrace; do
		is "a program in the place of threads that make calls, by $mode, $platform" \
			"$(timeout $((3 * patience)) "$SUPPORT/swap" "$i/rootfs/race/to-open" "$i/rootfs/race/to-shut" \
				$L run --intercept=$mode --policy "$WORK/life-replaced.json" \
				--platform=$platform --bundle "$i" l14 2>&1 </dev/null)" ok
		none_left "a program in the place of threads, by $mode"
	done
done

# ---- one process that is ended, whoever was served before -----------------------
# Decided on was one interpreter, and another runs: its process ends, and no other.
if needs root "tasks of several users"; then
	printf '#!/race/to-open\n' >"$i/rootfs/race/script"
	chmod 755 "$i/rootfs" "$i/rootfs/race" "$i/rootfs/race/script"
	cp "$WORK/life.json" "$i/config.json"
	sh_in "$i" 'while :; do cat /etc/hosts; done >/dev/null 2>&1'
	for platform in notify ptrace; do
		output $L run -d --intercept=guard --policy "$WORK/life-replaced.json" \
			--platform=$platform --bundle "$i" l20
		is "one is ended, by $platform" "$(timeout $((3 * patience)) "$SUPPORT/swap" \
			"$i/rootfs/race/to-open" "$i/rootfs/race/to-shut" \
			$L exec --user 1000:1000 l20 sh -c 'ended=0
				while [ $ended = 0 ]; do
					/race/script >/dev/null 2>&1; [ $? != 137 ] || ended=$((ended + 1))
				done; echo $ended' 2>&1 </dev/null)" 1
		is "and no other, by $platform" "$($L state l20 | jq -r .status)" running
		$L delete --force l20
	done
fi

# ---- code that is taken away -----------------------------------------------
# The task ends by it, and nobody else waits.
cp "$WORK/life.json" "$i/config.json"
config "$i" '.process.args = ["tasks", "unmapped", "60"]'
for mode in guard sealed; do
	is "code that is taken away in a call, by $mode" \
		"$(timeout -s KILL $((3 * patience)) $L run --intercept=$mode \
			--policy "$WORK/life-replaced.json" --platform=ptrace --bundle "$i" l15 2>&1 </dev/null)" ok
	none_left "code that is taken away, by $mode"
done

# ---- vsyscall(7) ------------------------------------------------------------
# Calls by an address that the kernel keeps for them, which no entry precedes and
# no end follows; where it keeps none, and on other machines, nothing is different.
cp "$WORK/life.json" "$i/config.json"
config "$i" '.process.args = ["tasks", "vsyscall"]'
for action in log deny; do
	printf '{ "calls": [ { "names": ["time", "gettimeofday", "getcpu"], "action": "%s" } ] }' \
		$action >"$WORK/vsyscall-$action.json"
done
vsyscall() { # WORD...: how it is run
	status=0
	out=$(timeout $patience $L run "$@" --bundle "$i" l19 2>/dev/null </dev/null) || status=$?
	echo "$status:$out"
}
native=$(vsyscall)
denied=$(echo "$native" | sed 's/ 0 .*/ EPERM wrong/')
for platform in notify ptrace; do
	is "vsyscall, by observe, $platform" \
		"$(vsyscall --intercept=observe --platform=$platform)" "$native"
	for mode in guard sealed; do
		is "vsyscall, by $mode, $platform" \
			"$(vsyscall --intercept=$mode --platform=$platform)" "$native"
		is "vsyscall, told, by $mode, $platform" "$(vsyscall --intercept=$mode \
			--platform=$platform --policy "$WORK/vsyscall-log.json")" "$native"
		is "vsyscall, denied, by $mode, $platform" "$(vsyscall --intercept=$mode \
			--platform=$platform --policy "$WORK/vsyscall-deny.json")" "$denied"
	done
done
none_left "vsyscall"

# ---- what cannot be together ------------------------------------------------
cp "$WORK/life.json" "$i/config.json"
sh_in "$i" 'echo ran'
profile='.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
	listenerPath: "'$WORK'/agent", syscalls: [{names: ["getpgid"], action: "SCMP_ACT_NOTIFY"}]}'
config "$i" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [{names: ["getpgid"], action: "SCMP_ACT_ERRNO"}]}'
is "a tracer for --explain" \
	"$($L run --intercept=guard --explain --bundle "$i" l11 2>&1 </dev/null)" \
	"lorica: run l11: --intercept: a task has one tracer, so that it cannot be together with --explain"
config "$i" '.annotations = {"dev.lorica.intercept": "guard"}'
has "a tracer for record" "$($L record --output "$WORK/recorded" "$i" 2>&1 </dev/null)" \
	"lorica: record*: a task has one tracer*"
cp "$WORK/life.json" "$i/config.json"
config "$i" '.annotations = {"dev.lorica.landlock": "{\"handledAccess\": []}"}'
sh_in "$i" 'echo ran'
ok "Landlock is refused" sh -c "! $L run --intercept=guard --bundle $i l11 </dev/null"
cp "$WORK/life.json" "$i/config.json"
config "$i" "$profile"
sh_in "$i" 'echo ran'
is "two listeners" \
	"$($L run --intercept=guard --platform=notify --bundle "$i" l11 2>&1 </dev/null)" \
	"lorica: run l11: --platform=notify: the profile has SCMP_ACT_NOTIFY, and there can be but one listener"
is "an agent in the sentry's place, sealed" \
	"$($L run --intercept=sealed --bundle "$i" l11 2>&1 </dev/null)" \
	"lorica: run l11: --intercept: the profile has SCMP_ACT_NOTIFY for getpgid, which the sentry answers: there can be but one who does"
config "$i" '.linux.seccomp.syscalls[0].names = ["getpgid", "openat"]'
is "an agent in the sentry's place, guard" \
	"$($L run --intercept=guard --policy "$WORK/life-policy.json" --bundle "$i" l11 2>&1 </dev/null)" \
	"lorica: run l11: --intercept: the profile has SCMP_ACT_NOTIFY for openat, which the sentry answers: there can be but one who does"
config "$i" "$profile"
if ! grep -q __asan_init "$LORICA"; then
	"$SUPPORT/caller" receive "$WORK/agent" sh -c "$L run --intercept=guard \
		--policy $WORK/life-policy.json --bundle $i l11 </dev/null >$WORK/out 2>&1" >/dev/null
	is "a listener of the profile's, by ptrace" "$(cat "$WORK/out")" ran
fi
cp "$WORK/life.json" "$i/config.json"
sh_in "$i" 'sleep 300'
ok "one that is not to be written" $L run --detach --intercept=guard --bundle "$i" l12 \
	</dev/null >/dev/null 2>&1
if [ "$(id -u)" = 0 ]; then
	is "checkpoint" "$($L checkpoint --image-path "$WORK/life-images" l12 2>&1)" \
		"lorica: checkpoint l12: a container with an interception layer cannot be checkpointed"
	mkdir -p "$WORK/life-images"
	ln -sf "$(realpath "$LORICA")" "$WORK/lorica-sealed"
	is "restore, by the name of the program" "$("$WORK/lorica-sealed" --root "$WORK/state" \
		restore --bundle "$i" --image-path "$WORK/life-images" l13 2>&1)" \
		"lorica: restore l13: a container with an interception layer cannot be restored"
fi
is "it goes on" "$($L state l12 | jq -r .status)" running

# ---- debug: beside it, and not under it -------------------------------------
mkdir -p "$i/tools/bin"
cp "$BUSYBOX" "$i/tools/bin/busybox"
ln -sf busybox "$i/tools/bin/sh"
out=$(timeout $patience $L debug --rootfs "$i/tools" l12 sh -c \
	'busybox sed -n "s/^TracerPid:.//p" /proc/self/status
	busybox cat /proc/1/root/etc/secret' 2>&1 </dev/null)
is "debug has no sentry" "$(echo "$out" | head -n 1)" 0
$L delete --force l12
is "nothing is left of any" "$(ls "$WORK/state")" ""

# ---- a file system that does not answer ----------------------------------------
# FUSE, and nobody says a word: whoever asks waits for ever, and nobody else does.
hung=$i/hung
hang() {
	modprobe fuse 2>/dev/null
	[ -c /dev/fuse ] && exec 9<>/dev/fuse &&
		mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0,allow_other none "$hung/fuse"
}
mkdir -p "$hung/fuse" "$i/rootfs/mnt"
if ! needs root "a file system that does not answer"; then
	: # An ordinary user mounts nothing that a container could see.
elif ! mount --bind "$hung" "$hung" || ! mount --make-shared "$hung" || ! hang; then
	skip "a file system that does not answer" "no FUSE"
else
	umount -l "$hung/fuse"
	exec 9>&-
	for applet in ln cp; do ln -sf busybox "$i/rootfs/bin/$applet"; done
	cp "$WORK/life.json" "$i/config.json"
	config "$i" '.mounts += [{destination: "/mnt", type: "bind", source: "hung", options: ["rbind", "rslave"]}]'
	# In guard the kernel itself does stat and cd: of the top, as who looks something
	# up in a directory behind somebody else who does cannot be killed.
	sh_in "$i" 'until [ -e /mnt/go ]; do cat /bin/sh >/dev/null; done
		cat /mnt/fuse/x & all=$!
		stat /mnt/fuse & all="$all $!"
		(cd /mnt/fuse) & all="$all $!"
		(exec /mnt/fuse/z) & all="$all $!"
		echo >/mnt/fuse/new & all="$all $!"
		i=0; while [ $i -lt 20 ]; do cat /bin/sh >/dev/null; (exec true); i=$((i + 1)); done
		echo others go on; kill -9 $all
		for one in $all; do wait $one; echo $?; done'
	for mode in guard sealed; do
		for platform in notify ptrace; do
			rm -f "$hung/go" "$i/pid"
			timeout $((3 * patience)) $L run --intercept=$mode --policy "$WORK/life-policy.json" \
				--platform=$platform --pid-file "$i/pid" --bundle "$i" l13 \
				>"$WORK/hung" 2>/dev/null </dev/null &
			runs=$!
			await_status l13 running
			sentry=$(sentry_of)
			ok "a file system is mounted that does not answer" hang
			touch "$hung/go"
			wait $runs
			is "a task that waits for a file system delays no other, and can be killed, by $mode, $platform" \
				"$(tr '\n' ' ' <"$WORK/hung")" "others go on 137 137 137 137 137 "
			none_left "a file system that does not answer, by $mode" "$sentry"
			umount -l "$hung/fuse"
			exec 9>&-
		done
	done

	# ---- which ends all the same
	# The kernel has one task that looks something up there itself behind the
	# sentry that does so for another: it cannot be killed, and init waits for it.
	sh_in "$i" 'until [ -e /mnt/go ]; do cat /bin/sh >/dev/null; done
		cat /mnt/fuse/x &
		until [ -e /mnt/behind ]; do cat /bin/sh >/dev/null; done
		stat /mnt/fuse/y &
		until [ -e /mnt/end ]; do cat /bin/sh >/dev/null; done
		exit 3'
	# waits PID...: has one of these a thread that only what ends it wakes?
	waits() { for one; do grep -q "^State:.D" "/proc/$one/task"/*/status && return; done; }
	# shellcheck disable=SC2046 # numbers
	of_container() { waits $($L ps -f json l16 | tr '[],' ' '); }
	# ended_by WAY: nothing else tells the container to.
	ended_by() {
		case $1 in
		delete) timeout $((3 * patience)) $L delete --force l16 && return ;;
		kill) timeout $patience $L kill l16 KILL ;;
		itself) touch "$hung/end" ;;
		esac && await_status l16 stopped && $L delete l16
	}
	for platform in notify ptrace; do
		for way in delete kill itself; do
			rm -f "$hung"/[gbe]* "$i/pid"
			guard run --detach --pid-file "$i/pid" l16 </dev/null >/dev/null 2>&1
			sentry=$(sentry_of)
			ok "a file system is mounted that will not answer" hang
			touch "$hung/go"
			ok "the sentry waits for it, by $platform" await waits "$sentry"
			touch "$hung/behind"
			ok "and a task behind that, by $platform" await of_container
			ok "a container ends that waits for a file system, by $way, $platform" ended_by $way
			none_left "a container that waited for a file system, $way" "$sentry"
			umount -l "$hung/fuse"
			exec 9>&-
			$L delete --force l16
		done
	done
fi
umount -l "$hung" 2>/dev/null
