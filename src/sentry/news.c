/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "news.h"

#include <errno.h>
#include <fcntl.h>
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

#define SUBSCRIBERS_MAX 8

struct subscriber {
	int socket; /* -1: nobody */
	uint64_t lost;
};

struct news {
	pthread_mutex_t lock;
	int proc;
	int file;
	bool all;
	atomic_uint subscribers_count;
	struct subscriber subscribers[SUBSCRIBERS_MAX];
	struct event_line line; /* of whoever has the lock */
};

struct news *
news_new(int proc, int file, bool all)
{
	struct news *news = calloc(1, sizeof(*news));

	if (news == NULL)
		return NULL;
	pthread_mutex_init(&news->lock, NULL);
	news->proc = proc;
	news->file = file;
	news->all = all;
	for (size_t i = 0; i < SUBSCRIBERS_MAX; i++)
		news->subscribers[i].socket = -1;
	return news;
}

void
news_add(struct news *news, int socket)
{
	AUTO_FD int added = socket;

	pthread_mutex_lock(&news->lock);
	for (size_t i = 0; i < SUBSCRIBERS_MAX && added >= 0; i++) {
		struct subscriber *subscriber = &news->subscribers[i];

		if (subscriber->socket >= 0)
			continue;
		*subscriber = (struct subscriber){ take_fd(&added), 0 };
		atomic_fetch_add(&news->subscribers_count, 1);
	}
	pthread_mutex_unlock(&news->lock);
}

static void
send_line(struct news *news, struct subscriber *to,
    const struct event_line *line)
{
	ssize_t sent = os_send(to->socket, line->text, line->length,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent >= 0)
		return;
	if (errno == EAGAIN || errno == ENOBUFS) {
		to->lost++;
		return;
	}
	close(to->socket);
	to->socket = -1;
	atomic_fetch_sub(&news->subscribers_count, 1);
}

static void
tell_lost(struct news *news, struct subscriber *to, uint64_t time_ns)
{
	struct event lost = { .kind = EVENT_LOST,
		.time_ns = time_ns,
		.lost = to->lost };
	struct event_line line;

	to->lost = 0;
	event_put_json(&lost, &line);
	send_line(news, to, &line);
	/* That one counts for all that it stood for. */
	if (to->lost > 0)
		to->lost = lost.lost;
}

static void
tell(struct news *news, const struct event *event)
{
	pthread_mutex_lock(&news->lock);
	event_put_json(event, &news->line);
	if (news->file >= 0)
		(void)!write(news->file, news->line.text, news->line.length);
	for (size_t i = 0; i < SUBSCRIBERS_MAX; i++) {
		struct subscriber *to = &news->subscribers[i];

		if (to->socket >= 0 && to->lost > 0)
			tell_lost(news, to, event->time_ns);
		if (to->socket >= 0)
			send_line(news, to, &news->line);
	}
	pthread_mutex_unlock(&news->lock);
}

static bool
is_wanted(struct news *news, enum event_decision decision)
{
	bool anybody =
	    news->file >= 0 || atomic_load(&news->subscribers_count) > 0;

	return anybody && (news->all || decision > EVENT_ALLOWED);
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
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
		.is_sound = reply->kind != REPLY_CONTINUE,
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
