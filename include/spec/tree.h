/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree - root, mounts and hooks, as plain data.
 *
 * Layer 1. Part of spec/spec.h.
 */
#ifndef SPEC_TREE_H
#define SPEC_TREE_H

#include "spec/types.h"

struct spec_root {
	char *path;
	bool readonly;
};

struct spec_mount {
	char *destination;
	char *type;
	char *source;
	struct spec_strings options;
	struct spec_idmaps uid_mappings;
	struct spec_idmaps gid_mappings;
};

struct spec_hook {
	char *path;
	struct spec_strings args; /* empty: the path alone */
	struct spec_strings env;
	bool has_env;
	struct spec_u32 timeout; /* seconds, at least 1 */
};

enum spec_hook_kind {
	SPEC_HOOK_PRESTART,
	SPEC_HOOK_CREATE_RUNTIME,
	SPEC_HOOK_CREATE_CONTAINER,
	SPEC_HOOK_START_CONTAINER,
	SPEC_HOOK_POSTSTART,
	SPEC_HOOK_POSTSTOP,
	SPEC_HOOK_KINDS,
};

struct spec_hooks {
	struct spec_hook *items;
	size_t count;
};

#endif
