/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "os/os.h"

bool
os_release_is_at_least(const char *release, unsigned major, unsigned minor)
{
	unsigned has_major;
	unsigned has_minor;

	/* "6.1.0-18-amd64"; what is no number at all is no reason to refuse. */
	if (sscanf(release, "%9u.%9u", &has_major, &has_minor) != 2)
		return true;
	return has_major > major || (has_major == major && has_minor >= minor);
}
