/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guarded - what of a layer needs to be named. Private to sandbox.
 */
#ifndef SANDBOX_GUARDED_H
#define SANDBOX_GUARDED_H

#include "box.h"
#include "container/store.h"

#define LAYER_PLACES "places" /* a file of the layer's */

struct guarded {
	struct sandbox_request request;
	struct sandbox box;         /* for its homes */
	struct spec_strings places; /* that need not be named */
};

/* dir: the layer's. */
int guarded_open(struct guarded *out, int dir, char *const *env,
    struct error *e) __attribute__((nonnull, warn_unused_result));
void guarded_close(struct guarded *guarded) __attribute__((nonnull));

/* Places more, for this layer. */
int guarded_add_places(int dir, char *const *env, const struct list *places,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * How much of the path is something that a program outside obeys, or that the
 * defaults hide: "/p/.git/hooks" of "/p/.git/hooks/x". 0: it is not in one.
 * mode: the type of what is there; a link in the place of a directory that
 * leads to such a thing counts too.
 */
size_t guarded_length(const struct guarded *guarded, const char *path,
    mode_t mode) __attribute__((nonnull));

/* Could a sandbox without a layer have written there? */
bool guarded_is_placed(const struct guarded *guarded, const char *path)
    __attribute__((nonnull));

#endif
