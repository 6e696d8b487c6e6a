/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli.h"
#include "spec/spec.h"

static int
write_spec(int dir, bool rootless, const struct spec *profile, struct error *e)
{
	AUTO_FD int fd = openat(dir, "config.json",
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (fd < 0 && errno == EEXIST)
		return error_set(e, EEXIST,
		    "File config.json exists. Remove it first");
	if (fd < 0)
		return error_sys(e, "config.json");
	FILE *out = fdopen(fd, "w");
	if (out == NULL)
		return error_sys(e, "config.json");
	(void)take_fd(&fd); /* it is the stream's now */
	int failed = spec_print_default(out, rootless, geteuid(), getegid(),
	    profile != NULL ? profile->lnx.seccomp : NULL);
	if (fclose(out) != 0 || failed < 0)
		return error_sys(e, "write config.json");
	return 0;
}

int
cli_spec(struct cli_call *call, struct error *e)
{
	const char *bundle = ".";
	const char *name = NULL;
	bool rootless = false;
	AUTO(spec_free) struct spec *profile = NULL;
	const struct cli_option options[] = {
		{ "bundle", 'b', "DIR", "where to; else the working one",
		    .value = &bundle },
		{ "profile", 0, "NAME|FILE", "with that seccomp profile",
		    .value = &name },
		{ "rootless", 0, NULL, "for an ordinary user",
		    .flag = &rootless },
		{ NULL },
	};
	int at = cli_words(call, options, 0, 0, e);

	if (at < 0)
		return at;
	if (name != NULL)
		TRY(cli_read_profile(name, &profile, e));
	AUTO_FD int dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_sys(e, "bundle %s", bundle);
	return write_spec(dir, rootless, profile, e);
}
