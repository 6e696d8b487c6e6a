/* SPDX-License-Identifier: Apache-2.0 */
/*
 * place - where a bundle is or will be, and files in between.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "call.h"

void
unpack_place_close(struct unpack_place *place)
{
	auto_close(&place->parent);
	place->parent = -1;
}

int
unpack_place_open(const char *path, struct unpack_place *out, struct error *e)
{
	char copy[PATH_MAX];
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length >= sizeof(copy))
		return error_set(e, ENAMETOOLONG, "the name of the bundle");
	memcpy(copy, path, length);
	copy[length] = '\0';
	char *slash = strrchr(copy, '/');
	const char *base = slash != NULL ? slash + 1 : copy;
	if (base[0] == '\0' || strcmp(base, ".") == 0 ||
	    strcmp(base, "..") == 0 || strlen(base) > NAME_MAX)
		return error_set(e, EINVAL,
		    "%s: give the bundle a name of its own", path);
	memcpy(out->base, base, strlen(base) + 1);
	if (slash != NULL)
		slash[slash == copy] = '\0';
	out->parent =
	    open(slash != NULL ? copy : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return out->parent < 0 ? error_sys(e, "%s", path) : 0;
}

int
unpack_open_spool(int dir, const char *name, struct error *e)
{
	int fd = openat(dir, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || unlinkat(dir, name, 0) < 0)
		return error_sys(e, "make a file in between");
	return fd;
}

int
unpack_open_document(struct error *e)
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	return fd < 0 ? error_sys(e, "memfd_create") : fd;
}
