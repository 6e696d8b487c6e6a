/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/fetch.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/worker.h"

/* That each of the tasks has, of a file of its own. */
#define NUMBER 77

static const char *const files[] = { "/proc/self/exe", "/dev/null" };
static struct monitor monitor;
static struct worker worker;

static void
set_up(void)
{
	monitor.proc = os_proc_root();
	worker = (struct worker){ .monitor = &monitor, .listener = -1 };
}

TestSuite(sentry_fetch, .init = set_up);

static void
have(const char *file)
{
	if (dup2(open(file, O_RDONLY | O_CLOEXEC), NUMBER) != NUMBER)
		_exit(1);
}

/* pid 0: any. Returns when it has its file, or -1 where that number may not be
 * chosen. */
static pid_t
task(const char *file, pid_t pid)
{
	struct clone_args args = { .exit_signal = SIGCHLD,
		.set_tid = pid != 0 ? (uint64_t)(uintptr_t)&pid : 0,
		.set_tid_size = pid != 0 ? 1 : 0 };
	int ends[2];
	char byte;

	cr_assert(zero(int, pipe2(ends, O_CLOEXEC)));
	pid_t child = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (child == 0) {
		have(file);
		(void)!write(ends[1], "", 1);
		pause();
		_exit(0);
	}
	close(ends[1]);
	if (child > 0)
		cr_assert(eq(long, (long)read(ends[0], &byte, 1), 1));
	else
		cr_assert(pid != 0 && errno == EPERM, "%d", errno);
	close(ends[0]);
	return child;
}

static void
end(pid_t child)
{
	cr_assert(gt(int, child, 0));
	cr_assert(zero(int, kill(child, SIGKILL)));
	cr_assert(eq(int, waitpid(child, NULL, 0), child));
}

static int
fetch_of(pid_t tid, pid_t pid)
{
	worker.task.tid = tid;
	worker.task.pid = pid;
	return fetch(&worker, NUMBER);
}

static bool
has(pid_t tid, pid_t pid, const char *file)
{
	AUTO_FD int fd = fetch_of(tid, pid);
	struct stat is, wanted;

	return fd >= 0 && fstat(fd, &is) == 0 && stat(file, &wanted) == 0 &&
	       is.st_ino == wanted.st_ino && is.st_dev == wanted.st_dev;
}

Test(sentry_fetch, each_task_has_its_own)
{
	pid_t a = task(files[0], 0), b = task(files[1], 0);

	for (int i = 0; i < 3; i++) {
		cr_expect(has(a, a, files[0]), "%d", i);
		cr_expect(has(a, a, files[0]), "%d", i);
		cr_expect(has(b, b, files[1]), "%d", i);
	}
	end(a);
	end(b);
}

Test(sentry_fetch, what_is_not_there_is_not_fetched)
{
	pid_t a = task(files[0], 0);

	worker.task.tid = a;
	worker.task.pid = a;
	cr_expect(eq(int, fetch(&worker, NUMBER + 1), -EBADF));
	cr_expect(eq(int, fetch(&worker, -1), -EBADF));
	end(a);
	cr_expect(eq(int, fetch_of(a, a), -ESRCH));
	fetch_end(&worker.fetch);
	cr_expect(eq(int, fetch_of(a, a), -ESRCH));
}

/* The one that was held is gone, and somebody else has its number. */
Test(sentry_fetch, a_number_that_is_used_again_is_another_task)
{
	pid_t a = task(files[0], 0);

	cr_expect(has(a, a, files[0]));
	end(a);
	pid_t b = task(files[1], a);
	if (b < 0)
		cr_skip_test("no number may be chosen");
	cr_assert(eq(int, b, a));
	cr_expect(has(b, b, files[1]));
	/* By a signal too. */
	end(b);
	b = task(files[0], a);
	cr_assert(eq(int, b, a));
	fetch_signal(&worker, SIGKILL);
	cr_expect(eq(int, waitpid(b, NULL, 0), b));
}

struct thread {
	pid_t tid;
	int ready[2], over[2];
};

static void *
be_apart(void *context)
{
	struct thread *thread = context;
	char byte;

	if (unshare(CLONE_FILES) < 0)
		_exit(1);
	have(files[1]);
	thread->tid = gettid();
	(void)!write(thread->ready[1], "", 1);
	(void)!read(thread->over[0], &byte, 1);
	return NULL;
}

/* Before 6.9 there is no telling which of them it would be. */
Test(sentry_fetch, a_thread_may_have_its_own)
{
	struct thread thread;
	pthread_t id;
	char byte;

	cr_assert(zero(int, pipe(thread.ready)));
	cr_assert(zero(int, pipe(thread.over)));
	have(files[0]);
	cr_assert(zero(int, pthread_create(&id, NULL, be_apart, &thread)));
	cr_assert(eq(long, (long)read(thread.ready[0], &byte, 1), 1));
	for (int i = 0; i < 2; i++) {
		cr_expect(has(getpid(), getpid(), files[0]));
		int fd = fetch_of(thread.tid, getpid());
		cr_expect(fd == -EPERM || has(thread.tid, getpid(), files[1]));
		auto_close(&fd);
	}
	(void)!write(thread.over[1], "", 1);
	pthread_join(id, NULL);
}
