/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify - readiness of a container for the host's service manager:
 * sd_notify(3).
 *
 * Private to container. Where create or run has NOTIFY_SOCKET, and the
 * configuration gives the program none of its own, the container gets a socket
 * in NOTIFY_DIRECTORY and is told of it. A command that starts the program
 * (start, run) listens there. When the container says READY=1, the host's
 * manager is told that, and which process it is to watch; nothing else that
 * the container says goes out. start and run --detach wait for it, as nobody
 * is left to listen once they are gone.
 */
#ifndef CONTAINER_NOTIFY_H
#define CONTAINER_NOTIFY_H

#include <stdbool.h>
#include <sys/types.h>

#include "container/container.h"
#include "container/store.h"

struct making;

/* A socket that somebody listens on, and what is told to whom. */
struct notify {
	int socket;       /* -1: there is none, or all was said */
	const char *host; /* the manager's, as NOTIFY_SOCKET has it */
	pid_t main;       /* that is to be watched */
	spec_note *warn;  /* of a manager that cannot be told; or NULL */
	void *context;
};

/* Put the socket's directory into the configuration; nothing is made. */
int notify_prepare(struct making *making, struct error *e);

/* Make the directory below that of the container. */
int notify_make(const struct making *making, struct error *e);

/*
 * Listen in the directory of a container. Returns a descriptor, or -1 without
 * an error when the container was made without.
 */
int notify_listen(int dir, struct error *e);

void notify_close(struct notify *notify);

/* Read what came; once it was READY=1, tell the host and close the socket. */
void notify_read(struct notify *notify);

/* The same until that, or until the process of pidfd ends. */
void notify_wait(struct notify *notify, int pidfd);

/* Does one of the lines say that it is ready? */
bool notify_is_ready(const char *text, size_t length);

#endif
