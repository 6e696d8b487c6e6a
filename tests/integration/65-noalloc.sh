# shellcheck shell=sh
# Nothing allocates between clone(2) and execve(2): the tests of what init does
# once more, with a program whose children may not (tests/support/noalloc.c).
# In a guest once is enough: these files are what takes longest there.
one_guest root "nothing allocates" || return 0
mkdir -p "$WORK/noalloc/tests"
ln -s "$SUPPORT" "$WORK/noalloc/tests/support"
ln -s "$SUPPORT/noalloc" "$WORK/noalloc/lorica"
status=0
NOALLOC_TRY=1 "$SUPPORT/noalloc" >"$WORK/out" 2>&1 || status=$?
is "a child that allocates is seen" "$status $(cat "$WORK/out")" \
	"6 noalloc: a child allocates"
for file in 21-fields-tree 46-options 50-namespaces 60-hooks 75-terminal; do
	if grep -q __asan_init "$LORICA"; then
		skip "nothing allocates in $file.sh" "the sanitizers do"
		continue
	fi
	ok "nothing allocates in $file.sh" env LORICA="$WORK/noalloc/lorica" \
		"$here/run" "$here/integration/$file.sh"
done
