# shellcheck shell=sh disable=SC2034,SC2154 # for output; set by run
# Real programs under the interception layer, by each mode and platform. They are the
# machine's. What came of each is a line in COMPAT_RESULTS, if that names a file:
# tests/support/compat makes docs/compatibility.md of it.
one_guest programs "programs under the interception layer" ||
	return 0
p=$WORK/profile.json
# shellcheck source=tests/support/machine.sh
. "$here/support/machine.sh"
program_path=/usr/bin:/usr/sbin
limit=$((6 * patience))
# Rules of every section, so that every call is stopped that could be, and nothing is
# denied that these do.
compat_policy=$here/data/policy-all-sections.json
compat_user=user
compat_modes="guard:notify guard:ptrace sealed:notify sealed:ptrace"
# A guest does in half of them what the host does in all.
[ -z "${LORICA_GUEST:-}" ] || compat_modes="guard:notify sealed:ptrace"
if [ "$(id -u)" = 0 ]; then
	compat_user=root
	[ -z "${LORICA_GUEST:-}" ] || compat_modes="guard:ptrace sealed:notify"
fi
compat_modes=${COMPAT_MODES:-$compat_modes}

# Of the bundle's configuration, what a program wants otherwise.
as=.

# noted PROGRAM MODE RESULT
noted() {
	[ -z "${COMPAT_RESULTS:-}" ] ||
		printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$compat_user" "$3" >>"$COMPAT_RESULTS"
}
# works PROFILES PROGRAM COMMAND WANTED [NAME]: the last line that it prints; it is called
# NAME where one program has several.
works() {
	shown=${5:-$2}
	program "$2" "$2 under the interception layer" || return 0
	[ -z "${COMPAT_ONLY:-}" ] || [ "$COMPAT_ONLY" = "$2" ] || return 0
	# What it prints says nothing about what it traced.
	[ "$2" != gdb ] || return 0
	configured "$as" "$3"
	for how in $compat_modes; do
		output "$LORICA" --root "$WORK/state" run --intercept="${how%:*}" \
			--platform="${how#*:}" --policy "$compat_policy" --bundle "$m" p
		last=$(tail -n 1 "$WORK/out")
		err=$(tail -n 3 "$WORK/err")
		[ $status -lt 124 ] || "$LORICA" --root "$WORK/state" delete --force p
		# A task has one tracer, and this is another.
		if [ "$2" = strace ]; then
			ok "$shown by $how: there is another tracer" test "$last" != "$4"
			noted "$shown" "$how" "no: a task has one tracer"
			continue
		fi
		is "$shown by $how" "$status:$last${err:+ stderr: $err}" "0:$4"
		if [ "$status:$last" = "0:$4" ]; then noted "$shown" "$how" yes
		else noted "$shown" "$how" "no"; fi
	done
}
recorded() { works "$@"; }
# shellcheck source=tests/support/programs.sh
. "$here/support/programs.sh"
user=0
works . bash 'bash -c "
	set -m; sleep 0.2 & wait %1; a=(x y z); exec 7<>f; echo \${#a[@]} >&7
	read -r n < <(cat f); trap \"echo \$n\" EXIT; (exit 3) || true" 2>log' 3
works . find 'mkdir -p a/b/c; touch a/1 a/b/2 a/b/c/3; find a -name "[0-9]" -exec cat {} + ; find a -type f -delete; find a | xargs -n 1 echo | wc -l' 3
works . make 'printf "all: a b c\n%%: %%.in\n\tcp \$< \$@\n" >Makefile; touch a.in b.in c.in; make -s -j3 && ls a b c | wc -l' 3
works . redis-benchmark 'redis-server --port 7777 --dir /tmp --save "" >log 2>&1 &
	until redis-cli -p 7777 ping; do kill -0 $!; sleep 0.1; done >/dev/null 2>&1
	redis-benchmark -p 7777 -t set,get,lpush -n 2000 -c 20 -q --csv >out; redis-cli -p 7777 shutdown nosave >/dev/null 2>&1; wait; grep -c "^\"[SGL]" out' 3
works . wrk "$nginx_up"'
	wrk -t 1 -c 8 -d 5 --timeout 60s http://127.0.0.1:8080/x >out; nginx -e /tmp/e -c /tmp/n.conf -s quit
	awk "/requests in/ { n = \$1 } /Non-2xx|Socket errors/ { bad = 1 } END { print (n > 20 && !bad) }" out' 1
# It refuses to be root.
user=65534
if [ "$(id -u)" != 0 ]; then
	as='.linux.uidMappings[0].containerID = 65534 | .linux.gidMappings[0].containerID = 65534'
	works . postgres "$postgres_does" 1
fi
works . pgbench "$postgres_up"'
	pgbench -q -i -h /tmp postgres >log 2>&1; pgbench -h /tmp -n -c 2 -t 20 postgres >log 2>&1
	pg_ctl -D db -m fast -w stop >/dev/null; grep -c "actually processed: 40/40" log' 1
user=0
as=.
works . tmux 'tmux -S /tmp/s new-session -d -x 80 -y 24 "echo in tmux; sleep 300"; for n in $(seq 150); do
	tmux -S /tmp/s capture-pane -p | grep -q "in tmux" && break; sleep 0.2; done
	tmux -S /tmp/s capture-pane -p | head -n 1; tmux -S /tmp/s kill-server' "in tmux"
works . vim 'printf "one\ntwo\n" >x; TERM=xterm script -qec "vim -u NONE -n -c \"2s/two/three/\" -c wq x" /dev/null >/dev/null </dev/null; tail -n 1 x' three
# Its system calls by classes, of which a guest, where each takes minutes, tries one. What
# a mode refuses is not tried by it: others do.
compat_all=$compat_modes
while read -r class passes stressors; do
	case $class in '#'*) continue ;; esac
	[ -z "${LORICA_GUEST:-}" ] || [ "$class" = threads ] || continue
	compat_modes=
	for how in $compat_all; do
		case $passes:$how in
		any:* | guard:guard:*) compat_modes="$compat_modes $how" ;;
		*) [ "${COMPAT_ONLY:-stress-ng}" != stress-ng ] ||
			noted "stress-ng: $class" "$how" refused ;;
		esac
	done
	# shellcheck disable=SC2086 # a list
	works . stress-ng "stress-ng --verify --temp-path /tmp --timeout 2 $(printf -- '--%s 1 ' $stressors) >log 2>&1 ||
		{ grep -v info: log; exit 1; }; ! grep 'will be skipped' log; echo verified" verified "stress-ng: $class"
done <"$here/data/stress.txt"
compat_modes=$compat_all
works . go 'printf "package main\nfunc main() { println(42) }" >x.go; GOCACHE=/tmp/c go run x.go 2>&1' 42
is "nothing is left" "$("$LORICA" --root "$WORK/state" list -q)" ""
unset limit
