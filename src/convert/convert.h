/* SPDX-License-Identifier: Apache-2.0 */
/*
 * convert - the helper lorica-yaml: a profile in YAML as JSON, which lorica
 * itself reads.
 *
 * Layer 5. Uses base, os, cred, landlock and filter. The only program with
 * libyaml: a profile comes with a project that somebody else wrote, so that it
 * is parsed where nothing can be had. The text is its standard input, the JSON
 * goes to CONVERT_FD_OUT, and a struct error to its standard output says how it
 * went.
 *
 * It takes of YAML what JSON has as well: one document without directives,
 * lists, mappings whose keys are texts, and plain words as YAML's core schema
 * has them. Aliases, anchors and tags are errors, so that nothing in a text
 * becomes more than it is. Errors begin with the number of their line: "3: ".
 */
#ifndef CONVERT_CONVERT_H
#define CONVERT_CONVERT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define CONVERT_FD_OUT 3

/* As sandbox/profile.h has it. */
#define CONVERT_BYTES (64u << 10)

/* Of lists and mappings in each other, and of all that is in them. */
enum { CONVERT_DEPTH = 16, CONVERT_NODES = 4096 };

/* ---- scalar.c ------------------------------------------------------------ */

/* What a word without quotes is. */
enum convert_kind {
	CONVERT_TEXT,
	CONVERT_VALUE,  /* of JSON: null, true, false, a number */
	CONVERT_FOREIGN /* a number for YAML, in a form that JSON has not */
};

/* Stores it as JSON has it, where it is a value. */
enum convert_kind
convert_word(const char *text, const char **out) __attribute__((nonnull));

/* ---- yaml.c -------------------------------------------------------------- */

/* *out is the caller's to free. */
int
convert_yaml(const char *text, size_t length, char **out, size_t *out_length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- confine.c ----------------------------------------------------------- */

/* The walls: what is open stays, and nothing can be had besides. */
int
convert_confine(struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
