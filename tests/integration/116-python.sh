# shellcheck shell=sh disable=SC2034,SC2154 # for output; set by run
# Python's own tests of what it has of the system, under the interception layer: what
# passes in a container without it passes in it, by each mode and platform.
one_guest programs "Python's own tests under the interception layer" || return 0
tests=/usr/lib/python3.11/test
if [ "${LORICA_GUEST:-}" = programs ] || [ ! -f $tests/test_wait4.py ]; then
	needs programs "Python's own tests" || return 0
	ok "they are installed" test -f $tests/test_wait4.py
fi
# shellcheck source=tests/support/machine.sh
. "$here/support/machine.sh"
modules="test_posix test_tempfile test_glob test_fcntl test_stat test_epoll test_fork1"
how_many=5
python_user=user
python_modes="guard:notify guard:ptrace sealed:notify sealed:ptrace"
# A guest does by one of them, each user another, a little of what the host does by all.
if [ -z "${LORICA_GUEST:-}" ]; then
	modules="$modules test_os test_select test_selectors test_shutil test_pathlib
		test_posixpath test_mmap test_fileio test_resource test_popen test_pty
		test_openpty test_subprocess test_socket test_threading test_signal test_io
		test_poll test_eintr test_wait3 test_wait4 test_dbm test_zipfile test_tarfile
		test_httpservers"
	how_many=28
else
	python_modes=sealed:ptrace
fi
user=0
if [ "$(id -u)" = 0 ]; then
	user=65534
	python_user=root
	[ -z "${LORICA_GUEST:-}" ] || python_modes=sealed:notify
fi
limit=$((60 * patience))
# Of every section, so that every call is stopped that could be; it denies nothing here.
python_policy=$here/data/policy-all-sections.json

# suite MODULES OPTION...: what python says of them in a container, its result last.
suite() {
	configured . "/usr/bin/python3 -m test -q --timeout 900 \
		$(echo "$1" | tr '\n\t' '  ') >log 2>&1 || true; cat log"
	shift
	output "$LORICA" --root "$WORK/state" run --bundle "$m" "$@" python
	[ $status -lt 124 ] || "$LORICA" --root "$WORK/state" delete --force python
}

suite "$modules"
broken=" $(sed -n '/ tests* failed:$/,/^$/p' "$WORK/out" | tr '\n' ' ') "
passing=
for module in $modules; do
	case $broken in *" $module "*) ;; *) passing="$passing $module" ;; esac
done
# shellcheck disable=SC2086 # a list
ok "most of them pass without the layer" [ "$(printf '%s\n' $passing | wc -l)" -ge $how_many ]
for how in ${COMPAT_MODES:-$python_modes}; do
	# What is refused there, as kernels without them do: UDP-Lite; splice(2), dnotify. And
	# one that closes its socket as soon as the server has accepted, so that the client has
	# to be back from connect(2) before that.
	without="-i *UDPLITE* -i *testSourceAddress"
	case $how in
	sealed:*) without="$without -i test_splice* -i test_fcntl_64_bit" ;;
	esac
	suite "$without $passing" --intercept="${how%:*}" \
		--platform="${how#*:}" --policy "$python_policy"
	last=$(tail -n 1 "$WORK/out")
	result=yes
	[ "$last" = "Tests result: SUCCESS" ] || result=no
	is "Python's own tests by $how" "$status:$last" "0:Tests result: SUCCESS"
	[ $result = yes ] || sed -n '/^test .* failed/,/^[0-9]* test/p' "$WORK/out" | head -n 60
	[ -z "${COMPAT_RESULTS:-}" ] || printf '%s\t%s\t%s\t%s\n' \
		"python3's own tests" "$how" "$python_user" $result >>"$COMPAT_RESULTS"
done
is "nothing is left" "$("$LORICA" --root "$WORK/state" list -q)" ""
unset limit
