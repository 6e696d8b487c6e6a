# shellcheck shell=sh disable=SC2012,SC2088 # names are ours, "~" is lorica's
# lorica sandbox: what the program has, and what it has not.
one_guest user "the sandbox" || return 0
d=$WORK/sandbox
mkdir -p "$d/home/.ssh" "$d/home/.config/gh" "$d/home/project/src" "$d/outside"
chmod 755 "$d"
echo key >"$d/home/.ssh/id"
echo token >"$d/home/.config/gh/hosts.yml"
echo password >"$d/home/.netrc"
echo plain >"$d/home/notes"
echo secret >"$d/home/project/.env"
echo outside >"$d/outside/file"
cp "$SUPPORT/escape" "$d/home/project/escape"
ln -s ../.ssh/id "$d/home/project/link"

# box WORD...: lorica sandbox with those, in the project, without a terminal.
box() {
	output env HOME="$d/home" sh -c 'cd "$HOME/project" && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox "$@"
}

# in_box COMMAND [OPTION...]: the same for a command of the shell.
in_box() {
	boxed=$1
	shift
	box "$@" -- sh -c "$boxed"
}

if box --print-config -- true && ! unshare -U true 2>/dev/null &&
	[ "$(id -u)" != 0 ]; then
	skip "lorica sandbox" "no user namespaces"
	return
fi

# ---- the configuration -------------------------------------------------------
for schema in "$here"/data/oci-schema/*.json; do
	jq --arg name "${schema##*/}" '{key: $name, value: .}' "$schema"
done | jq -s from_entries >"$d/schemas.json"
box --print-config --memory 1g --time 9 -- true "with words"
is "a configuration is printed" "$status:$err" "0:"
is "it is valid by the specification's schema" "$(printf %s "$out" |
	jq -r --slurpfile all "$d/schemas.json" --arg file config-schema.json \
		"\$all[0] as \$files | $(cat "$here/support/schema.jq")" 2>&1)" ""
answers "with the words" .process.args '["true","with words"]'
answers "and nothing that gives powers" \
	'[.process.noNewPrivileges, .process.capabilities, .annotations["dev.lorica.seccomp"]]' \
	'[true,{},"build"]'
is "nothing was made" "$(ls "$d/state" 2>/dev/null)" ""

# ---- what it is -------------------------------------------------------------
in_box 'id -u; id -g; pwd; hostname; echo $$ $container'
is "the caller, in his directory, and nobody else's process" \
	"$status:$err:$(echo "$out" | tr '\n' ' ')" \
	"0::$(id -u) $(id -g) $d/home/project sandbox 2 lorica "
in_box 'for kind in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$kind; done'
inside=$out
outside=$(for kind in cgroup ipc mnt net pid user uts; do readlink /proc/self/ns/$kind; done)
is "all its namespaces are its own" \
	"$(printf '%s\n%s\n' "$inside" "$outside" | sort | uniq -d)" ""
in_box 'grep -E "^(CapPrm|CapEff|CapBnd|CapAmb|CapInh|NoNewPrivs|Seccomp):" /proc/self/status | tr -d "[:blank:]" | tr "\n" " "'
is "without powers" "$out" "CapInh:0000000000000000 CapPrm:0000000000000000 CapEff:0000000000000000 CapBnd:0000000000000000 CapAmb:0000000000000000 NoNewPrivs:1 Seccomp:2 "
in_box 'cat /proc/net/dev | tail -n +3 | cut -d: -f1 | tr -d " "'
is "no network but its own loopback" "$out" lo
in_box 'ls /dev | tr "\n" " "'
is "devices that everybody may use" "$out" \
	"fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero "
is "no core is written" "$(in_box 'ulimit -c' && echo "$out")" 0

# ---- status, signals, output -------------------------------------------------
in_box 'echo out; echo err >&2; exit 7'
is "status and output pass through" "$status:$out:$err" "7:out:err"
in_box 'kill -TERM $$'
is "an end by a signal too, which the first process would not have" \
	"$status" 143
in_box 'kill -ABRT $$'
is "and by another" "$status" 134
in_box "sleep ${own_seconds}5 & exit 3"
is "what is left behind does not hold it up" "$status" 3
is "and is gone" "$(pgrep -f "^sleep ${own_seconds}5$")" ""
box -- no-such-program
has "a program that is not there" "$status:$err" \
	"125:lorica: sandbox: exec: \"no-such-program\": *"
echo input >"$d/input"
status=0
out=$(cd "$d/home/project" && HOME=$d/home "$LORICA" --root "$d/state" \
	sandbox -- cat <"$d/input") || status=$?
is "input passes through" "$status:$out" 0:input
(cd "$d/home/project" && HOME=$d/home exec "$LORICA" --root "$d/state" sandbox -- \
	sh -c 'trap "echo got >said; exit 9" USR1; echo ready >ready; while :; do sleep 0.1; done') &
boxed=$!
ok "the program runs" await test -s "$d/home/project/ready"
kill -USR1 $boxed
status=0
wait $boxed || status=$?
is "a signal is passed on" "$status:$(cat "$d/home/project/said")" 9:got
rm -f "$d/home/project/ready" "$d/home/project/said"
is "nothing is left behind" "$(ls "$d/state")" ""

# ---- files -------------------------------------------------------------------
in_box 'echo made >file && mkdir -p sub/dir && mv file sub/dir && ln sub/dir/file hard && cat hard'
is "the project may be written" "$status:$out:$err" 0:made:
is "for real" "$(cat "$d/home/project/sub/dir/file")" made
rm -rf "$d/home/project/sub" "$d/home/project/hard"
in_box "cat ~/notes; echo x >>~/notes; echo x >~/new; echo x >$d/outside/new; echo x >/etc/new; echo x >/usr/new; rm -f ~/notes; chmod 777 ~/notes; mv ~/notes ~/other" 2>/dev/null
is "the rest of the home is seen" "$out" plain
is "and not written" "$(cat "$d/home/notes"; ls "$d/home" "$d/outside" | tr '\n' ' ')" \
	"plain
$d/home: notes project  $d/outside: file "
ok "nor is the machine" test ! -e /etc/new -a ! -e /usr/new
in_box 'echo x >/tmp/new && echo x >/run/new && echo x >/var/tmp/new && echo x >/dev/shm/new && echo written'
is "private directories may be written" "$out:$err" written:
ok "and are private" test ! -e /tmp/new -a ! -e /run/new -a ! -e /var/tmp/new -a ! -e /dev/shm/new
in_box 'while read -r line; do case $line in *" /null "* | *" /dev/"*) ;; *nosuid*) ;; *) echo "$line" ;; esac; done </proc/self/mountinfo'
is "no mount gives the rights of a file's owner" "$out" ""
in_box 'while read -r _ _ _ from place options _; do case $from:$options in /null:* | *:ro,*) ;; *) echo "$place" ;; esac; done </proc/self/mountinfo | grep -v -e ^/dev -e ^/proc$ | sort | tr "\n" " "'
is "all that is writable" "$(for place in $out; do case $place in "$d"*) echo project ;; *) echo "$place" ;; esac; done | sort | tr '\n' ' ')" "/run /tmp /var/tmp project "

# ---- secrets -----------------------------------------------------------------
# refused NAME COMMAND: it says nothing of a secret, and fails.
refused() {
	in_box "$2"
	case $status:$out in
	0:* | *key* | *token* | *password* | *secret*) got="$status:$out" ;;
	*) got=refused ;;
	esac
	is "$1" "$got" refused
}
refused "a directory of keys" "cat ~/.ssh/id"
refused "a token" "cat ~/.config/gh/hosts.yml"
refused "by a link that was there" "cat link"
refused "by a link that is made" "ln -sf ~/.ssh/id new-link; cat new-link"
refused "by a hard link" "ln ~/.ssh/id hard-link && cat hard-link"
refused "by the root of a process" "cat /proc/self/root$d/home/.ssh/id"
refused "by that of the first one" "cat /proc/1/root$d/home/.ssh/id"
refused "by a directory that is open" 'cd ~/.config && cat "/proc/self/cwd/gh/hosts.yml"'
refused "by taking the cover off" "umount ~/.ssh && cat ~/.ssh/id"
refused "by a bind mount" "mkdir b; mount --bind ~ b && cat b/.ssh/id"
refused "by new namespaces" "unshare -Ur cat ~/.ssh/id"
refused "by moving what covers it" "mv ~/.ssh ~/.other && cat ~/.other/id"
in_box 'cat ~/.netrc .env; ls -A ~/.ssh ~/.config/gh'
is "files are empty, directories too" "$status:$(echo "$out" | tr '\n' ' ')" \
	"0:$d/home/.config/gh:  $d/home/.ssh: "
is "the secrets are unharmed" "$(cat "$d/home/.ssh/id" "$d/home/project/.env")" "key
secret"
in_box "cat $d/state/*/config.json; ls -A $d/state"
is "what lorica knows is not seen" "$out" ""
box --ro "$d/state" -- ls -A "$d/state"
is "even if the place is asked for" "$status:$out" 0:
refused "nor the caller's environment" "tr '\\0' '\\n' </proc/1/environ"

output env HOME="$d/home" GH_TOKEN=secret AWS_PROFILE=secret SSH_AUTH_SOCK=secret \
	MY_API_KEY=secret DB_PASSWORD=secret PLAIN=plain sh -c \
	'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- env
is "variables that are secret by name" "$status:$(echo "$out" | grep -c secret)" 0:0
has "and others" "$out" "*PLAIN=plain*"
secret_names='SECRET_KEY_BASE SECRET_ACCESS SECRETS SECRETKEY MY_SECRETKEY TF_TOKEN_app TOKEN_X
	API_TOKEN_2 PASSWORD_1 DOCKERHUB_PASSWORD_X PASSWD CREDENTIALS AUTH AUTHORIZATION COOKIE
	JWT ENCRYPTION_KEYS FOO_KEY_B64 SLACK_HOOK_URL GIT_CONFIG_VALUE_0 NIX_CONFIG
	A_TOKEN TOKEN npm_token A_KEY_ID MY_PRIVATE_KEY_FILE A_WEBHOOK_URL GOOGLE_APPLICATION_CREDENTIALS'
plain_names='KEYBOARD AUTHOR GIT_AUTHOR_NAME TOKENIZERS_PARALLELISM GIT_CONFIG_GLOBAL MONKEY
	KEYMAP_FILE COOKIECUTTER_CONFIG PASSAGE NIX_PATH'
# shellcheck disable=SC2046,SC2086 # words
output env HOME="$d/home" $(printf '%s=secret ' $secret_names) $(printf '%s=plain ' $plain_names) sh -c \
	'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- env
is "whatever stands before or behind the word" "$status:$(echo "$out" | grep secret)" 0:
# shellcheck disable=SC2086 # words
is "and not what only looks like it" "$(echo "$out" | grep -c '=plain$')" "$(echo $plain_names | wc -w)"
output env HOME="$d/home" GH_TOKEN=secret sh -c 'cd ~/project && exec "$@"' sh \
	"$LORICA" --root "$d/state" sandbox --env GH_TOKEN -e A=b -- \
	sh -c 'echo $GH_TOKEN $A'
is "unless they are asked for" "$out" "secret b"
output env HOME="$d/home" GOPROXY=https://proxy.invalid,https://me:secret@corp.invalid/x \
	LINKS='https://a.invalid/x https://u:secret@b.invalid/' DB_PWD=secret BUNDLE_GEMS__CORP=user:secret \
	JDBC_URL='jdbc:db://h/?a=b&Password=secret' ADO_URL='server=h;pwd=secret' CORP_URL='https://h/?access_token=secret' \
	PLAIN='https://h/?a=plain&monkey=b;https://h/@x' sh -c \
	'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- env
is "nor is a secret that a value has further behind" "$status:$(echo "$out" | grep secret)" 0:
has "and others are" "$out" "*PLAIN=https://h/*PWD=$d/home/project*"

for file in .claude.json .cursor/x .local/share/opencode/auth.json .config/Code/x .config/Cursor/x \
	.config/mozilla/x .config/pip/pip.conf .pip/pip.conf .bundle/config .subversion/auth/x .pulumi/x \
	.config/configstore/x .wrangler/x .ngrok2/x .msmtprc .local/share/atuin/x .irb_history \
	.curlrc .authinfo .modal.toml .step/x .config/scw/x .local/share/mkcert/x .local/share/amp/x .purple/x \
	.config/VSCodium/x .config/JetBrains/x .local/state/bash/history .zhistory; do
	mkdir -p "$d/home/$(dirname $file)"
	echo secret >"$d/home/$file"
done
in_box 'cd && find . -type f -size +0 ! -path "./project/*" -exec grep -l secret {} +' 2>/dev/null
is "what agents, editors and tools keep" "$out" ""
rm -rf "$d/home/.claude.json" "$d/home/.cursor" "$d/home/.config/"[CcmpM]* "$d/home/.local" "$d/home/.pip" "$d/home/.bundle" \
	"$d/home/.subversion" "$d/home/.pulumi" "$d/home/.wrangler" "$d/home/.ngrok2" "$d/home/.msmtprc" "$d/home/.irb_history" \
	"$d/home/.curlrc" "$d/home/.authinfo" "$d/home/.modal.toml" "$d/home/.step" "$d/home/.config/"[JVs]* "$d/home/.purple" "$d/home/.zhistory"

# ---- what variables have moved ------------------------------------------------
m=$d/home/moved
mkdir -p "$m/config/gh" "$m/cargo/bin" "$m/gpg" "$d/home/project/kept"
for file in config/gh/hosts.yml cargo/credentials.toml gpg/key one two history; do
	echo secret >"$m/$file"
done
echo plain >"$m/cargo/bin/x"
echo secret >"$d/home/project/kept/aws"
output env HOME="$d/home" XDG_CONFIG_HOME="$m/config" CARGO_HOME="$m/cargo" GNUPGHOME="$m/gpg" KUBECONFIG="$m/one:$m/two" \
	HISTFILE="$m/history" AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE="$d/home/project/kept/aws" \
	sh -c 'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- \
	sh -c 'echo x >/dev/null && find "$0" kept -type f -exec cat {} +' "$m"
is "what variables have moved is hidden" "$status:$out" 0:plain
for row in PGPASSFILE=pgpass AZURE_CONFIG_DIR=azure/token CLOUDSDK_CONFIG=cloud/db REGISTRY_AUTH_FILE=auth.json \
	SOPS_AGE_KEY_FILE=keys RCLONE_CONFIG=rclone GRADLE_USER_HOME=gradle/gradle.properties HF_HOME=hf/token; do
	file=${row#*=}
	mkdir -p "$m/$(dirname "$file")"
	echo secret >"$m/$file"
	output env HOME="$d/home" "${row%%=*}=$m/${file%%/*}" sh -c 'cd ~/project && exec "$@"' sh \
		"$LORICA" --root "$d/state" sandbox -- sh -c 'cat "$0" 2>/dev/null; echo ran' "$m/$file"
	[ "$out" = ran ] || break
done
is "by any program's variable" "$row:$out" HF_HOME=hf/token:ran
output env HOME="$d/home" XDG_CONFIG_HOME="$d/home/.config" KUBECONFIG="$d/home/project:/" GNUPGHOME="$d/home" CARGO_HOME=project \
	AWS_CONFIG_FILE="$d" sh -c 'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" sandbox -- \
	sh -c 'cat ~/notes && ls -d kept'
is "but nothing that the home or the project is in" "$status:$out:$err" "0:plain
kept:"
output env HOME="$d/home" KUBECONFIG="$m/one:$m/two" sh -c 'cd ~/project && exec "$@"' sh "$LORICA" --root "$d/state" \
	sandbox --ro "$m/two" -- cat "$m/one" "$m/two"
is "unless it is asked for" "$status:$out:$err" 0:secret:
rm -rf "$m" "$d/home/project/kept"

# ---- what programs outside run ----------------------------------------------
obeyed='.cursor/mcp.json .gemini/settings.json .codex/config.toml .claude/agents/x '
obeyed=$obeyed'.cursor/rules/x .opencode/x opencode.json .claude/skills/x .claude/plugins/x .kiro/x .helix/config.toml '
obeyed=$obeyed'.windsurf/x .roo/mcp.json .qwen/settings.json .claude/commands/x .devcontainer/devcontainer.json .zed/tasks.json .husky/pre-commit'
for file in $obeyed; do
	mkdir -p "$d/home/project/$(dirname "$file")"
	echo ours >"$d/home/project/$file"
done
in_box "for file in $obeyed; do echo x >\$file; rm -f \$file; mv \${file%/*} moved; done; cat $obeyed | sort | uniq -c | xargs" 2>/dev/null
is "what agents and editors run stays" "$out" "$(echo "$obeyed" | wc -w) ours"
(cd "$d/home/project" && rm -rf .cursor .gemini .codex .claude .devcontainer .zed .husky .opencode opencode.json .kiro .helix .windsurf .roo .qwen)
mkdir -p "$d/home/project/.git/hooks" "$d/home/project/.git/info"
echo ours >"$d/home/project/.git/config"
echo ours >"$d/home/project/.git/info/attributes"
in_box 'echo x >.git/config; echo x >.git/hooks/new; echo x >.git/info/attributes; mv .git other; mv .git/hooks .git/h; rm -rf .git; echo x >.git/index; cat .git/config .git/info/attributes .git/index'
is "a repository's hooks and configuration stay" "$(echo "$out" | tr '\n' ' ')$(ls -A "$d/home/project/.git" | tr '\n' ' ')$(ls "$d/home/project/.git/hooks")" "ours ours x config hooks index info "
rm -rf "$d/home/project/.git"
mkdir -p "$d/home/project/sub/.git/hooks"
echo ours >"$d/home/project/sub/.git/config"
echo secret >"$d/home/project/sub/.env"
box --rw "$d/home/project" --cwd "$d/home/project/sub" -- sh -c \
	'echo x >.git/config; echo x >.git/hooks/new; cat .git/config .env; echo x >../file && echo written'
is "where more than it may be written, too" "$out$(ls "$d/home/project/sub/.git/hooks")" "ours
written"
box --ro "$d/home/project" --cwd "$d/home/project/sub" -- sh -c 'cat .env; echo x >file || cat .git/config'
is "its secrets are hidden where it is read" "$out" ours
rm -rf "$d/home/project/sub" "$d/home/project/file"

# ---- sockets, terminals, processes -------------------------------------------
"$d/home/project/escape" listen "$d/outside/socket" >"$d/listens" &
listener=$!
"$d/home/project/escape" listen "@lorica-test-$$" >"$d/listens-too" &
abstract=$!
ok "somebody listens" await test -s "$d/listens" -a -s "$d/listens-too"
is "who is outside reaches it" \
	"$("$d/home/project/escape" connect "$d/outside/socket")" yes
# Below /tmp it would not be seen at all.
box --ro "$d/outside" -- ./escape connect "$d/outside/socket"
is "a socket of the file tree, which a read-only mount would let through" \
	"$out" ECONNREFUSED
box -- ./escape connect "@lorica-test-$$"
is "an abstract one" "$out" ECONNREFUSED
in_box 'set -- /proc/[0-9]*; echo $#; kill -9 -1; echo alone'
is "processes outside are not there" "$(echo "$out" | tr '\n' ' ')" "2 alone "
ok "and live on" kill -0 $listener
box -- ./escape trace 1
is "nobody is traced" "$out" EPERM
kill $listener $abstract
box -- ./escape link "$d/home/notes"
is "a link to what is read-only" "$out" EXDEV
box -- ./escape push x
is "no input is pushed to the caller's terminal" "$out" EPERM
in_box 'mknod disk b 8 0 2>/dev/null || echo refused; cat /dev/kmsg /dev/mem 2>/dev/null || echo none'
is "no device is made or found" "$(echo "$out" | tr '\n' ' ')" "refused none "
rm -f "$d/home/project/disk"
