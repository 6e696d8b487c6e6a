# shellcheck shell=sh disable=SC2154,SC2016 # set by run; for inner shells
# Attacks that other runtimes fell to, by their numbers: docs/THREAT-MODEL.md
# lists them. Here: what an image's tree, a mount or a descriptor can do.
cve=$WORK/cve
prey=$WORK/prey # a place outside of every root
mkdir -p "$prey"
fresh() {
	rm -rf "$cve"
	bundle "$cve"
}
host_state() {
	cat /proc/sys/kernel/core_pattern /proc/sys/kernel/hostname
	stat -c '%n %i %a %t:%T' /dev/null /dev/ptmx /dev/tty
	find "$prey" -printf '%p %y %s %T@\n'
	sha256sum "$LORICA"
}
host_before=$(host_state)
# untouched NAME: nothing of the host has changed.
untouched() {
	is "$1: the host" "$(host_state)" "$host_before"
}

# ---- the tree ----------------------------------------------------------
for link in /bad bad ./a/../bad; do
	for type in proc sysfs; do
		name=${type%fs}
		fresh
		rmdir "$cve/rootfs/$name"
		mkdir "$cve/rootfs/bad" "$cve/rootfs/a"
		ln -s "$link" "$cve/rootfs/$name"
		[ $name = proc ] || config "$cve" '.mounts |= map(select(.destination | startswith("/sys") | not)) + [{destination: "/sys", type: "sysfs", source: "sysfs"}] | .linux.namespaces |= map(select(.type != "network")) + [{type: "network"}]'
		run "$cve"
		has "CVE-2019-19921, 2023-27561, 2025-54867: /$name is a link to $link" \
			"$status $err" "1 *: $type must be mounted on ordinary directory"
	done
done 2>/dev/null
for link in "$prey" ../../../../../../../dev ../../../../../../.."$prey"; do
	fresh
	rmdir "$cve/rootfs/dev"
	ln -s "$link" "$cve/rootfs/dev"
	config "$cve" '.mounts |= map(select(.destination | startswith("/dev") | not)) | .root.readonly = false'
	run "$cve"
	has "CVE-2026-41579, 2026-47766: /dev is a link to $link" "$status" "[01]"
	untouched "CVE-2026-41579"
done
fresh
mkdir "$cve/rootfs/run"
for file in etc/hosts etc/resolv.conf etc/passwd run/.containerenv .krun_config.json; do
	ln -s "../../../../../../../../$prey/x" "$cve/rootfs/$file"
done
echo bound >"$cve/bound"
config "$cve" '.root.readonly = false | .mounts += (["/etc/hosts", "/etc/resolv.conf", "/run/.containerenv", "/.krun_config.json"] | map({destination: ., source: "bound", options: ["bind"]}))'
sh_in "$cve" 'cat /etc/hosts'
run "$cve"
is "CVE-2025-24965: files that are made for a mount" "$out$err" bound
untouched "CVE-2025-24965"

# ---- procfs ------------------------------------------------------------
fresh
mkdir -p "$cve/fake/self/attr" "$cve/fake/sys/kernel"
ln -s /proc/sys/kernel/core_pattern "$cve/fake/self/attr/exec"
ln -s /proc/sysrq-trigger "$cve/fake/sys/kernel/msgmax"
cp "$cve/config.json" "$cve/plain.json"
for type in bind tmpfs; do
	for place in /proc /proc/ //proc /./proc proc /x/../proc; do
		jq --arg place "$place" --arg type "$type" '.mounts += [{destination: $place, type: $type, source: "fake"}] | .linux.sysctl = {"kernel.msgmax": "8001"}' \
			"$cve/plain.json" >"$cve/config.json"
		run "$cve"
		has "CVE-2019-16884: a $type on $place" "$status $err" \
			"1 *only proc may be mounted on /proc"
	done
	for place in /proc/self/attr /proc/sys/net /proc/thread-self /proc/sysrq-trigger /proc//sys proc/sys; do
		jq --arg place "$place" --arg type "$type" '.mounts += [{destination: $place, type: $type, source: "fake"}] | .linux.sysctl = {"kernel.msgmax": "8001"}' \
			"$cve/plain.json" >"$cve/config.json"
		run "$cve"
		has "CVE-2025-52881, 2025-62596: a $type on $place" \
			"$status $err" "1 *is inside /proc"
	done
done
untouched "CVE-2025-52881"
cp "$cve/plain.json" "$cve/config.json"
config "$cve" '.linux.sysctl = {"kernel.msgmax": "8001"}'
sh_in "$cve" 'cat /proc/sys/kernel/msgmax'
run "$cve"
is "CVE-2025-52881: a sysctl is set in the container" \
	"$out$err $([ "$(cat /proc/sys/kernel/msgmax)" = 8001 ] || echo alone)" "8001 alone"
cp "$cve/plain.json" "$cve/config.json"
config "$cve" '.linux.sysctl = {"kernel.shm_rmid_forced": "1+kernel.core_pattern=|/x"}'
run "$cve"
has "CVE-2022-0811: a second sysctl in the value of one" "$status $err" \
	'1 *linux.sysctl.kernel.shm_rmid_forced: write "1+kernel.core_pattern=|/x": invalid argument'
untouched "CVE-2022-0811"

# ---- masks and terminals -----------------------------------------------
for null in link none file; do
	fresh
	mkdir "$cve/dev"
	echo masked >"$cve/rootfs/etc/masked"
	case $null in
	link) ln -s /proc/sys/kernel/core_pattern "$cve/dev/null" ;;
	file) echo untouched >"$cve/dev/null" ;;
	esac
	config "$cve" '.mounts |= map(select(.destination | startswith("/dev") | not)) + [{destination: "/dev", source: "dev", options: ["bind"]}] | .linux.maskedPaths = ["/etc/masked", "/proc/cpuinfo"]'
	sh_in "$cve" 'cat /etc/masked; echo x >/etc/masked; stat -c %t:%T /etc/masked /proc/cpuinfo'
	run "$cve"
	is "CVE-2025-31133, 2025-62161: /dev/null is a $null" "$out$err" "1:3
1:3"
	untouched "CVE-2025-31133"
done
# The host's null device is a file of the host's, whoever it was given to, and with
# whatever of the image it lies over something.
if needs root "the host's null device"; then
	fresh
	mkdir "$cve/dev"
	ln -s busybox "$cve/rootfs/bin/chmod"
	echo masked >"$cve/rootfs/etc/masked"
	mode=$(stat -c %a /dev/null)
	config "$cve" '.linux.maskedPaths = ["/etc/masked"]'
	sh_in "$cve" 'chmod 640 /proc/self/fd/0 /etc/masked; echo tried'
	run "$cve" </dev/null
	is "the host's null device: tried" "$out" tried
	config "$cve" '.mounts |= map(select(.destination | startswith("/dev") | not)) + [{destination: "/dev", source: "dev", options: ["bind"]}]'
	sh_in "$cve" 'chmod 640 /etc/masked 2>/dev/null; echo tried'
	run "$cve" </dev/zero
	is "the host's null device: tried over a file" "$out" tried
	is "the host's null device keeps its mode" "$(stat -c %a /dev/null)" "$mode"
	chmod "$mode" /dev/null
fi
fresh
mkdir "$cve/pts"
for n in ptmx 0 1 2 3; do
	ln -s /proc/sys/kernel/core_pattern "$cve/pts/$n"
done
config "$cve" '.process.terminal = true | .mounts |= map(if .destination == "/dev/pts" then {destination: "/dev/pts", source: "pts", options: ["bind"]} else . end)'
run "$cve"
has "CVE-2025-52565: terminals that are links" "$status $err" \
	"1 *take the terminal: *"
untouched "CVE-2025-52565"

# ---- descriptors -------------------------------------------------------
fresh
ln -s /proc/self/fd/7 "$cve/rootfs/workdir"
cp "$cve/config.json" "$cve/plain.json"
for fd in $(seq 0 40); do
	jq ".process.cwd = \"/proc/self/fd/$fd\"" "$cve/plain.json" >"$cve/config.json"
	run "$cve"
	echo "$status"
done >"$cve/log"
is "CVE-2024-21626: no descriptor is a directory to work in" \
	"$(sort -u "$cve/log")" 1
# A program of the host's, and none of the container's.
cp "$BUSYBOX" "$cve/true"
for fd in $(seq 3 20); do
	jq ".process.args = [\"/proc/self/fd/$fd/../../../../../../../../../$cve/true\"]" \
		"$cve/plain.json" >"$cve/config.json"
	run "$cve"
	echo "$status"
done >"$cve/log"
is "CVE-2024-21626: nor a way to a program" "$(sort -u "$cve/log")" 1
jq '.process.cwd = "/workdir"' "$cve/plain.json" >"$cve/config.json"
run "$cve"
is "CVE-2024-21626: nor by a link of the image" "$status" 1
cp "$cve/plain.json" "$cve/config.json"
for program in /proc/self/exe ///proc/self/./exe; do
	config "$cve" ".process.args = [\"$program\", \"--version\"]"
	run "$cve"
	untouched "CVE-2019-5736: the runtime itself is run by $program"
done

# ---- the host's cgroups, without a cgroup namespace --------------------
fresh
config "$cve" '.linux.namespaces |= map(select(.type != "cgroup")) | .mounts |= map(select(.destination | startswith("/sys/") | not)) | .mounts += [{destination: "/tmp", type: "cgroup", source: "cgroup", options: ["rw"]}]'
[ "$(id -u)" != 0 ] || config "$cve" ".linux.namespaces += [{type: \"user\"}] |
	.linux.uidMappings = [{containerID: 0, hostID: $((1200100000 + $$)), size: 9}] |
	.linux.gidMappings = .linux.uidMappings |
	.mounts |= map(if .options then .options -= [\"gid=5\"] else . end)"
sh_in "$cve" 'mkdir /tmp/x 2>&1; ls -d /tmp/cgroup.procs'
run "$cve"
is "CVE-2023-25809: the host's cgroups are read-only" "$out$err" \
	"mkdir: can't create directory '/tmp/x': Read-only file system
/tmp/cgroup.procs"
