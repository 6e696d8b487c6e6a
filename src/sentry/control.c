/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ask.h"
#include "base/auto.h"
#include "event/ask.h"
#include "news.h"
#include "notify.h"
#include "os/os.h"
#include "threads.h"
#include "tracer.h"

/* Processes that are between attach and load. */
#define CHANNELS_MAX 64

struct channel {
	int socket; /* -1: free */
	bool is_init;
};

struct control {
	struct monitor *monitor;
	struct channel channels[CHANNELS_MAX];
};

/* ---- init and its like --------------------------------------------------- */

static void
hear_channel(struct control *control, struct channel *channel)
{
	char byte;
	AUTO_FD int socket = take_fd(&channel->socket);
	AUTO_FD int listener = -1;

	/* The end: it is of the platform ptrace, or came not so far. */
	if (os_receive_fd(socket, &byte, 1, &listener) <= 0)
		return;
	int failed = listener < 0 ? -EPROTO : 0;
	(void)!write(socket, &failed, sizeof(failed));
	if (failed < 0)
		return;
	/* It goes on meanwhile. A listener that is closed refuses its calls. */
	if (notify_serve(control->monitor, listener) == 0)
		(void)take_fd(&listener);
	else if (channel->is_init)
		monitor_end(control->monitor);
}

static bool
add_channel(struct control *control, int socket, bool is_init)
{
	for (size_t i = 0; i < CHANNELS_MAX; i++) {
		if (control->channels[i].socket >= 0)
			continue;
		control->channels[i] = (struct channel){ socket, is_init };
		return true;
	}
	return false;
}

/* ---- lorica -------------------------------------------------------------- */

static void
send_program(const struct monitor *monitor, int socket)
{
	struct control_program head = { monitor->program.flags,
		monitor->program.count, monitor->program.no_cores };
	size_t length = sizeof(head) + head.count * sizeof(struct sock_filter);
	AUTO_FREE char *packet = malloc(length);

	if (packet == NULL)
		return;
	memcpy(packet, &head, sizeof(head));
	memcpy(packet + sizeof(head), monitor->program.insns,
	    length - sizeof(head));
	(void)!os_send(socket, packet, length, MSG_NOSIGNAL);
}

static void
attach(struct control *control, int socket, int channel, pid_t pid)
{
	AUTO_FD int end = channel;
	int failed =
	    end < 0 ? -EPROTO : tracer_attach(control->monitor->tracer, pid);

	if (failed == 0 && add_channel(control, end, false))
		(void)take_fd(&end);
	else if (failed == 0)
		failed = -EAGAIN;
	(void)!os_send(socket, &failed, sizeof(failed), MSG_NOSIGNAL);
}

static void
hear_caller(struct control *control)
{
	const struct timespec moment = { .tv_nsec = 10000000 };
	char text[64] = "";
	AUTO_FD int fd = -1;
	AUTO_FD int socket =
	    accept4(control->monitor->control, NULL, NULL, SOCK_CLOEXEC);

	/* He still knocks where there is no descriptor for him. */
	if (socket < 0) {
		(void)ppoll(NULL, 0, &moment, NULL);
		return;
	}
	/* Whoever connects belongs to the host's root or to the owner; still he
	 * is not waited for. */
	if (!threads_await(socket, 2))
		return;
	ssize_t length = os_receive_fd(socket, text, sizeof(text), &fd);
	struct control_attach request;
	if (length == (ssize_t)sizeof(EVENT_SUBSCRIBE) &&
	    memcmp(text, EVENT_SUBSCRIBE, sizeof(EVENT_SUBSCRIBE)) == 0) {
		news_add(control->monitor->news, take_fd(&socket));
	} else if (length == (ssize_t)sizeof(EVENT_ANSWERS) &&
		   memcmp(text, EVENT_ANSWERS, sizeof(EVENT_ANSWERS)) == 0) {
		asker_add(control->monitor->asker, take_fd(&socket));
	} else if (length == (ssize_t)sizeof(CONTROL_PROGRAM) &&
		   memcmp(text, CONTROL_PROGRAM, sizeof(CONTROL_PROGRAM)) ==
		       0) {
		send_program(control->monitor, socket);
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
	struct pollfd polled[CHANNELS_MAX + 2];

	for (;;) {
		polled[0] =
		    (struct pollfd){ control->monitor->control, POLLIN, 0 };
		for (size_t i = 0; i < CHANNELS_MAX; i++)
			polled[i + 1] =
			    (struct pollfd){ control->channels[i].socket,
				    POLLIN, 0 };
		polled[CHANNELS_MAX + 1] =
		    (struct pollfd){ asker_socket(control->monitor->asker),
			    POLLIN, 0 };
		if (ppoll(polled, CHANNELS_MAX + 2, NULL, NULL) < 0)
			continue;
		for (size_t i = 0; i < CHANNELS_MAX; i++) {
			if (polled[i + 1].revents != 0)
				hear_channel(control, &control->channels[i]);
		}
		if (polled[CHANNELS_MAX + 1].revents != 0)
			asker_hear(control->monitor->asker);
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
	(void)add_channel(control, channel, true);
	return threads_start(run, control);
}
