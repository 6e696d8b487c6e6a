# shellcheck shell=sh disable=SC2154 # set by run and lib
# pause, resume, kill and ps by the cgroup: they wait until it is so, and leave
# nothing frozen.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
if [ -z "$v2" ] || [ ! -w "$beside" ]; then
	skip "freezing" "no cgroup can be made here"
	return
fi
group_bundle freeze
if [ "$(id -u)" = 0 ]; then
	resources {}
fi
frozen() { counts "$1" cgroup.events frozen; }
ended() { [ "$(status_of "$1")" = stopped ]; }

# It stands still when pause returns, with all that it made.
ok "alive" alive f sh -c 'for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done; while :; do :; done'
sleep 0.2
for _ in 1 2 3; do
	ok "pause" $L pause f
	is "it is frozen at once" "$(frozen f)" 1
	spent=$(counts f cpu.stat usage_usec)
	sleep 0.3
	is "and uses no time" "$(counts f cpu.stat usage_usec)" "$spent"
	is "state" "$(status_of f)" paused
	has "list" "$($L list)" "*f *paused*"
	is "list as JSON" "$($L list -f json | jq -r '.[] | select(.id == "f").status')" paused
	ok "resume" $L resume f
	is "it is not at once" "$(frozen f)" 0
	is "state" "$(status_of f)" running
done
sleep 0.2
ok "it goes on" [ "$(counts f cpu.stat usage_usec)" -gt "$spent" ]

# ps: all of them, also those below.
is "ps" "$($L ps --format json f | jq length)" 9
is "ps names those of the cgroup" \
	"$($L ps -f json f | jq -c 'sort | .[]')" "$(sort -n "$beside/f/cgroup.procs")"
mkdir -p "$beside/f/a/b"
sed -n 2p "$beside/f/cgroup.procs" >"$beside/f/a/cgroup.procs"
sed -n 3p "$beside/f/cgroup.procs" >"$beside/f/a/b/cgroup.procs"
is "in cgroups below too" "$($L ps -f json f | jq length)" 9
is "and as a table" "$($L ps f | wc -l)" 10
has "with ps's own options" "$($L ps f -o pid,comm | head -n 1)" "*PID*COMMAND*"
is "no format" "$($L ps --format xml f 2>&1)" \
	"lorica: ps: --format: unknown value \"xml\""
ok "pause reaches those below" $L pause f
is "frozen below" "$(counts f/a/b cgroup.events frozen)" 1

# Killed while it is paused, at once and whole.
ok "kill of a paused one" $L kill f KILL
ok "ends it" soon ended f
ok "and all below" soon deserted f
is "ps of a stopped one" "$($L ps -f json f)" "[]"
is "pause of a stopped one" "$($L pause f 2>&1)" \
	"lorica: pause f: container not running: it is stopped"
ok "resume of what is left" $L resume f
is "only once" "$($L resume f 2>&1)" "lorica: resume f: container not paused"
gone f

ok "alive" alive f
ok "pause" $L pause f
ok "a signal waits" $L kill f TERM
is "it is still paused" "$(status_of f)" paused
has "delete is refused" "$($L delete f 2>&1)" "lorica: delete f: cannot delete container f that is not stopped: *"
is "and leaves it paused" "$(frozen f)" 1
gone f
ok "alive" alive f
ok "pause" $L pause f
kill -KILL "$(pid_of f)"
ok "its init is killed from outside" soon ended f
gone f
ok "create" $L create --bundle "$g" f
ok "pause of a created one" $L pause f
is "state" "$(status_of f)" paused
ok "resume" $L resume f
is "it is what it was" "$(status_of f)" created
ok "start" $L start f
is "state" "$(status_of f)" running

# kill --all leaves nobody, also those who fork as fast as they can.
ok "kill --all" $L kill --all f KILL
ok "ends it" soon ended f
ok "kill --all of a stopped one" $L kill --all f KILL
gone f
if has_controllers pids; then
	resources '{"pids": {"limit": 60}}'
	ok "a fork bomb" alive f hog bomb
	ok "pause" $L pause f
	is "frozen" "$(frozen f)" 1
	ok "resume" $L resume f
	ok "kill -a" $L kill -a f 9
	ok "ends it" soon deserted f
	gone f
	resources '{"pids": {"limit": 60}}'
	ok "a fork bomb" alive f hog bomb
	ok "pause" $L pause f
	gone f
fi
ok "alive" alive f sh -c 'for s in 1 2 3; do sh -c "trap \"echo usr1; exit\" USR1; while :; do sleep 0.1; done" & done; trap "" USR1; while :; do sleep 0.1; done'
sleep 0.5
ok "another signal for all" $L kill --all f USR1
ok "reaches all" soon sh -c "[ \$(grep -c usr1 $g/f.out) = 3 ]"
is "and does not end it" "$(status_of f)" running
gone f

# What is killed needs processor time to end, and may have left itself none: a
# cgroup of its own making, that gets a thousandth.
if has_controllers cpu && [ "$(id -u)" = 0 ]; then
	with '.linux.resources = {} |
		(.mounts[] | select(.destination == "/sys/fs/cgroup").options) = ["rw"]'
	# shellcheck disable=SC2016 # for the container's shell
	ok "alive" alive f sh -c 'cd /sys/fs/cgroup && mkdir a && echo $$ >a/cgroup.procs &&
		echo +cpu >cgroup.subtree_control && for i in 1 2 3 4 5 6 7 8; do hog memory 67108864 & done
		sleep 2; echo "1000 1000000" >a/cpu.max; echo starved; while :; do :; done'
	ok "it starves itself" soon grep -q starved "$g/f.out"
	sleep 0.5
	gone f
fi

# Who waits in a call that the sentry makes for it stands still too, and waits again.
printf '%s' '{"files": [{"paths": ["/none"], "access": ["read"], "action": "deny"}]}' >"$WORK/freeze.json"
with '.root.readonly = false | .process.args = ["sh", "-c", "rm -f /tmp/fifo; mkfifo /tmp/fifo
	for i in 1 2 3; do cat /tmp/fifo & done; echo begun; wait; sleep 600"]'
for platform in notify ptrace; do
	$L create --intercept=guard --policy "$WORK/freeze.json" --platform=$platform --bundle "$g" f \
		</dev/null >"$g/f.out" 2>&1
	ok "start" $L start f
	ok "it begins" soon grep -q begun "$g/f.out"
	for _ in 1 2; do
		sleep 0.3
		ok "pause of who waits in a call, by $platform" $L pause f
		is "it is frozen at once" "$(frozen f)" 1
		ok "resume" $L resume f
		is "it is not at once" "$(frozen f)" 0
	done
	ok "it waits again, by $platform" timeout $patience $L exec f sh -c 'echo hello >/tmp/fifo' </dev/null
	ok "and goes on" soon grep -q hello "$g/f.out"
	gone f
done
cp "$g/plain.json" "$g/config.json"

# A process that waits for a disk cannot be stopped: pause gives up, and what
# it had stopped goes on.
[ "$(id -u)" = 0 ] || return 0
truncate -s 16M "$WORK/disk.img"
mkdir -p "$WORK/disk" "$g/rootfs/mnt"
modprobe loop 2>/dev/null
if ! { mke2fs -q -t ext4 -F "$WORK/disk.img" && mount -o loop "$WORK/disk.img" "$WORK/disk"; } 2>/dev/null; then
	skip "a process that cannot be stopped" "no file system can be mounted"
	return 0
fi
cp "$g/config.json" "$g/hard.json"
with ".mounts += [{destination: \"/mnt\", source: \"$WORK/disk\", options: [\"bind\"]}]"
ok "alive" alive f sh -c '(while :; do echo x >/mnt/file; done) & while :; do :; done'
sleep 0.3
fsfreeze --freeze "$WORK/disk"
sleep 0.5
ok "a process is stuck" sh -c "for p in \$(cat $beside/f/cgroup.procs); do grep '^State:.D' /proc/\$p/status; done | grep -q D"
from=$(date +%s)
is "pause of it" "$($L pause f 2>&1)" \
	"lorica: pause f: \"frozen\" did not become 1 in 10 s"
took=$(($(date +%s) - from))
ok "it waited, and not for ever" between 9 $took 25
is "nothing is frozen" "$(kernel f cgroup.freeze) $(frozen f)" "0 0"
is "state" "$(status_of f)" running
spent=$(counts f cpu.stat usage_usec)
sleep 0.3
ok "the others go on" [ "$(counts f cpu.stat usage_usec)" -gt "$spent" ]
# Killed by a time limit of the caller: it can be resumed.
timeout 1 $L pause f
is "a pause that was cut short" "$(status_of f)" paused
ok "is undone by resume" $L resume f
is "state" "$(status_of f)" running
fsfreeze --unfreeze "$WORK/disk"
ok "pause" $L pause f
is "frozen" "$(frozen f)" 1
gone f
umount "$WORK/disk"
