/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the helper's own walls, up before it hears the first question.
 */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "filter/filter.h"
#include "landlock/landlock.h"
#include "net.h"
#include "os/os.h"

/* What it holds at once: a question of each that waits, and a few. */
#define FILES_MAX (FORWARD_MAX + 32)

static int
limit_resources(struct error *e)
{
	TRY(cred_rlimit_lower(RLIMIT_NOFILE, FILES_MAX, e));
	return cred_rlimit_lower(RLIMIT_CORE, 0, e);
}

int
net_confine(struct error *e)
{
	if (chdir("/") < 0)
		return error_sys(e, "enter /");
	/* No file at all; which addresses is for the list to say. */
	if (cred_give_up(e) < 0 || limit_resources(e) < 0 ||
	    landlock_give_up(false, NULL, 0, e) < 0 ||
	    filter_load_own("net", e) < 0)
		return error_wrap(e, "confine the helper");
	return 0;
}
