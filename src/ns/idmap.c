/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "idmap.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "os/os.h"
#include "subid.h"

/* One line that maps the caller's own id: anybody may write it. */
static bool
is_own_id(const struct spec_idmaps *maps, uint32_t id)
{
	return maps->count == 1 && maps->items[0].size == 1 &&
	       maps->items[0].host_id == id;
}

bool
idmap_is_privileged(void)
{
	return os_has_capability(CAP_SETUID) && os_has_capability(CAP_SETGID);
}

/* All ids that an ordinary user has. */
static int
imply(struct ns_plan *plan, struct error *e)
{
	plan->implied = calloc(2ul * LIMIT_IDMAPS, sizeof(*plan->implied));
	if (plan->implied == NULL)
		return error_sys(e, "memory");
	plan->uids.items = plan->implied;
	plan->gids.items = plan->implied + LIMIT_IDMAPS;
	plan->uids.count = subid_read("/etc/subuid", "/etc/passwd", geteuid(),
	    geteuid(), plan->uids.items);
	plan->gids.count = subid_read("/etc/subgid", "/etc/passwd", geteuid(),
	    getegid(), plan->gids.items);
	/* One without the other is of no use. */
	if (plan->uids.count == 1 || plan->gids.count == 1)
		plan->uids.count = plan->gids.count = 1;
	return 0;
}

int
idmap_prepare(struct ns_plan *plan, struct error *e)
{
	const struct spec_linux *lnx = &plan->spec->lnx;

	if ((plan->create & CLONE_NEWUSER) == 0)
		return 0;
	plan->privileged = idmap_is_privileged();
	plan->uids = lnx->uid_mappings;
	plan->gids = lnx->gid_mappings;
	if (plan->uids.count > 0)
		return 0;
	if (geteuid() == 0)
		return error_set(e, EINVAL,
		    "linux.uidMappings: a new user namespace needs mappings");
	return imply(plan, e);
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

uint32_t
idmap_lowest(const char *text)
{
	/* That one is no id. */
	unsigned long lowest = UINT32_MAX;

	for (const char *line = text; line != NULL && *line != '\0';) {
		char *end;
		unsigned long id = strtoul(line, &end, 10);

		if (end != line && id < lowest)
			lowest = id;
		line = strchr(line, '\n');
		if (line != NULL)
			line++;
	}
	return lowest == UINT32_MAX ? 0 : (uint32_t)lowest;
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

static int
write_map(const struct ns_plan *plan, pid_t pid, const char *file,
    const struct spec_idmaps *maps, struct error *e)
{
	char buf[IDMAP_BYTES];

	TRY(format_map(maps, buf, sizeof(buf), e));
	return write_file(plan, pid, file, buf, e);
}

/* The caller's own ids: anybody may map them, who denies setgroups(2). */
static int
write_own(const struct ns_plan *plan, pid_t pid, struct error *e)
{
	const struct spec_idmaps uids = { plan->uids.items, 1 };
	const struct spec_idmaps gids = { plan->gids.items, 1 };

	/* Dropping a group could give access that it denies: CVE-2014-8989. */
	TRY(write_file(plan, pid, "setgroups", "deny", e));
	TRY(write_map(plan, pid, "uid_map", &uids, e));
	return write_map(plan, pid, "gid_map", &gids, e);
}

int
idmap_write(const struct ns_plan *plan, pid_t pid, struct error *e)
{
	struct error refused = { 0 };

	if (plan->privileged) {
		TRY(write_map(plan, pid, "uid_map", &plan->uids, e));
		return write_map(plan, pid, "gid_map", &plan->gids, e);
	}
	if (is_own_id(&plan->uids, geteuid()) &&
	    is_own_id(&plan->gids, getegid()))
		return write_own(plan, pid, e);
	if (idmap_helper_run("newuidmap", pid, &plan->uids, &refused) < 0) {
		/* Nobody asked for the ranges: go on with what there is. */
		if (plan->implied != NULL)
			return write_own(plan, pid, e);
		*e = refused;
		return -e->code;
	}
	return idmap_helper_run("newgidmap", pid, &plan->gids, e);
}
