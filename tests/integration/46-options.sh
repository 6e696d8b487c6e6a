# shellcheck shell=sh disable=SC2154 # set by run
# Mount options, seen in the container's mountinfo.
tmpfs='.mounts += [{destination: "/mnt", type: "tmpfs", source: "tmpfs", options:'
seen "a read-only tmpfs takes what is mounted below it first" \
	"$tmpfs [\"ro\"]}, {destination: \"/mnt/below\", type: \"tmpfs\", source: \"tmpfs\"}]" \
	'mkdir /mnt/x 2>/dev/null || echo refused; touch /mnt/below/x && echo written' \
	'refused
written'
seen "flags of the superblock" "$tmpfs [\"sync\", \"dirsync\"]}]" \
	'grep " /mnt " /proc/self/mountinfo | grep -c sync,dirsync' 1
seen "a later flag of the superblock wins" "$tmpfs [\"sync\", \"async\"]}]" \
	'grep " /mnt " /proc/self/mountinfo | grep -c sync' 0
seen "hints that the kernel may ignore" \
	"$tmpfs [\"silent\", \"loud\", \"iversion\", \"noiversion\"]}]" 'echo up' up
seen "norelatime alone asks for nothing" "$tmpfs [\"norelatime\"]}]" \
	'grep " /mnt " /proc/self/mountinfo | grep -c relatime' 1
seen "remount changes what is there" \
	"$tmpfs [\"size=64k\"]}, {destination: \"/mnt\", type: \"tmpfs\", source: \"tmpfs\", options: [\"remount\", \"ro\", \"nosuid\"]}]" \
	'grep " /mnt " /proc/self/mountinfo | grep -c " ro,nosuid"; grep -c " /mnt " /proc/self/mountinfo' '1
1'
refused "tmpcopyup elsewhere" \
	'.mounts += [{destination: "/mnt", source: "/usr", options: ["bind", "tmpcopyup"]}]' \
	"mounts[$([ "$(id -u)" = 0 ] && echo 7 || echo 6)]: options: tmpcopyup needs a tmpfs"

# Words of mount(8) and of other runtimes that nobody here knows are not passed
# over: what they ask for would be missing.
last=$([ "$(id -u)" = 0 ] && echo 7 || echo 6)
for word in copy-symlink src-nofollow x-mount.mkdir noauto; do
	refused "$word on a bind mount" \
		".mounts += [{destination: \"/mnt\", source: \"/usr\", options: [\"bind\", \"$word\"]}]" \
		"mounts[$last]: options: unknown option \"$word\" of a bind mount"
	refused "$word on a tmpfs" "$tmpfs [\"nosuid\", \"$word\"]}]" \
		"build the root file system: mounts[$last]: mount tmpfs on /mnt: option $word: invalid argument"
done

seen "tmpcopyup begins with what was there" \
	'.mounts += [{destination: "/bin", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]}]' \
	'readlink /bin/sh; stat -c %a /bin/busybox; touch /bin/new && echo writable; grep -c " /bin " /proc/self/mountinfo' \
	"busybox
$(stat -Lc %a "$BUSYBOX")
writable
1"

# Words with commas, and values that fsconfig(2) has no room for.
seen "several options in one word" "$tmpfs [\"size=64k,mode=751\", \"nosuid\"]}]" \
	'grep " /mnt " /proc/self/mountinfo | grep -c nosuid.*size=64k.*mode=751' 1
layers=
for n in $(seq 60); do
	mkdir -p "$WORK/layer/$n"
	echo "$n" >"$WORK/layer/$n/$n"
	layers=$layers:$WORK/layer/$n
done
mkdir -p "$WORK/layer/with,comma"
touch "$WORK/layer/with,comma/c"
chmod 755 "$WORK/layer"
# As another container has them; a kernel may have no overlay.
overlay='.mounts += [{destination: "/mnt", type: "overlay", source: "overlay", options:'
if grep -qw overlay /proc/filesystems; then
	seen "an overlay of 60 layers" \
		"$overlay [\"lowerdir=${layers#:}\", \"nosuid\"]}]" \
		'cat /mnt/1 /mnt/60; grep " /mnt " /proc/self/mountinfo | cut -d" " -f6; ls /proc/self/mountinfo' '1
60
rw,nosuid,relatime
/proc/self/mountinfo'
	seen "a comma that is escaped" \
		"$overlay [\"ro\", \"lowerdir=$WORK/layer/1:$WORK/layer/with\\\\,comma\"]}]" \
		'ls /mnt; grep " /mnt " /proc/self/mountinfo | cut -d" " -f6' '1
c
ro,relatime'
	seen "the place that it was mounted on is gone" "$overlay [\"lowerdir=${layers#:}\"]}]" \
		'grep -c "^[0-9]* [0-9]* [0-9:]* [^ ]* / " /proc/self/mountinfo' 1
	refused "more than mount(2) takes" "$overlay [\"lowerdir=$layers$layers$layers$layers$layers$layers$layers\"]}]" \
		"build the root file system: mounts[$([ "$(id -u)" = 0 ] && echo 7 || echo 6)]: mount overlay on /mnt: options: more than 4095 bytes in all"
else
	skip "an overlay with many layers" "this kernel has none"
fi

seen "a destination in other words" "$tmpfs []}] | .mounts[-1].destination = \"a/.././/mnt/\"" \
	'grep -c " /mnt " /proc/self/mountinfo' 1

# What a user namespace may not have.
userns='(if .linux.uidMappings then . else .linux.namespaces += [{type: "user"}] |
	.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1}] |
	.linux.gidMappings = .linux.uidMappings |
	.mounts |= map(if .options then .options -= ["gid=5"] else . end) end)'
seen "the host's sysfs without a network namespace, read-only" \
	"$userns | .linux.namespaces |= map(select(.type != \"network\")) |
	.mounts |= map(select(.destination | startswith(\"/sys\") | not)) + [{destination: \"/sys\", type: \"sysfs\", source: \"sysfs\"}]" \
	'ls -d /sys/kernel; mkdir /sys/fs/cgroup/x 2>&1 | grep -c Read-only; grep -c " /sys ro,nosuid,nodev,noexec" /proc/self/mountinfo' \
	'/sys/kernel
1
1'
rm -rf "$WORK/r"
bundle "$WORK/r"
config "$WORK/r" "$userns | (.mounts[] | select(.type == \"devpts\") | .options) += [\"gid=5\"]"
run "$WORK/r"
has "an id that is not mapped" "$status $out $err" \
	"1  *: mount devpts on /dev/pts: option gid=5: the user namespace does not map it: invalid argument"
