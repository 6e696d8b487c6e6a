/* SPDX-License-Identifier: Apache-2.0 */
/*
 * label - how the kernel shows a label.
 *
 * Private to lsm.
 */
#ifndef LSM_LABEL_H
#define LSM_LABEL_H

#include <stdbool.h>

/*
 * Is what was read the wanted label, and all of it? A newline may follow, and
 * with_mode AppArmor's mode: "profile (enforce)".
 */
bool lsm_label_is(const char *got, const char *wanted, bool with_mode)
    __attribute__((nonnull));

#endif
