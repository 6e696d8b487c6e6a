/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - a mount namespace and a tree in it, for one test.
 */
#ifndef TESTS_UNIT_ROOTFS_SUPPORT_H
#define TESTS_UNIT_ROOTFS_SUPPORT_H

#include "rootfs/plan.h"

/*
 * Go to a mount namespace of our own, from which nothing gets out: as root, or
 * as root of a user namespace. Where neither can be, the test is skipped.
 */
void apart(void);

/* A new directory below /tmp, on a tmpfs of this namespace. */
extern char tree_path[32];

/*
 * A plan for that directory as the root of a configuration, with the mounts;
 * plan->root is the directory itself. They are the caller's.
 */
struct rootfs_plan *
plan_tree(struct spec *spec, const struct spec_mount *mounts, size_t count);

/* What is expected to go well. */
#define FINE(call)                                                             \
	do {                                                                   \
		struct error fine_ = { 0 };                                    \
		struct error *fine = &fine_;                                   \
		cr_assert(ge(int, (call), 0), "%s", fine_.text);               \
	} while (0)

/* A list that is not written to, as the configuration has it. */
#define WORDS(...)                                                             \
	{                                                                      \
		.items = (char *[]){ __VA_ARGS__, NULL },                      \
		.count = ARRAY_SIZE(((const char *[]){ __VA_ARGS__ })),        \
	}

#endif
