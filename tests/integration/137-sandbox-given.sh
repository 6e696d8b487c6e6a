# shellcheck shell=sh disable=SC2016 # inner shells
# What a sandbox was only given (a file as its input, the network's abstract sockets) is not more than that to it, with the interception layer, by
# whose calls no Landlock ruleset is asked, as without.
one_guest user "what a sandbox is given" || return 0
d=$WORK/sandbox-given
mkdir -p "$d/home/project" "$d/outside/dir"
chmod 755 "$d"
cp "$SUPPORT/escape" "$d/home/project/"
echo '{ "files": [ { "paths": [ "/etc/shadow" ], "access": [ "read" ], "action": "deny" } ] }' \
	>"$d/policy"
echo '{ "network": [ { "to": [ "metadata" ], "action": "deny" } ] }' >"$d/network"

given=/dev/null
box() {
	output env HOME="$d/home" sh -c 'cd "$HOME/project" && exec "$@" <"$0"' "$given" \
		"$LORICA" --root "$d/state" sandbox "$@"
}

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "what a sandbox is given" "no user namespaces"
	return
fi

# kept NAME OPTION...: in every way to get at them by name.
kept() {
	what=$1
	shift
	echo given >"$d/outside/file"
	given=$d/outside/file
	box "$@" -- sh -c 'cat; (echo x >/proc/self/fd/0) 2>/dev/null
		(echo x >>/dev/stdin) 2>/dev/null; truncate -s 0 /dev/fd/0 2>/dev/null
		echo done'
	is "$what: a file is its input, and no more" \
		"$(echo "$out" | tr '\n' ' '):$(cat "$d/outside/file")" "given done :given"
	given=/dev/null
}
given=$d/outside/dir
box -- true
is "a directory is no input" "$status:$err" \
	"125:lorica: sandbox: close descriptors: descriptor 0 is a directory"
given=/dev/null
kept "without the layer"
kept "report" --report /dev/null
kept "root" --root
kept "guard" --intercept guard
kept "a policy" --intercept guard --policy "$d/policy"
kept "a list" --net 192.0.2.1:80
kept "sealed" --intercept sealed
kept "sealed, ptrace" --intercept sealed --platform ptrace

# An image's files may all be written, and nothing beside them.
if command -v gzip >/dev/null && [ -x "$LORICA_LIBEXEC/lorica-image" ]; then
	# shellcheck source=tests/support/image.sh
	. "$here/support/image.sh"
	bundle "$I/given"
	tar -C "$I/given/rootfs" --sort=name --numeric-owner --owner=0 --group=0 -cf "$I/given.tar" .
	layout "$I/given-image" '{}' one "$I/given.tar"
	kept "an image" --image "$I/given-image"
	kept "an image, guard" --image "$I/given-image" --intercept guard
	box --image "$I/given-image" -- sh -c 'for at in /file /bin/file "$0"/file /dev/shm/file; do
		echo a >$at && exec 3<$at && echo b >/proc/self/fd/3 && cat $at && mv $at $at.2 && rm $at.2; done' "$d/home/project"
	is "an image: what is its own is" "$status:$(echo "$out" | xargs)" "0:b b b b"
else
	skip "what an image's sandbox is given" "no gzip or no lorica-image"
fi

# Its own files go by their names, and by those of its descriptors.
for mode in guard sealed; do
	box --intercept $mode --report /dev/null -- sh -c '
		echo a >file && exec 3<file && echo b >/proc/self/fd/3 && cat file && rm file
		exec 3<. && echo c >/proc/self/fd/3/file && cat file && rm file
		echo e >/tmp/file && exec 3</tmp/file && echo f >/proc/self/fd/3 && cat /tmp/file'
	is "$mode: what is its own is" "$status:$(echo "$out" | tr '\n' ' ')" "0:b c f "
	env HOME="$d/home" sh -c 'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox --intercept $mode --report /dev/null \
		-- sh -c 'echo a; echo b >>/dev/stdout; echo c >>/proc/self/fd/1' >>"$d/outside/log" 2>&1
	is "$mode: what it may write to, by that descriptor's name too" \
		"$(tr '\n' ' ' <"$d/outside/log")" "a b c "
	rm "$d/outside/log"
done

# ---- abstract sockets of the host's network -----------------------------------
"$d/home/project/escape" listen "@lorica-given-$$" >"$d/listens" &
listener=$!
ok "somebody listens" await test -s "$d/listens"
is "who is outside reaches it" \
	"$("$d/home/project/escape" connect "@lorica-given-$$")" yes
# What the kernel does for a task Landlock has to refuse, since Linux 6.12; what
# the layer performs it refuses itself.
box --net host -- ./escape connect "@lorica-given-$$"
by_kernel=$out
[ "$by_kernel" = yes ] || is "--net host gives no abstract socket" "$by_kernel" EPERM
for options in --root "--intercept guard"; do
	# shellcheck disable=SC2086 # words
	box --net host $options -- ./escape connect "@lorica-given-$$"
	is "with $options it is as without" "$out" "$by_kernel"
done
for options in "--report /dev/null" "--intercept guard --policy $d/network" \
	"--intercept sealed" "--intercept sealed --platform ptrace"; do
	# shellcheck disable=SC2086 # words
	box --net host $options -- ./escape connect "@lorica-given-$$"
	is "nor with $options" "$out" EPERM
done
kill $listener
rm -rf "$d"
