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

struct injection {
	pid_t tid;
	struct user_regs_struct before;
	uint64_t scratch;
	bool is_first;
	sigset_t mask;
};

/* To the end of the call that it is in or about to make. */
static int
run_to_exit(pid_t tid, bool is_at_entry)
{
	for (;;) {
		int status;

		if (ptrace(PTRACE_SYSCALL, tid, NULL, 0L) < 0)
			return -errno;
		if (waitpid(tid, &status, __WALL) < 0)
			return -errno;
		if (!WIFSTOPPED(status))
			return -ESRCH;
		if (status >> 16 != 0 || WSTOPSIG(status) != (SIGTRAP | 0x80))
			/* One that the filter wants to be seen, or job control,
			 * which it is told of again. */
			continue;
		if (is_at_entry)
			return 0;
		is_at_entry = true;
	}
}

static int64_t
make(struct injection *injection, const struct regs_call *call)
{
	struct user_regs_struct regs;
	pid_t tid = injection->tid;

	if (regs_get(tid, &regs) < 0)
		return -errno;
	if (injection->is_first)
		regs_replace(&regs, call);
	else
		regs_again(&regs, call);
	if (regs_set(tid, &regs) < 0 ||
	    (injection->is_first && regs_set_number(tid, call->number) < 0))
		return -errno;
	int failed = run_to_exit(tid, injection->is_first);
	injection->is_first = false;
	if (failed < 0 || regs_get(tid, &regs) < 0)
		return failed < 0 ? failed : -errno;
	return regs_result(&regs);
}

static int64_t
close_in_task(struct injection *injection, int fd)
{
	return make(injection,
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
put_message(struct injection *injection)
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
	return task_write(injection->tid, injection->scratch, &scratch,
		   sizeof(scratch)) == (ssize_t)sizeof(scratch)
		   ? 0
		   : -EFAULT;
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
	int64_t result = make(injection,
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
	int64_t result = make(injection,
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
	    make(injection, &(struct regs_call){ SYS_socketpair,
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
	int64_t result = make(injection,
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

/* There is no fchroot(2): from where it would be, and then back. */
static int64_t
enter_root(const struct monitor *monitor, struct injection *injection,
    const struct reply *reply, int64_t number)
{
	const struct reply back = { .kind = REPLY_DIRECTORY,
		.fd = reply->back,
		.is_cloexec = true };
	uint64_t dot = MEMBER(injection, byte);
	int64_t result = number < 0 ? number : enter(injection, number);

	if (result < 0)
		return result;
	result =
	    task_write(injection->tid, dot, ".", 2) == 2
		? make(injection, &(struct regs_call){ SYS_chroot, { dot } })
		: -EFAULT;
	int64_t returned = enter(injection, hand_over(injection, &back));
	if (returned < 0 ||
	    (result == 0 && !has_root(monitor, injection->tid, reply->fd)))
		monitor_end_task(monitor, injection->tid);
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

int64_t
inject_reply(const struct monitor *monitor, pid_t tid,
    const struct reply *reply)
{
	struct injection injection = { .tid = tid, .is_first = true };

	if (regs_get(tid, &injection.before) < 0)
		return -errno;
	injection.scratch =
	    regs_scratch(&injection.before, sizeof(struct scratch));
	int failed = block_signals(&injection);
	if (failed < 0)
		return failed;
	int64_t result = hand_over(&injection, reply);
	if (reply->kind == REPLY_DIRECTORY)
		result = enter(&injection, result);
	if (reply->kind == REPLY_ROOT)
		result = enter_root(monitor, &injection, reply, result);
	regs_finish(&injection.before, result);
	/* Also at the entry, if it has come no further: nothing happens. */
	if (regs_set(tid, &injection.before) < 0 ||
	    regs_set_number(tid, -1) < 0 ||
	    ptrace(PTRACE_SETSIGMASK, tid, 8L, &injection.mask) < 0)
		return -errno;
	return result;
}

int
inject_restart(pid_t tid)
{
	struct injection injection = { .tid = tid, .is_first = true };

	if (regs_get(tid, &injection.before) < 0)
		return -errno;
	long number = regs_number(&injection.before);
	/* Behind a call alone does the kernel restart one. */
	int64_t made =
	    make(&injection, &(struct regs_call){ .number = SYS_getpid });
	if (made < 0)
		return (int)made;
	regs_interrupt(&injection.before, CALL_ERESTARTSYS);
	if (regs_set(tid, &injection.before) < 0 ||
	    regs_set_number(tid, number) < 0)
		return -errno;
	/* Or it would see that number, if another thread had the signal. */
	return ptrace(PTRACE_INTERRUPT, tid, NULL, 0L) < 0 ? -errno : 0;
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
