/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "notify.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/auto.h"
#include "core.h"
#include "dispatch.h"
#include "threads.h"
#include "tracer.h"

/* Since 6.6, which older headers lack. */
#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS      SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

/* Tasks that wait in calls at once; more are told EAGAIN. */
#define THREADS_MAX 4096
/* Who waits for the next call. */
#define IDLE_MAX 2

struct listener {
	struct monitor *monitor;
	int fd;
	bool comes_and_goes; /* it is of exec */
	pthread_mutex_t turn;
	atomic_uint threads;
	atomic_int idle; /* who wait, or are about to */
};

/* The kernel's own struct may be longer than the one that was compiled in. */
#define NOTIF_ROOM 1024

union notif {
	struct seccomp_notif notif;
	char room[NOTIF_ROOM];
};

static void
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
	/* ENOENT: it was killed. */
	(void)ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void
send_fd(const struct listener *listener, pid_t tid, uint64_t id,
    struct reply *reply)
{
	bool is_at_once = reply->may_linger;
	struct seccomp_notif_addfd addfd = {
		.id = id,
		.flags = is_at_once ? SECCOMP_ADDFD_FLAG_SEND : 0,
		.srcfd = (uint32_t)reply->fd,
		.newfd_flags = reply->is_cloexec ? O_CLOEXEC : 0,
	};

	struct cores *cores = listener->monitor->cores;
	int handle = core_bring(cores, tid);
	int sent = ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_ADDFD, &addfd);
	int number = sent < 0 ? -errno : sent;
	core_release(cores, handle);
	if (is_at_once && number >= 0)
		return;
	auto_close(&reply->fd);
	reply->fd = -1;
	send_value(listener, id, number, false);
}

static void
send_reply(const struct listener *listener, struct worker *worker,
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
		send_value(listener, id, 0, true);
		break;
	case REPLY_FD:
		send_fd(listener, tid, id, reply);
		break;
	case REPLY_VALUE:
		send_value(listener, id, reply->value, false);
		break;
	case REPLY_RESTART:
		/* Or it would see that number, if another thread had the
		 * signal. */
		value = tracer_interrupt(listener->monitor->tracer, tid) == 0
			    ? -CALL_ERESTARTSYS
			    : -EINTR;
		send_value(listener, id, value, false);
		break;
	case REPLY_LATER:
	case REPLY_DIRECTORY:
	case REPLY_ROOT: /* whose calls come by a stop */
	default:         /* of the other platform */
		send_value(listener, id, -ENOSYS, false);
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
	struct reply reply = dispatch(worker, call);
	send_reply(listener, worker, &reply);
}

static void *receive(void *context);

/* It counts as one who waits before it runs, so that not two are made. */
static bool
add_waiting(struct listener *listener)
{
	atomic_fetch_add(&listener->idle, 1);
	if (atomic_fetch_add(&listener->threads, 1) < THREADS_MAX &&
	    threads_start(receive, listener) == 0)
		return true;
	atomic_fetch_sub(&listener->threads, 1);
	atomic_fetch_sub(&listener->idle, 1);
	return false;
}

/*
 * Before 6.11 who waits for a call is not told that the filter's last task has
 * ended. Of the container's own filter that is the end of the sentry too; those
 * of exec come and go, so there one at a time waits for either.
 */
static int
wait_for_call(struct listener *listener, union notif *got)
{
	int failed = -1;

	if (!listener->comes_and_goes)
		return ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_RECV, got);
	pthread_mutex_lock(&listener->turn);
	if (threads_await(listener->fd, -1))
		failed = ioctl(listener->fd, SECCOMP_IOCTL_NOTIF_RECV, got);
	else
		errno = ENOENT;
	int saved = errno;
	pthread_mutex_unlock(&listener->turn);
	errno = saved;
	return failed;
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

/* Until there are enough who wait; false: until the end. */
static bool
work(struct listener *listener, struct worker *worker, struct call *call)
{
	union notif got;
	enum received received;

	while ((received = receive_one(listener, &got)) != RECEIVED_END) {
		if (received == RECEIVED_NOTHING)
			continue;
		/* Somebody has to wait for the next call before this one is
		 * worked on. */
		bool is_last = atomic_fetch_sub(&listener->idle, 1) <= 1;
		if (is_last && !add_waiting(listener))
			send_value(listener, got.notif.id, -EAGAIN, false);
		else
			serve(listener, worker, call, &got.notif);
		if (atomic_load(&listener->idle) >= IDLE_MAX)
			return true;
		atomic_fetch_add(&listener->idle, 1);
	}
	return false;
}

static void *
receive(void *context)
{
	struct listener *listener = context;
	struct worker worker = { .monitor = listener->monitor, .listener = -1 };
	AUTO(call_free) struct call *call = call_new();

	if (call == NULL || worker_prepare(&worker) < 0)
		monitor_end(listener->monitor);
	(void)work(listener, &worker, call);
	worker_finish(&worker);
	/* The last one closes it. */
	if (atomic_fetch_sub(&listener->threads, 1) == 1) {
		close(listener->fd);
		pthread_mutex_destroy(&listener->turn);
		free(listener);
	}
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
	pthread_mutex_init(&listener->turn, NULL);
	/* Since 6.6: who is woken runs where who wakes it stops. */
	(void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS,
	    SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	if (add_waiting(listener))
		return 0;
	free(listener);
	return -EAGAIN;
}
