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
	const struct rlimit files = { FILES_MAX, FILES_MAX };
	const struct rlimit nothing = { 0, 0 };

	if (setrlimit(RLIMIT_NOFILE, &files) < 0 ||
	    setrlimit(RLIMIT_CORE, &nothing) < 0)
		return error_sys(e, "setrlimit");
	return 0;
}

/* No file at all; which addresses is for the list to say. */
static int
limit_files(struct error *e)
{
	struct landlock_rights known = landlock_known(os_landlock_abi());
	const struct os_landlock_ruleset all = { known.fs, 0, known.scoped };

	if (os_landlock_abi() < 1)
		return 0;
	AUTO_FD int ruleset = os_landlock_create(&all);
	if (ruleset < 0)
		return error_sys(e, "landlock_create_ruleset");
	return os_landlock_restrict(ruleset) < 0
		   ? error_sys(e, "landlock_restrict_self")
		   : 0;
}

int
net_confine(struct error *e)
{
	if (chdir("/") < 0)
		return error_sys(e, "enter /");
	if (cred_give_up(e) < 0 || limit_resources(e) < 0 ||
	    limit_files(e) < 0 || filter_load_own("net", e) < 0)
		return error_wrap(e, "confine the helper");
	return 0;
}
