# shellcheck shell=sh disable=SC2154 # set by run
# files - what tests/support/files.c prints, with the layer and without.

# settled FILE: of two faults kernels name the first that they see, which was the path's
# until 6.6; before it there is no fchmodat2, which the layer has on every kernel.
settled() {
	case $(uname -r) in
	5.* | 6.[0-5].*)
		awk '!/^ / { told = !/^fchmodat2 / } told' "$1" |
			sed -E '/^(l?setxattr|linkat|openat2) /s/ = E[A-Z0-9]+$/ = error/'
		;;
	*) cat "$1" ;;
	esac
}

# compare NAME: is what came out with the layer, $WORK/out, as $WORK/native was?
compare() {
	is "$1: ends" "$status:$err" "0:"
	settled "$WORK/native" >"$WORK/wanted"
	settled "$WORK/out" >"$WORK/got"
	ok "$1: the same as without" diff "$WORK/wanted" "$WORK/got"
}
