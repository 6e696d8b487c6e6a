# shellcheck shell=sh disable=SC2154 # set by run
# podman and buildah, as root and as an ordinary user, with the configuration
# that "make install" brings.
needs engines podman || return 0
# shellcheck source=tests/support/engines.sh
. "$here/support/engines.sh"
make_images
mounted() {
	cut -d ' ' -f 5 /proc/self/mountinfo | sort
}
mounted >"$WORK/mounted"
# Where the user's systemd is, which health checks need.
[ "$(id -u)" = 0 ] || XDG_RUNTIME_DIR=/run/user/$(id -u)
export XDG_RUNTIME_DIR
load=$(podman load --quiet --input "$images/test.tar" 2>&1)
has "podman loads the image" "$load" "*$image"

# in_podman ARGUMENT...: sets out, err and status.
in_podman() {
	status=0
	out=$(timeout 200 podman --runtime lorica "$@" 2>"$WORK/err" </dev/null) ||
		status=$?
	err=$(cat "$WORK/err")
}
# says NAME WANTED ARGUMENT...: what podman prints, as lines that end without a
# terminal's return, with nothing else said.
says() {
	name=$1
	wanted=$2
	shift 2
	in_podman "$@"
	is "$name" "$(printf %s "$out" | tr -d '\r')${err:+ stderr: $err}" "$wanted"
}
# cgroup_of NAME: of the container's first process.
cgroup_of() {
	sed -n 's/^0:://p' "/proc/$(podman inspect --format '{{.State.Pid}}' "$1")/cgroup"
}

is "podman found the runtime by its configuration" \
	"$(podman --runtime lorica info --format '{{.Host.OCIRuntime.Path}}')" \
	/usr/local/bin/lorica
if [ "$(id -u)" = 0 ]; then
	default=/etc/containers/containers.conf.d/60-default.conf
	doc_block "$here/../docs/podman.md" "\`$default\`:" >$default
	is "and has it for all containers when that says so" \
		"$(podman info --format '{{.Host.OCIRuntime.Name}}')" lorica
	rm $default
	check_blocks "$here/../docs/podman.md"
fi
in_podman run --rm --network none "$image" sh -c 'echo out; id -u; exit 3'
is "run" "$status $out$err" "3 out
0"
in_podman run --rm --network none "$image" nothere
is "what is not there" "$status" 127
has "by the JSON log" "$err" \
	'Error: lorica: create *: exec: "nothere": executable file not found in *: OCI runtime attempted to invoke a command that was not found'
in_podman run --rm --network none "$image" /etc/passwd
is "what may not be run" "$status" 126
has "what may not be run: why" "$err" '*"/etc/passwd": permission denied*'
says "confinement" "Uid:	1234	1234	1234	1234
CapEff:	0000000000000000
NoNewPrivs:	1
Seccomp:	2
touch: /x: Read-only file system" run --rm --network none --read-only \
	--user 1234 --cap-drop all --security-opt no-new-privileges "$image" sh -c \
	'grep -E "^(Uid|CapEff|NoNewPrivs|Seccomp):" /proc/self/status; touch /x 2>&1'
says "privileged" ok run --rm --network none --privileged "$image" sh -c \
	'mkdir /tmp/m && mount -t tmpfs x /tmp/m && echo ok'
says "a terminal" "/dev/pts/0" run --rm --network none --tty "$image" tty
mkdir -p "$WORK/volume"
echo text >"$WORK/volume/file"
says "volumes, tmpfs, limits, environment, a name" "text
tmpfs
77
b
box" run --rm --network none --volume "$WORK/volume:/v:ro" --tmpfs /t \
	--ulimit nofile=77:77 --env A=b --hostname box "$image" sh -c \
	'cat /v/file; stat -f -c %T /t; ulimit -n; echo $A; hostname'
says "an init" /run/podman-init run --rm --network none --init "$image" sh -c \
	'tr "\0" "\n" </proc/1/cmdline | head -n 1'
says "a network" 1 run --rm "$image" sh -c 'ip -o -4 address | grep -vc ": lo"'

# ---- one that runs
in_podman run --detach --name long --network none --memory 64m \
	--health-cmd 'test -e /tmp/well' --health-interval disable "$image" \
	sh -c 'echo started; trap "exit 5" TERM; sleep 1000 & wait'
is "run --detach" "$status$err" 0
await eval 'podman logs long | grep -q started'
says "logs" started logs long
says "exec" 0 exec long id -u
in_podman exec long sh -c 'exit 6'
is "exec: exit status" "$status" 6
in_podman exec long nothere
is "exec of what is not there" "$status" 127
says "exec with a terminal" "/dev/pts/0" exec --tty long tty
says "exec as somebody" "1234 /data a" exec --user app --workdir /data \
	--env X=a long sh -c 'echo $(id -u) $(pwd) $X'
in_podman healthcheck run long
is "a health check fails" "$status $out" "1 unhealthy"
in_podman exec long touch /tmp/well
in_podman healthcheck run long
is "a health check" "$status" 0
is "the limit" "$(cat "/sys/fs/cgroup$(cgroup_of long)/memory.max")" 67108864
has "stats" "$(podman stats --no-stream --format '{{.MemUsage}} {{.PIDs}}' long)" \
	'*B / 67.11MB [1-9]*'
has "top" "$(podman top long args)" "*sh -c echo*sleep 1000*"
says "pause" long pause long
is "is paused" "$(podman inspect --format '{{.State.Status}}' long)" paused
says "unpause" long unpause long
says "restart" long restart --time 5 long
await eval 'podman logs --tail 1 long | grep -q started'
says "stop" long stop --time 20 long
says "init had the signal" 5 inspect --format '{{.State.ExitCode}}' long
says "rm" long rm long
in_podman run --detach --name deaf --network none "$image" sleep 1000
in_podman stop --time 1 deaf
says "stop kills after its time" 137 inspect --format '{{.State.ExitCode}}' deaf
says "rm --force" deaf rm --force deaf
in_podman run --name hungry --network none --memory 16m "$image" sh -c \
	'x=x; while :; do x=$x$x; done'
# Not .State.OOMKilled: this podman says false, with crun too.
says "out of memory" 137 inspect --format '{{.State.ExitCode}}' hungry
in_podman rm hungry

# ---- checkpoints, which are root's
for manager in cgroupfs systemd; do
	[ "$(id -u)" = 0 ] || break
	manager="--cgroup-manager $manager"
	# shellcheck disable=SC2086 # an option with its value
	in_podman $manager run --detach --name counts --network none \
		--cap-add mknod --memory 64m "$image" sh -c \
		'n=0; while :; do n=$((n + 1)); echo $n >/tmp/n; sleep 0.1; done'
	await podman exec counts grep -q '..' /tmp/n
	# shellcheck disable=SC2086 # an option with its value
	says "checkpoint, $manager" counts $manager container checkpoint counts
	says "is stopped" exited inspect --format '{{.State.Status}}' counts
	# shellcheck disable=SC2086 # an option with its value
	says "restore, $manager" counts $manager container restore counts
	says "goes on" running inspect --format '{{.State.Status}}' counts
	# Now and then there is nothing in the file.
	ok "from where it was" await eval '[ "$(podman exec counts cat /tmp/n)" -ge 10 ]'
	says "exec after that" 0 exec counts id -u
	# shellcheck disable=SC2046 # two numbers
	has "with its rules for devices" "$(podman exec counts sh -c \
		"mknod /dev/disk b $(stat -c '%Hr %Lr' "$(findmnt -no SOURCE /)") && head -c 1 /dev/disk" 2>&1)" \
		"*: /dev/disk: Operation not permitted"
	is "with its limit" "$(cat "/sys/fs/cgroup$(cgroup_of counts)/memory.max")" \
		67108864
	in_podman rm --force --time 0 counts
done

# ---- control groups
for manager in systemd cgroupfs; do
	for mode in enabled no-conmon disabled; do
		# An ordinary user has cgroups to give by its systemd alone.
		[ "$manager $(id -u)" = "cgroupfs 0" ] || [ $manager = systemd ] ||
			[ $mode = disabled ] || continue
		in_podman --cgroup-manager $manager run --detach --name group \
			--network none --cgroups $mode "$image" sleep 1000
		is "$manager, --cgroups=$mode" "$status$err" 0
		cgroup=$(cgroup_of group)
		case $manager-$mode in
		*-disabled) wanted=$(sed -n 's/^0:://p' /proc/self/cgroup) ;;
		systemd-*) wanted="*/libpod-*.scope*" ;;
		*) wanted="/libpod_parent/libpod-*" ;;
		esac
		has "$manager, --cgroups=$mode: where it is" "$cgroup" "$wanted"
		in_podman rm --force --time 0 group
		is "$manager, --cgroups=$mode: removed" "$status" 0
		[ $mode = disabled ] ||
			ok "$manager, --cgroups=$mode: and its cgroup" \
				await [ ! -e "/sys/fs/cgroup$cgroup" ]
	done
done
# That one divides the cgroup that podman is in.
scope="systemd-run --scope --quiet --collect -p Delegate=yes"
[ "$(id -u)" = 0 ] || scope="$scope --user"
has "--cgroups=split" "$($scope podman --runtime lorica run --rm --network none \
	--cgroups split --cgroupns host "$image" cat /proc/self/cgroup 2>&1)" \
	"0::/*.scope/libpod-payload-*"

# ---- users and groups
says "a user namespace" "0 1 1000" run --rm --network none \
	--uidmap 0:1:1000 --gidmap 0:1:1000 "$image" sh -c \
	'read -r a b c </proc/self/uid_map; [ $b != 0 ] && echo $a 1 $c'
if [ "$(id -u)" = 0 ]; then
	in_podman run --rm --network none --annotation run.oci.keep_original_groups=1 \
		"$image" true
	has "root's groups are not for a container" "$err" \
		"*run.oci.keep_original_groups is for ordinary users*"
else
	kept=$(id -G | wc -w)
	ok "the user has groups to keep" [ "$kept" -gt 1 ]
	says "keep-groups" "$kept" run --rm --network none \
		--group-add keep-groups "$image" sh -c 'id -G | wc -w'
	says "keep-groups of another user inside" "$kept" run --rm \
		--network none --user 5 --group-add keep-groups "$image" sh -c \
		'id -G | wc -w'
	says "without it there are none" 1 run --rm --network none "$image" \
		sh -c 'id -G | wc -w'
	says "the user itself" "$(id -u)" run --rm --network none \
		--userns keep-id "$image" id -u
fi

# ---- pods
in_podman pod create --name pod --network none
is "pod create" "$status$err" 0
in_podman run --detach --pod pod --name one "$image" sh -c \
	'echo shared >/dev/shm/file; nc -l -p 8080 -e cat'
is "a container of the pod" "$status$err" 0
says "another shares network, ipc and name" "shared
over
pod" run --rm --pod pod "$image" sh -c \
	'until [ -e /dev/shm/file ]; do sleep 0.1; done; cat /dev/shm/file
	until nc 127.0.0.1 8080 </dev/null; do sleep 0.1; done
	echo over; hostname'
in_podman pod rm --force --time 0 pod
is "pod rm" "$status" 0

if [ "$(id -u)" = 0 ]; then
	users="--uidmap 0:100000:65536 --gidmap 0:100000:65536"
	# shellcheck disable=SC2086 # options
	in_podman pod create --name users --network none $users
	is "a pod with users of its own" "$status$err" 0
	in_podman run --detach --pod users --name first "$image" sleep 1000
	is "its container" "$status$err" 0
	says "another is in the same users, and is root there" "0 0 100000 65536 same" \
		run --rm --pod users --env "FIRST=$(readlink \
		"/proc/$(podman inspect --format '{{.State.Pid}}' first)/ns/user")" \
		"$image" sh -c 'read -r a b c </proc/self/uid_map
		[ "$FIRST" = "$(readlink /proc/self/ns/user)" ] && echo $(id -u) $a $b $c same'
	in_podman pod rm --force --time 0 users
fi

# ---- under the interception layer
if [ "$(id -u)" = 0 ]; then
	policies=/usr/local/etc/lorica/policy
	mkdir -p $policies
	# shellcheck disable=SC2016 # Markdown
	doc_block "$here/../docs/kubernetes.md" '`/usr/local/etc/lorica/policy/web.json`:' \
		>$policies/web.json
	says "a policy, by the program's name and an annotation" "refused" \
		--runtime /usr/local/bin/lorica-guard run --rm --network none \
		--annotation dev.lorica.policy=web "$image" sh -c \
		'echo x 2>/dev/null >/data/x || echo refused'
	rm $policies/web.json
fi

# ---- a sandbox in a container: what forbids it, and what the lines say
# sandboxed NAME STATUS:TEXT OPTION...
sandboxed() {
	name=$1
	wanted=$2
	shift 2
	in_podman run --rm --network none --workdir /data \
		--volume /usr/local/bin/lorica:/bin/lorica:ro \
		--volume /usr/lib:/lib:ro --volume /usr/lib64:/lib64:ro "$@" "$image" \
		lorica sandbox -- sh -c 'id -u; echo x 2>/dev/null >/x || echo read-only'
	is "a sandbox in there, $name" "$status:$err:$(echo "$out" | tr '\n' ' ')" "$wanted"
}
sandboxed "by default" '125:lorica: sandbox: a filter and covered parts of /proc forbid it in this container: start it with "--security-opt seccomp=unconfined" and "--security-opt unmask=ALL" (podman) or "--security-opt systempaths=unconfined" (docker): '
sandboxed "without a filter" '125:lorica: sandbox: parts of /proc are covered, as in a container, and the kernel gives no new one: start the container with "--security-opt unmask=ALL" (podman) or "--security-opt systempaths=unconfined" (docker): ' \
	--security-opt seccomp=unconfined
sandboxed "with all of /proc" '125:lorica: sandbox: a filter forbids to set the sandbox'\''s name: start this container with a seccomp profile that allows sethostname, unshare and mount ("--security-opt seccomp=unconfined"): ' \
	--security-opt unmask=ALL
set -- --security-opt seccomp=unconfined --security-opt unmask=ALL
sandboxed "with what the lines say" "0::0 read-only " "$@"
sandboxed "an ordinary user's" "0::1234 read-only " "$@" --user 1234 --workdir /tmp
sandboxed "root without capabilities" "125:lorica: sandbox: the kernel lets root without CAP_SETFCAP into no user namespace: start this container with that capability, or be an ordinary user in it: " \
	"$@" --cap-drop all

# ---- images
cat >"$WORK/Containerfile" <<-END
	FROM $image
	RUN echo built by \$(id -u) >/built
	CMD ["cat", "/built"]
END
in_podman build --quiet --network none --tag localhost/built \
	--file "$WORK/Containerfile" "$WORK"
is "podman build" "$status$err" 0
says "what was built" "built by 0" run --rm --network none localhost/built
ok "buildah" timeout 200 buildah --runtime /usr/local/bin/lorica build \
	--isolation oci --network none --tag localhost/built2 \
	--file "$WORK/Containerfile" "$WORK"
says "what buildah built" "built by 0" run --rm --network none localhost/built2

# ---- Kubernetes' YAML
doc_block "$here/../docs/kubernetes.md" "A pod of that class:" |
	sed "s,image: .*,image: $image," >"$WORK/pod.yaml"
in_podman play kube --network none "$WORK/pod.yaml"
is "play kube" "$status$err" 0
await eval 'podman logs hardened-app | grep -q working'
says "the pod of docs/kubernetes.md" "working as 1234" logs hardened-app
in_podman play kube --down "$WORK/pod.yaml"
is "play kube --down" "$status" 0

is "nothing is left" "$(podman ps --all --quiet)" ""
is "in lorica's directory neither" \
	"$(podman unshare lorica list --quiet 2>/dev/null || lorica list --quiet)" ""
# podman itself leaves two mounts, whatever it was called for.
umount -l /var/lib/containers/storage/overlay /run/netns 2>/dev/null
is "no mount is left of podman's" "$(mounted | diff "$WORK/mounted" -)" ""
XDG_RUNTIME_DIR=$WORK
