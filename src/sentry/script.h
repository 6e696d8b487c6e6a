/* SPDX-License-Identifier: Apache-2.0 */
/*
 * script - which program a script names in its first line, as the kernel reads
 * it: execve(2), "Interpreter scripts".
 *
 * Private to sentry.
 */
#ifndef SENTRY_SCRIPT_H
#define SENTRY_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

/* So much of a file the kernel looks at. */
#define SCRIPT_BYTES 256

/* How many scripts may name each other: the last has a program. */
#define SCRIPT_DEPTH 5

struct script {
	char bytes[SCRIPT_BYTES + 1];
	const char *program;
	const char *argument; /* NULL: none */
};

/*
 * Of the first length bytes of a file, in script->bytes, which are cut up.
 * False: it is none.
 */
bool
script_parse(struct script *script, size_t length) __attribute__((nonnull));

/*
 * Is it the path that execveat(2) gives to what is run from a descriptor? A
 * text that begins so and leads elsewhere is none.
 */
bool script_is_descriptor(const char *path) __attribute__((nonnull));

/*
 * Are the arguments those that the kernel makes of a script: what that names,
 * by a path, and behind that the path of the script? Each ends with a NUL, and
 * so does the last, which length may leave out.
 */
bool script_made(const char *arguments, size_t length, const char *path)
    __attribute__((nonnull));

#endif
