#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Do the checkers in tools/, and tests/vm/check, find what they are for? Each gets
# a small tree with one violation, planted here.
tools=$(cd "$(dirname "$0")/../tools" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# tree: a new one that is in order.
tree() {
	rm -rf "$work/tree" "$work/build"
	mkdir -p "$work/tree/tools" "$work/tree/docs" "$work/tree/src/ns" \
		"$work/tree/src/init" "$work/tree/include/ns" "$work/build"
	cd "$work/tree" || exit 2
	cp "$tools"/check-* tools/
	printf '0 base:\n2 ns:\n2 cred: ns\n3 init:\nonly yajl/ base\n' >docs/layers
	echo 'struct ns;' >include/ns/ns.h
	echo '#include "ns/ns.h"' >src/init/init.c
}

# finds WHAT LINE COMMAND...: the command fails and prints that line.
finds() {
	what=$1
	line=$2
	shift 2
	if "$@" >"$work/out" 2>&1; then
		echo "not ok: $what: nothing found"
		failed=1
	elif ! grep -qF "$line" "$work/out"; then
		echo "not ok: $what: expected \"$line\" in:"
		sed 's/^/    /' "$work/out"
		failed=1
	fi
}

# passes WHAT COMMAND...
passes() {
	what=$1
	shift
	if ! "$@" >"$work/out" 2>&1; then
		echo "not ok: $what:"
		sed 's/^/    /' "$work/out"
		failed=1
	fi
}

tree
passes "layers in order" tools/check-layers
passes "headers in order" tools/check-headers "$work/build"
mkdir src/cred
echo '#include "ns/ns.h"' >src/cred/cred.c
passes "an edge that is written down" tools/check-layers
echo '#include "init/init.h"' >src/ns/ns.c
finds "a higher layer" 'src/ns/ns.c:1: ns may not use init' tools/check-layers
tree
echo '#include "cred/cred.h"' >src/ns/ns.c
finds "a sibling" 'src/ns/ns.c:1: ns may not use cred' tools/check-layers
tree
echo '#include <yajl/yajl_parse.h>' >src/ns/ns.c
finds "somebody's library" 'src/ns/ns.c:1: yajl/ belongs to base' \
	tools/check-layers
tree
mkdir src/new
echo '#include "ns/ns.h"' >src/new/new.c
finds "an unknown module" 'module new is not in docs/layers' tools/check-layers
tree
echo 'size_t ns_count(void);' >include/ns/ns.h
finds "a header that needs another" 'include/ns/ns.h' tools/check-headers "$work/build"

# lane: a tree with two guests, whose machine is a script. ANSWERS is what the
# one notes that has a test of its own, SAID its last line, STATUS its end.
lane() {
	tree
	mkdir -p tests/integration tests/vm/guests/plain tests/vm/guests/other
	cp "$tools/../tests/vm/check" tests/vm/
	: >tests/vm/guests/plain/settings
	: >tests/vm/guests/other/settings
	echo 'needs other "it" || return 0' >tests/integration/1.sh
	cat >tests/vm/run <<-'END'
		#!/bin/sh
		case $* in
		*1.sh)
			echo "$ANSWERS" >"$LORICA_VM_OUT/needs"
			echo "$SAID"
			exit "$STATUS"
			;;
		*) echo "elsewhere other: it" >"$LORICA_VM_OUT/needs" ;;
		esac
	END
	chmod +x tests/vm/run
}
export ANSWERS="here other: it" SAID='' STATUS=0
lane
passes "what one guest leaves, another does" tests/vm/check "$work/build"
ANSWERS="here other: that"
lane
finds "what no guest does" "not ok: needs other: it: run nowhere" \
	tests/vm/check "$work/build"
ANSWERS="here other: it" SAID="not ok: a test" STATUS=1
lane
finds "a test that fails in a guest" "not ok: a test" tests/vm/check "$work/build"
exit $failed
