# shellcheck shell=sh disable=SC2154,SC2016,SC2034 # set by output; in the container
# The layer is a tracer, and lies between the container and the host: what is so
# without it, or is a container's alone, stays so.
one_guest intercept "the interception layer, 117" || return 0
b=$WORK/alone
bundle "$b"
cp "$SUPPORT/tasks" "$PROBE" "$b/rootfs/bin/"
config "$b" '.root.readonly = false'
cp "$b/config.json" "$WORK/alone.json"
cat >"$WORK/alone-policy.json" <<'JSON'
{ "files": [ { "paths": ["/nothing"], "access": ["read", "write", "create"], "action": "deny" } ] }
JSON
limit=$((3 * patience))
# layered MODE PLATFORM [WORD...]: run it, or with words those in one that runs.
layered() {
	policy=
	[ "$1" != guard ] || policy="--policy $WORK/alone-policy.json"
	rm -rf "$b/rootfs/tmp/asked"
	# shellcheck disable=SC2086 # several words
	output "$LORICA" --root "$WORK/state" run --intercept="$1" --platform="$2" \
		$policy --bundle "$b" c
}

# ---- filters that ask a tracer -----------------------------------------------
refused='lseek(fd, 1, SEEK_SET) ENOSYS
mkdirat(AT_FDCWD, "/tmp/asked", 0700) ENOSYS'
config "$b" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [
	{names: ["lseek", "mkdirat"], action: "SCMP_ACT_TRACE"}]}'
config "$b" '.process.args = ["tasks", "asks"]'
output "$LORICA" --root "$WORK/state" run --bundle "$b" c
is "what a profile asks a tracer about is refused, without a layer" "$status:$err:$out" "0::$refused"
for platform in notify ptrace; do
	for mode in observe guard sealed; do
		layered $mode $platform
		is "and with $mode, by $platform" "$status:$err:$out" "0::$refused"
	done
	sh_in "$b" 'sleep 300'
	ok "one that stays, by $platform" "$LORICA" --root "$WORK/state" run -d -b "$b" \
		--intercept=sealed --platform=$platform c
	output "$LORICA" --root "$WORK/state" exec c tasks asks
	is "exec's are, by $platform" "$status:$err:$out" "0::$refused"
	"$LORICA" --root "$WORK/state" delete --force c
	config "$b" '.process.args = ["tasks", "asks"]'
done
cp "$WORK/alone.json" "$b/config.json"
for data in 0 7 65535; do
	config "$b" '.process.args = ["tasks", "asks", "'$data'"]'
	for mode in observe guard sealed; do
		layered $mode ptrace
		is "what a program's own filter asks about with $data, $mode" \
			"$status:$err:$out" "0::$refused"
	done
	for mode in guard sealed; do
		layered $mode notify
		is "a call that the sentry does not answer, by notify, with $data, $mode" \
			"$status:$err:$(echo "$out" | head -n 1)" "0::$(echo "$refused" | head -n 1)"
	done
done

# ---- sealed: what is the container's own ---------------------------------------
# on_both NAME COMMAND WANTED: in a shell.
on_both() {
	sh_in "$b" "$2"
	for platform in notify ptrace; do
		layered sealed $platform
		is "$1, by $platform" "$status:$err:$out" "0::$3"
	done
}
cp "$WORK/alone.json" "$b/config.json"
on_both "who gets the signals of a descriptor" 'tasks owned' "fcntl(fd, F_SETOWN_EX, &owner) 0
1"
on_both "of the network what its namespace has, and nothing of all" \
	'cd /proc/net; for f in softnet_stat protocols sockstat ptype rt_acct stat/rt_cache stat tcp dev; do
		test -e $f && echo $f; cat /proc/1/task/1/net/$f >/dev/null 2>&1 && echo +; done; true' "tcp
+
dev
+"

# ---- sealed: file systems of the host's ----------------------------------------
if [ "$(id -u)" = 0 ]; then
	sh_in "$b" 'cd /sys/fs/cgroup && cat cgroup.procs | head -n 1; mkdir x && cat x/cgroup.type'
	config "$b" '.mounts |= map(if .type == "cgroup" then .options -= ["ro"] else . end)'
	output "$LORICA" --root "$WORK/state" run --bundle "$b" c
	wanted=$status:$err:$out
	is "without the layer there is a control group" "$wanted" "0::1
domain"
	for platform in notify ptrace; do
		layered sealed $platform
		is "its own control group is there, by $platform" "$status:$err:$out" "$wanted"
	done
fi
cp "$WORK/alone.json" "$b/config.json"
config "$b" '.mounts |= map(select(.destination | startswith("/sys") | not)) + [{destination: "/sys",
	type: "none", source: "/sys", options: ["rbind", "nosuid", "noexec", "nodev", "ro"]}]'
awk '$2 ~ "^/sys/" && $3 ~ /^(cgroup2?|debugfs|tracefs|securityfs|bpf|pstore|configfs|fusectl)$/ { print $2 }' \
	/proc/self/mounts >"$WORK/places"
while read -r place; do
	on_both "of the host's $place nothing" "cd / && ! ls -d $place 2>/dev/null &&
		! stat -f $place 2>/dev/null && ! cd $place 2>/dev/null;
		mkdir $place/x 2>&1 | grep -v 'No such'; true" ""
	ok "and it was not asked for in vain: $place" test -e "$place"
done <"$WORK/places"
if [ "$(id -u)" = 0 ]; then
	cp "$WORK/alone.json" "$b/config.json"
	config "$b" '.mounts += [("debugfs", "securityfs") as $type |
		{destination: ("/sys/kernel/" + ($type | rtrimstr("fs"))), type: $type, source: $type}]'
	if [ "$(grep -cw 'debugfs\|securityfs' /proc/filesystems)" = 2 ]; then
		on_both "nor of those that the configuration mounts" \
			'for type in debug security; do ls /sys/kernel/$type 2>/dev/null; done; true' ""
	fi
fi

# ---- what lies over masked files ------------------------------------------------
# As an ordinary user that is the host's node, as are those of /dev.
if [ "$(id -u)" = 0 ]; then
	cp "$WORK/alone.json" "$b/config.json"
	config "$b" '.linux.maskedPaths = ["/etc/masked", "/proc/kcore", "/proc/timer_list"]'
	echo secret >"$b/rootfs/etc/masked"
	sh_in "$b" 'cat /etc/masked && echo x >/etc/masked && stat -c "%F %t:%T" /etc/masked;
		rm /dev/null; cat /etc/masked; grep -c "/etc/masked" /proc/self/mountinfo; grep -c devtmpfs /proc/self/mountinfo'
	masked="character special file 1:3
1
0"
	output "$LORICA" --root "$WORK/state" run --bundle "$b" c
	is "masked files are a null device, of no file system of the host's" "$err:$out" ":$masked"
	for platform in notify ptrace; do
		layered sealed $platform
		is "and in sealed, by $platform" "$err:$out" ":$masked"
	done
	is "the file is as it was" "$(cat "$b/rootfs/etc/masked")" secret
	config "$b" '.mounts |= map(select(.destination | startswith("/dev") | not))'
	mkdir -p "$b/rootfs/dev"
	ln -sf busybox "$b/rootfs/bin/chmod"
	sh_in "$b" 'cat /etc/masked && echo x >/etc/masked && stat -c "%F %t:%T" /etc/masked;
		chmod 666 /etc/masked 2>&1 | grep -c Read-only'
	output "$LORICA" --root "$WORK/state" run --bundle "$b" c
	is "without a /dev of its own too, and the host's node stays as it is" "$err:$out" \
		":character special file 1:3
1"
fi
unset limit
