# shellcheck shell=sh disable=SC2088,SC2012 # "~" is lorica's, names are ours
# lorica sandbox --overlay: what is written goes to a layer, and from there to
# the machine only by commit, which follows no link and takes no orders.
one_guest user "the layers of a sandbox" || return 0
d=$WORK/sandbox-overlay
mkdir -p "$d/home/.ssh" "$d/home/project/sub" "$d/home/project/.git/hooks" "$d/outside"
chmod 755 "$d"
echo key >"$d/home/.ssh/id"
echo secret >"$d/home/project/.env"
echo notes >"$d/home/notes"
echo outside >"$d/outside/file"
p=$d/home/project
layers=$d/home/.local/state/lorica/sandbox

# over WORD...: lorica sandbox with those, in the project.
over() {
	output env -u XDG_STATE_HOME -u XDG_CONFIG_HOME HOME="$d/home" \
		sh -c 'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}
# write COMMAND: in a sandbox with the layer "one".
write() { over --overlay --name one -- sh -c "$1"; }
# fresh: the project as it was, and no layer.
fresh() {
	[ ! -d "$layers/one" ] || over discard one
	rm -rf "${p:?}"
	mkdir -p "$p/sub" "$p/.git/hooks"
	echo old >"$p/file"
	echo inner >"$p/sub/inner"
	echo secret >"$p/.env"
	echo ours >"$p/.git/config"
}
# lines: what was printed, without the place.
lines() { printf '%s\n' "$out" | sed "s|$d/||g" | tr '\n' ','; }

fresh
write true
case $status:$err in
125:*"user namespaces"* | 125:*--overlay:* | 125:*"extended attributes"*)
	has "what forbids it is one line" "$err" "lorica: sandbox: *"
	is "and nothing is left behind" "$(ls "$layers")" ""
	skip "lorica sandbox --overlay" "$err"
	return
	;;
esac

# ---- what is written ---------------------------------------------------------
fresh
before=$(find "$d/home" "$d/outside" -path "$d/home/.local" -prune -o -printf '%p %s %m %T@ %l\n' | sort)
write 'echo new >file; rm -r sub; mkdir sub; echo other >sub/other; ln -s /etc link
	mkdir -p deep/er; echo x >deep/er/x; chmod 750 file; echo more >>~/notes; echo evil >~/.bashrc
	cat file ~/notes .env ~/.ssh/id 2>&1; touch /usr/new /proc/new /sys/new /dev/sda 2>&1 | wc -l'
is "the command sees what it wrote, and no secret" \
	"$status:$(echo "$out" | head -3 | tr '\n' ' ')$(echo "$out" | grep -c -e key -e secret)" "0:new notes more 0"
is "the machine is as before" \
	"$(find "$d/home" "$d/outside" -path "$d/home/.local" -prune -o -printf '%p %s %m %T@ %l\n' | sort)" "$before"
ok "nor has the rest of it changed" test ! -e /usr/new -a ! -e /dev/sda
over diff one
[ "$(id -u)" != 0 ] || out=$(echo "$out" | grep -v /usr/new)
is "diff shows it" "$status:$err:$(lines)" "0::A! home/.bashrc,M! home/notes,A  home/project/deep/,A  home/project/deep/er/,A  home/project/deep/er/x,M  home/project/file,A  home/project/link,A  home/project/sub/other,D  home/project/sub/inner,"
over diff --json one
answers "as JSON too" '[.[] | select(.path | endswith("/file") or endswith("bashrc")) | [.change, .directory, .guarded]]' \
	'[["added",false,"protected"],["modified",false,null]]'
write 'cat file sub/other ~/notes; rm file'
is "a second run goes on with it" "$(echo "$out" | tr '\n' ' ')" "new other notes more "
over diff one
has "and with its changes" "$out" "*D  $p/file*"
is "the machine has it still" "$(cat "$p/file")" old
over --overlay --name one --bind "$d/outside:/tmp/b" -- true
has "--bind would write to the machine" "$status:$err" "125:*--bind: with --overlay*"
write 'mv ~/.ssh ~/s; rm -rf ~/.ssh; ls -A ~/.ssh ~/s 2>/dev/null; mv .git g 2>/dev/null; cat ~/.local/state/lorica/sandbox/one/places 2>&1'
has "nothing is uncovered, nor is the layer seen" "$(echo "$out" | tr '\n' ' ')" "*No such file*"
is "no key" "$(echo "$out" | grep -c key)" 0
over -- sh -c 'ls -A ~/.local/state/lorica'
is "nor by a sandbox without one" "$status:$out" 0:

# ---- who has it ---------------------------------------------------------------
(cd "$p" && HOME=$d/home XDG_STATE_HOME='' exec "$LORICA" --root "$d/state" sandbox --overlay --name one -- \
	sh -c 'echo x >~/ready; while :; do sleep 0.1; done') >/dev/null 2>&1 &
boxed=$!
ok "one runs" await test -e "$layers/one/upper$d/home/ready"
for verb in commit discard; do
	over $verb one
	is "while one runs nobody may $verb" "$status:$err" "125:lorica: sandbox: the layer one is in use"
done
write true
is "and so does another run" "$status:$err" "125:lorica: sandbox one: the layer one is in use"
output "$LORICA" --root "$d/state" exec one cat "$d/home/ready"
is "exec has the layer as well" "$status:$out" 0:x
kill $boxed
wait $boxed 2>/dev/null
over discard one
is "discard" "$status:$err:$(ls "$layers")" 0::
over diff one
is "then there is none" "$status:$err" "125:lorica: sandbox: there is no layer one"
over --overlay -- true
is "without a name, and with nothing written, nothing is left" "$status:$err:$(ls "$layers")" 0::
over --overlay -- sh -c 'echo x >new'
name=$(ls "$layers")
is "else it is told of" "$err" "lorica: sandbox: what was written is in the layer $name: \"lorica sandbox diff $name\" shows it"
over discard "$name"
over --overlay --name one --print-config -- true
answers "--print-config makes none" '[.mounts[] | select(.type == "overlay") | .options | map(select(startswith("lowerdir=")))[0]] | length > 0' true
is "and leaves nothing" "$(ls "$layers")" ""
over --overlay --name ../one -- true
has "a name is one" "$status:$err" "125:lorica: sandbox *one: *"
ln -s /nowhere "$layers/linked"
over diff linked
has "a layer that is a link" "$status:$err" "125:*too many levels of symbolic links*"
rm "$layers/linked"
chmod 777 "$layers"
over --overlay --name one -- true
has "a place that others may write to" "$status:$err" "125:*$layers is not the caller's alone"
chmod 700 "$layers"

# ---- commit ---------------------------------------------------------------------
fresh
touch -d 2001-02-03 "$p/file"
write 'echo new >file; touch -d 2002-03-04 file; chmod 750 file; rm -r sub; mkdir -m 2750 made; echo y >made/y
	ln -s ../../.. made/up; mkfifo made/fifo; echo evil >~/.bashrc; echo more >>~/notes
	truncate -s 1G made/hole; echo end >>made/hole; mkdir ~/.ssh2; printf x >"name
with"; touch -d 2003-04-05 made'
over commit one
is "what was worked in is committed, and the rest named" "$status:$(echo "$err" | sed "s|$d/||")" \
	"0:lorica: sandbox: home/.bashrc: not committed: programs outside obey it, or it is hidden: name it to commit it
lorica: sandbox: home/.ssh2: not committed: no directory that was worked in: name it to commit it
lorica: sandbox: home/notes: not committed: no directory that was worked in: name it to commit it
lorica: sandbox: 8 committed, 3 to be named, 0 failed"
is "contents, modes, times" "$(cat "$p/file" "$p/made/y" | tr '\n' ' ')$(cd "$p" && stat -c '%a %y' file made | cut -c1-14 | tr '\n' ' ')" \
	"new y 750 2002-03-04 750 2003-04-05 "
is "links, fifos, and names" "$(readlink "$p/made/up"):$(stat -c %F "$p/made/fifo"):$(ls "$p" | tr '\n' ' ')" \
	"../../..:fifo:file made name with "
ok "what was removed" test ! -e "$p/sub"
is "a hole stays one" "$(stat -c %s "$p/made/hole"):$(($(stat -c %b "$p/made/hole") < 1000))" 1073741828:1
is "nothing else" "$(ls -A "$d/home" | tr '\n' ' '):$(cat "$d/home/notes")" ".local .ssh notes project :notes"
over diff one
is "diff has the rest" "$(lines)" "A! home/.bashrc,A! home/.ssh2/,M! home/notes,"
over commit one "$d/home/notes"
is "which is committed by its name" "$status:$err:$(cat "$d/home/notes")" "0::notes
more"
over commit one "$d/home"
is "what programs obey not by that of its directory" "$status:$(ls -A "$d/home" | tr '\n' ' ')" "0:.local .ssh .ssh2 notes project "
over commit one "$d/home/.bashrc"
is "but by its own" "$status:$err:$(cat "$d/home/.bashrc")" 0::evil
over commit one "$d/home/none"
is "a name that nothing has" "$status:$err" "125:lorica: sandbox: $d/home/none: the layer changes nothing there"
rm -rf "$d/home/.bashrc" "$d/home/.ssh2"
echo notes >"$d/home/notes"
fresh
write 'i=0; while [ $i -lt 100 ]; do echo $i >f$i; i=$((i + 1)); done; rm -rf sub; echo x >sub; rm file; mkdir file; echo x >file/x'
over commit one
is "many, and what is of another type" "$status:$err:$(ls "$p" | wc -l):$(cat "$p/sub" "$p/f99" "$p/file/x" | tr '\n' ' ')" "0::102:x 99 x "

# ---- what programs outside obey ------------------------------------------------
fresh
write 'echo evil >.git/hooks/pre-commit; echo evil >.git/config; mkdir -p other/.git/hooks; echo evil >other/.git/hooks/post-checkout; echo a >.git/index'
is "it may be written in the layer" "$status:$err" 0:
over diff one
is "and is marked" "$(lines)" "M! home/project/.git/config,A! home/project/.git/hooks/pre-commit,A  home/project/.git/index,A  home/project/other/,A  home/project/other/.git/,A! home/project/other/.git/hooks/,A! home/project/other/.git/hooks/post-checkout,"
over commit one
is "and not committed" "$status:$(cat "$p/.git/config"):$(find "$p" -path '*hooks/*')" 0:ours:
over commit one "$p/.git/hooks/pre-commit"
is "unless it is named" "$status:$(cat "$p/.git/hooks/pre-commit"):$(cat "$p/.git/config")" 0:evil:ours
fresh
write 'rm -rf .git'
over diff one
is "a repository that is gone" "$(lines)" "D  home/project/.git/,"
over commit one
has "stays, as something in it is obeyed" "$status:$err" "1:*$p/.git: not committed: $p/.git/config is in it, which programs outside obey*"
is "all of it" "$(cat "$p/.git/config"; ls "$p/.git")" "ours
config
hooks"
over commit one "$p/.git"
ok "unless it is named" test "$status" = 0 -a ! -e "$p/.git"

# ---- what is planted in the layer -----------------------------------------------
# A command cannot write there by itself: as if it had got out that far.
upper=$layers/one/upper$p
fresh
write 'echo x >new'
ln -s "$d/outside" "$upper/away"
mkdir -p "$p/away"
over commit one
is "a link is committed as one" "$status:$(readlink "$p/away"):$(cat "$d/outside/file"; ls "$d/outside")" "0:$d/outside:outside
file"
rm "$p/away"
mkdir "$upper/dir"
echo x >"$upper/dir/file"
ln -s "$d/outside" "$p/dir"
over commit one
has "a link of the machine in place of a directory" "$status:$err" \
	"1:*$p/dir: not committed: the machine has had something else there since*"
is "is not followed" "$(cat "$d/outside/file"):$(readlink "$p/dir")" "outside:$d/outside"
rm -r "$upper/dir" "$p/dir"
ln -s "$d/outside/file" "$p/target"
echo x >"$upper/target"
over commit one
is "nor is one in place of a file" "$status:$(cat "$d/outside/file"):$(cat "$p/target"):$(stat -c %F "$p/target")" \
	"0:outside:x:regular file"
# Programs would obey what it leads to.
mkdir "$upper/real"
echo '{}' >"$upper/real/settings.json"
ln -s real "$upper/.claude"
over diff one
has "a link in the place of a directory with what is obeyed is protected" "$out" "*A! $p/.claude*"
over commit one
ok "and not committed" test ! -L "$p/.claude" -a -f "$p/real/settings.json"
over commit one "$p/.claude"
ok "but by its name" test -L "$p/.claude"
rm -r "$p/.claude" "$p/real" "$upper/real" "$upper/.claude"
printf '#!/bin/sh\n' >"$upper/setuid"
chmod 4755 "$upper/setuid"
mkfifo "$upper/fifo"
over diff one
has "a setuid file is shown as what never goes" "$out" "*AX $p/setuid*"
over commit one "$p"
has "and does not" "$status:$err" "1:*$p/setuid: not committed: it would run with its owner's rights*"
ok "not even by its name" test ! -e "$p/setuid"
rm -f "$upper/setuid" "$upper/fifo" "$p/fifo"
if [ "$(id -u)" = 0 ] && mknod "$upper/disk" b 7 99 2>/dev/null; then
	over commit one "$p"
	has "nor does a device" "$status:$err" "1:*$p/disk: not committed: a device node*"
	ok "it is not there" test ! -e "$p/disk"
	rm -f "$upper/disk"
fi
# A chain that no descriptor holds.
(cd "$upper" && i=0 && while [ $i -lt 400 ]; do mkdir d && cd -P d && i=$((i + 1)); done)
over commit one
has "what is too deep is an error" "$status:$err" "125:*more than 256 directories deep*"
over discard one
is "and is removed all the same" "$status:$err:$(ls "$layers")" 0::
rm -rf "${p:?}/d"
fresh
write 'mkdir shut; echo x >shut/x; chmod 0 shut; chmod 0 file'
over discard one
is "as is what nobody may read" "$status:$err:$(ls "$layers")" 0::

# ---- the machine's directories, meanwhile -----------------------------------------
fresh
mkdir "$p/swapped"
ln -s "$d/outside" "$p/lnk"
write 'i=0; while [ $i -lt 40 ]; do echo evil >swapped/f$i; i=$((i + 1)); done'
# shellcheck disable=SC2016 # for the inner shell
(cd "$p" && HOME=$d/home exec env -u XDG_STATE_HOME "$SUPPORT/swap" "$p/swapped" "$p/lnk" sh -c 'i=0
	while [ $i -lt 20 ]; do
		"$0" --root "$1" sandbox commit one
		i=$((i + 1))
	done' "$LORICA" "$d/state") >/dev/null 2>&1
is "whoever swaps a directory for a link gains nothing" "$(ls "$d/outside"):$(cat "$d/outside/file")" file:outside
rm -f "$p/lnk"

# ---- file systems in others -----------------------------------------------------
# in_mounts COMMAND: with a tmpfs on the project's "mnt", in namespaces of its own.
fresh
mkdir "$p/mnt" "$p/sub/dir"
# shellcheck disable=SC2016 # for the inner shell
in_mounts() {
	output env -u XDG_STATE_HOME HOME="$d/home" unshare ${user:+-Ur} -m --propagation private sh -c \
		'cd "$HOME/project" && mount -t tmpfs t mnt && mkdir mnt/inner && echo kept >mnt/inner/file && eval "$3"' sh \
		"$LORICA" "$d/state" "$1"
}
user=
[ "$(id -u)" = 0 ] || user=yes
# shellcheck disable=SC2016 # for the inner shell
in_mounts '"$1" --root "$2" sandbox --overlay --name one -- sh -c "echo x >sub/dir/new && echo y >mnt/inner/new && cat mnt/inner/file && echo z >top"; cat mnt/inner/new'
case $status:$err in
*"extended attributes"* | *"cannot be"* | 125:*)
	has "a mount in the project: an error is one line" "$err" "lorica: *"
	;;
*)
	has "each file system has its overlay" "$out:$err" "kept*"
	has "and what stays read-only is told of" "$err" "*note: $p stays read-only: other file systems are mounted in it*"
	ok "nothing was written" test ! -e "$p/sub/dir/new" -a ! -e "$p/top"
	;;
esac
fresh
mkdir -p "$p/mnt"
echo x >"$p/mnt/below"
write 'rm -r mnt; mkdir mnt; echo new >mnt/new'
# shellcheck disable=SC2016 # for the inner shell
in_mounts '"$1" --root "$2" sandbox commit one; cat mnt/inner/file'
has "an opaque directory over a mount removes nothing in it" "$status:$out:$err" "*kept*$p/mnt: not committed: a file system is mounted there*"
fresh
mkdir -p "$p/mnt/x"
write 'rm -r mnt'
# shellcheck disable=SC2016 # for the inner shell
in_mounts '"$1" --root "$2" sandbox commit one; cat mnt/inner/file'
has "nor does a directory that is gone" "$status:$out:$err" "*kept*mnt is a mount*"
over discard one
is "nothing is left behind" "$(ls "$layers" "$d/state")" "$d/home/.local/state/lorica/sandbox:

$d/state:"
