# pod.jq: from Kubernetes' Pod, as JSON, to what the kubelet asks containerd for
# (tests/support/cri.proto): {sandbox, containers: [...]}. What it does not know
# is an error, so that nothing in a document goes untested.
def only($known): (keys - $known) as $rest |
	if $rest == [] then . else error("not translated: \($rest)") end;
def bytes: if endswith("Mi") then .[:-2] | tonumber * 1048576 else tonumber end;
def quota: if endswith("m") then .[:-1] | tonumber * 100
	else tonumber * 100000 end;
def profile: if . == null then null else
	{profile_type: {RuntimeDefault: 0, Unconfined: 1, Localhost: 2}[.type]} end;

(.metadata.annotations // {} | to_entries) as $annotations |
.spec | only(["runtimeClassName", "securityContext", "containers", "volumes",
	"hostPID", "initContainers"]) | . as $pod |
(.securityContext // {} | only(["runAsNonRoot", "runAsUser", "runAsGroup",
	"seccompProfile"])) as $outer |
def container:
	only(["name", "image", "command", "args", "securityContext", "resources",
		"livenessProbe", "volumeMounts"]) |
	($outer + (.securityContext // {}) | only(["runAsNonRoot", "runAsUser",
		"runAsGroup", "seccompProfile", "allowPrivilegeEscalation",
		"readOnlyRootFilesystem", "capabilities", "privileged"])) as $security |
	{
		probe: .livenessProbe,
		config: {
			metadata: {name}, image: {image}, command, args: (.args // []),
			log_path: "\(.name).log",
			mounts: [.volumeMounts // [] | .[] | . as $mount |
				{container_path: .mountPath, host_path: ($pod.volumes[] |
					select(.name == $mount.name) |
					.hostPath.path // $scratch)}],
			linux: {
				resources: (.resources.limits // {} |
					only(["memory", "cpu"]) | {
					memory_limit_in_bytes: (.memory // "0" | bytes),
					cpu_period: 100000,
					cpu_quota: (.cpu // "0" | quota)}),
				security_context: ({
					privileged: ($security.privileged // false),
					namespace_options: {pid: (if $pod.hostPID then 2 else 1 end)},
					run_as_user: {value: ($security.runAsUser // 0)},
					run_as_group: {value: ($security.runAsGroup // 0)},
					no_new_privs:
						($security.allowPrivilegeEscalation == false),
					readonly_rootfs:
						($security.readOnlyRootFilesystem // false),
					seccomp: ($security.seccompProfile | profile),
					capabilities: {drop_capabilities:
						($security.capabilities.drop // [])}
				} | with_entries(select(.value != null)))
			}
		}
	};
{
	sandbox: {annotations: $annotations, linux: {security_context: {
		privileged: ([.initContainers[]?, .containers[] |
			.securityContext.privileged // false] | any),
		namespace_options: {pid: (if .hostPID then 2 else 1 end)}}}},
	containers: [(.initContainers[]? | container + {ends: true}),
		(.containers[] | container + {ends: false})]
}
