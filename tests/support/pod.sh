# shellcheck shell=sh disable=SC2034,SC2154 # set by run; read by others
# pod - a pod with users of its own (hostUsers: false), as containerd 2 writes its
# configurations: the first container makes the namespaces, the others join them
# and are told the maps once more.
maps='[{containerID: 0, hostID: 100000, size: 65536}]'

# pod_bundles DIRECTORY: the bundles DIRECTORY/first and DIRECTORY/other.
pod_bundles() {
	for bundle in first other; do
		bundle "$1/$bundle"
		mkdir "$1/$bundle/rootfs/data"
		chown -R 100000:100000 "$1/$bundle/rootfs"
	done
	config "$1/first" ".linux.namespaces += [{type: \"user\"}] | .process.args = [\"sleep\", \"1000\"] |
		.linux.uidMappings = $maps | .linux.gidMappings = $maps | .linux.sysctl = {\"net.ipv4.ip_forward\": \"1\"}"
	mkdir "$1/volume"
	echo root >"$1/volume/of-root"
}

# pod_other DIRECTORY PID: the other one joins that process, with the volume.
pod_other() {
	config "$1/other" 'del(.hostname) | .linux.uidMappings = '"$maps"' | .linux.gidMappings = '"$maps"' |
		.linux.namespaces |= (map(select(.type == "pid" or .type == "mount" or .type == "cgroup")) +
			([["user", "user"], ["network", "net"], ["ipc", "ipc"], ["uts", "uts"]] |
			map({type: .[0], path: "/proc/'"$2"'/ns/\(.[1])"}))) |
		.mounts += [{destination: "/data", source: "'"$1/volume"'", type: "bind", options: ["rbind", "rprivate", "rw"],
			uidMappings: '"$maps"', gidMappings: '"$maps"'}]'
}
