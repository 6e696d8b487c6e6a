/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/text.h"

/* What the command has chosen, for a terminal or a document. */
static void
escape(const char *path, char *buf, size_t size)
{
	struct text_out out = text_out(buf, size);

	text_put_escaped(&out, path);
}

/* ---- diff ------------------------------------------------------------------
 */

struct listing {
	bool json;
	size_t count;
};

/* One that goes by itself, one that has to be named, one that never goes. */
static char
mark(const struct sandbox_change *change)
{
	if (change->refused != NULL)
		return 'X';
	return change->guarded != NULL ? '!' : ' ';
}

static int
put_line(void *context, const struct sandbox_change *change, struct error *e)
{
	struct listing *listing = context;
	char path[4 * PATH_MAX + 1];

	(void)e;
	escape(change->path, path, sizeof(path));
	listing->count++;
	printf("%c%c %s%s\n", change->kind, mark(change), path,
	    change->is_directory ? "/" : "");
	return 0;
}

static const char *
word_of(char kind)
{
	static const struct {
		char kind;
		const char *word;
	} rows[] = {
		{ 'A', "added" },
		{ 'D', "deleted" },
		{ 'M', "modified" },
		{ 'T', "type" },
	};
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(rows) && rows[i].kind != kind)
		i++;
	return rows[i].word;
}

static int
put_object(void *context, const struct sandbox_change *change, struct error *e)
{
	struct listing *listing = context;
	char path[4 * PATH_MAX + 1];
	const char *at = change->path;

	(void)e;
	while (*at != '\0' && text_utf8_length(at) > 0)
		at += text_utf8_length(at);
	escape(change->path, path, sizeof(path));
	printf("%s{\"change\":\"%s\",\"path\":",
	    listing->count++ > 0 ? "," : "", word_of(change->kind));
	json_put_string(stdout, *at == '\0' ? change->path : path);
	printf(",\"directory\":%s", change->is_directory ? "true" : "false");
	if (change->guarded != NULL)
		printf(",\"guarded\":\"%s\"", change->guarded);
	if (change->refused != NULL) {
		printf(",\"refused\":");
		json_put_string(stdout, change->refused);
	}
	printf("}");
	return 0;
}

static int
diff(const struct sandbox_layer *layer, bool json, struct error *e)
{
	struct listing listing = { .json = json };

	if (json)
		printf("[");
	TRY(sandbox_layer_diff(layer, environ, json ? put_object : put_line,
	    &listing, e));
	if (json)
		printf("]\n");
	return 0;
}

/* ---- commit ----------------------------------------------------------------
 */

static void
tell(void *context, const char *text)
{
	(void)context;
	cli_tell("sandbox", text);
}

static int
commit(struct cli_call *call, const struct sandbox_layer *layer, int at,
    struct error *e)
{
	struct sandbox_commit request = {
		.env = environ,
		.paths = { call->argv + at, (size_t)(call->argc - at) },
		.note = tell,
	};

	TRY(sandbox_layer_commit(layer, &request, e));
	if (request.left > 0 || request.failed > 0)
		fprintf(stderr,
		    "lorica: sandbox: %zu committed, %zu to be named, %zu "
		    "failed\n",
		    request.done, request.left, request.failed);
	call->status = request.failed > 0 ? 1 : 0;
	return 0;
}

/* ---- the words -------------------------------------------------------------
 */

enum verb {
	VERB_DIFF,
	VERB_COMMIT,
	VERB_DISCARD,
	VERBS,
};

static const struct {
	const char *name;
	enum sandbox_layer_use use;
	bool has_paths;
} verbs[] = {
	[VERB_DIFF] = { "diff", SANDBOX_LAYER_READ, false },
	[VERB_COMMIT] = { "commit", SANDBOX_LAYER_TAKE, true },
	[VERB_DISCARD] = { "discard", SANDBOX_LAYER_TAKE, false },
};

static enum verb
find_verb(const char *word)
{
	int verb = 0;

	while (verb < VERBS && strcmp(verbs[verb].name, word) != 0)
		verb++;
	return (enum verb)verb;
}

bool
layers_has_verb(const char *word)
{
	return find_verb(word) < VERBS;
}

int
layers_run(struct cli_call *call, struct error *e)
{
	AUTO(sandbox_layer_close)
	struct sandbox_layer layer = SANDBOX_LAYER_NONE;
	enum verb verb = find_verb(call->argv[1]);
	bool json = false;
	const struct cli_option options[] = {
		{ "json", 0, NULL, "diff as JSON", .flag = &json },
		{ NULL },
	};

	call->argc--;
	call->argv++;
	int at =
	    cli_words(call, options, 1, verbs[verb].has_paths ? INT_MAX : 1, e);
	if (at < 0)
		return at;
	if (json && verb != VERB_DIFF)
		return error_set(e, EINVAL, "--json is for diff");
	TRY(sandbox_layer_open(environ, call->argv[at], verbs[verb].use, &layer,
	    e));
	if (verb == VERB_DIFF)
		return diff(&layer, json, e);
	if (verb == VERB_COMMIT)
		return commit(call, &layer, at + 1, e);
	return sandbox_layer_remove(&layer, e);
}

/* ---- behind a run ----------------------------------------------------------
 */

static int
stop_at_first(void *context, const struct sandbox_change *change,
    struct error *e)
{
	(void)change;
	*(bool *)context = true;
	return error_set(e, ECANCELED, "there is one");
}

/* Is there something to be kept? It is told of where nobody has named it. */
static bool
has_something(const struct sandbox_layer *layer, bool is_named)
{
	struct error ignored = { 0 };
	bool has_changes = false;

	if (is_named)
		return true;
	int failed = sandbox_layer_diff(layer, environ, stop_at_first,
	    &has_changes, &ignored);
	if (!has_changes && failed == 0)
		return false;
	(void)fprintf(stderr,
	    "lorica: sandbox: what was written is in the layer %s: \"lorica "
	    "sandbox diff %s\" shows it\n",
	    layer->name, layer->name);
	return true;
}

void
layers_end(struct sandbox_layer *layer, bool is_overlay, bool is_named,
    bool is_failed)
{
	struct error why = { 0 };
	bool is_kept =
	    layer->dir < 0 || (is_failed       ? !layer->is_new
				  : is_overlay ? has_something(layer, is_named)
					       : is_named);

	if (!is_kept && sandbox_layer_remove(layer, &why) < 0)
		(void)fprintf(stderr, "lorica: sandbox: %s is left behind\n",
		    layer->path);
	sandbox_layer_close(layer);
}
