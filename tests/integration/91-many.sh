# shellcheck shell=sh disable=SC2154 # set by run and lib
# Up to two hundred containers at once, and runtimes that are killed at any moment:
# delete --force leaves no cgroup, process, mount or state.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
group_bundle many
config "$g" '.process.args = ["true"]'
# As many as the machine makes in half a minute; an emulated one is slow.
# LORICA_MANY says another number.
from=$(date +%s%N)
ok "one" $L run --bundle "$g" m0
one=$((($(date +%s%N) - from) / 1000000 + 1))
many=$((30000 / one))
[ $many -le 200 ] || many=200
# A user may have 200 keys in all: keyrings(7).
[ "$(id -u)" = 0 ] || [ $many -le 150 ] || many=150
[ $many -ge 20 ] || many=20
many=${LORICA_MANY:-$many}
config "$g" '.process.args = ["sleep", "'"$own_seconds"'"]'
# left: what there is of own_seconds.
left() {
	ls "$WORK/state"
	[ -z "$v2" ] || find "$beside" -name 'm[0-9]*' 2>/dev/null
	pgrep -f "sleep $own_seconds"
	grep " $WORK/" /proc/self/mountinfo
}
# all WORD...: for each {} of them, at most fifty at once.
all() {
	seq $many | sed 's/^/m/' | xargs -P 50 -I {} "$@" 2>&1
}

# What they print goes to files: the containers keep them open.
is "create of $many" "$(all sh -c "$L create --bundle $g {} </dev/null >$g/{}.out 2>&1; cat $g/{}.out")" ""
is "they are there" "$($L list -q | wc -l)" $many
[ -z "$v2" ] || [ ! -w "$beside" ] ||
	is "a cgroup each" "$(find "$beside" -maxdepth 1 -name 'm[0-9]*' | wc -l)" $many
is "start" "$(all $L start {})" ""
is "they run" "$($L list | grep -c running)" $many
is "kill" "$(all $L kill --all {} KILL)" ""
is "delete" "$(all $L delete --force {})" ""
is "nothing is left" "$(left)" ""

# killed COMMAND: on each, killed within the time that one of them took.
seed=$$
killed() {
	seed=$((seed + 1))
	awk -v n=$many -v seed=$seed -v ms=$one 'BEGIN { srand(seed)
		for (i = 1; i <= n; i++) printf "m%d %.3f\n", i, 0.001 + rand() * ms / 1000 }' |
		xargs -P 20 -n 2 sh -c "timeout -s KILL \$1 $L $1 </dev/null >/dev/null 2>&1; :" 2>/dev/null
}
survivors() { $L list -q 2>/dev/null | wc -l; }
killed "create --bundle $g \$0"
echo "# seeds from $seed: $(survivors) of $many were made in time"
killed "start \$0"
killed "kill \$0 KILL"
killed "delete \$0"
is "delete --force" "$(all $L delete --force {})" ""
is "nothing is left of them" "$(left)" ""
killed "run --bundle $g \$0"
killed "delete --force \$0"
is "delete --force of those of run" "$(all $L delete --force {})" ""
is "nothing is left of those" "$(left)" ""
if [ -n "$v2" ] && [ -w "$beside" ]; then
	killed "create --bundle $g \$0"
	killed "pause \$0"
	is "delete --force of paused ones" "$(all $L delete --force {})" ""
	is "nothing is left of the paused" "$(left)" ""
fi
