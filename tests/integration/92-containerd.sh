# shellcheck shell=sh disable=SC2154 # set by run
# containerd with "ctr": the configuration of docs/containerd.md, and what
# containerd's shim makes of what lorica says and does.
needs engines containerd || return 0
# shellcheck source=tests/support/engines.sh
. "$here/support/engines.sh"
# shellcheck source=tests/support/pod.sh
. "$here/support/pod.sh"
[ "$(id -u)" = 0 ] || return 0
make_images
make_recorder
start_containerd
ok "containerd loads the image" ctr images import "$images/test.tar"

# in_ctr ID ARGUMENT... [-- COMMAND...]: "ctr run" with lorica, by the recorder.
# Sets out and status.
in_ctr() {
	status=0
	out=$(timeout 120 ctr run --runc-binary "$recorder" "$@" \
		2>"$WORK/err" </dev/null) || status=$?
}
# task STATUS of the one called so.
task() {
	ctr task ls | awk -v id="$1" '$1 == id { print $3 }'
}
await_task() {
	await eval "[ \"\$(task $1)\" = $2 ]"
}
# announced TOPIC ID: containerd told those who listen.
announced() {
	grep "/tasks/$1 {" "$WORK/events" | grep -q "\"container_id\":\"$2\""
}
# listen: from now on, and until containerd ends.
listen() {
	ctr events >>"$WORK/events" 2>/dev/null &
}
listen

in_ctr --rm "$image" c1 sh -c 'echo out; id -u; grep ^0: /proc/self/cgroup; exit 7'
is "ctr run: exit status" "$status" 7
is "ctr run: output" "$out" "out
0
0::/default/c1"
is "ctr run: nothing said" "$(cat "$WORK/err")" ""
in_ctr --rm "$image" c1 /nothere
is "a program that is not there: status" "$status" 1
has "a program that is not there" "$(cat "$WORK/err")" \
	'*runtime create failed*exec: "/nothere": stat /nothere: no such file or directory*'
is "nothing is left of both" \
	"$(ctr container ls -q)$(ctr task ls -q)$(ls /run/containerd/runc/default 2>/dev/null)" ""
in_ctr --rm --read-only --cap-drop CAP_CHOWN --cwd /data --env A=b "$image" c2 \
	sh -c 'touch /x 2>/dev/null || echo ro; pwd; echo $A; grep CapEff /proc/self/status'
is "options of ctr" "$out" "ro
/data
b
CapEff:	00000000a80425fa"
in_ctr --rm --memory-limit 33554432 --cpus 0.5 --pid-file "$WORK/ctr.pid" \
	"$image" c3 true
is "limits, and a pid file" "$status" 0
in_ctr --rm --seccomp "$image" c4 sh -c 'unshare -U true || grep Seccomp: /proc/self/status'
is "containerd's seccomp profile" "$out" "Seccomp:	2"

# containerd reads from the cgroup that it was so, if it looks already and the
# cgroup is there still: it begins when it is told to, and is kept.
in_ctr --detach --memory-limit 16777216 "$image" c5 sh -c \
	'until [ -e /data/go ]; do sleep 0.1; done; x=x; while :; do x=$x$x; done'
ok "it begins" ctr task exec --exec-id e5 c5 touch /data/go
await_task c5 STOPPED
ok "out of memory: announced" await announced oom c5
has "and killed" "$(ctr task delete c5 2>&1)" "*exit code 137*"
ok "it is deleted" ctr container delete c5
is "a terminal" "$(timeout 60 script -qec 'ctr run --rm --tty --runc-binary \
	'"$recorder"' '$image' c6 tty' /dev/null </dev/null | tr -d '\r' |
	sed 's/^^@//')" /dev/pts/0
in_ctr --rm --runc-systemd-cgroup --cgroup system.slice:ctr:c7 "$image" c7 \
	grep ^0: /proc/self/cgroup
is "in a scope of systemd's" "$out$(cat "$WORK/err")" \
	"0::/system.slice/ctr-c7.scope"
in_ctr --rm --uidmap 0:100000:65536 --gidmap 0:100000:65536 "$image" c8 sh -c \
	'tr -s " " </proc/self/uid_map; id -u; touch /data/x; stat -c %u:%g /data/x'
is "in a user namespace" "$out$(cat "$WORK/err")" " 0 100000 65536
0
0:0"

in_ctr --detach --memory-limit 67108864 "$image" d1 sh -c \
	'trap "exit 3" TERM; sleep 1000 & wait'
is "ctr run --detach: status" "$status" 0
is "the task runs" "$(task d1)" RUNNING
is "containerd's word for its state is lorica's" \
	"$(lorica --root /run/containerd/runc/default state d1 | jq -r .status)" running
cgroup=/sys/fs/cgroup/default/d1
is "the limit" "$(cat $cgroup/memory.max)" 67108864
ok "stats" sh -c 'ctr task metrics d1 | grep -E "^memory.usage +[1-9]|^pids.current +2"'
is "ps" "$(ctr task ps d1 | sed 1d | awk '{ print $1 }' | sort)" \
	"$(sort $cgroup/cgroup.procs)"
ok "pause" ctr task pause d1
is "is paused" "$(task d1) $(cat $cgroup/cgroup.freeze)" "PAUSED 1"
ok "resume" ctr task resume d1
is "is resumed" "$(task d1) $(cat $cgroup/cgroup.freeze)" "RUNNING 0"
is "exec" "$(ctr task exec --exec-id e1 d1 sh -c 'id -u; grep ^0: /proc/self/cgroup' 2>&1)" "0
0::/default/d1"
status=0
ctr task exec --exec-id e2 d1 sh -c 'exit 9' || status=$?
is "exec: exit status" "$status" 9
# ctr sets the size when the process has started.
is "exec with a terminal" \
	"$(timeout 60 script -qec 'stty rows 33 cols 77; ctr task exec --tty --exec-id e3 d1 sh -c "sleep 2; tty; stty size"' /dev/null </dev/null | tr -d '\r' | sed 's/^^@//')" \
	"/dev/pts/0
33 77"
has "exec of what is not there" "$(ctr task exec --exec-id e4 d1 /nothere 2>&1)" \
	'*exec: "/nothere": stat /nothere: no such file or directory*'

# containerd restarts, and finds its containers.
ok "containerd restarts" systemctl restart containerd
await ctr version
listen
is "the task still runs" "$(task d1)" RUNNING
is "exec after that" "$(ctr task exec --exec-id e5 d1 echo here)" here
ok "kill" ctr task kill --signal TERM d1
await_task d1 STOPPED
has "init had the signal" "$(ctr task delete d1 2>&1)" "*exit with non-zero exit code 3*"
ok "delete" ctr container delete d1
ok "the cgroup is gone" [ ! -e $cgroup ]

for topic in create start paused resumed exec-added exec-started exit; do
	ok "$topic was announced" await announced $topic d1
done

# With its memory: criu's images in a directory, and all of it as an image.
in_ctr --detach "$image" k1 sh -c \
	'i=0; while :; do i=$((i + 1)); echo $i >/data/n; sleep 0.1; done'
number() {
	probes=$((probes + 1))
	ctr task exec --exec-id "n$probes" "$1" cat /data/n
}
probes=0
ok "it counts" await eval '[ "$(number k1)" ]'
ok "ctr task checkpoint" ctr task checkpoint --image-path "$WORK/ctr.img" k1
ok "criu's images" [ -s "$WORK/ctr.img/inventory.img" ]
ok "ctr container checkpoint" \
	ctr container checkpoint --task --rw --image k1 lorica-test/kept:1
was=$(number k1)
ctr task kill --signal KILL k1
await_task k1 STOPPED
ctr task delete k1 >/dev/null 2>&1
ok "it is deleted" ctr container delete k1
ok "ctr container restore" \
	ctr container restore --live --rw k2 lorica-test/kept:1
is "its task runs" "$(task k2)" RUNNING
is "by lorica" \
	"$(lorica --root /run/containerd/runc/default state k2 | jq -r .status)" running
ok "it goes on where it was" await eval '[ "$(number k2)" -gt '"${was:-0}"' ]'
ctr task kill --signal KILL k2
await_task k2 STOPPED
ctr task delete k2 >/dev/null 2>&1
ok "and is deleted" ctr container delete k2
ctr image rm lorica-test/kept:1 >/dev/null

# A pod whose users are its own: ctr hands the configurations on as they are.
p=$WORK/pod
pod_bundles "$p"
config "$p/first" ".root.path = \"$p/first/rootfs\" | .linux.cgroupsPath = \"/default/p1\""
in_ctr --detach --config "$p/first/config.json" p1
is "the first container of a pod" "$status$(cat "$WORK/err")" 0
pid=$(lorica --root /run/containerd/runc/default state p1 | jq .pid)
pod_other "$p" "$pid"
config "$p/other" ".root.path = \"$p/other/rootfs\" | .linux.cgroupsPath = \"/default/p2\""
sh_in "$p/other" 'id -u; tr -s " " </proc/self/uid_map; readlink /proc/self/ns/user
	cat /proc/sys/net/ipv4/ip_forward; stat -c %u:%g /data/of-root; echo new >/data/new'
in_ctr --rm --config "$p/other/config.json" p2
is "another is root in the pod's users, and its volume is its own" \
	"$out$(cat "$WORK/err")" "0
 0 100000 65536
$(readlink "/proc/$pid/ns/user")
1
0:0"
is "what it wrote is, outside, of whom the volume is" \
	"$(stat -c %u:%g "$p/volume/new")" 0:0
is "exec in the pod's users" "$(ctr task exec --exec-id u1 p1 sh -c \
	'id -u; readlink /proc/self/ns/user' 2>&1)" "0
$(readlink "/proc/$pid/ns/user")"
ctr task kill --signal KILL p1
await_task p1 STOPPED
ctr task delete p1 >/dev/null 2>&1
ok "the pod is deleted" ctr container delete p1

# Killed from outside, and without a pid namespace of its own.
in_ctr --detach --with-ns pid:/proc/1/ns/pid "$image" d2 sh -c 'sleep 1000 & sleep 1000; true'
cgroup=/sys/fs/cgroup/default/d2
is "in the host's pid namespace" "$(wc -l <$cgroup/cgroup.procs)" 3
kill -KILL "$(lorica --root /run/containerd/runc/default state d2 | jq .pid)"
await_task d2 STOPPED
ok "its other processes die too" await [ ! -s $cgroup/cgroup.procs ]
ctr task delete d2 >/dev/null 2>&1
ok "and it goes" ctr container delete d2
is "nothing is left" \
	"$(ctr task ls -q)$(ls /run/containerd/runc/default)$(ls -d /sys/fs/cgroup/default/[cdkp][0-9] 2>/dev/null)" ""
ok "no shim is left" await eval '! pgrep -f containerd-shim-runc-v2'
is "no mount is left" "$(grep -c containerd/io.containerd.runtime /proc/self/mountinfo)" 0
is "every command line is a row of 17-argv.sh" "$(unknown_lines '
	s,/run/containerd/runc/default,ROOT,
	s,/run/containerd/io.containerd.runtime.v2.task/default/[a-z0-9]*,B,g
	s,/[a-z]*/runc-process[0-9]*,B/process,; s,B/[a-z]*/criu-work,B/work,
	s,--image-path [^ ]*,--image-path B/image,
	s,B/[enu][0-9]*\.pid,B/exec.pid,; s,/[^ ]*/pty[0-9]*/pty.sock,SOCK,
	s, [cdkp][0-9]\( \|$\), argv\1,')" ""
stop_containerd
