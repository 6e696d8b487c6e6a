/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dns - questions for addresses and answers to them, as bytes: RFC 1035.
 *
 * Private to net. Pure. Both sides are hostile: who asks is the sandbox's, who
 * answers is somewhere on the network.
 */
#ifndef NET_DNS_H
#define NET_DNS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guard/allow.h"

#define DNS_BYTES     512 /* what we write */
#define DNS_READ      4096
#define DNS_QUESTION  260 /* a name, a type and a class */
#define DNS_ADDRESSES 16
#define DNS_TYPE_A    1
#define DNS_TYPE_AAAA 28

enum dns_code {
	DNS_FINE = 0,
	DNS_MALFORMED = 1,
	DNS_FAILED = 2,
	DNS_NO_NAME = 3,
	DNS_NOT_DONE = 4,
};

struct dns_question {
	uint16_t id;
	bool wants_recursion;
	uint16_t type;
	bool is_name;                /* of a host, as far as we know any */
	char name[GUARD_NAME_BYTES]; /* guard_name_read() */
	uint8_t bytes[DNS_QUESTION]; /* as they were, for the answer */
	size_t length;
};

/*
 * False: nothing that is to be answered. Else *code is DNS_FINE or the answer
 * already.
 */
bool dns_read_question(const uint8_t *bytes, size_t length,
    struct dns_question *out, enum dns_code *code) __attribute__((nonnull));

struct dns_answer {
	enum dns_code code;
	uint32_t ttl; /* seconds */
	struct in6_addr addresses[DNS_ADDRESSES];
	size_t count;
};

/* Those addresses that are of the question's type, as many as fit. */
size_t dns_write_answer(const struct dns_question *question,
    const struct dns_answer *answer, uint8_t out[DNS_BYTES])
    __attribute__((nonnull));

/* The question for another server, by that number. */
size_t dns_write_question(const struct dns_question *question, uint16_t id,
    uint8_t out[DNS_BYTES]) __attribute__((nonnull));

/*
 * What that server said to it. False: it is no answer to that. Addresses are
 * those of the name, or of what it is an alias of.
 */
bool dns_read_answer(const uint8_t *bytes, size_t length, uint16_t id,
    const struct dns_question *question, struct dns_answer *out)
    __attribute__((nonnull));

#endif
