# shellcheck shell=sh disable=SC2154 # set by run and lib
# Hosts as they are: version 2 alone, beside version 1, version 1 alone, neither.
# A container without limits runs on each; a limit is in force or refused, and
# then the line says which controller is missing and why.
# shellcheck source=tests/support/group.sh
. "$here/support/group.sh"
needs root "hosts as they are" || return 0
if ! unshare -m true 2>/dev/null; then
	skip "hosts as they are" "it wants to mount"
	return
fi
group_bundle hosts
mkdir "$g/view" "$g/v1"
# What version 1 has here, and a hierarchy of it that needs no controller.
cat >"$g/version1" <<-'END'
	mount -t tmpfs view "$view"
	while read -r _ _ _ _ at _ rest; do
		case $rest in
		*" - cgroup "*)
			mkdir -p "$view/${at##*/}"
			mount --bind "$at" "$view/${at##*/}"
			;;
		esac
	done </proc/self/mountinfo
	mkdir "$view/lorica"
	mount -t cgroup -o none,name=lorica lorica "$view/lorica"
END
cat >"$g/version2" <<-'END'
	mkdir -p "$view/unified"
	mount -t cgroup2 unified "$view/unified"
END
cat >"$g/use" <<-'END'
	mount --rbind "$view" /sys/fs/cgroup
END
# on HOST COMMAND...: in a mount namespace where /sys/fs/cgroup is like that.
on() {
	case $1 in
	neither) parts='mount -t tmpfs view "$view"; . "$parts/use"' ;;
	v1) parts='. "$parts/version1"; . "$parts/use"' ;;
	hybrid) parts='. "$parts/version1"; . "$parts/version2"; . "$parts/use"' ;;
	v2) parts='[ "$v2" = /sys/fs/cgroup ] || mount -t cgroup2 cgroup2 /sys/fs/cgroup' ;;
	esac
	shift
	unshare -m --propagation private env view="$g/view" parts="$g" v2="$v2" \
		sh -c "$parts;"' exec "$@"' sh "$@" </dev/null 2>&1
}
for host in neither v1 hybrid v2; do
	[ "$host" != v2 ] || [ -n "$v2" ] || continue
	with '.process.args = ["busybox", "echo", "runs"]'
	is "$host: without limits" "$(on $host timeout $patience $L run --bundle "$g" h)" runs
	with '.process.args = ["busybox", "echo", "runs"] | del(.linux.resources) |
		del(.linux.namespaces[] | select(.type == "cgroup"))'
	is "$host: without a cgroup namespace" "$(on $host timeout $patience $L run --bundle "$g" h)" runs
	with .
	on $host $L create --bundle "$g" h >"$g/h.out"
	is "$host: create" "$(cat "$g/h.out")" ""
	is "$host: start" "$(on $host $L start h)" ""
	pid=$(pid_of h)
	is "$host: ps" "$(on $host $L ps -f json h)" "[$pid]"
	case $host in
	neither | v1)
		has "$host: pause" "$(on $host $L pause h)" \
			"lorica: pause h: the container has no cgroup: *"
		;;
	*)
		is "$host: pause" "$(on $host $L pause h)" ""
		is "$host: paused" "$(on $host $L state h | jq -r .status)" paused
		;;
	esac
	is "$host: kill --all" "$(on $host $L kill --all h KILL)" ""
	ok "$host: it ends" soon sh -c "! kill -0 $pid 2>/dev/null"
	is "$host: delete" "$(on $host $L delete --force h)" ""
	is "$host: nothing is left" "$(ls "$WORK/state"; ls -d "$beside/h" 2>/dev/null)" ""

	for limit in 'memory.limit memory {"memory":{"limit":100000000}}' \
		'pids.limit pids {"pids":{"limit":50}}' \
		'cpu.shares cpu {"cpu":{"shares":50}}' \
		'blockIO.weight io {"blockIO":{"weight":100}}'; do
		place=${limit%% *}
		json=${limit##* }
		name=${limit#* }
		name=${name% *}
		with ".linux.resources = $json | .process.args = [\"busybox\", \"echo\", \"runs\"]"
		said=$(on $host timeout $patience $L run --bundle "$g" h)
		line="lorica: run h: linux.resources.$place: the $name controller is not available:"
		case $host in
		neither | v1) is "$host: $place" "$said" "$line the host has no cgroup v2 hierarchy" ;;
		*)
			if has_controllers "$name"; then
				is "$host: $place" "$said" runs
			elif awk -v n="${name%io}" '$1 ~ "^(blk)?" n "(io)?$" && $2 != 0 { found = 1 } END { exit !found }' /proc/cgroups; then
				is "$host: $place" "$said" "$line the host uses it in cgroup v1"
			else
				has "$host: $place" "$said" "$line the *"
			fi
			;;
		esac
		is "$host: nothing is left" "$(ls "$WORK/state")" ""
	done
done
