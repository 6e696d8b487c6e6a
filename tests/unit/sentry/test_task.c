/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/task.h"

static void
free_tasks(struct tasks **tasks)
{
	tasks_free(*tasks);
}

Test(sentry_task, is_this_process)
{
	AUTO_FD int proc = os_proc_root();
	AUTO(free_tasks) struct tasks *tasks = tasks_new(proc);
	struct task task;

	cr_assert(eq(int, tasks_look(tasks, getpid(), &task), 0));
	cr_expect(eq(int, task.pid, getpid()));
	cr_expect(eq(int, task.tid, getpid()));
	cr_expect(eq(u32, task.creds->uid, geteuid()));
	cr_expect(eq(u32, task.creds->gid, getegid()));
	cr_expect(eq(sz, task.creds->groups_count, (size_t)getgroups(0, NULL)));
	task_release(tasks, &task);
}

Test(sentry_task, credentials_are_kept_until_they_may_be_others)
{
	AUTO_FD int proc = os_proc_root();
	AUTO(free_tasks) struct tasks *tasks = tasks_new(proc);
	struct task first, second, third;

	cr_assert(eq(int, tasks_look(tasks, getpid(), &first), 0));
	cr_assert(eq(int, tasks_look(tasks, getpid(), &second), 0));
	cr_expect(eq(ptr, first.creds, second.creds));
	tasks_forget_creds(tasks, getpid());
	cr_assert(eq(int, tasks_look(tasks, getpid(), &third), 0));
	cr_expect(ne(ptr, first.creds, third.creds));
	task_release(tasks, &first);
	task_release(tasks, &second);
	task_release(tasks, &third);
	tasks_remove(tasks, getpid());
}

/* Its number may be another's by now. */
Test(sentry_task, one_that_is_gone_is_looked_up_again)
{
	AUTO_FD int proc = os_proc_root();
	AUTO(free_tasks) struct tasks *tasks = tasks_new(proc);
	struct task task;
	pid_t child = fork();

	if (child == 0) {
		pause();
		_exit(0);
	}
	cr_assert(eq(int, tasks_look(tasks, child, &task), 0));
	task_release(tasks, &task);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	tasks_remove(tasks, child);
	cr_expect(eq(int, tasks_look(tasks, child, &task), -ESRCH));
}

Test(sentry_task, the_umask_is_asked_for_each_time)
{
	AUTO_FD int proc = os_proc_root();

	(void)umask(027);
	cr_expect(eq(u32, task_umask(proc, getpid()), 027));
	(void)umask(0);
	cr_expect(eq(u32, task_umask(proc, getpid()), 0));
}

Test(sentry_task, an_umask_that_cannot_be_read_gives_nobody_anything)
{
	AUTO_FD int nothing = open("/dev", O_PATH);

	cr_expect(eq(u32, task_umask(nothing, getpid()), 077));
}
