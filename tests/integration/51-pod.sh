# shellcheck shell=sh disable=SC2154 # set by run and lib
# A pod with users of its own (hostUsers: false), as containerd 2 writes its
# configurations: the first container makes the namespaces, the others join them
# and are told the maps once more.
needs root "a pod's users" || return 0
L="$LORICA --root $WORK/state"
p=$WORK/pod
maps='[{containerID: 0, hostID: 100000, size: 65536}]'
for name in first other; do
	bundle "$p/$name"
	mkdir "$p/$name/rootfs/data"
	chown -R 100000:100000 "$p/$name/rootfs"
done
config "$p/first" ".linux.namespaces += [{type: \"user\"}] | .process.args = [\"sleep\", \"1000\"] |
	.linux.uidMappings = $maps | .linux.gidMappings = $maps | .linux.sysctl = {\"net.ipv4.ip_forward\": \"1\"}"
ok "the first container" sh -c "$L run --detach --bundle $p/first first </dev/null >$p/out 2>&1 || { cat $p/out; false; }"
pid=$($L state first | jq .pid)

mkdir "$p/volume"
echo root >"$p/volume/of-root"
config "$p/other" 'del(.hostname) | .linux.uidMappings = '"$maps"' | .linux.gidMappings = '"$maps"' |
	.linux.namespaces |= (map(select(.type == "pid" or .type == "mount" or .type == "cgroup")) +
		([["user", "user"], ["network", "net"], ["ipc", "ipc"], ["uts", "uts"]] |
		map({type: .[0], path: "/proc/'"$pid"'/ns/\(.[1])"}))) |
	.mounts += [{destination: "/data", source: "'"$p/volume"'", type: "bind", options: ["rbind", "rprivate", "rw"],
		uidMappings: '"$maps"', gidMappings: '"$maps"'}]'
cp "$p/other/config.json" "$p/other.json"
# with FILTER COMMAND: the other container with that change.
with() {
	cp "$p/other.json" "$p/other/config.json"
	config "$p/other" "$1"
	sh_in "$p/other" "$2"
	run "$p/other"
}
with . 'id -u; cat /proc/self/uid_map | tr -s " "; cat /proc/sys/net/ipv4/ip_forward'
is "root of the pod's users" "$out$err" "0
 0 100000 65536
1"
with . 'stat -c %u:%g /data/of-root; echo new >/data/new; stat -c %u:%g /data/new /bin'
is "a volume has the pod's ids" "$out$err" "0:0
0:0
0:0"
is "and the host's, outside" "$(stat -c %u:%g "$p/volume/new")" 0:0
for kind in user net ipc uts; do
	with . "readlink /proc/self/ns/$kind"
	is "one $kind namespace" "$out$err" "$(readlink "/proc/$pid/ns/$kind")"
done
# Files and mounts are the engine's for the ids that it gives.
for ids in uid gid; do
	with ".linux.${ids}Mappings[0].hostID = 200000" true
	is "other ${ids}Mappings than those of the namespace" "$status $err" \
		"1 lorica: run c: linux.${ids}Mappings: not those of the user namespace that is joined"
	with ".linux.${ids}Mappings += [{containerID: 65536, hostID: 300000, size: 1}]" true
	is "more ${ids}Mappings than those of the namespace" "$status $err" \
		"1 lorica: run c: linux.${ids}Mappings: not those of the user namespace that is joined"
done
with '.linux.namespaces |= map(select(.type == "user").path = "/proc/self/ns/user")' true
is "the host's users, with maps" "$status $err" \
	"1 lorica: run c: linux.uidMappings: not those of the user namespace that is joined"
with 'del(.linux.uidMappings, .linux.gidMappings)' 'id -u'
is "no maps: as they are" "$out$err" 0
$L delete --force first
is "nothing is left" "$(ls "$WORK/state")" ""
