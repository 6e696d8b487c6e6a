# shellcheck shell=sh
# The interception layer: what it sees and decides, and that programs do not
# notice; by both platforms.
one_guest intercept "the interception layer, 100" || return 0
b=$WORK/intercept
bundle "$b"
cp "$SUPPORT/tasks" "$b/rootfs/bin/tasks"
for applet in cp ln rm sed sort uniq; do
	ln -sf busybox "$b/rootfs/bin/$applet"
done
config "$b" '.root.readonly = false'
policy=$WORK/policy.json
events=$WORK/events
printf 'secret\n' >"$b/rootfs/etc/secret"
# Rules of every section, so that every group of calls is stopped; what is
# allowed without one is allowed.
cat >"$policy" <<'JSON'
{ "files": [ { "paths": ["/etc/secret", "/tmp/forbidden/**"],
    "access": ["read", "write", "create"], "action": "deny", "errno": "EACCES" } ],
  "network": [ { "to": ["metadata"], "action": "deny" } ],
  "execute": [ { "paths": ["/bin/nothing"], "action": "deny" },
    { "drift": true, "action": "deny", "errno": "EPERM" } ],
  "calls": [ { "names": ["sethostname"], "action": "deny", "errno": "EUSERS" } ] }
JSON
# guarded MODE PLATFORM [OPTION...]: run the bundle; sets out, err and status.
guarded() {
	mode=$1 platform=$2
	shift 2
	rm -f "$events"
	status=0
	timeout $((6 * patience)) "$LORICA" --root "$WORK/state" run -b "$b" --intercept="$mode" \
		--platform="$platform" --events "$events" "$@" under >"$WORK/out" \
		2>"$WORK/err" </dev/null || status=$?
	out=$(cat "$WORK/out")
	err=$(cat "$WORK/err")
}
# noted FILTER: of the events, a line each.
noted() { jq -r "select($1) | \"\(.call // .kind) \(.decision // \"-\") \(.rule // \"-\")\"" "$events"; }

# ---- choosing it -----------------------------------------------------------
sh_in "$b" 'cat /etc/secret'
guarded guard auto --policy "$policy"
has "the policy decides" "$status:$err" "1:*Permission denied*"
is "and says by which rule" "$(noted '.decision == "denied"')" "openat denied files[0]"
is "as a fact" "$(jq -r 'select(.decision == "denied") | "\(.sound) \(.object) \(.errno)"' "$events")" \
	"true /etc/secret EACCES"
guarded observe auto
is "what is observed happens" "$status:$out" "0:secret"
ok "and is told" test "$(noted '.call == "openat"' | wc -l)" -gt 0
is "as what was only observed" \
	"$("$LORICA" trace --input "$events" --call openat | grep -cv 'O_[A-Z|]*.* = ? \[only observed\]$')" 0
is "and is called no decision" "$(jq -r 'select(.call == "openat") | .sound' "$events" | sort -u)" false
guarded nonsense auto
has "a mode that is none" "$status:$err" '1:lorica: run under: --intercept: unknown value "nonsense"'
guarded guard nonsense
has "a platform that is none" "$status:$err" '1:lorica: run under: --platform: unknown value "nonsense"'
guarded guard auto --policy "$WORK/none.json"
has "a policy that is not there" "$status:$err" "1:*$WORK/none.json*no such file*"
echo '{"files": [{"path": ["/x"]}]}' >"$WORK/bad.json"
guarded guard auto --policy "$WORK/bad.json"
has "a policy with a rule that is mistyped" "$status:$err" '1:*bad.json: files?0?.path: unknown member'
guarded off auto --policy "$policy"
has "a policy without the layer" "$status:$err" "1:*--policy is for --intercept*"
config "$b" '.root.readonly = false | .annotations = {"dev.lorica.intercept": "observe"}'
sh_in "$b" 'sleep 300'
ok "the annotation chooses, too" "$LORICA" --root "$WORK/state" run -d -b "$b" noted \
	>/dev/null 2>&1 </dev/null
is "and state shows it" "$("$LORICA" --root "$WORK/state" state noted | jq -r .intercept)" observe
"$LORICA" --root "$WORK/state" delete --force noted
config "$b" '.annotations = {"dev.lorica.intercept": "sideways"}'
sh_in "$b" 'true'
run "$b"
has "an annotation that is wrong" "$status:$err" '1:*annotations: dev.lorica.intercept: unknown value "sideways"'
config "$b" '.annotations = {"dev.lorica.intercept": "off", "dev.lorica.policy": "../../etc/passwd"}'
sh_in "$b" 'sleep 300'
ln -sf "$(realpath "$LORICA")" "$WORK/lorica-guard"
status=0
"$WORK/lorica-guard" --root "$WORK/state" run -d -b "$b" named >/dev/null 2>"$WORK/err" </dev/null || status=$?
has "an annotation names no file but a policy's" "$status:$(cat "$WORK/err")" "1:*dev.lorica.policy*is no name*"
config "$b" '.annotations = {"dev.lorica.intercept": "off"}'
sh_in "$b" 'sleep 300'
"$WORK/lorica-guard" --root "$WORK/state" run -d -b "$b" named >/dev/null 2>&1 </dev/null
is "the name of the program chooses, and no annotation takes that away" \
	"$("$LORICA" --root "$WORK/state" state named | jq -r .intercept)" guard
"$LORICA" --root "$WORK/state" delete --force named
config "$b" 'del(.annotations)'

# ---- both platforms: programs do not notice ---------------------------------
# works WORDS STATUS OUTPUT
works() {
	jq --arg words "$1" '.process.args = ["tasks"] + ($words | split(" "))' \
		"$b/config.json" >"$b/config.new" && mv "$b/config.new" "$b/config.json"
	for platform in notify ptrace; do
		for mode in observe guard; do
			option=
			[ $mode = observe ] || option=--policy=$policy
			guarded $mode $platform ${option:+"$option"}
			is "$1: $mode by $platform" "$status:$out" "$2:$3"
		done
	done
}
works "threads 40" 0 ok
works thread-exec 0 ok
works leader-ends 7 ok
works "forks 10" 0 ok
works vfork-exec 0 ok
works signals 0 ok
works stops 0 ok
works stop-first 0 ok
works place 0 ok
works faults 139 ""
for platform in notify ptrace; do
	sh_in "$b" 'rm -rf /tmp/*; cd /tmp && mkdir -p a/b && echo x >a/b/c && cat a/b/c a/../a/b/c &&
		ln -s a/b link && cat link/c && cd link && cat c ../b/c && rm c &&
		echo y >>/tmp/new && cat /tmp/new && ls /proc/self/fd | wc -l &&
		cat /proc/self/comm /proc/$$/comm && (umask 027; echo z >/tmp/mode; stat -c %a /tmp/mode) &&
		exec 5<>/tmp/new && cat <&5 && cat /dev/fd/5 && echo done'
	guarded guard $platform --policy "$policy"
	is "paths, by $platform" "$status:$err:$(echo "$out" | tr '\n' ' ')" \
		"0::x x x x x y 4 cat sh 640 y y done "
	sh_in "$b" 'for i in 1 2 3; do cat /tmp/forbidden/x; mkdir -p /tmp/forbidden/y
		echo > /tmp/forbidden/z; done 2>&1 | sort | uniq -c | sed "s/^ *//"; ls -a /tmp'
	guarded guard $platform --policy "$policy"
	is "what is forbidden is not made, by $platform" "$(find "$b/rootfs/tmp" -name 'forbidden*')" ""
	sh_in "$b" 'cp /bin/busybox /tmp/drifted; /tmp/drifted true; echo $?; /bin/true && echo fine'
	guarded guard $platform --policy "$policy"
	is "a program that was not in the image, by $platform" "$out" "126
fine"
	is "is told with its rule, by $platform" \
		"$(noted '.decision == "denied"' | sort -u)" "execve denied execute[1]"
	# By the root of another process, where the sentry does not look for it.
	sh_in "$b" 'printf "#!/bin/sh\necho ran\n" >/tmp/script; busybox chmod 755 /tmp/script
		sleep 30 & /tmp/script; "/proc/$!/root/tmp/script"; echo $?; kill $!'
	guarded guard $platform --policy "$policy"
	is "nor a script, whatever its path is, by $platform" "$out" 126
	sh_in "$b" 'busybox nc -w 2 169.254.169.254 81 2>/dev/null </dev/null; echo $?'
	guarded guard $platform --policy "$policy"
	is "an address is told of as it is, by $platform" \
		"$(jq -r 'select(.decision == "denied") | "\(.call) \(.object)"' "$events")" \
		"connect 169.254.169.254:81"
	sh_in "$b" 'hostname x; echo $?'
	guarded guard $platform --policy "$policy"
	has "a call by its name, by $platform" "$out:$err" "1:*"
	is "a call by its name is told, by $platform" "$(noted '.decision == "denied"')" \
		"sethostname denied calls[0]"
done

# The first program, of which an ordinary user's sentry sees nothing before the
# kernel has taken it.
echo '{"execute": [{"paths": ["/etc/entry"], "action": "deny"}]}' >"$WORK/entry.json"
printf '#!/bin/sh\necho ran\n' >"$b/rootfs/etc/entry"
printf '#!/bin/sh\necho fine\n' >"$b/rootfs/etc/other"
chmod 755 "$b/rootfs/etc/entry" "$b/rootfs/etc/other"
for platform in notify ptrace; do
	config "$b" '.process.args = ["/etc/entry"]'
	guarded guard $platform --policy "$WORK/entry.json"
	is "a script that is the first program, by $platform" "$out" ""
	ok "fails, by $platform" test $status -ne 0
	config "$b" '.process.args = ["/etc/other"]'
	guarded guard $platform --policy "$WORK/entry.json"
	is "and another one runs, by $platform" "$status:$out" "0:fine"
done

# Scripts whose interpreters are scripts: none of them is passed over, whatever
# the file says by the time that it is looked at.
printf '#!/etc/entry -x\necho no\n' >"$b/rootfs/etc/outer"
printf '#!/etc/other\n' >"$b/rootfs/etc/harmless"
printf '#!/etc/harmless with words\n' >"$b/rootfs/etc/third"
printf '#!/etc/loop\n' >"$b/rootfs/etc/loop"
chmod 755 "$b/rootfs/etc/outer" "$b/rootfs/etc/harmless" "$b/rootfs/etc/third" "$b/rootfs/etc/loop"
sh_in "$b" '/etc/outer; echo $?; /etc/harmless; /etc/third; /etc/loop 2>/dev/null; echo $?'
run "$b"
is "scripts of scripts, natively" "$(echo "$out" | tr '\n' ' ')" "ran 0 fine fine 127 "
for platform in notify ptrace; do
	guarded guard $platform --policy "$WORK/entry.json"
	is "scripts of scripts, by $platform" "$(echo "$out" | tr '\n' ' ')" "126 fine fine 127 "
done
# While the two are exchanged, as fast as it goes.
# shellcheck disable=SC2034 # for output
limit=$((6 * patience))
outer=$b/rootfs/etc/outer harmless=$b/rootfs/etc/harmless
sh_in "$b" 'i=0; while [ $i -lt 300 ]; do /etc/outer; i=$((i + 1)); done 2>/dev/null | sort -u | tr "\n" " "'
output "$SUPPORT/swap" "$outer" "$harmless" "$LORICA" --root "$WORK/state" run --bundle "$b" c
is "and that are exchanged, natively" "$out" "fine ran "
for platform in notify ptrace; do
	output "$SUPPORT/swap" "$outer" "$harmless" "$LORICA" --root "$WORK/state" run --bundle "$b" \
		--intercept=guard --platform=$platform --policy "$WORK/entry.json" c
	is "and that are exchanged, by $platform" "$out" "fine "
done
unset limit

# ---- exec, and what it costs ----------------------------------------------
for platform in notify ptrace; do
	sh_in "$b" 'sleep 300'
	"$LORICA" --root "$WORK/state" run -d -b "$b" --intercept=guard \
		--platform=$platform --policy "$policy" host >/dev/null 2>&1 </dev/null
	status=0
	"$LORICA" --root "$WORK/state" exec host cat /etc/secret >"$WORK/out" \
		2>"$WORK/err" </dev/null || status=$?
	has "exec is under it too, by $platform" "$status:$(cat "$WORK/err")" "1:*Permission denied*"
	is "exec works, by $platform" "$("$LORICA" --root "$WORK/state" exec host sh -c 'echo $((6*7)); cat /proc/self/comm' </dev/null | tr '\n' ' ')" "42 cat "
	pids=
	for i in 1 2 3 4 5 6 7 8; do
		"$LORICA" --root "$WORK/state" exec host sh -c "cat /etc/passwd >/dev/null 2>&1; exit $i" </dev/null &
		pids="$pids $!"
	done
	i=0 wrong=0
	for pid in $pids; do
		i=$((i + 1)) code=0
		wait "$pid" || code=$?
		[ $code = $i ] || wrong=$((wrong + 1))
	done
	is "eight at once, by $platform" $wrong 0
	init=$("$LORICA" --root "$WORK/state" state host | jq .pid)
	sentry=$(sed -n 's/^TracerPid:.//p' "/proc/$init/status")
	is "the sentry can gain nothing, by $platform" \
		"$(sed -n 's/^NoNewPrivs:.//p' "/proc/$sentry/status")" 1
	# A sanitizer makes calls of its own, and needs memory.
	if ! grep -q __asan_init "$LORICA"; then
		is "the sentry is under a filter, by $platform" \
			"$(sed -n 's/^Seccomp:.//p' "/proc/$sentry/status")" 2
		# What counts its own lines is larger than what is installed.
		grep -q __llvm_profile "$LORICA" ||
			ok "it is small, by $platform" test "$(sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$sentry/status")" -le 3072
	fi
	is "it has no file of the host open, by $platform" \
		"$(find "/proc/$sentry/fd" -type l -printf '%l\n' 2>/dev/null | grep -v '^/dev/null$\|^/proc\|^anon_inode\|^socket:\|^/sys/fs/cgroup/\|^/$')" ""
	kill -KILL "$sentry"
	gone=0
	await sh -c "! test -e /proc/$init/stat || grep -q ' Z ' /proc/$init/stat" || gone=1
	is "when it dies the container dies, by $platform" $gone 0
	"$LORICA" --root "$WORK/state" delete --force host
done
sh_in "$b" 'true'
guarded guard notify --policy "$policy"
await eval '[ ! "$(sentries)" ]'
is "no container is left" "$("$LORICA" --root "$WORK/state" list -q)" ""

# ---- what is to be done beside ----------------------------------------------
for platform in notify ptrace; do
	echo '{"files": [{"paths": ["/etc/secret"], "access": ["read"], "action": "kill"}]}' >"$WORK/kill.json"
	sh_in "$b" 'cat /etc/secret; echo still here'
	guarded guard $platform --policy "$WORK/kill.json"
	is "kill ends the container, by $platform" "$status:$out" "137:"
	is "and is told, by $platform" "$(noted '.decision == "killed"')" "openat killed files[0]"
	echo '{"files": [{"paths": ["/etc/secret"], "access": ["read"], "action": "log"}]}' >"$WORK/log.json"
	sh_in "$b" 'cat /etc/secret'
	guarded guard $platform --policy "$WORK/log.json"
	is "log lets it happen, by $platform" "$status:$out:$(noted '.decision == "logged"')" \
		"0:secret:openat logged files[0]"
	# The sentry's own descriptor would be one that still writes.
	sh_in "$b" 'i=0; while [ $i -lt 40 ]; do cp /bin/busybox /tmp/busybox &&
		/tmp/busybox true || echo busy; rm /tmp/busybox; i=$((i + 1)); done; echo done'
	guarded guard $platform --policy "$WORK/log.json"
	is "what was written can be executed at once, by $platform" "$status:$err:$out" "0::done"
	echo '{"files": [{"paths": ["/etc/secret"], "access": ["read"], "action": "ask", "timeout": 20}]}' >"$WORK/ask.json"
	# Nobody listens at first; then somebody says yes, and yes for ever.
	sh_in "$b" 'cat /etc/secret; touch /tmp/refused
		until cat /etc/secret 2>/dev/null; do sleep 0.1; done; cat /etc/secret; cat /etc/secret'
	rm -f "$b/rootfs/tmp/refused"
	guarded guard $platform --policy "$WORK/ask.json" &
	job=$!
	await test -e "$b/rootfs/tmp/refused"
	printf 'y\nalways\n' | timeout $((3 * patience)) "$LORICA" --root "$WORK/state" ask under >"$WORK/asked" 2>&1 &
	asker=$!
	wait $job
	wait $asker
	is "ask, by $platform: nobody to ask is no, then yes, always" \
		"$(cat "$WORK/err" "$WORK/out")" \
		"$(printf "cat: can't open '/etc/secret': Permission denied\nsecret\nsecret\nsecret")"
	has "and what is asked is shown, by $platform" "$(cat "$WORK/asked")" '*read "/etc/secret" by process*'
	is "and told of, also where the answer was known, by $platform" \
		"$(noted '.decision == "asked"')" "openat asked files[0]
openat asked files[0]
openat asked files[0]"
	echo '{"execute": [{"paths": ["/bin/busybox-asked"], "action": "ask", "timeout": 20}]}' >"$WORK/ask.json"
	cp "$BUSYBOX" "$b/rootfs/bin/busybox-asked"
	# The same task once more: another call is another question.
	sh_in "$b" 'touch /tmp/begun; until (exec busybox-asked true) 2>/dev/null; do sleep 0.1; done
		exec busybox-asked sh -c "echo once; exec busybox-asked echo twice"'
	rm -f "$b/rootfs/tmp/begun"
	guarded guard $platform --policy "$WORK/ask.json" &
	job=$!
	await test -e "$b/rootfs/tmp/begun"
	printf 'y\ny\nn\n' | timeout $((3 * patience)) "$LORICA" --root "$WORK/state" ask under >"$WORK/asked" 2>&1 &
	asker=$!
	wait $job
	wait $asker
	is "a yes is for one execution, by $platform" \
		"$(cat "$WORK/out"):$(grep -o 'execute "/bin/busybox-asked"' "$WORK/asked" | wc -l)" "once:3"
done
