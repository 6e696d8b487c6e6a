# shellcheck shell=sh
# lorica sandbox where the machine forbids it, and real work in it.
d=$WORK/sandbox-machines
mkdir -p "$d/home/project"
chmod 755 "$d"

# ---- the kernel's own switches, which are a machine's -------------------------------
# somebody: lorica sandbox as an ordinary user, who has no powers.
somebody() {
	output setpriv --reuid=65533 --regid=65533 --clear-groups env HOME="$d/home" \
		XDG_RUNTIME_DIR="$d/home" sh -c 'cd ~/project && exec "$@"' sh \
		"$d/lorica" sandbox -- id -u
}

if needs plain "user namespaces that a sysctl forbids" && [ "$(id -u)" = 0 ]; then
	cp "$LORICA" "$d/lorica"
	chown -R 65533:65533 "$d/home"
	chmod 711 "$WORK"
	somebody
	is "somebody has a sandbox" "$status:$err:$out" 0::65533
	echo 0 >/proc/sys/kernel/unprivileged_userns_clone
	somebody
	is "kernel.unprivileged_userns_clone=0" "$status:$err" \
		'125:lorica: sandbox: ordinary users may not make user namespaces here: as root, "sysctl -w kernel.unprivileged_userns_clone=1" allows it'
	echo 1 >/proc/sys/kernel/unprivileged_userns_clone
	most=$(cat /proc/sys/user/max_user_namespaces)
	echo 0 >/proc/sys/user/max_user_namespaces
	somebody
	is "user.max_user_namespaces=0" "$status:$err" \
		'125:lorica: sandbox: user namespaces are switched off here: as root, "sysctl -w user.max_user_namespaces=16384" allows them'
	output env HOME="$d/home" "$LORICA" --root "$d/state" sandbox -- id -u
	is "root does without them" "$status:$out" 0:0
	echo "$most" >/proc/sys/user/max_user_namespaces
	somebody
	is "as it was" "$status:$err:$out" 0::65533
fi

one_guest user "the sandbox, machines" || return 0

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
# switched NAME VALUE [VARIABLE]: what is said where the kernel refuses them, and that
# file below /proc/sys says why. The file is made up: not every kernel has it.
switched() {
	output env HOME="$d/home" ${3:+"$3"} unshare --user --map-root-user --mount sh -c '
		echo 0 >/proc/sys/user/max_user_namespaces &&
		mount -t tmpfs none /proc/sys && mkdir /proc/sys/kernel /proc/sys/user &&
		echo "$2" >"/proc/sys/$1" && shift 2 &&
		cd ~/project && exec setpriv --bounding-set=-all --inh-caps=-all "$@"' sh \
		"$1" "$2" "$LORICA" --root "$d/state" sandbox -- true
}
switched kernel/unprivileged_userns_clone 0
is "Debian's switch" "$status:$err" \
	'125:lorica: sandbox: ordinary users may not make user namespaces here: as root, "sysctl -w kernel.unprivileged_userns_clone=1" allows it'
switched kernel/apparmor_restrict_unprivileged_userns 1
is "AppArmor's switch" "$status:$err" \
	'125:lorica: sandbox: AppArmor lets only named programs use user namespaces here: as root, load a profile for lorica that has "userns,", or "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"'
switched kernel/unprivileged_userns_clone 1 container=podman
is "a container" "$status:$err" \
	'125:lorica: sandbox: this container may not make user namespaces: start it with a seccomp profile that allows unshare and mount ("--security-opt seccomp=unconfined")'
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

# ---- with and without subordinate ids ----------------------------------------------
# A sandbox has one id, so that neither /etc/subuid nor newuidmap(1), which here says that
# it was called, makes a difference: not to the sandbox, to --root or to --image.
mkdir -p "$d/etc" "$d/tools"
for tool in newuidmap newgidmap; do
	printf '#!/bin/sh\necho "$0 $*" >>%s\nexit 1\n' "$d/called" >"$d/tools/$tool"
	chmod 755 "$d/tools/$tool"
done
: >"$d/called"
chmod 666 "$d/called"
chmod 755 "$d/home" "$d/home/project"
who=$(id -u)
become="unshare --user --map-user=$who --map-group=$(id -g)"
if [ "$who" = 0 ]; then
	who=65533
	become="setpriv --reuid=65533 --regid=65533 --clear-groups"
	chown -R 65533 "$d/home" "$d/called"
	chmod 711 "$WORK"
fi
# by_ids TEXT WORD...: lorica sandbox with those as an ordinary user, where both files have
# that text, or are not there if it is "none"; with it, the tools are there as well.
by_ids() {
	text=$1
	shift
	output ${namespace:-unshare --mount} sh -c '
		text=$1 etc=$2 tools=$3
		shift 3
		mount -t tmpfs none "$etc" || exit
		cp -dR /etc/passwd /etc/group /etc/ld.so.* /etc/alternatives "$etc" 2>/dev/null
		for file in subuid subgid; do [ "$text" = none ] || echo "$text" >"$etc/$file"; done
		mount --bind "$etc" /etc || exit
		for tool in newuidmap newgidmap; do
			[ "$text" = none ] || cover=$tools/$tool
			[ ! -e /usr/bin/$tool ] || mount --bind "${cover:-/dev/null}" /usr/bin/$tool || exit
		done
		# Where there are none to cover they are found all the same.
		[ "$text" != none ] || tools=/bin
		PATH=$tools:/usr/bin:/bin exec "$@"' sh "$text" "$d/etc" "$d/tools" $become env HOME="$d/home" \
		XDG_RUNTIME_DIR="$d/home" LORICA_LIBEXEC="$d" sh -c \
		'cd ~/project && exec "$@"' sh "$subject" sandbox "$@"
}
subject=$LORICA
namespace="unshare --user --map-root-user --mount"
if [ "$(id -u)" = 0 ]; then
	namespace=
	cp "$LORICA" "$d/lorica"
	subject=$d/lorica
fi
image=
if command -v gzip >/dev/null && [ -x "$LORICA_LIBEXEC/lorica-image" ]; then
	# shellcheck source=tests/support/image.sh
	. "$here/support/image.sh"
	bundle "$I/ids"
	echo x >"$I/ids/rootfs/owned"
	tar -C "$I/ids/rootfs" --sort=name --numeric-owner --owner=7 --group=7 -cf "$I/ids.tar" .
	image=$I/ids-image
	# shellcheck disable=SC2154 # of image.sh
	layout "$image" '{"Env":["PATH=/bin"]}' one "$I/ids.tar"
	cp "$LORICA_LIBEXEC/lorica-image" "$d/lorica-image"
	chmod -R a+rX "$I"
fi
for text in none "$who:200000:65536"; do
	by_ids "$text" -- sh -c 'tr -s " " </proc/self/uid_map; id -u; echo x >made && stat -c %u made; rm made'
	is "subordinate ids, $text: the sandbox" "$status:$err:$(echo "$out" | tr '\n' ' ')" \
		"0:: $who $who 1 $who $who "
	by_ids "$text" --root -- sh -c 'tr -s " " </proc/self/uid_map; touch made; chown 33:34 made; stat -c %u:%g made; rm made'
	has "subordinate ids, $text: --root" "$status:$err:$(echo "$out" | tr '\n' ' ')" "0:: 0 * 1 33:34 "
	[ "$image" ] || continue
	by_ids "$text" --image "$image" -- sh -c 'cat /proc/self/uid_map | wc -l; id -u; stat -c %u /owned; echo x >made && stat -c %u made; rm made'
	is "subordinate ids, $text: --image" "$status:$err:$(echo "$out" | tr '\n' ' ')" "0::1 0 0 0 "
done
is "no other program was asked for ids" "$(cat "$d/called")" ""
[ "$(id -u)" != 0 ] || chown -R 0 "$d/home"

# ---- in a container ------------------------------------------------------------------
if grep -q __asan_init "$LORICA"; then
	skip "the sandbox in a container" "the sanitizers' libraries are not in there"
else
	bundle "$d/outer"
	cp "$LORICA" "$d/outer/rootfs/bin/lorica"
	mkdir "$d/outer/rootfs/project"
	config "$d/outer" '.root.readonly = false | .process.cwd = "/project" |
		.process.args = ["lorica", "--root", "/tmp/state", "sandbox", "--", "sh", "-c",
		"echo x >made && cat made; echo x 2>/dev/null >/new || echo no"]'
	run "$d/outer"
	is "root without a capability" "$status:$err" \
		"125:lorica: sandbox: the kernel lets root without CAP_SETFCAP into no user namespace: start this container with that capability, or be an ordinary user in it"
	config "$d/outer" '.process.capabilities |= map_values(. + ["CAP_SETFCAP"])'
	run "$d/outer"
	is "a /proc that is covered" "$status:$err" \
		'125:lorica: sandbox: parts of /proc are covered, as in a container, and the kernel gives no new one: start the container with "--security-opt unmask=ALL" (podman) or "--security-opt systempaths=unconfined" (docker)'
	config "$d/outer" 'del(.linux.maskedPaths, .linux.readonlyPaths)'
	run "$d/outer"
	is "without these it works in a container" "$status:$err:$(echo "$out" | tr '\n' ' ')" "0::x no "
	config "$d/outer" '.linux.seccomp = {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
		{"names": ["sethostname"], "action": "SCMP_ACT_ERRNO"}]}'
	run "$d/outer"
	is "a filter that forbids its name" "$status:$err" \
		'125:lorica: sandbox: a filter forbids to set the sandbox'\''s name: start this container with a seccomp profile that allows sethostname, unshare and mount ("--security-opt seccomp=unconfined")'
	config "$d/outer" '.linux.maskedPaths = ["/proc/keys"]'
	run "$d/outer"
	is "and parts of /proc that are covered" "$status:$err" \
		'125:lorica: sandbox: a filter and covered parts of /proc forbid it in this container: start it with "--security-opt seccomp=unconfined" and "--security-opt unmask=ALL" (podman) or "--security-opt systempaths=unconfined" (docker)'
	config "$d/outer" 'del(.linux.maskedPaths, .linux.seccomp)'
	config "$d/outer" '.annotations["dev.lorica.seccomp"] = "default"'
	run "$d/outer"
	is "under a filter it does not" "$status:$err" \
		"125:lorica: sandbox: the kernel refuses a user namespace: the process is in a chroot, or a filter or security policy forbids it"
fi

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
