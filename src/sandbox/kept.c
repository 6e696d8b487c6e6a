/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kept - the list for who reports what a command did: what nobody is to be
 * given because it asked for it.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "box.h"

struct lines {
	FILE *out;
	const char *separator;
};

static void
put_text(struct lines *lines, const char *text)
{
	fputs(lines->separator, lines->out);
	json_put_string(lines->out, text);
	lines->separator = ",";
}

/* What a path leads to, as far as it is there. */
static void
put_real(struct lines *lines, const char *path)
{
	char there[PATH_MAX], whole[PATH_MAX];
	size_t length = strlen(path);
	AUTO_FREE char *real = NULL;

	while (length > 0) {
		(void)snprintf(there, sizeof(there), "%.*s", (int)length, path);
		real = realpath(there, NULL);
		if (real != NULL)
			break;
		length = (size_t)(strrchr(there, '/') - there);
	}
	if (real == NULL || snprintf(whole, sizeof(whole), "%s%s", real,
				path + length) >= (int)sizeof(whole))
		return;
	if (strcmp(whole, path) != 0)
		put_text(lines, whole);
}

/* Paths that were refused have no links: what it leads to as well. */
static void
put_path(struct lines *lines, const char *top, const char *rest)
{
	char path[PATH_MAX];

	if (top == NULL || snprintf(path, sizeof(path), "%s/%s", top, rest) >=
			       (int)sizeof(path))
		return;
	put_text(lines, path);
	put_real(lines, path);
}

/* The directories that it is in, below that one: what is missing in them could
 * be made. */
static void
put_above(struct lines *lines, const char *top, const char *rest)
{
	char above[PATH_MAX];
	const char *slash = rest;

	while (top != NULL && (slash = strchr(slash, '/')) != NULL) {
		(void)snprintf(above, sizeof(above), "%.*s",
		    (int)(slash - rest), rest);
		put_path(lines, top, above);
		slash++;
	}
}

/* That says what is allowed: who may write it allows himself more. */
static void
put_file(struct lines *lines, const struct sandbox *sandbox, const char *file)
{
	struct error ignored = { 0 };
	const char *path;

	if (file != NULL && path_real(sandbox, file, &path, &ignored) == 0)
		put_text(lines, path);
}

typedef void
put_line(struct lines *lines, const struct sandbox *sandbox, const char *line);

/* "~" is both homes; "./" counts anywhere, see below. */
static void
put_kept(struct lines *lines, const struct sandbox *sandbox, const char *line)
{
	if (strncmp(line, "~/", 2) == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++)
			put_path(lines, sandbox->homes[i], line + 2);
	} else if (line[0] == '/') {
		put_path(lines, "", line + 1);
	}
}

static void
put_system(struct lines *lines, const struct sandbox *sandbox, const char *line)
{
	(void)sandbox;
	if (line[0] == '/')
		put_path(lines, "", line + 1);
}

static void
put_anywhere(struct lines *lines, const struct sandbox *sandbox,
    const char *line)
{
	(void)sandbox;
	if (strncmp(line, "./", 2) == 0)
		put_text(lines, line + 1);
}

static void
put_parents(struct lines *lines, const struct sandbox *sandbox,
    const char *line)
{
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++) {
		if (strncmp(line, "~/", 2) == 0)
			put_above(lines, sandbox->homes[i], line + 2);
	}
}

static void
put_words(struct lines *lines, const struct sandbox *sandbox,
    const char *const *words, put_line *put)
{
	for (; *words != NULL; words++) {
		const char *line = NULL;

		while ((line = data_next(*words, line)) != NULL)
			put(lines, sandbox, line);
	}
}

/* Where the caller's programs are looked for, and what is to be read alone. */
static void
put_asked(struct lines *lines, const struct sandbox *sandbox)
{
	const char *at = path_variable(sandbox->request->env, "PATH");
	const struct spec_strings *ro = &sandbox->request->options.ro;

	while (at != NULL && *at != '\0') {
		size_t length = strcspn(at, ":");
		char path[PATH_MAX];

		if (at[0] == '/' && length > 1 &&
		    snprintf(path, sizeof(path), "%.*s", (int)length, at) <
			(int)sizeof(path))
			put_path(lines, "", path + 1);
		at += length + (at[length] == ':');
	}
	for (size_t i = 0; i < ro->count; i++)
		put_file(lines, sandbox, ro->items[i]);
}

static void
put_all(FILE *out, const struct sandbox *sandbox)
{
	static const char *const kept[] = { "hide", "protect", "protect-file",
		"keep-directory", "keep-file", "keep-dot", NULL };
	static const char *const narrow[] = { "narrow", NULL };
	struct lines lines = { out, "" };

	if (sandbox->homes[0] != NULL) {
		fputs("\"home\":", out);
		json_put_string(out, sandbox->homes[0]);
		fputs(",", out);
	}
	fputs("\"kept\":[", out);
	put_words(&lines, sandbox, kept, put_kept);
	/* Of the system nothing, of a home what is in it. */
	put_words(&lines, sandbox, narrow, put_system);
	put_asked(&lines, sandbox);
	put_path(&lines,
	    path_variable(sandbox->request->env, "XDG_CONFIG_HOME"), "lorica");
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->request->files); i++)
		put_file(&lines, sandbox, sandbox->request->files[i]);
	fputs("],\"anywhere\":[", out);
	lines.separator = "";
	put_words(&lines, sandbox, kept, put_anywhere);
	fputs("],\"narrow\":[", out);
	lines.separator = "";
	put_words(&lines, sandbox, narrow, put_kept);
	put_words(&lines, sandbox, kept, put_parents);
	put_above(&lines, "", sandbox->cwd + 1);
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++) {
		if (sandbox->homes[i] != NULL)
			put_text(&lines, sandbox->homes[i]);
	}
	fputs("]", out);
}

int
sandbox_put_kept(FILE *out, const struct sandbox_request *request,
    struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct sandbox sandbox = { .request = request, .arena = arena };
	const char *cwd = request->options.cwd;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(path_find_homes(&sandbox, e));
	TRY(path_real(&sandbox, cwd == NULL ? "." : cwd, &sandbox.cwd, e));
	put_all(out, &sandbox);
	return 0;
}
