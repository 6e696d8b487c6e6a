/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec - the OCI configuration as plain data.
 *
 * Layer 1. Uses base. Follows opencontainers/runtime-spec 1.3.0, config.md and
 * config-linux.md; a member keeps the name that it has there.
 *
 * A struct spec owns everything that it points to, in one arena; nothing in it
 * changes after spec_parse(), so it may be read on both sides of clone(2).
 * Strings are NUL-ended and hold no NUL inside. A list that config.json does
 * not give is empty; a string or struct pointer that it does not give is NULL.
 * Every enumeration is resolved to the kernel's own number while parsing.
 *
 * Callers: spec_parse(), spec_validate(), then read.
 */
#ifndef SPEC_SPEC_H
#define SPEC_SPEC_H

#include <stdio.h>

#include "base/error.h"
#include "spec/linux.h"
#include "spec/process.h"
#include "spec/tree.h"

struct spec {
	char *oci_version;
	struct spec_process *process; /* NULL: it cannot be started */
	struct spec_root *root;
	char *hostname;
	char *domainname;
	struct spec_mount *mounts;
	size_t mounts_count;
	struct spec_hooks hooks[SPEC_HOOK_KINDS];
	struct spec_pairs annotations;
	struct spec_linux lnx; /* "linux" is a macro of the compiler */
	struct json_arena *arena;
};

/* Told of each member that is not in the specification, by its place. */
typedef void spec_note(void *context, const char *place);

/*
 * Read a configuration from length bytes of JSON. Checks syntax, types,
 * enumerations, ranges, repeated members, size and depth; an error names the
 * place as "process.rlimits[2].type: unknown value "RLIMIT_FOO"". The name of
 * the file is the caller's to add. note may be NULL. On success the caller
 * releases *out with spec_free().
 */
int spec_parse(const char *json, size_t length, spec_note *note, void *context,
    struct spec **out, struct error *e)
    __attribute__((nonnull(1, 5, 6), warn_unused_result));

/* Read a process object alone, as exec --process gives it. Same rules. */
int spec_parse_process(const char *json, size_t length, struct spec **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Read and check a linux.resources object alone, as update gives it. */
int spec_parse_resources(const char *json, size_t length, struct spec **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Read and check a seccomp profile alone, as linux.seccomp has it or in
 * Docker's format, whose conditions are resolved for this machine and a process
 * with these capabilities in its bounding set.
 */
int spec_parse_profile(const char *json, size_t length, uint64_t bounding,
    struct spec **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * A profile of our own, as JSON; NULL when there is none of that name. They are
 * built in, so that choosing one opens no file.
 */
const char *spec_profile_find(const char *name) __attribute__((nonnull));

/* Their names, ended by NULL. */
extern const char *const spec_profile_names[];

/*
 * The profile of a process of lorica's own ("sentry"), or NULL. No container
 * can choose it: it allows what none should have, and lacks what all need.
 */
const char *spec_profile_of_process(const char *name) __attribute__((nonnull));

/* The annotation that chooses one of them where linux.seccomp is missing. */
#define SPEC_PROFILE_ANNOTATION "dev.lorica.seccomp"

/*
 * Check what no single member can show: required members, duplicates,
 * combinations, paths, sysctl names (and which namespaces they need). Pure: it
 * asks the kernel nothing. Errors name the place as spec_parse() does.
 */
int spec_validate(const struct spec *spec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The rules for process alone, which is another one than was validated. */
int spec_validate_process(const struct spec *spec, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Release a configuration; NULL is allowed. */
void spec_free(struct spec **spec) __attribute__((nonnull));

/* The value of an annotation, or NULL. */
const char *spec_annotation_find(const struct spec *spec, const char *key)
    __attribute__((nonnull));

/*
 * "true": the program is not the first process of its pid namespace, but a
 * child of one that passes signals on and reaps. The other: after so many
 * seconds that one ends, and all with it; the status is 124.
 */
#define SPEC_INIT_ANNOTATION "dev.lorica.init"
#define SPEC_TIME_ANNOTATION "dev.lorica.time"

/* Is it so? *seconds is 0 without the other. */
bool spec_has_init(const struct spec *spec, uint32_t *seconds)
    __attribute__((nonnull, warn_unused_result));

/* "true": a link in the path of a mount, of what is masked or read-only, or of
 * a Landlock rule is an error: whoever wrote them found none. */
#define SPEC_NO_LINKS_ANNOTATION "dev.lorica.nolinks"
bool spec_has_no_links(const struct spec *spec)
    __attribute__((nonnull, warn_unused_result));

/* "true": what is the host's and was only given, as a descriptor, or by a
 * network namespace that is not the container's own, is not written to or
 * spoken to by other names. The interception layer's, where Landlock cannot
 * bind what it performs; which may then be asked for besides. */
#define SPEC_APART_ANNOTATION "dev.lorica.apart"
bool spec_is_apart(const struct spec *spec)
    __attribute__((nonnull, warn_unused_result));

/* "true": what root may do to owners, modes and ids seems done to the program,
 * and is nowhere else. The interception layer's. */
#define SPEC_PRETEND_ANNOTATION "dev.lorica.fakeroot"
bool spec_pretends(const struct spec *spec)
    __attribute__((nonnull, warn_unused_result));

/* crun's run.oci.keep_original_groups=1: the program has its caller's groups.
 */
bool spec_keeps_groups(const struct spec *spec)
    __attribute__((nonnull, warn_unused_result));

/* What the specification has words for, and the kernel numbers. */
enum spec_words {
	SPEC_WORDS_ACTIONS, /* of seccomp; SECCOMP_RET_* */
	SPEC_WORDS_ARCHITECTURES,
	SPEC_WORDS_CAPABILITIES,
	SPEC_WORDS_FILTER_FLAGS, /* SECCOMP_FILTER_FLAG_* */
	SPEC_WORDS_MEMORY_FLAGS,
	SPEC_WORDS_MEMORY_MODES,
	SPEC_WORDS_NAMESPACES,
	SPEC_WORDS_OPERATORS,
};

struct json_word;

/* All of them, ended by a row without a word. */
const struct json_word *spec_words(enum spec_words which);

/*
 * The path of a sysctl below /proc/sys. Its name has dots or slashes between
 * its parts; the first tells which, and the other is part of a name. Returns
 * false when a part is empty, "." or "..", or when size is too small.
 */
#define SPEC_SYSCTL_MAX 256
bool spec_sysctl_path(const char *key, char *path, size_t size)
    __attribute__((nonnull, warn_unused_result));

/* The namespace that a sysctl belongs to. Returns false when it has none. */
bool spec_sysctl_needs(const char *key, enum spec_namespace_kind *out)
    __attribute__((nonnull, warn_unused_result));

/* "user", "mount", ... as in linux.namespaces[].type. */
const char *spec_namespace_name(enum spec_namespace_kind kind);

/* "prestart", "createRuntime", ... as in hooks. */
const char *spec_hook_name(enum spec_hook_kind kind);

/* Does the container get a new namespace of this kind? */
bool spec_is_new_namespace(const struct spec *spec,
    enum spec_namespace_kind kind) __attribute__((nonnull));

/*
 * Write the configuration that "lorica spec" gives; with rootless, one for an
 * ordinary user with these ids; with a profile, that as linux.seccomp. Returns
 * 0, or -1 when out has failed.
 */
int spec_print_default(FILE *out, bool rootless, uint32_t uid, uint32_t gid,
    const struct spec_seccomp *profile)
    __attribute__((nonnull(1), warn_unused_result));

/* The bounding set that it gives a container. */
uint64_t spec_default_bounding(void);

/* A profile as the JSON of linux.seccomp, each line after so many tabs. */
void spec_print_profile(FILE *out, const struct spec_seccomp *profile,
    int indent) __attribute__((nonnull));

/* The object of one of its rules. */
void spec_print_rule(FILE *out, const struct spec_seccomp_rule *rule)
    __attribute__((nonnull));

#endif
