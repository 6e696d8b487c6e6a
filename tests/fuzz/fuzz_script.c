/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_script - the beginning of a file that is executed, and the arguments of
 * the program that runs by it.
 *
 * A script names what the kernel would take, whose way of reading it stands
 * here once more; and among the arguments that the kernel makes of it, it is
 * found.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"
#include "sentry/script.h"

/* ---- fs/binfmt_script.c -------------------------------------------------- */

struct line {
	char bytes[SCRIPT_BYTES + 1];
	const char *program, *argument;
};

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

/* Up to last, which counts. */
static char *
no_blank(char *at, const char *last)
{
	while (at <= last && is_blank(*at))
		at++;
	return at <= last ? at : NULL;
}

static char *
terminator(char *at, const char *last)
{
	while (at <= last && !is_blank(*at) && *at != '\0')
		at++;
	return at <= last ? at : NULL;
}

static bool
read_line(struct line *line)
{
	char *bytes = line->bytes;
	char *end = bytes + strnlen(bytes, SCRIPT_BYTES);
	char *newline = memchr(bytes, '\n', (size_t)(end - bytes));

	if (memcmp(bytes, "#!", 2) != 0)
		return false;
	end = newline;
	if (end == NULL) {
		end = bytes + SCRIPT_BYTES - 1;
		char *name = no_blank(bytes + 2, end);
		if (name == NULL || terminator(name, end) == NULL)
			return false;
	}
	while (is_blank(end[-1]))
		end--;
	char *program = no_blank(bytes + 2, end);
	if (program == NULL || program == end)
		return false;
	char *behind = terminator(program, end);
	line->argument =
	    behind != NULL && *behind != '\0' ? no_blank(behind, end) : NULL;
	*end = '\0';
	if (line->argument != NULL)
		*behind = '\0';
	line->program = program;
	/* Of that name there is no file. */
	return *program != '\0';
}

/* ---- what is held against it --------------------------------------------- */

static bool
are_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_made(const struct script *script)
{
	static const char path[] = "/path", rest[] = "rest";
	char text[2 * SCRIPT_BYTES];
	char *at = stpcpy(text, script->program) + 1;

	if (script->argument != NULL)
		at = stpcpy(at, script->argument) + 1;
	at = mempcpy(at, path, sizeof(path));
	at = mempcpy(at, rest, sizeof(rest));
	bool is_made = script_made(text, (size_t)(at - text), path);
	assert(is_made == (strchr(text, '/') != NULL &&
			      strcmp(script->program, path) != 0));
}

static void
check_line(const uint8_t *data, size_t size)
{
	struct script script;
	struct line line = { .program = NULL };
	size_t length = size < SCRIPT_BYTES ? size : SCRIPT_BYTES;

	/* What was there before is none of it. */
	memset(&script, '/', sizeof(script));
	if (length > 0) {
		memcpy(script.bytes, data, length);
		memcpy(line.bytes, data, length);
	}
	bool is_one = script_parse(&script, length);
	assert(is_one == read_line(&line));
	if (!is_one)
		return;
	assert(strcmp(script.program, line.program) == 0);
	assert(are_same(script.argument, line.argument));
	check_made(&script);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);

	check_line(data, size);
	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (script_is_descriptor(text))
		assert(strncmp(text, "/dev/fd/", 8) == 0 &&
		       strstr(text, "/..") == NULL);
	/* A path, and any arguments. */
	size_t length = strlen(text) + 1;
	if (length <= size && script_made(text + length, size - length, text))
		assert(memmem(text + length, size - length + 1, text, length) !=
			   NULL &&
		       strchr(text + length, '/') != NULL);
	return 0;
}
