# shellcheck shell=sh
# The examples of the documents work: blocks fenced as sh in Markdown, and every
# display under EXAMPLES in manual pages. Each document's are one script, run in
# an empty directory. An ordinary user adds --rootless to spec, as they say.
examples() {
	awk '
		/^```$/ || /^\.Ed$/ { on = 0 }
		on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }
		/^```sh$/ { on = 1 }
		/^\.Sh/ { section = $2 }
		/^\.Bd/ && section == "EXAMPLES" { on = 1 }
	' "$1"
}

mkdir "$WORK/docs.bin"
cat >"$WORK/docs.bin/lorica" <<-END
	#!/bin/sh
	[ "\$1" != spec ] || [ "\$(id -u)" = 0 ] || set -- "\$@" --rootless
	exec "$LORICA" --root "$WORK/state" "\$@"
END
chmod 755 "$WORK/docs.bin/lorica"
tree=$(cd "$here/.." && pwd)
L="$LORICA --root $WORK/state"

# What some of them are about: "sleeper", as lorica-create(1) makes it.
bundle "$WORK/sleeper"
config "$WORK/sleeper" '.process.args = ["sleep", "100"]'
v2=/sys/fs/cgroup
[ -f $v2/cgroup.procs ] || v2=$v2/unified
controllers=" $(cat $v2/cgroup.controllers 2>/dev/null) "
$L run --detach --bundle "$WORK/sleeper" sleeper </dev/null >"$WORK/out" 2>&1
cgroup=$(jq -r '.cgroupPath // ""' "$WORK/state/sleeper/state.json")
$L delete --force sleeper

# is_for_guest PAGE: of those that want criu are the ones of the guest that has
# it, and no others.
is_for_guest() {
	case ${1##*/} in
	lorica-checkpoint.1 | lorica-restore.1)
		needs criu "the examples of ${1##*/}" &&
			needs root "the examples of ${1##*/}"
		;;
	*) [ "$LORICA_GUEST" != criu ] ;;
	esac
}

# can PAGE: what its examples need that a machine may not have.
can() {
	case ${1##*/} in
	lorica-events.1 | lorica-pause.1 | lorica-resume.1) [ "$cgroup" ] ;;
	lorica-checkpoint.1 | lorica-restore.1)
		[ "${LORICA_GUEST:-}" ] || criu check >/dev/null 2>&1
		;;
	lorica-image.1) [ -x "$LORICA_LIBEXEC/lorica-image" ] ;;
	lorica-update.1)
		case $controllers in *" cpu "*" pids "*) [ "$cgroup" ] ;; *) return 1 ;; esac
		;;
	esac
}

for document in "$tree"/*.md "$tree"/docs/*.md "$tree"/docs/*/*; do
	[ -f "$document" ] || continue
	page=${document#"$tree"/}
	examples "$document" >"$WORK/docs.sh"
	case $page in
	*.1) ok "$page has examples" test -s "$WORK/docs.sh" ;;
	README.md) ok "$page has one" test -s "$WORK/docs.sh" ;;
	esac
	[ -s "$WORK/docs.sh" ] || continue
	[ -z "${LORICA_GUEST:-}" ] || is_for_guest "$document" || continue
	if ! can "$document"; then
		skip "the examples of $page" "no cgroup, no controller for one, no criu, or no libarchive"
		continue
	fi
	if grep -q sleeper "$WORK/docs.sh" && ! grep -q "create.*sleeper" "$WORK/docs.sh"; then
		$L run --detach --bundle "$WORK/sleeper" sleeper </dev/null >"$WORK/out" 2>&1
	fi
	mkdir "$WORK/docs" "$WORK/docs.home"
	# What is kept for the user is not for who runs the tests.
	ok "the examples of $page" timeout "$((6 * patience))" env -C "$WORK/docs" \
		PATH="$WORK/docs.bin:$PATH" HOME="$WORK/docs.home" \
		sh -eux "$WORK/docs.sh"
	rm -rf "$WORK/docs" "$WORK/docs.home"
	$L delete --force sleeper
	is "the examples of $page leave no container" "$(ls "$WORK/state")" ""
done
