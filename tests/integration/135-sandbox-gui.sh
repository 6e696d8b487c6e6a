# shellcheck shell=sh disable=SC2016 # for the shell inside
# lorica sandbox --gui: the compositor's socket, and nothing else of the session.
one_guest user "the sandbox's windows" || return 0
d=$WORK/sandbox-gui
mkdir -p "$d/home/project" "$d/session"
chmod 700 "$d/session"
chmod 755 "$d"
cp "$SUPPORT/escape" "$d/home/project/escape"

# box WORD...: lorica sandbox with those, in the project, in a session whose compositor
# is $display.
box() {
	output env -u DISPLAY -u XDG_CONFIG_HOME HOME="$d/home" XDG_RUNTIME_DIR="$d/session" \
		WAYLAND_DISPLAY="$display" DBUS_SESSION_BUS_ADDRESS="unix:path=$d/session/bus" \
		XDG_SESSION_TYPE=tty $more sh -c 'cd ~/project && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}
display=display
more=

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "lorica sandbox --gui" "no user namespaces"
	return
fi

# ---- no compositor ---------------------------------------------------------------
box --gui -- true
is "nobody listens" "$status:$err" \
	"125:lorica: sandbox: --gui: no Wayland compositor: $d/session/display is not there"
more="WAYLAND_DISPLAY= DISPLAY=:0"
box --gui -- true
is "X11 alone" "$status:$err" \
	"125:lorica: sandbox: --gui: no Wayland compositor, and X11 is not let in, as it shows every program the keys and windows of all others: lorica-sandbox(1)"
more="XDG_RUNTIME_DIR="
box --gui -- true
is "no session" "$status:$err" \
	"125:lorica: sandbox: --gui: no Wayland compositor: XDG_RUNTIME_DIR is not set"
more=
is "nothing is left of it" "$(ls "$d/state" "$d/session" "$d/home/project")" "$(printf '%s:\nescape\n\n%s:\n\n%s:' "$d/home/project" "$d/session" "$d/state")"
echo text >"$d/session/display"
box --gui -- true
is "a file in its place" "$status:$err" "125:lorica: sandbox: --gui: $d/session/display: not a socket"
rm "$d/session/display"

# ---- one that only listens --------------------------------------------------------
# An own name for each, and one socket of the session that is none of a compositor.
servers=
for name in display bus; do
	"$SUPPORT/escape" listen "$d/session/$name" >"$d/$name" &
	servers="$servers $!"
	ok "$name: somebody listens" await test -s "$d/$name"
done
trap 'kill $servers 2>/dev/null' EXIT
box -- sh -c 'echo "${WAYLAND_DISPLAY-none} ${XDG_RUNTIME_DIR-none}"; ls /run'
is "without the option there is nothing of it" "$status:$err:$out" "0::none none"
box --gui -- sh -c 'echo "$WAYLAND_DISPLAY $XDG_RUNTIME_DIR $XDG_SESSION_TYPE ${DBUS_SESSION_BUS_ADDRESS-none}"
	./escape connect "$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY"; stat -c "%a %u" "$XDG_RUNTIME_DIR"; ls "$XDG_RUNTIME_DIR"
	echo x >"$XDG_RUNTIME_DIR/own" && cat "$XDG_RUNTIME_DIR/own"
	chmod 666 "$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY" 2>/dev/null || echo kept
	rm "$XDG_RUNTIME_DIR/$WAYLAND_DISPLAY" 2>/dev/null || echo kept
	./escape connect "$XDG_RUNTIME_DIR/bus"; ./escape connect "'"$d"'/session/bus"'
is "the socket, a session of its own, and no other" "$status:$err:$(echo "$out" | tr '\n' ' ')" \
	"0::wayland-0 /run/user/$(id -u) wayland none yes 700 $(id -u) wayland-0 x kept kept ENOENT $(
		[ "${d#/tmp/}" = "$d" ] && echo ECONNREFUSED || echo ENOENT) "
box --gui --ro "$d/session" -- sh -c './escape connect "$1/bus"; ./escape connect "$1/display"; ./escape connect "$XDG_RUNTIME_DIR/wayland-0"' sh "$d/session"
is "nor by another way, the compositor neither" "$status:$(echo "$out" | tr '\n' ' ')" \
	"0:ECONNREFUSED ECONNREFUSED yes "
display=$d/session/display
more="XDG_RUNTIME_DIR="
box --gui -- ./escape connect "/run/user/$(id -u)/wayland-0"
is "a display by its path" "$status:$err:$out" 0::yes
more=
display=display
box --gui --user 77 -- sh -c 'echo $XDG_RUNTIME_DIR; stat -c %u $XDG_RUNTIME_DIR; ./escape connect $XDG_RUNTIME_DIR/wayland-0'
is "for another user in there" "$status:$err:$(echo "$out" | tr '\n' ' ')" "0::/run/user/77 77 yes "
box --gui --intercept guard -- sh -c './escape connect $XDG_RUNTIME_DIR/wayland-0'
is "under the interception layer" "$status:$err:$out" 0::yes
box --gui --env WAYLAND_DISPLAY=mine -- sh -c 'echo $WAYLAND_DISPLAY'
is "the command line says it last" "$out" mine
box --gui --print-config -- true
answers "in the configuration it is a mount, and no more" \
	'[.mounts[] | select(.source == "'"$d"'/session/display") | .destination, .options]' \
	"[\"/run/user/$(id -u)/wayland-0\",[\"rbind\",\"ro\",\"nosuid\",\"nodev\",\"rro\",\"rnosuid\",\"rnodev\"]]"
box --gui -- sh -c 'ls /dev/dri 2>/dev/null | grep -v ^render; echo done'
is "no device that has a screen" "$out" "done"

# Where sessions usually are, and so in there by the same name as outside.
user=
[ "$(id -u)" = 0 ] || user="--user --map-root-user"
# shellcheck disable=SC2086 # options
output unshare $user --mount sh -c 'mount -t tmpfs none /run && mkdir -p /run/user/0 &&
	cd "$1/home/project" || exit
	./escape listen /run/user/0/wayland-0 >"$1/usual" &
	until [ -s "$1/usual" ]; do sleep 0.1; done
	HOME=$1/home XDG_RUNTIME_DIR=/run/user/0 "$2" --root "$1/state" sandbox --gui -- \
		./escape connect /run/user/0/wayland-0
	kill $!' sh "$d" "$LORICA"
is "a session at its usual place" "$status:$err:$out" 0::yes
# shellcheck disable=SC2086 # options
output unshare $user --mount sh -c 'mount -t tmpfs none /run && mkdir -p /run/own/0 && ln -s own /run/user &&
	cd "$1/home/project" || exit
	HOME=$1/home XDG_RUNTIME_DIR=$1/session WAYLAND_DISPLAY=display "$2" --root "$1/state" sandbox --gui -- \
		sh -c "./escape connect \$XDG_RUNTIME_DIR/wayland-0"' sh "$d" "$LORICA"
is "a session's usual place is a link" "$status:$err:$out" 0::yes

# ---- what is in its place -----------------------------------------------------------
ln -s bus "$d/session/link"
display="link"
box --gui -- true
is "a link in its place" "$status:$err" "125:lorica: sandbox: --gui: $d/session/link: not a socket"
mkdir "$d/home/project/planted"
ln -s "$d/session" "$d/home/project/planted/session"
display=$d/home/project/planted/session/bus
box --gui -- true
has "a link that a sandbox could have made" "$status:$err" \
	"125:lorica: sandbox: --gui: *"
# The socket is the session's, and as it is written another one's.
mkdir -p "$d/home/project/planted/in"
ln -s "$d/home/project/planted/in" "$d/session/aside"
display=aside/../display
box --gui -- sh -c './escape connect $XDG_RUNTIME_DIR/wayland-0'
is "a name means one file" "$status:$err:$out" 0::yes
rm -r "$d/home/project/planted" "$d/session/aside"
display=display
if [ "$(id -u)" = 0 ]; then
	chown 65533 "$d/session/display"
	box --gui -- true
	is "another user's" "$status:$err" "125:lorica: sandbox: --gui: $d/session/display: another user's"
	chown 0 "$d/session/display"
fi

# ---- X11, as lorica-sandbox(1) has it ------------------------------------------------
box --bind "$d/session/bus:/tmp/.X11-unix/X0" --env DISPLAY=:0 -- sh -c \
	'./escape connect /tmp/.X11-unix/X${DISPLAY#:}'
is "a display of X11 that is asked for" "$status:$err:$out" 0::yes

# ---- profiles -------------------------------------------------------------------------
mkdir -p "$d/home/.config/lorica/sandbox"
echo '{"gui": true}' >"$d/home/project/.lorica"
box -- sh -c 'echo ${WAYLAND_DISPLAY-none}'
is "a project's file does not turn it on" "$status:$out:$err" \
	"0:none:lorica: sandbox: note: .lorica asks for more, which it does not get: gui true; --trust agrees to it as it is"
echo '{"gui": true}' >"$d/home/.config/lorica/sandbox/default.json"
box -- sh -c 'echo ${WAYLAND_DISPLAY-none}'
is "the user's does, and then there is nothing to say" "$status:$out:$err" "0:wayland-0:"
rm "$d/home/.config/lorica/sandbox/default.json" "$d/home/project/.lorica"

# ---- a compositor ----------------------------------------------------------------------
program_path=/usr/local/bin:/usr/bin:/bin
if program weston "a compositor of Wayland" && program weston-simple-shm "its client"; then
	env PATH=$program_path XDG_RUNTIME_DIR="$d/session" weston --backend=headless-backend.so \
		--socket=real --idle-time=0 >"$d/weston" 2>&1 </dev/null &
	servers="$servers $!"
	ok "weston is there" await test -S "$d/session/real"
	display=real
	# The compositor has had a picture when it gives it back.
	draw='WAYLAND_DEBUG=1 weston-simple-shm 2>log &
		until grep -q "wl_buffer@.*release(" log; do sleep 0.1; done
		kill $!; echo drawn'
	box --gui --env "PATH=$program_path" -- sh -c "$draw"
	is "a window is drawn" "$status:$err:$out" 0::drawn
	box --gui --intercept guard --env "PATH=$program_path" -- sh -c "$draw"
	is "and under the interception layer" "$status:$err:$out" 0::drawn
	box --env "PATH=$program_path" -- weston-simple-shm
	is "not without the option" "$([ "$status" != 0 ] && echo refused)" refused
fi
# shellcheck disable=SC2086 # several
kill $servers
trap - EXIT
