/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guarded - what of a layer is not committed unless it is named: what a sandbox
 * without a layer would not have let be written.
 */
#define _GNU_SOURCE
#include "guarded.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"

/* ---- the list of places ---------------------------------------------------
 */

static const struct json_field fields[] = {
	{ "places", offsetof(struct guarded, places), json_read_strings },
	{ NULL },
};

static int
read_places(struct guarded *guarded, int dir, struct error *e)
{
	AUTO_FREE char *text = NULL;
	const struct json *root;
	size_t length;
	const struct json_reader reader = { guarded->box.arena, NULL, NULL };

	if (store_file_read(dir, LAYER_PLACES, &text, &length, e) < 0) {
		if (e->code != ENOENT)
			return -e->code;
		*e = (struct error){ 0 };
		return 0;
	}
	/* The strings are the arena's. */
	TRY(json_parse(guarded->box.arena, text, length, &root, e));
	return json_fill(&reader, root, fields, guarded, e);
}

int
guarded_open(struct guarded *out, int dir, char *const *env, struct error *e)
{
	out->request.env = env;
	out->box.request = &out->request;
	out->box.arena = json_arena_new();
	if (out->box.arena == NULL)
		return error_sys(e, "memory");
	TRY(path_find_homes(&out->box, e));
	return read_places(out, dir, e);
}

void
guarded_close(struct guarded *guarded)
{
	json_arena_free(&guarded->box.arena);
}

static bool
has(const struct spec_strings *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], path) == 0)
			return true;
	}
	return false;
}

static bool
is_text(const char *path)
{
	while (*path != '\0' && text_utf8_length(path) > 0)
		path += text_utf8_length(path);
	return *path == '\0';
}

int
guarded_add_places(int dir, char *const *env, const struct list *places,
    struct error *e)
{
	AUTO(guarded_close) struct guarded guarded = { 0 };
	AUTO_FREE char *text = NULL;
	size_t length;
	const char *separator = "";
	bool is_same = true;

	TRY(guarded_open(&guarded, dir, env, e));
	FILE *out = open_memstream(&text, &length);
	if (out == NULL)
		return error_sys(e, "memory");
	fputs("{\"places\":[", out);
	for (size_t i = 0; i < guarded.places.count + places->count; i++) {
		bool is_old = i < guarded.places.count;
		const char *path =
		    is_old ? guarded.places.items[i]
			   : places->items[i - guarded.places.count];

		/* What is no text has to be named. */
		if (!is_old && (has(&guarded.places, path) || !is_text(path)))
			continue;
		is_same = is_same && is_old;
		fputs(separator, out);
		json_put_string(out, path);
		separator = ",";
	}
	fputs("]}\n", out);
	if (fclose(out) != 0)
		return error_errno(e, ENOMEM, "memory");
	/* Without a place there is no file. */
	if (is_same)
		return 0;
	return store_file_keep(dir, LAYER_PLACES, text, length, e);
}

/* ---- what a line of the defaults says of a path ---------------------------
 */

/*
 * The end of what is guarded in the path, where it begins at a name; 0: no. A
 * link that takes the place of a directory on the way is guarded as well.
 */
static size_t
match_at(const char *path, size_t start, const char *rest, bool is_link)
{
	size_t length = strlen(rest), left = strlen(path + start);

	if (is_link && left > 0 && left < length && rest[left] == '/' &&
	    strncmp(path + start, rest, left) == 0)
		return start + left;
	if (strncmp(path + start, rest, length) != 0 ||
	    (path[start + length] != '/' && path[start + length] != '\0'))
		return 0;
	return start + length;
}

/* "./" counts in every directory: each may be a project of somebody's. */
static size_t
match_anywhere(const char *path, const char *rest, bool is_link)
{
	for (const char *slash = strchr(path, '/'); slash != NULL;
	     slash = strchr(slash + 1, '/')) {
		size_t end =
		    match_at(path, (size_t)(slash + 1 - path), rest, is_link);

		if (end > 0)
			return end;
	}
	return 0;
}

static size_t
match_line(const struct guarded *guarded, const char *path, const char *line,
    bool is_link)
{
	if (strncmp(line, "./", 2) == 0)
		return match_anywhere(path, line + 2, is_link);
	if (strncmp(line, "~/", 2) != 0)
		return match_at(path, 0, line, is_link);
	for (size_t i = 0; i < ARRAY_SIZE(guarded->box.homes); i++) {
		const char *home = guarded->box.homes[i];
		size_t end =
		    home != NULL && path_is_in(path, home) &&
			    path[strlen(home)] == '/'
			? match_at(path, strlen(home) + 1, line + 2, is_link)
			: 0;

		if (end > 0)
			return end;
	}
	return 0;
}

size_t
guarded_length(const struct guarded *guarded, const char *path, mode_t mode)
{
	static const struct {
		const char *word;
		bool is_file; /* says nothing of a directory */
	} rows[] = {
		{ "hide", false },
		{ "protect", false },
		{ "protect-file", true },
		{ "keep-directory", false },
		{ "keep-file", false },
		{ "keep-dot", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *line = NULL;

		while ((line = data_next(rows[i].word, line)) != NULL) {
			size_t end =
			    match_line(guarded, path, line, S_ISLNK(mode));

			if (end > 0 &&
			    (!rows[i].is_file ||
				(path[end] == '\0' && !S_ISDIR(mode))))
				return end;
		}
	}
	return 0;
}

bool
guarded_is_placed(const struct guarded *guarded, const char *path)
{
	for (size_t i = 0; i < guarded->places.count; i++) {
		if (path_is_in(path, guarded->places.items[i]))
			return true;
	}
	return false;
}
