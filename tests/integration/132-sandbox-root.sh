# shellcheck shell=sh disable=SC2016,SC2034 # for the shell in there, and for lib.sh
# lorica sandbox --root: a show of root. Package managers and chown work with a
# single id, and nobody is given a right that he did not have.
one_guest programs "lorica sandbox --root" || return 0
d=$WORK/sandbox-root
mkdir -p "$d/home/project" "$d/tools"
chmod 755 "$d"
caller=$(id -u):$(id -g)
program_path=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
limit=$((6 * patience))

# The path that an ordinary user has, without root's programs.
path=/usr/local/bin:/usr/bin:/bin
box() {
	output env HOME="$d/home" PATH="$path" sh -c 'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}

# in_box COMMAND [OPTION...]: the same for a command of the shell, as root.
in_box() {
	boxed=$1
	shift
	box --root --ro "$d/tools" "$@" -- sh -c "$boxed"
}

# afresh: an empty project.
afresh() {
	rm -rf "$d/home/project"
	mkdir "$d/home/project"
}

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "lorica sandbox --root" "no user namespaces"
	return
fi

# ---- what is asked for -------------------------------------------------------
box --root --print-config -- true
answers "the layer is chosen by it, and keeps to the like of Landlock" \
	'[.annotations["dev.lorica.fakeroot"], .annotations["dev.lorica.apart"], .process.user, .process.capabilities, (.linux.uidMappings // [{size: 1}] | .[0].size)]' \
	'["true","true",{"uid":0,"gid":0},{},1]'
box --root --user 5 -- true
is "who is root is no other" "$status:$err" \
	"125:lorica: sandbox: --root: --user 5 is another"
box --root --intercept observe -- true
is "nor without the layer" "$status:$err" \
	"125:lorica: sandbox: --root: needs --intercept guard or sealed, not observe"
box --root -- sh -c 'echo $PATH'
is "root's programs are found, behind the caller's" "$out" "$path:/usr/local/sbin:/usr/sbin:/sbin"
box -- sh -c 'echo $PATH'
is "as nobody else's are" "$out" "$path"
path=/usr/sbin:$path/:/sbin
box --root -- sh -c 'echo $PATH'
is "once" "$out" "$path:/usr/local/sbin"
path=/usr/local/bin:/usr/bin:/bin
box --root --env PATH=/bin -- /bin/sh -c 'echo $PATH'
is "unless the caller says another path" "$out" /bin
echo '{"root": true}' >"$d/home/project/.lorica"
box -- sh -c 'chown 1:1 . 2>/dev/null || echo no'
has "a project cannot have it by itself" "$status:$out:$err" \
	"0:no:*root*"
box --trust -- sh -c 'chown 1:1 . && stat -c %u:%g .'
is "but where the user agrees" "$status:$out" 0:1:1
afresh

# ---- files -------------------------------------------------------------------
# files: what is to be so by each mode and platform. Run in there.
cat >"$d/tools/files" <<'E'
set -e
id -u; id -g
echo x >file
chown 12:34 file
stat -c '%u:%g %a' file
ls -ln file | awk '{ print $3 ":" $4 }'
ln file hard
mv hard moved
chgrp 56 moved
stat -c '%u:%g %h' file
ln -s file link
chown -h 7:8 link
stat -c %u:%g link file
chmod 4711 file
stat -c '%a %A' file
chown 12 file
stat -c %a file
chmod 0 file
cat file
stat -c %a file
mkdir dir
chown 3:3 dir
chmod 2575 dir
echo x >dir/new
stat -c '%u %a' dir
rm -r dir
mkdir dir
stat -c %u dir
mknod null c 1 3
stat -c '%F %t:%T' null
chmod 666 null
ls -l null | cut -c 1-10
echo y >new
chown 9 new
mv new file
stat -c %u:%h file moved
rm file moved
echo z >file
stat -c %u:%g file
chown 0:0 file
E
cat >"$d/files.want" <<'E'
0
0
12:34 644
12:34
12:56 2
7:8
12:56
4711 -rws--x--x
711
x
0
3 2575
0
character special file 1:3
crw-rw-rw-
9:1
12:1
0:0
E
for mode in guard sealed; do
	in_box "sh '$d/tools/files'" --intercept $mode
	is "$mode: files" "$status:$out:$err" "0:$(cat "$d/files.want"):"
	is "$mode: outside all are the caller's" \
		"$(stat -c '%u:%g' "$d/home/project"/* | sort -u)" "$caller"
	afresh
	for platform in notify ptrace; do
		box --root --ro "$d/tools" --print-config -- sh "$d/tools/files"
		rm -rf "$d/b"
		mkdir -p "$d/b"
		printf %s "$out" >"$d/b/config.json"
		output "$LORICA" --root "$d/state" run --intercept $mode \
			--platform $platform --bundle "$d/b" "root-$$"
		is "$mode, $platform: files" "$status:$out:$err" \
			"0:$(cat "$d/files.want"):"
		afresh
	done
done

in_box 'echo x >file; chmod 6755 file; chown 1 file; chmod 7755 file; mkdir dir; chmod 500 dir; stat -c %a file dir'
is "a mode is shown" "$status:$out" "0:7755
500"
is "no program runs as the caller by it, and his files stay his to use" \
	"$(stat -c %a "$d/home/project/file" "$d/home/project/dir")" "1755
700"
afresh
in_box 'touch file; chown 5 file; cat' </dev/null
in_box 'stat -c %u file; touch again'
is "the next run begins anew" "$status:$out" 0:0
in_box 'chown 1 /usr /etc/passwd 2>&1; chmod 777 /usr 2>&1; stat -c %a /usr' 
has "what may not be written has no other owner" "$out" "*Read-only*Read-only*755"
if needs root "the file of somebody else"; then
	touch "$d/home/project/foreign"
	chown 65532:65532 "$d/home/project/foreign"
	in_box 'chown 0:0 foreign 2>/dev/null || echo no; mknod /dev/mem c 1 1 && cat /dev/mem | wc -c'
	is "another's file is another's, and a device none" "$out" "no
0"
	rm "$d/home/project/foreign"
fi
in_box 'grep -E "^(CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "[:blank:]" | tr "\n" " "; chroot / true 2>/dev/null || echo no'
is "without powers" "$out" "CapPrm:0000000000000000 CapEff:0000000000000000 CapBnd:0000000000000000 CapAmb:0000000000000000 NoNewPrivs:1 Seccomp:2 no"
box -- sh -c 'touch file; chown 5 file 2>/dev/null || echo no; id -u'
is "without the option nothing is a show" "$out" "no
$(id -u)"
afresh

# A policy is asked before anything is shown.
echo '{"files": [{"paths": ["/**/kept"], "action": "deny"}]}' >"$d/policy.json"
touch "$d/home/project/kept"
in_box 'chown 5 kept 2>/dev/null || echo no; stat -c %u kept; touch other; chown 5 other; stat -c %u other' \
	--policy "$d/policy.json"
is "what a policy keeps has no other owner" "$status:$out:$err" "0:no
0
5:"
afresh

# ---- ids ---------------------------------------------------------------------
if program setpriv "--root: who gives root up"; then
	in_box 'setpriv --reuid 1000 --regid 42 --groups 5,6 sh -c "id -u; id -g; id -G; sh -c \"id -u\"; setpriv --reuid 0 true 2>/dev/null || echo no; touch file; chown 3 file 2>/dev/null || echo no"; id -u'
	is "another, and its children, until it has ended" "$status:$out:$err" "0:1000
42
42 5 6
1000
no
no
0:"
	in_box 'cp "$(command -v id)" id; chmod 4755 id; chown 3 id; chmod 6755 id; setpriv --reuid 1000 --clear-groups ./id -u'
	is "a setuid program is one that is not" "$status:$out" 0:1000
	afresh
fi
if program su "--root: su"; then
	in_box 'su nobody -s /bin/sh -c "id -un"'
	is "su" "$status:$out" 0:nobody
fi
if program setcap "--root: setcap"; then
	in_box 'touch file; setcap cap_net_raw+ep file; getcap file; cp -a file copy; getcap copy; chown 1 file; getcap file; setcap -r copy; getcap copy'
	is "capabilities of a file" "$status:$out" "0:file cap_net_raw=ep
copy cap_net_raw=ep"
	afresh
fi
if program python3 "--root: python"; then
	cat >"$d/tools/script.py" <<'E'
import os, threading
os.chdir(os.environ["HOME"] + "/project")
def owner(fd): return os.fstat(fd).st_uid
open("a", "w").close()
os.chown("a", 7, 8)
print(os.stat("a").st_uid, os.stat("a").st_gid, os.lstat("a").st_uid)
fd = os.open("a", os.O_RDONLY)
os.fchown(fd, 9, -1)
print(owner(fd), os.fstat(fd).st_gid)
# Removed by another process: what comes in its place is another file.
if os.fork() == 0:
    os.unlink("a")
    os._exit(0)
os.wait()
print(owner(fd))
os.close(fd)
wrong = 0
for i in range(200):
    fd = os.open("b", os.O_CREAT | os.O_RDWR)
    wrong += owner(fd) != 0
    os.fchown(fd, 11, 11)
    wrong += owner(fd) != 11
    os.close(fd)
    os.unlink("b")
print("wrong", wrong)
# One that has no name.
fd = os.open(".", os.O_TMPFILE | os.O_RDWR)
os.fchown(fd, 12, 12)
print(owner(fd))
# One that is exchanged and replaced.
for name in "cd": open(name, "w").close()
os.chown("c", 13, 13)
os.rename("d", "c")
print(os.stat("c").st_uid)
# Races: what is removed meanwhile is gone, what is there is somebody's.
done = False
def race():
    while not done:
        try: os.unlink("r")
        except FileNotFoundError: pass
thread = threading.Thread(target=race)
thread.start()
for i in range(2000):
    open("r", "a").close()
    try:
        os.chown("r", 14, 14)
        wrong += os.stat("r").st_uid not in (0, 14)
    except FileNotFoundError: pass
done = True
thread.join()
print("wrong", wrong)
# All threads of a process, and what it begins.
said = []
go = threading.Event()
def say():
    go.wait()
    said.append(os.getuid())
thread = threading.Thread(target=say)
thread.start()
os.setgroups([5])
os.setgid(42)
os.setuid(1000)
go.set()
thread.join()
print(said, os.getresuid(), os.getresgid(), os.getgroups())
for again in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.setgroups([]),
        lambda: os.chown("c", 1, 1), lambda: os.mknod("n", 0o20666, 1)):
    try: again()
    except PermissionError: print("no")
E
	for mode in guard sealed; do
		in_box "python3 '$d/tools/script.py'" --intercept $mode
		is "$mode: python" "$status:$out:$err" "0:7 8 7
9 8
0
wrong 0
12
0
wrong 0
[1000] (1000, 1000, 1000) (42, 42, 42) [5]
no
no
no
no
no:"
		afresh
	done
fi

# ---- archives, copies, packages ----------------------------------------------
if program tar "--root: tar"; then
	in_box 'mkdir in out; echo x >in/file; mknod in/zero c 1 5; chown 33:44 in/file; chmod 4750 in/file; chown 5:6 in
		tar cf a.tar in && tar tvf a.tar --numeric-owner | awk "{ print \$1, \$2 }" && tar -C out -xpf a.tar && cd out && stat -c "%n %u:%g %a %F %t:%T" in in/file in/zero'
	is "there and back" "$status:$out:$err" "0:drwxr-xr-x 5/6
-rwsr-x--- 33/44
crw-r--r-- 0/0
in 5:6 755 directory 0:0
in/file 33:44 4750 regular file 0:0
in/zero 0:0 644 character special file 1:5:"
	afresh
fi
if program install "--root: install and cp"; then
	in_box 'echo x >file; install -o 3 -g 4 -m 6640 file copy; cp -a copy again; cp --preserve=all -r . "$TMPDIR/all" 2>/dev/null; stat -c "%u:%g %a" copy again'
	is "install and cp" "$status:$out:$err" "0:3:4 6640
3:4 6640:"
	afresh
fi
if program dpkg "--root: dpkg"; then
	cat >"$d/tools/package" <<'E'
set -e
mkdir -p pkg/DEBIAN pkg/usr/share/thing pkg/var/spool/thing pkg/usr/bin
echo data >pkg/usr/share/thing/data
echo program >pkg/usr/bin/thing
chmod 4755 pkg/usr/bin/thing
chown 33:33 pkg/var/spool/thing
chmod 2770 pkg/var/spool/thing
chown 0:42 pkg/usr/share/thing/data
chmod 640 pkg/usr/share/thing/data
cat >pkg/DEBIAN/control <<C
Package: lorica-thing
Version: 1
Architecture: all
Maintainer: Nobody <nobody@example.org>
Description: thing
C
cat >pkg/DEBIAN/postinst <<'C'
#!/bin/sh
set -e
chown 7:8 "$DPKG_ROOT/usr/share/thing/data"
C
chmod 755 pkg/DEBIAN pkg/DEBIAN/postinst
dpkg-deb --build pkg repo/thing.deb >/dev/null
E
	cat >"$d/tools/dpkg" <<'E'
set -e
mkdir -p repo root/var/lib/dpkg/updates root/var/lib/dpkg/info
touch root/var/lib/dpkg/status
sh "$1/package"
dpkg-deb -c repo/thing.deb | grep -v '/$' | sed 's/ .* / /'
dpkg --root="$PWD/root" --force-script-chrootless --log=/dev/null -i repo/thing.deb >log 2>&1 || cat log
cd root
stat -c '%u:%g %a' usr/bin/thing usr/share/thing/data var/spool/thing
E
	for mode in guard sealed; do
		in_box "sh '$d/tools/dpkg' '$d/tools'" --intercept $mode
		is "$mode: a package is made and installed" "$status:$out:$err" "0:-rwsr-xr-x ./usr/bin/thing
-rw-r----- ./usr/share/thing/data
0:0 4755
7:8 640
33:33 2770:"
		afresh
	done
fi
if program apt-get "--root: apt-get" && program dpkg "--root: apt-get"; then
	cat >"$d/tools/apt" <<'E'
set -e
mkdir -p repo apt/var/lib/dpkg/updates apt/var/lib/dpkg/info apt/var/lib/apt/lists/partial \
	apt/var/cache/apt/archives/partial apt/var/log/apt apt/etc/apt/preferences.d \
	apt/etc/apt/apt.conf.d apt/etc/apt/trusted.gpg.d got
touch apt/var/lib/dpkg/status
sh "$1/package"
{
	cat pkg/DEBIAN/control
	echo "Filename: ./thing.deb"
	echo "Size: $(stat -c %s repo/thing.deb)"
	echo "SHA256: $(sha256sum repo/thing.deb | cut -d ' ' -f 1)"
} >repo/Packages
echo "deb [trusted=yes] file:$PWD/repo ./" >apt/etc/apt/sources.list
cat >apt.conf <<C
Dir "$PWD/apt";
Dir::State::status "$PWD/apt/var/lib/dpkg/status";
DPkg::Options { "--root=$PWD/apt"; "--force-script-chrootless"; "--log=/dev/null"; };
DPkg::Pre-Install-Pkgs "";
#clear DPkg::Pre-Install-Pkgs;
C
export APT_CONFIG="$PWD/apt.conf" DEBIAN_FRONTEND=noninteractive
apt-get update >log 2>&1 || cat log
chown _apt got
(cd got && apt-get download lorica-thing) >log 2>&1 || cat log
ls got
apt-get -y install lorica-thing >log 2>&1 || cat log
cd apt
stat -c '%u:%g %a' usr/bin/thing usr/share/thing/data var/spool/thing
E
	in_box "sh '$d/tools/apt' '$d/tools'"
	is "apt downloads as another user, and installs" "$status:$out:$err" "0:lorica-thing_1_all.deb
0:0 4755
7:8 640
33:33 2770:"
	is "outside all are the caller's" "$(find "$d/home/project" -printf '%U:%G\n' | sort -u)" "$caller"
	afresh
fi

# ---- a named one -------------------------------------------------------------
(cd "$d/home/project" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox \
	--root --name "root-$$" -- sh -c 'echo x >file; chown 5:6 file; echo ready >ready; while [ ! -e done ]; do sleep 0.1; done') &
boxed=$!
ok "it runs" await test -s "$d/home/project/ready"
output "$LORICA" --root "$d/state" exec --cwd "$d/home/project" "root-$$" \
	sh -c 'id -u; stat -c %u:%g file; chown 7 file; stat -c %u:%g file; touch done'
is "exec sees the same" "$status:$out:$err" "0:0
5:6
7:6:"
wait $boxed
is "nothing is left behind" "$(ls "$d/state")" ""
unset limit
