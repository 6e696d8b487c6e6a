# shellcheck shell=sh
# An ordinary user's container: which ids it has, and what is said where it
# cannot have any. Root takes the part of a user with ranges in /etc/subuid,
# where there is one, and of a user without.

# own_map FILE NAME UID OWN: the map of all ids that the user has.
own_map() {
	awk -F: -v name="$2" -v uid="$3" -v own="$4" '
		BEGIN { print 0, own, 1; next_id = 1 }
		$1 == name || $1 == uid { print next_id, $2, $3; next_id += $3 }
	' "$1"
}

# become UID GID: prepare a place for that user; user_run runs there as it.
become() {
	u=$WORK/user-$1
	mkdir "$u"
	cp "$LORICA" "$u/lorica"
	as=
	[ "$(id -u)" = "$1" ] ||
		as="setpriv --reuid=$1 --regid=$2 --clear-groups"
	bundle "$u/b"
	chown -R "$1:$2" "$u" 2>/dev/null
	# shellcheck disable=SC2086 # words
	(cd "$u/b" && rm config.json && $as ../lorica spec --rootless)
	config "$u/b" '.process.terminal = false'
}

# user_run FILTER COMMAND: sets out, err and status.
user_run() {
	jq --arg cmd "$2" ".process.args = [\"sh\", \"-c\", \$cmd] | ($1)" \
		"$u/b/config.json" >"$u/b/tried.json"
	status=0
	# shellcheck disable=SC2086 # words
	$as timeout $patience "$u/lorica" --root "$u/state" run --bundle "$u/b" \
		--config tried.json c >"$u/out" 2>"$u/err" </dev/null ||
		status=$?
	out=$(cat "$u/out")
	err=$(cat "$u/err")
}

no_maps='del(.linux.uidMappings, .linux.gidMappings)'
# shellcheck disable=SC2016 # for the container's shell
show='while read -r a b c; do echo $a $b $c; done </proc/self/uid_map
	while read -r a b c; do echo $a $b $c; done </proc/self/gid_map
	cat /proc/self/setgroups'

# one_id WHO UID GID FILTER
one_id() {
	user_run "$4" "$show"
	is "$1" "$out${err:+ stderr: $err}" "0 $2 1
0 $3 1
deny"
}

with_ranges() { # NAME UID GID
	become "$2" "$3"
	user_run "$no_maps" "$show"
	is "without mappings the user has all its ids" \
		"$out${err:+ stderr: $err}" "$(own_map /etc/subuid "$1" "$2" "$2")
$(own_map /etc/subgid "$1" "$2" "$3")
allow"
	user_run "$no_maps | .process.user = {uid: 5, gid: 6, additionalGids: [7]}" \
		'grep -E "^(Uid|Gid|Groups)" /proc/self/status'
	is "and its container their users and groups" \
		"$(echo "$out${err:+ stderr: $err}" | tr -s '\t ' ' ')" \
		"Uid: 5 5 5 5
Gid: 6 6 6 6
Groups: 7 "
	user_run "$no_maps | .root.readonly = false |
		.process.capabilities.bounding += [\"CAP_CHOWN\"] |
		.process.capabilities.effective = .process.capabilities.bounding |
		.process.capabilities.permitted = .process.capabilities.bounding" \
		'touch /tmp/mine; /bin/busybox chown 9:9 /tmp/mine && stat -c %u:%g /tmp/mine'
	is "and files of them" "$out${err:+ stderr: $err}" 9:9
	one_id "one id where the configuration says so" "$2" "$3" .
	user_run '.linux.uidMappings[0].hostID = 0 | .linux.uidMappings[0].size = 2' true
	is "an id of somebody else: status" "$status $out" "1 "
	is "an id of somebody else: one line" "$err" \
		"lorica: run c: newuidmap refused the mappings: newuidmap: uid range [0-2) -> [0-2) not allowed"
}

without_ranges() { # UID GID
	become "$1" "$2"
	one_id "without ranges or mappings, one id" "$1" "$2" "$no_maps"
	one_id "without ranges, the configuration's" "$1" "$2" .
	user_run "$no_maps | .process.user.additionalGids = [7]" true
	is "without ranges, no groups" "$err" \
		"lorica: run c: become the user: process.user.additionalGids: the user namespace denies setgroups"
	user_run '.linux.uidMappings[0].size = 2' true
	is "without ranges, more than one id: status" "$status $out" "1 "
	is "without ranges, more than one id: one line" \
		"$(echo "$err" | wc -l)" 1
	has "without ranges, more than one id: why" "$err" \
		"lorica: run c: newuidmap refused the mappings: newuidmap: *"
}

ranged=
while IFS=: read -r name _ uid gid _; do
	[ "$uid" != 0 ] || continue
	grep -qE "^($name|$uid):" /etc/subuid 2>/dev/null || continue
	grep -qE "^($name|$uid):" /etc/subgid 2>/dev/null || continue
	[ "$(id -u)" = 0 ] || [ "$(id -u)" = "$uid" ] || continue
	ranged="$name $uid $gid"
	break
done </etc/passwd

if ! command -v newuidmap >/dev/null; then
	skip "the user's ids" "newuidmap is not installed"
	ranged=
elif [ -n "$ranged" ]; then
	# shellcheck disable=SC2086 # three words
	with_ranges $ranged
else
	skip "all ids of the user" "nobody here has ranges in /etc/subuid"
fi
if [ "$(id -u)" = 0 ]; then
	without_ranges 65531 65531
elif [ -z "$ranged" ] && command -v newuidmap >/dev/null; then
	without_ranges "$(id -u)" "$(id -g)"
fi

# Who is root where 0 is not mapped: the lowest id, as with runc.
others='.linux.namespaces |= map(select(.type != "user")) + [{type: "user"}] |
	.linux.uidMappings = [{containerID: 1000, hostID: 100000, size: 9}, {containerID: 77, hostID: 200000, size: 1}] |
	.linux.gidMappings = [{containerID: 88, hostID: 100000, size: 9}] |
	.process.user = {uid: 1003, gid: 90} | .process.capabilities = {} |
	.mounts |= map(if .options then .options -= ["gid=5"] else . end)'
ids='grep -E "^(Uid|Gid|CapPrm)" /proc/self/status | tr -s "\t" " "; stat -c %u:%g /dev/shm'
if [ "$(id -u)" = 0 ]; then
	rm -rf "$WORK/s"
	seen "a map without 0" "$others" "$ids" \
"Uid: 1003 1003 1003 1003
Gid: 90 90 90 90
CapPrm: 0000000000000000
77:88"
else
	seen "a map without 0" '.linux.uidMappings[0].containerID = 1000 |
		.linux.gidMappings[0].containerID = 2000 |
		.process.user = {uid: 1000, gid: 2000} |
		.mounts |= map(if .options then .options -= ["gid=5"] else . end)' \
		'stat -c %u:%g /dev/shm' 1000:2000
fi

# The line that names what forbids a user namespace.
rm -rf "$WORK/r"
bundle "$WORK/r"
config "$WORK/r" '.linux.namespaces |= map(select(.type != "user")) + [{type: "user"}] |
	.linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}] |
	.linux.gidMappings = .linux.uidMappings'
# shellcheck disable=SC2016 # for the inner shell
if unshare -Urm sh -c 'echo 0 >/proc/sys/user/max_user_namespaces' 2>/dev/null; then
	err=$(unshare -Urm sh -c 'echo 0 >/proc/sys/user/max_user_namespaces &&
		exec "$0" --root "$1/state" run --bundle "$1/r" c' \
		"$LORICA" "$WORK" 2>&1 >/dev/null </dev/null)
	is "what forbids user namespaces is named" "$err" \
		"lorica: run c: user namespaces are forbidden here: sysctl user.max_user_namespaces is 0"
else
	skip "what forbids user namespaces" "no user namespace to try it in"
fi
