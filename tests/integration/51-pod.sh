# shellcheck shell=sh disable=SC2154 # set by run and lib
# A pod with users of its own. What containerd's shim makes of the same is in
# 92-containerd.sh.
needs root "a pod's users" || return 0
# shellcheck source=tests/support/pod.sh
. "$here/support/pod.sh"
L="$LORICA --root $WORK/state"
p=$WORK/pod
pod_bundles "$p"
ok "the first container" sh -c "$L run --detach --bundle $p/first first </dev/null >$p/out 2>&1 || { cat $p/out; false; }"
pid=$($L state first | jq .pid)

pod_other "$p" "$pid"
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
