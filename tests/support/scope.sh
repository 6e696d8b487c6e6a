# shellcheck shell=sh disable=SC2034,SC2154 # what it sets others read
# scope - what the tests of control groups that systemd makes share.
L="$LORICA --root $WORK/state"
S="$L --systemd-cgroup"
uid=$(id -u)

# scope_bundle NAME: sets d, a bundle whose program sleeps.
scope_bundle() {
	d=$WORK/$1
	rm -rf "$d"
	bundle "$d"
	config "$d" '.process.args = ["sleep", "1000"] | .root.readonly = false'
	cp "$d/config.json" "$d/plain.json"
}
with() { jq "$1" "$d/plain.json" >"$d/config.json"; }

# ctl WORD...: systemctl for the manager that makes our scopes.
ctl() {
	if [ "$uid" = 0 ]; then
		systemctl "$@"
	else
		XDG_RUNTIME_DIR=/run/user/$uid systemctl --user "$@"
	fi
}
# made ID: created by systemd, and started. Sets unit and cg.
made() {
	$S create --bundle "$d" "$1" </dev/null >"$WORK/made.out" 2>&1 || {
		cat "$WORK/made.out"
		return 1
	}
	$L start "$1" || return 1
	found "$1"
}
# found ID: sets them, of one that is there.
found() {
	unit=$(jq -r .systemdScope "$WORK/state/$1/state.json")
	cg=/sys/fs/cgroup$(jq -r .cgroupPath "$WORK/state/$1/state.json")
}
show() { ctl show -p "$1" --value -- "$unit"; }
# says PROPERTY: the same of what "ctl show >$WORK/shown" wrote.
says() { sed -n "s/^$1=//p" "$WORK/shown"; }
# units PATTERN...: those that there are, or that have failed.
units() { ctl list-units --all --plain --no-legend -- "$@"; }
# gone NAME ID: deleted, and nothing of it is left.
gone() {
	# shellcheck disable=SC2086 # words
	ok "$1: delete --force" $L delete --force "$2"
	is "$1: no unit" "$(units "$unit")" ""
	ok "$1: no cgroup" [ ! -e "$cg" ]
	is "$1: no state" "$(ls "$WORK/state")" ""
}
