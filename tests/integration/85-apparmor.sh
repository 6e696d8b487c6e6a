# shellcheck shell=sh disable=SC2154 # set by run
# process.apparmorProfile where AppArmor is on and tests/vm/guests/apparmor/
# profile is loaded: the kernel's word for it, and what it refuses.
needs apparmor process.apparmorProfile || return 0
a=$WORK/apparmor
rm -rf "$a"
bundle "$a"
config "$a" '.root.readonly = false'
for file in secret open; do
	echo "$file" >"$a/rootfs/tmp/$file"
done
printf '#!/bin/sh\necho ran\n' >"$a/rootfs/tmp/no-exec"
chmod 755 "$a/rootfs/tmp/no-exec"
cp "$a/config.json" "$a/plain.json"

# inside PROFILE COMMAND [FILTER]: what that prints, in a container with that
# profile. Sets status.
inside() {
	jq --arg profile "$1" --arg command "$2" \
		'.process.capabilities[] += ["CAP_SYS_CHROOT"] |
		.process.apparmorProfile = $profile |
		.process.args = ["sh", "-c", $command]'"${3:+ | $3}" \
		"$a/plain.json" >"$a/config.json"
	run "$a"
	out=$out${err:+ stderr: $err}
}
# label NAME PROFILE COMMAND WANTED [FILTER]
label() {
	inside "$2" "$3" "${5:-}"
	is "$1" "$out" "$4"
}

current='cat /proc/self/attr/current'
ours=$(cat /proc/self/attr/current)
is "the tests' own processes are not confined" "$ours" unconfined
enforced="lorica-test (enforce)"
label "the profile is on the program" lorica-test "$current" "$enforced"
label "and on its children" lorica-test "sh -c '$current; true'" "$enforced"
label "without no_new_privs too" lorica-test "$current" "$enforced" \
	'.process.noNewPrivileges = false'
label "no profile: as the caller" "" "$current" "$ours"
label "unconfined: as the caller" unconfined "$current" "$ours"
label "a profile is not left by the program itself" lorica-test \
	'echo "changeprofile unconfined" >/proc/self/attr/current || cat /proc/self/attr/current' \
	"$enforced stderr: sh: write error: Permission denied"

# denied NAME COMMAND WITHOUT WITH: who refuses is proved by the same command
# without the profile.
denied() {
	label "$1: without the profile" "" "$2" "$3"
	label "$1: refused by the profile" lorica-test "$2" "$4"
}
denied "reading" 'cat /tmp/open /tmp/secret 2>&1' "open
secret" "open
cat: can't open '/tmp/secret': Permission denied"
denied "running" '/tmp/no-exec 2>&1' ran \
	"sh: /tmp/no-exec: Permission denied"
denied "a capability" 'busybox chroot / sh -c "echo in" 2>&1' in \
	"chroot: can't change root directory to '/': Operation not permitted"

refused "a profile that is not loaded" \
	'.process.apparmorProfile = "lorica-none"' \
	'set the label: process.apparmorProfile: lorica-none to `/proc/self/attr/apparmor/exec`: no such file or directory'
refused "a name that is none" \
	'.process.apparmorProfile = "lorica test"' \
	'set the label: process.apparmorProfile: lorica test to `/proc/self/attr/apparmor/exec`: no such file or directory'

# What the sentry does for the container it does under the container's profile.
echo '{"files": [{"paths": ["/nothing"], "access": ["read"], "action": "deny"}]}' >"$a/policy.json"
jq '.process.apparmorProfile = "lorica-test" | .root.readonly = false | .process.args = ["sh", "-c",
	"cat /tmp/open /tmp/secret 2>&1; /tmp/no-exec 2>&1; ls / >/dev/null; echo x >/tmp/new && cat /tmp/new /proc/version"]' \
	"$a/plain.json" >"$a/config.json"
for how in guard:notify guard:ptrace sealed:notify sealed:ptrace; do
	mode=${how%:*}
	flags="--intercept=$mode --platform=${how#*:}"
	[ "$mode" = sealed ] || flags="$flags --policy $a/policy.json"
	# shellcheck disable=SC2086 # words
	output "$LORICA" --root "$WORK/state" run $flags --bundle "$a" c
	has "$how: the profile refuses" "$out$err" "open
cat: can't open '/tmp/secret': Permission denied
sh: /tmp/no-exec: Permission denied
x
Linux version *"
	jq '.process.args = ["sleep", "100"]' "$a/config.json" >"$a/sleep.json"
	# shellcheck disable=SC2086 # words
	ok "$how: alive" "$LORICA" --root "$WORK/state" run --detach $flags --config "$a/sleep.json" --bundle "$a" t
	is "$how: it is on the sentry" "$(cat "/proc/$(pgrep -x lorica-sentry)/attr/current")" "$enforced"
	is "$how: and on the program" "$(cat "/proc/$("$LORICA" --root "$WORK/state" state t | jq .pid)/attr/current")" "$enforced"
	output "$LORICA" --root "$WORK/state" exec t sh -c 'cat /tmp/open /tmp/secret 2>&1'
	is "$how: exec is under it" "$out$err" "open
cat: can't open '/tmp/secret': Permission denied"
	ok "$how: its end" "$LORICA" --root "$WORK/state" delete --force t
done

# labels: those of container t's first process and of its children.
labels() {
	pid=$("$LORICA" --root "$WORK/state" state t | jq .pid)
	for of in "$pid" $(pgrep -P "$pid"); do
		cat "/proc/$of/attr/current"
	done
}
# An ordinary user's container has one user.
[ "$(id -u)" = 0 ] && id=1000 || id=0
jq --argjson id $id '.process.apparmorProfile = "lorica-test" | .process.args = ["sleep", "100"] |
	.process.user = {uid: $id, gid: $id} | .process.noNewPrivileges = false |
	.annotations["dev.lorica.init"] = "true"' "$a/plain.json" >"$a/config.json"
ok "a user, a first process of ours, without no_new_privs: alive" "$LORICA" --root "$WORK/state" \
	run --detach --intercept=guard --bundle "$a" t
is "the label is on both" "$(labels)" "$enforced
$enforced"
is "and on exec's" "$("$LORICA" --root "$WORK/state" exec t sh -c "$current" 2>&1)" "$enforced"
ok "its end" "$LORICA" --root "$WORK/state" delete --force t

# What the sentry opens is below no root that it could see.
jq '.process.apparmorProfile = "lorica-attached"' "$a/plain.json" >"$a/config.json"
output "$LORICA" --root "$WORK/state" run --intercept=guard --bundle "$a" c
is "a profile without attach_disconnected is refused" "$status $err" \
	"1 lorica: run c: take the label: process.apparmorProfile: read the label back: permission denied"

# debug copies it.
jq '.process.apparmorProfile = "lorica-test" | .process.args = ["sleep", "100"]' \
	"$a/plain.json" >"$a/config.json"
ok "a target with a profile" "$LORICA" --root "$WORK/state" run --detach --bundle "$a" t
is "what debugs it has that profile" \
	"$("$LORICA" --root "$WORK/state" debug t sh -c "$current" 2>&1)" "$enforced"
is "exec is under it too" \
	"$("$LORICA" --root "$WORK/state" exec t sh -c "$current" 2>&1)" "$enforced"
is "exec --apparmor: another" "$("$LORICA" --root "$WORK/state" exec \
	--apparmor unconfined t sh -c "$current" 2>&1)" "$ours"
ok "its end" "$LORICA" --root "$WORK/state" delete --force t

# The profile has no mounts. Debian's Linux 6.1 has no rule "userns".
mkdir -p "$a/home/project"
output env HOME="$a/home" sh -c 'cd ~/project && echo "exec lorica-test" >/proc/self/attr/exec && exec "$@"' sh \
	"$LORICA" --root "$a/state" sandbox -- true
is "a sandbox that a profile forbids" "$status:$err" \
	"125:lorica: sandbox: the kernel refuses a user namespace: the process is in a chroot, or a filter or security policy forbids it"
