/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "core.h"
#include "dispatch.h"
#include "ending.h"
#include "threads.h"
#include "tracer.h"
#include "turns.h"

/* Since 6.6, which older headers lack. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#define LINGERS 64

struct listener {
	struct monitor *monitor;
	int fd;
	bool comes_and_goes; /* it is of exec */
	atomic_uint threads;
	struct turns turns;
	/* Whose file a thread still has, while he goes on: reply.may_linger. */
	atomic_int lingers[LINGERS];
};

/* The kernel's own struct may be longer than the one that was compiled in. */
#define NOTIF_ROOM 1024

union notif {
	struct seccomp_notif notif;
	char room[NOTIF_ROOM];
};

/* False: it waits for none any more, as it was killed. */
static bool
send_value(const struct listener *listener, uint64_t id, int64_t value,
    bool is_continued)
{
	union {
		struct seccomp_notif_resp resp;
		char room[NOTIF_ROOM];
	} answer;

	memset(&answer, 0, sizeof(answer));
	answer.resp.id = id;
	if (is_continued)
		answer.resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	else if (value < 0)
		answer.resp.error = (int32_t)value;
	else
		answer.resp.val = value;
	return ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0;
}

static atomic_int *
lingers_for(struct listener *listener, pid_t tid)
{
	return &listener->lingers[(unsigned)tid % LINGERS];
}

/* What it has closed, and opens again, is closed: flock(2) may have locked it.
 */
static void
await_lingering(struct listener *listener, pid_t tid, uint64_t id)
{
	const struct timespec tick = { .tv_nsec = 50000 };

	while (atomic_load(lingers_for(listener, tid)) == tid &&
	       ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0)
		(void)ppoll(NULL, 0, &tick, NULL);
}

/*
 * The same of all whose file may be the one that is to be locked. Who opens one
 * after the other is met again and again, and not waited for without an end.
 */
static void
await_all_lingering(const struct listener *listener)
{
	const struct timespec tick = { .tv_nsec = 50000 };
	const int ticks = 100;

	for (size_t i = 0; i < LINGERS; i++) {
		pid_t tid = atomic_load(&listener->lingers[i]);

		for (int n = 0; tid != 0 && n < ticks &&
				atomic_load(&listener->lingers[i]) == tid;
		     n++)
			(void)ppoll(NULL, 0, &tick, NULL);
	}
}

static void
send_fd(struct listener *listener, struct worker *worker, struct reply *reply)
{
	pid_t tid = worker->task.tid, nobody = 0;
	uint64_t id = worker->id;
	atomic_int *lingers = lingers_for(listener, tid);
	bool is_at_once = reply->may_linger &&
			  atomic_compare_exchange_strong(lingers, &nobody, tid);
	struct seccomp_notif_addfd addfd = {
		.id = id,
		.flags = is_at_once ? SECCOMP_ADDFD_FLAG_SEND : 0,
		.srcfd = (uint32_t)reply->fd,
		.newfd_flags = reply->is_cloexec ? O_CLOEXEC : 0,
	};

	struct cores *cores = listener->monitor->cores;
	core_bring(cores, &worker->bring, tid);
	int sent = ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);
	int number = sent < 0 ? -errno : sent;
	auto_close(&reply->fd);
	reply->fd = -1;
	if (is_at_once)
		atomic_store(lingers, 0);
	/* In its next call already? Then it has not to be brought for that. */
	if (!is_at_once || !threads_await(listener->fd, 0))
		core_release(cores, &worker->bring);
	if (is_at_once && number >= 0)
		return;
	/* Who is frozen or stopped while the kernel hands it over (SIGSTOP, a
	 * debugger, a machine that is suspended) has answered 0 by that:
	 * another file of the task's. */
	if (!send_value(listener, id, number, false) && is_at_once)
		tracer_end(listener->monitor->tracer, &worker->task);
}

/* Before the answer, so that it is there when the task goes on. */
static void
send_swap(const struct listener *listener, uint64_t id, struct reply *reply)
{
	struct seccomp_notif_addfd addfd = {
		.id = id,
		.flags = SECCOMP_ADDFD_FLAG_SETFD,
		.srcfd = (uint32_t)reply->fd,
		.newfd = (uint32_t)reply->number,
		.newfd_flags = reply->is_cloexec ? O_CLOEXEC : 0,
	};
	int sent = ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);
	int64_t value = sent < 0 ? -errno : reply->value;

	auto_close(&reply->fd);
	reply->fd = -1;
	(void)send_value(listener, id, value, false);
}

static void
send_reply(struct listener *listener, struct worker *worker,
    struct reply *reply)
{
	pid_t tid = worker->task.tid;
	uint64_t id = worker->id;
	int64_t value;

	if (reply->out_length > 0 && !worker_write(worker, reply->out_address,
					 reply->out, reply->out_length))
		*reply = reply_value(-EFAULT);
	switch (reply->kind) {
	case REPLY_CONTINUE:
		(void)send_value(listener, id, 0, true);
		break;
	case REPLY_FD:
		send_fd(listener, worker, reply);
		break;
	case REPLY_SWAP:
		send_swap(listener, id, reply);
		break;
	case REPLY_VALUE:
		(void)send_value(listener, id, reply->value, false);
		break;
	case REPLY_RESTART:
		/* Or it would see that number, if another thread had the
		 * signal. */
		value = tracer_interrupt(listener->monitor->tracer, tid) == 0
			    ? -CALL_ERESTARTSYS
			    : -EINTR;
		(void)send_value(listener, id, value, false);
		break;
	case REPLY_LATER:
	case REPLY_DIRECTORY:
	case REPLY_ROOT: /* whose calls come by a stop */
	default:         /* of the other platform */
		(void)send_value(listener, id, -ENOSYS, false);
		break;
	}
	auto_close(&reply->fd);
	reply->fd = -1;
}

static void
serve(struct listener *listener, struct worker *worker, struct call *call,
    const struct seccomp_notif *notif)
{
	worker->listener = listener->fd;
	worker->id = notif->id;
	call->tid = (pid_t)notif->pid;
	call->data = notif->data;
	call->done = 0;
	await_lingering(listener, call->tid, notif->id);
	if (notif->data.nr == SYS_flock || notif->data.nr == SYS_fcntl)
		await_all_lingering(listener);
	tracer_called(listener->monitor->tracer, call->tid);
	ending_begin(listener->monitor->ending);
	struct reply reply = dispatch(worker, call);
	send_reply(listener, worker, &reply);
	ending_done(listener->monitor->ending);
}

static void *receive(void *context);
static void *park(void *context);

/* Somebody has to watch what is worked on. */
static bool
have_parked(struct listener *listener)
{
	struct turns *turns = &listener->turns;

	if (atomic_load(&turns->parked) > 0)
		return true;
	/* It counts before it runs, so that not two are made. */
	turns_expect(turns, true);
	if (threads_add(&listener->threads, park, listener))
		return true;
	turns_expect(turns, false);
	return false;
}

/*
 * Before 6.11 who waits for a call is not told that the filter's last task has
 * ended. Of the container's own filter that is the end of the sentry too; those
 * of exec come and go, so there it waits for either.
 */
static int
wait_for_call(struct listener *listener, union notif *got)
{
	if (!listener->comes_and_goes || threads_await(listener->fd, -1))
		return ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_RECV, got);
	errno = ENOENT;
	return -1;
}

enum received {
	RECEIVED_CALL,
	RECEIVED_NOTHING, /* its task was killed meanwhile */
	RECEIVED_END,     /* the filter has no task any more */
};

static enum received
receive_one(struct listener *listener, union notif *got)
{
	memset(got, 0, sizeof(*got));
	if (wait_for_call(listener, got) == 0)
		return RECEIVED_CALL;
	if (errno == EINTR ||
	    (errno == ENOENT && !threads_is_hung_up(listener->fd)))
		return RECEIVED_NOTHING;
	return RECEIVED_END;
}

/* What was expected is another call, or of another task. */
static void
release_other(const struct listener *listener, struct worker *worker,
    const struct seccomp_notif *notif)
{
	const struct syscall_row *row =
	    syscall_find_number(SYSCALL_NATIVE, notif->data.nr);

	if ((pid_t)notif->pid != worker->bring.tid || row == NULL ||
	    (row->groups & SYSCALL_GROUP_OPEN) == 0)
		core_release(listener->monitor->cores, &worker->bring);
}

/* As long as it is this thread that waits for calls. */
static enum turn
work(struct listener *listener, struct worker *worker, struct call *call)
{
	struct cores *cores = listener->monitor->cores;
	struct turns *turns = &listener->turns;
	enum turn turn = TURN_RECEIVE;
	enum received received;
	union notif got;

	while (turn == TURN_RECEIVE) {
		received = receive_one(listener, &got);
		if (received == RECEIVED_NOTHING)
			continue;
		if (received == RECEIVED_END) {
			turns_end(turns);
			return TURN_END;
		}
		turns_take(turns);
		release_other(listener, worker, &got.notif);
		core_stay(cores, &worker->stay, (pid_t)got.notif.pid);
		if (have_parked(listener)) {
			turns_hand_over(turns);
			serve(listener, worker, call, &got.notif);
		} else {
			(void)send_value(listener, got.notif.id, -EAGAIN,
			    false);
		}
		turn = turns_next(turns);
	}
	core_release(cores, &worker->bring);
	core_stay(cores, &worker->stay, 0);
	return turn;
}

/* The last one closes it. */
static void
leave(struct listener *listener)
{
	if (atomic_fetch_sub(&listener->threads, 1) > 1)
		return;
	close(listener->fd);
	turns_free(&listener->turns);
	free(listener);
}

/* Of those that never receive nothing is needed. */
static struct call *
begin(struct listener *listener, struct worker *worker)
{
	struct call *call = call_new();

	if (call == NULL || worker_prepare(worker) < 0)
		monitor_end(listener->monitor);
	/* Without one the first call says so. */
	(void)have_parked(listener);
	return call;
}

static void
run(struct listener *listener, enum turn turn)
{
	struct worker worker = { .monitor = listener->monitor,
		.listener = -1,
		.turns = &listener->turns };
	AUTO(call_free) struct call *call = NULL;

	core_begin(listener->monitor->cores);
	while (turn != TURN_END) {
		if (turn == TURN_PARK) {
			turn = turns_park(&listener->turns);
			continue;
		}
		if (call == NULL)
			call = begin(listener, &worker);
		turn = work(listener, &worker, call);
	}
	worker_finish(&worker);
}

static void *
receive(void *context)
{
	run(context, TURN_RECEIVE);
	leave(context);
	return NULL;
}

static void *
park(void *context)
{
	run(context, TURN_PARK);
	leave(context);
	return NULL;
}

int
notify_serve(struct monitor *monitor, int fd)
{
	struct listener *listener = calloc(1, sizeof(*listener));

	if (listener == NULL)
		return -ENOMEM;
	listener->monitor = monitor;
	listener->fd = fd;
	listener->comes_and_goes =
	    atomic_exchange(&monitor->has_listener, true);
	turns_init(&listener->turns, fd);
	/* Since 6.6: who is woken runs where who wakes it stops. */
	(void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	    SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	if (threads_add(&listener->threads, receive, listener))
		return 0;
	turns_free(&listener->turns);
	free(listener);
	return -EAGAIN;
}
