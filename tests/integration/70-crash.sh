# shellcheck shell=sh
# Every command fails, and is killed, at each of its system calls; afterwards
# delete --force leaves nothing: tests/support/crash.c.
k=$WORK/crash
L="$LORICA --root $WORK/state"
rm -rf "$k"
bundle "$k"
cp -r "$k" "$k-true"
config "$k" '.process.args = ["sleep", "60"]'
config "$k-true" '.process.args = ["true"]'

# faults NAME WHAT HOW WHO STEP: from the first call on, every STEP-th.
faults() {
	if grep -q __asan_init "$LORICA"; then
		skip "$1" "the sanitizers cannot be traced"
		return
	fi
	dir=$k
	[ "$2" != run ] || dir=$k-true
	step=$5
	case $3 in
	kill | eio | enomem) step=$(sample "$5") ;;
	esac
	ok "$1" "$SUPPORT/crash" "$2" "$3" "$4" 1 "$step" "$LORICA" "$WORK/state" \
		"$dir"
}

faults "create is killed at every call" create kill runtime 1
faults "init is killed at every call" create kill others 1
faults "every call of create fails with EIO" create eio runtime 1
faults "every call of init fails with EIO" create eio others 1
faults "every call of create fails with ENOMEM" create enomem runtime 1
faults "some calls of init fail with ENOMEM" create enomem others 5
faults "run is killed at every call" run kill runtime 1
faults "the program of run is killed" run kill others 7
faults "calls of run fail" run eio runtime 1
faults "start is killed at every call" start kill runtime 1
faults "every call of start fails with EIO" start eio runtime 1
faults "delete is killed at every call" delete kill runtime 1
faults "every call of delete fails with EIO" delete eio runtime 1

# A call that only says it did what it was for: the look before the exec sees it.
mkdir -p "$k-true/volume/ro" "$k-true/volume/dir"
echo secret | tee "$k-true/volume/secret" >"$k-true/volume/dir/file"
cp "$k-true/config.json" "$k-true/plain.json"
config "$k-true" '.mounts += [{destination: "/tmp", source: "volume", options: ["rbind"]}] |
	.linux.readonlyPaths = ["/tmp/ro", "/proc/sys"] |
	.linux.maskedPaths = ["/tmp/secret", "/tmp/dir", "/proc/kcore"]'
sh_in "$k-true" '! touch /new && ! touch /tmp/ro/new && [ ! -s /tmp/secret ] && [ ! -e /tmp/dir/file ] || exit 42'
ok "nothing was left out" $L run --bundle "$k-true" c
faults "what is not mounted is noticed" run move_mount others 1
faults "what is not made read-only is noticed" run mount_setattr others 1
cp "$k-true/plain.json" "$k-true/config.json"

# With a sentry, which traces init, so that nobody else does: it is the other one
# that has faults.
cp "$k/config.json" "$k/plain.json"
config "$k" '.annotations = {"dev.lorica.intercept": "guard"}'
cp "$k-true/config.json" "$k-true/plain.json"
config "$k-true" '.annotations = {"dev.lorica.intercept": "sealed"}'
export CRASH_SENTRY=1
faults "create is killed at every call, with a sentry" create kill runtime 1
faults "every call of create fails with EIO, with a sentry" create eio runtime 1
faults "the sentry is killed at every call" create kill others 1
faults "every call of the sentry fails with EIO" create eio others 1
faults "calls of the sentry fail with ENOMEM" create enomem others 3
faults "run is killed, with a sentry" run kill runtime 3
faults "the sentry of run is killed" run kill others 3
unset CRASH_SENTRY
cp "$k/plain.json" "$k/config.json"
cp "$k-true/plain.json" "$k-true/config.json"

# A namespace that is joined, or clocks that are set, bring a stand-in.
if [ "$(id -u)" = 0 ]; then
	config "$k" '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {boottime: {secs: 5}}'
	faults "a stand-in is killed at every call" create kill others 3
	faults "create is killed while it has a stand-in" create kill runtime 1
	config "$k" 'del(.linux.timeOffsets) | .linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
	faults "create is killed while init waits for its maps" create kill runtime 1
	cp "$k-true/plain.json" "$k/config.json"
	mkdir -p "$k/volume"
	config "$k" '.process.args = ["sleep", "60"] | .mounts += [{destination: "/tmp", source: "volume", options: ["bind"], uidMappings: [{containerID: 0, hostID: 1000, size: 1}], gidMappings: [{containerID: 0, hostID: 1000, size: 1}]}]'
	faults "create is killed while it maps the ids of a mount" create kill runtime 1
fi

# A hook that is running dies with the runtime that began it.
config "$k" '.hooks = {createRuntime: [{path: "/bin/sleep", args: ["sleep", "'"$own_seconds"'"]}]}'
$L create --bundle "$k" c1 2>/dev/null &
create=$!
await_status c1 creating
await pgrep -f "sleep $own_seconds"
is "while a hook runs the container is being created" \
	"$($L state c1 | jq -r .status)" creating
kill -KILL "$create"
wait "$create" 2>/dev/null
await sh -c "! pgrep -f '^sleep $own_seconds'"
is "the hook is gone" "$(pgrep -f "sleep $own_seconds")" ""
ok "what it left can be deleted" $L delete --force c1
is "all of it" "$(ls "$WORK/state")" ""
