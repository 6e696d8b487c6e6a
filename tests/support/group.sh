# shellcheck shell=sh disable=SC2034,SC2154 # what it sets others read
# group - what the tests of control groups share: where they are, a bundle of
# its own for each file, and containers made of it.

# Where version 2 is, or nothing; where the cgroups of our containers are, which
# is beside the cgroup of the caller, or below it; and its controllers.
v2=/sys/fs/cgroup
[ -f $v2/cgroup.procs ] || v2=$v2/unified
[ -f $v2/cgroup.procs ] || v2=
own=$(sed -n 's/^0:://p' /proc/self/cgroup)
beside=$v2$(dirname "$own")
beside=${beside%/}
[ -w "$beside" ] || beside=$v2${own%/}
# What can be had there: an ordinary user's was delegated above its own.
there=$v2
[ -w "$v2" ] || there=$(dirname "$beside")
controllers=" $(cat "$there/cgroup.controllers" 2>/dev/null) "

# group_bundle NAME: sets g, the bundle, whose program sleeps, and L, lorica.
group_bundle() {
	g=$WORK/$1
	L="$LORICA --root $WORK/state"
	rm -rf "$g"
	bundle "$g"
	cp "$SUPPORT/hog" "$g/rootfs/bin/"
	config "$g" '.process.args = ["sleep", "600"]'
	cp "$g/config.json" "$g/plain.json"
	plain=$(jq '.linux.resources = "@"' "$g/plain.json")
}

# has_controllers NAME...: are they all there, and may we make a cgroup?
has_controllers() {
	[ -n "$v2" ] && [ -w "$beside" ] || return
	for wanted; do
		case $controllers in *" $wanted "*) ;; *) return 1 ;; esac
	done
}

# with FILTER: the bundle's configuration, changed.
with() {
	jq "$1" "$g/plain.json" >"$g/config.json"
}

# resources JSON: the bundle's configuration with these. Without a process, for
# there are many, and in a virtual machine each of jq's takes its time.
resources() {
	printf '%s' "${plain%%\"@\"*}$1${plain#*\"@\"}" >"$g/config.json"
}

# update ID JSON
update() {
	printf '%s' "$2" | $L update --resources - "$1"
}

# alive ID [WORD...]: made and started, with that program; what it prints goes
# to $g/ID.out.
alive() {
	id=$1
	shift
	[ $# = 0 ] || config "$g" ".process.args = $(jq -nc '$ARGS.positional' --args -- "$@")"
	$L create --bundle "$g" "$id" </dev/null >"$g/$id.out" 2>&1 && $L start "$id"
}

status_of() { $L state "$1" | jq -r .status; }
pid_of() { $L state "$1" | jq .pid; }

# kernel ID FILE: what a file of its cgroup says; some kernels end lines by a
# blank.
kernel() {
	sed 's/ *$//' "$beside/$1/$2" 2>&1
}

# counts ID FILE KEY: one number of such a file.
counts() {
	sed -n "s/^$3 //p" "$beside/$1/$2"
}

# soon COMMAND...: does it succeed within ten seconds?
soon() {
	for _ in $(seq 200); do
		"$@" && return
		sleep 0.05
	done
	return 1
}

# between LEAST NUMBER MOST
between() {
	[ "$1" -le "$2" ] && [ "$2" -le "$3" ]
}

# deserted ID: is nobody in its cgroup, nor below?
deserted() { [ "$(counts "$1" cgroup.events populated)" = 0 ]; }

# gone ID: delete it, whatever it does; nothing of it is left.
gone() {
	# shellcheck disable=SC2086 # words
	ok "delete $1" $L delete --force "$1"
	is "nothing of $1 is left" "$(ls -d "$beside/$1" "$WORK/state/$1" 2>/dev/null)" ""
}

# rdma_device: make one, which is only software, beside a network device.
rdma_device() {
	modprobe -a rdma_rxe ib_uverbs 2>/dev/null
	ip link add lorica-r0 type veth peer lorica-r1 &&
		ip link set lorica-r0 up && ip link set lorica-r1 up &&
		rdma link add lorica_rxe type rxe netdev lorica-r0
}
# rdma_unlimited ID: before the container is deleted. Linux 6.1 keeps a limit of
# a cgroup that is gone, and falls over it when the device goes.
rdma_unlimited() {
	echo "lorica_rxe hca_handle=max hca_object=max" >"$beside/$1/rdma.max"
}
rdma_device_gone() {
	rdma link delete lorica_rxe
	ip link delete lorica-r0
}
