# shellcheck shell=sh
# What "features" says: by the specification's schema (tests/data/oci-schema),
# by features.md and features-linux.md, and by what is then done.
f=$WORK/features
bundle "$f"
config "$f" '.process.args = ["true"]'
cp "$f/config.json" "$f/plain.json"
"$LORICA" features >"$f/said"

# breaks SCHEMA: what the document on stdin breaks of it, with no member that it
# does not name.
for schema in "$here"/data/oci-schema/*.json; do
	jq --arg name "${schema##*/}" '{key: $name, value: .}' "$schema"
done | jq -s from_entries >"$f/schemas"
breaks() {
	jq -r --slurpfile all "$f/schemas" --arg file "$1" \
		"\$all[0] as \$files | $(cat "$here/support/schema.jq")"
}

# features-linux.md has these, its schema has not.
is "features is as the schema wants it" \
	"$(breaks features-schema.json <"$f/said")" \
	".linux.intelRdt.monitoring: not in the schema
.linux.intelRdt.schemata: not in the schema
.linux.memoryPolicy: not in the schema"
is "and would be found not to be" \
	"$(jq 'del(.ociVersionMax, .linux.intelRdt, .linux.memoryPolicy) | .hooks = [1] |
		.linux.cgroup.v2 = 1 | .linux.namespaces += ["x"] | .linux.capabilities = ["X"]' \
		"$f/said" | breaks features-schema.json)" \
	': without ociVersionMax
.hooks[0]: no string
.linux.capabilities[0]: X is not of the pattern
.linux.cgroup.v2: no boolean
.linux.namespaces[8]: x is none of the words'
for how in '' --rootless; do
	mkdir "$f/new$how"
	# shellcheck disable=SC2086 # empty or one word
	"$LORICA" spec $how --bundle "$f/new$how"
	is "what spec $how writes is as the schema wants it" \
		"$(breaks config-schema.json <"$f/new$how/config.json")" ""
done
"$LORICA" --root "$WORK/state" create --bundle "$f" s1 </dev/null >"$WORK/out" 2>&1
"$LORICA" --root "$WORK/state" state s1 >"$f/state"
# Ours beside the specification's, as runc has them.
is "state is as the schema wants it" "$(breaks state-schema.json <"$f/state")" \
	".created: not in the schema
.owner: not in the schema
.rootfs: not in the schema"
"$LORICA" --root "$WORK/state" delete s1

# Engines ask whether what others wrote may change what is done.
is "annotations of ours are not for everybody" \
	"$(jq -c '[.potentiallyUnsafeConfigAnnotations[] | select(. == "dev.lorica.")]' "$f/said")" \
	'["dev.lorica."]'
for mode in $(jq -r '.annotations["dev.lorica.intercept"] | gsub(",";" ")' "$f/said"); do
	is "the layer has $mode" "$("$LORICA" --root "$WORK/state" run --bundle "$f" \
		--intercept="$mode" "i$mode" 2>&1 </dev/null; echo $?)" 0
done

# ---- every word that it knows --------------------------------------------------
words() { jq -c ".definitions.$1.enum" "$here/data/oci-schema/defs-linux.json"; }
for pair in namespaces:NamespaceType seccomp.operators:SeccompOperators \
	seccomp.archs:SeccompArch seccomp.actions:SeccompAction \
	seccomp.knownFlags:SeccompFlag; do
	is "${pair%:*}: all of the specification's" \
		"$(jq -c "$(words "${pair#*:}") - .linux.${pair%:*}" "$f/said")" "[]"
done
is "what the kernel can is of what is known" \
	"$(jq -c '.linux.seccomp | .supportedFlags - .knownFlags' "$f/said")" "[]"
is "no word comes twice" "$(jq -c '[.. | arrays | select(unique | length) as $u |
	select((unique | length) != length)]' "$f/said")" "[]"
is "what it does on machines that can" \
	"$(jq -c '.linux | [(.intelRdt | .enabled, .schemata, .monitoring), .netDevices, .mountExtensions, .apparmor, .selinux, .cgroup.v2, .cgroup.v1]' "$f/said")" \
	'[true,true,true,{"enabled":true},{"idmap":{"enabled":true}},{"enabled":true},{"enabled":true},true,false]'

# features.md: the runtime recognizes each. A word that it does not know is
# refused before anything is looked at; so in one configuration all of them are
# known, and none with a letter more.
jq -n --slurpfile said "$f/said" --slurpfile plain "$f/plain.json" '
	$said[0] as $s | $s.linux as $l | $plain[0] |
	.hooks = ($s.hooks | map({key: ., value: [{path: "/nothing"}]}) | from_entries) |
	.mounts[0].options = $s.mountOptions |
	.process.capabilities = ({bounding: $l.capabilities}) |
	.linux.namespaces = ($l.namespaces | map({type: .})) |
	.linux.memoryPolicy = {mode: $l.memoryPolicy.modes[0], flags: $l.memoryPolicy.flags, nodes: "0"} |
	.linux.seccomp = {defaultAction: $l.seccomp.actions[0],
		architectures: $l.seccomp.archs, flags: $l.seccomp.knownFlags,
		syscalls: ([$l.seccomp.actions[] | {names: ["getcwd"], action: .}] +
			[$l.seccomp.operators[] | {names: ["getcwd"], action: "SCMP_ACT_LOG",
				args: [{index: 0, value: 1, op: .}]}])}' >"$f/all.json"
# said_of FILTER: what is said of the configuration with that change.
said_of() {
	jq "$1" "$f/all.json" >"$f/config.json"
	"$LORICA" --root "$WORK/state" run --bundle "$f" c 2>&1 </dev/null
}
has "all words at once are known" "$(said_of .)" \
	"lorica: run c: config.json: linux.seccomp.listenerPath is required by SCMP_ACT_NOTIFY"
for mode in $(jq -r '.linux.memoryPolicy.modes[]' "$f/said"); do
	has "the mode $mode" "$(said_of ".linux.memoryPolicy.mode = \"$mode\"")" \
		"*: linux.seccomp.listenerPath is required by *"
done
for place in process.capabilities.bounding linux.memoryPolicy.flags \
	linux.seccomp.architectures linux.seccomp.flags; do
	count=$(jq ".$place | length" "$f/all.json")
	i=0
	while [ $i -lt "$count" ]; do
		has "$place: word $i with a letter more" \
			"$(said_of ".${place}[$i] += \"Z\"")" \
			"lorica: run c: config.json: $place\[$i]: unknown value \"*Z\""
		i=$((i + 1))
	done
done
for place in '.linux.namespaces[7].type' '.linux.memoryPolicy.mode' \
	'.linux.seccomp.syscalls[8].action' '.linux.seccomp.syscalls[9].args[0].op' \
	.linux.seccomp.defaultAction; do
	has "$place with a letter more" "$(said_of "$place += \"Z\"")" \
		"lorica: run c: config.json: *: unknown value \"*Z\""
done
# The versions: those two, and what lies between them, and no other.
for version in $(jq -r .ociVersionMin,.ociVersionMax "$f/said") 1.0.2-dev 1.2.1; do
	jq ".ociVersion = \"$version\"" "$f/plain.json" >"$f/config.json"
	run "$f"
	is "version $version" "$status $err" "0 "
done
for version in 0.9.9 2.0.0; do
	jq ".ociVersion = \"$version\"" "$f/plain.json" >"$f/config.json"
	run "$f"
	has "version $version" "$status $err" "1 *ociVersion*$version*"
done
