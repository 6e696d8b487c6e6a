# shellcheck shell=sh
# The examples of the documents work: blocks fenced as sh in Markdown, and
# displays after a comment "run" in manual pages. Each document's are one
# script, run in an empty directory.
examples() {
	awk '
		/^```$/ || /^\.Ed$/ { on = 0 }
		on { gsub(/\\e/, "\\"); gsub(/\\&/, ""); print }
		/^```sh$/ { on = 1 }
		/^\.\\" run$/ { marked = 1 }
		/^\.Bd/ && marked { on = 1; marked = 0 }
	' "$1"
}

mkdir "$WORK/docs.bin"
printf '#!/bin/sh\nexec "%s" --root "%s/state" "$@"\n' "$LORICA" "$WORK" \
	>"$WORK/docs.bin/lorica"
chmod 755 "$WORK/docs.bin/lorica"
tree=$(cd "$here/.." && pwd)
if [ "$(id -u)" = 0 ]; then
	documents=$(ls "$tree"/*.md "$tree"/docs/*.md "$tree"/docs/*/*)
else
	echo "# an ordinary user: only the examples that are meant for one"
	documents=$(ls "$tree/docs/man/lorica-spec.1" "$tree/docs/man/lorica-features.1")
fi
ran=0
for document in $documents; do
	examples "$document" >"$WORK/docs.sh"
	[ -s "$WORK/docs.sh" ] || continue
	mkdir "$WORK/docs"
	ok "the examples of ${document#"$tree"/}" timeout 30 env -C "$WORK/docs" \
		PATH="$WORK/docs.bin:$PATH" sh -eux "$WORK/docs.sh"
	rm -rf "$WORK/docs"
	ran=$((ran + 1))
done
ok "there were examples" test "$ran" -ge 2
is "the examples leave no container" "$(ls "$WORK/state" 2>/dev/null)" ""
