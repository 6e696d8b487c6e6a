/* SPDX-License-Identifier: Apache-2.0 */
/*
 * floor - what its two halves share: the runtime's and that of the process in
 * the container.
 */
#ifndef BENCH_FLOOR_H
#define BENCH_FLOOR_H

#include <linux/filter.h>

/* End the program with what failed, unless the result is not negative. */
int must(long result, const char *what);

/*
 * Build the container and execute the program in it. The descriptor sync is
 * read once before the root changes; with start >= 0 one byte is written to
 * sync then, and a connection on start waited for.
 */
void
floor_init(const char *rootfs, char *program, const struct sock_fprog *filter,
    int sync, int start) __attribute__((noreturn));

#endif
