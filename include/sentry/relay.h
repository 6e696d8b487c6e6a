/* SPDX-License-Identifier: Apache-2.0 */
/*
 * relay - what is said between the sentry and lorica-net, the helper in the
 * host's network namespace; and between that and lorica.
 *
 * Layer 2. Over a pair of SOCK_SEQPACKET sockets, a question and its answer at
 * a time. The first message of the sentry is RELAY_BEGIN with the socket at
 * which the helper answers questions for names; the others bring the task's
 * socket, of which the helper reads options. What it hands back has them, is of
 * the helper's network namespace, and not connected yet.
 */
#ifndef SENTRY_RELAY_H
#define SENTRY_RELAY_H

#include <netinet/in.h>
#include <stdint.h>

/* Where names are asked for in the sandbox, which programs take by themselves
 * where they find no resolv.conf(5). */
#define RELAY_DNS_ADDRESS INADDR_LOOPBACK
#define RELAY_DNS_PORT    53

/* In the end the helper says what was refused, a line each: behind this is the
 * word of a list that would allow it, and a bracket. */
#define RELAY_ALLOW_WITH " (allow with --net=...,"

/* What is before that of an address of the machine's own. */
#define RELAY_THIS_MACHINE "which is this machine"

enum relay_kind {
	RELAY_BEGIN = 1,
	RELAY_ASK,
};

struct relay_question {
	uint32_t kind;
	uint32_t type;   /* SOCK_STREAM, SOCK_DGRAM */
	uint32_t family; /* of the socket */
	uint32_t port;
	struct in6_addr address; /* ::ffff:1.2.3.4 of IPv4 */
	int32_t pid;             /* whose call it is, as lorica sees it */
	uint64_t ticket;         /* of the call; 0: it cannot wait */
};

/* result: a socket comes along, it is for the sandbox's own, somebody is asked,
 * so that the same is to be asked again in a while; or -errno. */
#define RELAY_OUTSIDE 0
#define RELAY_OWN     1
#define RELAY_WAIT    2

struct relay_answer {
	int32_t result;
};

/* ---- lorica and the helper ----------------------------------------------- */

/*
 * A list that begins so is asked about before something is refused: the helper
 * sends an inquiry to lorica, one at a time, and gets a verdict. Without one in
 * time it is refused.
 */
#define RELAY_ASKS            '?'
#define RELAY_INQUIRY_SECONDS 60

#define RELAY_ITEM_BYTES 272
#define RELAY_NOTE_BYTES 80

struct relay_inquiry {
	char mark;   /* '\0', by which it is no text */
	int32_t pid; /* 0: not known */
	uint64_t id;
	uint64_t until_ms; /* of CLOCK_MONOTONIC: it is refused then */
	char item[RELAY_ITEM_BYTES]; /* what would allow it, as in the list */
	char note[RELAY_NOTE_BYTES];
};

struct relay_verdict {
	uint64_t id;
	uint8_t is_allowed;
	uint8_t is_always;
};

#endif
