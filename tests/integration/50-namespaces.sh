# shellcheck shell=sh
# Namespaces that are joined or mapped; these need root.
if [ "$(id -u)" = 0 ]; then
	unshare -n -i sleep 600 &
	holder=$!
	# shellcheck disable=SC2016 # for the shell that waits
	await sh -c '[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]' sh $holder
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

	# Each kind by its path, seen inside by the number of its inode. The
	# child of unshare is in all of them; a new user namespace is apart, as
	# it would own the others.
	unshare --mount --uts --ipc --net --pid --cgroup --time --fork \
		--propagation private sleep 600 2>/dev/null &
	holder=$!
	unshare --user --map-root-user sleep 600 &
	user=$!
	ours=$(readlink /proc/self/ns/user)
	await pgrep -P "$holder" -x sleep
	await sh -c "[ \$(readlink /proc/$user/ns/user) != '$ours' ]"
	inside=$(pgrep -P "$holder" -x sleep)
	for pair in mount:mnt uts:uts ipc:ipc network:net pid:pid cgroup:cgroup \
		time:time user:user; do
		kind=${pair%:*} file=${pair#*:} process=$inside
		[ "$kind" != user ] || process=$user
		path=/proc/$process/ns/$file
		ok "there is a $kind namespace of another" \
			test "$(readlink "$path")" != "$(readlink "/proc/self/ns/$file")"
		# One id is mapped there, and it is not that of a group "tty".
		seen "join the $kind namespace" \
			".mounts |= map(.options |= ((. // []) - [\"gid=5\"])) | .linux.namespaces |= (map(select(.type != \"$kind\")) + [{type: \"$kind\", path: \"$path\"}])" \
			"readlink /proc/self/ns/$file" "$(readlink "$path")"
		other=/proc/$process/ns/uts
		[ "$kind" != uts ] || other=/proc/$process/ns/ipc
		refused "join another as the $kind namespace" \
			".linux.namespaces |= (map(select(.type != \"$kind\")) + [{type: \"$kind\", path: \"$other\"}])" \
			"linux.namespaces: $other is not a $kind namespace"
	done
	kill -KILL "$inside" "$user"
	wait "$holder" "$user" 2>/dev/null
else
	seen "setgroups is denied" '.' 'cat /proc/self/setgroups' deny
fi
# What would be written in the host's; names that no host should get.
for name in hostname domainname; do
	refused "a $name for the namespace that is ours" \
		".linux.namespaces |= (map(select(.type != \"uts\")) + [{type: \"uts\", path: \"/proc/self/ns/uts\"}]) | del(.hostname) | .$name = \"lorica-test\"" \
		"$name: the uts namespace that is joined is the runtime's own"
done
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
