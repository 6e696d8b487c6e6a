# shellcheck shell=sh disable=SC2154 # set by run
# guard, files: calls that change files come out as the kernel has it, but for
# what the policy forbids, whatever is exchanged on the way.
one_guest intercept "the interception layer, 110" || return 0
# shellcheck source=tests/support/files.sh
. "$here/support/files.sh"
b=$WORK/guard
bundle "$b"
cp "$SUPPORT/files" "$SUPPORT/race" "$b/rootfs/bin/"
mkdir -p "$b/rootfs/scratch" "$b/rootfs/race"
# Others are to get that far.
chmod 755 "$b/rootfs" "$b/rootfs/bin"
chmod 777 "$b/rootfs/scratch" "$b/rootfs/race"
config "$b" '.root.readonly = true | .linux.seccomp = null |
	.mounts += [{destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["mode=777"]}]'
# Of root, who may do what he does outside.
[ "$(id -u)" != 0 ] || config "$b" '.process.capabilities |= with_entries(
	.value = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_SETUID", "CAP_SETGID"])'
policy=$WORK/policy.json

# with PLATFORM MODE [OPTION...]: as run.
with() {
	platform=$1
	mode=$2
	shift 2
	status=0
	timeout $((5 * patience)) "$LORICA" --root "$WORK/state" run --bundle "$b" \
		--intercept="$mode" --platform="$platform" "$@" c \
		>"$WORK/out" 2>"$WORK/err" </dev/null || status=$?
	out=$(cat "$WORK/out")
	err=$(cat "$WORK/err")
}

# ---- everything else is as it was -----------------------------------------
echo '{"files": [{"paths": ["/nothing/here"], "access": ["read", "write", "create"], "action": "deny"}]}' >"$policy"
# natively UMASK STEP: what files prints without the layer.
natively() {
	config "$b" ".process.args = [\"files\", \"/scratch\", \"$1\", \"$(sample "$2")\"]"
	run "$b"
	is "files $*: natively" "$status:$err" "0:"
	cp "$WORK/out" "$WORK/native"
}
for user in 0 1000; do
	[ "$user" = 0 ] || [ "$(id -u)" = 0 ] || continue
	config "$b" ".process.user = {uid: $user, gid: $user}"
	natively 027 7
	with notify guard --policy "$policy"
	compare "user $user, notify"
	natively 002 41
	with ptrace guard --policy "$policy"
	compare "user $user, ptrace"
done
config "$b" '.process.user = {uid: 0, gid: 0}'

# ---- what is forbidden, by each call ---------------------------------------
config "$b" '.root.readonly = false'
echo '{"files": [
	{"paths": ["/race/vault", "/race/vault/**"], "access": ["read", "write", "create"], "action": "deny", "errno": "EBADSLT"}]}' >"$policy"
prepare() {
	rm -rf "$b/rootfs/race"
	mkdir -p "$b/rootfs/race/alley" "$b/rootfs/race/vault" \
		"$b/rootfs/race/way" "$b/rootfs/race/away"
	(cd "$b/rootfs/race" && printf secret >vault/f && printf open >alley/f &&
		ln -s alley to-alley && ln -s vault to-vault &&
		ln -s ../alley way/d && ln -s ../vault away/d &&
		echo other >other && echo moved >moved && chmod 644 vault/f alley/f)
	[ -z "${made:-}" ] || rm -f "$b/rootfs/race/vault/f" "$b/rootfs/race/alley/f"
}
# shellcheck disable=SC2016 # for the container's shell
sh_in "$b" 'cd /race
	t() { "$@" 2>&1 | grep -o "Invalid slot" || echo "$*: done"; }
	for p in vault/f to-vault/f /race/way/../vault/f /proc/self/cwd/vault/f; do
		t cat $p; t touch $p; t touch ${p%f}new; t busybox chmod 600 $p
		t busybox chown 0:0 $p; t busybox truncate -s 1 $p; t busybox rm -f $p
		t mkdir ${p%f}d; t busybox mkfifo ${p%f}p; t ln -s x ${p%f}l
		t ln other ${p%f}h; t ln $p taken; t busybox mv $p taken
		t busybox mv other ${p%f}o
	done
	t busybox mv vault elsewhere; t busybox rmdir vault; t ls vault
	cat alley/f; echo; t mkdir alley/d; t busybox rm alley/f'
wanted=$(
	yes 'Invalid slot' | head -n 59
	printf 'open\nmkdir alley/d: done\nbusybox rm alley/f: done'
)
for platform in notify ptrace; do
	prepare
	ln -sf busybox "$b/rootfs/bin/ln"
	with $platform guard --policy "$policy"
	is "$platform: each call" "$status:$out" "0:$wanted"
	is "$platform: nothing is touched" \
		"$(cd "$b/rootfs/race/vault" && ls && cat f)" "$(printf 'f\nsecret')"
done

# ---- files that are read, and directories ------------------------------------------
# shellcheck disable=SC2016 # for the container's shell
sh_in "$b" 'cd /race; for c in "cat vault/f" "ls vault" "busybox mv vault elsewhere"; do
	$c >/dev/null 2>&1 && echo "$c"; done; true'
for may in 'read-file ls vault' 'read-dir cat vault/f' 'read '; do
	access=${may%% *}
	jq -n --arg access "$access" '{files: [{paths: ["/race/vault", "/race/vault/**"],
		access: [$access], action: "deny"}]}' >"$WORK/access.json"
	for platform in notify ptrace; do
		prepare
		with $platform guard --policy "$WORK/access.json"
		is "a rule about $access, $platform" "$access $out" "$access ${may#"$access" }"
	done
done

# ---- cores -------------------------------------------------------------------
# The kernel asks nobody where it writes them.
# shellcheck disable=SC2016 # for the container's shell
sh_in "$b" 'cd /race/vault; ulimit -c unlimited; echo "raised: $?"
	tr -s " " </proc/self/limits | grep "^Max core"; ulimit -n 99; ulimit -n
	sh -c "kill -ABRT \$\$"; echo "ended: $?"'
ln -sf busybox "$b/rootfs/bin/tr"
for platform in notify ptrace; do
	prepare
	with $platform guard --policy "$policy"
	has "$platform: a core" "$status:$out" "0:raised: 0
Max core file size 1 1 bytes *
99
*ended: 134"
	is "$platform: no core is there" "$(ls "$b/rootfs/race/vault")" f
done
# Where no rule is about files it is as ever.
echo '{"network": [{"to": ["metadata"], "action": "deny"}]}' >"$WORK/no-files.json"
sh_in "$b" 'tr -s " " </proc/self/limits | grep "^Max core"'
run "$b"
native=$out
with notify guard --policy "$WORK/no-files.json"
is "a core, where no rule is about files" "$out" "$native"

# ---- what is mounted on --------------------------------------------------------
# The sentry is not in the container's mount namespace.
cp "$b/config.json" "$WORK/unmounted.json"
mkdir -p "$b/rootfs/held"
echo held >"$WORK/held"
config "$b" '.mounts += [{destination: "/held/dir", type: "tmpfs", source: "tmpfs"},
	{destination: "/held/file", type: "bind", source: "'"$WORK/held"'", options: ["bind"]}]'
sh_in "$b" 'cd /held; touch new; for c in "rmdir dir" "rm -f file" "mv dir away" "mv file away" "mv -f new file"; do
	busybox $c 2>&1; done; ls; cat file'
run "$b"
mounted=$out
has "mounted on: natively" "$mounted" "*busy*busy*busy*busy*busy*dir?file?new?held"
for platform in notify ptrace; do
	with $platform guard --policy "$policy"
	is "mounted on: $platform" "$out" "$mounted"
done
cp "$WORK/unmounted.json" "$b/config.json"

# ---- directories of procfs -----------------------------------------------------
# The sentry may look at tasks at which the one that asks may not: at one whose
# program it could not read.
if needs root "tasks of several users"; then
	cp "$BUSYBOX" "$b/rootfs/bin/busybox-dark"
	chmod 111 "$b/rootfs/bin/busybox-dark"
	config "$b" '.process.user = {uid: 1000, gid: 1000} |
		(.mounts[] | select(.destination == "/proc") | .options) = ["hidepid=1"]'
	sh_in "$b" 'busybox-dark sh -c "echo >/scratch/dark; sleep 100; :" & p=$!
		until [ -e /scratch/dark ]; do :; done
		ls /proc/$p; ls /proc/$$ >/dev/null && echo own; kill $p'
	run "$b"
	dark=$out:$err
	has "procfs: natively" "$dark" "own:*/proc/*: Operation not permitted"
	for platform in notify ptrace; do
		with $platform guard --policy "$policy"
		is "procfs: $platform" "$(echo "$out:$err" | sed 's/[0-9]//g')" \
			"$(echo "$dark" | sed 's/[0-9]//g')"
	done
	cp "$WORK/unmounted.json" "$b/config.json"
fi

# ---- made by the name of a directory -------------------------------------------
cp "$policy" "$WORK/vault.json"
echo '{"files": [{"paths": ["/race/.keys/mine"], "access": ["create"], "action": "deny",
	"errno": "EBADSLT"}]}' >"$policy"
sh_in "$b" 'cd /race && busybox mkdir x && echo x >x/mine || exit
	busybox mv x .keys 2>&1 | grep -o "Invalid slot"; busybox mv x y
	[ ! -e .keys ] && cat y/mine'
for platform in notify ptrace; do
	prepare
	with $platform guard --policy "$policy"
	is "$platform: a directory with what may not be made there" \
		"$status:$(echo "$out" | paste -s -d " ")" "0:Invalid slot x"
done
cp "$WORK/vault.json" "$policy"

# ---- what another process has --------------------------------------------------
# shellcheck disable=SC2016 # for the container's shell
sh_in "$b" 'cd /race && exec 3>log
	busybox sh -c "echo log >/proc/$$/fd/3; cat /proc/$$/cwd/alley/f
		for p in cwd root/race cwd/../race; do
			cat /proc/$$/\$p/vault/f 2>&1 | grep -o \"Invalid slot\"
		done"
	cat log'
for platform in notify ptrace; do
	for mode in guard sealed; do
		prepare
		with $platform $mode --policy "$policy"
		is "$platform, $mode: by the links of another process" \
			"$status:$(echo "$out" | paste -s -d " ")" \
			"0:openInvalid slot Invalid slot Invalid slot log"
	done
done

# ---- only what a rule is about -------------------------------------------------
prepare
cp "$policy" "$WORK/all.json"
sh_in "$b" 'cd /race
	for p in vault/f to-vault/f; do
		cat $p && echo; echo x 2>&1 >$p | grep -o "Invalid slot"
		echo x 2>&1 >>$p | grep -o "Invalid slot"
		(: <>$p) 2>&1 | grep -o "Invalid slot"
	done; ls vault; busybox touch new 2>&1'
# only ACCESS WHAT: with rules about that alone.
only() {
	jq --argjson access "$1" '.files[0].access = $access' "$WORK/all.json" >"$policy"
	for platform in notify ptrace; do
		prepare
		with $platform guard --policy "$policy"
		is "$platform: only $2" "$status:$(echo "$out" | paste -s -d " ")" "$3"
	done
}
no="Invalid slot"
only '["write", "create"]' "what is written" \
	"0:secret $no $no $no secret $no $no $no f"
sh_in "$b" 'cd /race
	for p in vault/f to-vault/f; do
		cat $p 2>&1 | grep -o "Invalid slot"; echo x >>$p && echo written
		(: <>$p) 2>&1 | grep -o "Invalid slot"
	done; ls vault 2>&1 | grep -o "Invalid slot"; echo new >vault/new && echo made'
only '["read"]' "what is read" "0:$no written $no $no written $no $no made"
cp "$WORK/all.json" "$policy"

# ---- devices -----------------------------------------------------------------
# The sentry is not in the container's control group, which has not this one.
if [ -c /dev/fuse ] && needs root "devices that are not the container's"; then
	mknod -m 666 "$b/rootfs/device" c 10 229
	sh_in "$b" 'exec 3<>/device && echo opened; echo x >/dev/null'
	run "$b"
	has "devices: natively" "$out:$err" "*:*/device: Operation not permitted"
	for platform in notify ptrace; do
		with $platform guard --policy "$policy"
		has "devices: $platform" "$out:$err" "*:*/device: Operation not permitted"
	done
	# What the configuration allows the kernel does, and so does the sentry.
	cp "$b/config.json" "$WORK/refused.json"
	config "$b" '.linux.resources.devices = [{allow: false, access: "rwm"},
		{allow: true, type: "c", major: 10, minor: 229, access: "rw"}]'
	run "$b"
	is "a device that is allowed: natively" "$status:$err:$out" 0::opened
	for mode in guard sealed; do
		for platform in notify ptrace; do
			with $platform $mode --policy "$policy"
			is "a device that is allowed: $mode, $platform" "$status:$err:$out" 0::opened
		done
	done
	config "$b" '.linux.resources.devices[1].access = "r"'
	for mode in guard sealed; do
		for platform in notify ptrace; do
			with $platform $mode --policy "$policy"
			has "to be read alone: $mode, $platform" "$out:$err" "*:*/device: Operation not permitted"
		done
	done
	cp "$WORK/refused.json" "$b/config.json"
	sh_in "$b" 'sleep 300'
	output "$LORICA" --root "$WORK/state" run -d --bundle "$b" --intercept=guard --policy "$policy" c
	is "one that stays" "$status:$err" 0:
	echo '{"devices": [{"allow": false, "access": "rwm"}]}' >"$WORK/update.json"
	output "$LORICA" --root "$WORK/state" update -r "$WORK/update.json" c
	is "devices are not changed, of which the sentry would not hear" "$status:$err" \
		"1:lorica: update c: devices: the interception layer has the rules of the container's start"
	"$LORICA" --root "$WORK/state" delete --force c
	rm "$b/rootfs/device"
fi
# Where no control group decides they are the host's own, by the caller's rights.
if [ -w /dev/fuse ] && needs user "devices of an ordinary user"; then
	cp "$b/config.json" "$WORK/refused.json"
	config "$b" '.linux.devices = [{path: "/dev/fuse", type: "c", major: 10, minor: 229}] |
		.linux.resources.devices = [{allow: false, access: "rwm"}]'
	sh_in "$b" 'exec 3<>/dev/fuse && echo opened'
	run "$b"
	is "a device of the configuration: natively" "$status:$err:$out" 0::opened
	for mode in guard sealed; do
		for platform in notify ptrace; do
			with $platform $mode --policy "$policy"
			is "a device of the configuration: $mode, $platform" "$status:$err:$out" 0::opened
		done
	done
	cp "$WORK/refused.json" "$b/config.json"
fi

# ---- while it is exchanged ---------------------------------------------------
# attack CALL TRIES PLATFORM: no way leads there.
attack() {
	prepare
	config "$b" ".process.args = [\"race\", \"$1\", \"$2\"] | .process.cwd = \"/race\""
	with "$3" guard --policy "$policy"
	is "race: $1, $3" "$status:$out" "$(printf '0:%s memory 0\n%s link 0\n%s exchange 0' "$1" "$1" "$1")"
}
# unguarded CALL: they do, where nobody looks; a few times, as it is luck.
unguarded() {
	wanted=$(printf '%s memory hit\n%s link hit\n%s exchange hit' "$1" "$1" "$1")
	attempt=0 got=
	while [ "$got" != "$wanted" ] && [ $attempt -lt 8 ]; do
		attempt=$((attempt + 1))
		prepare
		config "$b" ".process.args = [\"race\", \"$1\", \"20000\"] | .process.cwd = \"/race\""
		run "$b"
		got=$(echo "$out" | sed 's/ [1-9][0-9]*$/ hit/')
	done
	is "race: $1, without the layer" "$got" "$wanted"
}
# attacks CALL: a guest, whose processor is emulated, tries less often, and takes the
# host's word that they can succeed.
attacks() {
	if [ "${LORICA_GUEST:-}" ]; then
		attack "$1" 25 notify
		attack "$1" 10 ptrace
	else
		unguarded "$1"
		attack "$1" 2000 notify
		attack "$1" 300 ptrace
	fi
}
# Flags that are read twice.
for platform in notify ptrace; do
	prepare
	config "$b" '.process.args = ["race", "flags", "2000"] | .process.cwd = "/race"'
	with $platform guard --policy "$policy"
	is "race: flags, $platform" "$status:$out" "0:flags 0"
done
# Names that are others once their namespace has ended, and what may not be made
# behind the back of who decides by names.
config "$b" '.process.args = ["race", "mounts"]'
run "$b"
[ "$out" = "mounts 0" ] || skip "a mount namespace" "the host has none for users: $out"
for platform in notify ptrace; do
	with $platform guard --policy "$policy"
	is "no mount namespace where names are decided on, $platform" "$out" "mounts EPERM"
done
made=
for call in open truncate chmod utimes setxattr unlink link-from; do attacks $call; done
if needs root "files that change their owner"; then
	attacks chown
fi
made=yes
for call in mkdir symlink mknod create link rename; do attacks $call; done
