# shellcheck shell=sh
# Our own seccomp profiles: what they shut is tried from inside. What they are for
# runs in 31-programs.sh.
tree=$(cd "$here/.." && pwd)
L="$LORICA --root $WORK/state"

# ---- choosing one --------------------------------------------------------
b=$WORK/profiles
bundle "$b"
sh_in "$b" 'grep ^Seccomp: /proc/self/status; (echo "" | cat); exit 7'
cp "$b/config.json" "$WORK/plain.json"
for own in build default strict; do
	jq --arg name "$own" '.annotations["dev.lorica.seccomp"] = $name' \
		"$WORK/plain.json" >"$b/config.json"
	run "$b"
	is "annotation $own" "$status:$err:$out" "7::Seccomp:	2"
	rm -rf "$WORK/written"
	mkdir "$WORK/written"
	rootless=$([ "$(id -u)" = 0 ] || echo --rootless)
	# shellcheck disable=SC2086 # empty or one word
	ok "spec --profile $own" "$LORICA" spec --bundle "$WORK/written" \
		--profile "$own" $rootless
	is "spec --profile $own: is the installed file" \
		"$(jq --slurpfile own "$tree/seccomp/$own.json" \
			'.linux.seccomp == ($own[0] | del(.syscalls[].comment))' \
			"$WORK/written/config.json")" true
done
change() { jq "$2" "$WORK/plain.json" >"$1/config.json"; }
change "$b" '.annotations["dev.lorica.seccomp"] = "/etc/passwd"'
run "$b"
is "the annotation names no file" "$status $err" \
	'1 lorica: run c: config.json: annotations.dev.lorica.seccomp: no profile is called "/etc/passwd"'
change "$b" '.annotations["dev.lorica.seccomp"] = "strict" | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
run "$b"
is "the annotation replaces nothing" "$status $err" \
	'1 lorica: run c: config.json: annotations.dev.lorica.seccomp: there is linux.seccomp as well: remove one'

# ---- Docker's format -----------------------------------------------------
# A rule whose condition is not met does not count, in a bundle as elsewhere.
conditional() {
	probed ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{
		names: [\"getpgid\"], action: \"SCMP_ACT_ERRNO\", errnoRet: 61, $1}]} |
		.process.args = [\"probe\", \"call\", \"getpgid\", \"1\"]"
	printf %s "$out" | jq -c .errno
}
is "includes.caps, held" "$(conditional 'includes: {caps: ["CAP_KILL"]}')" '"ENODATA"'
is "includes.caps, not held" "$(conditional 'includes: {caps: ["CAP_SYS_ADMIN"]}')" null
is "excludes.caps, held" "$(conditional 'excludes: {caps: ["CAP_KILL"]}')" null
is "includes.arches" "$(conditional 'includes: {arches: ["s390x"]}')" null
is "includes.minKernel" "$(conditional 'includes: {minKernel: "5.15"}')" '"ENODATA"'
is "excludes.minKernel" "$(conditional 'excludes: {minKernel: "5.15"}')" null
rm -rf "$WORK/written"
mkdir "$WORK/written"
ok "spec --profile FILE" "$LORICA" spec --bundle "$WORK/written" \
	--profile "$here/data/seccomp-moby.json"
is "spec --profile FILE: its conditions are resolved" \
	"$(jq -c '[.linux.seccomp.syscalls[].names[]] | map(select(. == "mount" or . == "chroot" or . == "clone3"))' "$WORK/written/config.json")" \
	'["clone3"]'

# ---- what they shut ------------------------------------------------------
# The errno of refusals is one that nothing else gives, so that it is the filter
# that is seen to refuse.
# entries FILTER: what came of each entry point, with that change.
entries() {
	probed "$1 | .process.args = [\"probe\", \"entries\"]"
	printf '%s\n' "$out" >"$WORK/entries.json"
}
# passes: the entry points that no filter stopped.
passes() {
	jq -r 'to_entries | map(select(.value != "ENODATA" and .value != "SIGSYS" and
		(.key != "clone3" or .value != "ENOSYS") and
		(.key != "socket-audit" or .value != "EPROTONOSUPPORT")) | .key) | sort | join(" ")' \
		"$WORK/entries.json"
}
entries .
is "without a profile nothing is refused by one" \
	"$(jq -r 'to_entries | map(select(.value == "ENODATA" or .value == "SIGSYS" or
		(.key == "clone3" and .value == "ENOSYS")) | .key) | join(" ")' "$WORK/entries.json")" ""
all=$(jq length "$WORK/entries.json")
ok "every entry point was tried" test "$all" -gt 75
while read -r own open; do
	entries ".linux.seccomp = $(jq -c '.defaultErrnoRet = 61' "$tree/seccomp/$own.json")"
	is "$own: every entry point was tried" "$(jq length "$WORK/entries.json")" "$all"
	is "$own: what can still be entered" "$(passes)" "$open"
done <<'END'
build chroot futex-lock-pi futex-requeue-pi futex-trylock-pi memfd_create mknod msgget splice timer_create
default chroot futex-lock-pi futex-requeue-pi futex-trylock-pi io_setup memfd_create mknod mq_notify msgget process_vm_readv process_vm_writev ptrace shmget socket-raw socket-sctp socket-seqpacket socket-udplite splice tee timer_create vmsplice
strict futex-lock-pi futex-requeue-pi futex-trylock-pi io_setup shmget timer_create
END

# ---- what lorica says of them --------------------------------------------
# opened NAME: the entry points that are open, by "lorica syscalls".
opened() {
	"$LORICA" --root "$WORK/state" syscalls --json "$1" |
		jq -r '.entries | map(select(.reachable) | .id) | join(" ")'
}
is "syscalls strict" "$(opened strict)" \
	"traffic-control sysv-queues aio unix futex memory-maps waitid inotify"
is "syscalls of a file" "$(opened "$tree/seccomp/strict.json")" "$(opened strict)"
change "$b" '.annotations["dev.lorica.seccomp"] = "strict"'
is "syscalls of a bundle" "$(opened "$b")" "$(opened strict)"
change "$b" '.process.args = ["sleep", "100"] | .annotations["dev.lorica.seccomp"] = "strict"'
ok "a container to look at" $L create --bundle "$b" looked
is "syscalls of a container" "$(opened looked)" "$(opened strict)"
ok "it is deleted" $L delete --force looked
is "syscalls: no profile at all" \
	"$(change "$b" . && $L syscalls --json "$b" | jq -c '[.seccomp, .count == .of]')" '[false,true]'
is "syscalls: nothing of that name" "$($L syscalls nothing 2>&1)" \
	'lorica: syscalls: "nothing" is no profile, no container and no bundle'
is "syscalls: a foreign ABI is told" \
	"$($L syscalls "$here/data/seccomp-docker.json" | grep -c ' too$')" 2
is "syscalls: limits as the program has them" \
	"$($L syscalls --json strict | jq -c '.calls[] | select(.name == "ioctl" or .name == "socketpair") | [.unless, .if]')" \
	'[["int arg1 = 0x5412 or 0x541c or 0x5423"],null]
[null,["int arg0 = 1"]]'
has "syscalls: with names in a text" "$($L syscalls strict)" "*int arg1 = TIOCSTI or TIOCLINUX or TIOCSETD*"
is "syscalls of a profile wants no state directory" \
	"$(env -u XDG_RUNTIME_DIR HOME=/nowhere "$LORICA" syscalls --json strict | jq .name)" '"strict"'
is "syscalls --diff" \
	"$($L syscalls --diff --json default strict | jq -c '[.second.calls, .first.entries]')" \
	'[[],["ptrace","other-memory","sctp","posix-queues","splice","posix-timers"]]'
has "syscalls --diff: as text" "$($L syscalls --diff default strict)" "*only default*splice tee vmsplice*"
is "syscalls --diff: needs two" "$($L syscalls --diff default 2>&1)" \
	"lorica: syscalls: --diff: expected two"
is "syscalls: two need --diff" "$($L syscalls default strict 2>&1)" \
	"lorica: syscalls: two need --diff"
# What lorica's own processes have is not for containers.
for own in image net sentry trace; do
	has "syscalls: $own, for a process of ours" "$($L syscalls $own)" "$own: * system calls of *"
	is "annotation $own: not for containers" \
		"$(change "$b" ".annotations[\"dev.lorica.seccomp\"] = \"$own\"" && run "$b" && echo "$status $err")" \
		"1 lorica: run c: config.json: annotations.dev.lorica.seccomp: no profile is called \"$own\""
done
is "spec: not the sentry's" "$(cd "$WORK" && $L spec --profile sentry 2>&1)" \
	"lorica: spec: profile sentry: no such file or directory"
is "syscalls --intercept: of every call one" \
	"$($L syscalls --intercept=sealed --json | jq -c '[([.counts[]] | add) == (.calls | length), .counts.passed + .counts.limited <= 100]')" \
	'[true,true]'
is "syscalls --intercept: needs no name" "$($L syscalls --intercept=guard strict 2>&1)" \
	"lorica: syscalls: --intercept: is the same for every container, so no name is expected"
is "syscalls --intercept: a mode that is none" "$($L syscalls --intercept=off 2>&1)" \
	'lorica: syscalls: --intercept: unknown value "off"'
is "syscalls: nothing to look at" "$($L syscalls 2>&1)" \
	"lorica: syscalls: expected [BUNDLE|ID|PROFILE [OTHER]]"
escape=$(printf '\033')
is "colour is for terminals alone" "$($L syscalls default | grep -c "$escape")" 0
has "and a terminal has it" \
	"$(script -qec "$LORICA --root $WORK/state syscalls default" /dev/null </dev/null)" "*${escape}\[1m*"

# ---- their pages ---------------------------------------------------------
is "each has a page" "$(cd "$tree/seccomp" && printf '%s\n' ./*.json | sed "s/json$/md/")" \
	"$(cd "$tree/docs/seccomp" && printf '%s\n' ./*)"
for own in build default image net sentry strict trace; do
	is "$own: every group has its argument" "$(jq -r '.syscalls[].comment | values' \
		"$tree/seccomp/$own.json" | while read -r group; do
		grep -qxF "## $group" "$tree/docs/seccomp/$own.md" || echo "$group"
	done)" ""
	is "$own: every rule belongs to a group" "$(jq -r '[foreach .syscalls[] as $rule (null;
		$rule.comment // .; .)] | map(select(. == null)) | length' "$tree/seccomp/$own.json")" 0
done
