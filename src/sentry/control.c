/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "news.h"
#include "notify.h"
#include "os/os.h"
#include "threads.h"
#include "tracer.h"

/* Processes that are between attach and load. */
#define CHANNELS_MAX 64

struct channel {
	int socket; /* -1: free */
	pid_t pid;
};

struct control {
	struct monitor *monitor;
	struct channel channels[CHANNELS_MAX];
};

/* ---- init and its like --------------------------------------------------- */

/* By its number there, which it tells by write(2) alone: load.c. */
static int
fetch(pid_t pid, int number)
{
	AUTO_FD int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);

	if (pidfd < 0)
		return -errno;
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, number, 0);
	return fd < 0 ? -errno : fd;
}

static int
take_listener(struct control *control, pid_t pid, int number)
{
	/* The platform ptrace has none. */
	if (number < 0)
		return 0;
	AUTO_FD int listener = fetch(pid, number);
	if (listener < 0)
		return listener;
	int failed = notify_serve(control->monitor, listener);
	if (failed == 0)
		(void)take_fd(&listener);
	return failed;
}

static void
hear_channel(struct control *control, struct channel *channel)
{
	AUTO_FD int socket = take_fd(&channel->socket);
	int number;

	/* It has ended before it came to load it. */
	if (read(socket, &number, sizeof(number)) != (ssize_t)sizeof(number))
		return;
	int failed = take_listener(control, channel->pid, number);
	(void)!write(socket, &failed, sizeof(failed));
}

static bool
add_channel(struct control *control, int socket, pid_t pid)
{
	for (size_t i = 0; i < CHANNELS_MAX; i++) {
		if (control->channels[i].socket >= 0)
			continue;
		control->channels[i] = (struct channel){ socket, pid };
		return true;
	}
	return false;
}

/* ---- lorica -------------------------------------------------------------- */

static void
send_program(const struct monitor *monitor, int socket, int failed)
{
	struct control_program head = { failed, monitor->program.flags,
		monitor->program.count };
	size_t length =
	    sizeof(head) +
	    (failed == 0 ? head.count * sizeof(struct sock_filter) : 0);
	AUTO_FREE char *packet = malloc(length);

	if (packet == NULL)
		return;
	memcpy(packet, &head, sizeof(head));
	if (failed == 0)
		memcpy(packet + sizeof(head), monitor->program.insns,
		    length - sizeof(head));
	(void)!send(socket, packet, length, MSG_NOSIGNAL);
}

static void
attach(struct control *control, int socket, int channel, pid_t pid)
{
	AUTO_FD int end = channel;
	int failed =
	    end < 0 ? -EPROTO : tracer_attach(control->monitor->tracer, pid);

	if (failed == 0 && add_channel(control, end, pid))
		(void)take_fd(&end);
	else if (failed == 0)
		failed = -EAGAIN;
	send_program(control->monitor, socket, failed);
}

static void
hear_caller(struct control *control)
{
	char text[64] = "";
	AUTO_FD int fd = -1;
	AUTO_FD int socket =
	    accept4(control->monitor->control, NULL, NULL, SOCK_CLOEXEC);
	struct timeval limit = { .tv_sec = 2 };

	if (socket < 0)
		return;
	/* Whoever connects belongs to the host's root or to the owner; still he
	 * is not waited for. */
	(void)setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit,
	    sizeof(limit));
	ssize_t length = os_receive_fd(socket, text, sizeof(text), &fd);
	struct control_attach request;
	if (length == (ssize_t)sizeof(EVENT_SUBSCRIBE) &&
	    memcmp(text, EVENT_SUBSCRIBE, sizeof(EVENT_SUBSCRIBE)) == 0) {
		news_add(control->monitor->news, take_fd(&socket));
	} else if (length == (ssize_t)sizeof(request) &&
		   memcmp(text, CONTROL_ATTACH, sizeof(request.word)) == 0) {
		memcpy(&request, text, sizeof(request));
		attach(control, socket, take_fd(&fd), request.pid);
	}
}

/* ---- the thread ---------------------------------------------------------- */

static void *
run(void *context)
{
	struct control *control = context;
	struct pollfd polled[CHANNELS_MAX + 1];

	for (;;) {
		polled[0] =
		    (struct pollfd){ control->monitor->control, POLLIN, 0 };
		for (size_t i = 0; i < CHANNELS_MAX; i++)
			polled[i + 1] =
			    (struct pollfd){ control->channels[i].socket,
				    POLLIN, 0 };
		if (poll(polled, CHANNELS_MAX + 1, -1) < 0)
			continue;
		for (size_t i = 0; i < CHANNELS_MAX; i++) {
			if (polled[i + 1].revents != 0)
				hear_channel(control, &control->channels[i]);
		}
		if (polled[0].revents != 0)
			hear_caller(control);
	}
	return NULL;
}

int
control_start(struct monitor *monitor, int channel)
{
	struct control *control = calloc(1, sizeof(*control));

	if (control == NULL)
		return -ENOMEM;
	control->monitor = monitor;
	for (size_t i = 0; i < CHANNELS_MAX; i++)
		control->channels[i].socket = -1;
	(void)add_channel(control, channel, monitor->init);
	return threads_start(run, control);
}
