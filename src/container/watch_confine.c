/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch_confine - the tracer's own walls, up before the program goes on that it
 * traces.
 */
#include "cred/cred.h"
#include "filter/filter.h"
#include "landlock/landlock.h"
#include "watch.h"

/* Of all files what procfs says of tasks. Where a kernel has no Landlock, the
 * filter lets nothing be written to that was not open before. */
static int
limit_files(int proc, struct error *e)
{
	const struct landlock_path_beneath_attr reading = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = proc,
	};

	return landlock_give_up(true, &reading, 1, e);
}

int
watched_confine(int proc, struct error *e)
{
	if (cred_give_up(e) < 0 || limit_files(proc, e) < 0 ||
	    filter_load_own("trace", e) < 0)
		return error_wrap(e, "confine the tracer");
	return 0;
}
