/* SPDX-License-Identifier: Apache-2.0 */
/*
 * listen - hear what the interception layer of a container sees.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"
#include "event/event.h"

static int
connect_to_sentry(int dir, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_FD int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_sys(e, "socket");
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/" EVENT_SOCKET, dir);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return take_fd(&fd);
	if (errno == ENOENT)
		return error_set(e, ENOENT,
		    "the container has no interception layer");
	return error_sys(e, "connect to the interception layer");
}

static int
subscribe(int fd, struct error *e)
{
	ssize_t sent =
	    send(fd, EVENT_SUBSCRIBE, sizeof(EVENT_SUBSCRIBE), MSG_NOSIGNAL);

	return sent == (ssize_t)sizeof(EVENT_SUBSCRIBE)
		   ? 0
		   : error_sys(e, "ask for events");
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
	AUTO_FD int fd = connect_to_sentry(entry.dir, e);
	if (fd < 0)
		return fd;
	TRY(subscribe(fd, e));
	while ((got = receive(fd, line, sizeof(line), e)) > 0)
		TRY(listener->event(listener->context, line, (size_t)got, e));
	return (int)got;
}
