/* SPDX-License-Identifier: Apache-2.0 */
#include "script.h"

#include <string.h>

static bool
is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

static char *
skip_blanks(char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

/* A NUL ends a word, too. */
static char *
skip_word(char *at, const char *end)
{
	while (at < end && !is_blank(*at) && *at != '\0')
		at++;
	return at;
}

/*
 * fs/binfmt_script.c: a file shorter than that is followed by zeroes, and a
 * line that is cut is one all the same, if the program's name is whole.
 */
bool
script_parse(struct script *script, size_t length)
{
	char *bytes = script->bytes;
	const char *limit = bytes + SCRIPT_BYTES; /* behind the last */

	if (length < 2 || length > SCRIPT_BYTES || bytes[0] != '#' ||
	    bytes[1] != '!')
		return false;
	memset(bytes + length, 0, sizeof(script->bytes) - length);
	char *end = memchr(bytes, '\n', SCRIPT_BYTES);
	if (end == NULL) {
		if (skip_word(skip_blanks(bytes + 2, limit), limit) == limit)
			return false;
		end = bytes + SCRIPT_BYTES - 1;
	}
	while (end > bytes + 2 && is_blank(end[-1]))
		end--;
	*end = '\0';
	char *program = skip_blanks(bytes + 2, end);
	if (program == end || *program == '\0')
		return false;
	char *behind = skip_word(program, end);
	char *argument = skip_blanks(behind, end);
	/* Blanks lie between the two, or it has none. */
	bool has_argument = argument > behind && argument < end;
	*behind = '\0';
	script->program = program;
	script->argument = has_argument ? argument : NULL;
	return true;
}

bool
script_is_descriptor(const char *path)
{
	static const char folder[] = "/dev/fd/";
	const size_t length = sizeof(folder) - 1;

	if (strncmp(path, folder, length) != 0)
		return false;
	size_t digits = strspn(path + length, "0123456789");
	const char *behind = path + length + digits;
	return digits > 0 && (*behind == '\0' || *behind == '/') &&
	       strstr(behind, "/..") == NULL;
}

bool
script_made(const char *arguments, size_t length, const char *path)
{
	size_t at = strlen(arguments) + 1;

	if (strchr(arguments, '/') == NULL || strcmp(arguments, path) == 0)
		return false;
	for (int i = 0; i < 2 * SCRIPT_DEPTH && at < length; i++) {
		if (strcmp(arguments + at, path) == 0)
			return true;
		at += strlen(arguments + at) + 1;
	}
	return false;
}
