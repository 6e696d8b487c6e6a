# shellcheck shell=sh disable=SC2154 # set by run
# What the sentry does on a container's sockets in its place: decided on every
# way to an address, the same as natively for whom no rule fits, and what
# threads, links and signals do in between changes nothing.
one_guest intercept "the interception layer, 112" || return 0
net=$WORK/net
bundle "$net"
ok "the program was built by make check" \
	cp "$SUPPORT/sockets" "$net/rootfs/bin/sockets"
mkdir -p "$net/rootfs/secret" "$net/rootfs/home"
chmod 777 "$net/rootfs/secret" "$net/rootfs/tmp"
ip_up='.linux.namespaces |= (map(select(.type != "network")) + [{type: "network"}])'
config "$net" "$ip_up | .root.readonly = false"
cp "$net/config.json" "$WORK/net.json"

cat >"$WORK/other.json" <<'END'
{"network": [{"to": ["198.51.100.0/24", "unix:/secret/*"], "action": "deny", "errno": "EHOSTDOWN"}]}
END
cat >"$WORK/rules.json" <<'END'
{"network": [
	{"to": ["metadata", "127.0.0.2/32", "unix:/secret/*", "unix:@secret"], "action": "deny", "errno": "EHOSTDOWN"},
	{"to": ["127.0.0.0/8"], "ports": ["600-700"], "operations": ["bind", "send"], "action": "deny", "errno": "EHOSTDOWN"}]}
END
cat >"$WORK/binds.json" <<'END'
{"network": [{"to": ["metadata"], "operations": ["bind", "send"], "action": "deny", "errno": "EHOSTDOWN"}]}
END
cat >"$WORK/connects.json" <<'END'
{"network": [{"to": ["127.0.0.2/32"], "operations": ["connect"], "action": "deny", "errno": "EHOSTDOWN"}]}
END
cat >"$WORK/races.json" <<'END'
{"network": [{"to": ["127.0.0.2/32"], "operations": ["connect", "send"], "action": "deny", "errno": "EHOSTDOWN"},
	{"to": ["unix:/tmp/bad"], "operations": ["connect", "send"], "action": "deny", "errno": "EHOSTDOWN"}]}
END
cat >"$WORK/fifo.json" <<'END'
{"network": [{"to": ["198.51.100.0/24"], "action": "deny", "errno": "EHOSTDOWN"}],
"files": [{"paths": ["/secret/*"], "access": ["read"], "action": "deny", "errno": "EACCES"}]}
END

# in_net LAYER ARGUMENT...: run sockets; LAYER is "off", or a platform and a policy.
# Sets out, err and status.
in_net() {
	layer=$1
	shift
	rm -rf "$net/rootfs/tmp"
	mkdir -m 777 "$net/rootfs/tmp"
	for kind in 1 2 5; do
		ln -s "here$kind" "$net/rootfs/tmp/link$kind"
	done
	mkfifo "$net/rootfs/tmp/fifo"
	jq '.process.args = ["sockets"] + $ARGS.positional | .process.cwd = "/tmp"' \
		"$WORK/net.json" --args "$@" >"$net/config.json"
	status=0
	# shellcheck disable=SC2046 # a list of words
	timeout -k 1 $((2 * patience)) "$LORICA" --root "$WORK/state" run \
		--bundle "$net" $(flags_of "$layer") c \
		>"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
	out=$(cat "$WORK/out")
	err=$(cat "$WORK/err")
	# One that hangs fails alone.
	[ $status = 0 ] || "$LORICA" --root "$WORK/state" delete --force c
}
flags_of() {
	case $1 in
	off) ;;
	*) echo "--intercept=${mode:-guard} --platform=${1%:*} --policy $WORK/${1#*:}.json" ;;
	esac
}

# ---- the same as natively ---------------------------------------------------
for what in calls messages "wait connect" "wait send" "wait accept" "wait many"; do
	# shellcheck disable=SC2086 # a list of words
	in_net off $what
	native=$out
	is "$what, natively" "$status $err" "0 "
	for platform in notify ptrace; do
		# shellcheck disable=SC2086
		in_net $platform:other $what
		is "$what, $platform" "$out$status$err" "${native}0"
	done
done
# Whose connection it is says the kernel, which knows who made it: the ids are the task's,
# and the process is outside, which is 0 to who looks from inside.
in_net off peers
is "peers, natively" "$status:$err:$out" "0::of a pair: own ids, process right
who listens: own ids, process right
who connects: own ids, process right"
for platform in notify ptrace; do
	for mode in guard sealed; do
		in_net $platform:other peers
		is "peers, by $mode, $platform" "$status:$err:$out" "0::of a pair: own ids, process right
who listens: own ids, process 0
who connects: own ids, process 0"
	done
done
unset mode
in_net off wait open
native=$out
for platform in notify ptrace; do
	in_net $platform:fifo wait open
	is "to open a FIFO, $platform" "$out$status$err" "${native}0"
done

# ---- a message that goes in parts ------------------------------------------------
cp "$WORK/net.json" "$WORK/root.json"
# Who is not the user whom the sentry began as.
[ "$(id -u)" != 0 ] || config "$net" '.process.user = {uid: 1000, gid: 1000}'
[ "$(id -u)" != 0 ] || cp "$net/config.json" "$WORK/net.json"
in_net off long
native=$out
has "a long message, natively" "$status$err$out" "04000 of 4000*, 1 with*70000 of 70000*, 1 with*400000 of 400000*, 1 with*its sender, 0"
for platform in notify ptrace; do
	in_net $platform:rules long
	is "a long message, $platform" "$out$status$err" "${native}0"
done
cp "$WORK/root.json" "$WORK/net.json"

# ---- who waits with much ------------------------------------------------------
# held KIND: what is said, and whether the sentry has stayed small meanwhile, in KiB.
most=49152
! grep -q __asan_init "$LORICA" || most=1000000
held() {
	rm -f "$WORK/out"
	in_net $platform:rules hold "$1" &
	await test -s "$WORK/out"
	sentry=$(sed -n 's/^TracerPid:.//p' "/proc/$("$LORICA" --root "$WORK/state" state c | jq .pid)/status")
	peak=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$sentry/status")
	"$LORICA" --root "$WORK/state" delete --force c
	wait $!
	echo "$(cat "$WORK/out"), $((peak < most ? 1 : peak))"
}
for platform in notify ptrace; do
	is "datagrams of 400 kB that wait, $platform" "$(held datagrams)" \
		"some wait: 1, some are refused: 1, 1"
	is "streams that wait, $platform" "$(held streams)" \
		"some wait: 1, some are refused: 0, 1"
done

# ---- every way to what is forbidden -----------------------------------------
for platform in notify ptrace; do
	for address in 169.254.169.254 ::ffff:169.254.169.254 fd00:ec2::254 \
		64:ff9b::a9fe:a9fe 127.0.0.2; do
		in_net $platform:rules to all $address 80
		is "$address, $platform" \
			"$(printf %s "$out" | sed '/^unspec/d;s/.* //' | sort -u)$status" \
			EHOSTDOWN0
	done
	in_net $platform:connects to fastopen 127.0.0.2 80
	is "who sends with MSG_FASTOPEN connects, $platform" "$out" "fastopen EHOSTDOWN"
	in_net $platform:connects to sendto 127.0.0.2 80
	is "a datagram does not, $platform" "$out" "sendto yes"
	in_net $platform:rules to unspec 169.254.169.254 80
	is "no family, $platform" "$out" "unspec EHOSTDOWN"
	in_net $platform:rules to all 127.0.0.1 650
	is "ports, $platform" "$(printf %s "$out" | tr '\n' ' ')" \
		"connect EINPROGRESS connected yes sendto EHOSTDOWN fastopen EHOSTDOWN sendmsg EHOSTDOWN sendmmsg EHOSTDOWN unspec EHOSTDOWN bind EHOSTDOWN"
	for how in connect connected sendto sendmsg sendmmsg bind; do
		in_net $platform:rules to $how /secret/x 0
		[ $how = bind ] || [ "$out" != "$how ENOENT" ] || out="$how EHOSTDOWN"
		is "a path, $how, $platform" "$out" "$how EHOSTDOWN"
		in_net $platform:rules to $how @secret 0
		is "a name, $how, $platform" "$out" "$how EHOSTDOWN"
	done
done

# What is bound by listen(2) is bound everywhere, also where that is forbidden.
config "$net" "$ip_up"' | .root.readonly = false |
	.process.capabilities |= map_values(. + ["CAP_NET_RAW"] | unique)'
cp "$net/config.json" "$WORK/net.json"
unsaid() {
	printf '%s\n' "listen_at(AF_INET, NULL) = $1" "listen_at(AF_INET6, NULL) = $1" \
		"listen_at(AF_INET, &home) = 0" "send_raw6(raw, argv[1]) = $2" \
		"setsockopt(raw, SOL_RAW, IPV6_HDRINCL, &on, sizeof(on)) = $3"
}
in_net off unsaid fd00:ec2::254
is "what says no address, natively" "$status:$err:$out" "0::$(unsaid 0 ENETUNREACH 0)"
for platform in notify ptrace; do
	in_net $platform:binds unsaid fd00:ec2::254
	is "what says no address, $platform" "$status:$err:$out" \
		"0::$(unsaid EHOSTDOWN EHOSTDOWN ENOPROTOOPT)"
done

# ---- races ------------------------------------------------------------------
# It can succeed; a guest, whose processors are emulated, takes the host's word.
unguarded() {
	attempt=0 out="reached 0"
	while [ "$out" = "reached 0" ] && [ $attempt -lt 8 ]; do
		attempt=$((attempt + 1))
		in_net off race "$1" 127.0.0.1 127.0.0.2 4000
	done
	ok "$1: nobody is in the way, and it is reached: $out" \
		test "${out#reached }" -gt 0
}
tries=4000
[ -z "${LORICA_GUEST:-}" ] || tries=50
for how in address message pointer descriptor; do
	[ "${LORICA_GUEST:-}" ] || unguarded $how
	for platform in notify ptrace; do
		in_net $platform:races race $how 127.0.0.1 127.0.0.2 $tries
		is "$how, $platform" "$out$status$err" "reached 00"
	done
done
