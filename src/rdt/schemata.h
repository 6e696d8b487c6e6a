/* SPDX-License-Identifier: Apache-2.0 */
/*
 * schemata - the limits of a class of service as text, a line for a resource:
 * "L3:0=ff;1=3" gives two caches' ways by mask.
 *
 * Private to rdt.
 */
#ifndef RDT_SCHEMATA_H
#define RDT_SCHEMATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "spec/linux.h"

/*
 * What is to be written for a configuration, in two writes, as the kernel
 * refuses one that says something of a cache twice: l3CacheSchema and
 * memBwSchema, then schemata. *out is the caller's to free; "" when it asks
 * for nothing of this.
 */
int schemata_print(const struct spec_intel_rdt *rdt, char **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));
int schemata_print_last(const struct spec_intel_rdt *rdt, char **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Does a class whose file says have give what is wanted? The kernel writes
 * numbers and blanks in its own way. What is not wanted may be anything.
 */
bool
schemata_match(const char *wanted, const char *have) __attribute__((nonnull));

#endif
