/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subid - the subordinate ids of a user: subuid(5), subgid(5), passwd(5).
 *
 * Private to ns. Reads the files themselves: no NSS, so a user who is in none
 * of them has no name here, and ranges are then found by number alone.
 */
#ifndef NS_SUBID_H
#define NS_SUBID_H

#include "spec/spec.h"

/*
 * Map 0 to own, and 1, 2, ... to the ranges that the file (subuid or subgid)
 * gives the user, by name or by number. The name is looked up in passwd. items
 * has room for LIMIT_IDMAPS. Returns how many lines that are; 1 when the user
 * has no range.
 */
size_t subid_read(const char *file, const char *passwd, uint32_t user,
    uint32_t own, struct spec_idmap *items) __attribute__((nonnull));

#endif
