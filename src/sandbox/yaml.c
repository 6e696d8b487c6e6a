/* SPDX-License-Identifier: Apache-2.0 */
/*
 * yaml - profiles in YAML, which are JSON when lorica reads them: the helper
 * lorica-yaml is told the text and nothing else.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "helper/helper.h"
#include "sandbox/profile.h"

#define HELPER "lorica-yaml"

/* Many times what the largest takes on a busy machine. */
#define SECONDS_MAX 30

bool
sandbox_profile_is_yaml(const char *name)
{
	const char *end = strrchr(name, '.');

	return end != NULL &&
	       (strcmp(end, ".yaml") == 0 || strcmp(end, ".yml") == 0);
}

/* "FILE:3: what", where it says a line. */
static int
name_file(const char *path, struct error *e)
{
	const struct error said = *e;
	char line[ERROR_TEXT_MAX];

	error_format(&said, line, sizeof(line));
	*e = (struct error){ 0 };
	return error_set(e, said.code, "profile %s:%s%s", path,
	    isdigit((unsigned char)line[0]) != 0 ? "" : " ", line);
}

static int
run_helper(const char *text, size_t length, int out, struct error *e)
{
	static const char *const variables[] = { NULL };
	const struct helper_request request = {
		.name = HELPER,
		.text = text,
		.length = length,
		.fds = &out,
		.fds_count = 1,
		.cgroup = -1,
		.userns = -1,
		.time_limit = SECONDS_MAX,
		.variables = variables,
	};
	AUTO(helper_end) struct helper helper = HELPER_NONE;

	TRY(helper_start(&request, &helper, e));
	return helper_answer(&helper, e);
}

/* A byte more than it may be tells that it is too large. */
static int
read_back(int fd, char **text, size_t *length, struct error *e)
{
	AUTO_FREE char *json = malloc(SANDBOX_PROFILE_BYTES + 1);

	if (json == NULL)
		return error_sys(e, "memory");
	ssize_t got = pread(fd, json, SANDBOX_PROFILE_BYTES + 1, 0);
	if (got < 0)
		return error_sys(e, "read what " HELPER " wrote");
	free(*text);
	*text = take(&json);
	*length = (size_t)got;
	return 0;
}

int
profile_convert(const char *path, char **text, size_t *length, struct error *e)
{
	if (!sandbox_profile_is_yaml(path))
		return 0;
	if (!helper_is_installed(HELPER))
		return error_set(e, ENOTSUP,
		    "profile %s: " HELPER
		    " is not installed: it is built where libyaml is (Debian: "
		    "apt install libyaml-dev)",
		    path);
	AUTO_FD int out = memfd_create("profile", MFD_CLOEXEC);
	if (out < 0)
		return error_sys(e, "memfd_create");
	if (run_helper(*text, *length, out, e) < 0)
		return name_file(path, e);
	return read_back(out, text, length, e);
}
