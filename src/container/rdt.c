/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rdt - the class of service of a container, recorded before it is made.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "making.h"

static int
open_resctrl(struct error *e)
{
	AUTO_FD int place =
	    open("/sys/fs/resctrl", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return rdt_open(place, RDTGROUP_SUPER_MAGIC, e);
}

int
making_rdt_prepare(struct making *making, struct error *e)
{
	const struct spec_intel_rdt *rdt = making->spec->lnx.intel_rdt;

	if (rdt == NULL)
		return 0;
	making->rdt = open_resctrl(e);
	if (making->rdt < 0 ||
	    rdt_prepare(making->rdt, rdt, making->request->id,
		&making->rdt_plan, e) < 0)
		return error_wrap(e, "linux.intelRdt");
	making->record.rdt_own = strdup(making->rdt_plan.own);
	return making->record.rdt_own == NULL ? error_sys(e, "memory") : 0;
}

int
making_rdt_create(struct making *making, struct error *e)
{
	if (making->rdt < 0)
		return 0;
	making->is_rdt_begun = true;
	if (rdt_create(making->rdt, &making->rdt_plan, e) < 0 ||
	    rdt_limit(making->rdt, &making->rdt_plan,
		making->spec->lnx.intel_rdt, e) < 0)
		return error_wrap(e, "linux.intelRdt");
	return 0;
}

int
making_rdt_join(const struct making *making, struct error *e)
{
	if (making->rdt < 0)
		return 0;
	if (rdt_join(making->rdt, &making->rdt_plan, making->child.pid, e) < 0)
		return error_wrap(e, "linux.intelRdt");
	rdt_unlock(making->rdt);
	return 0;
}

int
making_rdt_remove(const struct making *making, struct error *e)
{
	return making->is_rdt_begun
		   ? rdt_remove(making->rdt, making->rdt_plan.own, e)
		   : 0;
}

int
container_rdt_join(const struct spec_intel_rdt *rdt, const char *id, pid_t pid,
    struct error *e)
{
	struct rdt_plan plan;

	if (rdt == NULL)
		return 0;
	AUTO_FD int top = open_resctrl(e);
	if (top < 0 || rdt_name(rdt, id, &plan, e) < 0 ||
	    rdt_join(top, &plan, pid, e) < 0)
		return error_wrap(e, "linux.intelRdt");
	return 0;
}

int
container_rdt_remove(const struct container_record *record, struct error *e)
{
	if (record->rdt_own == NULL || record->rdt_own[0] == '\0')
		return 0;
	AUTO_FD int top = open_resctrl(e);
	/* Without the file system its directories are gone too. */
	if (top == -ENOTSUP) {
		*e = (struct error){ 0 };
		return 0;
	}
	return top < 0 ? top : rdt_remove(top, record->rdt_own, e);
}
