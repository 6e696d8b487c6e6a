# shellcheck shell=sh
# Bad configurations: one line that names the place, nothing left.
refused "wrong type" '.process.args = "sh"' 'config.json: process.args: expected an array'
refused "unknown value" '.process.rlimits = [{type: "RLIMIT_FOO", soft: 1, hard: 1}]' \
	'config.json: process.rlimits[0].type: unknown value "RLIMIT_FOO"'
refused "out of range" '.process.user.uid = 4294967296' \
	'config.json: process.user.uid: 4294967296 is out of range'
refused "required" 'del(.process.cwd)' 'config.json: process: cwd is required'
refused "relative cwd" '.process.cwd = "tmp"' 'config.json: process.cwd: "tmp" is not absolute'
refused "version" '.ociVersion = "2.0.0"' 'config.json: ociVersion: "2.0.0" is not supported'
refused "twice" '.process.rlimits = [{type: "RLIMIT_CPU", soft: 1, hard: 1}, {type: "RLIMIT_CPU", soft: 1, hard: 1}]' \
	'config.json: process.rlimits[1].type: is there twice'
refused "unknown capability" '.process.capabilities.bounding = ["CAP_FOO"]' \
	'config.json: process.capabilities.bounding[0]: unknown value "CAP_FOO"'
refused "sysctl" '.linux.sysctl = {"kernel.no_such": "x"}' \
	'config.json: linux.sysctl.kernel.no_such: is not in a namespace'
refused "env" '.process.env = ["FOO"]' 'config.json: process.env[0]: expected NAME=VALUE'
refused "namespace twice" '.linux.namespaces += [{type: "pid"}]' \
	"config.json: linux.namespaces[$([ "$(id -u)" = 0 ] && echo 6 || echo 6)]: pid is there twice"
refused "no mount namespace" 'del(.linux.namespaces[] | select(.type == "mount"))' \
	'config.json: linux.namespaces: a mount namespace is required'
refused "v1 limit" '.linux.resources = {memory: {swappiness: 60}}' \
	'config.json: linux.resources.memory.swappiness: cgroup v2 has no such limit'
refused "AppArmor" '.process.apparmorProfile = "x"' \
	'process.apparmorProfile: AppArmor is not enabled on this host'
refused "intelRdt" '.linux.intelRdt = {closID: "x"}' \
	'config.json: linux.intelRdt: not supported on this machine'
