/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arch.h"
#include "base/auto.h"
#include "inject_make.h"
#include "os/os.h"

/* What the task's kernel reads and fills in, below its stack. */
struct scratch {
	int pair[2];
	struct msghdr message;
	struct iovec iov;
	char byte[8];
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
};

static struct injected
done(int64_t result)
{
	return (struct injected){ .came = INJECTED_DONE, .result = result };
}

static int64_t
close_in_task(struct injection *injection, int fd)
{
	return inject_make(injection,
	    &(struct regs_call){ SYS_close, { (uint64_t)(unsigned)fd } });
}

/* Our end of the pair; from then on the task has only its own. */
static int
take_end(struct injection *injection, int number)
{
	AUTO_FD int pidfd = (int)syscall(SYS_pidfd_open, injection->tid,
	    (unsigned)O_EXCL /* PIDFD_THREAD */);

	if (pidfd < 0)
		auto_close(&pidfd);
	if (pidfd < 0)
		pidfd = (int)syscall(SYS_pidfd_open, injection->tid, 0);
	if (pidfd < 0)
		return -errno;
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	return fd < 0 ? -errno : fd;
}

#define MEMBER(injection, member)                                              \
	((injection)->scratch + offsetof(struct scratch, member))

static int
put_message(const struct injection *injection)
{
	struct scratch scratch;

	memset(&scratch, 0, sizeof(scratch));
	scratch.iov.iov_base = (void *)(uintptr_t)MEMBER(injection, byte);
	scratch.iov.iov_len = 1;
	scratch.message.msg_iov = (void *)(uintptr_t)MEMBER(injection, iov);
	scratch.message.msg_iovlen = 1;
	scratch.message.msg_control =
	    (void *)(uintptr_t)MEMBER(injection, control);
	scratch.message.msg_controllen = sizeof(scratch.control);
	return inject_put(injection, injection->scratch, &scratch,
	    sizeof(scratch));
}

/* The descriptor's number in the task, or -errno. */
static int64_t
receive(struct injection *injection, int socket, int end,
    const struct reply *reply)
{
	struct scratch scratch;

	if (end < 0)
		return end;
	if (os_send_fd(end, "", 1, reply->fd) < 0)
		return -errno;
	int failed = put_message(injection);
	if (failed < 0)
		return failed;
	uint64_t flags =
	    MSG_DONTWAIT | (reply->is_cloexec ? (uint64_t)MSG_CMSG_CLOEXEC : 0);
	int64_t result = inject_make(injection,
	    &(struct regs_call){ SYS_recvmsg,
		{ (uint64_t)socket, MEMBER(injection, message), flags } });
	if (result < 0)
		return result;
	if (task_read(injection->tid, injection->scratch, &scratch,
		sizeof(scratch)) != (ssize_t)sizeof(scratch))
		return -EFAULT;
	/* None came along: it may have no more. */
	if (scratch.message.msg_controllen < CMSG_LEN(sizeof(int)) ||
	    scratch.control.header.cmsg_type != SCM_RIGHTS)
		return -EMFILE;
	int number;
	memcpy(&number, CMSG_DATA(&scratch.control.header), sizeof(number));
	return number;
}

/* In the place of what it has by that number. */
static int64_t
swap(struct injection *injection, int64_t number, const struct reply *reply)
{
	uint64_t flags = reply->is_cloexec ? O_CLOEXEC : 0;
	int64_t result = inject_make(injection,
	    &(struct regs_call){ SYS_dup3,
		{ (uint64_t)number, (uint64_t)(unsigned)reply->number,
		    flags } });

	(void)close_in_task(injection, (int)number);
	return result < 0 ? result : reply->value;
}

static int64_t
hand_over(struct injection *injection, const struct reply *reply)
{
	int pair[2];
	int64_t result =
	    inject_make(injection, &(struct regs_call){ SYS_socketpair,
				       { AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0,
					   MEMBER(injection, pair) } });

	if (result < 0)
		return result;
	if (task_read(injection->tid, MEMBER(injection, pair), pair,
		sizeof(pair)) != (ssize_t)sizeof(pair))
		return -EFAULT;
	/* The first of them had the lowest number that was free, and what comes
	 * gets it: no other is to be seen. */
	AUTO_FD int end = take_end(injection, pair[0]);
	(void)close_in_task(injection, pair[0]);
	int64_t number = receive(injection, pair[1], end, reply);
	(void)close_in_task(injection, pair[1]);
	return number >= 0 && reply->kind == REPLY_SWAP
		   ? swap(injection, number, reply)
		   : number;
}

static int64_t
enter(struct injection *injection, int64_t number)
{
	if (number < 0)
		return number;
	int64_t result = inject_make(injection,
	    &(struct regs_call){ SYS_fchdir, { (uint64_t)number } });

	(void)close_in_task(injection, (int)number);
	return result;
}

/* Its root is that, whatever its threads have written meanwhile? */
static bool
has_root(const struct monitor *monitor, pid_t tid, int fd)
{
	AUTO_FD int root = task_open(monitor->proc, tid, "root", O_PATH);
	unsigned mask = STATX_INO | STATX_MNT_ID;
	struct statx is, wanted;

	return root >= 0 && statx(root, "", AT_EMPTY_PATH, mask, &is) == 0 &&
	       statx(fd, "", AT_EMPTY_PATH, mask, &wanted) == 0 &&
	       is.stx_ino == wanted.stx_ino &&
	       is.stx_mnt_id == wanted.stx_mnt_id;
}

static void
end_task(const struct injection *injection)
{
	/* That has ended, and its number may be another's. */
	if (injection->end.came == INJECTED_OTHER &&
	    !WIFSTOPPED(injection->end.status))
		return;
	monitor_end_task(injection->monitor, injection->tid);
}

/* There is no fchroot(2): from where it would be, and then back. */
static int64_t
enter_root(struct injection *injection, const struct reply *reply,
    int64_t number)
{
	const struct reply back = { .kind = REPLY_DIRECTORY,
		.fd = reply->back,
		.is_cloexec = true };
	uint64_t dot = MEMBER(injection, byte);
	int64_t result = number < 0 ? number : enter(injection, number);

	if (result < 0)
		return result;
	result = inject_put(injection, dot, ".", 2);
	if (result == 0)
		result = inject_make(injection,
		    &(struct regs_call){ SYS_chroot, { dot } });
	int64_t returned = enter(injection, hand_over(injection, &back));
	if (returned < 0 || (result == 0 && !has_root(injection->monitor,
						injection->tid, reply->fd)))
		end_task(injection);
	return result;
}

/* None is to arrive between two of these calls. */
static int
block_signals(struct injection *injection)
{
	uint64_t all = ~0ull;

	if (ptrace(PTRACE_GETSIGMASK, injection->tid, 8L, &injection->mask) <
		0 ||
	    ptrace(PTRACE_SETSIGMASK, injection->tid, 8L, &all) < 0)
		return -errno;
	return 0;
}

struct injected
inject_reply(const struct monitor *monitor, pid_t tid,
    const struct reply *reply)
{
	struct injection injection = { .monitor = monitor,
		.tid = tid,
		.is_first = true };

	if (regs_get(tid, &injection.before) < 0)
		return done(-errno);
	injection.scratch =
	    regs_scratch(&injection.before, sizeof(struct scratch));
	int failed = block_signals(&injection);
	if (failed < 0)
		return done(failed);
	int64_t result = hand_over(&injection, reply);
	if (reply->kind == REPLY_DIRECTORY)
		result = enter(&injection, result);
	if (reply->kind == REPLY_ROOT)
		result = enter_root(&injection, reply, result);
	if (injection.end.came == INJECTED_OTHER)
		return injection.end;
	regs_finish(&injection.before, result);
	/* Also at the entry, if it has come no further: nothing happens. */
	if (regs_set(tid, &injection.before) < 0 ||
	    regs_set_number(tid, -1) < 0 ||
	    ptrace(PTRACE_SETSIGMASK, tid, 8L, &injection.mask) < 0)
		return done(-errno);
	return done(result);
}

struct injected
inject_restart(const struct monitor *monitor, pid_t tid)
{
	struct injection injection = { .monitor = monitor,
		.tid = tid,
		.is_first = true };

	if (regs_get(tid, &injection.before) < 0)
		return done(-errno);
	long number = regs_number(&injection.before);
	/* Behind a call alone does the kernel restart one. */
	int64_t made = inject_make(&injection,
	    &(struct regs_call){ .number = SYS_getpid });
	if (injection.end.came == INJECTED_OTHER)
		return injection.end;
	if (made < 0)
		return done(made);
	regs_interrupt(&injection.before, CALL_ERESTARTSYS);
	if (regs_set(tid, &injection.before) < 0 ||
	    regs_set_number(tid, number) < 0)
		return done(-errno);
	/* Or it would see that number, if another thread had the signal. */
	return done(ptrace(PTRACE_INTERRUPT, tid, NULL, 0L) < 0 ? -errno : 0);
}

int
inject_anew(const struct monitor *monitor, pid_t tid)
{
	struct user_regs_struct regs;

	if (regs_get(tid, &regs) < 0 || !regs_is_interrupted(&regs))
		return 0;
	const struct syscall_row *row =
	    syscall_find_number(SYSCALL_NATIVE, (int)regs_number(&regs));
	if (row == NULL ||
	    syscall_action(row, monitor->mode, monitor->pretend != NULL) !=
		SYSCALL_PERFORM ||
	    (row->groups & SYSCALL_GROUP_NETWORK) != 0)
		return 0;
	regs_interrupt(&regs, CALL_ERESTARTNOINTR);
	return regs_set(tid, &regs) < 0 ? -errno : 0;
}
