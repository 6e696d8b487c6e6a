# shellcheck shell=sh
# Our own seccomp profiles: what they shut is tried from inside, and what they
# are for runs.
tree=$(cd "$here/.." && pwd)
L="$LORICA --root $WORK/state"

# ---- choosing one --------------------------------------------------------
b=$WORK/profiles
bundle "$b"
sh_in "$b" 'grep ^Seccomp: /proc/self/status; (echo "" | cat); exit 7'
cp "$b/config.json" "$WORK/plain.json"
for own in build default strict; do
	jq --arg name "$own" '.annotations["dev.lorica.seccomp"] = $name' \
		"$WORK/plain.json" >"$b/config.json"
	run "$b"
	is "annotation $own" "$status:$err:$out" "7::Seccomp:	2"
	rm -rf "$WORK/written"
	mkdir "$WORK/written"
	rootless=$([ "$(id -u)" = 0 ] || echo --rootless)
	# shellcheck disable=SC2086 # empty or one word
	ok "spec --profile $own" "$LORICA" spec --bundle "$WORK/written" \
		--profile "$own" $rootless
	is "spec --profile $own: is the installed file" \
		"$(jq --slurpfile own "$tree/seccomp/$own.json" \
			'.linux.seccomp == ($own[0] | del(.syscalls[].comment))' \
			"$WORK/written/config.json")" true
done
change() { jq "$2" "$WORK/plain.json" >"$1/config.json"; }
change "$b" '.annotations["dev.lorica.seccomp"] = "/etc/passwd"'
run "$b"
is "the annotation names no file" "$status $err" \
	'1 lorica: run c: config.json: annotations.dev.lorica.seccomp: no profile is called "/etc/passwd"'
change "$b" '.annotations["dev.lorica.seccomp"] = "strict" | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW"}'
run "$b"
is "the annotation replaces nothing" "$status $err" \
	'1 lorica: run c: config.json: annotations.dev.lorica.seccomp: there is linux.seccomp as well: remove one'

# ---- Docker's format -----------------------------------------------------
# A rule whose condition is not met does not count, in a bundle as elsewhere.
conditional() {
	probed ".linux.seccomp = {defaultAction: \"SCMP_ACT_ALLOW\", syscalls: [{
		names: [\"getpgid\"], action: \"SCMP_ACT_ERRNO\", errnoRet: 61, $1}]} |
		.process.args = [\"probe\", \"call\", \"getpgid\", \"1\"]"
	printf %s "$out" | jq -c .errno
}
is "includes.caps, held" "$(conditional 'includes: {caps: ["CAP_KILL"]}')" '"ENODATA"'
is "includes.caps, not held" "$(conditional 'includes: {caps: ["CAP_SYS_ADMIN"]}')" null
is "excludes.caps, held" "$(conditional 'excludes: {caps: ["CAP_KILL"]}')" null
is "includes.arches" "$(conditional 'includes: {arches: ["s390x"]}')" null
is "includes.minKernel" "$(conditional 'includes: {minKernel: "5.15"}')" '"ENODATA"'
is "excludes.minKernel" "$(conditional 'excludes: {minKernel: "5.15"}')" null
rm -rf "$WORK/written"
mkdir "$WORK/written"
ok "spec --profile FILE" "$LORICA" spec --bundle "$WORK/written" \
	--profile "$here/data/seccomp-moby.json"
is "spec --profile FILE: its conditions are resolved" \
	"$(jq -c '[.linux.seccomp.syscalls[].names[]] | map(select(. == "mount" or . == "chroot" or . == "clone3"))' "$WORK/written/config.json")" \
	'["clone3"]'

# ---- what they shut ------------------------------------------------------
# The errno of refusals is one that nothing else gives, so that it is the filter
# that is seen to refuse.
# entries FILTER: what came of each entry point, with that change.
entries() {
	probed "$1 | .process.args = [\"probe\", \"entries\"]"
	printf '%s\n' "$out" >"$WORK/entries.json"
}
# passes: the entry points that no filter stopped.
passes() {
	jq -r 'to_entries | map(select(.value != "ENODATA" and .value != "SIGSYS" and
		(.key != "clone3" or .value != "ENOSYS")) | .key) | sort | join(" ")' \
		"$WORK/entries.json"
}
entries .
is "without a profile nothing is refused by one" \
	"$(jq -r 'to_entries | map(select(.value == "ENODATA" or .value == "SIGSYS" or
		(.key == "clone3" and .value == "ENOSYS")) | .key) | join(" ")' "$WORK/entries.json")" ""
all=$(jq length "$WORK/entries.json")
ok "every entry point was tried" test "$all" -gt 75
while read -r own open; do
	entries ".linux.seccomp = $(jq -c '.defaultErrnoRet = 61' "$tree/seccomp/$own.json")"
	is "$own: every entry point was tried" "$(jq length "$WORK/entries.json")" "$all"
	is "$own: what can still be entered" "$(passes)" "$open"
done <<'END'
build chroot memfd_create mknod msgget splice timer_create
default chroot io_setup memfd_create mknod mq_notify msgget process_vm_readv process_vm_writev ptrace shmget socket-raw socket-sctp splice timer_create vmsplice
strict io_setup shmget timer_create
END

# ---- what lorica says of them --------------------------------------------
# opened NAME: the entry points that are open, by "lorica syscalls".
opened() {
	"$LORICA" --root "$WORK/state" syscalls --json "$1" |
		jq -r '.entries | map(select(.reachable) | .id) | join(" ")'
}
is "syscalls strict" "$(opened strict)" \
	"traffic-control sysv-queues aio unix futex memory-maps waitid inotify"
is "syscalls of a file" "$(opened "$tree/seccomp/strict.json")" "$(opened strict)"
change "$b" '.annotations["dev.lorica.seccomp"] = "strict"'
is "syscalls of a bundle" "$(opened "$b")" "$(opened strict)"
change "$b" '.process.args = ["sleep", "100"] | .annotations["dev.lorica.seccomp"] = "strict"'
ok "a container to look at" $L create --bundle "$b" looked
is "syscalls of a container" "$(opened looked)" "$(opened strict)"
ok "it is deleted" $L delete --force looked
is "syscalls: no profile at all" \
	"$(change "$b" . && $L syscalls --json "$b" | jq -c '[.seccomp, .count == .of]')" '[false,true]'
is "syscalls: nothing of that name" "$($L syscalls nothing 2>&1)" \
	'lorica: syscalls: "nothing" is no profile, no container and no bundle'
is "syscalls: a foreign ABI is told" \
	"$($L syscalls "$here/data/seccomp-docker.json" | grep -c ' too$')" 2
is "syscalls: limits as the program has them" \
	"$($L syscalls --json strict | jq -c '.calls[] | select(.name == "ioctl" or .name == "socketpair") | [.unless, .if]')" \
	'[["int arg1 = 0x5412 or 0x541c or 0x5423"],null]
[null,["int arg0 = 1"]]'
is "syscalls --diff" \
	"$($L syscalls --diff --json default strict | jq -c '[.second.calls, .first.entries]')" \
	'[[],["ptrace","other-memory","sctp","posix-queues","splice","posix-timers"]]'
has "syscalls --diff: as text" "$($L syscalls --diff default strict)" "*only default*splice tee vmsplice*"
is "syscalls --diff: needs two" "$($L syscalls --diff default 2>&1)" \
	"lorica: syscalls: --diff: expected two"
is "syscalls: two need --diff" "$($L syscalls default strict 2>&1)" \
	"lorica: syscalls: two need --diff"
is "syscalls --intercept: of every call one" \
	"$($L syscalls --intercept=sealed --json | jq -c '[([.counts[]] | add) == (.calls | length), .counts.passed + .counts.limited <= 100]')" \
	'[true,true]'
is "syscalls --intercept: needs no name" "$($L syscalls --intercept=guard strict 2>&1)" \
	"lorica: syscalls: --intercept: is the same for every container, so no name is expected"
is "syscalls --intercept: a mode that is none" "$($L syscalls --intercept=off 2>&1)" \
	'lorica: syscalls: --intercept: unknown value "off"'
is "syscalls: nothing to look at" "$($L syscalls 2>&1)" \
	"lorica: syscalls: expected [BUNDLE|ID|PROFILE [OTHER]]"
escape=$(printf '\033')
is "colour is for terminals alone" "$($L syscalls default | grep -c "$escape")" 0
has "and a terminal has it" \
	"$(script -qec "$LORICA --root $WORK/state syscalls default" /dev/null </dev/null)" "*${escape}\[1m*"

# ---- what they are for ---------------------------------------------------
# programs PROFILE COMMAND WANTED: the last line that a shell prints with the
# machine's own programs under the profile, as an ordinary user would run it.
machine=$WORK/machine
mkdir -p "$machine/rootfs"
for dir in usr etc proc dev sys tmp var run opt; do mkdir -p "$machine/rootfs/$dir"; done
for link in bin lib lib32 lib64 sbin; do
	[ ! -L "/$link" ] || ln -s "usr/$link" "$machine/rootfs/$link"
done
programs() {
	jq --arg profile "$1" --arg cmd "$2" --argjson user "$user" '.process.terminal = false |
		.annotations["dev.lorica.seccomp"] = $profile |
		.process.args = ["/bin/sh", "-euc", $cmd] | .process.cwd = "/tmp" |
		.process.env += ["HOME=/tmp", "PATH=/usr/bin:/usr/sbin"] |
		.process.rlimits = [] |
		.process.user = {uid: $user, gid: $user} | .mounts += ([["/usr"], ["/etc"]] | map({destination: .[0], source: .[0], type: "bind",
			options: ["rbind", "ro", "nosuid", "nodev"]})) +
			[{destination: "/tmp", source: "tmp", type: "tmpfs", options: ["nosuid", "nodev", "mode=1777"]},
			{destination: "/var", source: "var", type: "tmpfs", options: ["nosuid", "nodev", "mode=755"]}]
		' "$WORK/plain.json" >"$machine/config.json"
	status=0
	timeout 60 "$LORICA" --root "$WORK/state" run --bundle "$machine" p \
		>"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
	out=$(tail -n 1 "$WORK/out")
	err=$(tail -n 3 "$WORK/err")
}
# works PROFILES PROGRAM COMMAND WANTED
works() {
	if [ ! -x "/usr/bin/$2" ] && [ ! -x "/usr/sbin/$2" ] && [ ! -x "$2" ]; then
		# No guest has them all, nor need it: the host does this.
		skipped=$((skipped + 1))
		echo "# skipped: $2 under $1: it is not installed"
		return
	fi
	profiles=$1
	# Where the processor is emulated, under the last of them.
	[ -z "${LORICA_GUEST:-}" ] || profiles=${1##* }
	for profile in $profiles; do
		programs "$profile" "$3"
		is "$2 under $profile" "$status:$out${err:+ stderr: $err}" "0:$4"
	done
}
user=0
everywhere="build default strict"
works "$everywhere" sh 'for i in 1 2 3; do echo $i | cat & done | sort | tail -n 1; wait' 3
works "$everywhere" ls 'mkdir d; echo a >x; cp -a x d/x; ln d/x d/y; ls -l d | wc -l' 3
works "$everywhere" timeout 'timeout 5 echo in time' "in time"
works "$everywhere" perl 'perl -e "
	pipe(R, W); if (!fork) { print W qq(child\n); exit } wait; close W; print <R>"' child
works "$everywhere" sqlite3 'sqlite3 x "PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(42); SELECT a FROM t"' 42
works "$everywhere" python3 'cat >x.py <<END
import asyncio, http.server, multiprocessing.pool, socket, sqlite3, subprocess, threading, urllib.request
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
page = urllib.request.urlopen("http://127.0.0.1:%d/x.py" % server.server_port).read()
with multiprocessing.pool.ThreadPool(4) as pool:
    total = sum(pool.map(len, [page] * 4))
async def main():
    process = await asyncio.create_subprocess_exec("cat", "x.py", stdout=subprocess.PIPE)
    return (await process.communicate())[0] == page
socket.getaddrinfo("localhost", 80)
print(total == 4 * len(page), asyncio.run(main()))
END
python3 x.py 2>/dev/null' "True True"
works "$everywhere" node 'cat >x.js <<END
const http = require("http"), { execFileSync } = require("child_process"), fs = require("fs");
const { Worker } = require("worker_threads");
fs.watch("/tmp").close();
http.createServer((q, r) => r.end("served")).listen(0, "127.0.0.1", function () {
  http.get({ port: this.address().port, host: "127.0.0.1" }, r => r.on("data", d => {
    new Worker("require(\"worker_threads\").parentPort.postMessage(1)", { eval: true })
      .on("message", () => { console.log(d + " " + execFileSync("echo", ["child"])); process.exit(0); });
  }));
});
END
node x.js | head -n 1' "served child"
works "$everywhere" java 'cat >X.java <<END
import java.net.*; import java.nio.file.*; import java.util.concurrent.*;
public class X { public static void main(String[] a) throws Exception {
  ServerSocket s = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  Future<Integer> f = Executors.newCachedThreadPool().submit(() -> s.accept().getInputStream().read());
  new Socket(s.getInetAddress(), s.getLocalPort()).getOutputStream().write(7);
  Files.copy(Path.of("X.java"), Path.of("Y.java"));
  int status = new ProcessBuilder("true").start().waitFor();
  System.out.println(f.get() + " " + status + " " + ProcessHandle.current().isAlive()); System.exit(0);
} }
END
java -Xmx128m -XX:TieredStopAtLevel=1 X.java' "7 0 true"
works "$everywhere" git 'git init -q r && cd r && echo a >a && git add a &&
	git -c user.name=n -c user.email=e commit -qm m && git clone -q . ../s && git gc -q && git log --oneline | wc -l' 1
works "build default" gcc 'printf "#include <stdio.h>\nint main(void){puts(\"compiled\");}" >x.c
	printf "x: x.o\n\tgcc -o x x.o\nx.o: x.c\n\tgcc -O2 -flto -pipe -c x.c\n" >Makefile
	make -s -j2 && ./x' compiled
works "build default" dpkg-deb 'mkdir -p p/DEBIAN p/usr/share/p; echo x >p/usr/share/p/x
	printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@m>\nDescription: d\n" >p/DEBIAN/control
	dpkg-deb --root-owner-group -b p p.deb >/dev/null
	mkdir -p r/var/lib/dpkg/updates r/var/lib/dpkg/info; : >r/var/lib/dpkg/status
	[ "$(id -u)" != 0 ] || dpkg --root=r --force-not-root --log=/dev/null -i p.deb >/dev/null
	dpkg-deb -x p.deb r; cat r/usr/share/p/x' x
works "build default" apt-get 'mkdir -p a/lists/partial a/cache/archives/partial a/dpkg; : >a/dpkg/status
	echo "deb [trusted=yes] file:/tmp/repo ./" >a/sources; mkdir repo
	apt="apt-get -q -o Dir::State=/tmp/a -o Dir::Cache=/tmp/a/cache -o Dir::State::status=/tmp/a/dpkg/status -o Dir::Etc::SourceList=/tmp/a/sources -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root"
	printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m\nFilename: ./p.deb\nSize: 1\nSHA256: 0\nDescription: d\n" >repo/Packages
	$apt update >/dev/null && $apt -s install p | grep -c "^Inst p"' 1
works "build default" tar 'mkdir t; echo a >t/a; ln -s a t/b; mkfifo t/f; tar -cf t.tar t; rm -r t; tar -xpf t.tar; ls t | wc -l' 3
works default strace 'strace -f -o log sh -c "true & wait"; grep -c "exited with 0" log' 2
works default gdb 'gdb -q -batch -ex run -ex "print 6 * 7" /bin/true 2>&1 | tail -n 1' '$1 = 42'
# It wants to be an ordinary user, and a container of one has no second.
postgres=$(echo /usr/lib/postgresql/*/bin)
if [ "$(id -u)" = 0 ]; then
	user=65534
	works "default strict" "$postgres/postgres" "export PATH=$postgres:\$PATH"'
		initdb -A trust -D db >log && pg_ctl -D db -o "-k /tmp -c shared_buffers=1MB" -l log -w start >/dev/null &&
		psql -h /tmp -qtAc "create table t as select generate_series(1, 1000) a; select sum(a) from t" postgres &&
		psql -h 127.0.0.1 -tAc "select count(*) from pg_stat_activity where backend_type = '"'client backend'"'" postgres &&
		pg_ctl -D db -m fast -w stop >/dev/null' 1
fi
works "default strict" redis-server 'redis-server --port 7777 --dir /tmp --appendonly yes >log & sleep 1
	redis-cli -p 7777 set a 42 >/dev/null; redis-cli -p 7777 bgsave >/dev/null; sleep 1
	redis-cli -p 7777 get a; redis-cli -p 7777 shutdown >/dev/null 2>&1; wait' 42
works "default strict" nginx 'mkdir h; echo served >h/x
	printf "error_log /tmp/e; pid /tmp/p; worker_processes 2; events {} http { access_log off; client_body_temp_path /tmp/t1; proxy_temp_path /tmp/t2; fastcgi_temp_path /tmp/t3; uwsgi_temp_path /tmp/t4; scgi_temp_path /tmp/t5; server { listen 127.0.0.1:8080; root /tmp/h; sendfile on; } }" >n.conf
	nginx -e /tmp/e -c /tmp/n.conf && curl -s 127.0.0.1:8080/x && nginx -e /tmp/e -c /tmp/n.conf -s quit' served

# ---- their pages ---------------------------------------------------------
for own in build default strict; do
	is "$own: every group has its argument" "$(jq -r '.syscalls[].comment | values' \
		"$tree/seccomp/$own.json" | while read -r group; do
		grep -qxF "## $group" "$tree/docs/seccomp/$own.md" || echo "$group"
	done)" ""
	is "$own: every rule belongs to a group" "$(jq -r '[foreach .syscalls[] as $rule (null;
		$rule.comment // .; .)] | map(select(. == null)) | length' "$tree/seccomp/$own.json")" 0
done
