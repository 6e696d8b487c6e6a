# shellcheck shell=sh disable=SC2154,SC2016 # set by output; in the container
# Who is told of events: none of them delays the container, and what he has
# missed he hears of; by both platforms.
one_guest intercept "the interception layer, 106" || return 0
b=$WORK/news
bundle "$b"
printf 'secret\n' >"$b/rootfs/etc/secret"
L="$LORICA --root $WORK/state"
# shellcheck disable=SC2034 # for output
limit=$((2 * patience))

# ---- a pipe that nobody reads -----------------------------------------------
mkfifo "$WORK/news-pipe" "$b/rootfs/tmp/hold"
# Nothing happens in the container while it waits for the pipe there.
sh_in "$b" 'i=0; while [ $i -lt 150 ]; do cat /etc/secret >/dev/null; i=$((i + 1)); done
	echo done; read -r line </tmp/hold; exit 3'
for platform in notify ptrace; do
	rm -f "$WORK/news-go"
	sh -c 'exec <"$1"; until [ -e "$2" ]; do sleep 0.1; done; exec cat' - "$WORK/news-pipe" \
		"$WORK/news-go" >"$WORK/news-read" &
	reader=$!
	# shellcheck disable=SC2086 # words
	timeout $((6 * patience)) $L run -b "$b" --intercept=observe --platform=$platform \
		--events "$WORK/news-pipe" stuck >"$WORK/out" 2>&1 </dev/null &
	runs=$!
	ok "a reader that is stuck stops nothing, by $platform" await grep -q 'done' "$WORK/out"
	touch "$WORK/news-go"
	ok "and is told how much he has missed, by $platform" \
		await grep -q '"kind":"lost"' "$WORK/news-read"
	await_status stuck running
	timeout $patience sh -c 'echo >"$1"' - "$b/rootfs/tmp/hold"
	status=0
	wait $runs || status=$?
	wait $reader
	is "and it ends, by $platform" "$status" 3
	ok "each line is whole, by $platform" sh -c 'jq -e .time <"$1" >/dev/null' - "$WORK/news-read"
	ok "and some were lost, by $platform" \
		test "$(jq -s 'map(.lost // 0) | add' "$WORK/news-read")" -gt 0
	$L delete --force stuck
done

# ---- more listeners than there may be ---------------------------------------
echo '{"files": [{"paths": ["/etc/secret"], "action": "deny"}]}' >"$WORK/news.json"
sh_in "$b" 'exec sleep 300'
for platform in notify ptrace; do
	output $L run -d -b "$b" --intercept=guard --platform=$platform \
		--policy "$WORK/news.json" heard
	for command in trace ask; do
		for _ in 1 2 3 4 5 6 7 8; do
			timeout -s KILL 0.3 $L $command heard </dev/null >/dev/null 2>&1
		done
	done
	# Of which one is too many.
	listeners=
	for i in 1 2 3 4 5 6 7 8 9; do
		(
			status=0
			$L trace heard >"$WORK/heard-$i" 2>&1 || status=$?
			echo "$status" >>"$WORK/heard-$i"
		) </dev/null &
		listeners="$listeners $!"
	done
	ok "nine listen, by $platform" await eval 'grep -qx 1 "$WORK"/heard-*'
	is "and one is told that he cannot, by $platform" "$(cat "$WORK"/heard-*)" \
		"lorica: trace heard: as many as can listen do so already
1"
	await eval '$L exec heard cat /etc/secret </dev/null >/dev/null 2>&1
		[ "$(grep -l denied "$WORK"/heard-* | wc -l)" = 8 ]'
	is "the others hear, where eight were killed before, by $platform" \
		"$(grep -l denied "$WORK"/heard-* | wc -l)" 8
	# The first of two may be either.
	for i in 1 2; do
		$L ask heard <"$b/rootfs/tmp/hold" >"$WORK/asks-$i" 2>&1 &
		listeners="$listeners $!"
	done
	exec 9>"$b/rootfs/tmp/hold"
	ok "of two who answer, one is told that he cannot, by $platform" \
		await eval 'grep -q "lorica: ask heard: somebody else answers already" "$WORK"/asks-*'
	$L delete --force heard
	exec 9>&-
	# shellcheck disable=SC2086 # words
	wait $listeners
	rm -f "$WORK"/heard-* "$WORK"/asks-*
done
is "no container is left" "$($L list -q)" ""
unset limit
