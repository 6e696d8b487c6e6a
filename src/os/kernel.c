/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "os/os.h"

bool
os_release_is_at_least(const char *release, unsigned major, unsigned minor)
{
	char *dot;
	char *end;
	unsigned long has_major = strtoul(release, &dot, 10);

	/* "6.1.0-18-amd64"; what is no number at all is no reason to refuse. */
	if (dot == release || *dot != '.')
		return true;
	unsigned long has_minor = strtoul(dot + 1, &end, 10);
	if (end == dot + 1)
		return true;
	return has_major > major || (has_major == major && has_minor >= minor);
}
