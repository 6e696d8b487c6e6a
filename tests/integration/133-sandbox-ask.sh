# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # for the shell inside; for lib.sh
# lorica sandbox --ask: what would be refused is a question first, on a terminal
# that is lorica's alone or at a socket. The network is the test's own.
one_guest user "questions of a sandbox" || return 0
d=$WORK/ask
mkdir -p "$d/project" "$d/agent"
chmod 755 "$d"
cp "$SUPPORT/reach" "$d/project/reach"
# shellcheck source=tests/support/network.sh
. "$here/support/network.sh"
if ! can_network; then
	skip "lorica sandbox --ask" "no ip(8), no /etc/resolv.conf or no namespaces"
	return
fi

# ---- the network -------------------------------------------------------------
printf 'nameserver 93.184.1.53\n' >"$d/resolv.conf"
printf '127.0.0.1 localhost\n93.184.1.2 hosted.test\n' >"$d/hosts"
cat >"$d/network" <<'END'
set -e
ip link set lo up
ip addr add 45.1.1.1/32 dev lo
for address in 93.184.1.1 93.184.1.2 93.184.1.53 10.9.0.1 169.254.169.254; do
	ip route add local "$address" dev lo src 45.1.1.1
done
mount --bind "$1/resolv.conf" /etc/resolv.conf
mount --bind "$1/hosts" /etc/hosts
exec "$1/project/reach" serve dns 93.184.1.53 53 \
	tcp 93.184.1.1 80 tcp 93.184.1.1 81 tcp 93.184.1.2 80 \
	tcp 10.9.0.1 80 tcp 169.254.169.254 80 tcp 45.1.1.1 80 udp 93.184.1.1 80
END
begin_network "$d" || return
echo 'cd "$HOME/project" && exec "$@"' >"$d/there"

# are_asked N: has it asked so many times? It shows as question says.
are_asked() { [ "$(grep -ao "$question" "$d/out" | wc -l)" -ge "$1" ]; }

# What happens while a question stands. What is typed in its first second is no
# answer.
meanwhile() { sleep $reading; }

reading=1.1

# asked: give each line of words when the question of its number is there; "\n"
# in it is a line more.
asked() {
	number=0
	while read -r word; do
		number=$((number + 1))
		await are_asked $number || return
		meanwhile
		printf '%b\n' "$word"
	done <"$d/words"
	# An end of the input is an answer, too.
	await test -e "$d/over"
}

# in_box MODE COMMAND...: the sandbox with the words that come. MODE COMMAND are
# of caller; what came is in out, with an end of the program's own.
in_box() {
	rm -f "$d/over"
	: >"$d/out"
	asked | {
		status=0
		timeout $((3 * patience)) "$SUPPORT/caller" "$@" >"$d/out" 2>&1 || status=$?
		echo $status >"$d/status"
		touch "$d/over"
	}
	status=$(cat "$d/status")
}

# at_terminal WORDS OPTION... -- COMMAND: on a terminal, where the words are typed.
at_terminal() {
	: >"$d/words"
	[ -z "$1" ] || printf '%b\n' "$1" | tr ' ' '\n' >"$d/words"
	shift
	question='[]]? '
	in_box typist 24 80 sh "$d/enter" env HOME="$d" sh "$d/there" \
		"$LORICA" --root "$d/state" sandbox --ask "$@"
	# As it is read, without what only the terminal is told.
	out=$(tr -d '\r\030\017' <"$d/out" | sed 's/\x1b[[][!<=>?0-9;]*[a-zA-Z]//g
		s/\x1b[]][0-9]*\x1b\\//g; s/\x1b(B//g; s/\x1b[78\\]//g')
}

# at_socket WORDS OPTION... -- COMMAND: the same by lines at a socket.
at_socket() {
	reading=0
	printf '%s\n' "$1" >"$d/words"
	shift
	question='"ask":'
	in_box agent "$d/agent/sock" sh "$d/enter" env HOME="$d" sh "$d/there" \
		"$LORICA" --root "$d/state" sandbox --ask="$d/agent/sock" "$@"
	reading=1.1
	out=$(cat "$d/out")
}

hello="*hello from 93.184.1.1 80*"
asks() { printf '*lorica: asks: connect "%s" by process * ("reach") ?once, session, save, no, never?? %s*' "$1" "$2"; }
twice='./reach tcp 93.184.1.1 80; ./reach tcp 93.184.1.1 80'
is_silent() { ! grep -aq "hello from" "$d/out"; }
count() { grep -ac "asks:" "$d/out"; }

# ---- on the terminal ---------------------------------------------------------
at_terminal once -- ./reach tcp 93.184.1.1 80
has "once" "$status:$out" "0:$(asks 93.184.1.1:80 once)$hello"
at_terminal "once no" -- sh -c "$twice"
has "once is for one connection" "$out" \
	"$(asks 93.184.1.1:80 once)$hello$(asks 93.184.1.1:80 no)EACCES*refused: 93.184.1.1:80 (allow with *"
at_terminal session -- sh -c "$twice"
has "session is for all" "$out" "$(asks 93.184.1.1:80 session)$hello$hello"
is "so that it is asked once" "$(count)" 1
at_terminal no -- ./reach tcp 93.184.1.1 80
has "no" "$out" "$(asks 93.184.1.1:80 no)EACCES*"
at_terminal never -- sh -c "$twice"
has "never" "$out" "$(asks 93.184.1.1:80 never)EACCES*EACCES*"
is "is asked once as well" "$(count)" 1
at_terminal "yes y once" -- ./reach tcp 93.184.1.1 80
has "another word is no answer" "$out" "*asks:*yes*asks:*y*asks:*once*$hello"
for mode in "guard --platform=ptrace" sealed; do
	# shellcheck disable=SC2086 # words
	at_terminal "once no" --intercept=$mode -- sh -c './reach nonblock 93.184.1.1 80; ./reach udp sendto 93.184.1.2 80'
	has "$mode: what does not block waits too" "$out" \
		"$(asks 93.184.1.1:80 once)$hello$(asks 93.184.1.2:80 no)EACCES*"
done
at_terminal "session no" --net=93.184.1.1:80 -- sh -c './reach tcp 93.184.1.1 80; ./reach tcp 93.184.1.1 81; ./reach tcp 93.184.1.1 81; ./reach tcp 93.184.1.2 80'
has "beside a list, which is not asked about" "$out" \
	"*hello from 93.184.1.1 80$(asks 93.184.1.1:81 session)*hello from 93.184.1.1 81*hello from 93.184.1.1 81$(asks 93.184.1.2:80 no)EACCES*"
at_terminal "no no no" -- sh -c './reach tcp 10.9.0.1 80; ./reach tcp 169.254.169.254 80; ./reach tcp 45.1.1.1 80'
has "what is behind an address is said" "$out" \
	'*"10.9.0.1:80", which is no address of the internet by*"169.254.169.254:80", which is no address of the internet by*"45.1.1.1:80", which is this machine by*'
at_terminal "session once" -- sh -c './reach name good.test A; ./reach name GOOD.test AAAA; ./reach tcp 93.184.1.1 80; ./reach name hosted.test A; ./reach tcp 93.184.1.2 80'
has "names, before anybody is asked for them" "$out" \
	"*asks: connect \"good.test\" ?once, session, save, no, never?? session*code 0 93.184.1.1*$hello*connect \"hosted.test\" *once*code 0 93.184.1.2*hello from 93.184.1.2 80*"
at_terminal no -- ./reach name good.test A
has "a name that is refused" "$out" "*no*code 3*refused: good.test *"

# ---- whose the terminal is ---------------------------------------------------
# The command reads what is typed to it, and shows a question of its own.
at_terminal "session no" -- sh -c 'printf "asks: is it so]? "; read -r word; echo "read $word"; ./reach tcp 93.184.1.1 80'
has "what a program asks is answered to the program" "$out" "*is it so*read session*"
# What it has said just before may be shown behind the question.
has "and what lorica asks to lorica" "$out" "$(asks 93.184.1.1:80 no)*EACCES*"
ok "and allows nothing" is_silent
# Two at once: one connects, the other writes answers and another question as
# fast as it can.
at_terminal no -- sh -c 'while :; do printf "once\n\033[8mfaked]\n"; done & printf "session\n" >/dev/tty; ./reach tcp 93.184.1.1 80; kill $!'
ok "nobody in there answers" is_silent
has "but who is asked" "$out" '*asks: connect "93.184.1.1:80" by*'
# What was written before is ended.
shown=$(tr -d '\r' <"$d/out" | cat -v | grep -a 'lorica: asks:')
has "the terminal is plain when it is asked" "$shown" '^[[Jlorica: asks: connect "93.184.1.1:80" by process * ("reach") ?once, session, save, no, never?? no'
has "and what was not ended is" "$(cat -v "$d/out")" '*^X^[\\^[[!p*^[[0m^[(B^O*'
has "a mouse and keys write nothing else" "$(cat -v "$d/out")" '*^[[?1000;*l^[[=0;1u^[[>4;0m*'
# What is typed behind a word that is none was typed before it is asked again.
at_terminal 'yes\\nsession no' -- ./reach tcp 93.184.1.1 80
has "what was typed ahead is no answer" "$(count):$out" "*asks:*yes*asks:*no*EACCES*"
ok "and allows nothing either" is_silent
# The command writes as soon as it is asked, and has its time to be seen.
is_painted() { grep -aq "painted over" "$d/out"; }
meanwhile() {
	touch "$d/project/standing"
	await test -e "$d/project/painted" || return
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		! is_painted || break
		sleep 0.05
	done
	sleep $reading
}
at_terminal no -- sh -c '{ until [ -e standing ]; do sleep 0.05; done
	printf "\r\033[Kpainted over\n"; : >painted; } & ./reach tcp 93.184.1.1 80; wait'
meanwhile() { sleep $reading; }
has "what the command writes waits for the answer" "$(tr -d '\r' <"$d/out" | tr '\n' '|')" \
	'*once, session, save, no, never?? no|*painted over|*'
ok "and is not lost" is_painted
for key in '\0003' '\0034'; do
	at_terminal "$key" -- sh -c 'trap "" INT QUIT; ./reach tcp 93.184.1.1 80'
	has "$key interrupts the question" "$out" "*asks:*EACCES*"
done
output sh "$d/enter" env HOME="$d" sh "$d/there" "$LORICA" --root "$d/state" sandbox --ask -- true </dev/null
is "without a terminal of its own nobody is asked" "$status:$err" \
	"125:lorica: sandbox: --ask: input, output and errors have to be the terminal, and we in its foreground; else --ask=SOCKET"
at_terminal "" -- sh -c 'exit 3'
is "where nothing is refused nothing is asked" "$status:$out" 3:

# ---- a policy ----------------------------------------------------------------
cat >"$d/project/policy.json" <<'END'
{ "defaults": { "files": "allow", "execute": "deny" },
  "execute": [ { "paths": [ "/**/env" ], "action": "deny" },
	{ "paths": [ "/**/sh", "/**/dash", "/**/bash", "/**/busybox" ], "action": "allow" } ] }
END
at_terminal once --intercept=guard --policy=policy.json -- sh -c 'env true || echo refused; ./reach own'
has "what no rule speaks of is asked about" "$out" '*asks: execute "*/reach" by process * ?once, session, no, never?? once*own*'
has "and what one denies is not" "$(count):$out" '1:*refused*'
at_terminal "save no" --intercept=guard --policy=policy.json -- sh -c "./reach own; true"
has "a policy is not written to" "$out" '*save*asks:*no*'

# ---- what is saved -----------------------------------------------------------
config=$d/.config/lorica/sandbox
at_terminal save -- sh -c "$twice"
has "saved" "$out" "*save*saved: 93.184.1.1:80 in $config/default.json*$hello$hello"
is "in the user's file" "$(jq -c . "$config/default.json")" '{"net":"93.184.1.1:80"}'
at_terminal "" -- ./reach tcp 93.184.1.1 80
has "so that it is not asked again" "$(count):$status:$out" "0:0:$hello"
at_terminal save --profile agent -- ./reach tcp 93.184.1.2 80
is "in that of the profile" "$(jq -c '[.net, (.hide | length)]' "$config/agent.json")" '["93.184.1.2:80",9]'
echo '{}' >"$d/project/own.json"
at_terminal save --profile ./own.json --net=none -- ./reach tcp 93.184.1.1 80
has "not in a file of the project" "$out" "*not saved, but for this run: *$hello"
is "which stays as it was" "$(cat "$d/project/own.json")" '{}'
# The command sees the directory, and can hold its lock for ever.
is_told() { grep -aq "saved" "$d/out"; }
meanwhile() {
	sleep $reading
	{
		await is_told
		touch "$d/project/told"
	} >/dev/null 2>&1 &
}
at_terminal save -- sh -c 'exec 9<~/.config/lorica/sandbox; flock 9; ./reach tcp 93.184.1.1 81
	until [ -e told ]; do sleep 0.05; done'
meanwhile() { sleep $reading; }
has "a lock that the command holds keeps nobody up" "$status:$out" \
	"0:*not saved, but for this run: *hello from 93.184.1.1 81*"
rm -r "$config"

# ---- at a socket -------------------------------------------------------------
at_socket '{"ask":1,"answer":"allow"}
{"ask":2,"answer":"deny"}' -- sh -c "$twice"
has "a program answers" "$out" \
	"*\"ask\":1,\"what\":\"connect\",\"rule\":\"net\",*\"comm\":\"reach\",\"timeout\":60,\"subject\":\"93.184.1.1:80\"}*$hello*\"ask\":2,*EACCES*"
at_socket '{"ask":1,"answer":"allow","always":true}' -- sh -c "$twice"
has "for the session" "$out" "$hello$hello"
at_socket '{"ask":1,"answer":"allow","save":true}' -- ./reach tcp 93.184.1.1 80
is "and saves" "$(jq -c . "$config/default.json")" '{"net":"93.184.1.1:80"}'
rm -rf "$config"
at_socket '{"ask":7,"answer":"allow","always":true}' -- sh -c './reach tcp 93.184.1.1 80 & sleep 8; kill $!'
has "an answer to another question is none" "$out" '*"ask":1,*"subject":"93.184.1.1:80"*'
ok "and allows nothing of it" is_silent
at_socket yes -- sh -c "$twice"
is "what is no answer ends it, and all is refused" "$(grep -c EACCES "$d/out")" 2
at_socket '{"ask":1,"answer":"deny"}' -- sh -c "./reach tcp 93.184.1.1 80; test -S $d/agent/sock || echo unseen"
has "no sandbox sees the socket" "$out" "*EACCES
unseen*"
# Another sandbox that may write there answers for itself.
cat >"$d/impostor" <<'END'
unshare -Urpf --kill-child "$SUPPORT/caller" agent "$1/agent/sock" sleep 20 </dev/null >/dev/null 2>&1 &
impostor=$!
until [ -S "$1/agent/sock" ]; do sleep 0.05; done
shift
"$@"
status=$?
kill -KILL $impostor
exit $status
END
export SUPPORT
output sh "$d/enter" env HOME="$d" sh "$d/impostor" "$d" sh "$d/there" \
	"$LORICA" --root "$d/state" sandbox --ask="$d/agent/sock" -- true
has "who listens in a sandbox does not answer" "$status:$err" \
	"125:lorica: sandbox: --ask: $d/agent/sock: who listens there runs in a container or a sandbox, or has ended"
rm -f "$d/agent/sock"
output sh "$d/enter" env HOME="$d" sh "$d/there" "$LORICA" --root "$d/state" sandbox --ask="$d/agent/nobody" -- true
has "nobody is there" "$status:$err" "125:lorica: sandbox: *$d/agent/nobody*"
is "nothing is left" "$(ls "$d/state")" ""
kill $network
trap - EXIT
