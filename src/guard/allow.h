/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow - the words of a list of destinations.
 *
 * Private to guard.
 */
#ifndef GUARD_ALLOW_WORDS_H
#define GUARD_ALLOW_WORDS_H

#include "guard/allow.h"

/* The first bits of an address. */
struct allow_net {
	struct in6_addr address;
	unsigned prefix;
};

struct allow_item {
	const char *text; /* as it was written */
	bool is_name;
	bool is_wildcard; /* any name below it */
	char name[GUARD_NAME_BYTES];
	struct allow_net net;
	unsigned first, last; /* ports */
};

#define ALLOW_ITEMS_MAX   256
#define ALLOW_SPECIAL_MAX 64

struct guard_allow {
	char *words; /* each ends with a NUL */
	struct allow_item *items;
	size_t count;
	struct allow_net special[ALLOW_SPECIAL_MAX];
	size_t special_count;
};

/* A network as of "10.0.0.0/8"; what is behind its prefix has to be zero. */
bool allow_net_read(const char *text, struct allow_net *out)
    __attribute__((nonnull));

bool allow_net_has(const struct allow_net *net, const struct in6_addr *address)
    __attribute__((nonnull));

/* One word. */
int allow_item_parse(const char *text, struct allow_item *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
