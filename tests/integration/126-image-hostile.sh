# shellcheck shell=sh disable=SC2154,SC2034 # set by run, and for support/image.sh
# Images that want something of the host: each is an attack that works where the
# defence that it names is taken out.
one_guest user "hostile images" || return 0
if [ -x "$LORICA_LIBEXEC/lorica-image" ]; then
# shellcheck source=tests/support/image.sh
. "$here/support/image.sh"
uid=$(id -u)

# What is not the image's.
outside=$WORK/outside
mkdir -p "$outside/dir"
echo secret >"$outside/victim"
chmod 600 "$outside/victim"
chmod 700 "$outside/dir"
touch -d @1000000000 "$outside/victim" "$outside/dir" "$outside"
outside_was=$(listing "$outside")
# attack NAME LINE LAYER...: it is refused, and nothing outside has changed.
attack() {
	attack=$1 line=$2
	shift 2
	of "$@"
	is_refused "$attack" "$line"
	untouched "$attack"
}
untouched() {
	is "$1: outside" "$(listing "$outside")" "$outside_was"
}
up=$(printf '../%.0s' 1 2 3 4 5 6 7 8 9 10 11 12)

# ---- names ---------------------------------------------------------------------

(file ../x x; finish) >"$I/a.tar"
attack "a name with .." '*layer *: ../x: ".." in the name of a file' "$I/a.tar"
(dir d; file "d/..//../outside/victim" x; finish) >"$I/a.tar"
attack "a name with .. inside" '*".." in the name of a file' "$I/a.tar"
(file "$outside/victim" x; finish) >"$I/a.tar"
of "$I/a.tar"
untouched "a name from the root"
is "a name from the root is one in the root" "$status$err$(cat "$I/b/rootfs$outside/victim")" 0x

# ---- links to outside -------------------------------------------------------------

(symlink out "$outside"; finish) >"$I/link.tar"
(symlink up "$up${outside#/}"; finish) >"$I/up.tar"
(file out/victim x; file out/new x; finish) >"$I/through.tar"
(file up/victim x; file up/new x; finish) >"$I/through-up.tar"
attack "a file through a link" "*: out/victim: make the directory *" "$I/link.tar" "$I/through.tar"
attack "a file through a link upwards" "*: up/victim: make the directory *" "$I/up.tar" "$I/through-up.tar"
(symlink out "$outside"; dir "${outside#/}"; file out/victim x; finish) >"$I/a.tar"
of "$I/a.tar"
untouched "a link that leads to a place inside"
is "a link leads to a place inside" "$status$err$(cat "$I/b/rootfs$outside/victim")" 0x
(symlink out "$outside/victim"; file out x 4777; finish) >"$I/a.tar"
of "$I/a.tar"
untouched "a file over a link"
is "a file takes a link's place" "$status$(stat -c %F "$I/b/rootfs/out")" "0regular file"
(symlink out "$outside/dir"; dir out 777; finish) >"$I/a.tar"
of "$I/a.tar"
untouched "a directory over a link"
is "a directory takes a link's place" "$status$(stat -c '%F %a' "$I/b/rootfs/out")" "0directory 777"
(symlink out "$outside/dir"; header 6 out 0 "" 666; finish) >"$I/a.tar"
of "$I/a.tar"
untouched "a pipe over a link"
(symlink proc /proc/self/root; file proc/x x; finish) >"$I/a.tar"
attack "a link of procfs" "*: proc/x: *" "$I/a.tar"

# ---- hard links -------------------------------------------------------------------

(hard x "$outside/victim"; finish) >"$I/a.tar"
attack "a hard link to outside" "*: x: *: no such file or directory" "$I/a.tar"
(hard x "$up${outside#/}/victim"; finish) >"$I/a.tar"
attack "a hard link upwards" '*: x: ".." in the name of a file' "$I/a.tar"
(hard x out/victim; finish) >"$I/a.tar"
attack "a hard link through a link" "*: x: *: no such file or directory" "$I/link.tar" "$I/a.tar"
(symlink s "$outside/victim"; hard x s; file x changed 777; finish) >"$I/a.tar"
of "$I/a.tar"
untouched "a hard link to a link"
(dir d; hard x d; finish) >"$I/a.tar"
attack "a hard link to a directory" "*: x: a hard link to a directory" "$I/a.tar"
(hard . x; finish) >"$I/a.tar"
attack "the root as a link" "*: .: the root is something else than a directory" "$I/a.tar"
(symlink . /; finish) >"$I/a.tar"
attack "the root as a symbolic link" "*: .: the root is something else than a directory" "$I/a.tar"

# ---- whiteouts --------------------------------------------------------------------

for name in .wh. .wh.. .wh... d/.wh...; do
	(dir d; file $name ""; finish) >"$I/a.tar"
	attack "a whiteout of $name" "*: $name: a whiteout of no file" "$I/a.tar"
done
(file out/.wh.victim ""; file out/.wh.dir ""; finish) >"$I/a.tar"
of "$I/link.tar" "$I/a.tar"
untouched "a whiteout through a link"
(file out/.wh..wh..opq ""; finish) >"$I/a.tar"
of "$I/link.tar" "$I/a.tar"
untouched "an opaque whiteout through a link"
(file .wh.out ""; finish) >"$I/a.tar"
of "$I/link.tar" "$I/a.tar"
untouched "a whiteout of a link"
is "a whiteout takes the link" "$status$(ls "$I/b/rootfs")" 0
(dir d; symlink d/out "$outside"; finish) >"$I/lower.tar"
(dir d; dir d/out; dir d/.wh..wh..opq; finish) >"$I/a.tar"
of "$I/lower.tar" "$I/a.tar"
untouched "an opaque whiteout of a directory with a link"

# ---- what is not what it says ------------------------------------------------------

(file x x; finish) >"$I/good.tar"
(file y y; finish) >"$I/other.tar"
# wrong NAME LINE FILE: another file in the place of a blob.
wrong() {
	rm -rf "$I/one"
	layout "$I/one" '{}' one "$I/good.tar"
	hash=$(sha256sum <"$3")
	cp "$4" "$I/one/blobs/sha256/${hash%% *}"
	unpack "$I/one"
	is_refused "$1" "$2"
}
wrong "another layer" "*layer blobs/sha256/*: its SHA-256 is *" "$I/good.tar" "$I/other.tar"
head -c 1024 "$I/good.tar" >"$I/short"
wrong "a shorter layer" "*layer blobs/sha256/*: it has 1024 bytes, not 2048 as it is said" "$I/good.tar" "$I/short"
layout "$I/one" '{}' one "$I/good.tar"
sed 's/layers/layerz/' "$I/config" >"$I/config.other"
sed 's/layers/layerz/' "$I/manifest" >"$I/manifest.other"
wrong "another configuration" "*: its SHA-256 is *" "$I/config" "$I/config.other"
wrong "another manifest" "*: its SHA-256 is *" "$I/manifest" "$I/manifest.other"
wrong "a longer manifest" "*bytes, not * as it is said" "$I/manifest" "$I/good.tar"
# The digest of the file is right, that of its contents is another.
rm -rf "$I/one"
layout "$I/one" '{}' one "$I/good.tar"
jq -c '.rootfs.diff_ids = ["sha256:" + "0" * 64]' "$I/config" >"$I/config.other"
manifest=$(jq -c ".config = {mediaType: \"x\", $(blob "$I/one" "$I/config.other")}" "$I/manifest")
printf %s "$manifest" >"$I/manifest.other"
echo "{\"manifests\":[{$(blob "$I/one" "$I/manifest.other")}]}" >"$I/one/index.json"
unpack "$I/one"
is_refused "contents of another digest" "*its contents are not those of sha256:0000*"
jq -c '.rootfs.diff_ids = []' "$I/config" >"$I/config.other"
manifest=$(jq -c ".config = {mediaType: \"x\", $(blob "$I/one" "$I/config.other")}" "$I/manifest")
printf %s "$manifest" >"$I/manifest.other"
echo "{\"manifests\":[{$(blob "$I/one" "$I/manifest.other")}]}" >"$I/one/index.json"
unpack "$I/one"
is_refused "a layer that no diff_id is of" "*: 0 rootfs.diff_ids for 1 layers"
# A layout that reads the host's files, or never ends.
wrong_place() {
	rm -rf "$I/one"
	layout "$I/one" '{}' one "$I/good.tar"
	hash=$(sha256sum <"$I/good.tar")
	place=$I/one/blobs/sha256/${hash%% *}
	rm "$place"
}
wrong_place
ln -s "$I/good.tar" "$place"
unpack "$I/one"
is_refused "a blob that is a link out of the layout" "*: open blobs/sha256/*: invalid cross-device link"
wrong_place
mkfifo "$place"
unpack "$I/one"
is_refused "a blob that is a pipe" "* is not a file"
mkdir -p "$I/links"
ln -s a "$I/links/b"
ln -s b "$I/links/a"
ln -s a "$I/links/manifest.json"
tar -C "$I/links" -cf "$I/links.tar" .
output "$LORICA" image list "$I/links.tar"
has "links of an archive that go round" "$err" "*manifest.json*"
ln -sf ../../manifest.json "$I/links/manifest.json"
tar -C "$I/links" -cf "$I/links.tar" .
output "$LORICA" image list "$I/links.tar"
has "a link out of an archive" "$err" "*manifest.json is a link out of the archive"
head -c 700 "$I/good.tar" >"$I/cut.tar"
of "$I/cut.tar"
is_refused "an archive that is cut short" "*layer *"
head -c 4096 /dev/zero | tr '\000' x >"$I/noise.tar"
of "$I/noise.tar"
is_refused "what is no archive" "*layer *: damaged: *"

# ---- what takes memory, or time ------------------------------------------------------

# What is under a limit is not built to look for faults.
if ! grep -q __asan_init "$LORICA"; then
	{ head -c 1000000 /dev/zero | tr '\000' a; head -c 448 /dev/zero; } >"$I/long"
	header L ././@LongLink 1000000 >"$I/long.head"
	file x x >"$I/long.tail"
	at=0
	while [ $at -lt 60 ]; do
		cat "$I/long.head" "$I/long" "$I/long.tail"
		at=$((at + 1))
	done >"$I/long.tar"
	finish >>"$I/long.tar"
	# shellcheck disable=SC3045 # every shell here has -d
	(ulimit -d 30000 && "$LORICA" image list "$I/long.tar" 2>"$I/long.err")
	has "long names of an archive" "$(cat "$I/long.err")" "*: no image: there is neither index.json nor manifest.json"
	rm "$I/long.tar"
fi
rm -rf "$I/one"
layout "$I/one" '{}' one "$I/good.tar"
{ cat "$I/manifest"; head -c 4190000 /dev/zero | tr '\000' ' '; } >"$I/large"
large="{$(blob "$I/one" "$I/large")}"
echo "{\"manifests\":[$large$(printf ",$large%.0s" 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16)]}" >"$I/one/index.json"
output "$LORICA" image list "$I/one"
has "one large document, said many times" "$status$err" "1*more than 67108864 bytes of documents and names"
echo "{\"manifests\":[$large]}" >"$I/one/index.json"
output "$LORICA" image list "$I/one"
is "one large document" "$status$err" 0
# What is below may go on for ever without a byte: it is not looked at.
gzip -c "$I/good.tar" | gzip >"$I/nested.tar.gz"
of "$I/nested.tar.gz"
is_refused "compression in compression" "*layer *: damaged: *"
# Sizes that nobody has to have, and their sum.
rm -rf "$I/one"
layout "$I/one" '{}' one "$I/good.tar" "$I/good.tar" "$I/good.tar"
sed 's/"size":2048/"size":9223372036854775807/g' "$I/manifest" >"$I/manifest.other"
echo "{\"manifests\":[{$(blob "$I/one" "$I/manifest.other")}]}" >"$I/one/index.json"
output "$LORICA" image list --json "$I/one"
has "a sum of sizes ends where numbers end" "$status$err$out" '0*"size":18446744073709551615*'

# ---- what reaches the terminal ------------------------------------------------------

escape=$(printf '\033[31m')
(file "a
${escape}b/../x" x; finish) >"$I/a.tar"
attack "a name for the terminal" '*layer *: a\\x0a\\x1b\[31mb/../x: *' "$I/a.tar"
rm -rf "$I/one"
layout "$I/one" '{}' 'a\u001b[31m\nb' "$I/good.tar"
output "$LORICA" image list "$I/one"
has "a tag for the terminal" "$out" '*a\\x1b\[31m\\x0ab *'
is "a tag is one line" "$(echo "$out" | wc -l)" 2
rm -rf "$I/one"
layout "$I/one" '{}' 'a\u202eb\u009b' "$I/good.tar"
output "$LORICA" image list "$I/one"
has "a tag that turns the line round" "$out" '*a\\xe2\\x80\\xaeb\\xc2\\x9b *'
rm -rf "$I/one"
layout "$I/one" '{}' 'a\u001b[31m\nb\u009b' "$I/good.tar"
output "$LORICA" image list --json "$I/one"
is "nor as JSON" "$(printf %s "$out" | tr -d ' -~' | wc -c)" 0

# ---- orders to the runtime ------------------------------------------------------------

for label in dev.lorica.intercept dev.lorica.landlock run.oci.systemd.subgroup \
	org.systemd.property.ExecStart org.criu.config io.katacontainers.x \
	dev.gvisor.spec.mount.x io.kubernetes.cri-o.x module.wasm.image/variant; do
	image_config="{\"Labels\":{\"$label\":\"x\"}}"
	of "$I/good.tar"
	is "$label" "$status$(jq -c ".annotations | has(\"$label\")" "$I/b/config.json")" 0false
done
image_config='{"Env":["A=x\"],\"hooks\":{}"],"Hooks":1,"WorkingDir":"../../x"}'
of "$I/good.tar"
is "a text of the image stays one" "$status$(jq -c '[.hooks, .process.cwd]' "$I/b/config.json")" '0[null,"/../../x"]'
image_config=
(symlink etc "$outside"; finish) >"$I/a.tar"
echo 'app:x:77:77::/:' >"$outside/passwd"
image_config='{"User":"app"}'
of "$I/a.tar"
is_refused "a passwd that is the host's" "*the image's /etc/passwd has no user \"app\""
image_config=
rm "$outside/passwd"
touch -d @1000000000 "$outside"

# ---- what is left, however deep ---------------------------------------------------------

deep=$(printf 'd/%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40)
at=
{
	for hop in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		file "$at${deep}x" x
		symlink "hop$hop" "$at$deep"
		at=hop$hop/
	done
	# Links in links: 20 of them, 800 directories.
	file ../x x
	finish
} >"$I/deep.tar"
rm -rf "$I/one"
layout "$I/one" '{}' one "$I/deep.tar"
# shellcheck disable=SC3045 # every shell here has -n
(ulimit -n 64 && "$LORICA" image unpack "$I/one" "$I/b" 2>"$I/deep.err")
has "a deep tree: how it ends" "$(cat "$I/deep.err")" '*".." in the name of a file'
is "a deep tree: nothing is left" "$(find "$I" -maxdepth 1 \( -name b -o -name '.b.*' \))" ""
untouched "at the end"
else
	skip "hostile images" "libarchive was not there"
fi
