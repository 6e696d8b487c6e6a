/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the helper's own walls, up before it reads the first byte.
 */
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/auto.h"
#include "convert.h"
#include "filter/filter.h"
#include "landlock/landlock.h"
#include "os/os.h"

/* libyaml's parser and all that is written, several times. */
#define MEMORY_MAX (32ull << 20)

/* No byte of the largest input becomes more than six. */
#define OUTPUT_MAX (8ull * CONVERT_BYTES)

static const struct {
	__rlimit_resource_t resource;
	rlim_t most;
} limits[] = {
	{ RLIMIT_NOFILE, CONVERT_FD_OUT + 5 },
	{ RLIMIT_FSIZE, OUTPUT_MAX },
	{ RLIMIT_CORE, 0 },
/* Not of what is built for tests. */
#ifndef __SANITIZE_ADDRESS__
	{ RLIMIT_DATA, MEMORY_MAX },
#endif
};

static int
limit_powers(struct error *e)
{
	const struct __user_cap_data_struct none[2] = { { 0 } };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_sys(e, "PR_SET_NO_NEW_PRIVS");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_sys(e, "PR_SET_DUMPABLE");
	return os_capset(none) < 0 ? error_sys(e, "capset") : 0;
}

/* Never above what the caller has. */
static int
limit_resources(struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(limits); i++) {
		struct rlimit limit;

		if (getrlimit(limits[i].resource, &limit) < 0)
			return error_sys(e, "getrlimit");
		if (limit.rlim_max > limits[i].most)
			limit.rlim_max = limits[i].most;
		if (limit.rlim_cur > limit.rlim_max)
			limit.rlim_cur = limit.rlim_max;
		if (setrlimit(limits[i].resource, &limit) < 0)
			return error_sys(e, "setrlimit");
	}
	return 0;
}

/* No file and no address at all. */
static int
limit_files(struct error *e)
{
	struct landlock_rights known = landlock_known(os_landlock_abi());
	const struct os_landlock_ruleset all = { known.fs, known.net,
		known.scoped };

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
convert_confine(struct error *e)
{
	if (chdir("/") < 0)
		return error_sys(e, "enter /");
	if (limit_powers(e) < 0 || limit_files(e) < 0 ||
	    limit_resources(e) < 0 || filter_load_own("yaml", e) < 0)
		return error_wrap(e, "confine the helper");
	return 0;
}
