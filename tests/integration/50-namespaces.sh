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
