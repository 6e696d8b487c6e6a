/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unit - what a unit of systemd is told: its name, its properties, and the
 * request for them that goes to the helper.
 *
 * Layer 1. Uses base. Nothing here talks to anybody.
 *
 * A request is a sequence of texts, each ended by a NUL:
 *   UNIT_PROTOCOL, the verb, whose manager, the unit's name, its mark, then for
 *   each property its name, the first version of systemd that knows it, the
 *   signature, the number of values, the values
 * A signature is that of D-Bus, one of "bsyiuxt", an array of those, or an
 * array of structs of those; numbers are decimal texts, booleans "true" or
 * "false".
 *
 * Callers: a request is put into a stream (open_memstream(3)), whose failure
 * shows at its end; the helper checks all of it by unit_parse() and goes
 * through the properties by unit_next().
 */
#ifndef UNIT_UNIT_H
#define UNIT_UNIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

#define UNIT_PROTOCOL "lorica-systemd 1"

#define UNIT_NAME_MAX 256  /* with its end: systemd's own limit */
#define UNIT_PATH_MAX 4096 /* of a cgroup */
#define UNIT_INFINITY "18446744073709551615"
#define UNIT_VARIANTS "org.systemd.property." /* names of annotations */

/* ---- requests: message.c ------------------------------------------------ */

enum unit_verb {
	UNIT_START, /* a transient one that is not there yet */
	UNIT_SET,   /* properties of one that is, until it ends */
	UNIT_STOP,  /* kill what is in it, stop it, forget that it failed */
};

enum unit_manager {
	UNIT_SYSTEM,
	UNIT_USER,
};

/* Texts are borrowed. */
struct unit_request {
	enum unit_verb verb;
	enum unit_manager manager;
	const char *name;
	const char *mark; /* its description, by which ours is told */
	const char *properties;
	size_t length; /* of those */
};

struct unit_property {
	const char *name;
	unsigned since; /* left out for an older systemd; 0: for none */
	const char *signature;
	const char *values; /* count texts, one behind the other */
	size_t count;
};

/* Put the head of a request; its properties are not looked at. */
void unit_put_request(FILE *out, const struct unit_request *request)
    __attribute__((nonnull));

void unit_put_property(FILE *out, const struct unit_property *property)
    __attribute__((nonnull));

/* The same for one value. */
void unit_put(FILE *out, const char *name, const char *signature,
    const char *value) __attribute__((nonnull));

/* Check a request from its first byte to its last. */
int unit_parse(const char *text, size_t length, struct unit_request *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Of what was parsed: the next property, and true; begin with *at zero. */
bool unit_next(const struct unit_request *request, size_t *at,
    struct unit_property *out) __attribute__((nonnull));

/* The text behind this one. */
const char *unit_next_value(const char *value) __attribute__((nonnull));

/* Is it a value for this character of a signature? */
bool unit_is_value(char type, const char *text) __attribute__((nonnull));

/* ---- names: name.c ------------------------------------------------------ */

struct unit_place {
	char slice[UNIT_NAME_MAX];
	char name[UNIT_NAME_MAX]; /* of the scope */
};

/*
 * From linux.cgroupsPath, "slice:prefix:name": the scope "prefix-name.scope" in
 * that slice, or the manager's usual one when it is empty. wanted may be NULL
 * or empty: "lorica-ID.scope", with what a name may not have as \xNN.
 */
int unit_place(const char *wanted, const char *id, enum unit_manager manager,
    struct unit_place *out, struct error *e)
    __attribute__((nonnull(2, 4, 5), warn_unused_result));

/*
 * The cgroup of a slice below that of its manager: "a-b.slice" is
 * "/a.slice/a-b.slice", and "-.slice" is "". Refuses what is no slice.
 */
int unit_slice_path(const char *slice, char out[UNIT_PATH_MAX], struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* May it be the name of a scope? */
bool unit_is_scope(const char *name) __attribute__((nonnull));

/* ---- properties as text: variant.c -------------------------------------- */

/*
 * Put the property that an annotation UNIT_VARIANTS NAME asks for, by the rules
 * of GVariant's text format: a boolean, an integer with or without its type, a
 * string, or an array of those. An integer whose name ends in "Sec" becomes
 * microseconds, and the end of the name "USec". What a container's scope is
 * made of cannot be set. Errors name the annotation.
 */
int unit_put_variant(FILE *out, const char *name, const char *text,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
