# shellcheck shell=sh disable=SC2154 # set by run
# The command lines that engines issue, word for word, one a row; and every
# phrase that one of them looks for in a message. 15-contract.sh has what they
# rely on beside that.
v=$WORK/argv
bundle "$v"
config "$v" '.process.args = ["sleep", "60"]'
cp "$v/config.json" "$v/plain.json"
# The group is that of tests/run. Who may make none cannot pause.
pausable=yes
[ -d "$group" ] || {
	skip "pause and resume" "no cgroup can be made here"
	pausable=
}

# ended: the container of the rows, which is where $root says.
ended() {
	# shellcheck disable=SC2086 # words
	[ "$("$LORICA" $root state argv | jq -r .status)" = stopped ]
}
# issued ENGINE ROWS: each row is STATUS and a command line; RT stands for the
# program, B for the bundle, SOCK for a socket on which somebody waits for a
# terminal. An empty file is the input, or the row after "<". In the guest
# "engines" the engines are seen to issue them (tests/support/engines.sh).
root="--root $WORK/state"
issued() {
	engine=$1
	while read -r wanted line; do
		case $line in
		*" pause "* | *" resume "*) [ "$pausable" ] || continue ;;
		esac
		input=/dev/null
		around=
		case $line in
		*SOCK*) around="$SUPPORT/caller receive $WORK/sock" ;;
		esac
		case $line in
		*" < "*)
			printf %s "${line#* < }" >"$WORK/stdin"
			input=$WORK/stdin
			line=${line%% < *}
			;;
		esac
		line=$(echo "$line" | sed "s,^RT,$LORICA,; s, B\( \|/\|\$\), $v\1,g
			s,=B/,=$v/,g; s,ROOT,$WORK/state,g; s,SOCK,$WORK/sock,g")
		status=0
		# shellcheck disable=SC2086 # words
		$around env $environment $line >"$WORK/out" 2>"$WORK/err" <"$input" ||
			status=$?
		is "$engine: $line: status" "$status $(cat "$WORK/err")" "$wanted "
		case $line in
		*" kill "*" 9" | *" KILL") ok "$engine: it ends" await ended ;;
		esac
	done
}

jq '.process | .args = ["true"]' "$v/plain.json" >"$v/process"
environment=
issued containerd <<END
0 RT features
0 RT --version
0 RT --root ROOT --log B/log.json --log-format json create --bundle B --pid-file B/init.pid argv
0 RT --root ROOT --log B/log.json --log-format json start argv
0 RT --root ROOT --log B/log.json --log-format json ps --format json argv
0 RT --root ROOT --log B/log.json --log-format json pause argv
0 RT --root ROOT --log B/log.json --log-format json resume argv
0 RT --root ROOT --log B/log.json --log-format json update --resources=- argv < {}
0 RT --root ROOT --log B/log.json --log-format json exec --process B/process --detach --pid-file B/exec.pid argv
0 RT --root ROOT --log B/log.json --log-format json kill argv 15
0 RT --root ROOT --log B/log.json --log-format json kill --all argv 9
0 RT --root ROOT --log B/log.json --log-format json delete argv
0 RT --root ROOT --log B/log.json --log-format json create --bundle B --pid-file B/init.pid --no-pivot --no-new-keyring argv
0 RT --root ROOT --log B/log.json --log-format json delete --force argv
0 RT --root ROOT --log B/log.json --log-format json delete --force argv
END
config "$v" '.process.terminal = true'
jq '.terminal = true' "$v/process" >"$v/process.tty"
mv "$v/process" "$v/process.plain"
mv "$v/process.tty" "$v/process"
issued "containerd, with a terminal" <<END
0 RT --root ROOT --log B/log.json --log-format json create --bundle B --pid-file B/init.pid --console-socket SOCK argv
0 RT --root ROOT --log B/log.json --log-format json start argv
0 RT --root ROOT --log B/log.json --log-format json exec --process B/process --console-socket SOCK --detach --pid-file B/exec.pid argv
0 RT --root ROOT --log B/log.json --log-format json kill argv 9
0 RT --root ROOT --log B/log.json --log-format json delete argv
END
mv "$v/process.plain" "$v/process"
cp "$v/plain.json" "$v/config.json"
if needs engines "the command lines of the systemd driver" &&
	needs root "those of the systemd driver"; then
	config "$v" '.linux.cgroupsPath = "system.slice:lorica:argv"'
	issued containerd <<-END
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup create --bundle B --pid-file B/init.pid argv
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup start argv
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup ps --format json argv
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup pause argv
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup resume argv
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup update --resources=- argv < {"cpu":{"shares":512},"memory":{"limit":33554432}}
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup exec --process B/process --detach --pid-file B/exec.pid argv
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup kill argv 9
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup delete argv
		0 RT --root ROOT --log B/log.json --log-format json --systemd-cgroup create --bundle B --pid-file B/init.pid argv
		0 RT --root ROOT --log B/log.json --log-format json delete --force argv
	END
	cp "$v/plain.json" "$v/config.json"
fi
if needs criu "the command lines of checkpoints" && needs root "those of checkpoints"; then
	mkdir "$v/image" "$v/work"
	cp "$v/config.json" "$v/before"
	# criu opens again what is open.
	config "$v" '.linux.cgroupsPath = "/lorica-criu/argv"'
	issued containerd <<-END
		0 RT --root ROOT --log B/log.json --log-format json create --bundle B --pid-file B/init.pid argv
		0 RT --root ROOT --log B/log.json --log-format json start argv
		0 RT --root ROOT --log B/log.json --log-format json checkpoint --image-path B/image --work-path B/work --tcp-established --ext-unix-sk --shell-job --file-locks --leave-running argv
		0 RT --root ROOT --log B/log.json --log-format json checkpoint --image-path B/image --work-path B/work --file-locks --leave-running argv
		0 RT --root ROOT --log B/log.json --log-format json checkpoint --image-path B/image --work-path B/work --leave-running argv
		0 RT --root ROOT --log B/log.json --log-format json checkpoint --image-path B/first --work-path B/work --pre-dump argv
		0 RT --root ROOT --log B/log.json --log-format json checkpoint --image-path B/second --work-path B/work --parent-path ../first --leave-running argv
		0 RT --root ROOT --log B/log.json --log-format json checkpoint --image-path B/image --work-path B/work --empty-ns network argv
		0 RT --root ROOT --log B/log.json --log-format json restore --image-path B/image --work-path B/work --detach --pid-file B/init.pid -no-subreaper --bundle B argv
		0 RT --root ROOT --log B/log.json --log-format json kill argv 9
		0 RT --root ROOT --log B/log.json --log-format json delete argv
		0 RT --root ROOT --log B/log.json --log-format json restore --image-path B/image --work-path B/work --detach --pid-file B/init.pid --no-pivot -no-subreaper --bundle B argv
		0 RT --root ROOT --log B/log.json --log-format json delete --force argv
	END
	issued podman <<-END
		0 RT --root ROOT --log-format=json --log B/oci-log create --bundle B --pid-file B/pidfile argv
		0 RT --root ROOT start argv
		0 RT --root ROOT checkpoint --image-path B/image --work-path B/work argv
		0 RT --root ROOT delete --force argv
		0 RT --root ROOT --log-format=json --log B/oci-log restore --bundle B --pid-file B/pidfile --detach --image-path B/image --work-path B/work argv
		0 RT --root ROOT kill argv 9
		0 RT --root ROOT delete --force argv
	END
	mv "$v/before" "$v/config.json"
fi
ok "none of them wrote to the log" [ ! -e "$v/log.json" ]

# podman gives no --root, and two variables. The containers of the host's root
# would be in /run/lorica, so it gets one here.
environment="-i XDG_RUNTIME_DIR=$WORK"
[ "$(id -u)" = 0 ] || root=
printf '{}' >"$v/resources"
issued podman <<END
0 RT --log-format=json --log B/oci-log $root --cgroup-manager disabled create --bundle B --pid-file B/pidfile --no-new-keyring argv
0 RT --log-format=json --log B/oci-log $root start argv
0 RT --log-format=json --log B/oci-log $root state argv
0 RT --log-format=json --log B/oci-log $root exec --pid-file B/pidfile --process B/process --detach argv
0 RT --log-format=json --log B/oci-log $root exec --pid-file B/pidfile --process B/process --detach --preserve-fds 0 argv
0 RT checkpoint --help
0 RT --log-format=json --log B/oci-log $root kill argv 15
0 RT --log-format=json --log B/oci-log $root kill --all argv 9
0 RT --log-format=json --log B/oci-log $root delete --force argv
0 RT --log-format=json --log B/oci-log $root create --bundle B --pid-file B/pidfile --no-new-keyring --no-pivot --preserve-fds 0 argv
0 RT --log-format=json --log B/oci-log $root start argv
0 RT --log-format=json --log B/oci-log $root pause argv
0 RT --log-format=json --log B/oci-log $root resume argv
0 RT --log-format=json --log B/oci-log $root update --resources=$v/resources argv
0 RT --log-format=json --log B/oci-log $root delete --force argv
END

# Word for word what podman 4.3 was seen to issue, without its --systemd-cgroup.
issued "podman 4.3" <<END
0 RT --log-format=json --log B/oci-log $root create --bundle B --pid-file B/pidfile argv
0 RT $root start argv
0 RT --log-format=json --log B/oci-log $root exec --pid-file B/exec.pid --process B/process --detach argv
0 RT --log-format=json --log B/oci-log $root exec --pid-file B/exec.pid --process B/process --detach --tty --console-socket SOCK argv
0 RT $root pause argv
0 RT $root resume argv
0 RT $root update --resources=B/resources argv
0 RT $root kill argv 15
0 RT $root kill argv 9
0 RT $root delete --force argv
0 RT --log-format=json --log B/oci-log --cgroup-manager disabled $root create --bundle B --pid-file B/pidfile argv
0 RT $root start argv
0 RT $root delete --force argv
END
config "$v" '.process.terminal = true'
issued "podman 4.3, with a terminal" <<END
0 RT --log-format=json --log B/oci-log $root create --bundle B --pid-file B/pidfile --console-socket SOCK argv
0 RT $root start argv
0 RT $root delete --force argv
END
cp "$v/plain.json" "$v/config.json"

root="--root $WORK/state"
issued CRI-O <<END
0 RT --root ROOT create --bundle B --pid-file B/pidfile argv
0 RT --root ROOT start argv
0 RT --root ROOT state argv
0 RT --root ROOT exec --process B/process argv
0 RT --root ROOT update --resources - argv < {}
0 RT --root ROOT kill argv TERM
0 RT --root ROOT kill -a argv KILL
0 RT --root ROOT delete --force argv
0 RT --root ROOT delete --force argv
END
is "nothing is left" "$(ls "$WORK/state")" ""

# ---- phrases
L="$LORICA --root $WORK/state"
failure=1
# phrase TEXT COMMAND...: fails with status $failure, with that text in its one line and in the log.
phrase() {
	text=$1
	shift
	status=0
	rm -f "$WORK/phrase.log"
	$L --log "$WORK/phrase.log" --log-format json "$@" >"$WORK/out" \
		2>"$WORK/err" </dev/null || status=$?
	has "$*" "$status $(cat "$WORK/err")" "$failure lorica: *$text*"
	has "$*: in the log" "$(jq -r .msg "$WORK/phrase.log")" "*$text*"
}
# phrase_of TEXT ARGS: of a program that cannot be run.
phrase_of() {
	jq ".process.args = [\"$2\"]" "$v/plain.json" >"$v/config.json"
	phrase "$1" create --bundle "$v" argv
}
echo text >"$v/rootfs/etc/text"
chmod 644 "$v/rootfs/etc/text"
for command in "state argv" "start argv" "kill argv 9" "delete argv" "ps argv" \
	"pause argv" "resume argv" "update --resources $v/resources argv" \
	"kill --all argv 9" "events argv" "exec argv true" "debug argv true"; do
	case $command in exec* | debug*) failure=255 ;; esac
	# shellcheck disable=SC2086 # words
	phrase "container does not exist" $command
done
failure=1
phrase_of 'exec: "nothere": executable file not found in $PATH' nothere
phrase_of 'exec: "/nothere": stat /nothere: no such file or directory' /nothere
phrase_of 'exec: "/etc/text": permission denied' /etc/text
phrase_of 'exec: "/tmp": is a directory' /tmp
phrase_of 'exec: "/etc/text/x": stat /etc/text/x: not a directory' /etc/text/x
cp "$v/plain.json" "$v/config.json"
phrase 'JSON specification file config.json not found' create --bundle "$WORK" argv
phrase 'invalid container ID format' create --bundle "$v" a/b
ln -s /tmp "$v/rootfs/link"
jq '.mounts |= map(if .type == "proc" then .destination = "/link" else . end)' \
	"$v/plain.json" >"$v/config.json"
phrase 'must be mounted on ordinary directory' create --bundle "$v" argv
cp "$v/plain.json" "$v/config.json"
$L create --bundle "$v" argv </dev/null
phrase 'container with given ID already exists' create --bundle "$v" argv
[ -z "$pausable" ] || phrase 'container not paused' resume argv
$L start argv
phrase 'cannot start an already running container' start argv
if [ "$pausable" ]; then
	$L pause argv
	failure=255
	phrase 'cannot exec in a paused container (use --ignore-paused to override)' \
		exec argv true
	failure=1
	phrase 'container not running' pause argv
	$L resume argv
fi
phrase 'cannot delete container argv that is not stopped: running' delete argv
$L kill argv 9
await_status argv stopped
phrase 'container not running' kill argv 9
phrase 'cannot start a container that has stopped' start argv
failure=255
phrase 'cannot exec in a stopped container' exec argv true
failure=1
$L delete argv
is "no phrase leaves anything" "$(ls "$WORK/state")" ""

# ---- what a person asks for ----------------------------------------------------
is "help of a command" "$("$LORICA" help run)" "$("$LORICA" run --help)"
has "help" "$("$LORICA" help)" "usage: lorica \[options\] COMMAND*"
is "help of none" "$("$LORICA" help nothing 2>&1; echo $?)" 'lorica: unknown command "nothing"
1'
