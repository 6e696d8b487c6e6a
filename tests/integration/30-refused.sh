# shellcheck shell=sh
# Bad configurations: status 1, one line that names the place, nothing else
# and nothing left. The same for everybody: all of it comes before any privilege
# is used. tests/data/refused.txt has those that jq can write.
r=$WORK/refused
mkdir -p "$r/rootfs"
(cd "$r" && "$LORICA" spec)
config "$r" '.process.terminal = false'
mv "$r/config.json" "$WORK/refused.json"

# bad NAME LINE: the configuration in the bundle is refused with that line.
bad() {
	run "$r"
	is "$1" "$status:$out:$err" "1::lorica: run c: config.json: $2"
	is "$1: nothing left" "$(ls "$WORK/state" 2>/dev/null)" ""
}
tab=$(printf '\t')
while IFS=$tab read -r name filter line; do
	case $name in "#"*) continue ;; esac
	jq "$filter" "$WORK/refused.json" >"$r/config.json"
	bad "$name" "$line"
done <"$here/data/refused.txt"
ok "the table has a hundred rows" \
	test "$(grep -vc '^#' "$here/data/refused.txt")" -ge 100

# raw NAME TEXT LINE: what jq would not write; printf's %b reads TEXT.
raw() {
	printf %b "$2" >"$r/config.json"
	bad "$1" "$3"
}
raw "an empty file" '' 'line 1: ends too early'
raw "half an object" '{"ociVersion": "1.3.0",\n"root": ' 'line 2: ends too early'
raw "two values" '{"ociVersion": "1.3.0"}\n{}' 'line 2: not valid JSON'
raw "a comment" '// none\n{}' 'line 1: not valid JSON'
raw "a comma too many" '{"mounts": [],\n}' 'line 2: not valid JSON'
raw "single quotes" "{'root': {}}" 'line 1: not valid JSON'
raw "an array" '[]' 'expected an object'
raw "a number" '1' 'expected an object'
raw "null" 'null' 'expected an object'
raw "a member twice" '{"ociVersion": "1.3.0", "ociVersion": "1.3.0"}' \
	'ociVersion: repeated member'
raw "an unknown member twice" '{"x": {"a": 1, "b": 2, "a": 3}}' \
	'x.a: repeated member'
raw "a member twice, once escaped" '{"process": {"cwd": "/", "\\u0063wd": "/"}}' \
	'process.cwd: repeated member'
raw "a NUL in a string" '{"hostname": "a\\u0000b"}' \
	'hostname: a string with a NUL'
raw "a NUL in a name" '{"annotations": {"a\\u0000b": ""}}' \
	'annotations: a name with a NUL'
raw "a NUL as it is" '{"hostname": "a\0000b"}' 'line 1: not valid JSON'
raw "invalid UTF-8" '{"hostname": "\0377"}' \
	'hostname: a string that is not UTF-8'
raw "overlong UTF-8" '{"hostname": "\0300\0257"}' \
	'hostname: a string that is not UTF-8'
raw "a surrogate as UTF-8" '{"hostname": "\0355\0240\0200"}' \
	'hostname: a string that is not UTF-8'
raw "UTF-8 cut short" '{"linux": {"\0303": 1}}' \
	'linux: a name that is not UTF-8'
raw "a control character as it is" '{"hostname": "a\tb"}' \
	'line 1: not valid JSON'
raw "a number past 64 bits" '{"process": {"oomScoreAdj": 18446744073709551616}}' \
	'process.oomScoreAdj: 18446744073709551616 is out of range'
raw "a number with an exponent" '{"process": {"oomScoreAdj": 1e2}}' \
	'process.oomScoreAdj: expected a whole number'
raw "a number with a fraction" '{"process": {"oomScoreAdj": 1.0}}' \
	'process.oomScoreAdj: expected a whole number'
raw "a number with a leading zero" '{"process": {"oomScoreAdj": 01}}' \
	'line 1: not valid JSON'
raw "not a number" '{"process": {"oomScoreAdj": NaN}}' 'line 1: not valid JSON'

deep=$(printf '%65s' '')
printf '{"x": %s%s}' "$(echo "$deep" | tr ' ' '[')" \
	"$(echo "$deep" | tr ' ' ']')" >"$r/config.json"
bad "too deep" \
	"x$(printf '%63s' '' | sed 's/ /[0]/g'): nested more than 64 deep"
jq -c --arg pad "$(printf '%65536s' '')" \
	'.annotations = ([range(64) | {("p\(.)"): $pad}] | add)' \
	"$WORK/refused.json" >"$r/config.json"
bad "too large" 'larger than 4194304 bytes'
rm "$r/config.json"
run "$r"
is "no configuration" "$status:$out:$err" \
	"1::lorica: run c: JSON specification file config.json not found"
mkdir "$r/config.json"
bad "a directory" 'not a regular file'
rmdir "$r/config.json"
mkfifo "$r/config.json"
bad "a pipe that nobody writes" 'not a regular file'
rm "$r/config.json"
jq 'del(.process)' "$WORK/refused.json" >"$r/config.json"
bad "no process" 'process is required'
jq '.root.path = "none"' "$WORK/refused.json" >"$r/config.json"
run "$r"
is "no root file system" "$status:$err" \
	"1:lorica: run c: root.path: none: no such file or directory"
rm -rf "$r"

# The personality of old programs that cannot read "3.0".
rm -rf "$WORK/r"
bundle "$WORK/r"
err=$(setarch --uname-2.6 "$LORICA" --root "$WORK/state" run \
	--bundle "$WORK/r" c 2>&1 </dev/null)
has "a kernel that is too old" "$err" \
	"lorica: run c: Linux 5.15 or later is needed; this is 2.6.*"
