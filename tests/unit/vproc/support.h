/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - limits to test with, and control groups that are directories.
 */
#ifndef TEST_VPROC_SUPPORT_H
#define TEST_VPROC_SUPPORT_H

#include "vproc/vproc.h"

/* Two processors of which one is called 5, 1 GiB, 256 MiB of swap. */
extern const struct vproc_limits some_limits;
extern const struct vproc_usage some_usage;

/* The whole text of a file; it has to be generated. One at a time. */
const char *text_at(enum vproc_tree tree, const char *path,
    const struct vproc_limits *limits, const struct vproc_usage *usage);

/*
 * A directory of NAME=TEXT, in one that is a control group with others. Both
 * are gone at the end of the test.
 */
int fake_group(const char *const *inner, const char *const *outer);

#endif
