/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "news.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "arch.h"
#include "base/auto.h"
#include "os/os.h"
#include "threads.h"

#define SUBSCRIBERS_MAX 8

struct listener {
	int fd; /* -1: nobody */
	uint64_t lost;
};

struct news {
	pthread_mutex_t lock;
	int proc;
	bool all;
	struct listener file;
	bool is_full; /* it takes more when somebody has read */
	pthread_cond_t filled;
	size_t left; /* of the line below, the end of which is to be written */
	struct event_line begun;
	atomic_uint subscribers_count;
	struct listener subscribers[SUBSCRIBERS_MAX];
	/* Of whoever has the lock: what happened, and what was lost. */
	struct event_line line;
	struct event_line lost;
};

struct news *
news_new(int proc, int file, bool all)
{
	struct news *news = calloc(1, sizeof(*news));

	if (news == NULL)
		return NULL;
	pthread_mutex_init(&news->lock, NULL);
	pthread_cond_init(&news->filled, NULL);
	news->proc = proc;
	news->file.fd = file;
	news->all = all;
	for (size_t i = 0; i < SUBSCRIBERS_MAX; i++)
		news->subscribers[i].fd = -1;
	return news;
}

static void
forget(struct news *news, struct listener *subscriber)
{
	close(subscriber->fd);
	subscriber->fd = -1;
	atomic_fetch_sub(&news->subscribers_count, 1);
}

void
news_add(struct news *news, int socket)
{
	AUTO_FD int added = socket;

	pthread_mutex_lock(&news->lock);
	for (size_t i = 0; i < SUBSCRIBERS_MAX && added >= 0; i++) {
		struct listener *subscriber = &news->subscribers[i];

		/* Nothing may have been sent to him since he has gone. */
		if (subscriber->fd >= 0 && threads_is_hung_up(subscriber->fd))
			forget(news, subscriber);
		if (subscriber->fd >= 0)
			continue;
		*subscriber = (struct listener){ take_fd(&added), 0 };
		atomic_fetch_add(&news->subscribers_count, 1);
	}
	pthread_mutex_unlock(&news->lock);
	if (added >= 0)
		(void)!os_send(added, EVENT_BUSY, sizeof(EVENT_BUSY),
		    MSG_DONTWAIT | MSG_NOSIGNAL);
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* ---- a line -------------------------------------------------------------- */

static bool
send_line(struct news *news, struct listener *to, const struct event_line *line)
{
	ssize_t sent = os_send(to->fd, line->text, line->length,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent < 0 && errno != EAGAIN && errno != ENOBUFS)
		forget(news, to);
	return sent >= 0;
}

static void
write_on(struct news *news)
{
	const struct event_line *line = &news->begun;
	ssize_t done = 1;

	while (news->left > 0 && done > 0) {
		done = write(news->file.fd,
		    line->text + line->length - news->left, news->left);
		if (done > 0)
			news->left -= (size_t)done;
	}
	news->is_full = done < 0 && errno == EAGAIN;
	if (news->is_full)
		pthread_cond_signal(&news->filled);
}

/* Of a full disk or pipe a part of a line may have been taken, which is ended
 * before anything else. */
static bool
write_line(struct news *news, const struct event_line *line)
{
	write_on(news);
	if (news->left > 0)
		return false;
	memcpy(news->begun.text, line->text, line->length);
	news->begun.length = news->left = line->length;
	write_on(news);
	if (news->left < line->length)
		return true;
	news->left = 0;
	return false;
}

static bool
put_line(struct news *news, struct listener *to, const struct event_line *line)
{
	return to == &news->file ? write_line(news, line)
				 : send_line(news, to, line);
}

/* False: that some are missing is still to be told. */
static bool
tell_lost(struct news *news, struct listener *to)
{
	struct event lost = { .kind = EVENT_LOST,
		.time_ns = now_ns(),
		.lost = to->lost };

	event_put_json(&lost, &news->lost);
	if (!put_line(news, to, &news->lost))
		return false;
	to->lost = 0;
	return true;
}

static void
give(struct news *news, struct listener *to)
{
	if (to->fd >= 0 && ((to->lost > 0 && !tell_lost(news, to)) ||
			       !put_line(news, to, &news->line)))
		to->lost++;
}

static void
tell(struct news *news, const struct event *event)
{
	pthread_mutex_lock(&news->lock);
	event_put_json(event, &news->line);
	give(news, &news->file);
	for (size_t i = 0; i < SUBSCRIBERS_MAX; i++)
		give(news, &news->subscribers[i]);
	pthread_mutex_unlock(&news->lock);
}

/* ---- a pipe that is full ------------------------------------------------- */

/* There may be no other event to be told with. */
static void *
await_room(void *context)
{
	struct news *news = context;
	struct pollfd polled = { .fd = news->file.fd, .events = POLLOUT };

	for (;;) {
		pthread_mutex_lock(&news->lock);
		while (!news->is_full)
			pthread_cond_wait(&news->filled, &news->lock);
		pthread_mutex_unlock(&news->lock);
		(void)ppoll(&polled, 1, NULL, NULL);
		pthread_mutex_lock(&news->lock);
		write_on(news);
		if (news->file.lost > 0)
			(void)tell_lost(news, &news->file);
		pthread_mutex_unlock(&news->lock);
	}
	return NULL;
}

int
news_start(struct news *news)
{
	int fd = news->file.fd;

	return fd >= 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK) != 0
		   ? threads_start(await_room, news)
		   : 0;
}

/* ---- events -------------------------------------------------------------- */

static bool
is_wanted(struct news *news, enum event_decision decision)
{
	bool anybody =
	    news->file.fd >= 0 || atomic_load(&news->subscribers_count) > 0;

	return anybody && (news->all || decision > EVENT_ALLOWED);
}

static const char *
read_comm(const struct news *news, pid_t tid, char comm[32])
{
	AUTO_FD int fd = task_open(news->proc, tid, "comm", O_RDONLY);

	if (fd < 0 || os_read_text(fd, comm, 32) <= 0)
		return NULL;
	comm[strcspn(comm, "\n")] = '\0';
	return comm;
}

/* Does the kernel look at memory again that is shown here? */
static bool
is_observed(const struct call *call, const struct reply *reply)
{
	for (size_t i = 0; i < 6; i++) {
		if (call->copies[i].bytes != NULL || call->copies[i].error != 0)
			return reply->kind == REPLY_CONTINUE;
	}
	return false;
}

void
news_call(struct news *news, const struct task *task, const struct call *call,
    const struct reply *reply)
{
	char comm[32];

	if (!is_wanted(news, call->decision))
		return;
	struct event event = {
		.time_ns = now_ns(),
		.kind = EVENT_CALL,
		.pid = task->pid,
		.tid = task->tid,
		.vpid = task->vpid,
		.vtid = task->vtid,
		.comm = read_comm(news, task->tid, comm),
		.has_ids = true,
		.uid = task->creds->uid,
		.gid = task->creds->gid,
		.row = call->row,
		.number = call->data.nr,
		.abi = regs_abi(call->data.arch, call->data.nr),
		.has_result =
		    reply->kind == REPLY_VALUE || reply->kind == REPLY_SWAP,
		.result = reply->value,
		.decision = call->decision,
		.rule = call->rule[0] != '\0' ? call->rule : NULL,
		.object = call->object[0] != '\0' ? call->object : NULL,
		.target = call->target[0] != '\0' ? call->target : NULL,
		.is_new = call->is_new,
		.is_sound = !is_observed(call, reply),
	};
	memcpy(event.raw, call->data.args, sizeof(event.raw));
	memcpy(event.copies, call->copies, sizeof(event.copies));
	tell(news, &event);
}

void
news_task(struct news *news, pid_t tid, struct event *event)
{
	char comm[32];

	if (!is_wanted(news, event->decision))
		return;
	event->time_ns = now_ns();
	event->tid = tid;
	event->pid = event->pid != 0 ? event->pid : tid;
	event->comm = read_comm(news, tid, comm);
	tell(news, event);
}
