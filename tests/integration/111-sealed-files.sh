# shellcheck shell=sh disable=SC2154 # set by run
# sealed, files: programs do not notice that the sentry answers each call with a
# path, and no path reaches the kernel.
one_guest intercept "the interception layer, 111" || return 0
# shellcheck source=tests/support/files.sh
. "$here/support/files.sh"
b=$WORK/sealed
bundle "$b"
cp "$SUPPORT/files" "$b/rootfs/bin/"
mkdir -p "$b/rootfs/scratch" "$b/rootfs/new/bin"
cp "$BUSYBOX" "$b/rootfs/new/bin/sh"
# Others are to get that far.
chmod 755 "$b/rootfs" "$b/rootfs/bin"
chmod 777 "$b/rootfs/scratch"
config "$b" '.root.readonly = true | .linux.seccomp = null |
	.mounts += [{destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["mode=777"]}]'
[ "$(id -u)" != 0 ] || config "$b" '.process.capabilities |= with_entries(
	.value = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_SETUID", "CAP_SETGID", "CAP_SYS_CHROOT"])'
with() {
	status=0
	timeout $((5 * patience)) "$LORICA" --root "$WORK/state" run --bundle "$b" \
		--intercept=sealed "--platform=$1" c \
		>"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
	err=$(cat "$WORK/err")
}
# same NAME PLATFORM: what the program of the bundle prints, with and without.
same() {
	run "$b"
	cp "$WORK/out" "$WORK/native"
	is "$1: natively" "$status:$err" "0:"
	with "$2"
	compare "$1"
}
for user in 0 1000; do
	[ "$user" = 0 ] || [ "$(id -u)" = 0 ] || continue
	config "$b" ".process.user = {uid: $user, gid: $user} |
		.process.args = [\"files\", \"/scratch\", \"027\", \"$(sample 13)\"]"
	same "user $user, notify" notify
	config "$b" ".process.args[3] = \"$(sample 59)\""
	same "user $user, ptrace" ptrace
done
config "$b" '.process.user = {uid: 0, gid: 0}'

# Another root, and out of it there is no way.
for platform in notify ptrace; do
	# shellcheck disable=SC2016 # for the container's shell
	sh_in "$b" 'busybox chroot /new /bin/sh -c "cd /../..; echo \$PWD; echo /*; cd bin && pwd"'
	[ "$(id -u)" != 0 ] || same "another root, $platform" $platform
	sh_in "$b" 'busybox chroot /missing; busybox chroot /bin/busybox; cd /new/bin/sh; cd /missing; cd /new/bin && pwd && cd .. && pwd; busybox readlink /proc/self/exe; ls /proc/self/fd /dev/fd/; readlink /proc/self/cwd; cat /proc/self/comm; busybox sync'
	config "$b" '.process.args[2] |= "exec 2>&1; " + .'
	same "places, $platform" $platform
done
