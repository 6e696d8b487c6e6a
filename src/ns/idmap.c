/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "idmap.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "os/os.h"

#define MAP_BYTES (LIMIT_IDMAPS * 33)

/* One line that maps the caller's own id: anybody may write it. */
static bool
is_own_id(const struct spec_idmaps *maps, uint32_t id)
{
	return maps->count == 1 && maps->items[0].size == 1 &&
	       maps->items[0].host_id == id;
}

int
idmap_prepare(struct ns_plan *plan, struct error *e)
{
	const struct spec_linux *lnx = &plan->spec->lnx;

	if ((plan->create & CLONE_NEWUSER) == 0)
		return 0;
	if (lnx->uid_mappings.count == 0 && !plan->implied_map)
		return error_set(e, EINVAL,
		    "linux.uidMappings: a new user "
		    "namespace needs mappings");
	bool privileged =
	    os_has_capability(CAP_SETUID) && os_has_capability(CAP_SETGID);
	plan->single_id =
	    plan->implied_map ||
	    (!privileged && is_own_id(&lnx->uid_mappings, geteuid()) &&
		is_own_id(&lnx->gid_mappings, getegid()));
	return 0;
}

static int
format_map(const struct spec_idmaps *maps, char *buf, size_t size,
    struct error *e)
{
	struct text_out out = text_out(buf, size);

	for (size_t i = 0; i < maps->count; i++) {
		const uint32_t numbers[] = { maps->items[i].container_id,
			maps->items[i].host_id, maps->items[i].size };

		for (size_t j = 0; j < 3; j++) {
			text_put_u64(&out, numbers[j]);
			text_put(&out, j < 2 ? " " : "\n");
		}
	}
	return out.truncated ? error_set(e, E2BIG, "too many mappings") : 0;
}

static int
write_file(const struct ns_plan *plan, pid_t pid, const char *file,
    const char *text, struct error *e)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/%s", (int)pid, file);
	if (os_proc_write(plan->proc, path, text) < 0)
		return error_sys(e, "write %s", file);
	return 0;
}

/*
 * newuidmap(1) and newgidmap(1) check /etc/subuid and /etc/subgid. They are
 * set-user-id, so they are looked for in the system's folders alone.
 */
static int
run_helper(const char *name, pid_t pid, const struct spec_idmaps *maps,
    struct error *e)
{
	static const char *const folders[] = { "/usr/bin", "/bin",
		"/usr/local/bin", "/usr/sbin" };
	char numbers[3 * LIMIT_IDMAPS + 1][12];
	char *args[3 * LIMIT_IDMAPS + 3];
	char *nothing[] = { NULL };
	size_t n = 0;
	int status;

	(void)snprintf(numbers[0], sizeof(numbers[0]), "%d", (int)pid);
	args[n++] = (char *)(uintptr_t)name;
	args[n++] = numbers[0];
	for (size_t i = 0; i < maps->count; i++) {
		const uint32_t line[] = { maps->items[i].container_id,
			maps->items[i].host_id, maps->items[i].size };

		for (size_t j = 0; j < 3; j++) {
			char *number = numbers[n - 1];

			(void)snprintf(number, sizeof(numbers[0]), "%u",
			    line[j]);
			args[n++] = number;
		}
	}
	args[n] = NULL;

	pid_t child = os_clone3(&(struct clone_args){ .exit_signal = SIGCHLD });
	if (child < 0)
		return error_sys(e, "clone3");
	if (child == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
			char path[64];

			(void)snprintf(path, sizeof(path), "%s/%s", folders[i],
			    name);
			execve(path, args, nothing);
		}
		_exit(127);
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR)
			return error_sys(e, "wait for %s", name);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return error_set(e, ENOENT,
		    "%s is not installed (Debian: "
		    "apt install uidmap)",
		    name);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return error_set(e, EPERM, "%s refused the mappings", name);
	return 0;
}

static int
write_single(const struct ns_plan *plan, pid_t pid, struct error *e)
{
	const struct spec_linux *lnx = &plan->spec->lnx;
	uint32_t uid = 0;
	uint32_t gid = 0;
	char line[64];

	if (!plan->implied_map) {
		uid = lnx->uid_mappings.items[0].container_id;
		gid = lnx->gid_mappings.items[0].container_id;
	}
	/* Dropping a group could give access that it denies: CVE-2014-8989. */
	TRY(write_file(plan, pid, "setgroups", "deny", e));
	(void)snprintf(line, sizeof(line), "%u %u 1\n", uid, geteuid());
	TRY(write_file(plan, pid, "uid_map", line, e));
	(void)snprintf(line, sizeof(line), "%u %u 1\n", gid, getegid());
	return write_file(plan, pid, "gid_map", line, e);
}

int
idmap_write(const struct ns_plan *plan, pid_t pid, struct error *e)
{
	const struct spec_linux *lnx = &plan->spec->lnx;
	char buf[MAP_BYTES];

	if (plan->single_id)
		return write_single(plan, pid, e);
	if (!os_has_capability(CAP_SETUID) || !os_has_capability(CAP_SETGID)) {
		TRY(run_helper("newuidmap", pid, &lnx->uid_mappings, e));
		return run_helper("newgidmap", pid, &lnx->gid_mappings, e);
	}
	TRY(format_map(&lnx->uid_mappings, buf, sizeof(buf), e));
	TRY(write_file(plan, pid, "uid_map", buf, e));
	TRY(format_map(&lnx->gid_mappings, buf, sizeof(buf), e));
	return write_file(plan, pid, "gid_map", buf, e);
}
