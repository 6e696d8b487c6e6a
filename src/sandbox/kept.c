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

/* Paths that were refused have no links: what it leads to as well. */
static void
put_path(struct lines *lines, const char *top, const char *rest)
{
	char path[PATH_MAX];

	if (top == NULL || snprintf(path, sizeof(path), "%s/%s", top, rest) >=
			       (int)sizeof(path))
		return;
	AUTO_FREE char *real = realpath(path, NULL);
	put_text(lines, path);
	if (real != NULL && strcmp(real, path) != 0)
		put_text(lines, real);
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

static void
put_line(struct lines *lines, const struct sandbox *sandbox, const char *line)
{
	if (strncmp(line, "~/", 2) == 0) {
		for (size_t i = 0; i < ARRAY_SIZE(sandbox->homes); i++)
			put_path(lines, sandbox->homes[i], line + 2);
	} else if (strncmp(line, "./", 2) == 0) {
		put_path(lines, sandbox->cwd, line + 2);
	} else {
		put_path(lines, "", line + 1);
	}
}

static void
put_words(struct lines *lines, const struct sandbox *sandbox,
    const char *const *words)
{
	for (; *words != NULL; words++) {
		const char *at = NULL;
		char line[PATH_MAX];

		while (data_next(&at, *words, line, sizeof(line)))
			put_line(lines, sandbox, line);
	}
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
	put_words(&lines, sandbox, kept);
	put_path(&lines,
	    path_variable(sandbox->request->env, "XDG_CONFIG_HOME"), "lorica");
	for (size_t i = 0; i < ARRAY_SIZE(sandbox->request->files); i++)
		put_file(&lines, sandbox, sandbox->request->files[i]);
	fputs("],\"narrow\":[", out);
	lines.separator = "";
	put_words(&lines, sandbox, narrow);
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
