/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "group.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>

#include "base/auto.h"
#include "os/os.h"
#include "vproc/vproc.h"

ssize_t
group_read(int dir, const char *name, char *buf, size_t size)
{
	AUTO_FD int fd =
	    dir < 0
		? -1
		: os_openat2(dir, name, O_RDONLY, 0,
		      RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);

	return fd < 0 ? -1 : os_read_text(fd, buf, size);
}

bool
group_digits(const char **text, uint64_t *out)
{
	const char *at = *text;
	uint64_t number = 0;

	if (*at < '0' || *at > '9')
		return false;
	for (; *at >= '0' && *at <= '9'; at++) {
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, (uint64_t)(*at - '0'),
			&number))
			return false;
	}
	*text = at;
	*out = number;
	return true;
}

bool
group_number(int dir, const char *name, uint64_t *out)
{
	char buf[64];
	const char *text = buf;

	if (group_read(dir, name, buf, sizeof(buf)) < 0)
		return false;
	if (strcmp(buf, "max\n") == 0) {
		*out = VPROC_UNLIMITED;
		return true;
	}
	return group_digits(&text, out);
}

bool
group_value(const char *text, const char *name, uint64_t *out)
{
	size_t length = strlen(name);

	while (*text != '\0') {
		if (strncmp(text, name, length) == 0 && text[length] == ' ') {
			text += length + 1;
			return group_digits(&text, out);
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return false;
}
