# shellcheck shell=sh
# linux.netDevices: devices of a network namespace of our own are moved.
as_caller=$LORICA
net_end() {
	kill "$holder" 2>/dev/null
	wait "$holder" 2>/dev/null
	LORICA=$as_caller
}
if [ "$(id -u)" != 0 ]; then
	refused "netDevices of an ordinary user" '.linux.namespaces += [{type: "network"}] | .linux.netDevices = {lo: {}}' \
		"linux.netDevices: needs CAP_NET_ADMIN, which an ordinary user does not have"
elif ! command -v ip >/dev/null; then
	skip "netDevices" "needs ip (Debian: apt install iproute2)" 'linux.netDevices{}.name'
elif ! unshare -n ip link add one type veth peer name two 2>/dev/null; then
	skip "netDevices" "this kernel has no veth" 'linux.netDevices{}.name'
else
	unshare -n sleep 600 &
	holder=$!
	until [ "$(readlink "/proc/$holder/ns/net")" != "$(readlink /proc/self/ns/net)" ]; do
		sleep 0.02
	done
	# The runtime runs there, and so do the commands that look from outside.
	cat >"$WORK/there" <<-END
		#!/bin/sh
		exec nsenter --net=/proc/$holder/ns/net "\$@"
	END
	cat >"$WORK/lorica-there" <<-END
		#!/bin/sh
		exec "$WORK/there" "$as_caller" "\$@"
	END
	chmod +x "$WORK/there" "$WORK/lorica-there"
	LORICA=$WORK/lorica-there
	# device: a new "one", up, with addresses; the old ones go.
	device() {
		"$WORK/there" ip link del peer 2>/dev/null
		"$WORK/there" ip link add one type veth peer name peer
		"$WORK/there" ip link set one mtu 1400 up
		"$WORK/there" ip addr add 10.9.8.7/24 dev one
		"$WORK/there" ip addr add fd00::7/64 dev one
	}
	look='busybox ip addr show dev $D | grep -o "mtu [0-9]*\|inet6\? [^ ]* scope global\|UP"'
	kept="UP
mtu 1400
inet 10.9.8.7/24 scope global
inet6 fd00::7/64 scope global"
	claim 'linux.netDevices{}.name'
	device
	seen "netDevices: renamed, up, with its addresses" '.linux.netDevices = {one: {name: "eth7"}}' "D=eth7; $look" "$kept"
	is "and gone from outside" "$("$WORK/there" ip -o link show dev one 2>&1 | head -n 1)" \
		'Device "one" does not exist.'
	device
	seen "netDevices: the same name" '.linux.netDevices = {one: {}}' "D=one; $look" "$kept"
	device
	seen "netDevices: an empty name is the same" '.linux.netDevices = {one: {name: ""}}' "D=one; $look" "$kept"
	device
	seen "netDevices: a template" '.linux.netDevices = {one: {name: "eth%d"}}' "D=eth0; $look" "$kept"
	device
	refused "netDevices: a device that is not there" '.linux.netDevices = {one: {}, none: {}}' \
		"linux.netDevices.none: there is no such network device"
	refused "netDevices: a name that is taken" '.linux.netDevices = {one: {name: "x"}, peer: {name: "x"}}' \
		"linux.netDevices.peer: the container's network namespace has a device x already"
	refused "netDevices: a device that stays" '.linux.netDevices = {one: {}, lo: {name: "lo1"}}' \
		"linux.netDevices.lo: a device of its kind cannot be moved"
	is "after a failure all is back" "$("$WORK/there" ip -o addr show dev one scope global | grep -o 'inet6\? [^ ]*')" \
		"inet 10.9.8.7/24
inet6 fd00::7/64"
	is "and up" "$("$WORK/there" ip -o link show dev one | grep -o 'mtu 1400')" "mtu 1400"
	refused "netDevices without a network namespace" '.linux.namespaces |= map(select(.type != "network")) | .linux.netDevices = {one: {}}' \
		"config.json: linux.netDevices: needs a network namespace"
	refused "netDevices to the runtime's own namespace" \
		".linux.namespaces |= map(if .type == \"network\" then .path = \"/proc/$holder/ns/net\" else . end) | .linux.netDevices = {one: {}}" \
		"linux.netDevices: the container's network namespace is the runtime's own"
	config "$WORK/s" '.linux.netDevices = {one: {}} | .hooks = {createRuntime: [{path: "/bin/sh", args: ["sh", "-c", "/usr/bin/nsenter -n -t $(/usr/bin/jq .pid) /sbin/ip -o link show dev one"], env: ["PATH=/bin:/sbin:/usr/bin:/usr/sbin"]}, {path: "/bin/false"}]}'
	run "$WORK/s"
	is "hooks see the devices" "$err" "lorica: run c: hooks.createRuntime[1]: /bin/false: exit status 1"
	net_end
fi
seen "the loopback device is up" '.' 'busybox ip addr show dev lo | grep -o "inet 127.0.0.1/8"' \
	"inet 127.0.0.1/8"
