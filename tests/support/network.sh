# shellcheck shell=sh disable=SC2034,SC2154 # what it sets others read
# network - what the tests of a sandbox's network share: one of the test's own, with
# servers in it.

# can_network: can there be one?
can_network() {
	command -v ip >/dev/null && [ -e /etc/resolv.conf ] &&
		unshare -rnm ip link set lo up 2>/dev/null
}

# begin_network DIRECTORY: DIRECTORY/network makes it, with DIRECTORY as its argument,
# and prints "ready"; it is there to the end of the file. DIRECTORY/enter goes there
# with its arguments. False: it did not come.
begin_network() {
	enter="-n -m"
	new=-nm
	if [ "$(id -u)" != 0 ]; then
		enter="-U -n -m --preserve-credentials"
		new=-rnm
	fi
	unshare $new sh "$1/network" "$1" >"$1/ready" 2>&1 </dev/null &
	network=$!
	trap 'kill $network 2>/dev/null' EXIT
	echo "exec nsenter -t $network $enter -- \"\$@\"" >"$1/enter"
	await grep -q ready "$1/ready"
	is "the network is there" "$(cat "$1/ready")$(kill -0 $network 2>&1)" ready
	grep -q ready "$1/ready"
}
