# shellcheck shell=sh disable=SC2154 # set by run
# process.selinuxLabel and linux.mountLabel where SELinux enforces the policy in
# tests/vm/guests/selinux: what the kernel says of processes and files, and what
# it refuses.
needs selinux "process.selinuxLabel, linux.mountLabel" || return 0
s=$WORK/selinux
rm -rf "$s"
bundle "$s"
domain=system_u:system_r:confined_t:s0:c1
files=system_u:object_r:confined_file_t:s0:c1
for file in own host other; do
	echo "$file" >"$s/rootfs/tmp/$file"
done
# Of the host where the policy says so: procfs and the like.
chcon -R -h "$files" "$s/rootfs"
chcon system_u:object_r:host_file_t:s0 "$s/rootfs/tmp/host"
chcon -l s0:c2 "$s/rootfs/tmp/other"
cp "$s/config.json" "$s/plain.json"
# What it prints goes to these.
touch "$WORK/out" "$WORK/err"
chcon "${files%:c1}" "$WORK/out" "$WORK/err"

# inside LABEL COMMAND [FILTER]: what that prints, in a container with that
# label. Sets status and out.
inside() {
	jq --arg domain "$1" --arg files "$files" --arg command "$2" \
		'.process.selinuxLabel = $domain | .linux.mountLabel = $files |
		.process.args = ["sh", "-c", $command]'"${3:+ | $3}" \
		"$s/plain.json" >"$s/config.json"
	run "$s"
	out=$out${err:+ stderr: $err}
}
# label NAME LABEL COMMAND WANTED [FILTER]
label() {
	inside "$2" "$3" "${5:-}"
	is "$1" "$out" "$4"
}

# ---- processes -------------------------------------------------------------
current='cat /proc/self/attr/current'
ours=$(tr -d '\0' </proc/self/attr/current)
is "the tests' own domain" "$ours" system_u:system_r:host_t:s0-s0:c0.c2
label "the label is on the program" "$domain" "$current" "$domain"
label "and on its children" "$domain" "sh -c '$current; true'" "$domain"
label "without no_new_privs too" "$domain" "$current" "$domain" \
	'.process.noNewPrivileges = false'
label "no label: as the caller" "" "$current" "$ours"

# denied NAME FILE: who refuses is proved by the same without the label.
denied() {
	label "$1: without the label" "" "cat /tmp/$2 2>&1" "$2"
	label "$1: refused by the policy" "$domain" "cat /tmp/$2 2>&1" \
		"cat: can't open '/tmp/$2': Permission denied"
}
denied "a file of the host" host
denied "a file of another category" other
label "its own file" "$domain" 'cat /tmp/own' own
label "a label is not left by the program itself" "$domain" \
	"echo $ours >/proc/self/attr/current || $current" \
	"$domain stderr: sh: write error: Permission denied"

cp "$PROBE" "$s/rootfs/bin/probe"
chcon "$files" "$s/rootfs/bin/probe"
inside "$domain" "probe report keyring"
has "its keyring is its own" "$(printf %s "$out" | jq -r .keyring)" \
	"keyring;*;_ses.c"

# What the sentry does for the container it does in the container's domain.
echo '{"files": [{"paths": ["/nothing"], "access": ["read"], "action": "deny"}]}' >"$s/policy.json"
inside "$domain" 'cat /tmp/own /tmp/host /tmp/other 2>&1; ls / >/dev/null && cat /proc/version'
for how in guard:notify guard:ptrace sealed:notify sealed:ptrace; do
	mode=${how%:*}
	flags="--intercept=$mode --platform=${how#*:}"
	[ "$mode" = sealed ] || flags="$flags --policy $s/policy.json"
	# shellcheck disable=SC2086 # words
	output "$LORICA" --root "$WORK/state" run $flags --bundle "$s" c
	has "$how: the policy refuses" "$out$err" "own
cat: can't open '/tmp/host': Permission denied
cat: can't open '/tmp/other': Permission denied
Linux version *"
	jq '.process.args = ["sleep", "100"]' "$s/config.json" >"$s/sleep.json"
	# shellcheck disable=SC2086 # words
	ok "$how: alive" sh -c "$LORICA --root $WORK/state run --detach $flags --config $s/sleep.json --bundle $s t </dev/null >$s/out 2>&1"
	is "$how: the label is on the sentry" \
		"$(tr -d '\0' <"/proc/$(pgrep -x lorica-sentry)/attr/current")" "$domain"
	is "$how: and on the program" \
		"$(tr -d '\0' <"/proc/$("$LORICA" --root "$WORK/state" state t | jq .pid)/attr/current")" "$domain"
	output "$LORICA" --root "$WORK/state" exec t sh -c 'cat /tmp/own /tmp/host 2>&1'
	is "$how: exec is under it" "$out$err" "own
cat: can't open '/tmp/host': Permission denied"
	ok "$how: its end" "$LORICA" --root "$WORK/state" delete --force t
done

# ---- mounts ----------------------------------------------------------------
L="$LORICA --root $WORK/state"
inside "$domain" true
config "$s" '.process.args = ["sleep", "60"]'
ok "alive" sh -c "$L create --bundle $s c </dev/null >$s/out 2>&1 && $L start c"
output $L exec c sh -c "$current"
is "exec has the label too" "$out${err:+ stderr: $err}" "$domain"
root=/proc/$($L state c | jq .pid)/root
for place in tmp dev dev/pts dev/shm dev/mqueue; do
	is "the label of /$place" "$(stat -c %C "$root/$place")" "$files"
done
for place in proc sys sys/fs/cgroup; do
	is "the policy's label is on /$place" "$(stat -c %C "$root/$place")" \
		system_u:object_r:kernel_file_t:s0
done
$L delete --force c
inside "" true
config "$s" '.process.args = ["sleep", "60"]'
ok "alive, without a label" sh -c "$L create --bundle $s c </dev/null >$s/out 2>&1 && $L start c"
output $L exec --process-label "$domain" c sh -c "$current"
is "exec --process-label" "$out${err:+ stderr: $err}" "$domain"
$L delete --force c
is "it can use them" "$(inside "$domain" 'touch /dev/shm/new &&
	ls /dev/shm /dev/mqueue; echo here >/dev/null && ls /proc/acpi /sys/firmware'
	echo "$out")" "/dev/mqueue:

/dev/shm:
new
/proc/acpi:

/sys/firmware:"

# ---- wrong ones ------------------------------------------------------------
domain=system_u:system_r:none_t:s0
refused "a label that the policy has not" ".process.selinuxLabel = \"$domain\"" \
	"leave the caller's keys: process.selinuxLabel: $domain to \`/proc/self/attr/keycreate\`: invalid argument"
refused "what is no label" '.process.selinuxLabel = "confined_t"' \
	"leave the caller's keys: process.selinuxLabel: confined_t to \`/proc/self/attr/keycreate\`: invalid argument"
refused "a label of mounts that the policy has not" \
	".linux.mountLabel = \"$domain\"" \
	"build the root file system: mounts[1]: mount tmpfs on /dev: linux.mountLabel: $domain: invalid argument"
# The host may ask for it, and not enter it.
domain=system_u:system_r:barred_t:s0
refused "a label that the policy bars" ".process.selinuxLabel = \"$domain\"" \
	"exec: \"sh\": permission denied"
# The same where init is to have it before the exec.
output $L run --intercept=guard --bundle "$WORK/r" c
is "and that with a sentry" "$status $err" \
	"1 lorica: run c: take the label: process.selinuxLabel: $domain to \`/proc/self/attr/current\`: permission denied"
