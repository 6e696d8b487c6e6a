# shellcheck shell=sh
# Landlock: what the program may do to files and ports, whoever it is.
b=$WORK/landlock
bundle "$b"
touch "$b/rootfs/etc/secret"
config "$b" ".root.readonly = false"
cp "$b/config.json" "$b/plain.json"

# abi: of the kernel's interface; by asking for something of each version.
abi=0
config "$b" '.process.args = ["true"]'
cp "$b/config.json" "$b/true.json"
try() {
	jq ".process.landlock = {disableBestEffort: true, ruleset: $2}" \
		"$b/true.json" >"$b/config.json"
	run "$b"
	[ "$status" != 0 ] || abi=$1
}
try 1 '{handledAccessFS: ["make_sym"]}'
try 2 '{handledAccessFS: ["refer"]}'
try 4 '{handledAccessNet: ["bind_tcp"]}'
try 5 '{handledAccessFS: ["ioctl_dev"]}'
try 6 '{scoped: ["signal"]}'
cp "$b/plain.json" "$b/config.json"
if [ "$abi" = 0 ]; then
	skip "Landlock" "the kernel has none"
	return
fi

# with FILTER COMMAND: Landlock as process.landlock, and what runs.
with() {
	jq --arg cmd "$2" ".process.args = [\"sh\", \"-c\", \$cmd] | $1" \
		"$b/plain.json" >"$b/config.json"
	run "$b"
}
# shellcheck disable=SC2089,SC2016 # quotes are JSON's, the shell is inside
program='{allowedAccess: ["execute", "read_file", "read_dir"], paths: ["/bin", "/proc"]}'
tries='try() { if told=$("$@" 2>&1); then echo "$1 yes"; else echo "$1 no"; fi; }
	try cat /etc/secret; try ls /tmp; try ls /bin; try touch /tmp/new; try mkdir /tmp/dir; try cat /proc/self/status'

with . "$tries"
is "without any all of it works" "$(echo "$out" | tr '\n' ' ')" \
	"cat yes ls yes ls yes touch yes mkdir yes cat yes "
rm -rf "$b/rootfs/tmp/new" "$b/rootfs/tmp/dir"
with ".process.landlock = {rules: {pathBeneath: [$program]}}" "$tries"
is "what is not allowed is refused" "$err:$(echo "$out" | tr '\n' ' ')" \
	":cat no ls no ls yes touch no mkdir no cat yes "
with ".process.landlock = {rules: {pathBeneath: [$program, {allowedAccess: [\"read_file\", \"write_file\", \"make_reg\"], paths: [\"/tmp\"]}]}}" "$tries"
is "a second rule adds" "$(echo "$out" | tr '\n' ' ')" \
	"cat no ls no ls yes touch yes mkdir no cat yes "
rm -f "$b/rootfs/tmp/new"
with ".process.landlock = {ruleset: {handledAccessFS: [\"make_dir\"]}}" "$tries"
is "only what is handled is refused" "$(echo "$out" | tr '\n' ' ')" \
	"cat yes ls yes ls yes touch yes mkdir no cat yes "
rm -f "$b/rootfs/tmp/new"
with ".process.landlock = {rules: {pathBeneath: [$program, {allowedAccess: [\"read_file\", \"read_dir\"], paths: [\"/etc/secret\", \"/gone\"]}]}}" "$tries"
is "a file, and a path that is not there" "$err:$(echo "$out" | tr '\n' ' ')" \
	":cat yes ls no ls yes touch no mkdir no cat yes "
with ".process.landlock = {disableBestEffort: true, rules: {pathBeneath: [$program, {allowedAccess: [\"read_file\"], paths: [\"/gone\"]}]}}" "$tries"
is "no best effort: the path is an error" "$status:$err" \
	"1:lorica: run c: restrict by Landlock: /gone: no such file or directory"
with ".process.landlock = {rules: {pathBeneath: [{allowedAccess: [\"read_dir\"], paths: [\"/\"]}]}}" true
is "a program that may not be executed" "$status:$err" \
	"1:lorica: run c: exec: \"sh\": permission denied"

# A link of the image is followed inside the root, as the program would.
ln -sf /etc "$b/rootfs/tmp/link"
with ".process.landlock = {rules: {pathBeneath: [$program, {allowedAccess: [\"read_file\"], paths: [\"/tmp/link\"]}]}}" "cat /etc/secret && echo read"
is "a link leads where it does in the container" "$out" read

# By the annotation, which engines pass on.
jq --arg text '{"rules": {"pathBeneath": [{"allowedAccess": ["execute", "read_file"], "paths": ["/bin"]}]}}' \
	--arg cmd "$tries" '.annotations["dev.lorica.landlock"] = $text | .process.args = ["sh", "-c", $cmd]' \
	"$b/plain.json" >"$b/config.json"
run "$b"
is "by the annotation" "$err:$(echo "$out" | tr '\n' ' ')" \
	":cat no ls no ls no touch no mkdir no cat no "

# Without no_new_privs it is set by privilege, which goes with the rest.
with ".process.noNewPrivileges = false | .process.landlock = {rules: {pathBeneath: [$program]}}" "$tries"
is "without no_new_privs" "$err:$(echo "$out" | tr '\n' ' ')" \
	":cat no ls no ls yes touch no mkdir no cat yes "
with ".process.landlock = {rules: {pathBeneath: [$program]}} |
	.linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{names: [\"landlock_create_ruleset\", \"landlock_restrict_self\"], action: \"SCMP_ACT_ERRNO\"}]}" "$tries"
is "with a filter that refuses Landlock's calls" "$err:$(echo "$out" | tr '\n' ' ')" \
	":cat no ls no ls yes touch no mkdir no cat yes "

# A process more has the same around it.
jq ".process.args = [\"sleep\", \"60\"] | .process.landlock = {rules: {pathBeneath: [$program]}}" \
	"$b/plain.json" >"$b/config.json"
ok "a container that stays" "$LORICA" --root "$WORK/state" run --detach --bundle "$b" held
for way in "" --process; do
	[ -z "$way" ] || set -- --process "$b/process.json"
	[ "$way" ] || set -- held sh -c "$tries"
	jq --arg cmd "$tries" '.process | del(.landlock) | .args = ["sh", "-c", $cmd]' "$b/config.json" >"$b/process.json"
	[ -z "$way" ] || set -- "$@" held
	is "exec $way" "$("$LORICA" --root "$WORK/state" exec "$@" 2>&1 | tr '\n' ' ')" \
		"cat no ls no ls yes touch no mkdir no cat yes "
done
"$LORICA" --root "$WORK/state" delete --force held

# ---- ports -----------------------------------------------------------------
if [ "$abi" -ge 4 ]; then
	ask='busybox nc -w 1 127.0.0.1 70 2>&1; busybox nc -w 1 127.0.0.1 80 2>&1; busybox timeout 1 busybox nc -l -p 71 2>&1'
	with '.process.landlock = {rules: {networkPort: [{allowedAccess: ["connect_tcp"], ports: [80]}]}}' "$ask"
	is "ports" "$out" "nc: can't connect to remote host (127.0.0.1): Permission denied
nc: can't connect to remote host (127.0.0.1): Connection refused
nc: bind: Permission denied"
else
	with '.process.landlock = {rules: {networkPort: [{allowedAccess: ["connect_tcp"], ports: [80]}]}}' "echo runs"
	is "ports: best effort where the kernel cannot" "$err:$out" ":runs"
	with '.process.landlock = {disableBestEffort: true, rules: {networkPort: [{allowedAccess: ["connect_tcp"], ports: [80]}]}}' "echo runs"
	has "ports: an error when that will not do" "$status:$err" \
		"1:lorica: run c: process.landlock: the kernel has not all of it*"
fi
