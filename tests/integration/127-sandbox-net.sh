# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # for the shell inside; for lib.sh
# lorica sandbox --net=LIST: what is listed is reached, and nothing else. The
# network is the test's own: a namespace whose loopback leads to addresses of the
# internet, of private networks and of the host's servers for names, none of which
# are the machine's; 45.1.1.1 and 2620:1::9 are.
one_guest user "the network of a sandbox" || return 0
d=$WORK/net
mkdir -p "$d/project"
chmod 755 "$d"
cp "$SUPPORT/reach" "$d/project/reach"
program_path=$PATH

# shellcheck source=tests/support/network.sh
. "$here/support/network.sh"
if ! can_network; then
	skip "lorica sandbox with a list of destinations" \
		"no ip(8), no /etc/resolv.conf or no namespaces"
	return
fi

# ---- the network -------------------------------------------------------------
printf 'nameserver 93.184.1.53\n' >"$d/resolv.conf"
printf '127.0.0.1 localhost\n93.184.1.2 hosted.test # one\n10.9.0.1 hostile.test\n' >"$d/hosts"
cat >"$d/network" <<'END'
set -e
ip link set lo up
ip addr add 45.1.1.1/32 dev lo
ip -6 addr add 2620:1::9/128 dev lo
for address in 93.184.1.1 93.184.1.2 93.184.1.53 10.9.0.1 169.254.169.254; do
	ip route add local "$address" dev lo src 45.1.1.1
done
for address in 2620:1::1 2620:1::2; do
	ip -6 route add local "$address" dev lo src 2620:1::9
done
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/hosts" /etc/hosts
set -- "$1/project/reach"
exec "$@" serve dns 93.184.1.53 53 \
	tcp 93.184.1.1 80 tcp 93.184.1.1 81 tcp 93.184.1.2 80 \
	tcp 10.9.0.1 80 tcp 169.254.169.254 80 tcp 127.0.0.1 80 tcp ::1 80 \
	tcp 2620:1::1 80 tcp 2620:1::2 80 \
	tcp 45.1.1.1 80 udp 45.1.1.1 80 tcp 2620:1::9 80 \
	udp 93.184.1.1 80 udp 93.184.1.2 80 udp 127.0.0.1 80 udp 2620:1::1 80
END
begin_network "$d" || return

# box OPTION... -- COMMAND: the sandbox, in that network.
box() {
	output sh "$d/enter" env HOME="$d" sh -c 'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}

hello="*hello from 93.184.1.1 80"
refusal() { printf 'lorica: sandbox: refused: %s (allow with --net=...,%s)' "$1" "$1"; }

box --net=none -- ./reach tcp 93.184.1.1 80
is "without a list there is nothing" "$out:$err" ENETUNREACH:
box --net=host -- ./reach tcp 93.184.1.1 80
has "and without a namespace all" "$out" "$hello"

# ---- addresses and ports, on both platforms ----------------------------------
for mode in guard sealed "guard --platform=ptrace" "sealed --platform=ptrace"; do
	# shellcheck disable=SC2086 # words
	set -- --intercept=$mode
	box "$@" --net=93.184.1.1:80 -- ./reach tcp 93.184.1.1 80
	has "$mode: an address that is listed" "$out" "$hello"
	is "$mode: is nothing to report" "$status:$err" 0:
	box "$@" --net=93.184.1.1:80 -- ./reach nonblock 93.184.1.1 80
	has "$mode: by a socket that does not block" "$out" "$hello"
	box "$@" --net=93.184.1.1:80 -- ./reach tcp 93.184.1.2 80
	is "$mode: one that is not" "$out:$err" "EACCES:$(refusal 93.184.1.2:80)"
	box "$@" --net=93.184.1.1:80 -- ./reach tcp 93.184.1.1 81
	is "$mode: another port" "$out:$err" "EACCES:$(refusal 93.184.1.1:81)"
	for way in connect sendto sendmsg sendmmsg; do
		box "$@" --net=93.184.1.1:80 -- ./reach udp $way 93.184.1.1 80
		is "$mode: datagrams by $way" "$status:$out:$err" "0:echo from 93.184.1.1 80:"
		box "$@" --net=93.184.1.1:80 -- ./reach udp $way 93.184.1.2 80
		is "$mode: refused by $way" "$out:$err" "EACCES:$(refusal 93.184.1.2:80)"
	done
	box "$@" --net=93.184.1.1 -- ./reach own
	is "$mode: its own loopback" "$status:$out:$err" 0:own:
	box "$@" --net=93.184.1.1 -- ./reach tcp 127.0.0.1 80
	is "$mode: the host's is another" "$out:$err" ECONNREFUSED:
	box "$@" --net=93.184.1.1 -- ./reach udp connect 127.0.0.1 80
	is "$mode: for datagrams, too" "$out" ECONNREFUSED
done
box --net='93.184.1.0/30' -- ./reach tcp 93.184.1.1 81
has "a network, any port" "$out" "*hello from 93.184.1.1 81"
box --net='93.184.1.1:79-80,10.9.0.1' -- sh -c './reach tcp 93.184.1.1 80; ./reach tcp 10.9.0.1 80'
has "a range of ports, and a private address that is named" "$out" \
	"$hello*hello from 10.9.0.1 80"
box --net='[2620:1::/127]:80' -- ./reach tcp 2620:1::1 80
has "IPv6" "$out" "*hello from 2620:1::1 80"
box --net='[2620:1::1]:80' -- sh -c './reach udp sendto 2620:1::1 80; ./reach tcp 2620:1::2 80'
is "datagrams, and another address" "$(echo "$out" | tr '\n' ' '):$err" \
	"echo from 2620:1::1 80 EACCES :$(refusal '[2620:1::2]:80')"
box --net=93.184.1.1:80 -- ./reach tcp ::ffff:93.184.1.1 80
has "an address of IPv4 as one of IPv6" "$out" "$hello"
box --net=127.0.0.1:80 -- ./reach tcp 127.0.0.1 80
has "the host's loopback, where it is named" "$out" "*hello from 127.0.0.1 80"

# ---- what no network names ---------------------------------------------------
box --net=0.0.0.0/0,::/0 -- sh -c 'for to in 10.9.0.1 169.254.169.254 ::ffff:10.9.0.1; do ./reach tcp $to 80; done; ./reach tcp 93.184.1.1 80'
has "all addresses are not the private ones" "$out" "EACCES
EACCES
EACCES
$hello"
is "which is told" "$err" "$(refusal 10.9.0.1:80)
$(refusal 169.254.169.254:80)"
box --net=169.254.0.0/16 -- ./reach tcp 169.254.169.254 80
is "a network is not the credentials in it" "$out" EACCES
box --net=169.254.169.254:80 -- ./reach tcp 169.254.169.254 80
has "unless they are named" "$out" "*hello from 169.254.169.254 80"

# ---- the machine's own addresses ---------------------------------------------
box --net='own.test,45.1.0.0/16,0.0.0.0/0,[::/0]:80' -- sh -c './reach name own.test A; ./reach tcp 45.1.1.1 80; ./reach udp sendto 45.1.1.1 80; ./reach tcp 2620:1::9 80; ./reach tcp 93.184.1.1 80'
has "no name and no network speaks for the machine itself" "$out" "code 0 45.1.1.1
EACCES
EACCES
EACCES
$hello"
is "which is told" "$err" "lorica: sandbox: refused: 45.1.1.1:80, which is this machine (allow with --net=...,45.1.1.1:80)
lorica: sandbox: refused: [2620:1::9]:80, which is this machine (allow with --net=...,[2620:1::9]:80)"
box --net='45.1.1.1:80,[2620:1::9]:80' -- sh -c './reach tcp 45.1.1.1 80; ./reach tcp 2620:1::9 80'
has "unless its address is named" "$out" "*hello from 45.1.1.1 80*hello from 2620:1::9 80"
box learn -o learned.json -- sh -c './reach tcp 45.1.1.1 80; ./reach tcp 2620:1::9 80; ./reach tcp 93.184.1.1 80; exit 0'
is "nor is it learned" "$(jq -c . "$d/project/learned.json")" '{"net":"93.184.1.1:80"}'
for own in '45.1.1.1:80' '[[]2620:1::9]:80'; do
	has "which is said of $own" "$err" \
		"*not learned: net $own: it is the machine's own, or a private address*"
done
rm "$d/project/learned.json"

# ---- names -------------------------------------------------------------------
box --net=good.test:80 -- sh -c './reach name GOOD.test A; ./reach name good.test AAAA; ./reach name good.test 65; ./reach name other.test A; ./reach name wild.test A'
is "names that are listed, and others" "$(echo "$out" | tr '\n' ' ')" \
	"code 0 93.184.1.1 code 0 2620:1::1 code 0 code 3 code 3 "
is "which is told" "$err" "$(refusal other.test)
$(refusal wild.test)"
box --net=good.test:80 -- sh -c './reach tcp 93.184.1.1 80; ./reach name good.test A; ./reach tcp 93.184.1.1 80; ./reach tcp 93.184.1.1 81; ./reach tcp 93.184.1.2 80'
has "an address counts once a name has had it" "$out" \
	"EACCES
code 0 93.184.1.1
$hello
EACCES
EACCES"
is "and the refusal says the name" "$err" "$(refusal 93.184.1.1:80)
$(refusal good.test:81)
$(refusal 93.184.1.2:80)"
box --net='*.wild.test' -- sh -c './reach name a.b.wild.test A; ./reach tcp 93.184.1.2 80; ./reach name wild.test A; ./reach name xwild.test A'
has "what is below a name, and not that itself" "$out" "code 0 93.184.1.2
*hello from 93.184.1.2 80
code 3
code 3"
box --net=alias.test -- ./reach name alias.test A
is "by an alias" "$out" "code 0 93.184.1.1"
box --net=rebind.test,meta.test -- sh -c 'for name in rebind.test meta.test; do ./reach name $name A; ./reach name $name AAAA; done
	for to in 10.9.0.1 127.0.0.1 ::1 169.254.169.254 ::ffff:10.9.0.1; do ./reach tcp $to 80; done'
is "no name speaks for private addresses" "$(echo "$out" | tr '\n' ' ')" \
	"code 0 code 0 code 0 code 0 EACCES ECONNREFUSED ECONNREFUSED EACCES EACCES "
has "which is told" "$err" "*refused: 10.9.0.1, which is the address of rebind.test (allow with --net=...,10.9.0.1)*"
has "with how credentials would be" "$err" "*refused: fd00:ec2::254, which is the address of meta.test (allow with --net=...,fd00:ec2::254)*"
box --net=rebind.test,10.9.0.1 -- sh -c './reach name rebind.test A; ./reach tcp 10.9.0.1 80'
has "unless the address is named" "$out" "code 0 10.9.0.1*hello from 10.9.0.1 80"
box --net=hosted.test,hostile.test -- sh -c './reach tcp 93.184.1.2 80; ./reach name hosted.test A; ./reach name hosted.test AAAA; ./reach name hostile.test A; ./reach tcp 10.9.0.1 80'
has "names of the host's own list" "$(echo "$out" | tr '\n' ' ')" \
	"*hello from 93.184.1.2 80 code 0 93.184.1.2 code 0 code 0 EACCES "
box --net=good.test -- cat /etc/resolv.conf
has "where names are asked for" "$out" "*nameserver 127.0.0.1"

# ---- what is done with a socket from outside ---------------------------------
# Of each: it was not bound or made to listen, and went nowhere else.
for verb in misuse hand; do
	for mode in guard sealed "guard --platform=ptrace"; do
		# shellcheck disable=SC2086 # words
		set -- --intercept=$mode
		box "$@" --net=93.184.1.1 -- ./reach $verb 93.184.1.1 93.184.1.2 80
		is "$mode: $verb: nothing succeeds" "$status:$(echo "$out" |
			grep -v -e 'bind EINVAL' -e 'listen EINVAL' \
				-e 'disconnect EOPNOTSUPP' -e 'fastopen EOPNOTSUPP' \
				-e 'udp-options EPERM' -e 'udp-interface EPERM' \
				-e 'set-[a-z]* ENOPROTOOPT' -e 'connect EACCES' -e 'send.*msg EACCES' -e 'sendto EACCES')" 0:
		is "$mode: $verb: all was tried" "$(echo "$out" | sort -u | wc -l)" 16
	done
done
for platform in notify ptrace; do
	box --platform=$platform --net=93.184.1.1 -- ./reach race 93.184.1.1 93.184.1.2 80 100
	has "an address that changes while it is looked at, by $platform" "$status:$out" "0:reached * 0"
done

# ---- by programs -------------------------------------------------------------
if program curl "curl by a list of names"; then
	box --net=good.test:80 -- curl -sS -m 9 http://good.test/
	has "curl by a name" "$status:$out:$err" "0:hello from * 80:"
	box --net=good.test:80 -- curl -sS -m 9 http://other.test/
	has "curl by another" "$status:$err" "6:*$(refusal other.test)"
fi
if program python3 "python3 by a list of names"; then
	box --net=good.test:80 -- python3 -c '
import socket, urllib.request, threading
print(urllib.request.urlopen("http://good.test/", timeout=9).read().decode()[:10])
server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=lambda: server.accept()[0].send(b"inside"), daemon=True).start()
print(socket.create_connection(server.getsockname()).recv(9).decode())
try:
    socket.create_connection(("93.184.1.2", 80), 9)
except PermissionError:
    print("refused")'
	is "python3, with a server of its own" "$status:$(echo "$out" | tr '\n' ' ')" \
		"0:hello from inside refused "
	mkdir -p "$d/served"
	if program git "git clone by a list of names" &&
		git init -q --bare "$d/served/r.git" 2>/dev/null; then
		git init -q "$d/work" && (cd "$d/work" && echo a >a && git add a &&
			git -c user.name=n -c user.email=e commit -qm m &&
			git push -q "$d/served/r.git" HEAD:main &&
			git -C "$d/served/r.git" symbolic-ref HEAD refs/heads/main &&
			git -C "$d/served/r.git" update-server-info)
		sh "$d/enter" python3 -m http.server --directory "$d/served" --bind 93.184.1.1 8000 \
			>/dev/null 2>&1 &
		server=$!
		ok "somebody serves a repository" await sh "$d/enter" "$d/project/reach" tcp 93.184.1.1 8000
		box --net=good.test:8000 -- sh -c 'git clone -q http://good.test:8000/r.git r && cat r/a'
		is "git clone" "$status:$out" 0:a
		kill $server
	fi
fi

# ---- as somebody without powers in that namespace ----------------------------
output sh "$d/enter" env HOME="$d" sh -c 'cd "$HOME" && exec "$@"' sh \
	unshare -U --map-user=1000 --map-group=1000 \
	"$LORICA" --root "$d/state-1000" sandbox --tmpfs "$d/served" --net=good.test:80 -- \
	sh -c 'id -u; project/reach name good.test A; project/reach tcp 93.184.1.1 80'
has "an ordinary user" "$status:$out" "0:1000
code 0 93.184.1.1
$hello"

# ---- when the helper has gone ------------------------------------------------
box --net=93.184.1.1 -- sh -c 'echo $$ >here; ./reach tcp 93.184.1.1 80; while [ ! -e gone ]; do sleep 0.1; done; ./reach tcp 93.184.1.1 80; ./reach own' &
boxed=$!
ok "the program runs" await test -s "$d/project/here"
helper=
for process in $(pgrep -x lorica-net); do
	grep -qs "$(readlink /proc/$network/ns/net)" "/proc/$process/ns/net" || true
	[ "$(readlink "/proc/$process/ns/net")" != "$(readlink "/proc/$network/ns/net")" ] || helper="$helper $process"
done
ok "the helper is there" test "$helper"
# A sanitizer makes calls of its own, so that what is built with one has no filter.
filter=2
! grep -q __asan_init "$LORICA" || filter=0
is "it has no powers and is under a filter" "$(grep -h -E '^(CapPrm|CapEff|NoNewPrivs|Seccomp):' /proc/${helper# }/status | tr -d '[:blank:]' | tr '\n' ' ')" \
	"CapPrm:0000000000000000 CapEff:0000000000000000 NoNewPrivs:1 Seccomp:$filter "
kill -9 ${helper# }
touch "$d/project/gone"
wait $boxed
has "nothing is reached without it" "$(cat "$WORK/out")" "$hello
ENETUNREACH
own"

# ---- words -------------------------------------------------------------------
box --print-config --net=good.test:80,10.0.0.0/8 -- true
answers "the configuration has the list" '.annotations["dev.lorica.net"]' '"good.test:80,10.0.0.0/8"'
answers "and a namespace" '[.linux.namespaces[].type] | index("network") != null' true
for wrong in some,thing,10.1 good.test:0 '[::1' localhost 10.1.2.3/8 good..test; do
	box --net=$wrong -- true
	has "--net=$wrong" "$status:$err" "125:lorica: sandbox: --net: \"*"
done
box --intercept=observe --net=good.test -- true
is "observe decides nothing" "$status:$err" \
	"125:lorica: sandbox: --net: a list needs --intercept=guard or sealed"
bundle "$d/bundle"
config "$d/bundle" '.annotations["dev.lorica.net"] = "10.0.0.0/8"'
run "$d/bundle"
is "no annotation of a bundle gives a network" "$status:$err" \
	"1:lorica: run c: annotations: dev.lorica.net: only lorica sandbox --net gives a network"

# ---- profiles ----------------------------------------------------------------
mkdir -p "$d/.config/lorica/sandbox"
echo '{"net": "*.test:80,93.184.1.0/24"}' >"$d/.config/lorica/sandbox/default.json"
echo '{"net": "good.test:80,evil.example:80,93.184.1.2"}' >"$d/project/.lorica"
box --print-config -- true
has "a project's list narrows" "$(printf %s "$out" | jq -r '.annotations["dev.lorica.net"]'):$err" \
	"good.test:80,93.184.1.2:*asks for more, which it does not get: net evil.example:80;*"
rm "$d/project/.lorica" "$d/.config/lorica/sandbox/default.json"
kill $network
trap - EXIT
