/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name - what the name of a member of a layer means: image-spec, layer.md.
 *
 * Text alone. What is decided here is that a name stays below the root as far
 * as its own words go, and what has ".wh." before it.
 */
#define _GNU_SOURCE
#include <string.h>

#include "base/auto.h"
#include "layer.h"

#define WHITEOUT        ".wh."
#define WHITEOUT_LENGTH (sizeof(WHITEOUT) - 1)
#define OPAQUE          ".wh..wh..opq"

static bool
is_dots(const char *word, size_t length)
{
	return (length == 1 && word[0] == '.') ||
	       (length == 2 && word[0] == '.' && word[1] == '.');
}

/* Add a word to what comes before the last. */
static int
push(struct layer_name *name, size_t *used, struct error *e)
{
	size_t length = strlen(name->base);

	if (length == 0)
		return 0;
	if (*used + length + 2 > sizeof(name->parent))
		return error_set(e, ENAMETOOLONG, "too long");
	if (*used > 0)
		name->parent[(*used)++] = '/';
	memcpy(name->parent + *used, name->base, length + 1);
	*used += length;
	return 0;
}

static int
split(const char *text, struct layer_name *name, struct error *e)
{
	size_t used = 0;

	for (const char *at = text; *at != '\0';) {
		size_t length = strcspn(at, "/");

		if (length == 2 && is_dots(at, length))
			return error_set(e, EINVAL,
			    "\"..\" in the name of a file");
		if (length >= sizeof(name->base))
			return error_set(e, ENAMETOOLONG, "too long");
		if (length > 0 && !is_dots(at, length)) {
			TRY(push(name, &used, e));
			memcpy(name->base, at, length);
			name->base[length] = '\0';
		}
		at += length;
		at += *at == '/';
	}
	return 0;
}

static int
find_meaning(struct layer_name *name, struct error *e)
{
	const char *hidden = name->base + WHITEOUT_LENGTH;

	if (strncmp(name->base, WHITEOUT, WHITEOUT_LENGTH) != 0)
		return 0;
	if (strcmp(name->base, OPAQUE) == 0) {
		name->meaning = LAYER_MEANS_OPAQUE;
		return 0;
	}
	if (strncmp(hidden, WHITEOUT, WHITEOUT_LENGTH) == 0) {
		name->meaning = LAYER_MEANS_NOTHING;
		return 0;
	}
	/* Or it would be the directory itself, or the one above it. */
	if (hidden[0] == '\0' || is_dots(hidden, strlen(hidden)))
		return error_set(e, EINVAL, "a whiteout of no file");
	name->meaning = LAYER_MEANS_WHITEOUT;
	memmove(name->base, hidden, strlen(hidden) + 1);
	return 0;
}

/* Whiteouts are no directories: nothing can be below one. */
static bool
has_whiteout(const char *parent)
{
	return strncmp(parent, WHITEOUT, WHITEOUT_LENGTH) == 0 ||
	       strstr(parent, "/" WHITEOUT) != NULL;
}

int
layer_name_parse(const char *text, struct layer_name *out, struct error *e)
{
	struct layer_name name = { .meaning = LAYER_MEANS_FILE };

	TRY(split(text, &name, e));
	TRY(find_meaning(&name, e));
	if (has_whiteout(name.parent))
		name.meaning = LAYER_MEANS_NOTHING;
	*out = name;
	return 0;
}

int
layer_name_parse_target(const char *text, struct layer_name *out,
    struct error *e)
{
	struct layer_name name = { .meaning = LAYER_MEANS_FILE };

	TRY(split(text, &name, e));
	if (name.base[0] == '\0')
		return error_set(e, EINVAL, "a hard link to the root");
	*out = name;
	return 0;
}

/*
 * Those that say something to the program, and none that the kernel or a file
 * system would take orders from: labels, IMA, overlayfs.
 */
bool
layer_attribute_is_kept(const char *name, bool is_single_id)
{
	static const struct {
		const char *name;
		bool is_prefix;
		bool has_ids;
	} kept[] = {
		{ "user.", .is_prefix = true },
		{ "security.capability" },
		{ "system.posix_acl_access", .has_ids = true },
		{ "system.posix_acl_default", .has_ids = true },
	};

	if (strncmp(name, "user.overlay.", strlen("user.overlay.")) == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
		size_t length = strlen(kept[i].name);

		if (strncmp(name, kept[i].name, length) == 0 &&
		    (kept[i].is_prefix || name[length] == '\0'))
			return !(kept[i].has_ids && is_single_id);
	}
	return false;
}
