/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/ending.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* What differs; the rest is of a process that sleeps. */
struct row {
	const char *name;
	char state;
	unsigned flags;
	unsigned threads;
	unsigned long own;  /* pending signals of the first thread */
	const char *shared; /* and of all */
	bool is_near;
};

#define EXITING 0x400104u
#define RUNS    0x400100u
#define KILL    0x100ul

static const struct row rows[] = {
	{ "init", 'S', RUNS, 1, 0, "0", false },
	{ "has another signal", 'S', RUNS, 1, 0x4000, "4000", false },
	{ "was killed", 'D', RUNS, 7, KILL, "0000000000000100", true },
	{ "a zombie that was killed", 'Z', EXITING, 2, 0, "100", true },
	{ "single, killed by itself", 'D', RUNS, 1, KILL, "0", true },
	{ "one of many, for execve(2)", 'D', RUNS, 2, KILL, "0", false },
	{ "waits for the others", 'S', EXITING, 1, 0, "0", true },
	{ "only its first thread has ended", 'Z', EXITING, 2, 0, "0", false },
	{ "a) D 1 2 (b", 'S', RUNS, 1, 0, "0", false },
	{ "a) D 1 (b", 'S', EXITING, 1, 0, "0", true },
};

static bool
is_near(const struct row *row)
{
	char stat[512], status[256];

	(void)snprintf(stat, sizeof(stat),
	    "7 (%s) %c 1 7 7 0 -1 %u 10 11 12 13 14 15 16 17 20 0 %u 0 22 23 "
	    "24 25 26 27 28 29 30 %lu 0 0 0 0 0 0 17 0 0 0\n",
	    row->name, row->state, row->flags, row->threads, row->own);
	(void)snprintf(status, sizeof(status),
	    "Name:\tx\nSigPnd:\t%lx\nShdPnd:\t%s\nSigBlk:\t100\n", row->own,
	    row->shared);
	return ending_is_near(stat, status);
}

Test(sentry_ending, who_is_on_the_way_to_the_end)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(is_near(&rows[i]) == rows[i].is_near, "%s",
		    rows[i].name);
}

Test(sentry_ending, what_is_no_such_text)
{
	cr_expect(not(ending_is_near("", "")));
	cr_expect(not(ending_is_near("7 (x)", "ShdPnd:\t100")));
	cr_expect(not(ending_is_near("7 (x) D 1 2", "\nShdPnd:")));
}

static size_t
text_of(pid_t pid, const char *name, char *out, size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, out, size - 1);
	cr_assert(gt(long, length, 0));
	close(fd);
	out[length] = '\0';
	return (size_t)length;
}

/* Of the kernel that is there: a thread that is killed, and one that is not. */
Test(sentry_ending, the_kernel_says_so, .timeout = 20)
{
	char stat[1024], status[8192];
	int ends[2];

	cr_assert(zero(int, pipe(ends)));
	pid_t child = fork();
	if (child == 0) {
		char byte;

		(void)!read(ends[0], &byte, 1);
		_exit(0);
	}
	text_of(child, "stat", stat, sizeof(stat));
	text_of(child, "status", status, sizeof(status));
	cr_expect(not(ending_is_near(stat, status)));
	cr_assert(zero(int, kill(child, SIGKILL)));
	siginfo_t info;
	cr_assert(
	    zero(int, waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT)));
	text_of(child, "stat", stat, sizeof(stat));
	text_of(child, "status", status, sizeof(status));
	cr_expect(ending_is_near(stat, status));
	cr_assert(eq(int, waitpid(child, NULL, 0), child));
}
