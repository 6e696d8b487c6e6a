/* SPDX-License-Identifier: Apache-2.0 */
/*
 * json_read - what the readers of scalars and of lists share.
 *
 * Private to base.
 */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include "base/json.h"

/* Refuse a value that is of another kind. */
int json_read_expect(const struct json *value, enum json_kind kind,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
