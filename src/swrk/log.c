/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "swrk.h"

/* More of its end is not looked at. */
#define TAIL_MAX (64u << 10)

/*
 * "(00.012345)     44: Error (criu/mount.c:1): mnt: ..." without the time, and
 * without the process that said it.
 */
static char *
without_head(char *line)
{
	char *end = line[0] == '(' ? strstr(line, ") ") : NULL;
	char *at = end != NULL ? end + 2 : line;
	char *name = at + strspn(at, " ");
	size_t digits = strspn(name, "0123456789");

	if (digits > 0 && name[digits] == ':' && name[digits + 1] == ' ')
		return name + digits + 2;
	return at;
}

/* Put a line in front of what is there, if it fits. */
static bool
put_before(const char *line, char *buf, size_t size, size_t *used)
{
	static const char separator[] = "; ";
	size_t length = strlen(line);
	size_t more = *used > 0 ? strlen(separator) : 0;

	if (length + more + *used >= size)
		return false;
	memmove(buf + length + more, buf, *used + 1);
	for (size_t i = 0; i < length; i++)
		buf[i] = line[i];
	for (size_t i = 0; i < more; i++)
		buf[length + i] = separator[i];
	*used += length + more;
	return true;
}

void
swrk_pick_errors(char *text, char *buf, size_t size)
{
	size_t used = 0;
	const char *last = NULL;

	buf[0] = '\0';
	/* From its end, line by line. */
	for (char *end = text + strlen(text); end > text;) {
		while (end > text && end[-1] == '\n')
			*--end = '\0';
		char *line = memrchr(text, '\n', (size_t)(end - text));

		line = line == NULL ? text : line + 1;
		end = line;
		line = without_head(line);
		if (last == NULL && line[0] != '\0')
			last = line;
		if (strncmp(line, "Error", 5) == 0 &&
		    !put_before(line, buf, size, &used))
			break;
	}
	if (used == 0 && last != NULL)
		(void)put_before(last, buf, size, &used);
}

void
swrk_log_errors(int dir, const char *name, char *buf, size_t size)
{
	static char text[TAIL_MAX + 1];
	struct stat st;
	AUTO_FD int fd =
	    openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	buf[0] = '\0';
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	off_t from = st.st_size > (off_t)TAIL_MAX ? st.st_size - TAIL_MAX : 0;
	ssize_t got = pread(fd, text, TAIL_MAX, from);
	if (got <= 0)
		return;
	for (ssize_t i = 0; i < got; i++) {
		/* Of a part that was never written. */
		if (text[i] == '\0')
			text[i] = ' ';
	}
	text[got] = '\0';
	swrk_pick_errors(text, buf, size);
}
