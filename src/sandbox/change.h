/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change - walk through a layer and the machine side by side. Private to
 * sandbox.
 */
#ifndef SANDBOX_CHANGE_H
#define SANDBOX_CHANGE_H

#include <limits.h>
#include <sys/stat.h>

#include "guarded.h"
#include "sandbox/layer.h"

/* One name, in the layer or on the machine. */
struct entry {
	char kind; /* as of a change; 0: there is none */
	const char *name;
	int upper; /* the directories that have it */
	int host;  /* O_PATH; -1: the machine has no such directory */
	bool has_upper;
	bool has_host;
	struct stat in_layer;
	struct stat on_host;
	const char *refused; /* why it is never committed, or NULL */
	int inside;          /* of a directory: the machine's own; -1: none */
};

struct walk {
	struct guarded guarded;
	/* Told of each change, and of each directory before it is entered. */
	int (*visit)(struct walk *walk, struct entry *entry, struct error *e);
	/* And behind each directory. */
	int (*leave)(struct walk *walk, struct entry *entry, struct error *e);
	void *context;
	size_t used;
	unsigned depth;
	char path[PATH_MAX]; /* of the entry */
};

/* With walk->guarded open. */
int walk_layer(struct walk *walk, const struct sandbox_layer *layer,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* A name more in the path; -1 with ENAMETOOLONG. walk_pop() is given what it
 * returned. */
ssize_t walk_push(struct walk *walk, const char *name) __attribute__((nonnull));
void walk_pop(struct walk *walk, ssize_t before) __attribute__((nonnull));

#endif
