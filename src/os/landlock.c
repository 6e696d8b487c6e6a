/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/os.h"

int
os_landlock_abi(void)
{
	/* LANDLOCK_CREATE_RULESET_VERSION */
	return (int)syscall(__NR_landlock_create_ruleset, NULL, 0, 1);
}

int
os_landlock_create(const struct os_landlock_ruleset *ruleset)
{
	/* An older kernel, whose own is shorter, takes zeros for the rest. */
	return (int)syscall(__NR_landlock_create_ruleset, ruleset,
	    sizeof(*ruleset), 0);
}

int
os_landlock_add(int ruleset, int type, const void *rule)
{
	return (int)syscall(__NR_landlock_add_rule, ruleset, type, rule, 0);
}

int
os_landlock_restrict(int ruleset)
{
	return (int)syscall(__NR_landlock_restrict_self, ruleset, 0);
}
