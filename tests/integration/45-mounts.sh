# shellcheck shell=sh disable=SC2154 # set by run
# The root's tree and the mounts in it: where they come from, what they reach.
m=$WORK/mounts
rm -rf "$m"
bundle "$m"

# The root lies on "/" by descriptor, whatever propagates.
for kind in private rprivate slave rslave shared rshared unbindable runbindable; do
	config "$m" ".linux.rootfsPropagation = \"$kind\""
	sh_in "$m" 'grep -c . /proc/self/mountinfo >/dev/null && echo up'
	run "$m"
	is "rootfsPropagation $kind" "$out$err" up
	status=0
	out=$("$LORICA" --root "$WORK/state" run --no-pivot --bundle "$m" c 2>&1 </dev/null) || status=$?
	is "rootfsPropagation $kind without pivot" "$out $status" "up 0"
done

# Mapping id 0 needs CAP_SETFCAP. A procfs without masks is nowhere to be had, whatever is left of the host's.
cp "$m/config.json" "$m/plain.json"
mkdir -p "$m/rootfs/mnt"
config "$m" 'del(.linux.rootfsPropagation, .linux.seccomp) |
	.process.capabilities |= map_values(. + ["CAP_SETFCAP"]) | .process.capabilities.ambient = [] |
	.process.args = ["busybox", "unshare", "-U", "-r", "-m", "-p", "-f",
	"sh", "-c", "id -u; busybox mount -t proc proc /mnt 2>&1"]'
for option in "" --no-pivot; do
	# shellcheck disable=SC2086 # one word or none
	has "no new procfs in a user namespace inside, with ${option:-pivot}" \
		"$("$LORICA" --root "$WORK/state" run $option --bundle "$m" c 2>&1 </dev/null)" \
		"0
mount: permission denied*"
done
# Nor where one lies on another, and neither can be let go.
[ "$(id -u)" != 0 ] || has "nor where the host has two, one on the other" \
	"$(unshare -m sh -c "mount -t proc proc /proc &&
		'$LORICA' --root $WORK/state run --no-pivot --bundle $m c" 2>&1 </dev/null)" \
	"0
mount: permission denied*"
cp "$m/plain.json" "$m/config.json"

# seen_on_host KIND [OPTION]: run on shared mounts; is mountinfo outside unchanged?
seen_on_host() {
	config "$m" ".linux.rootfsPropagation = \"$1\""
	LORICA=$LORICA unshare -m --propagation shared sh -c "
		mount --bind $m/volume $m/volume
		mount --bind $m/volume $m/volume
		before=\$(cat /proc/self/mountinfo)
		\"\$LORICA\" --root $WORK/state run ${2:-} --bundle $m c </dev/null || exit 1
		[ \"\$before\" = \"\$(cat /proc/self/mountinfo)\" ]"
}

if [ "$(id -u)" = 0 ]; then
	mkdir -p "$m/volume/x"
	chown 100000:100000 "$m/volume/x"
	config "$m" ".mounts += [{destination: \"/mnt\", source: \"$m/volume\", options: [\"rbind\"]}] | .root.readonly = false"
	for kind in shared rshared; do
		ok "the host's mounts are unchanged with $kind" seen_on_host $kind
	done
	# What is mounted below a shared volume shows outside if it is a peer.
	config "$m" '.mounts += [{destination: "/mnt/x", type: "tmpfs", source: "tmpfs"}]'
	for kind in private slave; do
		ok "the host's mounts are unchanged with $kind" seen_on_host $kind
	done
	config "$m" 'del(.mounts[-1])'
	for kind in private slave shared rshared; do
		ok "the host's mounts are unchanged with $kind, without pivot" \
			seen_on_host $kind --no-pivot
	done
	config "$m" 'del(.linux.rootfsPropagation)'
	# Ids that the user namespace maps cannot reach the bundle.
	config "$m" '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	chmod 700 "$m"
	ok "a mapped container on shared mounts" seen_on_host rslave
	sh_in "$m" 'stat -c %u / && ls -d /mnt && echo >/dev/null && echo up'
	run "$m"
	is "a bundle that the mapped ids cannot reach" "$out$err" "65534
/mnt
up"
	chmod 755 "$m"
fi
