/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net - the helper lorica-net: sockets outside for a sandbox that has a list of
 * destinations, and answers to questions for their names.
 *
 * Private to net. Layer 5. It is run by lorica alone, in the host's network
 * namespace: include/helper/helper.h, include/sentry/relay.h.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include "base/error.h"
#include "outlet.h"
#include "sentry/relay.h"

#define NET_FD_LORICA 1
#define NET_FD_RELAY  3

/* confine.c: no call but those of seccomp/net.json, no file, no power. */
int net_confine(struct error *e) __attribute__((warn_unused_result));

/*
 * hand.c: a socket like the task's, of this namespace; -errno. Options that the
 * task has set on its own are set on it.
 */
int hand_make(const struct relay_question *question, int like)
    __attribute__((nonnull, warn_unused_result));

/*
 * hand.c: is it one of this machine's own, by which it would reach what nobody
 * on the network does? 1, 0, or -errno where there is no way to it. Of the
 * loopback and of what lies on a link the list says so itself: 0.
 */
int hand_is_own(const struct in6_addr *address)
    __attribute__((nonnull, warn_unused_result));

/* ---- forward.c ----------------------------------------------------------- */

#define FORWARD_SERVERS 3
#define FORWARD_MAX     64

struct forward_client {
	struct sockaddr_storage address;
	socklen_t length;
};

/* A question that a server was asked. */
struct forward {
	int fd; /* -1: free */
	struct dns_question question;
	struct forward_client client;
	uint16_t id;
	unsigned tries;
	uint64_t until_ms;
};

struct forwarder {
	struct sockaddr_storage servers[FORWARD_SERVERS];
	size_t servers_count;
	struct forward items[FORWARD_MAX];
};

/* Of the text of resolv.conf(5). */
void forward_read_servers(struct forwarder *forwarder, char *text)
    __attribute__((nonnull));

/* False: there is no room, or no server. */
bool
forward_ask(struct forwarder *forwarder, const struct dns_question *question,
    const struct forward_client *client) __attribute__((nonnull));

/*
 * There is something to be read, or its time is over (is_late): returns true
 * when that is the end of it, with the answer, and the item is free.
 */
bool forward_hear(struct forwarder *forwarder, struct forward *item,
    bool is_late, struct dns_answer *out) __attribute__((nonnull));

uint64_t forward_now_ms(void);

/* ---- serve.c ------------------------------------------------------------- */

/* Until the sentry has gone. */
int net_serve(struct outlet *outlet, struct forwarder *forwarder,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
