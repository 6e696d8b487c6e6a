# shellcheck shell=sh disable=SC2154 # set by run
# The root, the names and the mounts, seen from the inside.
probe_bundle
cp -r "$WORK/probe/rootfs" "$WORK/probe/other"
echo marked >"$WORK/probe/other/etc/marker"
field root.path '.root.path = "other"' '."read:/etc/marker"' '"marked"' \
	read:/etc/marker
field root.path ".root.path = \"$WORK/probe/other\"" '."read:/etc/marker"' \
	'"marked"' read:/etc/marker
field root.readonly '.' '."write:/etc"' '"EROFS"' write:/etc
field root.readonly '.root.readonly = false' '."write:/etc"' null write:/etc
field hostname '.hostname = "plate"' .names.hostname '"plate"'
field domainname '.domainname = "legio"' .names.domainname '"legio"'

mounted='[.mounts[] | select(.place == "/mnt")][0]'
field 'mounts[].destination mounts[].type mounts[].source mounts[].options[]' \
	'.mounts += [{destination: "/mnt", type: "tmpfs", source: "mine", options: ["size=64k", "noexec", "mode=751"]}]' \
	"$mounted | [.type, .source, (.flags | index(\"noexec\") != null), (.super | contains([\"size=64k\", \"mode=751\"]))]" \
	'["tmpfs","mine",true,true]'
# A relative one is relative to the root.
field 'mounts[].destination' \
	'.mounts += [{destination: "mnt", type: "tmpfs", source: "rel"}]' \
	"$mounted | .source" '"rel"'
mkdir -p "$WORK/probe/data"
echo here >"$WORK/probe/data/file"
field 'mounts[].source mounts[].options[]' \
	'.mounts += [{destination: "/mnt", source: "data", options: ["rbind", "ro"]}]' \
	'[."read:/mnt/file", ."write:/mnt"]' '["here","EROFS"]' \
	read:/mnt/file write:/mnt
field 'mounts[].options[]' \
	'.mounts += [{destination: "/mnt", source: "data", options: ["rbind", "rw"]}]' \
	'."write:/mnt"' null write:/mnt

# An ordinary user has one id to map.
if needs root "mounts[].uidMappings"; then
	for id in 5 6 7; do
		: >"$WORK/probe/data/$id"
		chown "$id:$id" "$WORK/probe/data/$id"
	done
	maps='containerID: 5, hostID: 1000, size: 2'
	field 'mounts[].uidMappings[].containerID mounts[].uidMappings[].hostID mounts[].uidMappings[].size mounts[].gidMappings[].containerID mounts[].gidMappings[].hostID mounts[].gidMappings[].size' \
		".mounts += [{destination: \"/mnt\", source: \"data\", options: [\"bind\"], uidMappings: [{$maps}], gidMappings: [{containerID: 6, hostID: 2000, size: 2}]}]" \
		'[."stat:/mnt/5", ."stat:/mnt/6", ."stat:/mnt/7" | .uid, .gid]' \
		'[1000,65534,1001,2000,65534,2001]' \
		stat:/mnt/5 stat:/mnt/6 stat:/mnt/7
fi
