/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_confine - the tracer's own walls, up before the program goes on that it
 * traces.
 */
#define _GNU_SOURCE
#include <linux/landlock.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "filter/filter.h"
#include "landlock/landlock.h"
#include "os/os.h"
#include "watch.h"

/* Of all files what procfs says of tasks. Where a kernel has no Landlock, the
 * filter lets nothing be written to that was not open before. */
static int
limit_files(int proc, struct error *e)
{
	int abi = os_landlock_abi();
	struct landlock_rights known = landlock_known(abi);
	const struct os_landlock_ruleset all = { known.fs, known.net,
		known.scoped };
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = proc,
	};

	if (abi < 1)
		return 0;
	AUTO_FD int ruleset = os_landlock_create(&all);
	if (ruleset < 0 ||
	    os_landlock_add(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule) < 0 ||
	    os_landlock_restrict(ruleset) < 0)
		return error_sys(e, "Landlock");
	return 0;
}

int
watched_confine(int proc, struct error *e)
{
	if (cred_give_up(e) < 0 || limit_files(proc, e) < 0 ||
	    filter_load_own("trace", e) < 0)
		return error_wrap(e, "confine the tracer");
	return 0;
}
