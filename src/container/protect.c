/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "base/text.h"
#include "container/container.h"
#include "entry.h"

/*
 * The descriptor that selfexe_protect() executed, still open: execveat(2)
 * makes a name of it. -1 when there is none.
 */
static int
executed_descriptor(void)
{
	static const char folder[] = "/dev/fd/";
	const char *name = (const char *)getauxval(AT_EXECFN);
	uint64_t fd;

	if (name == NULL || strncmp(name, folder, strlen(folder)) != 0 ||
	    !text_parse_u64(name + strlen(folder), INT_MAX, &fd))
		return -1;
	return fcntl((int)fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : (int)fd;
}

int
container_protect_self(char **argv, int *held, struct error *e)
{
	long failed = selfexe_protect(argv, environ);

	if (failed < 0)
		return error_errno(e, (int)-failed,
		    "keep the runtime's own file from being written to");
	*held = executed_descriptor();
	return 0;
}
