# shellcheck shell=sh disable=SC2154 # set by run
# lorica inside a container of lorica, by what the outer one leaves it.
n=$WORK/nested
rm -rf "$n"
bundle "$n"
mkdir -p "$n/rootfs/inner"
bundle "$n/rootfs/inner"
cp "$LORICA" "$n/rootfs/bin/lorica"
inner=$n/rootfs/inner
rm "$inner/config.json"
(cd "$inner" &&
	"$LORICA" spec --rootless)
config "$inner" '.process.terminal = false | .process.args = ["sh", "-c", "id -u; stat -c %t:%T /dev/null; read -r a b c </proc/self/uid_map; echo $a $b $c"] |
	(.linux.uidMappings, .linux.gidMappings) = [{containerID: 0, hostID: 0, size: 1}]'
cp "$inner/config.json" "$inner/rootless.json"
jq '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)' \
	"$inner/rootless.json" >"$inner/root.json"
config "$n" '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["mode=700"]}] |
	.process.args = ["/bin/lorica", "--root", "/tmp/state", "--cgroup-manager", "disabled",
		"run", "--bundle", "/inner", "--config", "rootless.json", "i"]'
cp "$n/config.json" "$n/plain.json"
open='.linux.maskedPaths = [] | .linux.readonlyPaths = []'
powers='["CAP_SYS_ADMIN", "CAP_SYS_CHROOT", "CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETFCAP", "CAP_MKNOD", "CAP_CHOWN", "CAP_FOWNER", "CAP_DAC_OVERRIDE", "CAP_NET_ADMIN"]'
# nested NAME FILTER WANTED: the outer configuration, what comes out.
nested() {
	cp "$n/plain.json" "$n/config.json"
	config "$n" "$2"
	run "$n"
	has "$1" "$out${err:+ stderr: $err}" "$3"
}

if grep -q __asan_init "$LORICA" || readelf -lW "$LORICA" | grep -q INTERP; then
	skip "lorica in lorica" "this build is not static"
else
	nested "rootless in a container" \
		"$open | .process.capabilities |= map_values(. + [\"CAP_SETFCAP\"]) | .process.capabilities.ambient = []" "0
1:3
0 0 1"
	nested "rootless in a container with masks: why not" \
		".process.capabilities |= map_values(. + [\"CAP_SETFCAP\"]) | .process.capabilities.ambient = []" \
		"*stderr: lorica: run i: *the kernel refuses a new procfs: /proc of the caller is partly mounted over*"
	userns="(if .linux.uidMappings then . else .linux.namespaces += [{type: \"user\"}] |
		.linux.uidMappings = [{containerID: 0, hostID: $((1200200000 + $$)), size: 9}] |
		.linux.gidMappings = .linux.uidMappings |
		.mounts |= map(if .options then .options -= [\"gid=5\"] else . end) end)"
	nested "root of a user namespace in a container" \
		"$open | $userns | .process.capabilities |= map_values($powers) | .process.args[-2] = \"root.json\"" "0
1:3
0 [0-9]* [19]"
	nested "rootless in root of a user namespace" \
		"$open | $userns | .process.capabilities |= map_values($powers)" "0
1:3
0 0 1"
	nested "root without powers in a container: why not" \
		"$open | .process.args[-2] = \"root.json\"" \
		" stderr: lorica: run i: root.path: rootfs: CAP_SYS_ADMIN is needed, or a user namespace: operation not permitted"
	nested "root of a user namespace has its own place for containers" \
		"$open | $userns | .process.capabilities |= map_values($powers) |
		.process.env += [\"XDG_RUNTIME_DIR=/tmp\"] | .process.args = [\"sh\", \"-c\",
		\"lorica --cgroup-manager disabled create --bundle /inner --config root.json i </dev/null >/dev/null 2>&1
		ls /tmp/lorica; lorica delete --force i; ls /tmp/lorica\"]" i
	# Groups that an ordinary user's engine asks to keep: for nobody else.
	kept='."annotations" = {"run.oci.keep_original_groups": "1"} |
		.process.args = ["grep", "Groups:", "/proc/self/status"]'
	for config in rootless root; do
		jq "$kept" "$inner/$config.json" >"$inner/$config-kept.json"
		jq "$kept | .annotations = {}" "$inner/$config.json" \
			>"$inner/$config-dropped.json"
	done
	run_inner() { # CONFIG
		echo "$open | $userns | .process.capabilities |= map_values($powers) |
			.process.user.additionalGids = [3, 4] |
			.process.args[-2] = \"$1.json\""
	}
	if [ "$(id -u)" = 0 ]; then
		nested "groups are dropped" "$(run_inner root-dropped)" "Groups:	 "
		nested "groups are kept" "$(run_inner root-kept)" "Groups:	3 4 "
		nested "groups are dropped in a user namespace" \
			"$(run_inner rootless-dropped)" "Groups:	 "
		nested "groups are kept in a user namespace" \
			"$(run_inner rootless-kept)" "Groups:	65534 65534 "
		nested "groups are kept in an exec" \
			"$open | $userns | .process.capabilities |=
				map_values($powers + [\"CAP_SYS_PTRACE\", \"CAP_KILL\"]) |
			.process.user.additionalGids = [3, 4] | .process.args = [\"sh\", \"-c\",
			\"alias l='lorica --root /tmp/s --cgroup-manager disabled'
			l create --bundle /inner --config rootless-kept.json i </dev/null >/dev/null 2>&1
			l exec i grep Groups: /proc/self/status; l delete --force i\"]" \
			"Groups:	65534 65534 "
		nested "the host's root keeps none: why" \
			"$open | .process.capabilities |= map_values($powers) |
			.process.args[-2] = \"root-kept.json\"" \
			" stderr: lorica: run i: annotations: run.oci.keep_original_groups is for ordinary users"
		nested "root with powers in a container" \
			"$open | .process.capabilities |= map_values($powers) | .process.args[-2] = \"root.json\"" "0
1:3
0 0 4294967295"
	fi
fi
