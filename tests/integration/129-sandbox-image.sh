# shellcheck shell=sh disable=SC2154,SC2034,SC2016,SC2088 # for support/image.sh, inner shells, and lorica
# lorica sandbox --image: an image's files in the place of the machine's, and the
# directory that is worked in as it is.
one_guest user "images of a sandbox" || return 0
if command -v gzip >/dev/null && [ -x "$LORICA_LIBEXEC/lorica-image" ]; then
# shellcheck source=tests/support/image.sh
. "$here/support/image.sh"
d=$WORK/sandbox-image
mkdir -p "$d/home/.ssh" "$d/home/project"
chmod 755 "$d"
echo key >"$d/home/.ssh/id"
echo secret >"$d/home/project/.env"
echo mine >"$d/home/project/file"
kept=$d/home/.local/state/lorica/sandbox

# boxed WORD...: lorica sandbox with those, in the project.
boxed() {
	output env -u XDG_STATE_HOME -u XDG_CONFIG_HOME HOME="$d/home" PLAIN=plain GH_TOKEN=secret \
		sh -c 'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}

bundle "$I/boxed"
mkdir -p "$I/boxed/rootfs/root" "$I/boxed/rootfs/srv"
echo 'root:x:0:0::/root:/bin/sh
app:x:7:7::/srv:/bin/sh' >"$I/boxed/rootfs/etc/passwd"
echo shadow >"$I/boxed/rootfs/etc/shadow"
tar -C "$I/boxed/rootfs" --sort=name --numeric-owner --owner=0 --group=0 -cf "$I/boxed.tar" .
layout "$I/boxed-image" '{"Entrypoint":["/bin/sh","-c"],"Cmd":["echo $A $PWD $(cat /etc/shadow)"],
	"Env":["A=of the image","PATH=/bin"],"WorkingDir":"/srv"}' one "$I/boxed.tar"
boxed --image "$I/boxed-image"
if [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "lorica sandbox --image" "no user namespaces"
	return
fi
is "an image does what it says" "$status:$out:$err" "0:of the image /srv shadow:"
is "and leaves nothing" "$(ls "$kept" "$d/state")" "$d/home/.local/state/lorica/sandbox:

$d/state:"
boxed --image "$I/boxed-image" -- sh -c 'echo $PWD $A $PLAIN; cat file .env; echo new >made; ls -A / /bin | tr "\n" " "'
is "a command has its files, and the project" "$status:$err:$(echo "$out" | head -2 | tr '\n' ' ')" \
	"0::$d/home/project of the image mine "
has "and nothing of the machine" "$(echo "$out" | tail -1)" "*busybox*"
is "but what is worked in" "$(cat "$d/home/project/made")" new
is "which is the caller's" "$(stat -c %u "$d/home/project/made")" "$(id -u)"
boxed --image "$I/boxed-image" -- sh -c 'cat ~/.ssh/id "$0/home/.ssh/id" "$0/home/project/.env"; env' "$d"
is "no secret is seen" "$(echo "$out" | grep -c -e key -e secret)" 0
boxed --image "$I/boxed-image" -- sh -c 'echo x >/etc/new && cat /etc/new; touch /proc/sys/kernel/hostname 2>/dev/null || echo no; grep -E "^(CapEff|CapBnd|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "[:blank:]" | tr "\n" " "'
is "the image's files may be written, without powers" "$(echo "$out" | tr '\n' ' ')" \
	"x no CapEff:0000000000000000 CapBnd:0000000000000000 NoNewPrivs:1 Seccomp:2  "
boxed --image "$I/boxed-image" -- sh -c 'cat /etc/new'
is "for one run" "$status:$out" 1:
boxed --image "$I/boxed-image" --env B=c --cwd / -- sh -c 'echo $B $PWD'
has "--cwd that is more than a project" "$status:$err" "*note: / is not seen*"
boxed --image "$I/boxed-image" --tmpfs /srv --ro "$d/home/.ssh" --env B=c -- sh -c 'echo $B; cat "$0"; touch /srv/x && echo made' "$d/home/.ssh/id"
is "what options ask for" "$status:$(echo "$out" | tr '\n' ' ')" "0:c key made "

# ---- one that stays -----------------------------------------------------------
boxed --image "$I/boxed-image" --name kept -- sh -c 'echo stays >/srv/file'
boxed --image "$I/boxed-image" --name kept -- cat /srv/file
is "with a name its files stay" "$status:$out:$err" 0:stays:
boxed --image "$I/boxed.tar" --name kept -- true
is "the name is that image's" "$status:$err" "125:lorica: sandbox kept: --image: the sandbox kept is of $I/boxed-image"
(cd "$d/home/project" && HOME=$d/home XDG_STATE_HOME='' exec "$LORICA" --root "$d/state" sandbox \
	--image "$I/boxed-image" --name kept -- sh -c 'echo x >ready; while :; do sleep 1; done') >/dev/null 2>&1 &
boxed=$!
ok "one runs" await test -s "$d/home/project/ready"
output "$LORICA" --root "$d/state" exec kept cat /srv/file
is "exec gets in" "$status:$out" 0:stays
boxed --image "$I/boxed-image" --name kept -- true
is "another does not meanwhile" "$status:$err" "125:lorica: sandbox kept: the layer kept is in use"
kill $boxed
wait $boxed 2>/dev/null
boxed discard kept
is "discard removes it" "$status:$err:$(ls -A "$kept")" 0::

# ---- who it is ---------------------------------------------------------------
layout "$I/boxed-app" '{"User":"app"}' one "$I/boxed.tar"
boxed --image "$I/boxed-app" -- sh -c 'id -u 2>/dev/null || grep -c ^Uid /proc/self/status; cat file; grep ^Uid: /proc/self/status'
if [ "$(id -u)" = 0 ]; then
	has "root's image has its user" "$out" "*Uid:	7	7	7	7"
else
	has "an ordinary user's is the caller, which is told of" "$out:$err" "*Uid:	0	0	0	0:*note: the image's user 7 is 0 here*"
fi

# ---- what is wrong -----------------------------------------------------------
boxed --image "$I/nothing" -- true
has "no image" "$status:$err" "125:lorica: sandbox: --image $I/nothing: *"
is "leaves nothing" "$(ls -A "$kept")" ""
helpers=$LORICA_LIBEXEC
LORICA_LIBEXEC=$d/none
boxed --image "$I/boxed-image" -- true
LORICA_LIBEXEC=$helpers
has "without the helper that is said, and nothing is left" "$status:$err:$(ls -A "$kept")" \
	"125:lorica: sandbox: --image $I/boxed-image: lorica-image is not installed: *)*:"
boxed --image "$I/boxed-image" --overlay -- true
has "--overlay is another thing" "$status:$err" "125:lorica: sandbox: --image: neither with --overlay*"
# A link of the image's is no way to the machine.
mkdir -p "$I/evil"
cp -a "$I/boxed/rootfs/." "$I/evil"
ln -s /etc "$I/evil/run"
tar -C "$I/evil" --sort=name --numeric-owner --owner=0 --group=0 -cf "$I/evil.tar" .
layout "$I/evil-image" '{}' one "$I/evil.tar"
boxed --image "$I/evil-image" -- sh -c 'echo x >/run/evil'
has "a link where something is mounted is an error" "$status:$err" "125:*too many levels of symbolic links"
ok "nothing was written outside" test ! -e /etc/evil
is "nothing is left behind" "$(ls "$kept" "$d/state")" "$d/home/.local/state/lorica/sandbox:

$d/state:"
else
	skip "lorica sandbox --image" "no gzip or no lorica-image"
fi
