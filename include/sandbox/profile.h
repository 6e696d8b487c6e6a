/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile - options of a sandbox in a file: JSON, a member for each option, or
 * the same in YAML.
 *
 * Layer 5. Part of sandbox. What a member says counts as the option of the same
 * name does; a path that begins with "?" counts only where it is there.
 */
#ifndef SANDBOX_PROFILE_H
#define SANDBOX_PROFILE_H

#include <limits.h>

#include "sandbox/sandbox.h"

struct sandbox_profile {
	char *description;
	struct sandbox_options options;
};

#define SANDBOX_PROFILE_BYTES (64u << 10)

/* Read one, into the arena. A member that is not known is an error. */
int sandbox_profile_parse(struct json_arena *arena, const char *text,
    size_t length, struct sandbox_profile *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Lay options over others: lists are joined, of the rest the second's counts
 * where it says something. The lists are in the arena.
 */
int sandbox_options_merge(struct json_arena *arena,
    const struct sandbox_options *over, struct sandbox_options *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * The same with what can only take away: what would give more is left out, and
 * told of in more, of the arena; "" when there is none.
 */
int sandbox_options_narrow(struct json_arena *arena,
    const struct sandbox_options *over, struct sandbox_options *out,
    const char **more, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * What a command without options means, in that order: the machine's
 * default.json, the user's, the profile that is named (a name, or a file's path
 * with a slash in it; NULL: none), and .lorica of the current directory, which
 * is narrowed unless the user has agreed to it as it is. trust: he does so now.
 *
 * Each may be in YAML instead, which the helper lorica-yaml reads: default.yaml
 * or .yml, .lorica.yaml or .yml. Both is an error, as nobody knows which.
 */
struct sandbox_profiles {
	const char *name;
	const char *dir; /* NULL: the current one */
	bool trust;
	/* What counts behind them, so that a project need not be told that it
	 * does not get it; NULL: nothing. */
	const struct sandbox_options *over;
	char *const *env;
	spec_note *note;
	void *note_context;
};
int sandbox_profiles_load(const struct sandbox_profiles *from,
    struct json_arena *arena, struct sandbox_options *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The same of the profile alone that is named. */
int sandbox_profile_load(const char *name, char *const *env,
    struct json_arena *arena, struct sandbox_options *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Add a destination to the list of the user's profile of that name (NULL:
 * default), which is made of the one that counts now where he has none; and so
 * is the list. Other members stay; one in YAML, with its comments, is not
 * written to. Stores which file that is, for the user. Returns 1, or 0 where it
 * is listed already. Never waits for another process for long.
 */
int sandbox_profile_save(const char *name, char *const *env, const char *item,
    char where[PATH_MAX], struct error *e)
    __attribute__((nonnull(2, 3, 4, 5), warn_unused_result));

/* Is a file of that name in YAML? */
bool sandbox_profile_is_yaml(const char *name) __attribute__((nonnull));

/* The text of a profile that is built in, or NULL. */
const char *sandbox_profile_text(const char *name) __attribute__((nonnull));

/*
 * A profile over a bundle's configuration, of which it leaves no
 * more than both allow. What it asks for beside that is left out, and told of
 * in more, as above; a member that would close something and has no meaning
 * there is an error. *text is the caller's to free; the rest is in the arena.
 */
struct sandbox_narrowed {
	const char *name; /* the configuration's, for errors: the caller's */
	char *text;       /* the configuration */
	size_t length;
	const char *more;
	const char *net; /* for struct container_create; NULL: none */
	bool has_limits; /* of memory, processors or processes */
	bool has_hooks;  /* that may give a network, which net closes */
};
int sandbox_profile_narrow(struct json_arena *arena,
    const struct sandbox_options *profile, const char *config, size_t length,
    struct sandbox_narrowed *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The profiles that are built in, by name; NULL behind the last. */
const char *sandbox_profile_name(size_t index);

#endif
