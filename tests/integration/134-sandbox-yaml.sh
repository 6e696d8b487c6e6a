# shellcheck shell=sh disable=SC2016,SC2034,SC2088,SC2154 # for the shell inside; for lib.sh
# Profiles of lorica sandbox in YAML, read by a helper that has nothing.
one_guest user "the sandbox's profiles in YAML" || return 0
d=$WORK/sandbox-yaml
user=$d/home/.config/lorica/sandbox
mkdir -p "$user" "$d/home/project" "$d/home/cache" "$d/home/Documents"
chmod 755 "$d"
echo letter >"$d/home/Documents/letter"

libexec=$LORICA_LIBEXEC
box() {
	output env -u XDG_CONFIG_HOME LORICA_LIBEXEC="$libexec" HOME="$d/home" A_TOKEN=token sh -c \
		'cd ~/project && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}
prefix="125:lorica: sandbox: profile"

if ! box -- true && [ "$status" = 125 ] && ! unshare -U true 2>/dev/null; then
	skip "profiles in YAML" "no user namespaces"
	return
fi

# ---- without the helper ------------------------------------------------------
echo '{"env": ["A=json"]}' >"$user/plain.json"
printf 'env: [A=b]\n' >"$user/mine.yaml"
mkdir "$d/nothing"
libexec=$d/nothing
box --profile mine -- true
is "without the helper it says what is missing" "$status:$err" \
	"$prefix $user/mine.yaml: lorica-yaml is not installed: it is built where libyaml is (Debian: apt install libyaml-dev)"
box --profile plain -- sh -c 'echo $A'
is "and JSON needs none" "$status:$err:$out" 0::json
libexec=$LORICA_LIBEXEC
if ! [ -x "$LORICA_LIBEXEC/lorica-yaml" ]; then
	skip "profiles in YAML" "libyaml was not there"
	return
fi

# ---- the user's --------------------------------------------------------------
cat >"$user/mine.yaml" <<'YAML'
# What is written by hand has reasons.
description: >
  mine
rw: [~/cache, "?~/gone"]
hide:
  - ~/Documents
env:
  - A=b    # and a comment
  - A_TOKEN
time: 60
YAML
box --profile mine -- sh -c 'echo x >~/cache/new; cat ~/Documents/letter 2>/dev/null || echo no; echo $A $A_TOKEN'
is "a profile of the user's" "$status:$err:$(echo "$out" | tr '\n' ' '):$(cat "$d/home/cache/new")" "0::no b token :x"
box --profile "$user/mine.yaml" -- sh -c 'echo $A; echo x 2>/dev/null >>"$0" || echo no' "$user/mine.yaml"
is "by its path, and read-only" "$status:$(echo "$out" | tr '\n' ' ')" "0:b no "
box --print-config --profile mine -- true
answers "a number is one" '.annotations["dev.lorica.time"]' '"60"'
mv "$user/mine.yaml" "$user/mine.yml"
box --profile mine -- sh -c 'echo $A'
is ".yml" "$status:$out" 0:b
cp "$user/mine.yml" "$user/default.yaml"
box -- sh -c 'echo $A'
is "default.yaml counts always" "$status:$out" 0:b
rm "$user/default.yaml"
echo '{}' >"$user/mine.json"
box --profile mine -- true
is "two of a name" "$status:$err" \
	"$prefix $user/mine.json: $user/mine.yml is there as well: which one?"
rm "$user/mine.json"
echo '{"env": ["A=json"]}' >"$d/home/project/json.yaml"
box --profile ./json.yaml -- sh -c 'echo $A'
is "JSON is YAML as well" "$status:$out" 0:json

# ---- errors ------------------------------------------------------------------
# wrong TEXT WHAT: TEXT, with \n, is refused so.
wrong() {
	printf %b "$1" >"$user/wrong.yaml"
	box --profile wrong -- true
	is "refused: $2" "$status:$err" "$prefix $user/wrong.yaml:$2"
}
wrong 'env: [A=b\nrw: x\n' "2: did not find expected ',' or ']', while parsing a flow sequence"
wrong 'rw: &a [x]\nro: *a\n' '1: an anchor, "&", is not allowed'
wrong 'env: [A=b]\nro: *a\n' '2: an alias, "*", is not allowed'
wrong 'env: !!python/object/apply:os.system [id]\n' '1: a tag, "!", is not allowed'
wrong 'time: 60\npids: 3\ntime: 6000\n' '3: "time" is there twice'
wrong 'time: 60\n---\ntime: 6000\n' '2: a second document is not allowed'
wrong 'time: 60\npids: 0100\n' '2: 0100: a number as JSON has it, or a text in quotes?'
wrong '' '1: nothing is in it'
wrong 'time: 60\n\0033[2J: x\n' '2: control characters are not allowed'
wrong 'rw: x\n' ' rw: expected an array'
wrong 'rv: [x]\n' ' rv: unknown member'
wrong 'root: yes\n' ' root: expected true or false'
wrong '- a\n' ' not an object'
head -c 70000 /dev/zero | tr '\0' '#' >"$user/wrong.yaml"
box --profile wrong -- true
has "one that is too large" "$status:$err" "$prefix $user/wrong.yaml: larger than 65536 bytes"
# Each level is ten of the one before.
{
	echo 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]'
	for i in 1 2 3 4 5 6 7 8 9; do
		echo "a$i: &a$i [*a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1)), *a$((i - 1))]"
	done
} >"$user/wrong.yaml"
box --profile wrong -- true
is "no billion of anything" "$status:$err" "$prefix $user/wrong.yaml:1: an anchor, \"&\", is not allowed"
rm "$user/wrong.yaml"

# ---- the helper --------------------------------------------------------------
# What a helper that was taken over can do: it says that all is well, and
# writes what it likes; or nothing at all.
mkdir "$d/hostile"
cp "$LORICA_LIBEXEC/lorica-yaml" "$d/hostile/real"
printf '#!/bin/sh\nexit 0\n' >"$d/hostile/lorica-yaml"
chmod 755 "$d/hostile/lorica-yaml"
libexec=$d/hostile
box --profile mine -- true
libexec=$LORICA_LIBEXEC
is "a helper that says nothing" "$status:$err" \
	"$prefix $user/mine.yml: $d/hostile/lorica-yaml gave no answer"
# It stops before it reads, as soon as it has its walls.
cat >"$d/hostile/lorica-yaml" <<'SH'
#!/bin/sh
exec "${0%/*}/real" <"${0%/*}/fifo"
SH
mkfifo "$d/hostile/fifo"
env -u XDG_CONFIG_HOME LORICA_LIBEXEC="$d/hostile" HOME="$d/home" "$LORICA" --root "$d/state" sandbox \
	--profile "$user/mine.yml" --cwd "$d/home/project" -- sh -c 'echo $A' >"$d/out" 2>&1 </dev/null &
running=$!
exec 9<>"$d/hostile/fifo"
# A sanitizer makes calls of its own, so that what is built with one has no filter,
# and no end of its memory.
filter=2 data="33554432 "
! grep -q __asan_init "$LORICA_LIBEXEC/lorica-yaml" || filter=0 data=
# The limit on files comes right before the filter.
is_walled() {
	helper=$(pgrep -P "$running" -x real) &&
		grep -q '^Max file size *524288' "/proc/$helper/limits" &&
		grep -q "^Seccomp:.$filter\$" "/proc/$helper/status"
}
if await is_walled; then
	is "it has no powers and is under a filter" \
		"$(sed -n 's/^\(NoNewPrivs\|CapPrm\|CapEff\|Seccomp\):.//p' "/proc/$helper/status" | tr '\n' ' ')" \
		"0000000000000000 0000000000000000 1 $filter "
	is "and memory and files that end" \
		"$(awk '/^Max (data size|file size|core file size)/ && $(NF - 1) != "unlimited" { print $(NF - 1) }' "/proc/$helper/limits" | sort -n | tr '\n' ' ')" \
		"0 524288 $data"
else
	ok "it has no powers and is under a filter" false
fi
cat "$user/mine.yml" >&9
exec 9>&-
wait "$running"
is "and does what it is for" "$(cat "$d/out")" b

# ---- a project's -------------------------------------------------------------
p=$d/home/project
printf 'hide: [~/Documents]\nenv: [B=c]\nrw: [~/cache]\n' >"$p/.lorica.yaml"
rm -f "$d/home/cache/new"
box -- sh -c 'cat ~/Documents/letter 2>/dev/null || echo no; echo $B; echo x 2>/dev/null >~/cache/new || echo no'
is "a project may take away, and gives nothing" "$(echo "$out" | tr '\n' ' ')" "no c no "
is "which is said" "$err" \
	"lorica: sandbox: note: .lorica asks for more, which it does not get: rw ~/cache; --trust agrees to it as it is"
box -- sh -c 'echo "net: host" 2>/dev/null >>.lorica.yaml || echo no; mv .lorica.yaml x 2>/dev/null || echo no'
is "nobody in there changes it" "$(echo "$out" | tr '\n' ' ')" "no no "
box --trust -- sh -c 'echo x >~/cache/new'
is "unless the user agrees" "$status:$err:$(cat "$d/home/cache/new")" 0::x
box -- sh -c 'echo y >~/cache/new'
is "once" "$err:$(cat "$d/home/cache/new")" :y
echo '# what it says is the same' >>"$p/.lorica.yaml"
box -- sh -c 'echo z >~/cache/new'
is "to what it says" "$err:$(cat "$d/home/cache/new")" :z
echo 'ro: [~/.ssh]' >>"$p/.lorica.yaml"
box -- sh -c 'echo n 2>/dev/null >~/cache/new'
has "and not to more" "$err:$(cat "$d/home/cache/new")" "*.lorica asks for more*:z"
mv "$p/.lorica.yaml" "$p/.lorica.yml"
box -- true
has ".yml is another file" "$err" "*.lorica asks for more*"
echo '{}' >"$p/.lorica"
box -- true
is "two in a project" "$status:$err" \
	"$prefix $p/.lorica: $p/.lorica.yml is there as well: which one?"
rm "$p/.lorica"
printf 'a: b\n\tc\n' >"$p/.lorica.yml"
box -- true
has "one that is wrong" "$status:$err" "$prefix $p/.lorica.yml:2: *"
rm "$p/.lorica.yml"

# ---- what writes profiles ----------------------------------------------------
box learn -o learned.yaml -- true
is "what is learned is JSON" "$status:$err" \
	"125:lorica: sandbox: --output learned.yaml: what is learned is JSON"
is "nothing is left" "$(ls "$d/state")" ""
