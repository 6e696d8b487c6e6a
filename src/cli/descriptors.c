/* SPDX-License-Identifier: Apache-2.0 */
/*
 * descriptors - which of the caller's a program gets.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"
#include "cli.h"

static int
read_count(const char *name, const char *text, unsigned *out, struct error *e)
{
	uint64_t count;

	if (!text_parse_u64(text, LIMIT_PRESERVE_FDS, &count))
		return error_set(e, EINVAL, "%s: \"%s\" is no number up to %d",
		    name, text, LIMIT_PRESERVE_FDS);
	*out = (unsigned)count;
	return 0;
}

int
cli_activated(const char *fds, const char *pid, pid_t own, unsigned *out,
    struct error *e)
{
	uint64_t number;

	if (fds == NULL || pid == NULL ||
	    !text_parse_u64(pid, INT32_MAX, &number) || number != (uint64_t)own)
		return 0;
	return read_count("LISTEN_FDS", fds, out, e);
}

int
cli_preserve_fds(const char *text, unsigned *out, struct error *e)
{
	return text == NULL ? 0 : read_count("--preserve-fds", text, out, e);
}

int
cli_listen_fds(unsigned *out, struct error *e)
{
	return cli_activated(getenv("LISTEN_FDS"), getenv("LISTEN_PID"),
	    getpid(), out, e);
}
