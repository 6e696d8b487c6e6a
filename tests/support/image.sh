# shellcheck shell=sh disable=SC2154 # set by run
# image - what the tests of images share: archives and layouts made by hand.
I=$WORK/images
mkdir -p "$I"

# word TEXT LENGTH: so many bytes, filled with NUL.
word() {
	{ printf '%s' "$1" && head -c "$2" /dev/zero; } | head -c "$2"
}

# header TYPE NAME SIZE [LINK [MODE [UID [MAJOR [MINOR]]]]]: of ustar.
header() {
	{
		word "$2" 100
		word "$(printf %07o "0${5:-644}")" 8
		word "$(printf %07o "${6:-0}")" 8
		word "$(printf %07o "${6:-0}")" 8
		word "$(printf %011o "$3")" 12
		word "$(printf %011o 1234567890)" 12
	} >"$I/head"
	{
		printf %s "$1"
		word "${4:-}" 100
		printf 'ustar\00000'
		word "" 64
		word "$(printf %07o "${7:-0}")" 8
		word "$(printf %07o "${8:-0}")" 8
		word "" 167
	} >"$I/tail"
	sum=$(cat "$I/head" "$I/tail" | od -An -v -tu1 |
		awk '{ for (i = 1; i <= NF; i++) s += $i } END { print s + 256 }')
	cat "$I/head"
	printf '%06o\000 ' "$sum"
	cat "$I/tail"
}

# file NAME TEXT [MODE [UID]]: one with that in it.
file() {
	printf %s "$2" >"$I/data"
	size=$(wc -c <"$I/data")
	header 0 "$1" "$size" "" "${3:-644}" "${4:-0}"
	cat "$I/data"
	head -c $(((512 - size % 512) % 512)) /dev/zero
}
dir() { header 5 "$1" 0 "" "${2:-755}" "${3:-0}"; }
symlink() { header 2 "$1" 0 "$2" 777; }
hard() { header 1 "$1" 0 "$2"; }
finish() { head -c 1024 /dev/zero; }

# blob LAYOUT FILE: put it there; prints its descriptor but for what it is.
blob() {
	hash=$(sha256sum <"$2")
	hash=${hash%% *}
	cp "$2" "$1/blobs/sha256/$hash"
	printf '"digest":"sha256:%s","size":%d' "$hash" "$(wc -c <"$2")"
}

# layout DIR CONFIG TAG LAYER...: an image of these archives, which a suffix says
# to be compressed; CONFIG is the member "config". More tags come beside.
oci=application/vnd.oci.image
layout() {
	at=$1 config=$2 tag=$3
	shift 3
	mkdir -p "$at/blobs/sha256"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$at/oci-layout"
	layers=''
	ids=''
	for layer; do
		case $layer in
		*.gz) sum=$(gzip -dc "$layer" | sha256sum) ;;
		*.zst) sum=$(zstd -qdc "$layer" | sha256sum) ;;
		*) sum=$(sha256sum <"$layer") ;;
		esac
		ids="$ids${ids:+,}\"sha256:${sum%% *}\""
		layers="$layers${layers:+,}{\"mediaType\":\"$oci.layer.v1.tar\",$(blob "$at" "$layer")}"
	done
	echo "{\"os\":\"linux\",\"architecture\":\"${image_arch:-$own_arch}\",\"config\":$config,\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$ids]}}" >"$I/config"
	echo "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"$oci.config.v1+json\",$(blob "$at" "$I/config")},\"layers\":[$layers]}" >"$I/manifest"
	made="{\"mediaType\":\"$oci.manifest.v1+json\",$(blob "$at" "$I/manifest")${image_platform:-},\"annotations\":{\"org.opencontainers.image.ref.name\":\"$tag\"}}"
	[ -e "$at/index.json" ] || echo '{"schemaVersion":2,"manifests":[]}' >"$at/index.json"
	jq -c ".manifests += [$made]" "$at/index.json" >"$I/index" &&
		mv "$I/index" "$at/index.json"
}
case $(uname -m) in
aarch64) own_arch=arm64 ;;
*) own_arch=amd64 ;;
esac

# unpack SOURCE [OPTION...]: to $I/b, by output.
unpack() {
	source=$1
	shift
	"$LORICA" image remove "$I/b" >/dev/null 2>&1
	output "$LORICA" image unpack "$@" "$source" "$I/b"
}

# of LAYER...: an image of these alone, unpacked. With more options in $options.
options=
of() {
	rm -rf "$I/one"
	layout "$I/one" "${image_config:-{\}}" one "$@"
	# shellcheck disable=SC2086 # words
	unpack "$I/one" $options
}

# listing DIR: all that can be seen of a tree.
listing() {
	(cd "$1" && find . ! -type d -links +1 -printf '%p is hard\n' -o -true | sort &&
		find . -printf '%p %y %m %U:%G %l %T@\n' | sort &&
		find . -type f -exec sha256sum {} + | sort -k2)
}

# is_refused NAME LINE: one line, nothing left.
is_refused() {
	is "$1: exit status" "$status" 1
	has "$1: line" "$err" "lorica: image: $2"
	is "$1: one line" "$(printf '%s\n' "$err" | wc -l)" 1
	is "$1: nothing is left" "$(find "$I" -maxdepth 1 \( -name b -o -name '.b.*' \))" ""
}
