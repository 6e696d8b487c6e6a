/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "cli.h"
#include "spec/spec.h"

static int
read_all(int fd, const char *name, char **out, size_t *length, struct error *e)
{
	AUTO_FREE char *text = malloc(LIMIT_JSON_BYTES + 1);
	size_t used = 0;
	ssize_t got = 0;

	if (text == NULL)
		return error_sys(e, "memory");
	while (used <= LIMIT_JSON_BYTES &&
	       (got = read(fd, text + used, LIMIT_JSON_BYTES + 1 - used)) > 0)
		used += (size_t)got;
	if (got < 0)
		return error_sys(e, "%s", name);
	if (used > LIMIT_JSON_BYTES)
		return error_set(e, EFBIG, "%s: larger than %u bytes", name,
		    LIMIT_JSON_BYTES);
	*out = take(&text);
	*length = used;
	return 0;
}

int
cli_read_document(const char *option, const char *path, char **out,
    size_t *length, struct error *e)
{
	bool is_stdin = path[0] == '-' && path[1] == '\0';
	AUTO_FD int fd = is_stdin ? dup(0) : open(path, O_RDONLY | O_CLOEXEC);
	char name[PATH_MAX];

	(void)snprintf(name, sizeof(name), "%s %s", option, path);
	return fd < 0 ? error_sys(e, "%s", name)
		      : read_all(fd, name, out, length, e);
}

int
cli_read_profile(const char *name, struct spec **out, struct error *e)
{
	const char *own = spec_profile_find(name);
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	if (own != NULL)
		return spec_parse_profile(own, strlen(own),
		    spec_default_bounding(), out, e);
	TRY(cli_read_document("profile", name, &text, &length, e));
	if (spec_parse_profile(text, length, spec_default_bounding(), out, e) <
	    0)
		return error_wrap(e, "profile %s", name);
	return 0;
}
