# shellcheck shell=sh disable=SC2154 # set by run
# docs/kubernetes.md and docs/containerd.md: the installer on a node that knows
# nothing of lorica, the class, and the pod; the configuration of containerd 2.
needs engines kubernetes || return 0
[ "$(id -u)" = 0 ] || return 0
# shellcheck source=tests/support/engines.sh
. "$here/support/engines.sh"
make_images
docs=$(cd "$here/../docs" && pwd)
document=$docs/kubernetes.md

# as_json END: that block of the document, read by kubectl.
as_json() {
	doc_block "$document" "$1" |
		kubectl annotate --local --output json --filename - read=yes
}
as_json "as with any installer:" >"$WORK/installer.json"
as_json "## The RuntimeClass" >"$WORK/class.json"
as_json "A pod of that class:" >"$WORK/pod.json"
as_json "interception layer](interception.md):" >"$WORK/classes.json"
as_json "A pod that has it:" >"$WORK/guarded.json"
is "the classes are called as their handlers" \
	"$(jq -r 'if .kind == "List" then .items[] else . end | "\(.metadata.name) \(.handler)"' "$WORK/classes.json")" \
	"lorica-guard lorica-guard
lorica-sealed lorica-sealed"
handler=$(jq -r 'select(.kind == "RuntimeClass") | .handler' "$WORK/class.json")
is "the pod is of the class" "$(jq -r .spec.runtimeClassName "$WORK/pod.json")" \
	"$(jq -r .metadata.name "$WORK/class.json")"

# ---- an installer's image
doc_block "$document" '`Containerfile`:' | sed "s,^FROM .*,FROM $image," \
	>"$WORK/Containerfile"
cp "$LORICA" "$WORK/lorica"
podman load --quiet --input "$images/test.tar" >/dev/null
ok "the installer's image" podman build --quiet --network none \
	--tag localhost/lorica-installer:1 --file "$WORK/Containerfile" "$WORK"
podman save --quiet --output "$images/installer.tar" localhost/lorica-installer:1

# ---- a node without lorica
start_containerd
sed -i '/runtimes\.lorica[a-z-]*\]/,/SystemdCgroup/d' /etc/containerd/config.toml
mv /usr/local/bin/lorica "$WORK/lorica.before"
rm -f /usr/local/bin/lorica-guard /usr/local/bin/lorica-sealed
ok "containerd starts without lorica" systemctl restart containerd
await "$here/support/cri" Version
for name in test pause installer; do
	ok "containerd loads the image $name" \
		ctr --namespace k8s.io images import "$images/$name.tar"
done

has_ended() {
	"$here/support/cri" ContainerStatus "{\"container_id\": \"$1\"}" |
		grep -q CONTAINER_EXITED
}
# start_pod NAME HANDLER FILE IMAGE: all its containers; sets pod.
start_pod() {
	mkdir -p "$WORK/scratch"
	chmod 1777 "$WORK/scratch"
	jq --arg scratch "$WORK/scratch" --from-file "$here/support/pod.jq" "$3" \
		>"$WORK/$1.cri"
	sandbox=$(jq --arg name "$1" --arg logs "$WORK/pods/$1" '.sandbox * {
		metadata: {name: $name, uid: $name, namespace: "default"},
		hostname: $name, log_directory: $logs,
		linux: {cgroup_parent: "kubepods-\($name).slice"}}' "$WORK/$1.cri")
	pod=$("$here/support/cri" RunPodSandbox "$(jq -n --argjson config "$sandbox" \
		--arg handler "$2" '{config: $config, runtime_handler: $handler}')" |
		sed -n 's/^pod_sandbox_id: "\(.*\)"/\1/p')
	count=$(jq '.containers | length' "$WORK/$1.cri")
	n=0
	while [ $n -lt "$count" ]; do
		id=$("$here/support/cri" CreateContainer "$(jq --arg pod "$pod" \
			--argjson sandbox "$sandbox" --argjson n $n --arg image "$4" '{
			pod_sandbox_id: $pod, sandbox_config: $sandbox,
			config: (.containers[$n].config | .image.image = $image)}' \
			"$WORK/$1.cri")" | sed -n 's/^container_id: "\(.*\)"/\1/p')
		"$here/support/cri" StartContainer "{\"container_id\": \"$id\"}" >/dev/null
		[ "$(jq ".containers[$n].ends" "$WORK/$1.cri")" = false ] ||
			await has_ended "$id"
		n=$((n + 1))
	done
}
# end_pod: the one of start_pod.
end_pod() {
	"$here/support/cri" StopPodSandbox "{\"pod_sandbox_id\": \"$pod\"}" &&
		"$here/support/cri" RemovePodSandbox "{\"pod_sandbox_id\": \"$pod\"}"
}
jq '.spec.template' "$WORK/installer.json" >"$WORK/installer-pod.json"
has "the handler is not known yet" "$("$here/support/cri" RunPodSandbox \
	'{"config": {"metadata": {"name": "x"}}, "runtime_handler": "lorica"}' 2>&1)" \
	'*no runtime for "lorica" is configured*'
service=$(systemctl show --property MainPID containerd)
export service
start_pod installer runc "$WORK/installer-pod.json" localhost/lorica-installer:1
ok "the installer wrote the handler" await grep -q 'runtimes\.lorica\]' \
	/etc/containerd/config.toml
ok "and restarted containerd" await eval \
	'[ "$(systemctl show --property MainPID containerd)" != "$service" ]'
await "$here/support/cri" Version
ok "the program is the image's" cmp "$LORICA" /usr/local/bin/lorica
ok "the installer's pod still runs and ends" end_pod
cp /etc/containerd/config.toml "$WORK/first"
start_pod installer runc "$WORK/installer-pod.json" localhost/lorica-installer:1
sleep 2
ok "a second run changes nothing" cmp "$WORK/first" /etc/containerd/config.toml
ok "the installer's pod ends" end_pod

# ---- the pod
start_pod hardened "$handler" "$WORK/pod.json" "$image"
log=$WORK/pods/hardened/app.log
await grep -q working "$log"
is "the pod works" "$(sed 's/^[^ ]* //' "$log")" "stdout F working as 1234"
process=$(lorica --root /run/containerd/runc/k8s.io state "$id" | jq .pid)
is "as it says" "$(grep -E '^(Uid|CapBnd|NoNewPrivs|Seccomp):' "/proc/$process/status")" \
	"Uid:	1234	1234	1234	1234
CapBnd:	0000000000000000
NoNewPrivs:	1
Seccomp:	2"
cgroup=/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$process/cgroup")
is "with its limits" "$(cat "$cgroup/memory.max" "$cgroup/cpu.max")" "67108864
50000 100000"
has "and its probe" "$("$here/support/cri" ExecSync "$(jq --arg id "$id" '
	.containers[0].probe | {container_id: $id, cmd: .exec.command,
		timeout: .timeoutSeconds}' "$WORK/hardened.cri")" 2>&1; echo "$?")" 0
has "the root is read-only, the volume is not" "$("$here/support/cri" ExecSync \
	"$(jq -n --arg id "$id" '{container_id: $id, cmd: ["sh", "-c",
		"touch /x || touch /tmp/y && echo written"]}')")" \
	'*stdout: "written*Read-only file system*'
ok "the pod ends" end_pod

# ---- under a policy
policies=/usr/local/etc/lorica/policy
mkdir -p $policies
doc_block "$document" '`/usr/local/etc/lorica/policy/web.json`:' >$policies/web.json
ok "the policy is one" lorica policy $policies/web.json
start_pod guarded "$(jq -r .spec.runtimeClassName "$WORK/guarded.json")" \
	"$WORK/guarded.json" "$image"
log=$WORK/pods/guarded/app.log
await grep -q refused "$log"
is "the pod is under its policy" "$(sed 's/^[^ ]* //' "$log")" \
	"stderr F sh: can't create /data/x: Read-only file system
stdout F refused"
is "by its class" "$(lorica --root /run/containerd/runc/k8s.io state "$id" | jq -r .intercept)" guard
has "exec is too" "$("$here/support/cri" ExecSync "$(jq -n --arg id "$id" \
	'{container_id: $id, cmd: ["sh", "-c", "echo x >/data/y"]}')")" '*Read-only file system*'
ok "the pod under a policy ends" end_pod
rm $policies/web.json

# ---- containerd 2: here is none, but its table is that of 1.6 under another
# name, so that containerd 1.6 can at least read the rest.
doc_block "$docs/containerd.md" "containerd 2, in the same file:" |
	sed 's/^version = 3/version = 2/
	s/io\.containerd\.cri\.v1\.runtime/io.containerd.grpc.v1.cri/' >"$WORK/new"
is "the handler of containerd 2 is that of 1.6" "$(cat "$WORK/new")" \
	"$(doc_block "$docs/containerd.md" '1.7, in `/etc/containerd/config.toml`:')"
printf 'version = 3\n' >"$WORK/version3"
mkdir -p "$WORK/host/usr/local/bin" "$WORK/host/etc/containerd" "$WORK/bin"
cp "$WORK/version3" "$WORK/host/etc/containerd/config.toml"
printf '#!/bin/sh\n' >"$WORK/bin/nsenter"
chmod 755 "$WORK/bin/nsenter"
jq -r '.spec.template.spec.initContainers[0].args[0]' "$WORK/installer.json" |
	sed "s,/host/,$WORK/host/,g; s,/lorica ,$WORK/lorica ," >"$WORK/install.sh"
ok "the installer beside containerd 2" env PATH="$WORK/bin:$PATH" \
	sh -eu "$WORK/install.sh"
is "names the plugin so" "$(grep -c 'io.containerd.cri.v1.runtime".containerd.runtimes.lorica' \
	"$WORK/host/etc/containerd/config.toml")" 6
cp "$WORK/lorica.before" /usr/local/bin/lorica
stop_containerd
podman rmi --force localhost/lorica-installer:1 >/dev/null 2>&1
check_blocks "$document"
check_blocks "$docs/containerd.md"
