/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer - where the writes of a sandbox go with --overlay, and what becomes of
 * them.
 *
 * Layer 5. Part of sandbox. A layer is a directory of the user's, by its name
 * below $XDG_STATE_HOME/lorica/sandbox: "upper" has what was written, by the
 * names of the machine, as overlayfs(5) keeps it; "places" says what may be
 * committed without being named. All that is in "upper" was chosen by the
 * command: it is looked at by descriptors, and no link is followed, in there or
 * on the machine.
 *
 * Caller: cli.
 */
#ifndef SANDBOX_LAYER_H
#define SANDBOX_LAYER_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "spec/spec.h"

#define SANDBOX_LAYER_NAME 64 /* with its NUL */

struct sandbox_layer {
	int dir;     /* -1: only its path is known */
	bool is_new; /* nobody has written to it */
	char name[SANDBOX_LAYER_NAME];
	char path[PATH_MAX];
};

#define SANDBOX_LAYER_NONE                                                     \
	{                                                                      \
		.dir = -1                                                      \
	}

enum sandbox_layer_use {
	SANDBOX_LAYER_NAMED, /* its path, and nothing is made */
	SANDBOX_LAYER_READ,  /* it is there, and may be in use */
	SANDBOX_LAYER_TAKE,  /* it is there, and nobody uses it: locked */
	SANDBOX_LAYER_MAKE,  /* the same, and made where it is missing */
};

/* env: the caller's, for the place. The lock goes with the layer's close. */
int sandbox_layer_open(char *const *env, const char *name,
    enum sandbox_layer_use use, struct sandbox_layer *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void sandbox_layer_close(struct sandbox_layer *layer) __attribute__((nonnull));

/* Remove one that was taken or made, with all that is in it. */
int sandbox_layer_remove(struct sandbox_layer *layer, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* What is different with the layer. */
struct sandbox_change {
	/* Added, modified, deleted, or of another type. */
	char kind;
	bool is_directory;
	const char *path;
	/* Why it is not committed unless it is named; NULL: it is. */
	const char *guarded;
	/* Why it never is, NULL: it may be. */
	const char *refused;
};

typedef int sandbox_change_use(void *context,
    const struct sandbox_change *change, struct error *e);

/*
 * All changes, by name; what is gone from a directory that was made anew comes
 * behind what is in it. env: the caller's.
 */
int sandbox_layer_diff(const struct sandbox_layer *layer, char *const *env,
    sandbox_change_use *use, void *context, struct error *e)
    __attribute__((nonnull(1, 2, 3, 5), warn_unused_result));

struct sandbox_commit {
	char *const *env;
	struct spec_strings paths; /* what is named; absolute or relative */
	spec_note *note;           /* told what was not done, a line each */
	void *note_context;
	size_t done;
	size_t left; /* what was not named, and needs it */
	size_t failed;
};

/* Do to the machine what the layer says. Goes on after what cannot be done. */
int sandbox_layer_commit(const struct sandbox_layer *layer,
    struct sandbox_commit *commit, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * After a sandbox with that layer failed: what of this machine or of the
 * layer's place forbids an overlay, as one line; false when nothing is found.
 */
bool sandbox_layer_find_obstacle(const struct sandbox_layer *layer, char *buf,
    size_t size) __attribute__((nonnull));

#endif
