/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/task.h"

#define TEXT                                                                   \
	"Name:\tCapEff:\t0\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t70\n"   \
	"Ngid:\t0\nPid:\t71\nPPid:\t1\nTracerPid:\t5\n"                        \
	"Uid:\t10\t11\t12\t13\nGid:\t20\t21\t22\t23\nFDSize:\t64\n"            \
	"Groups:\t4 24 100 \nNStgid:\t70\t7\nNSpid:\t71\t8\nNSpgid:\t70\t7\n"  \
	"CapInh:\t0000000000000000\nCapPrm:\t00000000a80425fb\n"               \
	"CapEff:\t0000000000000401\nCapBnd:\t00000000a80425fb\n"

Test(sentry_status, says_who_a_thread_is)
{
	struct task task = { .tid = 71 };
	AUTO_FREE struct creds *creds = NULL;

	cr_assert(task_parse_status(TEXT, &task, &creds));
	cr_expect(eq(int, task.pid, 70));
	cr_expect(eq(int, task.vpid, 7));
	cr_expect(eq(int, task.vtid, 8));
	cr_expect(eq(u32, creds->uid, 13));
	cr_expect(eq(u32, creds->gid, 23));
	cr_expect(eq(u32, creds->uids[0], 10));
	cr_expect(eq(u32, creds->uids[2], 12));
	cr_expect(eq(u32, creds->gids[1], 21));
	cr_expect(eq(u64, creds->capabilities, 0x401));
	cr_expect(eq(u64, creds->permitted, 0xa80425fb));
	cr_expect(eq(sz, creds->groups_count, 3));
	cr_expect(eq(u32, creds->groups[0], 4));
	cr_expect(eq(u32, creds->groups[2], 100));
}

/* A thread chooses its name; a line begins behind a line's end alone. */
Test(sentry_status, a_name_is_no_line)
{
	struct task task = { .tid = 71 };
	AUTO_FREE struct creds *creds = NULL;

	cr_assert(task_parse_status(TEXT, &task, &creds));
	cr_expect(ne(u64, creds->capabilities, 0));
}

Test(sentry_status, no_groups_are_none)
{
	AUTO_FREE char *text = strdup(TEXT);
	struct task task = { .tid = 71 };
	AUTO_FREE struct creds *creds = NULL;
	char *groups = strstr(text, "4 24 100 ");

	memset(groups, ' ', strlen("4 24 100 "));
	cr_assert(task_parse_status(text, &task, &creds));
	cr_expect(eq(sz, creds->groups_count, 0));
}

/* Nothing is made up: each line counts. */
Test(sentry_status, a_line_that_is_missing_is_an_error)
{
	static const char *const lines[] = { "\nTgid:", "\nUid:", "\nGid:",
		"\nGroups:", "\nCapInh:", "\nNStgid:", "\nNSpid:", "\nCapPrm:",
		"\nCapEff:" };

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		AUTO_FREE char *text = strdup(TEXT);
		struct task task = { .tid = 71 };
		AUTO_FREE struct creds *creds = NULL;

		strstr(text, lines[i])[1] = 'X';
		cr_expect(not(task_parse_status(text, &task, &creds)), "%s",
		    lines[i]);
		cr_expect(eq(ptr, creds, NULL), "%s", lines[i]);
	}
}

Test(sentry_status, a_line_that_is_cut_is_an_error)
{
	struct task task = { .tid = 71 };
	AUTO_FREE struct creds *creds = NULL;

	cr_expect(not(
	    task_parse_status("Tgid:\t1\nUid:\t1\t2\nGid:\t1\t2\t3\t4\nGroups:"
			      "\n"
			      "NStgid:\t1\nNSpid:\t1\nCapPrm:\t0\nCapEff:\t0\n",
		&task, &creds)));
}

/* A child that may have so many numbers, of which so many are left. */
static pid_t
child(rlim_t limit, int left)
{
	struct rlimit files = { limit, limit }, size = { 12345, RLIM_INFINITY };
	int ready[2];
	char byte;

	cr_assert(zero(int, pipe(ready)));
	pid_t pid = fork();
	if (pid == 0) {
		(void)setrlimit(RLIMIT_FSIZE, &size);
		(void)setrlimit(RLIMIT_NOFILE, &files);
		while (dup(ready[0]) >= 0)
			;
		while (left-- > 0)
			close((int)limit - 5 + left);
		(void)!write(ready[1], "", 1);
		pause();
		_exit(0);
	}
	close(ready[1]);
	cr_assert(eq(sz, (size_t)read(ready[0], &byte, 1), 1));
	close(ready[0]);
	return pid;
}

Test(sentry_status, says_what_is_left_of_a_limit)
{
	AUTO_FD int proc = open("/proc", O_PATH | O_CLOEXEC);

	for (int left = 0; left < 3; left++) {
		pid_t pid = child(30, left);

		cr_expect(eq(u64, task_limit(proc, pid, TASK_LIMIT_FILES), 30));
		cr_expect(eq(u64, task_limit(proc, pid, TASK_LIMIT_FILE_SIZE),
		    12345));
		for (unsigned wanted = 1; wanted < 3; wanted++)
			cr_expect(eq(int, task_has_room(proc, pid, wanted),
				      (int)wanted <= left),
			    "%u of %d", wanted, left);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
}

/* Who has other ids is not told by prlimit(2). */
Test(sentry_status, says_it_of_anybody)
{
	AUTO_FD int proc = open("/proc", O_PATH | O_CLOEXEC);
	int status;

	if (geteuid() != 0)
		cr_skip_test("needs root");
	pid_t pid = child(30, 1);
	pid_t other = fork();
	if (other == 0) {
		if (setresuid(65533, 65533, 65533) < 0 ||
		    task_limit(proc, pid, TASK_LIMIT_FILES) != 30 ||
		    task_limit(proc, pid, TASK_LIMIT_FILE_SIZE) != 12345)
			_exit(1);
		_exit(0);
	}
	cr_assert(eq(int, waitpid(other, &status, 0), other));
	cr_expect(zero(int, status));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
