# shellcheck shell=sh disable=SC2154,SC2016 # set by output; in the container
# Calls that a policy names: the runtime makes some of them on its own way to the
# program, and that keeps nobody waiting; by both platforms.
one_guest intercept "the interception layer, 103" || return 0
b=$WORK/named
bundle "$b"
printf 'secret\n' >"$b/rootfs/etc/secret"
sh_in "$b" 'cat /etc/secret; echo done'
policy=$WORK/named.json
# shellcheck disable=SC2034 # for output
limit=$((2 * patience))
# named MODE ACTION CALL...: run the bundle, with a rule for those.
named() {
	mode=$1 action=$2
	shift 2
	jq -n --arg action "$action" '{calls: [{names: $ARGS.positional, action: $action}]}' \
		--args "$@" >"$policy"
	output "$LORICA" --root "$WORK/state" run -b "$b" --intercept="$mode" \
		--platform="$platform" --policy "$policy" c
	[ $status -lt 124 ] || "$LORICA" --root "$WORK/state" delete --force c
}
all=$("$LORICA" syscalls --intercept guard --json | jq -r '.calls[].name')
few="write wait4 close exit_group futex getppid nanosleep clock_nanosleep sendmsg read"
for platform in notify ptrace; do
	for mode in guard sealed; do
		# shellcheck disable=SC2086 # names
		named $mode log $all
		is "every call is logged, by $mode, $platform" "$status:$err:$out" "0::secret
done"
	done
	for call in $few; do
		named guard log "$call"
		is "$call is logged, by $platform" "$status:$err:$out" "0::secret
done"
	done
	# What is left of it is the program's affair; but it ends.
	for call in write wait4 close exit futex; do
		named guard deny "$call"
		ok "$call is denied, by $platform: $status, $err" test $status -lt 124
	done
	# shellcheck disable=SC2086
	named guard deny $all
	is "every call is denied, by $platform" "$out" ""
	ok "and that ends, by $platform: $status, $err" test $status -ne 0 -a $status -lt 124

	# shellcheck disable=SC2086
	jq -n '{calls: [{names: $ARGS.positional, action: "log"}]}' --args $all >"$policy"
	sh_in "$b" 'sleep 300'
	output "$LORICA" --root "$WORK/state" run -d -b "$b" --intercept=guard \
		--platform="$platform" --policy "$policy" c
	output "$LORICA" --root "$WORK/state" exec c sh -c 'cat /etc/secret; exit 3'
	is "exec, by $platform" "$status:$err:$out" "3::secret"
	"$LORICA" --root "$WORK/state" delete --force c
	sh_in "$b" 'cat /etc/secret; echo done'
done
is "no container is left" "$("$LORICA" --root "$WORK/state" list -q)" ""
unset limit
