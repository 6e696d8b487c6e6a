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
 * Behind a sandbox: say what its layer is called, or remove it where nobody
 * gave it a name and it has nothing.
 */
void layers_tell(struct sandbox_layer *layer, bool is_named)
    __attribute__((nonnull));

#endif
