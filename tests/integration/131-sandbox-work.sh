# shellcheck shell=sh disable=SC2016,SC2034,SC2088 # for the shell inside; for lib.sh
# lorica sandbox at work: what people do all day, with the programs that they do it
# with, and what its profiles are for.
one_guest programs "the sandbox at work" || return 0
d=$WORK/sandbox-work
mkdir -p "$d/home/project" "$d/tools"
chmod 755 "$d"
program_path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
limit=$((6 * patience))

# box WORD...: lorica sandbox with those, in the project.
box() {
	output env -u npm_config_cache -u GOCACHE HOME="$d/home" sh -c \
		'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}

# in_box COMMAND [OPTION...]: the same for a command of the shell, with
# program_path.
in_box() {
	boxed=$1
	shift
	box --env "PATH=$program_path" --ro "$d/tools" "$@" -- sh -c "$boxed"
}

# afresh: an empty project.
afresh() {
	rm -rf "$d/home/project"
	mkdir "$d/home/project"
}

# hosts PROGRAM WHAT: for what no guest has.
hosts() {
	[ -z "${LORICA_GUEST:-}" ] || return 1
	PATH=$program_path command -v "$1" >/dev/null && return 0
	skip "$2" "no $1"
	return 1
}

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "lorica sandbox at work" "no user namespaces"
	return
fi

# ---- caches ------------------------------------------------------------------
caches='echo ${npm_config_cache-none} ${GOCACHE-none}'
in_box "$caches; mkdir \$npm_config_cache \$GOCACHE && echo made"
is "what fails without a cache has one" "$status:$out" "0:/tmp/.npm /tmp/go-build
made"
in_box "$caches" --env npm_config_cache=/else --env GOCACHE
is "unless another is asked for" "$out" "/else /tmp/go-build"
mkdir -p "$d/home/.npm" "$d/home/.cache/go-build" "$d/own"
in_box "$caches" --rw '~/.npm' --profile build
is "or its own may be written" "$out" "none none"
in_box "$caches" --tmpfs '~'
is "or is in an empty home" "$out" "none none"
in_box "$caches" --rw "$d/own" --env npm_config_cache="$d/own"
is "what is said is not looked at" "$out" "$d/own /tmp/go-build"
output env HOME="$d/home" npm_config_cache=/usr/own GOCACHE="$d/home/project/c" sh -c \
	'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- sh -c "$caches"
is "the caller's place counts" "$out" "/tmp/.npm $d/home/project/c"
in_box "$caches" --rw /tmp
# What others have in there is not ours.
is "where /tmp is not its own there is none" \
	"$out$(echo "$err" | grep -v 'has more in it than is looked at')" "none none"
rm -rf "$d/home/.npm" "$d/home/.cache"

# ---- files -------------------------------------------------------------------
in_box 'set -e
truncate -s 2G big && printf x | dd of=big bs=1 seek=2147483647 conv=notrunc 2>/dev/null
stat -c %s big
tail -c 1 big
name=$(printf "a\nb \"q\" \\")
echo one >"$name" && mkdir "$(printf "dir\n")x" && mv "$name" dir*
cat dir*/*
i=0
while [ $i -lt 500 ]; do : >f$i; i=$((i + 1)); done
ls | wc -l
rm f* && rm -r dir*
mkfifo pipe && (echo through >pipe &) && cat pipe
ln -s nowhere link && cp -a link copy && readlink copy
printf "#!/bin/sh\necho ran\n" >script && chmod 755 script && ./script
umask 27 && : >made && stat -c %a made
yes | head -n 1'
is "files of all kinds" "$status:$err:$out" "0::2147483648
xone
502
through
nowhere
ran
640
y"
afresh
mkdir "$d/home/$(printf 'pro\nject "x"')"
output env HOME="$d/home" sh -c 'cd ~/pro?ject* && exec "$@"' sh \
	"$LORICA" --root "$d/state" sandbox -- sh -c 'echo x >file && basename "$PWD"'
is "a project whose name has more than one line" "$status:$err:$out" "0::$(printf 'pro\nject "x"')"
is "is written to" "$(cat "$d/home/pro"*/file)" x
status=0
out=$(cd "$d/home/project" && yes | HOME=$d/home "$LORICA" --root "$d/state" \
	sandbox -- head -n 1 | tr y z) || status=$?
is "in the middle of a pipe" "$status:$out" 0:z
out=$(cd "$d/home/project" && (
	code=0
	HOME=$d/home "$LORICA" --root "$d/state" sandbox -- yes || code=$?
	echo $code >status
) | head -n 1; cat status)
is "whoever is written to ends" "$out" "y
141"
out=$(cd "$d/home/project" && printf '1\n2\n' | while read -r n; do
	HOME=$d/home "$LORICA" --root "$d/state" sandbox -- echo "$n" </dev/null
done | tr '\n' ' ')
is "in a loop" "$out" "1 2 "
afresh

# ---- one in the other ----------------------------------------------------------
cp "$LORICA" "$d/tools/lorica"
nested='lorica: sandbox: this is in a sandbox of lorica'\''s, in which none can be made: run the command as it is, it is confined already'
if grep -q __asan_init "$LORICA"; then
	skip "a sandbox in a sandbox" "LeakSanitizer wants to trace"
else
	in_box "'$d/tools/lorica' --root /tmp/state sandbox -- true"
	is "a sandbox in a sandbox" "$status:$err" "125:$nested"
fi

# ---- a C project ---------------------------------------------------------------
if program make "the sandbox: configure and make" && program cc "the sandbox: a compiler"; then
	cat >"$d/home/project/configure" <<'C'
#!/bin/sh
set -e
echo 'int main(void) { return 0; }' >conftest.c
cc -o conftest conftest.c && ./conftest
rm conftest conftest.c
sed "s,@prefix@,$PWD/installed," Makefile.in >Makefile
C
	cat >"$d/home/project/Makefile.in" <<'C'
OBJECTS = main.o a.o b.o c.o
all: program
program: $(OBJECTS)
	$(CC) -o $@ $(OBJECTS)
check: program
	test "$$(./program)" = 6
install: program
	install -D -m 755 program @prefix@/bin/program
C
	for n in a:1 b:2 c:3; do
		echo "int ${n%:*}(void); int ${n%:*}(void) { return ${n#*:}; }" \
			>"$d/home/project/${n%:*}.c"
	done
	printf '#include <stdio.h>\nint a(void), b(void), c(void);\nint main(void) { return printf("%%d\\n", a() + b() + c()) < 0; }\n' \
		>"$d/home/project/main.c"
	for profile in build test agent untrusted offline; do
		in_box 'sh configure && make -s -j4 all check install && installed/bin/program && rm -r installed *.o program' \
			--profile $profile
		is "$profile: a C project is configured, built, tested and installed" \
			"$status:$out" 0:6
	done
	afresh
fi

# ---- git, from a subdirectory ----------------------------------------------------
if program git "the sandbox: git"; then
	in_box 'git init -q repo && cd repo && git config user.name me && git config user.email me@example.org &&
		mkdir sub && echo one >sub/file && git add . && git commit -qm one && git gc -q &&
		git worktree add -q ../tree -b other && cd ../tree && echo two >sub/file && git commit -qam two &&
		cd ../repo && git merge -q other && git tag -a v1 -m v1 && git fsck --no-progress 2>&1 && git log --format=%s | tr "\n" " "' \
		--profile build
	is "a repository with a worktree" "$status:$err:$out" "0::two one "
	output env HOME="$d/home" sh -c 'cd ~/project/repo/sub && echo three >file && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox --ro "$d/home/project" -- sh -c \
		'git status --short; git commit -qam three 2>/dev/null || echo no'
	is "below it is read" "$out" " M file
no"
	output env HOME="$d/home" sh -c 'cd ~/project/repo/sub && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox --rw .. -- sh -c \
		'git commit -qam three && git log -1 --format=%s; echo x >>../.git/config; echo x >../.git/hooks/new'
	is "and written by --rw, but for what others obey" "$out:$(ls "$d/home/project/repo/.git/hooks/new" 2>/dev/null)$(grep -c '^x' "$d/home/project/repo/.git/config")" three:0
	afresh
fi

# ---- Python --------------------------------------------------------------------
if program python3 "the sandbox: Python"; then
	cat >"$d/tools/wheel.py" <<'P'
# A wheel, without what would make one.
import sys, zipfile
info = "pure-1.0.dist-info/"
files = {"pure/__init__.py": "answer = 42\n",
    info + "METADATA": "Metadata-Version: 2.1\nName: pure\nVersion: 1.0\n",
    info + "WHEEL": "Wheel-Version: 1.0\nGenerator: us\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
files[info + "RECORD"] = "".join(name + ",,\n" for name in files) + info + "RECORD,,\n"
with zipfile.ZipFile(sys.argv[1] + "/pure-1.0-py3-none-any.whl", "w") as out:
    for name, text in files.items():
        out.writestr(name, text)
P
	cat >"$d/tools/kinds.py" <<'P'
import asyncio, multiprocessing, os, socket, subprocess, tempfile, threading
from multiprocessing import shared_memory
def main():
    server = socket.create_server(("127.0.0.1", 0))
    client = socket.create_connection(server.getsockname())
    server.accept()[0].send(b"hello")
    print(client.recv(9).decode())
    socket.create_server(("::1", 0), family=socket.AF_INET6)
    named = socket.socket(socket.AF_UNIX)
    named.bind("socket")
    named.listen()
    socket.socket(socket.AF_UNIX).connect("socket")
    with multiprocessing.Pool(2) as pool:
        print(pool.map(abs, [-1, 2]))
    memory = shared_memory.SharedMemory(create=True, size=9)
    memory.unlink()
    print(asyncio.run(asyncio.sleep(0, "later")), subprocess.check_output(["echo", "run"]))
    with tempfile.TemporaryDirectory() as place:
        print(place.startswith("/tmp/"))
    try:
        socket.create_connection(("192.0.2.1", 80), 2)
    except OSError as error:
        print(error.strerror)
main()
P
	box --env "PATH=$program_path" --ro "$d/tools" -- python3 "$d/tools/kinds.py"
	is "sockets, processes and memory of Python's" "$status:$err:$out" "0::hello
[1, 2]
later b'run\n'
True
Network is unreachable"
	box --env "PATH=$program_path" --ro "$d/tools" -- sh -c '
		python3 "$0" . && python3 -m venv --without-pip env &&
		env/bin/python -c "
import sys, zipfile, sysconfig
zipfile.ZipFile(\"pure-1.0-py3-none-any.whl\").extractall(sysconfig.get_path(\"purelib\"))" &&
		env/bin/python -c "import pure; print(pure.answer)"' "$d/tools/wheel.py"
	is "an environment" "$status:$err:$out" 0::42
	afresh
	if [ -z "${LORICA_GUEST:-}" ]; then
		if PATH=$program_path python3 -c 'import ensurepip' 2>/dev/null; then
			in_box "python3 '$d/tools/wheel.py' . && python3 -m venv env &&
				env/bin/pip install -q --no-index ./pure-1.0-py3-none-any.whl &&
				env/bin/python -c 'import pure; print(pure.answer)'" --profile untrusted
			is "an environment, by pip" "$status:$out" 0:42
			afresh
		else
			skip "the sandbox: pip" "no ensurepip"
		fi
	fi
fi

# ---- the network: git, npm and pip from a server with a name ---------------------
# It is served in a namespace of the test's own, at an address of the internet.
served() {
	mkdir -p "$d/served/simple/pure" "$d/package"
	python3 "$d/tools/wheel.py" "$d/served/simple/pure"
	(cd "$d" && git init -q -b main source && cd source &&
		git config user.name me && git config user.email me@example.org &&
		echo cloned >file && git add file && git commit -qm one &&
		git clone -q --bare . "$d/served/repo.git" &&
		cd "$d/served/repo.git" && git update-server-info)
	echo '{"name": "thing", "version": "1.0.0", "main": "main.js", "bin": {"thing": "main.js"}}' \
		>"$d/package/package.json"
	printf '#!/usr/bin/env node\nmodule.exports = 42;\nif (require.main === module) console.log("thing");\n' \
		>"$d/package/main.js"
	chmod 755 "$d/package/main.js"
	tar -C "$d" -czf "$d/served/thing-1.0.0.tgz" package
	cat >"$d/served/thing" <<'J'
{"name": "thing", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": {"name": "thing",
"version": "1.0.0", "main": "main.js", "bin": {"thing": "main.js"},
"dist": {"tarball": "http://served.test/thing-1.0.0.tgz"}}}}
J
	printf '127.0.0.1 localhost\n93.184.1.1 served.test\n93.184.1.2 other.test\n' >"$d/hosts"
	cat >"$d/network" <<'END'
set -e
ip link set lo up
ip addr add 45.1.1.1/32 dev lo
ip route add local 93.184.1.1 dev lo src 45.1.1.1
ip route add local 93.184.1.2 dev lo src 45.1.1.1
mount --bind "$1/hosts" /etc/hosts
cd "$1/served"
exec python3 -u -m http.server --bind 0.0.0.0 80
END
	if [ "$(id -u)" = 0 ]; then
		PATH=$program_path unshare -nm sh "$d/network" "$d" >"$d/ready" 2>&1 </dev/null &
	else
		PATH=$program_path unshare -rnm sh "$d/network" "$d" >"$d/ready" 2>&1 </dev/null &
	fi
	network=$!
	trap 'kill $network 2>/dev/null' EXIT
	if [ "$(id -u)" = 0 ]; then
		echo "exec nsenter -t $network -n -m -- \"\$@\"" >"$d/enter"
	else
		echo "exec nsenter -t $network -U -n -m --preserve-credentials -- \"\$@\"" >"$d/enter"
	fi
	ok "the server is there" await grep -q Serving "$d/ready"
}

# net_box COMMAND OPTION...: as in_box, in that network.
net_box() {
	boxed=$1
	shift
	output sh "$d/enter" env -u npm_config_cache HOME="$d/home" PATH="$program_path" sh -c \
		'cd "$HOME/project" && exec "$@"' sh "$LORICA" --root "$d/state" \
		sandbox "$@" -- sh -c "$boxed"
}

if program ip "the sandbox: a network" && program git "the sandbox: git from a server" &&
	program python3 "the sandbox: a server"; then
	served
	clone='git clone -q http://served.test/repo.git repo && cat repo/file && rm -rf repo'
	net_box "$clone" --net none
	is "without a network nothing is cloned" "$([ "$status" != 0 ] && echo no):$out" no:
	for net in host served.test:80; do
		net_box "$clone" --net $net
		is "--net $net: a repository is cloned" "$status:$err:$out" 0::cloned
	done
	net_box "$clone" --net served.test:80 --intercept sealed
	is "--net served.test:80, sealed: a repository is cloned" "$status:$err:$out" 0::cloned
	net_box "git clone -q http://other.test/repo.git 2>/dev/null" --net served.test:80
	is "from another it is not, and it is said what would allow it" "$([ "$status" != 0 ] && echo no):$err" \
		"no:lorica: sandbox: refused: 93.184.1.2:80 (allow with --net=...,93.184.1.2:80)"
	if hosts npm "the sandbox: npm from a registry"; then
		echo '{"name": "app", "version": "1.0.0", "scripts": {"test": "thing && node test.js"}}' \
			>"$d/home/project/package.json"
		echo 'console.log(require("thing"))' >"$d/home/project/test.js"
		for profile in build agent untrusted; do
			net_box 'npm install --silent --no-audit --no-fund --registry http://served.test/ thing &&
				npm test --silent && rm -r node_modules' --profile $profile --net served.test:80
			is "$profile: a package is installed by npm" "$status:$out" "0:thing
42"
		done
		afresh
	fi
	if [ -z "${LORICA_GUEST:-}" ] && PATH=$program_path python3 -c 'import ensurepip' 2>/dev/null; then
		net_box 'python3 -m venv env && env/bin/pip install -q --disable-pip-version-check \
			--trusted-host served.test --index-url http://served.test/simple pure &&
			env/bin/python -c "import pure; print(pure.answer)"' --net served.test:80
		is "and one by pip" "$status:$out" 0:42
		afresh
	fi
	kill $network
fi

# ---- a terminal ------------------------------------------------------------------
multiplex() { PATH=$program_path timeout $patience tmux -S "$d/tmux" -f /dev/null "$@"; }
# typed KEY...: at the terminal; each is a word of tmux's.
typed() { multiplex send-keys -t work "$@"; }
screen_has() { multiplex capture-pane -p -t work | grep -q -- "$1"; }
# sees NAME PATTERN: is it there by and by?
sees() {
	ok "$1" await screen_has "$2"
	screen_has "$2" || multiplex capture-pane -p -t work | grep -v '^$'
}

if program tmux "the sandbox on a terminal" && program vim "the sandbox: an editor"; then
	echo one >"$d/home/project/text"
	HOME=$d/home TERM=xterm multiplex new-session -d -s work -x 90 -y 30 \
		"cd ~/project; PATH=$program_path PS1='out> ' exec bash --norc --noprofile -i" >/dev/null 2>&1 </dev/null
	trap 'kill $network 2>/dev/null; multiplex kill-server 2>/dev/null' EXIT
	sees "a shell outside" '^out>'
	typed "box() { '$LORICA' --root '$d/state' sandbox \"\$@\"; }" Enter
	typed "clear; box --env 'PS1=in> ' -- bash --norc --noprofile -i" Enter
	sees "a shell" '^in>'
	typed 'clear; stty size' Enter
	sees "the window's size" '^30 90'
	multiplex resize-window -t work -x 100 -y 40
	typed 'clear; while [ "$(stty size)" != "40 100" ]; do sleep 0.1; done; echo resi""zed' Enter
	sees "changes" '^resized'
	typed 'clear; echo be""gun; sleep 61300' Enter
	sees "a command" '^begun'
	typed C-c
	typed 'echo status=$?' Enter
	sees "is interrupted" '^status=130'
	typed 'clear; cat' Enter line Enter
	sees "one that reads" '^line'
	typed C-z
	sees "is stopped" 'Stopped'
	typed 'clear; fg' Enter again Enter
	sees "and goes on" '^again'
	typed C-d
	typed 'clear; vim -u NONE text' Enter
	sees "an editor" '^one'
	typed otwo Escape
	typed ':wq' Enter
	ok "writes" await grep -q two "$d/home/project/text"
	sees "and ends" 'in>'
	typed 'clear; tmux -f /dev/null new "echo in""side; sleep 61400"' Enter
	sees "a multiplexer" '^inside'
	typed C-b d
	sees "that is left" 'detached'
	typed 'clear; exit 7' Enter
	sees "an end" '^out>'
	typed 'echo status=$?' Enter
	sees "its status" '^status=7'
	typed 'clear; box -- sh -c "echo begun; sleep 61500"' Enter
	sees "a command alone" '^begun'
	typed C-c
	# Until then what is typed is the command's.
	sees "it ends" 'out>'
	typed 'echo status=$?' Enter
	sees "is interrupted too" '^status=130'
	typed 'clear; box -- vim -u NONE text' Enter
	sees "an editor alone" '^two'
	typed C-z
	sees "is stopped in the shell outside" 'Stopped'
	typed 'clear; fg' Enter
	sees "and is back" '^two'
	typed ':q' Enter
	# Which has the screen until then, and clears it.
	sees "and is left" 'out>'
	typed 'clear; box -- seq 100 200 | box -- sed -n s/1.4$/four/p | box -- head -n 1' Enter
	sees "three in a row" '^four'
	typed 'clear; box -- sh -c "echo behind" & wait' Enter
	sees "one behind" 'behind$'
	typed 'clear; box -- sh -c "read x; echo got \$x"' Enter word Enter
	sees "a line is read" '^got word'
	typed exit Enter
	multiplex kill-server 2>/dev/null
	is "nothing is left behind" "$(ls "$d/state")" ""
fi
unset limit
