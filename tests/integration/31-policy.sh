# shellcheck shell=sh
# policy: what a policy file says and what it answers; the schema that is
# installed and the parser want the same.
d=$WORK/policy
tree=$(cd "$here/.." && pwd)
mkdir -p "$d"
cat >"$d/p.json" <<'END'
{
	"defaults": { "execute": "ask" },
	"files": [
		{ "paths": ["/etc/ssl/**"], "access": ["read"], "action": "allow" },
		{ "paths": ["/etc/**"], "action": "deny", "errno": "ENOENT" }
	],
	"network": [
		{ "to": ["metadata"], "operations": ["connect"], "action": "deny" },
		{ "to": ["unix:/run/*.sock", "unix:@bus*"], "action": "kill" }
	],
	"execute": [
		{ "drift": true, "action": "kill" },
		{ "sha256": ["0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"],
			"action": "log" }
	],
	"calls": [{ "names": ["bpf"], "action": "deny" }]
}
END
digest=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# asked NAME STATUS OUTPUT OPTION...: of that policy.
asked() {
	name=$1 want=$2 line=$3
	shift 3
	status=0
	out=$("$LORICA" policy "$@" "$d/p.json" 2>&1) || status=$?
	is "$name" "$status:$out" "$want:$line"
}

out=$("$LORICA" policy "$d/p.json" 2>&1)
has "a policy is shown" "$out" "files[[]0]: allow read of /etc/ssl/\*\*
files[[]1]: deny read, write, create, execute of /etc/\*\*: ENOENT
files, by default: allow
network[[]0]: deny connect to metadata
network[[]1]: kill connect, bind, send to unix:/run/\*.sock, unix:@bus\*
network, by default: allow
execute[[]0]: kill execute of what was not there at the start
execute[[]1]: log execute of what with sha256 $digest
execute, by default: ask (30 s, then deny)
calls[[]0]: deny bpf
calls, by default: allow
metadata: 169.254.169.254, *fe80::a9fe:a9fe"
is "from the standard input" "$("$LORICA" policy - <"$d/p.json")" "$out"

asked "a path" 2 "policy: files[1]: deny read of /etc/shadow: ENOENT" \
	--path /etc/shadow
asked "what an earlier rule allows" 0 "policy: files[0]: allow read of /etc/ssl/a" \
	--path /etc/ssl/a
asked "the strictest of several" 2 \
	"policy: files[1]: deny write of /etc/ssl/a: ENOENT" \
	--path /etc/ssl/a --access read,write
asked "no rule" 0 "policy: files, by default: allow create of /x" \
	--path /x --access create
asked "an address" 2 \
	"policy: network[0]: deny connect to 169.254.169.254:80: ECONNREFUSED" \
	--connect 169.254.169.254:80
asked "its other form" 2 \
	"policy: network[0]: deny connect to [::ffff:169.254.169.254]:80: ECONNREFUSED" \
	--connect "[::ffff:169.254.169.254]:80"
asked "to bind" 0 "policy: network, by default: allow bind to 169.254.169.254:80" \
	--bind 169.254.169.254:80
asked "a unix socket" 2 \
	"policy: network[1]: kill send to unix:/run/a.sock: ECONNREFUSED" \
	--send unix:/run/a.sock
asked "an abstract one" 2 \
	"policy: network[1]: kill connect to unix:@bus/1: ECONNREFUSED" \
	--connect unix:@bus/1
asked "a program" 2 \
	"policy: execute[1]: deny execute of /bin/sh: EACCES, until --digest says more" \
	--execute /bin/sh
asked "with its digest" 0 "policy: execute[1]: log execute of /bin/sh" \
	--execute /bin/sh --digest $digest
asked "drift" 2 "policy: execute[0]: kill execute of /bin/sh: EACCES" \
	--execute /bin/sh --drift
asked "nobody is there to ask" 2 \
	"policy: execute, by default: ask execute of /bin/sh: EACCES" \
	--execute /bin/sh \
	--digest 0000000000000000000000000000000000000000000000000000000000000000
asked "a call" 2 "policy: calls[0]: deny bpf: EPERM" --call bpf
asked "two questions" 2 "policy: files[1]: deny read of /etc/x: ENOENT
policy: calls, by default: allow read" --call read --path /etc/x

# ---- errors --------------------------------------------------------------
asked "a path that is relative" 1 'lorica: policy: --path: "x" is not absolute' \
	--path x
asked "access to nothing" 1 "lorica: policy: --access: is for --path" --access read
asked "no such access" 1 'lorica: policy: --access: "read,": expected read, read-file, read-dir, write, create or execute' \
	--path / --access read,
asked "an address without a port" 1 \
	'lorica: policy: --connect: "1.2.3.4": expected ADDRESS:PORT, [ADDRESS]:PORT, unix:/PATH or unix:@NAME' \
	--connect 1.2.3.4
asked "a digest of nothing" 1 \
	"lorica: policy: --digest and --drift are for --execute" --drift
asked "a digest that is none" 1 \
	'lorica: policy: --digest: "x" is not 64 digits of 0-9 and a-f' \
	--execute /a --digest x
asked "no such call" 1 'lorica: policy: --call: no system call is called "x"' --call x
for address in 1.2.3.4:x "[::1:80" "::1:80" unix:x "unix:" ":80" "[]:80"; do
	status=0
	"$LORICA" policy --bind "$address" "$d/p.json" >"$WORK/out" 2>&1 || status=$?
	is "$address is no address" "$status" 1
done
status=0
out=$("$LORICA" policy "$d/none.json" 2>&1) || status=$?
is "no file" "$status:$out" \
	"1:lorica: policy: policy $d/none.json: no such file or directory"

# ---- the schema ----------------------------------------------------------
# both NAME POLICY: good or bad, whether the parser and the schema say so.
both() {
	printf '%s' "$2" >"$d/s.json"
	status=0
	"$LORICA" policy "$d/s.json" >"$WORK/out" 2>"$WORK/err" || status=$?
	broken=$(jq -r --slurpfile schema "$tree/docs/guard-policy.schema.json" \
		--arg file schema "{schema: \$schema[0]} as \$files |
		$(cat "$here/support/schema.jq")" "$d/s.json")
	case $3 in
	good) is "$2" "$status:$broken" "0:" ;;
	bad)
		is "$2 is refused" "$status" 1
		ok "$2 is not of the schema" test -n "$broken"
		has "$2 has its place" "$(cat "$WORK/err")" "lorica: policy: $d/s.json: *"
		;;
	esac
}
for file in "$tree"/etc/policy/*.json; do
	both "${file##*/}" "$(cat "$file")" good
done
both full "$(cat "$d/p.json")" good
while IFS='	' read -r verdict policy; do
	both policy "$policy" "$verdict"
done <<'END'
good	{}
good	{"comment": "x", "$schema": "y", "sets": {"a-1": ["::1"]}}
good	{"files": [{"comment": "x", "paths": ["/a"], "action": "ask", "timeout": 1, "default": "allow", "errno": 2}]}
good	{"network": [{"ports": [1, "2-3"], "action": "freeze", "errno": "EPERM"}]}
good	{"execute": [{"paths": ["/a"], "drift": false, "action": "allow"}]}
bad	[]
bad	{"file": []}
bad	{"files": {}}
bad	{"files": [{"paths": ["/a"]}]}
bad	{"files": [{"action": "deny"}]}
bad	{"files": [{"paths": [], "action": "deny"}]}
bad	{"files": [{"paths": ["a"], "action": "deny"}]}
bad	{"files": [{"paths": ["/"], "action": "deny"}]}
bad	{"files": [{"paths": ["/a"], "action": "no"}]}
bad	{"files": [{"paths": ["/a"], "action": "deny", "access": ["red"]}]}
bad	{"files": [{"paths": ["/a"], "action": "ask", "timeout": 0}]}
bad	{"files": [{"paths": ["/a"], "action": "deny", "errno": 512}]}
bad	{"network": [{"action": "deny"}]}
bad	{"network": [{"ports": ["x"], "action": "deny"}]}
bad	{"network": [{"ports": [65536], "action": "deny"}]}
bad	{"execute": [{"action": "deny"}]}
bad	{"execute": [{"sha256": ["x"], "action": "deny"}]}
bad	{"calls": [{"action": "deny"}]}
bad	{"defaults": {"calls": "deny"}}
bad	{"defaults": {"files": "x"}}
bad	{"comment": 1}
END
