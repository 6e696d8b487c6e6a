/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outlet - what is let out: the list, the addresses that its names have had,
 * and what was refused.
 *
 * Private to net. Pure: it opens nothing.
 */
#ifndef NET_OUTLET_H
#define NET_OUTLET_H

#include <stdio.h>

#include "dns.h"
#include "guard/allow.h"
#include "inquiry.h"

#define OUTLET_PINS     1024
#define OUTLET_HOSTS    256
#define OUTLET_REFUSALS 64
#define OUTLET_PASSES   8

/* How long a name is let out that was allowed once: for its lookups, of which
 * there are several, and the connections that follow. */
#define OUTLET_PASS_MS 30000

/* A name had that address, so that the one stands for the other. */
struct outlet_pin {
	char name[GUARD_NAME_BYTES];
	struct in6_addr address;
};

struct outlet_refusal {
	char what[2 * GUARD_NAME_BYTES + 64];
	char flag[GUARD_NAME_BYTES + 16];
};

struct outlet_pass {
	char name[GUARD_NAME_BYTES];
	uint64_t until_ms;
};

struct outlet {
	struct guard_allow *allow;
	char list[GUARD_ALLOW_BYTES]; /* the same as a text */
	struct inquiries inquiries;
	struct outlet_pass passes[OUTLET_PASSES];
	size_t passes_next;
	struct outlet_pin pins[OUTLET_PINS];
	size_t pins_count, pins_next; /* the oldest makes room */
	struct outlet_pin hosts[OUTLET_HOSTS];
	size_t hosts_count;
	struct outlet_refusal refusals[OUTLET_REFUSALS];
	size_t refusals_count;
	size_t others; /* that there was no room for */
};

/* Of the text of hosts(5): the names that are listed, or may be. */
void
outlet_read_hosts(struct outlet *outlet, char *text) __attribute__((nonnull));

/*
 * The list, and whether somebody is asked about what is not in it: that begins
 * with RELAY_ASKS.
 */
int outlet_read_list(struct outlet *outlet, const char *text, struct error *e)
    __attribute__((nonnull, warn_unused_result));

enum outlet_decision {
	OUTLET_OUT,     /* a socket outside */
	OUTLET_OWN,     /* the sandbox's own */
	OUTLET_REFUSED, /* which is noted */
	OUTLET_WAIT,    /* somebody is asked */
};

/* Who goes where. */
struct outlet_call {
	struct in6_addr address;
	unsigned port;
	bool is_own; /* it is one of this machine's: hand_is_own() */
	uint64_t ticket;
	pid_t pid;
};

/* The machine's own address counts only where it is listed itself. */
enum outlet_decision outlet_decide(struct outlet *outlet,
    const struct outlet_call *call) __attribute__((nonnull));

/* Somebody has decided. */
void outlet_answer(struct outlet *outlet, const struct relay_verdict *verdict)
    __attribute__((nonnull));

/* What hosts(5) says; false: nothing. */
bool
outlet_known(const struct outlet *outlet, const struct dns_question *question,
    struct dns_answer *out) __attribute__((nonnull));

/* May the name be looked up? OUTLET_OUT; if not, that is noted. */
enum outlet_decision outlet_may_ask(struct outlet *outlet, const char *name)
    __attribute__((nonnull));

/*
 * The name has these addresses: leave out those that no name speaks for, which
 * is noted, unless somebody is asked about them; and pin the others.
 */
void outlet_pin(struct outlet *outlet, const char *name,
    struct dns_answer *answer) __attribute__((nonnull));

/* A line for each destination that was refused. Returns how many bytes. */
size_t outlet_report(const struct outlet *outlet, size_t index, char *out,
    size_t size) __attribute__((nonnull));

#endif
