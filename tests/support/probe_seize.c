/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_seize - a container that tries to hold whatever comes from outside.
 *
 * A process whose parent is outside of the pid namespace is one that the
 * runtime made. It is seized as soon as it is seen; if that works before it is
 * the container's own program, its memory could be written to, and what it is
 * permitted is told: of all of them together.
 */
#define _GNU_SOURCE
#include "probe.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static long tries, held;
static unsigned long long permitted; /* to any of them */

/* Field 4 of /proc/PID/stat is 0. */
static bool
is_from_outside(const char *pid)
{
	char path[300];
	char text[1024];
	char state;
	int parent = -1;

	(void)snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	if (read_text(path, text, sizeof(text)) == NULL)
		return false;
	const char *at = strrchr(text, ')');
	return at != NULL && sscanf(at, ") %c %d", &state, &parent) == 2 &&
	       parent == 0;
}

static bool
is_own_program(const char *pid)
{
	char path[300];
	char target[4096];

	(void)snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	/* One that ends has none any more. */
	if (length < 0)
		return errno == ENOENT;
	target[length] = '\0';
	return strncmp(target, "/bin/", 5) == 0;
}

static void
note_permitted(const char *pid)
{
	char path[300];
	char text[8192];

	(void)snprintf(path, sizeof(path), "/proc/%s/status", pid);
	if (read_text(path, text, sizeof(text)) == NULL)
		return;
	const char *line = strstr(text, "\nCapPrm:\t");
	if (line != NULL)
		permitted |= strtoull(line + 9, NULL, 16);
}

static void
seize(const char *name)
{
	pid_t pid = atoi(name);
	int status;

	tries++;
	if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
		return;
	/* Else it was in its exec, behind the point of no return. */
	if (!is_own_program(name)) {
		held++;
		note_permitted(name);
	}
	(void)ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
	if (waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status))
		return;
	(void)ptrace(PTRACE_DETACH, pid, NULL, NULL);
}

static void
tell(void)
{
	char text[512];
	int fd = open("/dev/shm/seized", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	int length = snprintf(text, sizeof(text),
	    "tries %ld held %ld permitted %016llx\n", tries, held, permitted);

	if (fd < 0 || write(fd, text, (size_t)length) != length ||
	    ftruncate(fd, length) < 0)
		exit(EXIT_FAILURE);
	close(fd);
}

int
probe_seize(void)
{
	for (;;) {
		DIR *list = opendir("/proc");
		const struct dirent *entry;
		long before = tries;

		if (list == NULL)
			return EXIT_FAILURE;
		while ((entry = readdir(list)) != NULL) {
			if (isdigit((unsigned char)entry->d_name[0]) &&
			    strcmp(entry->d_name, "1") != 0 &&
			    is_from_outside(entry->d_name))
				seize(entry->d_name);
		}
		closedir(list);
		if (tries != before)
			tell();
	}
}
