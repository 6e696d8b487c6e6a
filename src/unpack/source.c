/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source - "PATH", "PATH:NAME" or "PATH@DIGEST", where paths and names may have
 * colons too: the longest path that is there is the path.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "call.h"

static bool
is_there(const char *path)
{
	return strcmp(path, "-") == 0 || access(path, F_OK) == 0;
}

/* Cuts path where the reference begins, and returns that; NULL: nowhere. */
static const char *
cut(char *path, const char *source)
{
	for (size_t at = strlen(path); at > 0; at--) {
		if (source[at] != '\0' && source[at] != ':' &&
		    source[at] != '@')
			continue;
		path[at] = '\0';
		if (is_there(path))
			return source + at + (source[at] == ':');
	}
	return NULL;
}

int
unpack_open_source(const char *source, struct unpack_message *message,
    struct error *e)
{
	char path[PATH_MAX + sizeof(message->reference)];

	if (strlen(source) >= sizeof(path))
		return error_set(e, ENAMETOOLONG, "the name of the image");
	memcpy(path, source, strlen(source) + 1);
	const char *reference = cut(path, source);
	if (reference == NULL)
		return error_errno(e, ENOENT, "%s", source);
	if (strlen(reference) >= sizeof(message->reference))
		return error_set(e, ENAMETOOLONG, "the name of the image");
	memcpy(message->reference, reference, strlen(reference) + 1);
	int fd = strcmp(path, "-") == 0
		     ? fcntl(0, F_DUPFD_CLOEXEC, 3)
		     : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? error_sys(e, "%s", path) : fd;
}
