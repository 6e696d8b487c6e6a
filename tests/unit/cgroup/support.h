/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - a cgroup hierarchy made of ordinary directories, or a cgroup of the
 * host's own.
 */
#ifndef TESTS_UNIT_CGROUP_SUPPORT_H
#define TESTS_UNIT_CGROUP_SUPPORT_H

#include <stddef.h>

#include "cgroup/cgroup.h"
#include "spec/spec.h"

/* A new tree in a temporary directory, whose caller is in own. */
struct cgroup_tree fake_tree(const char *own);
void fake_remove(struct cgroup_tree *tree);

/* Make a directory below with the files of a cgroup. */
void fake_cgroup(const struct cgroup_tree *tree, const char *path,
    const char *controllers);

void put_file(int dir, const char *name, const char *text);

/* The text of a file, without the end of the line; "" without a file. */
const char *text_of(int dir, const char *name);

/*
 * Tell tests/run, when that runs this, that these members of linux.resources
 * are tested: words behind what they are of.
 */
void claim_resources(const char *of, const char *members);

/* Parse a configuration with these resources. */
struct spec *spec_with(const char *resources);

/*
 * A new cgroup in the host's hierarchy; the test is skipped where it cannot be
 * made. path gets its path, dir its descriptor.
 */
struct cgroup_tree real_tree(void);
int real_cgroup(const struct cgroup_tree *tree, char path[64]);

/* A child that sleeps in the cgroup. */
pid_t sleeper(int dir);

/* The same, of one that never rests. */
pid_t spinner(int dir);

#endif
