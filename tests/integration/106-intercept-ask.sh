# shellcheck shell=sh disable=SC2154,SC2016 # set by output; in the container
# What a policy leaves to somebody: an answer is to what was asked about, and to
# nothing else; by both platforms.
one_guest intercept "the interception layer, 106" || return 0
b=$WORK/asking
bundle "$b"
mkdir -p "$b/rootfs/data" "$b/rootfs/held"
printf 'go\n' >"$b/rootfs/ready"
for name in two one late; do printf 'secret\n' >"$b/rootfs/data/$name"; done
cp "$BUSYBOX" "$b/rootfs/bin/busybox-asked"
ln -sf busybox "$b/rootfs/bin/mv"
ln -sf busybox "$b/rootfs/bin/ln"
config "$b" '.root.readonly = false'
L="$LORICA --root $WORK/state"
limit=$((3 * patience))
cat >"$WORK/asking.json" <<'END'
{ "files": [
    { "paths": ["/ready"], "access": ["read"], "action": "ask", "timeout": 600 },
    { "paths": ["/data/two"], "access": ["read"], "action": "ask", "timeout": 600 },
    { "paths": ["/data/two"], "access": ["write"], "action": "ask", "timeout": 600 },
    { "paths": ["/data/one"], "action": "ask", "timeout": 600 },
    { "paths": ["/data/late"], "action": "ask", "timeout": 1 },
    { "paths": ["/held/**"], "access": ["write", "create"], "action": "ask", "timeout": 600 },
    { "paths": ["/bin/busybox-asked"], "access": ["execute"], "action": "ask", "timeout": 600 } ],
  "execute": [ { "paths": ["/bin/busybox-asked"], "action": "ask", "timeout": 600 } ] }
END
# begin SCRIPT: run it, once somebody answers, who says yes to that.
begin() {
	rm -f "$b/rootfs/begun"
	sh_in "$b" "echo >/begun; until cat /ready 2>/dev/null; do sleep 0.1; done >/dev/null; $1"
	timeout $limit $L run -b "$b" --intercept=$mode --platform=$platform --policy "$WORK/asking.json" \
		asks >"$WORK/asking-said" 2>&1 </dev/null &
	runs=$!
	await test -e "$b/rootfs/begun"
}
# answered ANSWERS SCRIPT: what it says, in $out; the questions in $asked.
answered() {
	begin "$2"
	status=0
	printf '%s' "$1" | tr ' ' '\n' | (echo y && cat) |
		timeout $limit $L ask asks >"$WORK/asking-asked" 2>&1 || status=$?
	wait $runs || :
	out=$(tr '\n' ' ' <"$WORK/asking-said")
	# Without that of /ready, a line each.
	asked=$(sed 's/ \[y, n, always, never\]? /\n/g' "$WORK/asking-asked" | sed 1d |
		sed 's/ by process [0-9]* ("[a-z-]*")//')
}
opens='opens() { (: <>"$1") 2>/dev/null && echo opened || echo refused; };'
for mode in guard sealed; do
	for platform in notify ptrace; do
		of="$mode, $platform"
		answered 'y n ' "$opens opens /data/two"
		is "of two rules each is asked about: $of" "$out$asked" \
			'refused read "/data/two", as files[1] says
write "/data/two", as files[2] says'
		answered 'always n ' "$opens cat /data/two; opens /data/two; cat /data/two"
		is "to read is not to write: $of" "$out$asked" \
			'secret refused secret read "/data/two", as files[1] says
write "/data/two", as files[2] says'
		answered 'always always ' "$opens cat /data/one; opens /data/one; opens /data/one"
		is "nor by one rule: $of" "$out$asked" \
			'secret opened opened read "/data/one", as files[3] says
write "/data/one", as files[3] says'
		answered 'never ' "$opens opens /data/one; opens /data/one; cat /data/one 2>/dev/null || echo no"
		is "one question names all that one rule is about: $of" "$out$asked" \
			'refused refused no read, write "/data/one", as files[3] says'
		answered 'always n y n ' 'echo 1 >/a; mv /a /held/one && echo moved; echo 2 >/a
			mv /a /held/two 2>/dev/null || echo refused
			ln /a /held/three && echo linked; mv /held/one /b 2>/dev/null || echo kept'
		is "the name that a rule is about is told, and the other: $of" "$out$asked" \
			'moved refused linked kept create "/held/one" as the new name of "/a", as files[5] says
create "/held/two" as the new name of "/a", as files[5] says
create "/held/three" as the new name of "/a", as files[5] says
write "/held/one" by the new name "/b", as files[5] says'
		answered 'y y y n ' 'busybox-asked echo ran; busybox-asked echo ran 2>/dev/null || echo refused'
		is "of a program both sections are asked about: $of" "$out$asked" \
			'ran refused execute "/bin/busybox-asked", as execute[0] says
execute "/bin/busybox-asked", as files[6] says
execute "/bin/busybox-asked", as execute[0] says
execute "/bin/busybox-asked", as files[6] says'
		rm -f "$b/rootfs/held/one" "$b/rootfs/held/three" "$b/rootfs/a"
	done
done

# ---- who answers -------------------------------------------------------------------
mode=guard platform=notify
answered 'perhaps YES nO ' 'cat /data/two; cat /data/two 2>/dev/null || echo refused'
is "another word is no answer, and no matter of case" "$out$asked" 'secret refused read "/data/two", as files[1] says

read "/data/two", as files[1] says'
rm -f "$WORK/asking-say"
mkfifo "$WORK/asking-say"
begin 'cat /data/late 2>/dev/null || echo refused'
timeout $limit $L ask asks <"$WORK/asking-say" >"$WORK/asking-asked" 2>&1 &
asks=$!
exec 7>"$WORK/asking-say"
echo y >&7
await grep -q refused "$WORK/asking-said"
await grep -q late "$WORK/asking-asked"
echo y >&7
wait $runs || :
exec 7>&-
code=0
wait $asks || code=$?
has "an answer that comes too late is told so" "$code:$(cat "$WORK/asking-asked")" \
	'0:*"/data/late"*: too late, nobody waits any more'
begin 'cat /data/two 2>/dev/null || echo refused'
output sh -c "printf '%s\n' '{\"ask\":1,\"answer\":\"allow\"}' '{\"ask\":2,\"answer\":\"yes\"}' |
	timeout $limit $L ask --json asks"
has "what is no answer is an error" "$status:$err" "1:lorica: ask asks: an answer: *"
wait $runs || :
is "and allows nothing" "$(cat "$WORK/asking-said")" refused
is "no container is left" "$($L list -q)" ""
unset limit
