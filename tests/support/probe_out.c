/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe.h"

/* Is the next value the first of its array or object? */
static bool first = true;

static void
put_string(const char *string)
{
	putchar('"');
	for (; *string != '\0'; string++) {
		unsigned char c = (unsigned char)*string;

		if (c == '"' || c == '\\')
			printf("\\%c", c);
		else if (c < 0x20 || c >= 0x7f)
			printf("\\u%04x", c);
		else
			putchar(c);
	}
	putchar('"');
}

static void
begin(const char *name)
{
	if (!first)
		putchar(',');
	first = false;
	if (name != NULL) {
		put_string(name);
		putchar(':');
	}
}

void
out_open(const char *name, char bracket)
{
	begin(name);
	putchar(bracket);
	first = true;
}

void
out_close(char bracket)
{
	putchar(bracket);
	first = false;
}

void
out_i64(const char *name, int64_t value)
{
	begin(name);
	printf("%" PRId64, value);
}

void
out_u64(const char *name, uint64_t value)
{
	begin(name);
	printf("%" PRIu64, value);
}

void
out_bool(const char *name, bool value)
{
	begin(name);
	fputs(value ? "true" : "false", stdout);
}

void
out_string(const char *name, const char *value)
{
	begin(name);
	if (value == NULL)
		fputs("null", stdout);
	else
		put_string(value);
}

void
out_words(const char *name, const char *list, char separator)
{
	out_open(name, '[');
	while (*list != '\0') {
		const char *end = strchrnul(list, separator);
		char word[4096];

		snprintf(word, sizeof(word), "%.*s", (int)(end - list), list);
		if (word[0] != '\0')
			out_string(NULL, word);
		list = *end != '\0' ? end + 1 : end;
	}
	out_close(']');
}

void
out_errno(const char *name, int code)
{
	out_string(name, code == 0 ? NULL : strerrorname_np(code));
}

char *
read_text(const char *path, char *buf, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	if (fd < 0)
		return NULL;
	while ((got = read(fd, buf + used, size - 1 - used)) > 0)
		used += (size_t)got;
	int reason = errno;
	close(fd);
	errno = reason;
	if (got < 0)
		return NULL;
	if (used > 0 && buf[used - 1] == '\n')
		used--;
	buf[used] = '\0';
	return buf;
}
