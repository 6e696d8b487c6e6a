# shellcheck shell=sh disable=SC2154 # set by run
# engines - what the tests of the engines share: an image made from local
# files, and the blocks of the documents, which are what gets tested.
#
# Sourced by the files that need the guest "engines".
image=localhost/lorica-test:1
pause=localhost/lorica-pause:1
images=$WORK/of-engines

# make_images: both as archives that every engine loads. busybox, a user, and
# a program that the set-user-ID bit would make root.
make_images() {
	[ ! -d "$images" ] || return 0
	root=$images/root
	mkdir -p "$root/bin" "$root/etc" "$root/proc" "$root/sys" "$root/dev" \
		"$root/tmp" "$root/run" "$root/data"
	cp "$BUSYBOX" "$root/bin/busybox"
	for applet in $("$BUSYBOX" --list); do
		[ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"
	done
	cp "$BUSYBOX" "$root/bin/su-busybox"
	chmod 4755 "$root/bin/su-busybox"
	chmod 1777 "$root/tmp"
	printf '%s\n' root:x:0:0::/:/bin/sh app:x:1234:1234::/data:/bin/sh \
		>"$root/etc/passwd"
	printf '%s\n' root:x:0: app:x:1234: extra:x:4321:app >"$root/etc/group"
	rootless=
	[ "$(id -u)" = 0 ] || rootless=--rootless
	umoci init --layout "$images/oci"
	umoci new --image "$images/oci:test"
	# shellcheck disable=SC2086 # a flag or none
	umoci insert $rootless --image "$images/oci:test" "$root" /
	umoci config --image "$images/oci:test" --tag pause \
		--config.entrypoint /bin/sleep --config.cmd 1000000
	umoci config --image "$images/oci:test" --config.cmd /bin/sh \
		--config.env PATH=/bin
	skopeo copy --quiet "oci:$images/oci:test" "docker-archive:$images/test.tar:$image"
	skopeo copy --quiet "oci:$images/oci:pause" "docker-archive:$images/pause.tar:$pause"
	rm -rf "$root"
}

# make_recorder: sets recorder, a program called lorica that writes down how it is
# called, and then is lorica.
make_recorder() {
	recorder=$WORK/recorder/lorica
	mkdir -p "$WORK/recorder"
	cat >"$recorder" <<-END
		#!/bin/sh
		echo "\$*" >>$WORK/recorder/lines
		exec /usr/local/bin/lorica "\$@"
	END
	chmod 755 "$recorder"
}

# unknown_lines SCRIPT: those that were written down and, when sed has put the
# names of 17-argv.sh in place of the engine's, are no rows there.
unknown_lines() {
	sed "s/^	*//; s/ < .*//; s/ \$root / /" "$here/integration/17-argv.sh" \
		>"$WORK/recorder/rows"
	sed "$1" "$WORK/recorder/lines" | sort -u | while read -r line; do
		grep -qxF "0 RT $line" "$WORK/recorder/rows" || echo "$line"
	done
}

# doc_block DOCUMENT END: the block of it that follows the line with that end.
doc_block() {
	echo "${1##*/} $2" >>"$WORK/blocks"
	awk -v end="$2" '
		/^```/ && inside { exit }
		inside { print }
		/^```/ && found { inside = 1 }
		substr($0, length($0) - length(end) + 1) == end { found = 1 }
	' "$1"
}

# check_blocks DOCUMENT: every block of TOML, YAML or shell in it was used.
check_blocks() {
	is "every block of ${1##*/} was used" \
		"$(grep -c '^```\(toml\|yaml\|json\|dockerfile\)$' "$1")" \
		"$(sort -u "$WORK/blocks" | grep -c "^${1##*/} ")"
}

# start_containerd: by the configuration of docs/containerd.md, with what these
# tests add: where images and the network come from.
start_containerd() {
	mkdir -p /etc/cni/net.d
	# shellcheck disable=SC2016 # Markdown
	{
		doc_block "$here/../docs/containerd.md" \
			'1.7, in `/etc/containerd/config.toml`:'
		doc_block "$here/../docs/containerd.md" \
			'Tables more, for containerd 1.6 and 1.7:'
		cat <<-END
			[plugins."io.containerd.grpc.v1.cri"]
			  sandbox_image = "$pause"
			[plugins."io.containerd.grpc.v1.cri".cni]
			  bin_dir = "/usr/lib/cni"
		END
	} >/etc/containerd/config.toml
	cat >/etc/cni/net.d/10-test.conflist <<-END
		{"cniVersion": "0.4.0", "name": "test", "plugins": [{"type": "ptp",
		 "ipam": {"type": "host-local", "subnet": "10.88.77.0/24"}}]}
	END
	ok "containerd starts" systemctl restart containerd
	await ctr version
}

stop_containerd() {
	systemctl stop containerd
	rm /etc/containerd/config.toml /etc/cni/net.d/10-test.conflist
}
