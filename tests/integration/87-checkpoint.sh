# shellcheck shell=sh
# checkpoint and restore, by criu where it works; the rest everywhere.
# shellcheck source=tests/support/criu.sh
. "$here/support/criu.sh"

# What podman asks to know what can be done.
ok "checkpoint --help" "$LORICA" checkpoint --help
has "a flag without its value" "$("$LORICA" restore --lsm-mount-context 2>&1)" \
	"*flag needs an argument*"

# features AT: what it says of it with the helpers there.
features() {
	LORICA_LIBEXEC=$1 "$LORICA" features | jq -c \
		'[.annotations["org.opencontainers.runc.checkpoint.enabled"]]
		+ [.potentiallyUnsafeConfigAnnotations | index("org.criu.config") != null]'
}
is "features with the helper" "$(features "$LORICA_LIBEXEC")" '["true",true]'
is "features without it" "$(features "$WORK")" '["false",false]'
for words in "--page-server x" "--page-server :1" "--page-server a:0" \
	"--page-server a:65536" "--status-fd x" "--status-fd 77" \
	"--manage-cgroups-mode x" "--empty-ns ipc"; do
	# shellcheck disable=SC2086 # words
	has "refused: $words" "$($L checkpoint $words x 2>&1)" \
		"lorica: checkpoint*: *${words%% *}*"
done

if [ "$(id -u)" = 0 ]; then
	mkdir "$WORK/none"
	printf '#!/bin/sh\nexit 1\n' >"$WORK/none/criu"
	sh_in "$k" "sleep 60"
	ok "one to write" $L run --detach --bundle "$k" k0
	is "no criu" "$(PATH=$WORK/none $L checkpoint --image-path "$WORK/img" k0 2>&1)" \
		"lorica: checkpoint k0: criu: Permission denied"
	chmod +x "$WORK/none/criu"
	is "a criu that does not answer" \
		"$(PATH=$WORK/none $L checkpoint --image-path "$WORK/img" k0 2>&1)" \
		"lorica: checkpoint k0: criu ended without an answer"
	is "no helper" \
		"$(LORICA_LIBEXEC=$WORK/none $L checkpoint --image-path "$WORK/img" k0 2>&1)" \
		"lorica: checkpoint k0: lorica-criu is not installed"
	# The helper here writes down what it is asked for.
	rm -rf "$WORK/asked"
	mkdir -p "$WORK/asked/img"
	cat >"$WORK/asked/lorica-criu" <<-END
		#!/bin/sh
		tr '\\0' '\\n' >$WORK/asked/request
	END
	chmod +x "$WORK/asked/lorica-criu"
	# reaches OPTION=VALUE COMMAND...: criu is told so by that.
	reaches() {
		wanted=$1
		shift
		rm -f "$WORK/asked/request"
		LORICA_LIBEXEC=$WORK/asked $L "$@" >"$WORK/out" 2>&1 </dev/null
		is "$* reaches criu" "$(tail -n +3 "$WORK/asked/request" |
			paste -d = - - | grep -xF -e "$wanted")" "$wanted"
	}
	# reach_both ID COMMAND...: what both take.
	reach_both() {
		id=$1
		shift
		for flag in tcp-established tcp-skip-in-flight tcp-close \
			ext-unix-sk shell-job file-locks lazy-pages auto-dedup \
			link-remap; do
			reaches "$flag=1" "$@" "--$flag" "$id"
		done
		i=0
		for mode in ignore none props soft full strict; do
			reaches manage-cgroups-mode=$i "$@" --manage-cgroups-mode $mode "$id"
			i=$((i + 1))
		done
		reaches empty-ns=$((0x40000000)) "$@" --empty-ns network "$id"
	}
	reach_both k0 checkpoint --image-path "$WORK/asked/img"
	reaches leave-running=1 checkpoint --image-path "$WORK/asked/img" --leave-running k0
	reaches track-mem=1 checkpoint --image-path "$WORK/asked/img" --pre-dump k0
	reaches page-server=::1:27 checkpoint --image-path "$WORK/asked/img" --page-server ::1:27 k0
	is "an absolute parent" "$(dump --parent-path /tmp k0)" \
		"lorica: checkpoint k0: --parent-path /tmp: it is looked for from --image-path, so it must be relative"
	is "no parent" "$(dump --parent-path ../absent k0)" \
		"lorica: checkpoint k0: --parent-path ../absent: no such file or directory"
	is "it goes on" "$(status k0)" running
	$L delete --force k0
	$L create --bundle "$k" k0 >/dev/null 2>&1 </dev/null
	is "a created one" "$(dump k0)" \
		"lorica: checkpoint k0: cannot checkpoint a container that is created"
	$L delete --force k0
	reach_both k0 restore --image-path "$WORK/asked/img" --bundle "$k" --no-pivot -no-subreaper
	for option in lsm-profile=apparmor:x lsm-mount-context=a:b:c:s0; do
		reaches "$option" restore --image-path "$WORK/asked/img" \
			--bundle "$k" "--$option" k0
	done
	is "nothing is left of what was not restored" "$(ls "$WORK/state")" ""
	is "no images" "$($L restore --image-path "$WORK/absent" --bundle "$k" k0 2>&1)" \
		"lorica: restore k0: --image-path $WORK/absent: no such file or directory"
	gone k0
fi

needs criu "checkpoint" || return 0
needs root "checkpoint" || return 0

# ---- there and back ------------------------------------------------------

echo host >"$k/hosts"
cp "$WORK/k.json" "$k/config.json"
config "$k" '.mounts += [{destination: "/etc/hosts", source: "hosts",
	type: "bind", options: ["rbind", "ro"]}]'
make k1
is "checkpoint" "$(dump k1)" ""
gone k1
at=$(count)
sleep 0.3
is "it has stopped" "$(count)" "$at"
is "restore" "$(restore --detach --pid-file "$WORK/pid" k1)" ""
is "it goes on where it was" "$(counts)" yes
is "its state" "$(status k1)" running
is "the pid file" "$(cat "$WORK/pid")" "$($L state k1 | jq .pid)"
is "it is in its cgroup" "$(cat "/proc/$(cat "$WORK/pid")/cgroup")" \
	"0::/lorica-criu/k"
is "no_new_privs" "$(awk '/NoNewPrivs/ { print $2 }' "/proc/$(cat "$WORK/pid")/status")" 1
is "its bind mount" "$(cat "/proc/$(cat "$WORK/pid")/root/etc/hosts")" host
is "only what it had is open" "$(cd "/proc/$(cat "$WORK/pid")/fd" && echo *)" \
	"0 1 2 3"
has "the directory of its root is gone" "$(cd "$WORK/state/k1" && echo *)" \
	"config.json init.json state.json"
is "again, and left running" "$(rm -rf "$WORK/img"; dump --leave-running k1)$(counts)" yes
is "one of that name is there" "$(restore --detach k1)" \
	"lorica: restore k1: container with given ID already exists"
is "which lives on" "$(status k1) $(counts)" "running yes"
is "and can be written again" "$(rm -rf "$WORK/img"; dump k1)" ""

# In the foreground, with another ID and another cgroup.
config "$k" '.linux.cgroupsPath = "/lorica-criu/other"'
restore k2 >/dev/null &
waits=$!
until [ "$(status k2)" = running ]; do sleep 0.1; done
is "its other cgroup" "$(cat "/proc/$($L state k2 | jq .pid)/cgroup")" \
	"0::/lorica-criu/other"
touch "$k/rootfs/tmp/end"
wait $waits
is "the exit status" $? 7
gone k2
ok "no other cgroup either" test ! -e /sys/fs/cgroup/lorica-criu/other

# ---- pre-dump, pause, failure ---------------------------------------------

cp "$WORK/k.json" "$k/config.json"
make k3
is "pre-dump" "$($L checkpoint --pre-dump --image-path "$WORK/pre" --work-path "$WORK/w" k3 2>&1)" ""
is "leaves it running" "$(status k3) $(counts)" "running yes"
is "the rest of it" "$(dump --work-path "$WORK/w" --parent-path ../pre k3)" ""
ok "has a parent" test -d "$WORK/img/parent/"
ok "its log is in the work path" test -s "$WORK/w/dump.log"
is "and back" "$(restore --detach --work-path "$WORK/w" k3)$(counts)" yes
ok "that log too" test -s "$WORK/w/restore.log"
$L pause k3
is "a paused one, left" "$(rm -rf "$WORK/img"; dump --leave-running k3)$(status k3)" paused
is "a paused one" "$(rm -rf "$WORK/img"; dump k3)" ""
gone k3
rm -rf "$WORK/pre" "$WORK/w"

# shellcheck disable=SC2016 # for the container
make k4 'sleep 1000 | busybox nc -l -p 5000 >/dev/null & sleep 1
	sleep 1000 | busybox nc 127.0.0.1 5000 & '"$counter"
sleep 2
has "a connection, without the flag" "$(dump k4)" \
	"lorica: checkpoint k4: criu: *Connected TCP socket*"
is "it goes on" "$(status k4) $(counts)" "running yes"
is "with the flag" "$(rm -rf "$WORK/img"; dump --tcp-established k4)" ""
has "which restore wants too" "$(restore --detach k4)" \
	"lorica: restore k4: criu: *Connected TCP socket in image*"
gone k4
is "with both" "$(restore --detach --tcp-established k4)$(counts)" yes
$L delete --force k4

# shellcheck disable=SC2016 # for the container
make k5 'exec 4>/tmp/lock; hog lock 4; '"$counter"
has "a lock, without the flag" "$(dump k5)" "*--file-locks*"
is "a lock" "$(rm -rf "$WORK/img"; dump --file-locks k5)$(restore --file-locks --detach k5)$(counts)" yes
is "it still has it" "$(flock -n "$k/rootfs/tmp/lock" true; echo $?)" 1
$L delete --force k5

# ---- what is not an image, what is not its own ------------------------------

mkdir -p "$WORK/img"
rm -rf "$WORK/img"
mkdir "$WORK/img"
has "no image at all" "$(restore --detach k6)" "lorica: restore k6: criu: *Error*"
gone k6

make k6 "sleep 600 & $counter"
is "one for another configuration" "$(dump k6)" ""
# stricter FILTER LINE: restored with that change, it is refused.
stricter() {
	cp "$WORK/k.json" "$k/config.json"
	config "$k" "$1"
	has "stricter: $1" "$(restore --detach k6)" \
		"lorica: restore k6: the restored container: $2"
	gone k6
}
stricter '.process.capabilities.bounding = [] | .process.capabilities |= with_entries(.value = [])' \
	"process *: it has capabilities that process.capabilities has not"
stricter '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
	syscalls: [{names: ["swapon"], action: "SCMP_ACT_ERRNO"}]}' \
	"process *: it has no seccomp filter"
stricter '.linux.readonlyPaths += ["/tmp"]' "its /tmp is not read-only"
stricter '.linux.maskedPaths += ["/tmp"]' "its /tmp is not masked"
stricter '.linux.maskedPaths += ["/tmp/n"]' "its /tmp/n is not masked"
# Not with a file open that its counter writes to.
stricter '.root.readonly = true' \
	"make the root read-only: device or resource busy"
cp "$WORK/k.json" "$k/config.json"
config "$k" '.root.readonly = true'
rm -rf "$WORK/img"
sh_in "$k" "exec sleep 600"
ok "one with a read-only root" sh -c "$L run --detach --bundle '$k' k9 </dev/null >/dev/null 2>&1"
is "one with a read-only root: dumped" "$(dump k9)" ""
is "one with a read-only root: restored" "$(restore --detach k9)" ""
has "its root is read-only" "$($L exec k9 touch /etc/new 2>&1)" "*: Read-only file system"
ok "k9 is deleted" $L delete --force k9
gone k9
cp "$WORK/k.json" "$k/config.json"
config "$k" '.process.capabilities.bounding = []
	| .process.capabilities |= with_entries(.value = [])
	| .linux.namespaces |= map(select(.type != "uts")) | del(.hostname)'
make k7
is "one in the host's namespace" "$(dump k7)" ""
cp "$WORK/k.json" "$k/config.json"
has "is not for one of its own" "$(restore --detach k7)" \
	"lorica: restore k7: the restored container: it is not in the uts namespace*"
gone k7
