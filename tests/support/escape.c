/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape - what a program in a sandbox tries: a word for each attempt. Prints
 * "yes", or why not.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* "@name" is abstract. */
static socklen_t
address(const char *path, struct sockaddr_un *out)
{
	size_t length = strlen(path);

	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	if (length >= sizeof(out->sun_path))
		exit(2);
	memcpy(out->sun_path, path, length);
	if (path[0] == '@')
		out->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static int
try_connect(const char *path)
{
	struct sockaddr_un to;
	socklen_t length = address(path, &to);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, length);
}

/* Until it is killed. */
static int
try_listen(const char *path)
{
	struct sockaddr_un own;
	socklen_t length = address(path, &own);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&own, length) < 0 ||
	    listen(fd, 8) < 0)
		return -1;
	puts("listening");
	(void)fflush(stdout);
	for (;;)
		pause();
}

static int
try_push(const char *text)
{
	return ioctl(0, TIOCSTI, text);
}

static int
try_trace(const char *pid)
{
	return (int)ptrace(PTRACE_SEIZE, (pid_t)atoi(pid), 0, 0);
}

static int
try_link(const char *path)
{
	return link(path, "a-link");
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *word;
		int (*attempt)(const char *argument);
	} rows[] = {
		{ "connect", try_connect },
		{ "listen", try_listen },
		{ "push", try_push },
		{ "trace", try_trace },
		{ "link", try_link },
	};

	for (size_t i = 0; argc == 3 && i < sizeof(rows) / sizeof(*rows); i++) {
		if (strcmp(argv[1], rows[i].word) != 0)
			continue;
		puts(rows[i].attempt(argv[2]) < 0 ? strerrorname_np(errno)
						  : "yes");
		return 0;
	}
	return 2;
}
