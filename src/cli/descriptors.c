/* SPDX-License-Identifier: Apache-2.0 */
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
cli_preserve_fds(const char *text, unsigned *out, struct error *e)
{
	return text == NULL ? 0 : read_count("--preserve-fds", text, out, e);
}

int
cli_listen_fds(unsigned *out, struct error *e)
{
	const char *fds = getenv("LISTEN_FDS");
	const char *pid = getenv("LISTEN_PID");
	uint64_t number;

	if (fds == NULL || pid == NULL ||
	    !text_parse_u64(pid, INT32_MAX, &number) ||
	    number != (uint64_t)getpid())
		return 0;
	return read_count("LISTEN_FDS", fds, out, e);
}
