/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept_end - end a sentry that does not let its container end: it waits
 * for something, or was stopped.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "base/auto.h"
#include "intercept.h"
#include "os/os.h"

/* Who traces it, as procfs numbers him; 0: nobody. */
static pid_t
tracer_of(int proc, pid_t pid)
{
	static const char name[] = "\nTracerPid:\t";
	char path[32], text[4096];

	(void)snprintf(path, sizeof(path), "%d/status", (int)pid);
	AUTO_FD int fd = os_proc_open(proc, path, O_RDONLY);
	/* It is among the first lines. */
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (length <= 0)
		return 0;
	text[length] = '\0';
	const char *at = strstr(text, name);
	return at == NULL ? 0 : (pid_t)strtol(at + strlen(name), NULL, 10);
}

static bool
is_there(int pidfd)
{
	struct pollfd ended = { .fd = pidfd, .events = POLLIN };

	return poll(&ended, 1, 0) == 0;
}

/* Held before it is looked at a second time: whoever traces a process that is
 * still there is there himself, and so no other has his number. */
void
intercept_end(pid_t init, int pidfd)
{
	AUTO_FD int proc = os_proc_root();
	pid_t tracer = proc < 0 ? 0 : tracer_of(proc, init);
	AUTO_FD int sentry = tracer <= 0 ? -1 : pidfd_open(tracer, 0);

	if (sentry >= 0 && tracer_of(proc, init) == tracer && is_there(pidfd))
		(void)pidfd_send_signal(sentry, SIGKILL, NULL, 0);
}
