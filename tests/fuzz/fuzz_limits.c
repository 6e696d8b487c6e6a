/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_limits - /proc/TID/limits, the umask in status and the times in stat;
 * and whether by these two a call is to wait no longer, or a container ends.
 *
 * Whatever the text, reading ends; behind a name that the process chose, what
 * the kernel says is found.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/times.h>
#include <unistd.h>

#include "base/auto.h"
#include "files.h"
#include "fuzz.h"
#include "sentry/ending.h"
#include "sentry/handlers.h"
#include "sentry/task.h"
#include "sentry/wait.h"

/* No process: its limits are in the file alone. */
#define NOBODY INT32_MAX

/* A procfs with that directory in it. */
static int
procfs(int dir)
{
	char link[32], target[32];
	int proc = files_none();

	(void)snprintf(link, sizeof(link), "%d", NOBODY);
	(void)snprintf(target, sizeof(target), "/proc/self/fd/%d", dir);
	int failed = symlinkat(target, proc, link);
	assert(failed == 0 || errno == EEXIST);
	return proc;
}

static int
hold(const char *text, size_t size)
{
	static const char *const names[] = { "limits", "status", "stat", NULL };

	return procfs(files_hold(names, (const uint8_t *)text, size));
}

static bool
look_at_times(int proc, struct tms *out)
{
	static struct call call;
	struct monitor monitor = { .proc = proc };
	struct worker worker = { .monitor = &monitor, .task.pid = NOBODY };

	call.data.args[0] = 1;
	if (shown_times(&worker, &call).value < 0)
		return false;
	memcpy(out, call.large, sizeof(*out));
	return true;
}

static void
check_stat(const char *name)
{
	AUTO_FREE char *text = NULL;
	struct tms times;
	int length = asprintf(&text,
	    "70 (%s) S 1 70 70 0 -1 4194560 99 0 0 0 1 2 3 4 20 0 1 0 12 0 0",
	    name);

	assert(length > 0);
	assert(!ending_is_near(text, "Name:\tx\nShdPnd:\t0000000000000000\n"));
	assert(ending_is_near(text, "Name:\tx\nShdPnd:\t0000000000000100\n"));
	/* A name of the kernel's has 64 bytes at most. */
	if (strlen(name) > 64)
		return;
	assert(look_at_times(hold(text, (size_t)length), &times));
	assert(times.tms_utime == 1 && times.tms_cstime == 4);
}

static void
check_status(const char *name)
{
	AUTO_FREE char *text = NULL;
	int length = asprintf(&text,
	    "Name:\t%s\nUmask:\t0027\nState:\tS (sleeping)\n"
	    "SigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n"
	    "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"
	    "SigCgt:\t0000000000000000\n",
	    name);

	assert(length > 0);
	assert(task_umask(hold(text, (size_t)length), NOBODY) == 027);
	assert(!wait_is_over(text));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *input = strndup((const char *)data, size);
	int proc = hold((const char *)data, size);
	struct tms times;

	assert(input != NULL);
	assert((task_umask(proc, NOBODY) & ~(mode_t)0777) == 0);
	uint64_t limit = task_limit(proc, NOBODY, TASK_LIMIT_FILES);
	(void)task_limit(proc, NOBODY, TASK_LIMIT_FILE_SIZE);
	/* None of the numbers is in use. */
	assert(task_has_room(proc, NOBODY, 2) == (limit > 1));
	(void)look_at_times(proc, &times);
	(void)wait_is_over(input);
	(void)ending_is_near(input, input);
	/* The kernel escapes what ends a line in a name. */
	for (char *at = input; *at != '\0'; at++) {
		if (*at == '\n')
			*at = '?';
	}
	check_status(input);
	check_stat(input);
	return 0;
}
