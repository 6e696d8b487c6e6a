# shellcheck shell=sh disable=SC2154,SC3045 # set by run; dash has ulimit -n
# What a user namespace's mounts show: who opens it, and what stays forbidden.
s=$WORK/sources
host_id=$((1200000000 + $$))
userns="(if .linux.uidMappings then . else
	.linux.namespaces += [{type: \"user\"}] |
	.linux.uidMappings = [{containerID: 0, hostID: $host_id, size: 9}] |
	.linux.gidMappings = .linux.uidMappings |
	.mounts |= map(if .options then .options -= [\"gid=5\"] else . end) end)"
powers='(.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN", "CAP_MKNOD"]) |
	.process.capabilities.ambient = [] | .linux.maskedPaths = [] | .linux.readonlyPaths = [])'

# Any number of mounts with few descriptors.
rm -rf "$s"
bundle "$s"
mkdir -p "$s/closed/open" "$s/rootfs/mnt"
config "$s" 'del(.process.rlimits)'
echo here >"$s/closed/open/file"
many='.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}] +
	[range(2000) | {destination: "/tmp/\(.)", source: "closed/open/file", options: ["bind"]}]'
few() {
	(ulimit -n 256 && run "$s" && printf %s "$out${err:+ stderr: $err}")
}
sh_in "$s" 'grep -c " /tmp/[0-9]* " /proc/self/mountinfo; cat /tmp/1999'
cp "$s/config.json" "$s/plain.json"
config "$s" "$many"
is "2000 binds with 256 descriptors" "$(few)" "2000
here"
config "$s" "$userns"
is "2000 binds in a user namespace with 256 descriptors" "$(few)" "2000
here"
if [ "$(id -u)" = 0 ]; then
	chmod 700 "$s/closed" "$s"
	is "2000 binds that only the runtime may open" "$(few)" "2000
here"
	chmod 755 "$s"
	config "$s" ".mounts[-2000:] |= map(. + {
		uidMappings: [{containerID: 0, hostID: $host_id, size: 9}],
		gidMappings: [{containerID: 0, hostID: $host_id, size: 9}]})"
	sh_in "$s" 'stat -c %u /tmp/1999; cat /tmp/1999'
	is "2000 binds whose ids are mapped" "$(few)" "0
here"
	chmod 755 "$s/closed"
fi
cp "$s/plain.json" "$s/config.json"
config "$s" '.mounts += [range(300) | {destination: "/tmp/\(.)", type: "tmpfs", source: "tmpfs", options: ["ro"]}] | .root.readonly = false'
has "when they run out it is one line" "$(few 2>&1)" \
	" stderr: lorica: run c: build the root file system: mounts[[]*]: mount tmpfs on /tmp/*: *: too many open files"

# A path that is not there, or that nobody may open.
cp "$s/plain.json" "$s/config.json"
config "$s" "$userns | .mounts += [{destination: \"/tmp\", source: \"none/x\", options: [\"bind\"]}]"
run "$s"
has "a source that is not there" "$err" \
	"*: mount none/x on /tmp: open $s/none/x: no such file or directory"
if [ "$(id -u)" = 0 ]; then
	chmod 700 "$s"
	run "$s"
	has "nor for the runtime" "$err" \
		"*: mount none/x on /tmp: open $s/none/x: open $s/none/x: no such file or directory"
	# Where a link leads to is the host's, not the container's.
	mkdir "$s/closed/dir"
	ln -s "$s/closed/open" "$s/closed/link"
	config "$s" '.mounts[-1].source = "closed/link" | .mounts[-1].destination = "/tmp"'
	sh_in "$s" 'cat /tmp/file'
	run "$s"
	is "an absolute link on the way" "$out$err" here
	chmod 755 "$s"
fi

# locked NAME WHERE: in a user namespace with all powers over its own mounts
# nothing is undone that the host's mount on $s/host forbids. The host here is a
# mount namespace; where there is none to have it is a user namespace as well.
locked() {
	# shellcheck disable=SC2016 # for the inner shells
	sh_in "$s" '
		for words in rw suid dev exec strictatime; do
			busybox mount -o "remount,bind,ro,nosuid,nodev,noexec,$words" none '"$2"' 2>/dev/null && echo "$words was undone"
		done
		busybox umount '"$2"'/below 2>/dev/null && echo uncovered
		touch '"$2"'/new 2>/dev/null && echo written
		ls '"$2"'/below
		grep -m1 " '"$2"' " /proc/self/mountinfo | cut -d" " -f6'
	is "$1" "$(on_host "$3")" "cover
ro,nosuid,nodev,noexec,relatime"
}
# on_host DIR: run with such a mount on $s/DIR.
on_host() {
	LORICA=$LORICA unshare $how -m sh -ec "
		mount --bind $s/$1 $s/$1
		mount -t tmpfs -o mode=755 over $s/$1/below
		touch $s/$1/below/cover
		mount -o remount,bind,ro,nosuid,nodev,noexec $s/$1
		exec \$LORICA --root $WORK/state run --bundle $s c" 2>&1 </dev/null
}
how=--propagation=private
[ "$(id -u)" = 0 ] || how=-Ur
if unshare $how -m true 2>/dev/null; then
	mkdir -p "$s/host/below"
	touch "$s/host/below/secret"
	cp "$s/plain.json" "$s/config.json"
	config "$s" "$userns | $powers | .root.readonly = false |
		.mounts += [{destination: \"/mnt\", source: \"host\", options: [\"rbind\"]}]"
	[ "$(id -u)" = 0 ] || config "$s" '.linux.uidMappings[0].hostID = 0 |
		.linux.gidMappings[0].hostID = 0'
	locked "what the host forbids stays forbidden" /mnt host
	chmod 700 "$s"
	locked "also where the runtime opened it" /mnt host
	chmod 755 "$s"
	# What remount did not name stays; what is named and cannot be is an error.
	sh_in "$s" 'grep -m1 " /mnt " /proc/self/mountinfo | cut -d" " -f6'
	config "$s" '.mounts[-1].options = ["rbind", "remount", "nosymfollow"]'
	is "a remount keeps what is locked" "$(on_host host)" \
		"ro,nosuid,nodev,noexec,relatime,nosymfollow"
	for option in rw dev suid exec rrw rdev; do
		config "$s" ".mounts[-1].options = [\"rbind\", \"$option\"]"
		has "and $option is refused" "$(on_host host)" \
			"lorica: run c: *: mount host on /mnt: allow what the host's mount forbids: operation not permitted"
	done
fi
