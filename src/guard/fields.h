/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields - the readers of a policy's lists, and what they share.
 *
 * Private to guard.
 */
#ifndef GUARD_FIELDS_H
#define GUARD_FIELDS_H

#include "base/json.h"
#include "policy.h"

/* The context of the reader while a policy is read. */
struct guard_parse {
	struct json_arena *arena; /* the policy's */
	struct guard_policy *policy;
	struct error *e;
	size_t states, addresses, hashes; /* so far, against their limits */
};

/* A text that lives as long as the policy. NULL with the error recorded. */
const char *
guard_keep(struct guard_parse *parse, const char *text, struct error *e);

/* Reads one element of a list. */
typedef int guard_read_item(struct guard_parse *parse, const struct json *at,
    void *out, struct error *e);

/*
 * A struct json_list of such. An empty one would fit nothing, or be taken for
 * one that is not there and fit everything: it cannot have been meant.
 */
int guard_read_items(const struct json_reader *reader, const struct json *value,
    size_t size, guard_read_item *read, void *out, struct error *e);

int guard_expect_string(const struct json *at, struct error *e);

/* Refuse a list that is longer. */
int guard_bound(const struct json *list, size_t limit, struct error *e);

/* Add to what there is of that kind in the policy; refuse more than the limit.
 */
int guard_charge(const struct json *at, size_t *sum, size_t more, size_t limit,
    struct error *e);

/* Of "files" and "execute", of "to" (sets come first), and so on. */
json_read guard_read_paths;  /* struct guard_patterns */
json_read guard_read_groups; /* struct guard_groups */
json_read guard_read_ports;  /* struct guard_ports */
json_read guard_read_hashes; /* struct guard_hashes */
json_read guard_read_names;  /* struct guard_names */
json_read guard_read_drift;  /* enum guard_drift */
json_read guard_read_what;   /* words, ored: unsigned; not empty */
json_read guard_read_errno;  /* int */
json_read guard_read_time;   /* uint32_t: seconds */

/* The sets of the policy: name by name, of addresses. */
int guard_read_sets(struct guard_parse *parse, const struct json *sets,
    struct error *e);

#endif
