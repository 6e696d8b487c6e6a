# shellcheck shell=sh disable=SC2016,SC2034,SC2154 # in the container; for the functions
# programs - real programs and what each is to do, for tests that source this.
# They have works and recorded, of PROFILES PROGRAM COMMAND WANTED: the last line
# that it prints; and program_path, where programs lie. The last of the profiles is the
# one that is made for such programs, and what a guest tries.
user=0
everywhere="build default strict"
works "$everywhere" sh 'for i in 1 2 3; do echo $i | cat & done | sort | tail -n 1; wait' 3
works "$everywhere" ls 'mkdir d; echo a >x; cp -a x d/x; ln d/x d/y; ls -l d | wc -l' 3
works "$everywhere" timeout 'timeout 5 echo in time' "in time"
recorded "$everywhere" perl 'perl -e "
	pipe(R, W); if (!fork) { print W qq(child\n); exit } wait; close W; print <R>"' child
recorded "$everywhere" sqlite3 'sqlite3 x "PRAGMA journal_mode=WAL; CREATE TABLE t(a); INSERT INTO t VALUES(42); SELECT a FROM t"' 42
recorded "$everywhere" python3 'cat >x.py <<END
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
recorded "$everywhere" node 'cat >x.js <<END
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
recorded "default strict build" git 'git init -q r && cd r && echo a >a && git add a &&
	git -c user.name=n -c user.email=e commit -qm m && git clone -q . ../s && git gc -q && git log --oneline | wc -l' 1
recorded "default build" gcc 'printf "#include <stdio.h>\nint main(void){puts(\"compiled\");}" >x.c
	printf "x: x.o\n\tgcc -o x x.o\nx.o: x.c\n\tgcc -O2 -flto -pipe -c x.c\n" >Makefile
	make -s -j2 && ./x' compiled
works "default build" dpkg-deb 'mkdir -p p/DEBIAN p/usr/share/p; echo x >p/usr/share/p/x
	printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m <m@m>\nDescription: d\n" >p/DEBIAN/control
	dpkg-deb --root-owner-group -b p p.deb >/dev/null
	mkdir -p r/var/lib/dpkg/updates r/var/lib/dpkg/info; : >r/var/lib/dpkg/status
	[ "$(id -u)" != 0 ] || dpkg --root=r --force-not-root --log=/dev/null -i p.deb >/dev/null
	dpkg-deb -x p.deb r; cat r/usr/share/p/x' x
recorded "default build" apt-get 'mkdir -p a/lists/partial a/cache/archives/partial a/dpkg; : >a/dpkg/status
	echo "deb [trusted=yes] file:/tmp/repo ./" >a/sources; mkdir repo
	apt="apt-get -q -o Dir::State=/tmp/a -o Dir::Cache=/tmp/a/cache -o Dir::State::status=/tmp/a/dpkg/status -o Dir::Etc::SourceList=/tmp/a/sources -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root"
	printf "Package: p\nVersion: 1\nArchitecture: all\nMaintainer: m\nFilename: ./p.deb\nSize: 1\nSHA256: 0\nDescription: d\n" >repo/Packages
	$apt update >/dev/null && $apt -s install p | grep -c "^Inst p"' 1
works "default build" tar 'mkdir t; echo a >t/a; ln -s a t/b; mkfifo t/f; tar -cf t.tar t; rm -r t; tar -xpf t.tar; ls t | wc -l' 3
works default strace 'strace -f -o log sh -c "true & wait"; grep -c "exited with 0" log' 2
works default gdb 'gdb -q -batch -ex run -ex "print 6 * 7" /bin/true 2>&1 | tail -n 1' '$1 = 42'
# It wants to be an ordinary user, and a container of one has no second, unless that is
# what it is shown as: 115-compat.sh.
postgres=$(echo /usr/lib/postgresql/*/bin)
program_path=$program_path:$postgres
postgres_up="export PATH=$postgres:\$PATH"'
		initdb -A trust -D db >log && pg_ctl -D db -o "-k /tmp -c shared_buffers=1MB" -l log -w start >/dev/null'
postgres_does="$postgres_up"' &&
	psql -h /tmp -qtAc "create table t as select generate_series(1, 1000) a; select sum(a) from t" postgres &&
	psql -h 127.0.0.1 -tAc "select count(*) from pg_stat_activity where backend_type = '"'client backend'"'" postgres &&
	pg_ctl -D db -m fast -w stop >/dev/null'
if [ "$(id -u)" = 0 ]; then
	user=65534
	works "default strict" postgres "$postgres_does" 1
fi
# What each waits with is done once in any case: a call that is made now and then
# would be missing in the recorded profile.
recorded "default strict" redis-server 'redis-cli -p 7777 ping >/dev/null 2>&1 || : nobody is there yet
	redis-server --port 7777 --dir /tmp --appendonly yes >log 2>&1 &
	kill -0 $!; sleep 0.1
	until redis-cli -p 7777 ping; do kill -0 $!; sleep 0.1; done >/dev/null 2>&1
	redis-cli -p 7777 set a 42 >/dev/null; redis-cli -p 7777 bgsave >/dev/null
	until redis-cli -p 7777 info persistence | grep -q "rdb_bgsave_in_progress:0"; do sleep 0.1; done
	redis-cli -p 7777 get a; redis-cli -p 7777 shutdown >/dev/null 2>&1; wait' 42
nginx_up='mkdir h; echo served >h/x
	[ "$(id -u)" != 0 ] || echo "user root root;" >n.conf
	printf "error_log /tmp/e; pid /tmp/p; worker_processes 2; events {} http { access_log off; client_body_temp_path /tmp/t1; proxy_temp_path /tmp/t2; fastcgi_temp_path /tmp/t3; uwsgi_temp_path /tmp/t4; scgi_temp_path /tmp/t5; server { listen 127.0.0.1:8080; root /tmp/h; sendfile on; } }" >>n.conf
	nginx -e /tmp/e -c /tmp/n.conf'
recorded "default strict" nginx "sleep 0.1; $nginx_up"'
	perl -MIO::Socket::INET -e "\$s = IO::Socket::INET->new(q(127.0.0.1:8080)) or die;
		print \$s qq(GET /x HTTP/1.0\r\n\r\n); print((<\$s>)[-1])"
	nginx -e /tmp/e -c /tmp/n.conf -s quit; while [ -e p ]; do sleep 0.1; done' served
