# shellcheck shell=sh
# What a hostile image puts where the runtime is going to look.
i=$WORK/image

# CVE-2019-16884, CVE-2025-52881: something else where /proc/sys is written.
bundle "$i"
config "$i" '.mounts += [{destination: "/proc/sys", type: "tmpfs", source: "tmpfs"}] |
	.linux.sysctl = {"kernel.msgmax": "8001"}'
run "$i"
has "nothing is mounted over /proc/sys" "$err" "*/proc/sys is inside /proc"
ln -s /proc "$i/rootfs/link"
config "$i" '.mounts[-1].destination = "/link/sys"'
run "$i"
has "nor by way of a link" "$err" "*/link/sys leads into a procfs"

# CVE-2025-31133: the image's /dev/null as a mask.
rm -rf "$i"
bundle "$i"
echo secret >"$i/rootfs/etc/secret"
echo masked >"$i/rootfs/etc/masked"
ln -s /etc/secret "$i/rootfs/dev/null"
config "$i" '.linux.maskedPaths = ["/etc/masked"]'
sh_in "$i" 'wc -c </etc/masked; stat -c "%t:%T" /etc/masked; cat /etc/secret'
run "$i"
is "a mask is the kernel's null device" "$out$err" "0
1:3
secret"
config "$i" 'del(.mounts[] | select(.destination | startswith("/dev")))'
run "$i"
has "the image's null device is not used" "$err" "*device /dev/null: *"

# CVE-2025-52565: the image's terminals and its /dev/console.
rm -rf "$i"
bundle "$i"
mkdir "$i/rootfs/dev/pts"
echo untouched >"$i/rootfs/dev/pts/ptmx"
config "$i" '.process.terminal = true |
	del(.mounts[] | select(.destination | startswith("/dev")))'
run "$i"
has "a terminal that is none" "$err" "*/dev/pts is not a devpts"
rm -rf "$i"
bundle "$i"
ln -s /etc/console "$i/rootfs/dev/console"
echo untouched >"$i/rootfs/etc/console"
config "$i" '.process.terminal = true |
	del(.mounts[] | select(.destination == "/dev" or .destination == "/dev/shm" or .destination == "/dev/mqueue"))'
sh_in "$i" 'true'
run "$i"
has "a console on a link" "$err" "*/dev/console: *"
