# shellcheck shell=sh
# lorica sandbox where the machine forbids it, and real work in it.
one_guest user "the sandbox, machines" || return 0
d=$WORK/sandbox-machines
mkdir -p "$d/home/project"
chmod 755 "$d"

box() {
	output env HOME="$d/home" sh -c 'cd ~/project && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "lorica sandbox at work" "no user namespaces"
	return
fi

# ---- what forbids it ----------------------------------------------------------
# A user namespace in which no more may be made, and without powers in it.
output env HOME="$d/home" unshare --user --map-root-user sh -c '
	echo 0 >/proc/sys/user/max_user_namespaces &&
	cd ~/project && exec setpriv --bounding-set=-all --inh-caps=-all "$@"' sh \
	"$LORICA" --root "$d/state" sandbox -- true
is "user namespaces that are switched off" "$status:$err" \
	'125:lorica: sandbox: user namespaces are switched off here: as root, "sysctl -w user.max_user_namespaces=16384" allows them'
is "nothing is left of it" "$(ls "$d/state")" ""
# With powers there it does without.
output env HOME="$d/home" unshare --user --map-root-user --mount sh -c '
	echo 0 >/proc/sys/user/max_user_namespaces &&
	cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- \
	sh -c 'readlink /proc/self/ns/user; id -u; grep CapEff /proc/self/status | tr -d "[:blank:]"; echo x >new; echo x 2>/dev/null >../new || echo no'
is "root does without one" "$status:$err:$(echo "$out" | tail -n +2 | tr '\n' ' ')" \
	"0::0 CapEff:0000000000000000 no "
rm -f "$d/home/project/new"
output env -u XDG_RUNTIME_DIR HOME="$d/home" sh -c 'cd ~/project && exec "$@"' sh \
	"$LORICA" sandbox -- true
is "no directory for the session is needed" "$status:$err" 0:

# ---- real work ----------------------------------------------------------------
program_path=/usr/local/bin:/usr/bin:/bin
if PATH=$program_path command -v cc make >/dev/null 2>&1; then
	printf 'all: greet\ngreet: greet.o text.o\n\t$(CC) -o $@ greet.o text.o\ncheck: greet\n\ttest "$$(./greet)" = hello\n' \
		>"$d/home/project/Makefile"
	printf '#include <stdio.h>\nconst char *text(void);\nint main(void) { puts(text()); return 0; }\n' \
		>"$d/home/project/greet.c"
	printf 'const char *text(void);\nconst char *text(void) { return "hello"; }\n' \
		>"$d/home/project/text.c"
	box -- make -s -j2 all check
	is "a C project is built and tested" "$status:$err" 0:
	rm -f "$d/home/project"/*
else
	skip "a C project" "no compiler"
fi
if PATH=$program_path command -v git >/dev/null 2>&1; then
	git_work='git init -q . && git config user.name me && git config user.email me@example.org &&
		echo one >file && git add file && git commit -qm one && git log --format=%s'
	box -- sh -c "$git_work"
	is "a repository is made" "$status:$out" 0:one
	box -- sh -c 'echo two >>file && git commit -qam two && git branch other && git checkout -q other &&
		git stash list && git status --short && git log --format=%s | tr "\n" " "'
	is "and worked in, from then on with its configuration kept" \
		"$status:$err:$out" "0::two one "
	box -- git config user.name you
	is "which is" "$([ "$status" != 0 ] && echo refused)" refused
	box -- sh -c 'git clone -q . copy && cat copy/file | tr "\n" " "'
	is "a clone" "$status:$out" "0:one two "
	rm -rf "$d/home/project/.git" "$d/home/project"/*
else
	skip "git" "not here"
fi
if PATH=$program_path python3 -c 'import venv, ensurepip' 2>/dev/null; then
	# shellcheck disable=SC2034 # for output
	limit=120
	box -- sh -c 'PATH=/usr/bin:/bin python3 -m venv --without-pip env && env/bin/python -c "
import multiprocessing, sys
with multiprocessing.Pool(2) as pool:
    print(sum(pool.map(abs, [-1, -2])), sys.prefix != sys.base_prefix)"'
	unset limit
	is "a Python environment, and processes that share memory" "$status:$err:$out" "0::3 True"
	rm -rf "$d/home/project/env"
else
	skip "a Python environment" "no Python with venv"
fi
