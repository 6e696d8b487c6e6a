/* SPDX-License-Identifier: Apache-2.0 */
/*
 * types - what the structs of the configuration are made of.
 *
 * Layer 1. Uses nothing. Part of spec/spec.h.
 */
#ifndef SPEC_TYPES_H
#define SPEC_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A value that config.json may leave out. */
struct spec_i64 {
	bool is_set;
	int64_t value;
};
struct spec_u64 {
	bool is_set;
	uint64_t value;
};
struct spec_u32 {
	bool is_set;
	uint32_t value;
};
struct spec_bool {
	bool is_set;
	bool value;
};

/* A list of strings; items has a NULL after the last, and is never NULL. */
struct spec_strings {
	char **items;
	size_t count;
};

/* An object whose members are strings, in the order of the file. */
struct spec_pair {
	char *key;
	char *value;
};
struct spec_pairs {
	struct spec_pair *items;
	size_t count;
};

/* One line of an id map: user_namespaces(7). */
struct spec_idmap {
	uint32_t container_id;
	uint32_t host_id;
	uint32_t size;
};
struct spec_idmaps {
	struct spec_idmap *items;
	size_t count;
};

#endif
