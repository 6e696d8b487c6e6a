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
