# shellcheck shell=sh disable=SC2154,SC2034 # set by run, and for support/image.sh
# Images become bundles: what image-spec says, of archives made here by hand, and
# the same tree as umoci makes.
one_guest user "images" || return 0
mkdir -p "$WORK/nothing"
output env LORICA_LIBEXEC="$WORK/nothing" "$LORICA" image list "$WORK/nothing"
is "without the helper it says what is missing" "$status $err" \
	"1 lorica: image: lorica-image is not installed: it is built where libarchive is (Debian: apt install libarchive-dev)"
if command -v gzip >/dev/null && [ -x "$LORICA_LIBEXEC/lorica-image" ]; then
# shellcheck source=tests/support/image.sh
. "$here/support/image.sh"
uid=$(id -u)

# ---- it runs -----------------------------------------------------------------

bundle "$I/plain"
mkdir -p "$I/plain/rootfs/root" "$I/plain/rootfs/srv"
echo 'root:x:0:0::/root:/bin/sh
app:x:0:7::/srv:/bin/sh' >"$I/plain/rootfs/etc/passwd"
tar -C "$I/plain/rootfs" --sort=name --numeric-owner --owner=0 --group=0 -cf "$I/plain.tar" .
gzip -k "$I/plain.tar"
image_config='{"Entrypoint":["/bin/sh","-c"],"Cmd":["echo $A $PWD $(id -u)"],
	"Env":["A=of the image","PATH=/bin"],"WorkingDir":"/srv","StopSignal":"SIGUSR1",
	"ExposedPorts":{"80/tcp":{},"53/udp":{}},"Volumes":{"/v":{}},
	"Labels":{"a":"label","org.opencontainers.image.os":"labelled",
	"dev.lorica.seccomp":"none","run.oci.keep_original_groups":"1"}}'
of "$I/plain.tar.gz"
is "an image is unpacked" "$status$out" 0
is "what is left out is said" "$err" \
	"lorica: left out: 2 labels that would have been orders to the runtime"
is "nothing lies beside the bundle" "$(find "$I" -name '.b.*')" ""
is "its parts" "$(ls "$I/b")" "config.json
rootfs"
is "nobody else gets into it" "$(stat -c %a "$I/b")" 700
config "$I/b" '.process.terminal = false'
run "$I/b"
is "it runs" "$out${err:+ stderr: $err}" "of the image /srv 0"
out=$(cat "$I/b/config.json") err=
answers "the configuration's annotations" '.annotations | to_entries | map([.key, .value]) | sort' "[[\"a\",\"label\"],[\"org.opencontainers.image.architecture\",\"$own_arch\"],[\"org.opencontainers.image.exposedPorts\",\"80/tcp,53/udp\"],[\"org.opencontainers.image.os\",\"labelled\"],[\"org.opencontainers.image.stopSignal\",\"SIGUSR1\"]]"
answers "arguments" '.process.args' '["/bin/sh","-c","echo $A $PWD $(id -u)"]'
answers "a PATH that the image has is its own" '.process.env' '["TERM=xterm","A=of the image","PATH=/bin"]'
answers "the root can be written to" '[.root.path, .root.readonly]' '["rootfs",false]'
answers "rights are those of spec" '.process.noNewPrivileges, .process.capabilities.bounding' 'true
["CAP_AUDIT_WRITE","CAP_KILL","CAP_NET_BIND_SERVICE"]'
image_config=

# ---- who it runs as -----------------------------------------------------------

who() {
	rm -rf "$I/one"
	layout "$I/one" "{\"User\":\"$1\"}" one "$I/plain.tar"
	unpack "$I/one"
}
who app
out=$(jq -c '[.process.user.uid, .process.user.gid]' "$I/b/config.json")
# One id is all that some users have.
gid7=7 gid5=5
[ "$(jq '[.linux.uidMappings[]?.size] | add' "$I/b/config.json")" != 1 ] || gid7=0 gid5=0
is "a user of the image's passwd" "$out" "[0,$gid7]"
who 0:5
is "numbers are themselves" "$(jq -c '[.process.user.uid, .process.user.gid]' "$I/b/config.json")" "[0,$gid5]"
who nobody-of-that-name
is_refused "an unknown user" "*the image's /etc/passwd has no user \"nobody-of-that-name\""
who 0:nobody-of-that-name
is_refused "an unknown group" "*the image's /etc/group has no group \"nobody-of-that-name\""

# ---- compression, archives ----------------------------------------------------

of "$I/plain.tar"
plain=$(listing "$I/b/rootfs")
has "the tree is there" "$plain" "*./bin/busybox f 755*./bin/sh l 777*busybox*"
of "$I/plain.tar.gz"
is "gzip" "$(listing "$I/b/rootfs")" "$plain"
if command -v zstd >/dev/null; then
	zstd -q "$I/plain.tar"
	of "$I/plain.tar.zst"
	is "zstd" "$(listing "$I/b/rootfs")" "$plain"
fi
tar -C "$I/one" -cf "$I/oci.tar" .
unpack "$I/oci.tar:one"
is "an archive of a layout" "$(listing "$I/b/rootfs")" "$plain"
gzip -k "$I/oci.tar"
unpack "$I/oci.tar.gz"
is "a compressed one" "$(listing "$I/b/rootfs")" "$plain"
"$LORICA" image remove "$I/b"
status=0
"$LORICA" image unpack - "$I/b" <"$I/oci.tar.gz" || status=$?
is "from the standard input" "$status$(listing "$I/b/rootfs")" "0$plain"
"$LORICA" image remove "$I/b"
gzip -dc "$I/oci.tar.gz" | gzip -1 | "$LORICA" image unpack - "$I/b" || status=$?
is "through a pipe" "$status$(listing "$I/b/rootfs")" "0$plain"
# As docker save has it: a layer twice is a link.
mkdir -p "$I/saved/1" "$I/saved/2"
cp "$I/plain.tar" "$I/saved/1/layer.tar"
ln -s ../1/layer.tar "$I/saved/2/layer.tar"
sum=$(sha256sum <"$I/plain.tar")
sum=${sum%% *}
echo "{\"os\":\"linux\",\"architecture\":\"$own_arch\",\"rootfs\":{\"diff_ids\":[\"sha256:$sum\",\"sha256:$sum\"]}}" >"$I/config"
saved=$(sha256sum <"$I/config")
saved=${saved%% *}
cp "$I/config" "$I/saved/$saved.json"
echo "[{\"Config\":\"$saved.json\",\"RepoTags\":[\"example.org/x:1\",\"x:2\"],\"Layers\":[\"1/layer.tar\",\"2/layer.tar\"]}]" >"$I/saved/manifest.json"
tar -C "$I/saved" -cf "$I/saved.tar" .
for name in "" :1 :x:2 :x:1 :example.org/x:1 "@sha256:$saved"; do
	unpack "$I/saved.tar$name"
	is "docker save$name" "$status$err$(listing "$I/b/rootfs")" "0$plain"
done
echo '[]' >"$I/manifest.json"
tar -C "$I" -cf "$I/twice.tar" ./manifest.json
tar -C "$I/saved" -rf "$I/twice.tar" .
unpack "$I/twice.tar"
is "the last file of a name counts" "$status$err$(listing "$I/b/rootfs")" "0$plain"
unpack "$I/saved.tar:3"
is_refused "a name that is not there" "*no image of that name or digest is in there"

# ---- names and platforms -------------------------------------------------------

(file one 1; finish) >"$I/1.tar"
(file two 2; finish) >"$I/2.tar"
rm -rf "$I/many"
image_platform=',"platform":{"os":"linux","architecture":"'$own_arch'"}'
layout "$I/many" '{}' first "$I/1.tar"
image_platform=',"platform":{"os":"linux","architecture":"s390x"}'
image_arch=s390x layout "$I/many" '{}' second "$I/2.tar"
second=$(jq -r '.manifests[1].digest' "$I/many/index.json")
image_platform='' image_arch=
output "$LORICA" image list "$I/many"
is "list" "$(echo "$out" | awk '{ print $1, $2, $3 }')" "NAME PLATFORM SIZE
first linux/$own_arch 2048
second linux/s390x 2048"
output "$LORICA" image list --json "$I/many:second"
is "list as JSON" "$(echo "$out" | jq -c '.[] | [.name, .digest, .platform, .size]')" "[\"second\",\"$second\",\"linux/s390x\",2048]"
unpack "$I/many"
is "the image for this machine" "$status$err$(ls "$I/b/rootfs")" "0one"
unpack "$I/many" --platform linux/s390x
is "the image for another" "$status$err$(ls "$I/b/rootfs")" "0two"
unpack "$I/many@$second" --platform linux/s390x
is "the image by its digest" "$status$err$(ls "$I/b/rootfs")" "0two"
unpack "$I/many:second"
is_refused "the other's name" "*: not for linux/$own_arch: --platform can be linux/s390x"
unpack "$I/many" --platform linux
is_refused "half a platform" "*: --platform: \"linux\": expected OS/ARCHITECTURE\[/VARIANT]"
# The same as an index in the index, with a signature beside.
jq -c '.manifests += [{mediaType: "x", digest: ("sha256:" + "0" * 64), size: 1,
	platform: {os: "unknown", architecture: "unknown"}}]' "$I/many/index.json" >"$I/inner"
inner="{\"mediaType\":\"$oci.index.v1+json\",$(blob "$I/many" "$I/inner"),\"annotations\":{\"org.opencontainers.image.ref.name\":\"all\"}}"
echo "{\"manifests\":[$inner]}" >"$I/many/index.json"
unpack "$I/many:all" --platform linux/s390x
is "an index in the index" "$status$err$(ls "$I/b/rootfs")" "0two"
jq -c . "$I/many/index.json" >"$I/index.json"
for _ in 1 2 3 4 5 6 7 8 9; do
	echo "{\"manifests\":[{\"mediaType\":\"$oci.index.v1+json\",$(blob "$I/many" "$I/index.json")}]}" >"$I/index.next"
	mv "$I/index.next" "$I/index.json"
done
cp "$I/index.json" "$I/many/index.json"
unpack "$I/many"
is_refused "too many indexes in another" "*more than 8 indexes in another"
rm -rf "$I/many"
layout "$I/many" '{}' first "$I/1.tar"
layout "$I/many" '{}' second "$I/2.tar"
unpack "$I/many"
is_refused "a choice that is not made" "*there is more than one image: name one of first, second"

# ---- layers --------------------------------------------------------------------

(dir d; file d/a a; file d/b b; dir d/sub; file d/sub/c c; file f f; dir opq
	file opq/old 1; dir opq/sub; file opq/sub/old 1; file both 1
	symlink lib usr/lib; dir usr; dir usr/lib; finish) >"$I/lower.tar"
(file d/.wh.a ""; file opq/new 2; dir opq/sub; file opq/sub/new 2; file opq/.wh..wh..opq ""
	file f new; file both 2; file .wh.both ""; file nowhere/.wh.x ""
	file .wh..wh.plnk ""; file lib/so so; finish) >"$I/upper.tar"
of "$I/lower.tar" "$I/upper.tar"
is "whiteouts, opaque ones whenever they come" "$status$err
$(cd "$I/b/rootfs" && find . | sort)" "0
.
./both
./d
./d/b
./d/sub
./d/sub/c
./f
./lib
./opq
./opq/new
./opq/sub
./opq/sub/new
./usr
./usr/lib
./usr/lib/so"
is "and keep the time of a directory" "$(stat -c %Y "$I/b/rootfs/opq/sub")" 1234567890
is "what both layers have is the upper's" "$(cat "$I/b/rootfs/f" "$I/b/rootfs/both")" new2
(file .wh.d ""; symlink f d; finish) >"$I/gone.tar"
(dir d; file d/again x; finish) >"$I/again.tar"
of "$I/lower.tar" "$I/gone.tar" "$I/again.tar"
is "a directory goes, and another comes" "$(cd "$I/b/rootfs" && find d f | sort | xargs)" "d d/again f"
(dir f; file f/in x; file d ""; finish) >"$I/kinds.tar"
of "$I/lower.tar" "$I/kinds.tar"
is "a file becomes a directory, and a directory a file" \
	"$status$(stat -c %F "$I/b/rootfs/f" "$I/b/rootfs/d" | xargs)" "0directory regular empty file"

# ---- kinds of files --------------------------------------------------------------

(file a a 4755; hard b a; hard c ./b; symlink s /etc/a; header 6 fifo 0 "" 640
	dir ro 555; file ro/in in 400; dir sticky 1777; dir . 711; finish) >"$I/kinds.tar"
of "$I/kinds.tar"
is "hard links" "$(stat -c %h "$I/b/rootfs/a" "$I/b/rootfs/c" | xargs)" "3 3"
is "a link, a pipe, modes, times" "$(cd "$I/b/rootfs" && stat -c '%N %F %a %Y' s fifo ro sticky . | sed 's/symbolic //')" \
"'s' -> '/etc/a' link 777 1234567890
'fifo' fifo 640 1234567890
'ro' directory 555 1234567890
'sticky' directory 1777 1234567890
'.' directory 711 1234567890"
mode=4755
[ "$uid" = 0 ] || grep -qE "^($(id -un 2>/dev/null)|$uid):" /etc/subuid 2>/dev/null || mode=755
is "a file that is set-user-id, where it has one to become" "$(stat -c %a "$I/b/rootfs/a")" $mode
unpack "$I/one" --rootless
is "every file is the caller's, and none makes others the caller" \
	"$(stat -c '%a %u' "$I/b/rootfs/a")" "755 $uid"
(file x x 644 1234; header 3 null 0 "" 666 0 1 3; finish) >"$I/ids.tar"
of "$I/ids.tar"
if [ "$uid" = 0 ]; then
	is "ids and devices are root's to give" \
		"$status$err$(stat -c '%u:%g' "$I/b/rootfs/x") $(stat -c '%F %t:%T' "$I/b/rootfs/null")" \
		"01234:1234 character special file 1:3"
	unpack "$I/one" --rootless
fi
is "an ordinary user has no devices" "$status$err $(ls "$I/b/rootfs")" \
	"0lorica: left out: 1 device nodes, which an ordinary user cannot make x"
rm -rf "$I/one"
layout "$I/one" '{"User":"4321"}' one "$I/1.tar"
if [ "$uid" != 0 ]; then
	unpack "$I/one" --rootless
	is "who is not there is 0" "$status$(jq -c '[.process.user.uid, .process.user.gid]' "$I/b/config.json")$err" \
		'0[0,0]lorica: the image'\''s user 4321 is 0 here: there is one id only'
fi

# Root takes the part of a user with ranges, in a mount namespace that has them.
# shellcheck disable=SC2016 # for the inner shell
if [ "$uid" = 0 ] && command -v newuidmap >/dev/null && command -v setpriv >/dev/null &&
	! grep -q __asan_init "$LORICA"; then
	(file x x 644 1234; file s s 4755; finish) >"$I/ids.tar"
	of "$I/ids.tar"
	"$LORICA" image remove "$I/b"
	user=$(awk -F: '$3 > 0 { print $1 ":" $3; exit }' /etc/passwd)
	mkdir -p "$I/ranged"
	cp "$LORICA" "$LORICA_LIBEXEC/lorica-image" "$I/ranged"
	tar -C "$I/one" -cf "$I/ranged/image.tar" .
	echo "${user%:*}:300000:65536" >"$I/subid"
	chown -R "${user#*:}:${user#*:}" "$I/ranged"
	output unshare --mount --propagation private sh -euc '
		mount --bind "$0/subid" /etc/subuid
		mount --bind "$0/subid" /etc/subgid
		cd "$0/ranged"
		export LORICA_LIBEXEC="$0/ranged"
		as="setpriv --reuid=$1 --regid=$1 --clear-groups"
		$as ./lorica image unpack image.tar b
		stat -c "%n %u %a" b/rootfs/x b/rootfs/s
		jq -c "[.linux.uidMappings[] | [.containerID, .hostID, .size]]" b/config.json
		$as ./lorica image remove b
		ls' "$I" "${user#*:}"
	is "ids of a user's ranges" "$out${err:+ stderr: $err}" "b/rootfs/x 301233 644
b/rootfs/s ${user#*:} 4755
[[0,${user#*:},1],[1,300000,65536]]
image.tar
lorica
lorica-image"
fi

# ---- what tar has words for ------------------------------------------------------

long=$(printf '%0120d/%0200d' 0 1)
mkdir -p "$I/t/${long%/*}" "$I/t/é"
echo long >"$I/t/$long"
echo utf >"$I/t/é/ü"
truncate -s 1M "$I/t/sparse"
echo end >>"$I/t/sparse"
touch -d @1500000000.123456789 "$I/t/sparse"
for format in gnu pax; do
	tar -C "$I/t" --format=$format -S --owner=0 --group=0 -cf "$I/$format.tar" .
	of "$I/$format.tar"
	is "long names, $format" "$status$err$(cat "$I/b/rootfs/$long" "$I/b/rootfs/é/ü")" "0long
utf"
	is "a sparse file stays one, $format" \
		"$(cmp "$I/t/sparse" "$I/b/rootfs/sparse") $(($(stat -c %b "$I/b/rootfs/sparse") < 1000))" " 1"
done
is "parts of a second" "$(stat -c %.9Y "$I/b/rootfs/sparse")" 1500000000.123456789

# record KEY VALUE: a line of a pax header.
record() {
	length=$((${#1} + ${#2} + 3))
	total=$((length + ${#length}))
	[ ${#total} = ${#length} ] || total=$((total + 1))
	printf '%d %s=%s\n' $total "$1" "$2"
}
pax() {
	size=$(wc -c <"$I/records")
	header x pax "$size"
	cat "$I/records"
	head -c $(((512 - size % 512) % 512)) /dev/zero
}
(record SCHILY.xattr.user.mine kept; record SCHILY.xattr.trusted.overlay.opaque y
	record SCHILY.xattr.security.selinux x; record SCHILY.xattr.user.overlay.opaque y) >"$I/records"
(pax; file x x; finish) >"$I/xattr.tar"
of "$I/xattr.tar"
is "attributes that the kernel would obey are left out" "$status $err" \
	"0 lorica: left out: 3 extended attributes: lorica-image(1)"
if [ "$uid" = 0 ] && command -v setcap >/dev/null; then
	mkdir -p "$I/caps"
	cp "$BUSYBOX" "$I/caps/busybox"
	setcap cap_net_raw+ep "$I/caps/busybox"
	tar -C "$I/caps" --xattrs --xattrs-include='*' -cf "$I/caps.tar" .
	of "$I/caps.tar"
	has "file capabilities" "$err$(getcap "$I/b/rootfs/busybox")" "*busybox cap_net_raw=ep"
fi

# ---- limits ----------------------------------------------------------------------

mkdir -p "$I/z"
head -c 3000000 /dev/zero >"$I/z/zeros"
tar -C "$I/z" -czf "$I/bomb.tar.gz" .
options='--max-size 1m' of "$I/bomb.tar.gz"
is_refused "a bomb" "*the image is larger than what is allowed: --max-size"
options='--max-size 4m' of "$I/bomb.tar.gz"
is "what is allowed is not refused" "$status$err" 0
options='--max-files 8' of "$I/lower.tar"
is_refused "many files" "*more files than are allowed: --max-files"
(file a/b/c/d/x x; file e/f/g/h/x x; finish) >"$I/parents.tar"
options='--max-files 9' of "$I/parents.tar"
is_refused "many directories that no layer has" "*more files than are allowed: --max-files"
options='--max-files 10' of "$I/parents.tar"
is "as many as are allowed" "$status$err" 0
# A byte in each of 400 blocks, of which the layer has the bytes alone.
at=0
{
	echo 400
	while [ $at -lt 400 ]; do
		printf '%d\n1\n' $((at * 65536))
		at=$((at + 1))
	done
} >"$I/map"
{
	cat "$I/map"
	head -c $((512 - $(wc -c <"$I/map") % 512)) /dev/zero
	head -c 400 /dev/zero | tr '\000' x
} >"$I/sparse"
(record GNU.sparse.major 1; record GNU.sparse.minor 0; record GNU.sparse.name x
	record GNU.sparse.realsize 26214400) >"$I/records"
(pax; header 0 x "$(wc -c <"$I/sparse")"; cat "$I/sparse"
	head -c $(((512 - $(wc -c <"$I/sparse") % 512) % 512)) /dev/zero; finish) >"$I/sparse.tar"
ok "a layer that is small" test "$(wc -c <"$I/sparse.tar")" -lt 16384
options='--max-size 1m' of "$I/sparse.tar"
is_refused "files that fill more than they have" "*its files are larger than what is allowed: --max-size"
options='--max-size 4m' of "$I/sparse.tar"
is "and a limit that they keep" "$status$err$(stat -c %s "$I/b/rootfs/x")" 026214400
options=
of "$I/plain.tar"
tar -C "$I/one" -czf "$I/packed.tar.gz" .
output "$LORICA" image list --max-size 64k "$I/packed.tar.gz"
has "list: an archive that is larger than it is to be" "$status$err" "1*: the image is larger than what is allowed: --max-size"
output "$LORICA" image list --max-size 64m "$I/packed.tar.gz"
is "list: one that is not" "$status$err" 0
output "$LORICA" image remove --max-size 1m "$I/b"
is "there is no limit to what is removed" "$status $err" "1 lorica: image: --max-size is for unpack and list"

# ---- places ----------------------------------------------------------------------

rm -rf "$I/b"
mkdir "$I/b"
output "$LORICA" image unpack "$I/one" "$I/b"
is "an empty directory may be there" "$status$err" 0
output "$LORICA" image unpack "$I/one" "$I/b"
is "a bundle is not overwritten" "$status $err" "1 lorica: image: $I/one: b is there already, and not empty"
mkdir "$I/none"
echo x >"$I/none/mine"
output "$LORICA" image remove "$I/none"
is "only a bundle is removed" "$status $err $(ls "$I/none")" \
	"1 lorica: image: $I/none is no bundle: it has no config.json and rootfs mine"
ok "a bundle is removed" "$LORICA" image remove "$I/b"
ok "and is gone" test ! -e "$I/b"
# A helper that does what it is asked for once.
mkdir -p "$I/once"
cat >"$I/once/lorica-image" <<EOF
#!/bin/sh
[ ! -e "$I/once/done" ] || exit 1
: >"$I/once/done"
exec "$LORICA_LIBEXEC/lorica-image"
EOF
chmod 755 "$I/once/lorica-image"
unpack "$I/one"
output env LORICA_LIBEXEC="$I/once" "$LORICA" image remove "$I/b"
is "a bundle that is half removed is one" "$status $(cd "$I/b" && echo *)" "1 config.json rootfs"
is "of which the files are gone" "$(ls "$I/b/rootfs")" ""
ok "and is removed" "$LORICA" image remove "$I/b"
ok "all of it" test ! -e "$I/b"
rm "$I/once/done"
head -c 4096 /dev/zero | tr '\000' x >"$I/noise.tar"
rm -rf "$I/one"
layout "$I/one" '{}' one "$I/lower.tar" "$I/noise.tar"
output env LORICA_LIBEXEC="$I/once" "$LORICA" image unpack "$I/one" "$I/b"
left=$(cd "$I" && echo .b.lorica-*)
has "what is left is said" "$status$err" "1lorica: image: $I/one: layer *: damaged: *; $left is left behind"
ok "what is left has files" test -e "$I/$left/rootfs/f"
ok "it can be removed" "$LORICA" image remove "$I/$left"
ok "and is gone too" test ! -e "$I/$left"
output "$LORICA" image list "$I/none/mine"
is "what is no image" "$status" 1
output "$LORICA" image list "$I/not-there:x"
is "what is not there" "$err" "lorica: image: $I/not-there:x: no such file or directory"
# Ctrl-C while it is at work.
mkfifo "$I/pipe"
sleep 60 >"$I/pipe" &
writer=$!
"$LORICA" image unpack "$I/pipe" "$I/b" >"$I/int" 2>&1 &
working=$!
# shellcheck disable=SC2016 # for the inner shell
await sh -c 'pgrep -P $0 lorica-image >/dev/null && [ "$(ls -A "$1" | grep -c "^\.b\.lorica")" = 1 ]' $working "$I"
helper=$(pgrep -P $working lorica-image)
await grep -q 'NoNewPrivs.*1' "/proc/$helper/status"
# shellcheck disable=SC2016 # for the inner shell
await sh -c 'names=$(ls -A "/proc/$0/root/") && [ -z "$names" ]' "$helper"
is "the helper's root has nothing in it" "$(ls -A "/proc/$helper/root/" 2>&1)" ""
if ! grep -q __asan_init "$LORICA"; then
	await grep -q 'Seccomp:.*2' "/proc/$helper/status"
	is "the helper is confined before it reads" \
		"$(sed -n 's/^\(NoNewPrivs\|Seccomp\|CapEff\):[[:space:]]*//p' "/proc/$helper/status" | xargs)" \
		"000000008800001b 1 2"
fi
kill -TERM $working
wait $working 2>/dev/null
is "a signal ends it" $? 143
kill $writer
is "and nothing is left" "$(find "$I" -maxdepth 1 \( -name b -o -name '.b.*' \))" ""

# ---- side by side ------------------------------------------------------------------

if command -v umoci >/dev/null && command -v skopeo >/dev/null; then
	# The guest that has them answers for all others.
	[ "${LORICA_GUEST:-}" != engines ] || needs engines "the tree that umoci makes"
	rootless=
	[ "$uid" = 0 ] || rootless=--rootless
	rm -rf "$I/one"
	# Where both are right, which is why the opaque one comes first.
	(file d/.wh.a ""; dir opq; file opq/.wh..wh..opq ""; file opq/new 2; file f new
		hard g f; symlink d/link ../f; dir d/ro 555; file d/ro/x x 400; finish) >"$I/both.tar"
	layout "$I/one" '{}' one "$I/lower.tar" "$I/both.tar" "$I/pax.tar"
	unpack "$I/one" $rootless
	# shellcheck disable=SC2086 # a flag or none
	ok "umoci unpacks it" umoci unpack $rootless --image "$I/one:one" "$I/u"
	is "the tree that umoci makes" "$(listing "$I/b/rootfs")" \
		"$(listing "$I/u/rootfs")"
	"$LORICA" image remove "$I/u"
	made=$(listing "$I/b/rootfs")
	for kind in docker-archive oci-archive; do
		skopeo --tmpdir "$I" copy -q "oci:$I/one:one" "$kind:$I/$kind.tar:x/y:z" ||
			skip "skopeo $kind" "skopeo does not run here"
		[ ! -e "$I/$kind.tar" ] || {
			unpack "$I/$kind.tar:x/y:z" $rootless
			is "skopeo's $kind" "$status$(listing "$I/b/rootfs")" "0$made"
		}
	done
elif needs engines "the tree that umoci makes"; then
	ok "umoci and skopeo are installed there" false
fi
"$LORICA" image remove "$I/b"
else
	skip "images" "libarchive or gzip was not there"
fi
