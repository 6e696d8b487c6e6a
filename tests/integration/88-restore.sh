# shellcheck shell=sh
# What of a container comes back: the parts of a configuration, its streams, its
# memory by another way.
# shellcheck source=tests/support/criu.sh
. "$here/support/criu.sh"

needs criu "restore" || return 0
needs root "restore" || return 0

# ---- the parts of a configuration --------------------------------------------

cp "$WORK/k.json" "$k/config.json"
config "$k" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [{names: ["swapon"], action: "SCMP_ACT_ERRNO"}]}
	| .hooks = {prestart: [{path: "/bin/sh", args: ["sh", "-c",
		"cat >>'"$WORK"'/hooks; echo prestart >>'"$WORK"'/hooks"]}],
	createRuntime: [{path: "/bin/sh", args: ["sh", "-c",
		"echo createRuntime >>'"$WORK"'/hooks"]}],
	poststop: [{path: "/bin/sh", args: ["sh", "-c",
		"echo poststop >>'"$WORK"'/hooks"]}]}'
make k8
rm "$WORK/hooks"
is "with a seccomp filter and hooks" "$(dump k8)" ""
is "poststop, as it is gone" "$(cat "$WORK/hooks")" poststop
rm "$WORK/hooks"
is "restored" "$(restore --detach k8)$(counts)" yes
is "with its filter" "$(awk '/^Seccomp:/ { print $2 }' "/proc/$($L state k8 | jq .pid)/status")" 2
is "hooks for new namespaces" \
	"$(sed 's/^{.*"status":"\([a-z]*\)","pid":[1-9].*}/\1 /' "$WORK/hooks")" \
	"creating prestart
createRuntime"
$L delete --force k8

cp "$WORK/k.json" "$k/config.json"
ip netns add lorica-criu
config "$k" '(.linux.namespaces[] | select(.type == "network")).path = "/run/netns/lorica-criu"'
make k9
is "in a network namespace of others" "$(dump k9)$(restore --detach k9)$(counts)" yes
is "the same" "$(stat -Lc %i "/proc/$($L state k9 | jq .pid)/ns/net")" \
	"$(stat -Lc %i /run/netns/lorica-criu)"
$L delete --force k9
ip netns del lorica-criu
# ip makes that a mount, for good.
umount /run/netns

cp "$WORK/k.json" "$k/config.json"
config "$k" '.linux.namespaces += [{type: "user"}]
	| .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}]
	| .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 65536}]'
rm -rf "$k/rootfs/tmp"
chown -R 100000:100000 "$k/rootfs"
make k10
# As criu reads them: one file before there are ids, the rest when there are.
mkdir "$WORK/as"
cat >"$WORK/as/criu" <<END
#!/bin/sh
exec 5</proc/\$PPID/fd/3
{
	unshare --user cat /proc/self/fd/5/timens-0.img >/dev/null && echo early
	setpriv --reuid=100000 --regid=100000 --clear-groups \
		cat /proc/self/fd/5/core-1.img >/dev/null && echo late
	setpriv --reuid=99999 --regid=99999 --clear-groups \
		cat /proc/self/fd/5/core-1.img
} 2>&1 | sed "s/ .*: / /" >$WORK/reads
exec 5<&-
PATH=$PATH
exec criu "\$@"
END
chmod +x "$WORK/as/criu"
is "in a user namespace" "$(dump k10; chmod 600 "$WORK"/img/*
	PATH=$WORK/as:$PATH; restore --detach k10)$(counts)" yes
is "by those for whom they are" "$(cat "$WORK/reads")" "early
late
cat: Permission denied"
$L delete --force k10
make k10
rm -rf "$WORK/pre"
is "in a user namespace: pre-dump" \
	"$($L checkpoint --pre-dump --image-path "$WORK/pre" k10 2>&1)" ""
is "in a user namespace: from both" \
	"$(dump --parent-path ../pre k10)$(restore --detach k10)$(counts)" yes
is "in a user namespace: the images are root's" \
	"$(find "$WORK/img" "$WORK/pre" ! -uid 0)$(stat -c %a "$WORK/img")" 700
$L delete --force k10
rm -rf "$WORK/pre"

# ---- its streams ---------------------------------------------------------------

cp "$WORK/k.json" "$k/config.json"
# shellcheck disable=SC2016 # for the container
counter='exec 3>/tmp/n; i=0; while [ ! -e /tmp/end ]; do i=$((i + 1)); echo $i >&3; echo out $i; busybox usleep 50000; done'
rm -rf "$k/rootfs/tmp"
mkdir -m 1777 "$k/rootfs/tmp"
sh_in "$k" "$counter"
$L run --bundle "$k" k11 </dev/null 2>/dev/null | cat >"$WORK/out1" &
begins "$k/rootfs/tmp/n"
is "with a pipe" "$(rm -rf "$WORK/img"; dump k11)" ""
wait
$L restore --image-path "$WORK/img" --bundle "$k" k11 </dev/null 2>/dev/null | cat >"$WORK/out2" &
begins "$WORK/out2"
touch "$k/rootfs/tmp/end"
wait
is "which is another one now" "$(cat "$WORK/out1" "$WORK/out2" | sed 's/out //' | sort -nu | wc -l)" \
	"$(count)"

config "$k" '.process.terminal = true'
sh_in "$k" "${counter%; done}; [ -t 0 ] || exit 1; done"
rm -rf "$k/rootfs/tmp"
mkdir -m 1777 "$k/rootfs/tmp"
# held COMMAND...: the caller has the terminal until there is that file.
held() {
	rm -f "$WORK/let-go"
	"$SUPPORT/caller" receive "$WORK/sock" sh -c "$* --detach \
		--console-socket $WORK/sock --bundle $k k12
		until [ -e $WORK/let-go ]; do sleep 0.05; done" >"$WORK/out" 2>&1 &
	holder=$!
}
let_go() {
	touch "$WORK/let-go"
	wait $holder
}
held $L run
begins "$k/rootfs/tmp/n"
is "with a terminal" "$(rm -rf "$WORK/img"; dump k12)" ""
let_go
held $L restore --image-path "$WORK/img"
is "it goes on" "$(counts)" yes
let_go
has "and the caller got it" "$(cat "$WORK/out")" \
	"text /dev/ptmx?count 1?descriptor *ptmx?then 0"
$L delete --force k12

# ---- memory by another way -------------------------------------------------------

cp "$WORK/k.json" "$k/config.json"
make k13
mkdir "$WORK/pages"
criu page-server --images-dir "$WORK/pages" --port 27001 --daemon >/dev/null 2>&1
is "to a page server" "$(dump --page-server 127.0.0.1:27001 --leave-running k13)" ""
ok "which has the memory" sh -c "ls '$WORK'/pages/pages-*.img"
rm -rf "$WORK/img" "$WORK/pages"
dump --lazy-pages --page-server 127.0.0.1:27002 --status-fd 5 k13 5>"$WORK/ready" \
	>"$WORK/out1" 2>&1 &
begins "$WORK/ready"
criu lazy-pages --page-server --address 127.0.0.1 --port 27002 \
	--images-dir "$WORK/img" --work-dir "$WORK/img" >/dev/null 2>&1 &
until [ -S "$WORK/img/lazy-pages.socket" ]; do sleep 0.05; done
config "$k" '.linux.cgroupsPath = "/lorica-criu/lazy"'
is "lazily" "$(restore --lazy-pages --detach k14)$(counts)" yes
wait
is "and that is said" "$(cat "$WORK/out1")$(od -An -tx1 "$WORK/ready")" " 00"
$L delete --force k14
gone k13
rmdir /sys/fs/cgroup/lorica-criu 2>/dev/null
