/* SPDX-License-Identifier: Apache-2.0 */
#include <seccomp.h>
#include <stdio.h>

#include "filter/filter.h"

void
filter_library_version(char *buf, size_t size)
{
	const struct scmp_version *version = seccomp_version();

	(void)snprintf(buf, size, "%u.%u.%u", version->major, version->minor,
	    version->micro);
}
