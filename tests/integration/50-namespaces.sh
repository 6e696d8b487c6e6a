# shellcheck shell=sh
# Namespaces that are joined or mapped; these need root.
if [ "$(id -u)" = 0 ]; then
	unshare -n -i sleep 20 &
	holder=$!
	sleep 0.3
	seen "join the network namespace" \
		".linux.namespaces |= map(if .type == \"network\" then .path = \"/proc/$holder/ns/net\" else . end)" \
		'readlink /proc/self/ns/net' "$(readlink "/proc/$holder/ns/net")"
	refused "join another kind" \
		".linux.namespaces |= map(if .type == \"uts\" then .path = \"/proc/$holder/ns/net\" else . end)" \
		"linux.namespaces: /proc/$holder/ns/net is not a uts namespace"
	kill "$holder"
	wait "$holder" 2>/dev/null
	seen "a mapped user namespace" \
		'.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings' \
		'read -r a b c </proc/self/uid_map; echo $a $b $c; cat /proc/self/setgroups' "0 100000 65536
allow"
else
	seen "setgroups is denied" '.' 'cat /proc/self/setgroups' deny
fi
# Whose sysctls the host would feel; a name that no kernel has.
refused "a sysctl of the namespace that is ours" \
	'.linux.namespaces |= (map(select(.type != "network")) + [{type: "network", path: "/proc/self/ns/net"}]) | .linux.sysctl = {"net.none": "1"}' \
	'linux.sysctl.net.none: the network namespace that is joined is the runtime'"'"'s own'
# init fails before it is told that it is recorded: its own words are the line.
config "$WORK/r" '.linux.namespaces |= map(del(.path)) | .linux.sysctl = {"net.none": "1"}'
i=0
while [ $i -lt 30 ]; do
	run "$WORK/r"
	echo "$status $err"
	i=$((i + 1))
done >"$WORK/lines"
has "what init says is never lost" "$(sort -u "$WORK/lines")" \
	'1 lorica: run c: set the host name and sysctls: linux.sysctl.net.none: write "1": no such file or directory'
