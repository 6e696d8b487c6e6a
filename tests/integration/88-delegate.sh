# shellcheck shell=sh disable=SC2154 # set by run and lib
# Whose the cgroups are: a container that makes its own, an ordinary user with a
# part of the tree and without, and containers with no cgroup at all.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"

# ---- without cgroups -------------------------------------------------------
group_bundle delegate
N="$L --cgroup-manager disabled"
mkdir "$g/out"
ok "create without a cgroup" sh -c "$N create --bundle $g n </dev/null >$g/out/n 2>&1"
ok "start" $L start n
is "none was made" "$(find "$beside" -name n -type d 2>/dev/null)" ""
is "it is where its maker is" \
	"$(sed -n 's/^0:://p' "/proc/$(pid_of n)/cgroup")" "$own"
is "ps knows its first process" "$($L ps -f json n)" "[$(pid_of n)]"
for command in pause resume "events --stats" events; do
	has "$command of it" "$($L $command n 2>&1)" \
		"lorica: ${command%% *} n: the container has no cgroup: *"
done
has "update of it" "$($L update --pids-limit 5 n 2>&1)" \
	"lorica: update n: *"
ok "an update that limits nothing" $L update --pids-limit -1 n
ok "kill --all" $L kill --all n KILL
ok "it ends" soon sh -c "$L state n | grep -q stopped"
gone n
for limit in '{"pids": {"limit": 5}}' '{"memory": {"limit": 50000000}}' \
	'{"unified": {"cpu.weight": "5"}}'; do
	resources "$limit"
	is "a limit without a cgroup: $limit" "$($N run --bundle "$g" n 2>&1)" \
		"lorica: run n: linux.resources: limits need a cgroup, and cgroups are disabled"
done
is "leaves nothing" "$(ls "$WORK/state")" ""
needs root delegation || return 0
if ! has_controllers cpu memory pids; then
	skip "delegation" "it wants all controllers in version 2"
	return
fi

# ---- a container's own part ------------------------------------------------
mapped='.linux.namespaces += [{type: "user"}] |
	.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1000}] |
	.linux.gidMappings = .linux.uidMappings |
	.linux.resources = {memory: {limit: 134217728}, pids: {limit: 100}}'
writable='(.mounts[] | select(.destination == "/sys/fs/cgroup").options) = ["rw"]'
owners() { stat -c '%u %n' "$beside/d" "$beside/d/"*.* | sed "s|$beside/d||" | grep -v '^0 ' | tr '\n' ' '; }
with "$mapped | $writable"
# shellcheck disable=SC2016 # for the container's shell
ok "alive" alive d sh -c 'cd /sys/fs/cgroup && mkdir own a && echo $$ >own/cgroup.procs &&
	echo "+memory +pids +cpu" >cgroup.subtree_control && echo 5 >a/pids.max &&
	echo 1000000 >a/memory.high && cat a/pids.max cgroup.subtree_control
	echo max >pids.max; echo max >memory.max; echo 0 >cgroup.freeze; echo done; sleep 600'
ok "it works" soon grep -q 'done' "$g/d.out"
is "it has controllers and cgroups of its own; its limits are not its own" "$(cat "$g/d.out")" \
	"5
cpu memory pids
sh: can't create pids.max: Permission denied
sh: can't create memory.max: Permission denied
sh: can't create cgroup.freeze: Permission denied
done"
has "what is given away" "$(owners)" \
	"100000  100000 /cgroup.procs 100000 /cgroup.subtree_control 100000 /cgroup.threads *"
is "is what the kernel lists" "$(owners | wc -w)" \
	"$(($(grep -c . /sys/kernel/cgroup/delegate) * 2 + 1))"
is "the limits hold for all" "$(kernel d pids.max) $(kernel d memory.max)" "100 134217728"
is "and the runtime sees what is below" "$($L ps -f json d)" "[$(pid_of d)]"
ok "pause" $L pause d
is "below too" "$(counts d/own cgroup.events frozen)" 1
gone d

# Only then: read-only, or not its own namespace, and nothing is given.
not_given() {
	with "$2"
	ok "$1" alive d sleep 600
	is "$1: nothing is given" "$(owners)" ""
	gone d
}
not_given "a mount that is read-only" "$mapped"
not_given "the host's cgroup namespace" \
	"$mapped | del(.linux.namespaces[] | select(.type == \"cgroup\")) |
	del(.mounts[] | select(.destination == \"/sys/fs/cgroup\"))"
not_given "no mount" "$mapped | del(.mounts[] | select(.destination == \"/sys/fs/cgroup\"))"
not_given "no user namespace" "$writable"
# A tree of its own, deep and with threads, goes with it.
with "$mapped | $writable"
# shellcheck disable=SC2016 # for the container's shell
ok "alive" alive d sh -c 'cd /sys/fs/cgroup; for i in $(busybox seq 30); do mkdir x y; (sleep 600 & echo $! >x/cgroup.procs); cd y; done; mkdir t; echo threaded >t/cgroup.type; echo made; sleep 600'
ok "it made them" soon grep -q made "$g/d.out"
is "as many processes" "$($L ps -f json d | jq length)" 31
gone d

# ---- an ordinary user --------------------------------------------------------
u=$WORK/user
mkdir "$u"
cp "$LORICA" "$u/lorica"
bundle "$u/b"
chown -R 2001:2001 "$u"
as="setpriv --reuid=2001 --regid=2001 --clear-groups --inh-caps=-all"
(cd "$u/b" && rm config.json && $as ../lorica spec --rootless)
config "$u/b" '.process.terminal = false | del(.linux.resources)'
cp "$u/b/config.json" "$u/b/plain.json"
U="$as $u/lorica --root $u/state"
# limited JSON
limited() { jq --argjson r "$1" '.linux.resources = $r | .process.args = ["sleep", "600"]' "$u/b/plain.json" >"$u/b/config.json"; }
# in_place CGROUP: from now on the user's commands run there. 0 is who writes it, this
# file's own shell.
in_place() { echo 0 >"$1/cgroup.procs"; }
at_first=$v2$own
theirs=$beside/theirs
mkdir -p "$theirs/shell"
echo "+memory +pids +cpu" >"$beside/cgroup.subtree_control"
in_place "$theirs/shell"
jq '.process.args = ["cat", "/proc/self/cgroup"]' "$u/b/plain.json" >"$u/b/config.json"
is "without a part of the tree and without limits it runs" \
	"$($U --debug --log "$u/log" run --bundle "$u/b" c 2>&1 | grep -c '^0::')" 1
is "one line says so" "$(grep -c 'no cgroup: the caller may not make one' "$u/log")" 1
# Nor does it matter that another has one of that name there, with a process.
mkdir "$theirs/shell/c"
sleep 600 &
another=$!
echo $another >"$theirs/shell/c/cgroup.procs"
has "another's of that name" "$($U run --bundle "$u/b" c 2>&1)" "0::/*"
jq '.linux.cgroupsPath = "c"' "$u/b/config.json" >"$u/b/c.json" && cp "$u/b/c.json" "$u/b/config.json"
has "but not where it is asked for" "$($U run --bundle "$u/b" c 2>&1)" \
	"lorica: run c: use the cgroup */theirs/shell/c: permission denied"
is "and nothing is left" "$(ls "$u/state")" ""
kill $another
wait $another 2>/dev/null
ok "it can be removed" await rmdir "$theirs/shell/c"
for limit in '{"memory": {"limit": 50000000}}=memory.limit: the memory' '{"pids": {"limit": 5}}=pids.limit: the pids' \
	'{"cpu": {"shares": 5}}=cpu.shares: the cpu'; do
	limited "${limit%%=*}"
	said=$($U run --bundle "$u/b" c 2>&1)
	has "a limit: ${limit%%=*}" "$said" \
		"lorica: run c: linux.resources.${limit#*=} controller is not available: */theirs/shell is not the caller's: as root, run d=*"
	is "and nothing is left" "$(ls "$u/state")" ""
done
# What the message says helps.
limited '{"memory": {"limit": 50000000}, "pids": {"limit": 20}}'
said=$($U run --bundle "$u/b" c 2>&1)
has "both controllers" "$said" "*echo +pids +memory >/sys/fs/cgroup/cgroup.subtree_control*"
sh -c "${said#*as root, run }"
ok "the command of the message" [ -d /sys/fs/cgroup/lorica-2001/own ]
theirs=/sys/fs/cgroup/lorica-2001
in_place $theirs/own
ok "after it the user has limits" sh -c "$U create --bundle $u/b c </dev/null >$u/c.out 2>&1"
is "in the user's part" "$(cat $theirs/c/memory.max $theirs/c/pids.max 2>&1 | tr '\n' ' ')" "49999872 20 "
ok "start" $U start c
ok "update" $U update --pids-limit 7 c
is "pids.max" "$(cat $theirs/c/pids.max)" 7
is "ps" "$($U ps -f json c)" "[$(cat $theirs/c/cgroup.procs)]"
ok "pause" $U pause c
is "paused" "$($U state c | jq -r .status)" paused
ok "resume" $U resume c
has "events" "$($U events --stats c | jq -c '[.data.pids.limit, .data.memory.usage.limit]')" "[[]7,49999872]"
has "what was not delegated" "$($U update --cpuset-cpus 0 c 2>&1)" \
	"lorica: update c: linux.resources.cpu.cpus: the cpuset controller is not available: /* does not hand it down: as root, run echo +cpuset >/sys/fs/cgroup*/cgroup.subtree_control"
ok "kill" $U kill --all c KILL
ok "delete" $U delete --force c
is "nothing is left" "$(ls -d $theirs/c "$u/state/c" 2>/dev/null)" ""
# Nor can the user's container go where the user cannot.
jq '.linux.cgroupsPath = "/lorica-other/c"' "$u/b/config.json" >"$u/b/c.json" && mv "$u/b/c.json" "$u/b/config.json"
has "another's cgroup" "$($U run --bundle "$u/b" c 2>&1)" \
	"lorica: run c: linux.resources.memory.limit: the memory controller is not available: / is not the caller's: *"
in_place "$at_first"
rmdir $theirs/own $theirs
rmdir "$beside/theirs/shell" "$beside/theirs"
echo "-memory -pids -cpu" >"$beside/cgroup.subtree_control" 2>/dev/null
