# shellcheck shell=sh disable=SC2154 # set by who sources this
# machine - a bundle, $m, with the machine's own programs.
m=$WORK/machine
rm -rf "$m"
bundle "$m"
cp "$m/config.json" "$WORK/plain.json"
rm -r "$m/rootfs"
for dir in usr etc proc dev sys tmp var run opt; do mkdir -p "$m/rootfs/$dir"; done
for link in bin lib lib32 lib64 libx32 sbin; do
	[ ! -L "/$link" ] || ln -s "usr/$link" "$m/rootfs/$link"
done

# configured FILTER COMMAND: a shell with the machine's own programs, as an
# ordinary user would run it.
configured() {
	jq --arg cmd "$2" --argjson user "$user" "$1"' | .process.terminal = false |
		.process.args = ["/bin/sh", "-euc", $cmd] | .process.cwd = "/tmp" |
		.process.env += ["HOME=/tmp", "PATH=/usr/bin:/usr/sbin"] |
		.process.rlimits = [] |
		.process.user = {uid: $user, gid: $user} | .mounts += ([["/usr"], ["/etc"]] | map({destination: .[0], source: .[0], type: "bind",
			options: ["rbind", "ro", "nosuid", "nodev"]})) +
			[{destination: "/tmp", source: "tmp", type: "tmpfs", options: ["nosuid", "nodev", "mode=1777"]},
			{destination: "/var", source: "var", type: "tmpfs", options: ["nosuid", "nodev", "mode=755"]}]
		' "$WORK/plain.json" >"$m/config.json"
}
