/* SPDX-License-Identifier: Apache-2.0 */
/*
 * boxes - the bundle of an image for a sandbox: beside its layer, and gone or
 * kept with it.
 */
#ifndef CLI_BOXES_H
#define CLI_BOXES_H

#include "sandbox/layer.h"
#include "spec/spec.h"

struct boxed {
	struct spec *spec; /* of its config.json */
	char bundle[PATH_MAX];
};

/* Unpack it, unless it is there already. */
int boxed_open(const struct sandbox_layer *layer, const char *source,
    struct boxed *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void boxed_close(struct boxed *boxed) __attribute__((nonnull));

#endif
