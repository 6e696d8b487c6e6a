/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <unistd.h>

#include "container/container.h"
#include "entry.h"

int
container_protect_self(char **argv, struct error *e)
{
	long failed = selfexe_protect(argv, environ);

	if (failed < 0)
		return error_errno(e, (int)-failed,
		    "keep the runtime's own file from being written to");
	return 0;
}
