# shellcheck shell=sh
# What one task does that lasts keeps no other: the thread that traces performs
# nothing of that kind.
one_guest intercept "the interception layer, 105" || return 0
L="$LORICA --root $WORK/state"
d=$WORK/delay
bundle "$d"
cp "$SUPPORT/delay" "$d/rootfs/bin/delay"
config "$d" '.mounts += [{ destination: "/tmp", type: "tmpfs", source: "tmpfs" }]'
cp "$d/config.json" "$WORK/delay.json"
policy=$WORK/delay-policy.json
cat >"$policy" <<'JSON'
{ "files": [ { "paths": ["/nothing"], "access": ["read", "write", "create"], "action": "deny" } ],
  "execute": [ { "paths": ["/nothing"], "action": "deny" } ] }
JSON
# delay MODE PLATFORM ARGUMENT...: what the program of that name says.
delay() {
	mode=$1 platform=$2
	shift 2
	cp "$WORK/delay.json" "$d/config.json"
	config "$d" ".process.args = [\"delay\"$(printf ', "%s"' "$@")]"
	timeout -s KILL $((3 * patience)) $L run --intercept=$mode --policy "$policy" \
		--platform=$platform --bundle "$d" delay </dev/null 2>&1
	$L delete --force delay 2>/dev/null
}

# ---- a socket that lingers, of which the sentry has the last descriptor
for mode in guard sealed; do
	for platform in notify ptrace; do
		is "who closes a socket that lingers keeps no other, by $mode, $platform" \
			"$(delay $mode $platform lingering 50)" ok
	done
done

# ---- the number of opens of another task during a few calls that last
for mode in guard sealed; do
	for what in "openat2 2" "execve 10" "unlink 4" "truncate 4" "O_TRUNC 4"; do
		# The best of five: another may have had the processor.
		came=0
		for _ in 1 2 3 4 5; do
			# shellcheck disable=SC2086 # two words
			[ "$came" -ge 20 ] || came=$(delay $mode ptrace long $what | cut -d ' ' -f 1)
		done
		ok "a call that lasts keeps no other, by $mode: $what ($came)" test "$came" -ge 20
	done
done
