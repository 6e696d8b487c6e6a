#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Do the checkers in tools/, and tests/vm/check, find what they are for? Each gets
# a small tree with one violation, planted here.
# shellcheck disable=SC2016 # those are not commands in back-quotes
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

# docs: a tree whose documents agree with its program, a script.
docs() {
	tree
	mkdir -p docs/man tests
	cat >lorica <<-'END'
		#!/bin/sh
		case $* in
		frob\ *)
			echo 'usage: lorica frob [options] ID [WORD]'
			echo 'frob a container'
			printf '  %s\n        %s\n' '-f, --force' 'at once' '--name NAME' 'for it'
			;;
		*)
			printf '%s\n\n' 'usage: lorica [options] COMMAND ...'
			printf '  %s\n        %s\n' '--root DIR' 'where it is'
			printf '\n%s\n' 'lorica COMMAND --help says more. Commands:'
			echo '  frob       frob a container'
			;;
		esac
	END
	chmod +x lorica
	cat >docs/man/lorica.1 <<-'END'
		.Dd November 24, 2026
		.Dt LORICA 1
		.Os
		.Sh NAME
		.Nm lorica
		.Nd run OCI containers
		.Sh SYNOPSIS
		.Nm lorica
		.Op Fl -root Ar DIR
		.Ar COMMAND
		.Op Ar argument ...
		.Sh DESCRIPTION
		.Bl -tag -width Ds
		.It Fl -root Ar DIR
		Where it is.
		.It Fl h , Fl -help
		This.
		.El
		.Bl -tag -width Ds
		.It Xr lorica-frob 1
		frob a container
		.El
	END
	cat >docs/man/lorica-frob.1 <<-'END'
		.Dd November 24, 2026
		.Dt LORICA-FROB 1
		.Os
		.Sh NAME
		.Nm lorica-frob
		.Nd frob a container
		.Sh SYNOPSIS
		.Nm lorica frob
		.Op Fl -force
		.Op Fl -name Ar NAME
		.Ar ID
		.Op Ar WORD
		.Sh DESCRIPTION
		.Bl -tag -width Ds
		.It Fl f , Fl -force
		At once.
		.It Fl -name Ar NAME
		For it.
		.El
	END
	cat >docs/THREAT-MODEL.md <<-'END'
		| id | threat | defence | test |
		|---|---|---|---|
		| 1 | one | it is refused: `src/init/init.c` | `tests/a.sh`: one is refused; `tests/a.sh`: so is another |
		| CVE-1 | two | by the same: `include/ns/ns.h` | `tests/a.sh`: one is refused |
	END
	printf '%s\n' 'is "one is refused"' 'is "so is another"' >tests/a.sh
	printf '%s\n' '# It' '' '    ./demo ARGUMENT' '    ./check' '' \
		'See `src/init/init.c` and [the model](docs/THREAT-MODEL.md#top).' >README.md
	cp lorica demo
	cp lorica check
}

# undocumented WHAT LINE EDIT FILE: with that edit of a file check-docs fails.
undocumented() {
	docs
	sed -i "$3" "$4"
	finds "$1" "$2" tools/check-docs lorica
}
model=docs/THREAT-MODEL.md
frob=docs/man/lorica-frob.1
if command -v mandoc >/dev/null; then
	docs
	passes "documents in order" tools/check-docs lorica
	rm $frob
	finds "a command without a page" "$frob: is missing" tools/check-docs lorica
	undocumented "a page that is not in the list" \
		'docs/man/lorica.1: frob is not in the list' '/It Xr/d' docs/man/lorica.1
	undocumented "another description than the program's" \
		"$frob: .Nd is not \"frob a container\"" 's/^.Nd frob/.Nd mend/' $frob
	undocumented "an option that the SYNOPSIS lacks" \
		"$frob: SYNOPSIS: expected \"lorica frob [--force] [--name NAME] ID [WORD]\"" \
		'/Op Fl -force/d' $frob
	undocumented "a word that the SYNOPSIS lacks" "$frob: SYNOPSIS: expected" \
		'/Op Ar WORD/d' $frob
	undocumented "an option that nobody describes" \
		"$frob: options: not described: -f, --force" '/It Fl f/,+1d' $frob
	undocumented "an option that does not exist" \
		"$frob: options: does not exist: --nane NAME" 's/It Fl -name/It Fl -nane/' $frob
	undocumented "a file that is not there" \
		'README.md: src/init/unit.c does not exist' 's,src/init/init,src/init/unit,' README.md
	undocumented "a link that leads nowhere" \
		'README.md: the link docs/MODEL.md leads nowhere' 's,docs/THREAT-,docs/,' README.md
	undocumented "a threat without a defence" "$model: row 1: no file defends" \
		's,`src/init/init.c`,init,' $model
	undocumented "a threat with a defence that is gone" \
		"$model: src/init/gone.c does not exist" 's,src/init/init.c,src/init/gone.c,' $model
	undocumented "a threat without a test" "$model: row 1: no test" \
		'/^| 1 /s,| `tests.*|$,| none |,' $model
	undocumented "a test that is not there" \
		"$model: row 1: tests/a.sh has no test \"so is a third\"" 's/so is another/so is a third/' $model
	undocumented "a test in a file that is not there" \
		"$model: row 1: tests/b.sh has no test \"so is another\"" 's,`tests/a.sh`: so,`tests/b.sh`: so,' $model
	undocumented "a known attack without its test" \
		"$model: row CVE-1: tests/a.sh has no test \"two are refused\"" \
		'/CVE-1/s/one is/two are/' $model
	undocumented "a model without rows" "$model: has no rows" '/^| 1 /d' $model
	undocumented "a README with a third command" 'README.md: not two commands' \
		's,^    ./check,&\n    ./more,' README.md
	docs
	mkdir src/syscall
	echo '/* rows */' >src/syscall/rows.c
	"$work/tree/lorica" syscalls --markdown >docs/SYSCALLS.md
	passes "a page as it is printed" tools/check-docs lorica
	echo more >>docs/SYSCALLS.md
	finds "a page that is not as it is printed" \
		'docs/SYSCALLS.md: is not what lorica syscalls --markdown prints' \
		tools/check-docs lorica
	rm docs/SYSCALLS.md
	finds "a page that is not there" \
		'docs/SYSCALLS.md: is not what lorica syscalls --markdown prints' \
		tools/check-docs lorica
	docs
	chmod -x check
	finds "a command of the README that is none" 'README.md: ./check is no program' \
		tools/check-docs lorica
else
	echo "# skipped: check-docs: needs mandoc"
fi

# lane: a tree with two guests, whose machine is a script. ANSWERS is what the
# one notes that has a test of its own, SAID its last line, STATUS its end.
lane() {
	tree
	mkdir -p tests/integration tests/vm/guests/plain tests/vm/guests/other
	cp "$tools/../tests/vm/check" tests/vm/
	printf 'install:\n\t@:\n' >"$work/build/Makefile"
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
