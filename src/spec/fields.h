/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fields - the tables of members, and the readers that they share.
 *
 * Private to spec.
 */
#ifndef SPEC_FIELDS_H
#define SPEC_FIELDS_H

#include "base/json.h"
#include "spec/spec.h"

extern const struct json_field spec_idmap_fields[];
extern const struct json_field spec_process_fields[];
extern const struct json_field spec_landlock_fields[];
extern const struct json_field spec_linux_fields[];
extern const struct json_field spec_seccomp_fields[];
extern const struct json_field spec_resource_fields[];

/* Values that may be left out: struct spec_i64 and its like. */
json_read spec_read_i64;
json_read spec_read_u64;
json_read spec_read_u32;
json_read spec_read_u16; /* into struct spec_u32 */
json_read spec_read_bool;

/*
 * Fill process.landlock from the annotation "dev.lorica.landlock", which holds
 * the same object as text; both at once are an error.
 */
int spec_landlock_annotated(const struct json_reader *reader, struct spec *spec,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Read a whole number and refuse what is outside of least to most. */
int spec_read_range(const struct json *value, int64_t least, int64_t most,
    int64_t *out, struct error *e) __attribute__((nonnull));

#endif
