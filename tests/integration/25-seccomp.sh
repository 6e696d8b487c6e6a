# shellcheck shell=sh
# Seccomp: Docker's profile, the cache of programs, every action and flag.
b=$WORK/seccomp
cache=$WORK/state/.seccomp
# How many files the cache has.
entries() { find "$cache" -mindepth 1 | wc -l; }
bundle "$b"
jq --slurpfile profile "$here/data/seccomp-docker.json" \
	'.linux.seccomp = $profile[0]' "$b/config.json" >"$b/docker.json"
cp "$b/docker.json" "$b/config.json"

# ---- the cache -----------------------------------------------------------
rm -rf "$cache"
sh_in "$b" 'mkdir /dev/shm/d && ls -d /dev/shm/d && cat /proc/self/status | grep "^Seccomp:" && id -u'
run "$b"
is "Docker's profile" "$err:$out" ":/dev/shm/d
Seccomp:	2
0"
is "one program is kept" "$(entries)" 1
is "in a directory of ours alone" "$(stat -c '%a %u' "$cache")" "700 $(id -u)"
file=$cache/$(ls "$cache")
is "in a file of ours alone" "$(stat -c '%a %u %h' "$file")" "600 $(id -u) 1"
cp "$file" "$WORK/program"
stamp=$(stat -c '%i %Y %Z' "$file")
run "$b"
has "a second run" "$out" "/dev/shm/d*2*"
is "uses it and writes nothing" "$(stat -c '%i %Y %Z' "$file")" "$stamp"
is "it is no container" "$("$LORICA" --root "$WORK/state" list -q)" ""
ok "a container may be called seccomp" \
	"$LORICA" --root "$WORK/state" create --bundle "$b" seccomp
is "and is listed" "$("$LORICA" --root "$WORK/state" list -q)" seccomp
ok "and deleted" "$LORICA" --root "$WORK/state" delete --force seccomp
is "the cache stays" "$(entries)" 1

# mended NAME: it runs as it should, and the file is as it was.
mended() {
	run "$b"
	has "$1: runs" "$err:$out" ":/dev/shm/d*2*"
	ok "$1: written anew" cmp "$file" "$WORK/program"
}
printf x | dd of="$file" bs=1 seek=200 conv=notrunc 2>/dev/null
mended "a byte is damaged"
: >"$file"
mended "an empty file"
chmod 644 "$file"
mended "a file that others may read"
rm "$file"
ln -s "$WORK/program" "$file"
mended "a link"
is "a link: is replaced" "$(stat -c %F "$file")" "regular file"
# A program that is whole and right, but another profile's.
config "$b" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", syscalls: [{names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO"}]}'
sh_in "$b" 'mkdir /dev/shm/d'
run "$b"
is "another profile refuses" "$status" 1
is "and has a program of its own" "$(entries)" 2
for other in "$cache"/*; do
	[ "$other" = "$file" ] || cp "$other" "$file"
done
cp "$b/docker.json" "$b/config.json"
sh_in "$b" 'mkdir /dev/shm/d && ls -d /dev/shm/d && cat /proc/self/status | grep "^Seccomp:" && id -u'
mended "another profile's program"
chmod 777 "$cache"
stamp=$(stat -c '%i %Y %Z' "$file")
printf x | dd of="$file" bs=1 seek=200 conv=notrunc 2>/dev/null
run "$b"
has "a directory that all may write to" "$out" "/dev/shm/d*2*"
is "is left alone" "$(cmp "$file" "$WORK/program" >/dev/null && echo mended)" ""
rm -rf "$cache"
echo >"$cache"
run "$b"
has "a file where the directory should be" "$err:$out" ":/dev/shm/d*2*"
rm -rf "$cache"
for i in 1 2 3 4 5 6 7 8; do
	"$LORICA" --root "$WORK/state" run --bundle "$b" "s$i" \
		>"$WORK/many.$i" 2>&1 </dev/null &
done
wait
is "eight at once" "$(cat "$WORK"/many.? | grep -c 'Seccomp:.2')" 8
is "keep one program" "$(entries)" 1

# ---- Docker's profile, call by call --------------------------------------
# answer NAME CALL WANTED: what a call gives under linux.seccomp of $b.
answer() {
	name=$1
	wanted=$3
	probed ".linux.seccomp = $profile | .process.args = [\"probe\", \"call\", $2]"
	is "$name" "$(printf %s "$out" | jq -c '[.result, .errno]')" "$wanted"
}
profile=$(cat "$here/data/seccomp-docker.json")
answer "an allowed call" '"getpgid", "1"' '[1,null]'
answer "socket(AF_VSOCK)" '"socket", "40", "1"' '[-1,"EPERM"]'
answer "socket(AF_ALG)" '"socket", "38", "5"' '[-1,"EPERM"]'
answer "socket(AF_UNIX)" '"socket", "1", "1"' '[3,null]'
answer "personality(PER_LINUX)" '"personality", "0"' '[0,null]'
answer "personality(READ_IMPLIES_EXEC)" '"personality", "0x400000"' \
	'[-1,"EPERM"]'
answer "unshare" '"unshare", "0x20000"' '[-1,"EPERM"]'
answer "clone3, so that libc falls back" '"435"' '[-1,"ENOSYS"]'
# The same three conditions in one rule, as containerd writes them.
profile=$(jq -c '.syscalls |= map(select(.names != ["socket"])) |
	.syscalls += [{names: ["socket"], action: "SCMP_ACT_ALLOW", args: [
	{index: 0, value: 38, op: "SCMP_CMP_LT"},
	{index: 0, value: 39, op: "SCMP_CMP_EQ"},
	{index: 0, value: 40, op: "SCMP_CMP_GT"}]}]' \
	"$here/data/seccomp-docker.json")
answer "a repeated index: AF_VSOCK" '"socket", "40", "1"' '[-1,"EPERM"]'
answer "a repeated index: AF_ALG" '"socket", "38", "5"' '[-1,"EPERM"]'
answer "a repeated index: AF_UNIX" '"socket", "1", "1"' '[3,null]'

# ---- calls newer than the profile ----------------------------------------
# 424 is pidfd_send_signal, 434 pidfd_open on every architecture.
profile=$(jq -c '.defaultErrnoRet = 61 | .syscalls |= map(.names -= [
	"cachestat", "clone3", "close_range", "epoll_pwait2", "faccessat2",
	"fchmodat2", "futex_requeue", "futex_wait", "futex_waitv",
	"futex_wake", "io_pgetevents", "io_pgetevents_time64", "landlock_add_rule",
	"landlock_create_ruleset", "landlock_restrict_self", "map_shadow_stack",
	"memfd_secret", "mseal", "openat2", "pidfd_open", "process_mrelease",
	"getxattrat", "setxattrat", "listxattrat", "removexattrat", "listmount",
	"statmount", "lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr",
	"open_tree_attr", "uretprobe", "riscv_hwprobe"
	] | select(.names != []))' "$here/data/seccomp-docker.json")
answer "newer than the profile" '"434", "1"' '[-1,"ENOSYS"]'
answer "older and not allowed" '"unshare"' '[-1,"ENODATA"]'
profile=$(printf %s "$profile" | jq -c '.syscalls += [
	{names: ["pidfd_open", "process_madvise"], action: "SCMP_ACT_ERRNO"}]')
answer "a rule that denies it makes it known" '"434", "1"' '[-1,"EPERM"]'
# ---- profiles that nothing can start under --------------------------------
refused "a profile that allows nothing" \
	'.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO"}' \
	"linux.seccomp: the profile does not allow execve, so that no program can be started"
notify='.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", listenerPath: "/x", syscalls: [{names: ["getpgid"], action: "SCMP_ACT_NOTIFY"}'
refused "a listener that cannot be handed over" \
	"$notify"', {names: ["sendmsg"], action: "SCMP_ACT_NOTIFY"}]}' \
	"linux.seccomp: SCMP_ACT_NOTIFY needs sendmsg to be allowed, which hands over the listener"
refused "a listener that may not be handed over" \
	"$notify"', {names: ["sendmsg"], action: "SCMP_ACT_NOTIFY", args: [{index: 0, value: 5, op: "SCMP_CMP_EQ"}]}]}' \
	"linux.seccomp: SCMP_ACT_NOTIFY needs sendmsg to be allowed, which hands over the listener"
refused "a listener that cannot be waited for" \
	"$notify"', {names: ["recvmsg"], action: "SCMP_ACT_ERRNO"}]}' \
	"linux.seccomp: SCMP_ACT_NOTIFY needs recvmsg, which waits for the agent to have the listener"

# ---- actions and flags ---------------------------------------------------
# acts ACTION WANTED: "status: result and errno" of a call with that action.
acts() {
	probed ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", flags: $flags,
		syscalls: [{names: [\"getpgid\"], action: \"SCMP_ACT_$1\" $3}]} |
		.process.args = [\"probe\", \"call\", \"getpgid\", \"1\"]"
	is "SCMP_ACT_$1 $3 with $flags" \
		"$status: $(printf %s "$out" | jq -c '[.result, .errno]')" "$2"
}
flags='[]'
acts ALLOW '0: [1,null]' ''
acts LOG '0: [1,null]' ''
acts ERRNO '0: [-1,"EPERM"]' ''
acts ERRNO '0: [-1,"EXDEV"]' ', errnoRet: 18'
acts ERRNO '0: [0,null]' ', errnoRet: 0'
# Without a tracer the kernel answers itself.
acts TRACE '0: [-1,"ENOSYS"]' ''
acts TRACE '0: [-1,"ENOSYS"]' ', errnoRet: 7'
for action in KILL KILL_THREAD KILL_PROCESS TRAP; do
	acts "$action" '159: ' ''
done
for flag in TSYNC LOG SPEC_ALLOW; do
	flags="[\"SECCOMP_FILTER_FLAG_$flag\"]"
	acts ERRNO '0: [-1,"EPERM"]' ''
done
