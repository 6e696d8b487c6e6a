/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address - what a rule says of addresses, and addresses that are asked about.
 *
 * Private to guard.
 */
#ifndef GUARD_ADDRESS_H
#define GUARD_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "guard/guard.h"
#include "pattern.h"

/* How sure it is that a rule fits: guard.h says what follows. */
enum guard_fit {
	FIT_NO,
	FIT_UNSURE,
	FIT_YES,
	FIT_ASKS, /* that depends on what was not given */
};

/* An IP address; of IPv4 the first four bytes. ::ffff:1.2.3.4 is 1.2.3.4. */
struct guard_ip {
	bool is_v4;
	uint8_t bytes[16];
};

/* ::ffff:0:0/96 */
static inline bool
guard_is_mapped(const uint8_t bytes[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(bytes, mapped, sizeof(mapped)) == 0;
}

enum guard_address_kind {
	ADDRESS_NET,      /* IP */
	ADDRESS_PATH,     /* of a unix socket */
	ADDRESS_ABSTRACT, /* name of a unix socket */
	ADDRESS_FAMILY,
};

struct guard_address {
	enum guard_address_kind kind;
	const char *text; /* as it was written */
	struct guard_ip ip;
	unsigned prefix; /* of ip, in bits */
	int family;      /* ADDRESS_FAMILY */
	struct guard_pattern pattern;
};

/* One word of "to": an address, or a set's. */
struct guard_group {
	const char *text;
	struct guard_address *items;
	size_t count;
};

struct guard_groups {
	struct guard_group *items;
	size_t count;
};

/* Compile one that is no set's name; at is its place. */
int guard_address_parse(struct json_arena *arena, const struct json *at,
    const char *text, struct guard_address *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* NULL-ended; NULL when lorica has no such set. */
const char *const *guard_set_find(const char *name) __attribute__((nonnull));

#define TARGET_FORMS 16

/* An address that is asked about. */
struct guard_target {
	enum guard_operation operation;
	int family;
	unsigned port;
	/*
	 * What it is: itself first, then whatever else it means to the kernel.
	 * Behind these what some gateway may take it for.
	 */
	struct guard_ip forms[TARGET_FORMS];
	size_t sure, count;
	bool is_wildcard; /* bind to every address of the family */
	/* A unix socket's; NULL: it has none, or it is not known. */
	const char *path;
	bool has_path;
	const char *name; /* abstract, of that length */
	size_t name_length;
};

/* False for one that the kernel would refuse for its length. */
bool guard_target_read(enum guard_operation operation,
    const struct sockaddr *address, socklen_t length, const char *path,
    struct guard_target *out);

enum guard_fit guard_address_fits(const struct guard_address *address,
    const struct guard_target *target) __attribute__((nonnull));

#endif
