# shellcheck shell=sh disable=SC2154 # set by run and lib
# Scopes of systemd at work: limits bite, processes come later, and many are
# made and removed at once.
needs systemd "scopes at work" || return 0
# shellcheck source=tests/support/scope.sh
. "$here/support/scope.sh"
scope_bundle scopes
cp "$SUPPORT/hog" "$d/rootfs/bin/"
# does COMMAND RESOURCES: a container with these that does that, then sleeps.
does() {
	rm -f "$d/rootfs/tmp/done"
	with ".linux.resources = {$2} | .process.args = [\"sh\", \"-c\",
		\"$1; touch /tmp/done; exec sleep 1000\"]"
	ok "$1" made c
}
is_done() { ok "it is done" await [ -e "$d/rootfs/tmp/done" ]; }
counts() { sed -n "s/^$2 //p" "$cg/$1"; }

# ---- limits that bite ------------------------------------------------------
does "hog memory 134217728; echo \$?" "memory: {limit: 33554432, swap: 33554432}"
is_done
is "a memory hog is killed" "$(tail -n 1 "$WORK/made.out")" 137
is "the kernel counted it" "$(counts memory.events oom_kill)" 1
ok "it never had more" [ "$(cat "$cg/memory.peak")" -le 33554432 ]
gone "memory" c

does "hog cpu 3000" "cpu: {quota: 10000, period: 100000}"
is_done
spent=$(counts cpu.stat usage_usec)
ok "a tenth of a processor, give or take: $spent" [ "$spent" -lt 900000 ]
ok "it was held back" [ "$(counts cpu.stat nr_throttled)" -gt 10 ]
gone "cpu" c

with '.linux.resources = {pids: {limit: 12}} | .process.args = ["hog", "processes", "100"]'
ok "processes" made c
ok "it tells" await grep -q . "$WORK/made.out"
is "as many as it may have" "$(cat "$WORK/made.out")" "11 EAGAIN"
gone "pids" c

# A megabyte at 256 KiB a second.
disk=$(findmnt -nro MAJ:MIN -T "$WORK")
node="{major: ${disk%:*}, minor: ${disk#*:}}"
dd if=/dev/zero of="$d/rootfs/blob" bs=16k count=64 oflag=direct 2>/dev/null
# Weights of one disk need the model of what its requests cost.
[ "$uid" != 0 ] || echo "$disk enable=1" >/sys/fs/cgroup/io.cost.qos
from=$(date +%s%N)
does "busybox dd if=/blob of=/dev/null bs=16k iflag=direct 2>/dev/null" \
	"blockIO: {throttleReadBpsDevice: [$node + {rate: 262144}],
	throttleWriteIOPSDevice: [$node + {rate: 50}],
	weightDevice: [$node + {weight: 100}]}"
is "io.max" "$(cat "$cg/io.max")" "$disk rbps=262144 wbps=max riops=max wiops=50"
has "IOReadBandwidthMax" "$(show IOReadBandwidthMax)" "/dev/*$disk 262144"
has "IOWriteIOPSMax" "$(show IOWriteIOPSMax)" "/dev/*$disk 50"
has "IODeviceWeight" "$(show IODeviceWeight)" "/dev/*$disk 910"
[ "$uid" != 0 ] ||
	is "io.weight" "$(grep : "$cg/io.weight")" "$disk 910"
is_done
took=$((($(date +%s%N) - from) / 100000000))
ok "reading takes its time: $took tenths" [ $took -ge 20 ]
ok "another rate" sh -c "echo '{\"blockIO\": {\"throttleReadBpsDevice\":
	[{\"major\": ${disk%:*}, \"minor\": ${disk#*:}, \"rate\": 1000000}]}}' | $L update -r - c"
is "io.max" "$(cat "$cg/io.max")" "$disk rbps=1000000 wbps=max riops=max wiops=50"
has "IOReadBandwidthMax" "$(show IOReadBandwidthMax)" "/dev/*$disk 1000000"
ok "daemon-reload" ctl daemon-reload
is "io.max after it" "$(cat "$cg/io.max")" "$disk rbps=1000000 wbps=max riops=max wiops=50"
gone "io" c
[ "$uid" != 0 ] || echo "$disk enable=0" >/sys/fs/cgroup/io.cost.qos

# ---- one more process --------------------------------------------------------
with .
ok "alive" made c
# joins NAME CGROUP [OPTION...]
joins() {
	name=$1
	wanted=$2
	shift 2
	$L exec --detach --pid-file "$d/pid" "$@" c sleep 1000 \
		</dev/null >"$d/exec.out" 2>&1
	is "$name" "$? $(cat "$d/exec.out") $(grep -x "$(cat "$d/pid")" "$cg/$wanted/cgroup.procs")" \
		"0  $(cat "$d/pid")"
}
mkdir -p "$cg/sub/deep"
joins "exec joins the scope" .
joins "exec --cgroup" sub --cgroup sub
joins "deeper" sub/deep --cgroup /sub/deep
# As a container does that hands its controllers down.
cat "$cg/cgroup.procs" "$cg/sub/cgroup.procs" | while read -r pid; do
	echo "$pid" >"$cg/sub/deep/cgroup.procs"
done
for dir in "$cg" "$cg/sub"; do
	ok "handed down" sh -c "echo +memory +pids >$dir/cgroup.subtree_control"
done
joins "exec goes where init is" sub/deep
is "not where it was told to" \
	"$($L exec --cgroup sub c true 2>&1; echo $?)" \
	"lorica: exec c: --cgroup: make a process in the cgroup: device or resource busy
255"
is "all are seen" "$($L ps -f json c | jq length)" 5
gone "with cgroups of its own" c

# ---- what criu makes anew ------------------------------------------------------
# restored NAME FILTER [OPTION...]: it counts, is kept, and goes on in a scope.
restored() {
	what=$1
	with ".process.args = [\"sh\", \"-c\", \"i=0; while :; do
		i=\$((i + 1)); echo \$i >/tmp/n; busybox usleep 50000; done\"] |
		.linux.resources = {pids: {limit: 33}} | $2"
	shift 2
	rm -rf "$d/img" "$d/rootfs/tmp/n"
	ok "$what: alive" sh -c "$S run --detach --bundle $d c </dev/null >/dev/null 2>&1"
	found c
	ok "$what: it counts" await grep -q . "$d/rootfs/tmp/n"
	ok "$what: checkpoint" $L checkpoint --image-path "$d/img" "$@" c
	is "$what: the scope is gone" "$(units "$unit")" ""
	was=$(cat "$d/rootfs/tmp/n")
	ok "$what: restore" sh -c "$S restore --detach --image-path $d/img --bundle $d $* c \
		</dev/null >/dev/null 2>$d/err || { cat $d/err; false; }"
	found c
	ok "$what: it goes on" await sh -c "[ \$(cat $d/rootfs/tmp/n) -gt $was ]"
	is "$what: in a scope" "$(show ActiveState)" active
	is "$what: with its limit" "$(cat "$cg/pids.max") $(show TasksMax)" "33 33"
	ok "$what: pause" $L pause c
	is "$what: all in there are the container's" \
		"$(cat "$cg/cgroup.procs" "$cg"/*/cgroup.procs 2>/dev/null |
			while read -r pid; do readlink "/proc/$pid/ns/pid"; done | sort -u)" "$(readlink "/proc/$($L state c | jq .pid)/ns/pid")"
	gone "$what" c
}
if [ "$uid" = 0 ]; then
	restored "restored" .
	# criu makes a cgroup namespace only where it manages what is in it.
	one='del(.linux.namespaces[] | select(.type == "cgroup"))'
	restored "restored by the runtime alone" "$one" --manage-cgroups-mode ignore
	restored "restored below" "$one"' |
		.annotations = {"run.oci.systemd.subgroup": "inner"}' \
		--manage-cgroups-mode ignore
	mkdir "$d/none"
	has "no images" "$($S restore --image-path "$d/none" --bundle "$d" c 2>&1)" \
		"lorica: restore c: ?*"
	is "leave no scope" "$(units 'lorica-c.scope')" ""
	is "and no state" "$(ls "$WORK/state")" ""
fi

# ---- many --------------------------------------------------------------------
# As many as are made in half a minute, and of an ordinary user as its keys allow;
# LORICA_MANY says another number.
with '.process.args = ["sleep", "'"$own_seconds"'"]'
from=$(date +%s%N)
ok "one" made m0
one=$((($(date +%s%N) - from) / 1000000 + 1))
gone "one" m0
many=$((30000 / one))
[ $many -le 200 ] || many=200
[ "$uid" = 0 ] || [ $many -le 150 ] || many=150
[ $many -ge 40 ] || many=40
many=${LORICA_MANY:-$many}
echo "# $many scopes, $one ms for one"
left() {
	ls "$WORK/state"
	find /sys/fs/cgroup -name 'lorica-m[0-9]*' 2>/dev/null
	units 'lorica-m*.scope'
	pgrep -f "sleep $own_seconds"
}
# all WORD...: for each {} of them, twenty at once.
all() { seq $many | sed 's/^/m/' | xargs -P 20 -I {} "$@" 2>&1; }
is "create of $many" "$(all sh -c "$S create --bundle $d {} </dev/null >$d/{}.out 2>&1; cat $d/{}.out")" ""
is "a scope each" "$(units 'lorica-m*.scope' | grep -c active)" $many
is "start" "$(all $L start {})" ""
is "they run" "$($L list | grep -c running)" $many
is "delete" "$(all $L delete --force {})" ""
is "nothing is left" "$(left)" ""
# The runtime killed within the time that one takes.
killed() {
	awk -v n=$many -v seed=$$ -v ms=$one 'BEGIN { srand(seed)
		for (i = 1; i <= n; i++) printf "m%d %.3f\n", i, 0.001 + rand() * ms / 500 }' |
		xargs -P 20 -n 2 sh -c "timeout -s KILL \$1 $S $1 </dev/null >/dev/null 2>&1; :" 2>/dev/null
}
killed "create --bundle $d \$0"
echo "# $($L list -q | wc -l) of $many were made, or begun, in time"
killed "delete --force \$0"
is "delete --force" "$(all $L delete --force {})" ""
# A scope that systemd was asked for may come when nobody waits for it any more.
ok "nothing is left of those" await sh -c "! XDG_RUNTIME_DIR=/run/user/$uid systemctl \
	$([ "$uid" = 0 ] || echo --user) list-units --all --plain --no-legend 'lorica-m*.scope' | grep -q ."
is "nothing at all" "$(left)" ""
