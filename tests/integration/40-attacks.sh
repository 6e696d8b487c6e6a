# shellcheck shell=sh
# What a hostile image tries.
a=$WORK/attack
canary=$WORK/canary
mkdir -p "$canary"

# CVE-2019-19921 and its like: /proc as a link.
bundle "$a"
rmdir "$a/rootfs/proc"
mkdir "$a/rootfs/bad"
ln -s /bad "$a/rootfs/proc"
run "$a"
has "proc on a link" "$err" "*proc must be mounted on ordinary directory"

# CVE-2019-18837: a link that leads out of the root.
rm -rf "$a"
bundle "$a"
ln -s "../../../../../../../$canary" "$a/rootfs/mnt"
config "$a" '.mounts += [{destination: "/mnt/x", type: "tmpfs", source: "tmpfs"}] | .root.readonly = false'
run "$a"
is "the canary is empty" "$(ls "$canary")" ""

# CVE-2024-21626: a working directory through a leaked descriptor.
for fd in 3 4 5 6 7 8 9 10 11 12; do
	rm -rf "$a"
	bundle "$a"
	config "$a" ".process.cwd = \"/proc/self/fd/$fd\" | .process.args = [\"true\"]"
	run "$a"
	is "cwd in descriptor $fd" "$status" 1
done

# CVE-2019-5736: the program is the runtime itself.
rm -rf "$a"
bundle "$a"
printf '#!/proc/self/exe\n' >"$a/rootfs/bin/evil"
chmod +x "$a/rootfs/bin/evil"
sum=$(sha256sum "$LORICA")
config "$a" '.process.args = ["evil"]'
run "$a"
is "the runtime is unchanged" "$(sha256sum "$LORICA")" "$sum"

# While it is executed any file is busy; on a read-only mount it is worse.
if [ "$(id -u)" = 0 ]; then
	rm -rf "$a"
	bundle "$a"
	$LORICA --root "$WORK/state" create --bundle "$a" --pid-file "$WORK/pid" exe
	has "init's own file cannot be written to" \
		"$(LC_ALL=C sh -c ": >/proc/$(cat "$WORK/pid")/exe" 2>&1)" "*Read-only file system*"
	$LORICA --root "$WORK/state" delete --force exe
fi
