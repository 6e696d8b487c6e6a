/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "inject.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "filter/filter.h"
#include "inject_end.h"
#include "inject_hand.h"

/* ---- its end ------------------------------------------------------------- */

/* Also at the entry, if it has come no further: nothing happens. */
static void
finish(struct lead *lead, int64_t result)
{
	struct injection *injection = &lead->injection;
	pid_t tid = injection->tid;

	lead->state = LEAD_DONE;
	regs_finish(&injection->before, result);
	if (regs_set(tid, &injection->before) < 0 ||
	    regs_set_number(tid, -1) < 0 ||
	    ptrace(PTRACE_SETSIGMASK, tid, 8L, &injection->mask) < 0)
		return;
	/* It stops now as the others have. */
	if (injection->is_stopped)
		(void)ptrace(PTRACE_INTERRUPT, tid, NULL, 0L);
}

static void
finish_as_found(struct lead *lead, int64_t unused)
{
	(void)unused;
	finish(lead, lead->result);
}

/* ---- in the place of what it has by that number -------------------------- */

static void
swapped(struct lead *lead, int64_t result)
{
	lead->result = result < 0 ? result : lead->reply.value;
	lead_make_close(lead, (int)lead->number, finish_as_found);
}

static void
swap(struct lead *lead, int64_t number)
{
	uint64_t flags = lead->reply.is_cloexec ? O_CLOEXEC : 0;

	if (number < 0)
		finish(lead, number);
	else
		lead_make(lead,
		    &(struct regs_call){ SYS_dup3,
			{ (uint64_t)number,
			    (uint64_t)(unsigned)lead->reply.number, flags } },
		    swapped);
}

/* ---- a directory: inside(0 or -errno) ------------------------------------ */

static void
left(struct lead *lead, int64_t unused)
{
	(void)unused;
	lead->inside(lead, lead->result);
}

static void
entered(struct lead *lead, int64_t result)
{
	lead->result = result;
	lead_make_close(lead, (int)lead->number, left);
}

static void
enter(struct lead *lead, int64_t number)
{
	if (number < 0)
		lead->inside(lead, number);
	else
		lead_make(lead,
		    &(struct regs_call){ SYS_fchdir, { (uint64_t)number } },
		    entered);
}

/* ---- a root: there is no fchroot(2), so from where it would be, and back --
 */

/* Its root is that, whatever its threads have written meanwhile? Of what the
 * kernel knows by itself: a server may not answer. */
static bool
has_root(const struct lead *lead)
{
	AUTO_FD int root = task_open(lead->injection.monitor->proc,
	    lead->injection.tid, "root", O_PATH);
	int flags = AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
	unsigned mask = STATX_INO | STATX_MNT_ID;
	struct statx is, wanted;

	return root >= 0 && statx(root, "", flags, mask, &is) == 0 &&
	       statx(lead->reply.fd, "", flags, mask, &wanted) == 0 &&
	       is.stx_ino == wanted.stx_ino &&
	       is.stx_mnt_id == wanted.stx_mnt_id;
}

static void
returned(struct lead *lead, int64_t result)
{
	int64_t changed = lead->reply.value;

	if (result < 0 || (changed == 0 && !has_root(lead)))
		monitor_end_task(lead->injection.monitor, lead->injection.tid);
	finish(lead, changed);
}

static void
changed_root(struct lead *lead, int64_t result)
{
	lead->reply.value = result;
	lead->inside = returned;
	lead_hand_over(lead, lead->reply.back, true, enter);
}

static void
change_root(struct lead *lead, int64_t result)
{
	uint64_t dot = INJECT_MEMBER(lead, byte);

	if (result < 0) {
		finish(lead, result);
		return;
	}
	lead->must_return = true;
	int failed = inject_put(lead->injection.monitor, lead->injection.tid,
	    dot, ".", 2);
	if (failed < 0)
		changed_root(lead, failed);
	else
		lead_make(lead, &(struct regs_call){ SYS_chroot, { dot } },
		    changed_root);
}

/* ---- as if a signal had interrupted it ----------------------------------- */

static void
interrupted(struct lead *lead, int64_t result)
{
	struct injection *injection = &lead->injection;
	long number = regs_number(&injection->before);

	lead->state = LEAD_DONE;
	if (result < 0)
		return;
	regs_interrupt(&injection->before, CALL_ERESTARTSYS);
	if (regs_set(injection->tid, &injection->before) < 0 ||
	    regs_set_number(injection->tid, number) < 0)
		return;
	/* Or it would see that number, if another thread had the signal. */
	(void)ptrace(PTRACE_INTERRUPT, injection->tid, NULL, 0L);
}

/* ---- from the beginning -------------------------------------------------- */

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

static const struct {
	lead_step *handed, *inside;
} kinds[] = {
	[REPLY_FD] = { finish, NULL },
	[REPLY_SWAP] = { swap, NULL },
	[REPLY_DIRECTORY] = { enter, finish },
	[REPLY_ROOT] = { enter, change_root },
};

static lead_step *
handed_of(enum reply_kind kind)
{
	return (size_t)kind < ARRAY_SIZE(kinds) ? kinds[kind].handed : NULL;
}

bool
lead_is_wanted(const struct reply *reply)
{
	return reply->kind == REPLY_RESTART || handed_of(reply->kind) != NULL;
}

struct lead *
lead_new(struct monitor *monitor, pid_t tid, const struct reply *reply)
{
	struct lead *lead = calloc(1, sizeof(*lead));

	if (lead == NULL)
		return NULL;
	lead->injection.monitor = monitor;
	lead->injection.tid = tid;
	lead->injection.is_first = true;
	lead->reply = *reply;
	lead->end = -1;
	return lead;
}

void
lead_free(struct lead **lead)
{
	if (*lead != NULL)
		inject_end_close(&(*lead)->end);
	free(*lead);
	*lead = NULL;
}

void
lead_close(struct reply *reply)
{
	auto_close(&reply->fd);
	if (reply->kind == REPLY_ROOT)
		auto_close(&reply->back);
}

void
lead_begin(struct lead *lead)
{
	struct injection *injection = &lead->injection;
	enum reply_kind kind = lead->reply.kind;

	lead->state = LEAD_WAITS;
	if (regs_get(injection->tid, &injection->before) < 0) {
		lead->state = LEAD_DONE;
		return;
	}
	injection->scratch =
	    regs_scratch(&injection->before, sizeof(struct inject_scratch));
	/* Behind a call alone does the kernel restart one. */
	if (kind == REPLY_RESTART)
		lead_make(lead, &(struct regs_call){ .number = SYS_getpid },
		    interrupted);
	else if (block_signals(injection) < 0)
		lead->state = LEAD_DONE;
	else {
		lead->inside = kinds[kind].inside;
		lead_hand_over(lead, lead->reply.fd, lead->reply.is_cloexec,
		    kinds[kind].handed);
	}
}

void
lead_see(struct lead *lead, int status)
{
	int64_t result;

	switch (inject_see(&lead->injection, status, &result)) {
	case INJECT_MADE:
		lead->then(lead, result);
		return;
	case INJECT_OTHER:
		lead->state = LEAD_OTHER;
		/* Who has ended has a number that may be another's. */
		if (lead->must_return && WIFSTOPPED(status))
			monitor_end_task(lead->injection.monitor,
			    lead->injection.tid);
		return;
	case INJECT_WAITS:
	default:
		return;
	}
}

/* A call that the sentry's listener is asked about. */
static bool
is_asked_about(const struct monitor *monitor,
    const struct user_regs_struct *regs)
{
	const struct sentry_program *program = &monitor->program;
	struct seccomp_data data = { .nr = (int)regs_number(regs),
		.arch = regs_arch };
	uint64_t args[6];

	regs_args(regs, args);
	memcpy(data.args, args, sizeof(args));
	return (filter_run(program->insns, program->count, &data) &
		   SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_USER_NOTIF;
}

/*
 * The kernel has not begun with it, as the signal came before the sentry had
 * heard of it; nor does it where all of that is performed. Of other calls of
 * the network some wait in the kernel, where a signal may end them.
 */
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
	    ((row->groups & SYSCALL_GROUP_NETWORK) != 0 &&
		!is_asked_about(monitor, &regs)))
		return 0;
	regs_interrupt(&regs, CALL_ERESTARTNOINTR);
	return regs_set(tid, &regs) < 0 ? -errno : 0;
}
