# shellcheck shell=sh disable=SC2154 # set by run
# docker, with the configuration in docs/docker.md.
needs engines docker || return 0
[ "$(id -u)" = 0 ] || return 0
# shellcheck source=tests/support/engines.sh
. "$here/support/engines.sh"
make_images
mkdir -p /etc/docker
doc_block "$here/../docs/docker.md" 'In `/etc/docker/daemon.json`:' |
	jq '. + {iptables: false, "ip-forward": false, bridge: "none"}' \
		>/etc/docker/daemon.json
ok "docker starts" systemctl start docker
await docker version
is "docker knows the runtime" \
	"$(docker info --format '{{(index .Runtimes "lorica").Path}}')" \
	/usr/local/bin/lorica
ok "docker loads the image" docker load --input "$images/test.tar"

# in_docker ARGUMENT...: "docker run" with lorica. Sets out, err and status.
in_docker() {
	status=0
	out=$(timeout 200 docker run --runtime lorica --network none "$@" \
		2>"$WORK/err" </dev/null) || status=$?
	err=$(cat "$WORK/err")
}
in_docker --rm "$image" sh -c 'echo out; exit 7'
is "docker run" "$status $out$err" "7 out"
in_docker --rm "$image" nothere
is "what is not there" "$status" 127
has "what is not there: why" "$err" \
	'*exec: "nothere": executable file not found in *PATH*'
in_docker --rm "$image" /etc/passwd
is "what may not be run" "$status" 126
in_docker --rm --read-only --user 1234 --cap-drop all --hostname box \
	--security-opt no-new-privileges "$image" sh -c \
	'grep -E "^(Uid|CapEff|NoNewPrivs|Seccomp):" /proc/self/status; touch /x 2>&1; hostname'
is "confinement" "$out$err" "Uid:	1234	1234	1234	1234
CapEff:	0000000000000000
NoNewPrivs:	1
Seccomp:	2
touch: /x: Read-only file system
box"
in_docker --detach --name long --memory 64m "$image" sh -c \
	'trap "exit 5" TERM; sleep 1000 & wait'
is "docker run --detach" "$status$err" 0
is "exec" "$(docker exec long id -u 2>&1)" 0
is "exec with a terminal" \
	"$(docker exec --tty long tty 2>&1 | tr -d '\r')" /dev/pts/0
status=0
docker exec long sh -c 'exit 6' || status=$?
is "exec: exit status" "$status" 6
has "stats" "$(docker stats --no-stream --format '{{.MemUsage}}' long)" '*B / 64MiB'
ok "update" docker update --memory 32m --memory-swap 32m long
has "the new limit" "$(docker stats --no-stream --format '{{.MemUsage}}' long)" \
	'*B / 32MiB'
ok "pause" docker pause long
is "is paused" "$(docker inspect --format '{{.State.Status}}' long)" paused
ok "unpause" docker unpause long
has "top" "$(docker top long)" "*sleep 1000*"
ok "stop" docker stop --time 20 long
is "init had the signal" "$(docker inspect --format '{{.State.ExitCode}}' long)" 5
ok "rm" docker rm long
in_docker --name hungry --memory 16m --memory-swap 16m "$image" sh -c \
	'x=x; while :; do x=$x$x; done'
is "out of memory" "$(docker inspect --format \
	'{{.State.OOMKilled}} {{.State.ExitCode}}' hungry)" "true 137"
docker rm hungry >/dev/null
systemctl stop docker docker.socket

# ---- named by a flag
jq 'del(.runtimes)' /etc/docker/daemon.json >"$WORK/daemon.json"
cp "$WORK/daemon.json" /etc/docker/daemon.json
ok "dockerd --add-runtime" systemd-run --quiet --collect --unit lorica-dockerd \
	dockerd --add-runtime lorica=/usr/local/bin/lorica
await docker version
in_docker --rm "$image" grep NoNewPrivs: /proc/self/status
is "docker run, by that" "$out$err" "NoNewPrivs:	0"
systemctl stop lorica-dockerd
systemctl stop containerd
rm /etc/docker/daemon.json
is "nothing is left" "$(find /sys/fs/cgroup -name 'docker-*')" ""
check_blocks "$here/../docs/docker.md"
