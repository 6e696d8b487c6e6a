# shellcheck shell=sh disable=SC2154,SC2016 # set by output; in the container
# The interception layer, as it is asked for: nothing that is said is ignored, and
# what a policy says of programs, addresses and of who is to stand still happens;
# by both platforms.
one_guest intercept "the interception layer, 104" || return 0
b=$WORK/choices
bundle "$b"
cp "$SUPPORT/tasks" "$b/rootfs/bin/tasks"
printf 'secret\n' >"$b/rootfs/etc/secret"
config "$b" '.root.readonly = false'
cp "$b/config.json" "$WORK/choices.json"
policy=$WORK/choice.json
events=$WORK/events
L="$LORICA --root $WORK/state"
# shellcheck disable=SC2034 # for output
limit=$((3 * patience))
# chosen OPTION...: run the bundle.
chosen() {
	rm -f "$events"
	output $L run -b "$b" "$@" c
	[ $status -lt 124 ] || $L delete --force c
}
# noted FILTER: of the events, a line each.
noted() { jq -r "select($1) | \"\(.call // .kind) \(.decision // \"-\") \(.rule // \"-\")\"" "$events"; }

# ---- nothing is ignored ------------------------------------------------------
echo '{"files": [{"paths": ["/etc/secret"], "action": "deny"}]}' >"$policy"
sh_in "$b" 'cat /etc/secret'
not_for="is for --intercept=guard or sealed"
for mode in observe off; do
	chosen --intercept=$mode --policy "$policy"
	is "a policy in $mode" "$status:$out:$err" "1::lorica: run c: --policy $not_for"
done
chosen --policy "$policy"
is "a policy without a mode" "$status:$out:$err" "1::lorica: run c: --policy $not_for"
chosen --platform ptrace
is "a platform without a mode" "$status:$out:$err" "1::lorica: run c: --platform is for --intercept"
ln -s "$policy" "$WORK/link.json"
chosen --intercept=guard --policy "$WORK/link.json"
has "a policy by a link" "$status:$err" "1:*Permission denied*"
config "$b" '.annotations = {"dev.lorica.policy": "web"}'
chosen
is "an annotation without a mode" "$status:$out:$err" \
	"1::lorica: run c: annotations: dev.lorica.policy $not_for"
chosen --intercept=observe
is "an annotation in observe" "$status:$out:$err" \
	"1::lorica: run c: annotations: dev.lorica.policy $not_for"
chosen --intercept=off
is "an annotation, of which the caller wants nothing" "$status:$out:$err" 0:secret:
config "$b" '.annotations["dev.lorica.intercept"] = "observe"'
chosen
is "two annotations" "$status:$out:$err" \
	"1::lorica: run c: annotations: dev.lorica.policy $not_for"
cp "$WORK/choices.json" "$b/config.json"

# ---- what is no file -----------------------------------------------------------
chosen --intercept=guard --policy "$WORK"
is "a policy that is a directory" "$status:$err" "1:lorica: run c: read $WORK: is a directory"
mkfifo "$WORK/fifo"
chosen --intercept=guard --policy "$WORK/fifo"
is "a policy that is none" "$status:$err" "1:lorica: run c: read $WORK/fifo: not a regular file"

# ---- by the name of the program --------------------------------------------------
sh_in "$b" 'sleep 300'
for mode in observe guard sealed; do
	ln -sf "$(realpath "$LORICA")" "$WORK/lorica-$mode"
	output "$WORK/lorica-$mode" --root "$WORK/state" run -d -b "$b" c
	is "lorica-$mode" "$status:$err:$($L state c | jq -r .intercept)" "0::$mode"
	$L delete --force c
done
ln -sf "$(realpath "$LORICA")" "$WORK/lorica-nothing"
output "$WORK/lorica-nothing" --root "$WORK/state" run -d -b "$b" c
is "another name" "$status:$err:$($L state c | jq -r .intercept)" "0::null"
$L delete --force c

# ---- who is shown what it does -----------------------------------------------------
for platform in notify ptrace; do
	sh_in "$b" 'until [ -e /tmp/shown ]; do sleep 0.1; done; sleep 300'
	rm -f "$b/rootfs/tmp/shown"
	output $L run -d -b "$b" --intercept=observe --platform=$platform c
	timeout $limit $L trace --call openat c >"$WORK/shown" 2>&1 &
	shows=$!
	# Who listens is not waited for.
	sees() {
		$L exec c cat /etc/secret </dev/null >/dev/null 2>&1
		grep -q 'openat(.*"/etc/secret"' "$WORK/shown"
	}
	ok "trace of one that runs, by $platform" await sees
	is "and only of what was asked for, by $platform" "$(grep -vc 'openat(' "$WORK/shown")" 0
	$L delete --force c
	code=0
	wait $shows || code=$?
	is "until it ends, by $platform" $code 0
done

# ---- programs that are in memory alone -----------------------------------------------
echo '{"execute": [{"drift": true, "action": "deny", "errno": "EBADSLT"}]}' >"$policy"
for how in execveat proc; do
	config "$b" ".process.args = [\"tasks\", \"memfd\", \"$how\", \"/bin/busybox\"]"
	chosen
	is "a memfd, by $how: natively" "$status:$err:$out" "0::ran"
	for mode in guard sealed; do
		for platform in notify ptrace; do
			chosen --intercept=$mode --platform=$platform --policy "$policy" --events "$events"
			is "a memfd, by $how: $mode, $platform" "$status:$err:$out" "1::$how: EBADSLT"
			is "which is told: $mode, $platform" \
				"$(noted '.decision == "denied"' | sed 's/^execve[at]* //')" "denied execute[0]"
		done
	done
done

# ---- who is to stand still -----------------------------------------------------------
echo '{"files": [{"paths": ["/etc/secret"], "access": ["read"], "action": "freeze"}]}' >"$policy"
sh_in "$b" 'cat /etc/secret 2>&1; echo "went on"'
for platform in notify ptrace; do
	rm -f "$events"
	timeout $limit $L run -b "$b" --intercept=guard --platform=$platform --policy "$policy" \
		--events "$events" c >"$WORK/out" 2>&1 </dev/null &
	runs=$!
	await test -s "$events"
	# An ordinary user has no control group, unless one is delegated to him.
	[ "$(id -u)" != 0 ] || is "root's is frozen, by $platform" "$(noted .)" "openat frozen files[0]"
	if [ "$(noted .)" = "openat frozen files[0]" ]; then
		ok "it stands still, by $platform" await_status c paused
		is "and does nothing, by $platform" "$(cat "$WORK/out")" ""
		ok "until it is resumed, by $platform" $L resume c
		wanted="0:cat: can't open '/etc/secret': Permission denied
went on"
	else
		is "it is killed, and that is told, by $platform" "$(noted .)" "openat killed files[0]"
		wanted=137:
	fi
	code=0
	wait $runs || code=$?
	is "in the end, by $platform" "$code:$(cat "$WORK/out")" "$wanted"
	$L delete --force c 2>/dev/null
done

# ---- who is killed hears no answer ---------------------------------------------
echo '{"files": [{"paths": ["/etc/secret"], "access": ["read"], "action": "kill"}]}' >"$policy"
for platform in notify ptrace; do
	is "no answer is seen, by $platform" "$(for _ in $(seq 20); do
		timeout $limit $L run -b "$b" --intercept=guard --platform=$platform \
			--policy "$policy" c 2>&1 </dev/null || echo $?
	done | sort | uniq -c | tr -s ' ')" " 20 137"
done

# ---- sets of addresses ---------------------------------------------------------------
cat >"$policy" <<'END'
{ "network": [ { "to": ["cluster"], "action": "deny", "errno": "EBADSLT" },
    { "to": ["private"], "action": "deny", "errno": "EHOSTDOWN" } ],
  "sets": { "cluster": ["10.96.0.0/12", "fd00:1::/32"] } }
END
sh_in "$b" 'for to in 10.96.1.1 10.111.255.255 fd00:1::9 10.112.0.1 172.16.0.1 192.168.9.9 169.254.1.1 \
		100.64.0.1 fc00::1 fe80::1 ::ffff:10.1.2.3 127.0.0.1 ::1; do
	busybox nc -w 20 $to 9 2>&1 </dev/null | sed "s/.*: //"; done'
ln -sf busybox "$b/rootfs/bin/sed"
for mode in guard sealed; do
	for platform in notify ptrace; do
		chosen --intercept=$mode --platform=$platform --policy "$policy"
		is "private and cluster, by $mode, $platform" "$(echo "$out" | uniq -c | sed 's/^ *//')" \
			"3 Invalid slot
8 Host is down
2 Connection refused"
	done
done
is "no container is left" "$($L list -q)" ""
unset limit
