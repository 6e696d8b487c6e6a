/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layers - what becomes of the layer of a sandbox: "sandbox diff" and the like.
 */
#ifndef CLI_LAYERS_H
#define CLI_LAYERS_H

#include "cli.h"
#include "sandbox/layer.h"

/* Is it one of those words, and not a command's? */
bool layers_has_verb(const char *word) __attribute__((nonnull));

/* argv[1] is one. */
int layers_run(struct cli_call *call, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Behind a sandbox: what is not to be kept goes, as all of one that failed, or
 * an image's files without a name. A layer that nobody gave a name to is told
 * of, or goes where it has nothing.
 */
void layers_end(struct sandbox_layer *layer, bool is_overlay, bool is_named,
    bool is_failed) __attribute__((nonnull));

#endif
