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

/* By a call of its own, in which it still stands. */
static struct creds *
look_and_keep(struct tasks *tasks, pid_t tid)
{
	struct task task;

	cr_assert(eq(int, tasks_look(tasks, tid, &task), 0));
	tasks_keep(tasks, &task);
	return task.creds;
}

Test(sentry_task, credentials_are_kept_until_they_may_be_others)
{
	AUTO_FD int proc = os_proc_root();
	AUTO(free_tasks) struct tasks *tasks = tasks_new(proc);
	struct creds *first = look_and_keep(tasks, getpid());
	struct creds *second = look_and_keep(tasks, getpid());

	cr_expect(eq(ptr, first, second));
	tasks_forget_creds(tasks, getpid());
	struct creds *third = look_and_keep(tasks, getpid());
	cr_expect(ne(ptr, first, third));
	task_let_go(tasks, &first);
	task_let_go(tasks, &second);
	task_let_go(tasks, &third);
	tasks_remove(tasks, getpid());
}

/* When it has not changed them yet, though it has begun to. */
Test(sentry_task, what_another_reads_is_not_kept)
{
	AUTO_FD int proc = os_proc_root();
	AUTO(free_tasks) struct tasks *tasks = tasks_new(proc);
	struct creds *first = look_and_keep(tasks, getpid());
	struct task other, late;

	tasks_forget_creds(tasks, getpid());
	cr_assert(eq(int, tasks_look(tasks, getpid(), &other), 0));
	struct creds *second = look_and_keep(tasks, getpid());
	cr_expect(ne(ptr, other.creds, second));
	/* Nor by who began to read before that. */
	tasks_forget_creds(tasks, getpid());
	cr_assert(eq(int, tasks_look(tasks, getpid(), &late), 0));
	tasks_forget_creds(tasks, getpid());
	tasks_keep(tasks, &late);
	struct creds *third = look_and_keep(tasks, getpid());
	cr_expect(ne(ptr, late.creds, third));
	task_release(tasks, &other);
	task_release(tasks, &late);
	task_let_go(tasks, &first);
	task_let_go(tasks, &second);
	task_let_go(tasks, &third);
	tasks_remove(tasks, getpid());
}

Test(sentry_task, what_was_read_before_a_removal_is_not_kept)
{
	AUTO_FD int proc = os_proc_root();
	AUTO(free_tasks) struct tasks *tasks = tasks_new(proc);
	struct task task;

	cr_assert(eq(int, tasks_look(tasks, getpid(), &task), 0));
	tasks_remove(tasks, getpid());
	tasks_keep(tasks, &task);
	cr_expect(not(tasks_has(tasks, getpid())));
	/* And of one that nothing is known of, what a call has changed. */
	tasks_forget_creds(tasks, getpid());
	tasks_add(tasks, getpid());
	tasks_keep(tasks, &task);
	struct creds *creds = look_and_keep(tasks, getpid());
	cr_expect(ne(ptr, task.creds, creds));
	task_release(tasks, &task);
	task_let_go(tasks, &creds);
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
