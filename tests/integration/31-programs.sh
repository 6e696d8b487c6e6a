# shellcheck shell=sh
# Real programs: each runs under the profiles that are for it, is recorded, and
# runs under its own profile. They are the machine's, and those that it has not
# are the guest's that has them all.
p=$WORK/profile.json
# shellcheck source=tests/support/machine.sh
. "$here/support/machine.sh"
program_path=/usr/bin:/usr/sbin
# shellcheck disable=SC2034 # for output
limit=60
# Where the processor is emulated.
# shellcheck disable=SC2034
[ -z "${LORICA_GUEST:-}" ] || limit=300

# lorica COMMAND...: sets status, out and err: the last lines.
lorica() {
	output "$LORICA" --root "$WORK/state" "$@"
	out=$(tail -n 1 "$WORK/out")
	err=$(tail -n 3 "$WORK/err")
	[ $status -lt 124 ] || "$LORICA" --root "$WORK/state" delete --force p
}
# works PROFILES PROGRAM COMMAND WANTED: the last line that it prints.
works() {
	program "$2" "$2 under its profiles" || return 0
	profiles=$1
	[ -z "${LORICA_GUEST:-}" ] || profiles=${1##* }
	for profile in $profiles; do
		configured ".annotations[\"dev.lorica.seccomp\"] = \"$profile\"" "$3"
		lorica run --bundle "$m" p
		is "$2 under $profile" "$status:$out${err:+ stderr: $err}" "0:$4"
	done
}
# recorded PROFILES PROGRAM COMMAND WANTED: works, and so does the profile that
# two runs made.
recorded() {
	works "$@"
	program "$2" "$2 under its own profile" || return 0
	configured . "$3"
	lorica record "$m" -o "$p"
	lorica record "$m" --merge "$p" --verify --install
	is "$2: recorded, and again under its profile" \
		"$status:$out:$(grep -cxF "$4" "$WORK/out")" "0:$4:2"
	has "$2: nothing is denied" "$err" "*no call was denied*"
	lorica run --bundle "$m" p
	is "$2: under its profile" "$status:$out${err:+ stderr: $err}" "0:$4"
	is "$2: cannot mount, trace or load" "$(jq -r '.linux.seccomp.syscalls[] |
		select(.action == "SCMP_ACT_ALLOW") | .names[] |
		select(IN("mount", "ptrace", "init_module", "bpf", "unshare"))' "$m/config.json")" ""
}
# shellcheck source=tests/support/programs.sh
. "$here/support/programs.sh"
is "nothing is left" "$("$LORICA" --root "$WORK/state" list -q)" ""
unset limit
