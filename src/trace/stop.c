/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "stop.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "os/os.h"

enum stop_kind
stop_kind(int status, int *signal)
{
	int event = status >> 16;

	if (!WIFSTOPPED(status))
		return STOP_NONE;
	switch (event) {
	case 0:
		*signal = WSTOPSIG(status);
		return STOP_SIGNAL;
	case PTRACE_EVENT_SECCOMP:
		return STOP_CALL;
	case PTRACE_EVENT_STOP:
		/* SIGTRAP: one that is new, or that SIGCONT has woken. */
		return WSTOPSIG(status) == SIGTRAP ? STOP_GO : STOP_GROUP;
	default:
		return STOP_GO;
	}
}

bool
stop_status(int proc, pid_t tid, char text[STOP_STATUS_MAX])
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%d/status", (int)tid);
	/* By a call whose flags a tracer's filter can see. */
	AUTO_FD int fd = openat(proc, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && os_read_text(fd, text, STOP_STATUS_MAX) > 0;
}

bool
stop_is_first(const char *status)
{
	const char *line = strstr(status, "\nNStgid:");
	const char *end = line != NULL ? strchr(line + 1, '\n') : NULL;

	/* The last is its own namespace's. */
	return end != NULL && end[-1] == '1' &&
	       (end[-2] == '\t' || end[-2] == ' ');
}

/* A set of signals, as /proc/PID/status has it. */
static uint64_t
signals(const char *status, const char *name, uint64_t otherwise)
{
	const char *line = strstr(status, name);

	return line == NULL ? otherwise
			    : strtoull(line + strlen(name), NULL, 16);
}

bool
stop_would_end(const char *status, int signal)
{
	uint64_t bit = 1ull << (signal - 1);

	return (signals(status, "\nSigCgt:", 0) & bit) == 0 ||
	       (signals(status, "\nSigBlk:", ~0ull) & bit) != 0;
}
