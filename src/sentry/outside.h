/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outside - sockets of the host's network namespace in the place of a task's,
 * for destinations on a list: sentry/relay.h.
 *
 * Private to sentry. The container's own namespace leads nowhere, so that what
 * is not looked at here fails by itself. What counts is what a task may do with
 * a socket from outside: send to where it is connected, and connect again to
 * what is on the list. Which one is such a socket the kernel says of itself, by
 * the cookie of its namespace: however the task came by it.
 */
#ifndef SENTRY_OUTSIDE_H
#define SENTRY_OUTSIDE_H

#include "socket.h"

struct outside;

/*
 * In the container's namespaces, before the sentry limits its calls: tell the
 * helper at that socket, which is the outside's own from here on, where names
 * will be asked for. NULL on error.
 */
struct outside *outside_new(int channel, struct error *e);

/* Of one of IPv4 or IPv6. Without an outside there is none. */
bool outside_has(const struct outside *outside, int fd);

/*
 * The socket is about to connect, or to send, to that address: it may become
 * another, which then is connected to that address. Without an outside, or of
 * another family, nothing happens. 0, -errno, or DECIDE_LATER. Waits while
 * somebody is asked about the address.
 */
int outside_connect(struct worker *worker, struct socket *socket,
    const struct target *target);
int outside_send(struct worker *worker, struct socket *socket,
    struct target *target, unsigned *flags);

/*
 * The reply to the call, whose first argument was the socket: where that has
 * become another, and the call has not failed, the task gets it.
 */
struct reply outside_reply(struct worker *worker, const struct call *call,
    struct socket *socket, struct reply reply);

#endif
