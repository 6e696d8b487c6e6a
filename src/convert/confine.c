/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the helper's own walls, up before it reads the first byte.
 */
#define _GNU_SOURCE
#include <sys/resource.h>
#include <unistd.h>

#include "base/auto.h"
#include "convert.h"
#include "cred/cred.h"
#include "filter/filter.h"
#include "landlock/landlock.h"

/* libyaml's parser and all that is written, several times. */
#define MEMORY_MAX (32ull << 20)

/* No byte of the largest input becomes more than six. */
#define OUTPUT_MAX (8ull * CONVERT_BYTES)

static int
limit_resources(struct error *e)
{
	TRY(cred_rlimit_lower(RLIMIT_NOFILE, CONVERT_FD_OUT + 5, e));
	TRY(cred_rlimit_lower(RLIMIT_CORE, 0, e));
/* Not of what is built for tests. */
#ifndef __SANITIZE_ADDRESS__
	TRY(cred_rlimit_lower(RLIMIT_DATA, MEMORY_MAX, e));
#endif
	return cred_rlimit_lower(RLIMIT_FSIZE, OUTPUT_MAX, e);
}

int
convert_confine(struct error *e)
{
	if (chdir("/") < 0)
		return error_sys(e, "enter /");
	/* No file and no address at all. */
	if (cred_give_up(e) < 0 || landlock_give_up(true, NULL, 0, e) < 0 ||
	    limit_resources(e) < 0 || filter_load_own("yaml", e) < 0)
		return error_wrap(e, "confine the helper");
	return 0;
}
