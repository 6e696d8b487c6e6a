# shellcheck shell=sh disable=SC2154 # set by run and lib
# Devices: what a container may open follows the rules, also when they change
# while it opens, and there is no moment when all or nothing is allowed.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
needs root "device rules that change" || return 0
if [ -z "$v2" ] || [ ! -w "$beside" ]; then
	skip "device rules that change" "it wants version 2"
	return
fi
group_bundle devices
# Which devices it may use is the question, not which nodes it has.
mknod "$g/rootfs/tmp/kmsg" c 1 11
mknod "$g/rootfs/tmp/loop" b 7 200
mkfifo "$g/rootfs/tmp/again"
# rules RULE...: of the configuration, behind one that refuses everything.
rules() {
	with ".linux.resources.devices = [{allow: false}, $1] |
		.process.capabilities[] += [\"CAP_SYSLOG\", \"CAP_MKNOD\"] |
		.mounts += [{destination: \"/tmp\", source: \"$g/rootfs/tmp\", options: [\"bind\"]}]"
}
kmsg='{"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}'

# A program that opens while the rules change: /dev/null always may be opened,
# the kernel's log never, whichever of the lists holds.
rules '{allow: true, type: "b", access: "rwm"}'
ok "alive" alive d hog open /dev/null /tmp/kmsg
ok "it opens" soon grep -q opening "$g/d.out"
changes=0
for _ in $(seq 30); do
	for list in '{"allow": false}' \
		'{"allow": false}, {"allow": true, "type": "b"}' \
		'{"allow": true}, {"allow": false, "type": "c", "major": 1, "minor": 11}' \
		'{"allow": true, "access": "w"}, {"allow": false, "major": 1}'; do
		update d "{\"devices\": [$list]}" && changes=$((changes + 1))
	done
done
is "the rules changed" $changes 120
$L kill d TERM
ok "it ends" soon grep -q . "$g/d.out"
soon grep -q times "$g/d.out"
has "it never got the wrong answer" "$(tail -n 1 "$g/d.out")" "[1-9]* times"
ok "it opened more than the rules changed" \
	[ "$(sed -n 's/ times//p' "$g/d.out")" -gt 120 ]
gone d

# Who may open what, after an update, from inside.
# shellcheck disable=SC2016 # for the container's shell
tries='while read -r way node <&3; do
	case $way in
	read) head -c 0 "$node" ;;
	write) (: >"$node") ;;
	make) busybox mknod "/tmp/made" $node && rm -f /tmp/made ;;
	esac 2>/dev/null && echo yes || echo no
done 3</tmp/again 3<>/tmp/again'
rules '{allow: true, type: "c", major: 1, minor: 11, access: "r"}'
ok "alive" alive d sh -c "$tries"
exec 7<>"$g/rootfs/tmp/again"
# may WANTED WAY NODE
asked=0
may() {
	asked=$((asked + 1))
	echo "$2 $3" >&7
	soon sh -c "[ \$(wc -l <$g/d.out) = $asked ]"
	is "$2 $3" "$(tail -n 1 "$g/d.out")" "$1"
}
may yes read /tmp/kmsg
may no write /tmp/kmsg
may no read /tmp/loop
may yes write /dev/null
may yes make "c 10 200"
ok "nothing at all" update d '{"devices": [{"allow": false}]}'
may no read /tmp/kmsg
may yes read /dev/null
may yes make "c 10 200"
ok "the log again" update d "{\"devices\": [{\"allow\": false}, $kmsg]}"
may yes read /tmp/kmsg
may no write /tmp/kmsg
ok "an update of something else" $L update --cpu-quota -1 d
may yes read /tmp/kmsg
ok "an update without rules" update d '{"devices": []}'
may yes read /tmp/kmsg
may no write /tmp/kmsg
ok "all but the log" update d \
	'{"devices": [{"allow": true}, {"allow": false, "type": "c", "major": 1, "minor": 11, "access": "r"}]}'
may no read /tmp/kmsg
may yes write /tmp/kmsg
# An error in any other part leaves the rules as they were.
has "an update with a mistake" "$(update d \
	"{\"devices\": [$kmsg], \"unified\": {\"cgroup.nothing\": \"1\"}}" 2>&1)" \
	"lorica: update d: linux.resources.unified.cgroup.nothing: *"
may no read /tmp/kmsg
# Rules that no program can hold, or the kernel would not load, are refused.
has "an unknown type" "$(update d '{"devices": [{"allow": true, "type": "x"}]}' 2>&1)" \
	"lorica: update d: *devices\[0\].type: unknown value*"
has "an unknown access" "$(update d '{"devices": [{"allow": true, "access": "rx"}]}' 2>&1)" \
	"lorica: update d: *devices\[0\].access: unknown value*"
many=$(seq 1 600 | sed 's/.*/{"allow": true, "type": "c", "major": &, "minor": 1, "access": "r"},/' | tr -d '\n')
ok "many rules" update d "{\"devices\": [$many $kmsg]}"
may yes read /tmp/kmsg
may no write /tmp/kmsg
exec 7>&-
gone d

# Below the container too: a cgroup that it makes obeys the same rules.
with '.linux.resources.devices = [{allow: false}] |
	.process.capabilities[] += ["CAP_SYSLOG"] | .root.readonly = false |
	(.mounts[] | select(.destination == "/sys/fs/cgroup").options) = ["rw"] |
	.process.args = ["sh", "-c", "mkdir /sys/fs/cgroup/sub && echo $$ >/sys/fs/cgroup/sub/cgroup.procs && head -c 0 /tmp/kmsg; head -c 0 /dev/null && cat /proc/self/cgroup"]'
is "a cgroup below" "$($L run --bundle "$g" d 2>&1 | grep -v '^[1-9]')" \
	"head: /tmp/kmsg: Operation not permitted
0::/sub"
is "nothing is left of it" "$(ls -d "$beside/d" 2>/dev/null)" ""

# The first code that is not the runtime's falls under them already.
cat >"$g/hook" <<END
#!$BUSYBOX sh
(: <"$g/rootfs/tmp/kmsg") 2>/dev/null && echo opened || echo refused
END
chmod 755 "$g/hook"
with ".hooks.createContainer = [{path: \"$BUSYBOX\",
	args: [\"sh\", \"-c\", \"$g/hook >$g/hook.out\"]}]"
ok "a container with a hook" $L create --bundle "$g" d
is "a createContainer hook falls under the rules" "$(cat "$g/hook.out")" refused
gone d
