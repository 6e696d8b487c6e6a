# shellcheck shell=sh disable=SC2012,SC2016,SC2088 # names are ours, "~" is lorica's
# What lorica sandbox --report says of a command, and what learn makes of it.
one_guest user "the report of a sandbox" || return 0
d=$WORK/sandbox-report
# shellcheck disable=SC2034 # for output
limit=$((6 * patience))
mkdir -p "$d/home/.ssh" "$d/home/.cache" "$d/home/.config" "$d/home/project/many" "$d/home/else"
chmod 755 "$d"
echo key >"$d/home/.ssh/id"
echo rc >"$d/home/.bashrc"
echo data >"$d/home/else/file"
cp "$SUPPORT/reach" "$d/home/project/reach"

box() {
	output env HOME="$d/home" sh -c 'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}
# asked QUESTION: jq's answer from the report.
asked() { jq -c "$1" "$d/home/r.json" 2>&1; }
# of PATH: what was done with it, in the order of the alphabet, as a jq may have it.
of() { asked ".files[] | select(.path == \"$1\") | del(.path) | to_entries | sort_by(.key) | from_entries"; }
# no QUESTION: what was refused, as what, of which object, by whom and the option.
no() { asked "[.refused[] | select(.object | endswith(\"$1\")) | [.what, .by, .error, .option, .value]]"; }

# What of the report, or of the input, is not as the schema wants it.
breaks() {
	jq -r --slurpfile all "$here/../docs/report.schema.json" --arg file report \
		"{report: \$all[0]} as \$files | $(cat "$here/support/schema.jq")" "$@" 2>&1
}

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "the report of lorica sandbox" "no user namespaces"
	return
fi
report=../r.json

# ---- what it did --------------------------------------------------------------
box --report $report -- sh -c 'cat ../else/file; echo x >a; echo y >>a; mkdir sub
	mv a sub/b; ln -s b sub/link; chmod 600 sub/b; cat sub/link; rm sub/link; exit 3'
is "status and output pass through" "$status:$(echo "$out" | tr '\n' ' '):$err" "3:data x y :"
is "what it is of" "$(asked '[.version, .status, .command[0], .directory, .intercept, .lost, .truncated]')" \
	"[1,3,\"sh\",\"$d/home/project\",\"guard\",0,0]"
is "a file that is read" "$(of "$d/home/else/file")" '{"place":"read-only","read":1}'
is "one that is made, written and renamed" "$(of "$d/home/project/a")" \
	'{"created":1,"place":"writable","renamed":1,"written":2}'
is "its new name, read by a link" "$(of "$d/home/project/sub/b")" \
	'{"changed":1,"created":1,"place":"writable","read":1}'
is "a directory" "$(of "$d/home/project/sub")" '{"created":1,"place":"writable"}'
is "a link" "$(of "$d/home/project/sub/link")" '{"created":1,"place":"writable","removed":1}'
ok "programs" jq -e '[.files[] | select(.executed > 0).path | split("/")[-1]] |
	length > 2' "$d/home/r.json"
is "nothing was refused" "$(asked '.refused')" '[]'
is "it is as the schema wants it" "$(breaks "$d/home/r.json")" ""
is "which sees what is not" \
	"$(jq -c '.odd = 1 | .status = "x" | del(.lost)' "$d/home/r.json" | breaks | sort)" \
	"$(printf '%s\n' ".odd: not in the schema" ".status: no integer" ": without lost" | sort)"
box --report $report -- sh -c 'i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); : >many/$i; done; rm many/*'
is "each of thousands of files" \
	"$(asked '[.files[] | select(.created == 1 and .removed == 1)] | length'):$(asked '[.lost, .truncated]')" \
	"3000:[0,0]"
box --report $report -- sh -c 'echo x >/tmp/own; exit 0'
is "a place of its own" "$(of /tmp/own | jq -c '[.place, .written]')" '["own",1]'
box --report $report -- sh -c 'kill -TERM $$'
is "a signal" "$status:$(asked .status)" 143:143

# ---- what was refused ---------------------------------------------------------
box --report $report -- sh -c 'echo x >~/else/new; echo x >~/else/file; mkdir ~/fresh
	cat ~/.ssh/id; cat ~/.ssh/none; cat ~/not-there; exec 3<>/etc/passwd'
is "a new file where it may not write" "$(no else/new)" \
	"[[\"write\",\"mount\",\"EROFS\",\"rw\",\"$d/home/else\"]]"
is "a file that is there" "$(no else/file)" \
	"[[\"write\",\"mount\",\"EROFS\",\"rw\",\"$d/home/else/file\"]]"
is "a directory, that would have to be made" \
	"$(no fresh | jq -c .[0][3:]):$(asked '.refused[] | select(.object | endswith("fresh")).missing')" \
	"[\"rw\",\"$d/home/fresh\"]:true"
is "what is hidden" "$(no .ssh/id)" "[[\"read\",\"hidden\",\"ENOENT\",\"ro\",\"$d/home/.ssh\"]]"
is "whether it is there or not" "$(no .ssh/none)" \
	"[[\"read\",\"hidden\",\"ENOENT\",\"ro\",\"$d/home/.ssh\"]]"
is "what is not there is not refused" "$(no not-there)" '[]'
is "with what was refused it is as the schema wants it, too" "$(breaks "$d/home/r.json")" ""
shown=$(mktemp /tmp/lorica-test-report.XXXXXX)
echo shown >"$shown"
box --report $report -- cat "$shown"
is "what a directory of its own lies over" "$status:$(no "$shown")" \
	"1:[[\"read\",\"hidden\",\"ENOENT\",\"ro\",\"$shown\"]]"
box --report $report --ro "$shown" -- cat "$shown"
is "the option shows it" "$status:$out:$(asked .refused)" '0:shown:[]'
rm "$shown"
box --report $report -- sh -c ': >owned; chown 33:33 owned'
is "an owner is for a show of root" "$status:$(no owned | jq -c '.[0][1,3]' | tr '\n' ' ')" \
	'1:"permission" "root" '
box --report - -- sh -c 'chown 33:33 owned'
has "which is an option without a value" "$err" "*
    write ~/project/owned (permission, *): --root*"
box --report $report --root -- chown 33:33 owned
is "the option does it" "$status:$(asked .refused)" '0:[]'
rm -f "$d/home/project/owned"
[ "$(id -u)" = 0 ] || is "where the caller may not write no option helps" \
	"$(no etc/passwd | jq -c .[0][3])" null
box --report $report --rw '~/else' -- sh -c 'echo x >~/else/new && cat ~/else/new'
is "the option allows it" "$status:$out:$(asked .refused)" '0:x:[]'
rm -f "$d/home/else/new"
printf '{ "calls": [ { "names": [ "sync" ], "action": "deny" } ] }' >"$d/policy"
box --report $report --policy "$d/policy" -- sync
is "a rule about a call" "$(asked '[.refused[] | [.what, .object, .by, .rule]]')" \
	'[["call","sync","policy","calls[0]"]]'
is "which the schema has" "$(breaks "$d/home/r.json")" ""
printf '{ "files": [ { "paths": [ "/**/else/**" ], "action": "deny" } ] }' >"$d/policy"
for mode in guard sealed; do
	box --report $report --intercept $mode --policy "$d/policy" -- cat ../else/file
	is "a policy's rule, in $mode" \
		"$(asked '[.intercept, (.refused[] | select(.by == "policy") | .what, .rule)]')" \
		"[\"$mode\",\"read\",\"files[0]\"]"
	is "what has no rule is in the report too, in $mode" \
		"$(asked '[.files[] | select(.executed > 0)] | length > 0')" true
done
box --report $report --intercept observe -- true
is "observe knows no results" "$status:$err" "125:lorica: sandbox: --intercept observe does not \
know what comes of a call, which --report needs: guard or sealed do"
if command -v python3 >/dev/null; then
	box --report $report -- python3 -c 'import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
try: s.connect(("192.0.2.7", 53))
except OSError: pass'
	is "the network that is not there" \
		"$(asked '[.refused[] | select(.by == "network") | .what, .object, .error, .option, .value]')" \
		'["connect","192.0.2.7:53","ENETUNREACH","net","192.0.2.7:53"]'
	is "and of that the schema knows" "$(breaks "$d/home/r.json")" ""
	cat >"$d/home/project/agent.py" <<'END'
import os, socket, sys
s = socket.socket(socket.AF_UNIX)
if sys.argv[1] == "connect":
    s.connect(sys.argv[2])
else:
    s.bind(sys.argv[2])
    s.listen()
    print("listens", flush=True)
    sys.stdin.read()
END
	mkfifo "$d/hold"
	python3 "$d/home/project/agent.py" listen "$d/home/agent" <"$d/hold" >"$d/listens" &
	listener=$!
	exec 9>"$d/hold"
	ok "somebody listens" await test -s "$d/listens"
	box --report $report -- python3 agent.py connect "$d/home/agent"
	is "a socket that is hidden" "$status:$(no home/agent | jq -c 'map(del(.[2]))')" \
		"1:[[\"connect\",\"hidden\",\"rw\",\"$d/home/agent\"]]"
	box --report $report --rw "$d/home/agent" -- python3 agent.py connect "$d/home/agent"
	is "the option lets it connect" "$status:$(asked .refused)" '0:[]'
	exec 9>&-
	wait $listener
	rm -f "$d/home/agent" "$d/home/project/agent.py" "$d/hold"
	box --report $report -- python3 -c 'import socket
t = socket.socket()
t.bind(("127.0.0.1", 0)); t.listen()
c = socket.create_connection(t.getsockname())'
	is "addresses that are used" \
		"$(asked '[.network[] | select(.address | startswith("127.0.0.1:")).what]')" \
		'["bind","connect"]'
fi

box --report $report --net=good.example:80 -- sh -c './reach tcp 93.184.1.1 80
	./reach name other.example A; ./reach tcp 10.9.0.1 80; ./reach tcp 93.184.1.1 80'
has "with a list what is refused is told as ever" "$err" \
	"*refused: other.example (allow with --net=...,other.example)*"
is "and in the report, once, with what would allow it" \
	"$(asked '[.refused[] | [.what, .by, .object, .option, .value]] | sort')" \
	'[["connect","network","10.9.0.1:80","net","good.example:80,10.9.0.1:80"],["connect","network","93.184.1.1:80","net","good.example:80,93.184.1.1:80"],["connect","network","other.example","net","good.example:80,other.example"]]'

# ---- layers and images ---------------------------------------------------------
box --report $report --overlay --name report-layer -- sh -c 'echo x >~/else/layered && cat ../else/file'
if [ "$status" = 0 ]; then
	is "what goes to a layer" "$(of "$d/home/else/layered" | jq -c '[.place, .created]'):$out" \
		'["layer",1]:data'
	output env HOME="$d/home" "$LORICA" --root "$d/state" sandbox discard report-layer
	is "is gone with it" "$status:$(ls "$d/home/else")" 0:file
	rm -rf "$d/home/.local"
else
	skip "the report of a layer" "$err"
fi
box --report $report --root -- sh -c 'echo x >owned && chown 33:33 owned && rm owned'
is "with a show of root" "$status:$(of "$d/home/project/owned")" \
	'0:{"changed":1,"created":1,"place":"writable","removed":1,"written":1}'
box learn --image x -- true
is "learn is about the machine's files" "$status:$err" "125:lorica: sandbox: learn: --image has \
other files than the machine, which a profile is about"

# ---- the helper ----------------------------------------------------------------
{
	box --report $report -- sh -c 'echo $$ >here; while [ ! -e gone ]; do sleep 0.1; done
		echo whole >ended; exit 7'
	exit "$status"
} &
boxed=$!
ok "the program runs" await test -s "$d/home/project/here"
# Ours is below that process.
helper=
for process in $(pgrep -x lorica-report); do
	above=$process
	while [ "${above:-1}" -gt 1 ]; do
		[ "$above" != $boxed ] || helper=$process
		above=$(awk '/^PPid:/ { print $2 }' "/proc/$above/status")
	done
done
# A sanitizer makes calls of its own, so that what is built with one has no filter.
filter=2
! grep -q __asan_init "$LORICA_LIBEXEC/lorica-report" || filter=0
is "it has no powers and is under a filter" "$(grep -h -E '^(CapPrm|CapEff|NoNewPrivs|Seccomp):' "/proc/$helper/status" | tr -d '[:blank:]' | tr '\n' ' ')" \
	"CapPrm:0000000000000000 CapEff:0000000000000000 NoNewPrivs:1 Seccomp:$filter "
kill -KILL "$helper"
touch "$d/home/project/gone"
wait $boxed
is "whose end is not the command's" "$?:$(cat "$d/home/project/ended")" 7:whole
rm -f "$d/home/project/here" "$d/home/project/gone" "$d/home/project/ended"
if [ "$(id -u)" = 0 ]; then
	mkdir "$d/home/another" && chown 65533 "$d/home/another"
	box --report ../another/r.json -- true
	is "in a directory of another it could not write" "$status:$err" \
		"125:lorica: sandbox: --report: ../another/r.json: permission denied"
	rmdir "$d/home/another"
fi

# ---- to be read ---------------------------------------------------------------
for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo $i >"$d/home/project/many/$i"; done
box --report - -- sh -c 'cat many/* >/dev/null; echo x >~/else/new; cat ~/.ssh/id'
is "the output is the command's own" "$status:$out" "1:"
has "many files are a line" "$err" "*
    ~/project/many/\*\* (12 files)
*"
has "a refusal has its option" "$err" "*
    write ~/else/new (mount, EROFS): --rw ~/else
*"
has "what is hidden, too" "$err" "*
    read ~/.ssh/id (hidden, ENOENT): --ro ~/.ssh*"
is "each file of many is not" "$(echo "$err" | grep -c '~/project/many/1')" 0
box --report ../r.txt -- true
has "a file that ends in .txt is to be read, too" "$(cat "$d/home/r.txt")" \
	"lorica: sandbox: what the command did
*"
output env HOME="$d/home" sh -c 'cd "$HOME/project" && exec 3>../r.fd && "$0" "$@"' \
	"$LORICA" --root "$d/state" sandbox --report /dev/fd/3 -- true
ok "a descriptor" jq -e '.version == 1' "$d/home/r.fd"

# ---- a hostile command --------------------------------------------------------
box --report $report -- sh -c 'n=$(printf "\033[2J\\\\\377\n"); : >"$n"; mkdir "d$n"
	i=0; while [ $i -lt 600 ]; do i=$((i + 1)); : 2>/dev/null >~/else/none$i || :; done'
is "names are what events write" \
	"$(asked '[.files[] | select(.written > 0 and .place == "writable").path | split("/")[-1]]')" \
	'["\\x1b[2J\\\\\\xff"]'
box --report - -- sh -c 'n=$(printf "\033[2J\\\\\377\n"); : >"$n"; : >~/else/"$n"'
is "no byte of them reaches a terminal" \
	"$(printf %s "$err" | grep -v '^sh:' | LC_ALL=C tr -d '\n\t -~' | wc -c)" 0
rm -rf "$d/home/project/"*2J*
box --report $report -- sh -c 'i=0; while [ $i -lt 600 ]; do i=$((i + 1))
	/bin/sh -c ": >~/else/none$i" 2>/dev/null; [ $((i % 100)) != 0 ] || echo $i; done'
is "what there is no room for is counted" "$(asked '[.refused | length, .]' | jq -c '.[0]'):$(asked .truncated)" 512:88
# The names that a report goes to may be the command's by the next time.
echo precious >"$d/home/precious"
ln -s "$d/home/precious" "$d/home/project/r.json"
box --report r.json -- true
is "a link at the report's name is replaced" \
	"$status:$(cat "$d/home/precious"):$(jq .version "$d/home/project/r.json")" 0:precious:1
rm "$d/home/project/r.json"
ln -s "$d/home/else" "$d/home/project/out"
box --report out/r.json -- true
is "a link on the way is an error" "$status:$err:$(ls "$d/home/else")" \
	"125:lorica: sandbox: --report: out/r.json: a link is in its path: say what it leads to:file"
rm "$d/home/project/out"
box --report r.json -- sh -c 'while :; do rm -f r.json .lorica-report-*; ln -s ~/precious r.json; [ -e stop ] && exit; : >stop; done'
is "nor does it follow one that is put there meanwhile" "$(cat "$d/home/precious")" precious
rm -f "$d/home/project/r.json" "$d/home/project/stop"
echo before >"$d/home/r.json"
box --report $report -- "$d/home/nothing"
is "without a run there is no report" "$(cat "$d/home/r.json")" before
box --report "$d/none/r.json" -- true
is "where there is no directory" "$status:$err" \
	"125:lorica: sandbox: --report: $d/none/r.json: no such file or directory"
for ended in 0 4; do
	mkdir "$d/home/project/out"
	box --report out/r.json -- sh -c "rm -r out; exit $ended"
	is "where its directory is gone in the end, after $ended" "$status:$err" \
		"$([ $ended = 0 ] && echo 125 || echo 4):lorica: sandbox: --report: make the report: no such file or directory"
done
mkdir -p "$d/nothing" "$d/broken"
printf '#!/bin/sh\nexit 1\n' >"$d/broken/lorica-report"
chmod 755 "$d/broken/lorica-report"
output env LORICA_LIBEXEC="$d/broken" HOME="$d/home" sh -c 'cd "$HOME/project" && exec "$@"' sh \
	"$LORICA" --root "$d/state" sandbox --report $report -- touch ran
is "with a helper that does not come up nothing runs" "$status:$err" \
	"125:lorica: sandbox: $d/broken/lorica-report gave no answer"
ok "not even begun" test ! -e "$d/home/project/ran"
output env LORICA_LIBEXEC="$d/nothing" HOME="$d/home" "$LORICA" --root "$d/state" \
	sandbox --ro . --report "$d/r" -- true
is "without the helper" "$status:$err" "125:lorica: sandbox: lorica-report is not installed"

# ---- learn --------------------------------------------------------------------
profile=$d/home/learned.json
learn() { box learn -o "$profile" -- "$@"; }
cat >"$d/home/project/build.sh" <<'END'
set -e
mkdir -p ~/.cache/x/objects
${CC:-cp} main.c -o ~/.cache/x/objects/main 2>/dev/null || cp main.c ~/.cache/x/objects/main
cp ~/.cache/x/objects/main program
echo built
END
echo 'int main(void) { return 0; }' >"$d/home/project/main.c"
learn env CC="$(command -v cc || :)" sh build.sh
is "a build that writes elsewhere fails" "$status:$out" 1:
has "what it needs is learned" "$err" "*lorica: sandbox: note: made: ~/.cache/x
lorica: sandbox: note: learned: rw ~/.cache/x"
is "the profile" "$(jq -c . "$profile")" '{"rw":["~/.cache/x"]}'
box --profile "$profile" -- env CC="$(command -v cc || :)" sh build.sh
is "under it the build works" "$status:$out" 0:built
box --profile "$profile" -- sh -c 'echo x >~/.cache/other'
is "and nothing else is written" "$status:$(ls "$d/home/.cache")" 2:x
learn sh build.sh
is "there is no more to learn" "$status:$(jq -c . "$profile")" '0:{"rw":["~/.cache/x"]}'
is "nor to say" "$err" ""
echo '{ "pids": 500, "rw": [ "~/.cache/x" ], "net": "none" }' >"$profile"
learn sh -c 'echo x >~/else/file'
is "it is added to what is there" "$(jq -c '[.pids, .net, .rw]' "$profile")" \
	'[500,"none",["~/.cache/x","~/else/file"]]'
rm "$profile"
learn sh -c 'cat ~/.ssh/id; mkdir ~/.ssh/more; /bin/sh -c "echo x >>~/.bashrc"
	mkdir ~/.local; mkdir -p ~/.local/bin; /bin/sh -c "echo x >~/.config/new"
	/bin/sh -c "echo x >~/new"'
is "what a hostile command would have is not" "$(jq -c . "$profile")" '{}'
for left in '~/.bashrc: programs outside run or obey it' \
	'~/.config: too much hangs on it' '~/new: it is no directory, and is not there'; do
	has "and said: $left" "$err" "*not learned: rw $left*"
done
has "of what is hidden" "$err" "*not learned: read $d/home/.ssh/id: it is hidden*"
is "nothing was made for it" "$(ls -A "$d/home" | tr '\n' ' ')" \
	".bashrc .cache .config .ssh else learned.json precious project r.fd r.json r.txt "
rm -f "$profile"
learn sh -c './reach tcp 93.184.1.1 80; ./reach name pypi.example A; ./reach tcp 93.184.1.1 80
	./reach udp connect 93.184.1.2 53; ./reach tcp 2620:1::1 443; exit 0'
is "what of the network it needs is a list" "$status:$(jq -c . "$profile")" \
	'0:{"net":"93.184.1.1:80,pypi.example,93.184.1.2:53,[2620:1::1]:443"}'
is "and said" "$(echo "$err" | sort)" "lorica: sandbox: note: learned: net 93.184.1.1:80
lorica: sandbox: note: learned: net 93.184.1.2:53
lorica: sandbox: note: learned: net [2620:1::1]:443
lorica: sandbox: note: learned: net pypi.example"
box --profile "$profile" --print-config -- true
answers "which a sandbox takes" '.annotations["dev.lorica.net"]' \
	'"93.184.1.1:80,pypi.example,93.184.1.2:53,[2620:1::1]:443"'
echo '{ "net": "*.example:80,10.9.0.2" }' >"$profile"
learn sh -c './reach name a.example A; ./reach tcp 93.184.1.1 80; exit 0'
is "it is added to the list that is there" "$(jq -c . "$profile")" \
	'{"net":"*.example:80,10.9.0.2,93.184.1.1:80"}'
rm "$profile"
learn sh -c './reach tcp 169.254.169.254 80; ./reach tcp 10.9.0.1 80; ./reach name single A; exit 0'
is "no address of the machine's or of its networks is learned" "$(jq -c . "$profile")" '{}'
for left in '169.254.169.254:80' '10.9.0.1:80'; do
	has "and said: $left" "$err" \
		"*not learned: net $left: it is the machine's own, or a private address*"
done
has "nor a name that may be a mistake" "$err" "*not learned: net single: a list has no such word*"
box learn -- sh -c 'echo x >~/else/file; echo said'
is "without a file it is printed, and alone" "$(printf %s "$out" | jq -c .)" '{"rw":["~/else/file"]}'
has "what the command says is beside it" "$err" "*said
*"
# What is not there when it begins can be the command's.
box learn -o mine.json -- sh -c 'echo "{\"net\":\"host\",\"rw\":[\"~/.bashrc\"]}" >mine.json'
is "a command writes no profile for itself" "$status:$(jq -c . "$d/home/project/mine.json")" '0:{}'
box learn -o mine.json -- sh -c 'echo "{\"net\":\"host\"}" >mine.json'
is "nor where there is one" "$(jq -c . "$d/home/project/mine.json")" '{}'
rm "$d/home/project/mine.json"
box learn -o - -- true
is "nor by a name that means none" "$status:$(printf %s "$out" | jq -c .)" '0:{}'
# Projects beside, and what this one is in.
mkdir -p "$d/home/other/.git/hooks" "$d/home/plain"
learn sh -c 'echo x >~/other/.git/hooks/new; echo x >~/other/file; echo x >>~/other/.git/config
	mkdir ~/.git; mkdir ~/plain/.vscode; mkdir -p ~/.claude/hooks; echo x >~/plain/file'
is "nothing of another project is learned" "$(jq -c . "$profile")" '{"rw":["~/plain"]}'
has "as programs obey what is in it" "$err" "*not learned: rw ~/other: programs outside run or obey what is in it*"
is "nor made" "$(ls -A "$d/home/plain"):$(ls -d "$d/home/.git" "$d/home/.claude" 2>/dev/null)" :
rm -r "$profile" "$d/home/other" "$d/home/plain"
mkdir "$d/home/around"
mv "$d/home/project" "$d/home/around/project"
around=$d/home/around
output env HOME="$d/home" sh -c 'cd "$HOME/around/project" && exec "$@"' sh \
	"$LORICA" --root "$d/state" sandbox learn -- sh -c 'echo x >../x'
is "nor the directory that this one is in" "$(printf %s "$out" | jq -c .)" '{}'
mv "$around/project" "$d/home/project"
rmdir "$around"
mkdir "$d/home/fixed"
echo '{ "ro": [ "~/fixed" ] }' >"$profile"
learn chmod 700 "$d/home/fixed"
is "nor what is to be read alone" "$(jq -c .rw "$profile")" null
rm "$profile"
rmdir "$d/home/fixed"
mkdir -p "$d/home/dotfiles/config"
mv "$d/home/.config" "$d/home/kept-config"
ln -s dotfiles/config "$d/home/.config"
learn mkdir "$d/home/.config/autostart"
is "nor what is missing behind a link" "$(jq -c . "$profile"):$(ls "$d/home/dotfiles/config")" '{}:'
rm "$profile" "$d/home/.config"
rm -r "$d/home/dotfiles"
mv "$d/home/kept-config" "$d/home/.config"
mkfifo "$d/home/fifo"
box --report "$d/home/fifo" -- true
is "nor is a reader waited for" "$status" 125
rm "$d/home/fifo"
# A home, and what programs obey in it, by other names.
mkdir "$d/home/dotfiles"
mv "$d/home/.bashrc" "$d/home/dotfiles/bashrc"
ln -s dotfiles/bashrc "$d/home/.bashrc"
box learn -- sh -c 'echo x >>~/.bashrc'
is "nor what a link there leads to" "$(printf %s "$out" | jq -c .)" '{}'
has "as programs obey that" "$err" "*not learned: rw ~/dotfiles/bashrc: programs outside run or obey it*"
ln -s home "$d/link"
output env HOME="$d/link" sh -c 'cd "$HOME/project" && exec "$@"' sh \
	"$LORICA" --root "$d/state" sandbox learn -- sh -c 'echo x >>../dotfiles/bashrc; echo x >>../else/file'
is "nor by a home that is a link" "$(printf %s "$out" | jq -c .)" '{"rw":["~/else/file"]}'
rm "$d/home/.bashrc" "$d/link"
mv "$d/home/dotfiles/bashrc" "$d/home/.bashrc"
rmdir "$d/home/dotfiles"
box learn --profile build -- true
is "learn has its own profile" "$status:$err" "125:lorica: sandbox: learn: --report, --profile \
and --print-config are for running a command; -o FILE is what it begins with"
box --output x -- true
is "--output is its option" "$status:$err" "125:lorica: sandbox: --output is for learn"
