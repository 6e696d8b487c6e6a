# shellcheck shell=sh disable=SC2154,SC2016,SC1010 # set by output; in the container
# sealed: what a container sees of the machine, what of the kernel it reaches,
# and that real programs do not notice; by both platforms.
one_guest intercept "the interception layer, 113" || return 0
b=$WORK/sealed
bundle "$b"
cp "$PROBE" "$SUPPORT/tasks" "$b/rootfs/bin/"
for applet in nproc uname taskset renice sort uniq tr wget cut; do
	ln -sf busybox "$b/rootfs/bin/$applet"
done
# sealed PLATFORM BUNDLE [OPTION...]: run it; sets out, err and status.
# shellcheck disable=SC2034 # for output
limit=$((6 * patience))
sealed() {
	platform=$1 in=$2
	shift 2
	output "$LORICA" --root "$WORK/state" run -b "$in" --intercept=sealed \
		--platform="$platform" "$@" c
	[ $status -lt 124 ] || "$LORICA" --root "$WORK/state" delete --force c
}
# on_both NAME COMMAND WANTED: in the shell of the small bundle.
on_both() {
	sh_in "$b" "$2"
	for platform in notify ptrace; do
		sealed $platform "$b"
		is "$1, by $platform" "$status:$err:$out" "0::$3"
	done
}

# ---- what it sees ----------------------------------------------------------
cpus=$(nproc)
on_both "processors" 'nproc' "$cpus"
on_both "a task that is kept on one of them, and its children, see that one" \
	'taskset 1 sh -c "nproc; exec nproc"; nproc' "1
1
$cpus"
on_both "another processor than it has is none" \
	"taskset $(printf %x $((1 << cpus))) true 2>&1 | grep -c Invalid" 1
sh_in "$b" 'uname -n; uname -r; uname -v'
for platform in notify ptrace; do
	sealed $platform "$b"
	is "its host name, by $platform" "$(echo "$out" | head -n 1)" lorica
	has "an age of the kernel, and no build, by $platform" "$out" "*
[456].*.0
*1970"
done
on_both "ids, as they are" 'id -u; id -g' "0
0"
on_both "its parent is outside" 'echo $PPID' 0
on_both "a child's is not" 'sh -c "echo \$PPID; true"; true' 1
on_both "limits" 'ulimit -n 99; ulimit -n; sh -c "ulimit -n; ulimit -n 98; ulimit -n"' "99
99
98"
on_both "no core is dumped, nor is a program of the host's given one" \
	'ulimit -c unlimited; tr -s " " </proc/self/limits | grep "^Max core" | cut -c1-22' \
	"Max core file size 1 1"
on_both "no new privileges, though nobody asked for that" \
	'grep NoNewPrivs: /proc/self/status | tr -d "\\t"' NoNewPrivs:1
config "$b" '.process.noNewPrivileges = false'
on_both "nor when somebody asked for the contrary" \
	'grep NoNewPrivs: /proc/self/status | tr -d "\\t"' NoNewPrivs:1
sh_in "$b" 'sleep 300'
for platform in notify ptrace; do
	ok "one that stays, by $platform" "$LORICA" --root "$WORK/state" run -d -b "$b" \
		--intercept=sealed --platform=$platform c
	# shellcheck disable=SC2016 # for the inner shell
	output "$LORICA" --root "$WORK/state" exec c sh -c \
		'grep NoNewPrivs: /proc/self/status | tr -d "\t"; id -u; nproc; echo $PPID'
	is "exec is under it too, by $platform" "$status:$err:$out" "0::NoNewPrivs:1
0
$cpus
0"
	"$LORICA" --root "$WORK/state" delete --force c
done

# ---- what it reaches -------------------------------------------------------
# Where each was stopped the kernel would have answered in another way: it may do it all.
cp "$b/config.json" "$WORK/own.json"
config "$b" '.process.capabilities |= map_values(["CAP_SYS_ADMIN", "CAP_SYS_PTRACE",
	"CAP_NET_ADMIN", "CAP_SYS_CHROOT", "CAP_MKNOD"])'
sh_in "$b" 'probe entries'
for platform in notify ptrace; do
	sealed $platform "$b"
	printf '%s\n' "$out" >"$WORK/entries.json"
	cp "$WORK/entries.json" "$WORK/entries-$platform.json"
	ok "every entry point was tried, by $platform" test \
		"$(jq length "$WORK/entries.json")" -gt 75
	is "and these alone were not refused by the filter, by $platform" \
		"$(jq -r 'to_entries | map(select(.value | IN("EPERM", "ENOSYS",
			"EAFNOSUPPORT",
			"EPROTONOSUPPORT", "ESOCKTNOSUPPORT", "ENOPROTOOPT", "ENOTTY", "SIGSYS") | not) |
			"\(.key)=\(.value)") | sort | join(" ")' "$WORK/entries.json")" \
		"chroot=ENOENT memfd_create=EINVAL mknod=EBADF shmget=ENOENT splice=EINVAL tee=EINVAL timer_create=EINVAL"
done
# By this kernel each of these has another answer, so that it was not asked.
output "$LORICA" --root "$WORK/state" run -b "$b" c
printf '%s\n' "$out" >"$WORK/entries-off.json"
for platform in notify ptrace; do
	is "none of them reached the kernel, by $platform" "$(jq -rs '.[0] as $off | .[1] as $on |
		"mount fsopen move_mount setns unshare-user unshare-mount clone3 bpf
		io_uring_setup io_uring_enter keyctl add_key userfaultfd perf_event_open ptrace
		process_vm_writev pidfd_getfd tcp-ulp tiocsti no-randomisation futex-lock-pi
		splice vmsplice" | [splits("[ \n\t]+")] | map(. as $name | select(($on | has($name) | not) or $off[.] == $on[.])) |
		"but for: " + join(" ")' \
		"$WORK/entries-off.json" "$WORK/entries-$platform.json")" "but for: "
done
# What kernels without them say, so that libraries know what to do instead.
for platform in notify ptrace; do
	while read -r wanted names; do
		for entry in $names; do
			is "$entry, as kernels without it answer, by $platform" "$(jq -r \
				--arg name "$entry" '.[$name]' "$WORK/entries-$platform.json")" "$wanted"
		done
	done <<-END
		ENOSYS io_uring_setup io_uring_enter io_uring_register clone3 bpf userfaultfd keyctl
		ENOSYS add_key request_key process_vm_readv process_vm_writev perf_event_open
		ENOSYS pidfd_getfd futex-lock-pi futex-trylock-pi futex-requeue-pi
		EPERM mount umount2 fsopen fsconfig fsmount fspick move_mount open_tree
		EPERM mount_setattr unshare-user clone-user setns kexec_load finit_module
		EPERM open_by_handle_at ptrace socket-raw read-implies-exec
		EPROTONOSUPPORT socket-sctp socket-udplite socket-netfilter socket-xfrm socket-audit
		ESOCKTNOSUPPORT socket-dccp socket-seqpacket
		EAFNOSUPPORT socket-alg socket-vsock socket-packet socket-key socket-rxrpc socket-tipc
		ENOPROTOOPT tcp-ulp tcp-ulp-wide
		ENOTTY tiocsti tiocsti-wide
		EINVAL splice tee
	END
done
ok "at most a hundred calls pass" test "$("$LORICA" syscalls --intercept=sealed --json |
	jq '[.calls[] | select(.action == "passed" or .action == "limited")] | length')" -le 100
cp "$WORK/own.json" "$b/config.json"
config "$b" '.linux.namespaces |= map(select(.type != "ipc")) |
	.mounts |= map(select(.type != "mqueue"))'
sh_in "$b" 'probe entries'
for platform in notify ptrace; do
	sealed $platform "$b"
	is "the host's shared memory is not there, by $platform" \
		"$(printf '%s\n' "$out" | jq -r .shmget)" ENOSYS
done
cp "$WORK/own.json" "$b/config.json"
on_both "a listener of a program's own would answer for it" 'tasks listener' EBUSY
echo '{"files": [{"paths": ["/nothing"], "access": ["read"], "action": "deny"}]}' >"$WORK/policy.json"
for platform in notify ptrace; do
	output "$LORICA" --root "$WORK/state" run -b "$b" --intercept=guard \
		--platform=$platform --policy "$WORK/policy.json" c
	is "and in guard, by $platform" "$status:$err:$out" "0::EBUSY"
done

# ---- who it is --------------------------------------------------------------
# as_words CAPABILITIES WORDS STATUS OUTPUT: of root with these.
as_words() {
	config "$b" ".process.capabilities |= with_entries(.value = [$1]) |
		.process.args = ([\"tasks\"] + (\"$2\" | split(\" \")))"
	for platform in notify ptrace; do
		sealed $platform "$b"
		is "$2, by $platform" "$status:$err:$out" "$3::$4"
	done
	cp "$WORK/own.json" "$b/config.json"
}
if needs root "tasks of several users"; then
	echo secret >"$b/rootfs/etc/of-root"
	chmod 600 "$b/rootfs/etc/of-root"
	chmod 755 "$b/rootfs" "$b/rootfs/bin" "$b/rootfs/etc"
	as_words '"CAP_SETUID", "CAP_SETGID"' "watched 600 /etc/of-root" 0 ok
	config "$b" '.process.capabilities |= with_entries(.value = ["CAP_SETUID", "CAP_SETGID"]) |
		.process.args = ["tasks", "links"]'
	run "$b"
	links=$out
	is "what a process has, natively" "$(echo "$out" | sort | uniq -c | tr -s ' ')" \
		" 4 EACCES EACCES
 8 read read"
	for platform in notify ptrace; do
		sealed $platform "$b"
		is "what a process has, by $platform" "$status:$err:$out" "0::$links"
	done
	cp "$WORK/own.json" "$b/config.json"
	# The sentry's limit is the runtime's.
	# shellcheck disable=SC3045 # dash and bash have it
	(
		ulimit -n 2048
		sh_in "$b" 'tasks flight'
		for platform in notify ptrace; do
			sealed $platform "$b"
			echo "$status:$err:$out"
		done
	) >"$WORK/flight"
	is "descriptors on their way are not without a limit" "$(sort -u "$WORK/flight")" \
		"0::ETOOMANYREFS"
fi

# ---- many, and in the middle of a call -------------------------------------
# works_as WORDS STATUS OUTPUT
works_as() {
	jq --arg words "$1" '.process.args = ["tasks"] + ($words | split(" "))' \
		"$b/config.json" >"$b/config.new" && mv "$b/config.new" "$b/config.json"
	for platform in notify ptrace; do
		sealed $platform "$b"
		is "$1, by $platform" "$status:$err:$out" "$2::$3"
	done
}
many=2000 some=200 deep=9
# Where the processor is emulated.
[ -z "${LORICA_GUEST:-}" ] || many=200 some=40 deep=6
works_as "threads $many" 0 ok
works_as thread-exec 0 ok
works_as leader-ends 7 ok
works_as "forks $some" 0 ok
works_as vfork-exec 0 ok
works_as signals 0 ok
works_as stops 0 ok
works_as stop-first 0 ok
works_as faults 139 ""
on_both "children that all ask at once" 'i=0; while [ $i -lt '$some' ]; do
	(nproc; id -u; cat /proc/self/comm) & i=$((i + 1)); done | sort | uniq -c | tr -s " "; wait' \
	" $some 0
 $some $cpus
 $some cat"
on_both "signals in the middle of calls that are performed" 'n=0; trap "n=\$((n + 1))" USR1
	(i=0; while [ $i -lt '$some' ]; do kill -USR1 $$; i=$((i + 1)); done) &
	i=0; while [ $i -lt '$some' ]; do [ -e /bin/busybox ] || echo gone
		: </bin/busybox || echo unread; i=$((i + 1)); done; wait; [ $n -gt 0 ] && echo done' done
on_both "killed in the middle of calls" 'i=0; while [ $i -lt 30 ]; do
	(while :; do nproc; cat /bin/sh; done >/dev/null) & kill -9 $!; i=$((i + 1)); done; wait; echo done' done
# Each makes two, but for the last: a thousand at most.
on_both "children of children" \
	'f() { [ $1 = 0 ] || { f $(($1 - 1)) & f $(($1 - 1)) & wait; }; }; f '$deep'; echo end' end

is "nothing is left" "$("$LORICA" --root "$WORK/state" list -q)" ""
unset limit
