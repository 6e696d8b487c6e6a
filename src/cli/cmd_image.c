/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image - bundles of images.
 */
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "unpack/unpack.h"

struct request {
	struct unpack_request unpack;
	const char *max_size;
	const char *max_files;
	bool json;
};

/* ---- list -----------------------------------------------------------------
 */

/* What an image chose, for a terminal; wide texts move what is behind them. */
static void
put_column(const struct json *value, int width)
{
	char text[512];
	struct text_out out = text_out(text, sizeof(text));
	bool is_text = value != NULL && (value->kind == JSON_STRING ||
					    value->kind == JSON_NUMBER);

	text_put_escaped(&out,
	    is_text && value->text[0] != '\0' ? value->text : "-");
	printf("%-*s", width, text);
}

static void
put_row(const struct json *image)
{
	put_column(json_find(image, "name"), 24);
	printf(" ");
	put_column(json_find(image, "platform"), 16);
	printf(" ");
	put_column(json_find(image, "size"), 12);
	printf(" ");
	put_column(json_find(image, "digest"), 0);
	printf("\n");
}

static int
list(const struct request *request, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *text = NULL;
	const struct json *root;
	size_t length;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(unpack_list(request->unpack.source, request->unpack.limit_bytes,
	    &text, &length, e));
	TRY(json_parse(arena, text, length, &root, e));
	if (request->json) {
		json_put(stdout, root);
		printf("\n");
		return 0;
	}
	printf("%-24s %-16s %-12s %s\n", "NAME", "PLATFORM", "SIZE", "DIGEST");
	for (const struct json *at = root->first; at != NULL; at = at->next) {
		if (at->kind == JSON_OBJECT)
			put_row(at);
	}
	return 0;
}

/* ---- unpack ---------------------------------------------------------------
 */

/* What is not in the bundle, or is otherwise than the image has it. */
static void
tell(const struct unpack_result *result)
{
	if (result->devices > 0)
		fprintf(stderr,
		    "lorica: left out: %llu device nodes, which an ordinary "
		    "user cannot make\n",
		    (unsigned long long)result->devices);
	if (result->attributes > 0)
		fprintf(stderr,
		    "lorica: left out: %llu extended attributes: "
		    "lorica-image(1)\n",
		    (unsigned long long)result->attributes);
	if (result->labels > 0)
		fprintf(stderr,
		    "lorica: left out: %zu labels that would have been orders "
		    "to the runtime\n",
		    result->labels);
	if (result->user > 0)
		fprintf(stderr,
		    "lorica: the image's user %u is 0 here: there is one id "
		    "only\n",
		    result->user);
}

static int
unpack(const struct request *request, const char *bundle, struct error *e)
{
	struct unpack_result result;

	if (unpack_bundle(&request->unpack, bundle, &result, e) < 0)
		return error_wrap(e, "%s", request->unpack.source);
	tell(&result);
	return 0;
}

/* ---- the command ----------------------------------------------------------
 */

enum verb {
	VERB_UNPACK,
	VERB_LIST,
	VERB_REMOVE,
	VERBS,
};

static const struct {
	const char *name;
	int words;
} verbs[] = {
	[VERB_UNPACK] = { "unpack", 2 },
	[VERB_LIST] = { "list", 1 },
	[VERB_REMOVE] = { "remove", 1 },
};

static enum verb
find_verb(const char *word)
{
	int verb = 0;

	while (verb < VERBS && strcmp(verbs[verb].name, word) != 0)
		verb++;
	return (enum verb)verb;
}

/* Options that another verb has would change nothing. */
static int
check_options(const struct request *request, enum verb verb, struct error *e)
{
	bool is_unpack = request->unpack.platform != NULL ||
			 request->unpack.rootless || request->max_files != NULL;

	if (request->json && verb != VERB_LIST)
		return error_set(e, EINVAL, "--json is for list");
	if (is_unpack && verb != VERB_UNPACK)
		return error_set(e, EINVAL,
		    "--platform, --rootless and --max-files are for unpack");
	if (request->max_size != NULL && verb == VERB_REMOVE)
		return error_set(e, EINVAL,
		    "--max-size is for unpack and list");
	return 0;
}

static int
read_limit(const char *option, const char *text, uint64_t *out, struct error *e)
{
	int64_t number;

	if (text == NULL)
		return 0;
	if (!cli_number(text, true, &number) || number <= 0)
		return error_set(e, EINVAL, "--%s: \"%s\" is no size", option,
		    text);
	*out = (uint64_t)number;
	return 0;
}

static int
read_limits(struct request *request, struct error *e)
{
	TRY(read_limit("max-size", request->max_size,
	    &request->unpack.limit_bytes, e));
	return read_limit("max-files", request->max_files,
	    &request->unpack.limit_files, e);
}

int
cli_image(struct cli_call *call, struct error *e)
{
	struct request request = { .unpack = { .limit_bytes =
						   UNPACK_LIMIT_BYTES,
				       .limit_files = UNPACK_LIMIT_FILES } };
	const struct cli_option options[] = {
		{ "platform", 0, "OS/ARCH[/VARIANT]",
		    "to be unpacked, else this machine's",
		    .value = &request.unpack.platform },
		{ "rootless", 0, NULL, "every file is the caller's",
		    .flag = &request.unpack.rootless },
		{ "max-size", 0, "BYTES", "of all layers, unpacked; else 64g",
		    .value = &request.max_size },
		{ "max-files", 0, "NUMBER", "of all layers; else 4m",
		    .value = &request.max_files },
		{ "json", 0, NULL, "list as JSON", .flag = &request.json },
		{ NULL },
	};
	enum verb verb = VERBS;

	if (call->argc > 1 && call->argv[1][0] != '-') {
		verb = find_verb(call->argv[1]);
		call->argc--;
		call->argv++;
	}
	int words = verb < VERBS ? verbs[verb].words : 0;
	int at = cli_words(call, options, words, words, e);
	if (at < 0)
		return at;
	if (verb == VERBS)
		return error_set(e, EINVAL, "expected %s",
		    call->command->synopsis);
	TRY(check_options(&request, verb, e));
	TRY(read_limits(&request, e));
	request.unpack.source = call->argv[at];
	switch (verb) {
	case VERB_UNPACK:
		return unpack(&request, call->argv[at + 1], e);
	case VERB_LIST:
		return list(&request, e);
	case VERB_REMOVE:
	case VERBS:
		break;
	}
	return unpack_remove(call->argv[at], e);
}
