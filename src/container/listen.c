/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen - hear what the interception layer of a container sees.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"
#include "event/ask.h"
#include "intercept.h"

static int
say(int fd, const char *text, size_t length, struct error *e)
{
	return send(fd, text, length, MSG_NOSIGNAL) == (ssize_t)length
		   ? 0
		   : error_sys(e, "talk to the interception layer");
}

static int
subscribe(int fd, const struct container_listener *listener, struct error *e)
{
	return listener->answer != NULL
		   ? say(fd, EVENT_ANSWERS, sizeof(EVENT_ANSWERS), e)
		   : say(fd, EVENT_SUBSCRIBE, sizeof(EVENT_SUBSCRIBE), e);
}

/* A packet; 0 at the end. */
static ssize_t
receive(int fd, char *line, size_t size, struct error *e)
{
	ssize_t got;

	do {
		got = recv(fd, line, size, MSG_TRUNC);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_sys(e, "receive an event");
	if ((size_t)got > size)
		return error_set(e, EMSGSIZE, "an event of %zd bytes", got);
	return got;
}

static int
hear(int fd, const struct container_listener *listener, const char *line,
    size_t length, struct error *e)
{
	struct event_line *answer = listener->answer;

	if (length == sizeof(EVENT_BUSY) &&
	    memcmp(line, EVENT_BUSY, length) == 0)
		return error_set(e, EBUSY, "%s",
		    answer != NULL ? "somebody else answers already"
				   : "as many as can listen do so already");
	if (answer != NULL)
		answer->length = 0;
	TRY(listener->event(listener->context, line, length, e));
	return answer != NULL && answer->length > 0
		   ? say(fd, answer->text, answer->length, e)
		   : 0;
}

int
container_listen(const char *root, const char *id,
    const struct container_listener *listener, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	char line[EVENT_LINE_MAX];
	ssize_t got;

	TRY(store_entry_open(root, id, false, &entry, e));
	if (store_status(&entry.record, NULL) == CONTAINER_STOPPED)
		return error_set(e, ESRCH,
		    "container with id %s is not running", id);
	AUTO_FD int fd = intercept_connect(entry.dir, e);
	if (fd < 0)
		return fd;
	TRY(subscribe(fd, listener, e));
	while ((got = receive(fd, line, sizeof(line), e)) > 0)
		TRY(hear(fd, listener, line, (size_t)got, e));
	return (int)got;
}
