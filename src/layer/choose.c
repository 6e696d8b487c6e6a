/* SPDX-License-Identifier: Apache-2.0 */
/*
 * choose - which image is meant, and what it is made of.
 *
 * From index.json downwards by digests, each of which is checked before the
 * text behind it is read.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "layer.h"

struct walk {
	struct layer_source *source;
	struct json_arena *arena;
	const char *reference;
	struct layer_images *images;
	size_t seen; /* descriptors */
};

struct layer_image *
layer_images_add(struct json_arena *arena, struct layer_images *images,
    struct error *e)
{
	/* Grows by doubling; what was before stays in the arena. */
	if ((images->count & (images->count - 1)) == 0) {
		size_t room = images->count > 0 ? 2 * images->count : 1;
		struct layer_image *items =
		    json_alloc(arena, room * sizeof(*items));

		if (items == NULL) {
			error_sys(e, "memory");
			return NULL;
		}
		if (images->count > 0)
			memcpy(items, images->items,
			    images->count * sizeof(*items));
		images->items = items;
	}
	return &images->items[images->count++];
}

/* A list may say any size, as nobody has to have the file. */
void
layer_image_add_size(struct layer_image *image, uint64_t size)
{
	if (__builtin_add_overflow(image->size, size, &image->size))
		image->size = UINT64_MAX;
}

/* ---- documents ------------------------------------------------------------
 */

/* Where a blob of a layout is: blobs/sha256/HEX. */
static const char *
blob_path(struct json_arena *arena, const char *digest)
{
	static const char folder[] = "blobs/sha256/";
	const char *hex = strchr(digest, ':') + 1;
	size_t size = sizeof(folder) + strlen(hex);
	char *path = json_alloc(arena, size);

	if (path != NULL)
		(void)snprintf(path, size, "%s%s", folder, hex);
	return path;
}

static int
read_part(struct layer_source *source, struct json_arena *arena,
    const struct layer_part *part, char **out, struct error *e)
{
	AUTO(layer_blob_close) struct layer_blob blob = LAYER_BLOB_NONE;
	int found = layer_source_find(source, part->path, &blob, e);

	if (found < 0)
		return found;
	if (found == 0)
		return error_set(e, ENOENT, "%s is not there", part->path);
	if (part->size != 0 && blob.size != part->size)
		return error_set(e, EBADMSG,
		    "%s has %llu bytes, not %llu as it is said", part->path,
		    (unsigned long long)blob.size,
		    (unsigned long long)part->size);
	if (blob.size > LIMIT_JSON_BYTES)
		return error_set(e, EFBIG, "%s is larger than %u bytes",
		    part->path, LIMIT_JSON_BYTES);
	TRY(layer_source_take_text(source, blob.size, e));
	if (layer_blob_check(&blob, part->digest, e) < 0 ||
	    layer_blob_read(&blob, arena, out, e) < 0)
		return error_wrap(e, "%s", part->path);
	return 0;
}

static int
part_of(struct json_arena *arena, const struct image_descriptor *descriptor,
    struct layer_part *out, struct error *e)
{
	out->digest = descriptor->digest;
	out->size = descriptor->size;
	out->path = blob_path(arena, descriptor->digest);
	return out->path == NULL ? error_sys(e, "memory") : 0;
}

int
layer_image_configure(struct layer_source *source, struct json_arena *arena,
    struct layer_image *image, struct error *e)
{
	char *text = NULL;

	TRY(read_part(source, arena, &image->config_part, &text, e));
	if (image_parse_config(arena, text, strlen(text), &image->config, e) <
	    0)
		return error_wrap(e, "%s", image->config_part.path);
	if (image->config.diff_ids.count != image->parts_count)
		return error_set(e, EINVAL,
		    "%s: %zu rootfs.diff_ids for %zu layers",
		    image->config_part.path, image->config.diff_ids.count,
		    image->parts_count);
	image->config_text = text;
	return 0;
}

/* ---- manifests ------------------------------------------------------------
 */

static int
add_parts(struct walk *walk, const struct image_descriptors *layers,
    struct layer_image *image, struct error *e)
{
	image->parts = json_alloc(walk->arena,
	    (layers->count + 1) * sizeof(*image->parts));
	if (image->parts == NULL)
		return error_sys(e, "memory");
	image->parts_count = layers->count;
	for (size_t i = 0; i < layers->count; i++) {
		TRY(part_of(walk->arena, &layers->items[i], &image->parts[i],
		    e));
		layer_image_add_size(image, layers->items[i].size);
	}
	return 0;
}

/* Signatures and the like are manifests too, of no platform. */
static bool
is_for_a_platform(const struct image_descriptor *descriptor)
{
	const struct image_platform *platform = descriptor->platform;

	return platform == NULL || platform->os == NULL ||
	       strcmp(platform->os, "unknown") != 0;
}

static int
read_manifest(struct walk *walk, const struct image_descriptor *descriptor,
    const char *name, struct error *e)
{
	struct image_manifest manifest;
	struct layer_part part;
	char *text = NULL;

	TRY(part_of(walk->arena, descriptor, &part, e));
	TRY(read_part(walk->source, walk->arena, &part, &text, e));
	if (image_parse_manifest(walk->arena, text, strlen(text), &manifest,
		e) < 0)
		return error_wrap(e, "%s", part.path);
	struct layer_image image = { .name = name,
		.digest = descriptor->digest };
	TRY(part_of(walk->arena, manifest.config, &image.config_part, e));
	TRY(add_parts(walk, &manifest.layers, &image, e));
	TRY(layer_image_configure(walk->source, walk->arena, &image, e));
	/* The index chooses, where it says anything. */
	if (descriptor->platform != NULL)
		image.config.platform = *descriptor->platform;
	struct layer_image *added =
	    layer_images_add(walk->arena, walk->images, e);
	if (added == NULL)
		return -e->code;
	*added = image;
	return 0;
}

static bool
is_meant(const struct walk *walk, const struct image_descriptor *descriptor)
{
	const char *name = image_name(descriptor);
	const char *full = image_full_name(descriptor);

	if (walk->reference[0] == '@')
		return strcmp(walk->reference + 1, descriptor->digest) == 0;
	return walk->reference[0] == '\0' ||
	       (name != NULL && image_name_is(name, walk->reference)) ||
	       (full != NULL && image_name_is(full, walk->reference));
}

/* Where an index lies in the walk. */
struct level {
	bool is_meant;    /* by its name: all that is in it */
	const char *name; /* that it has, NULL: none */
	unsigned depth;
};

static int walk_index(struct walk *walk, const struct layer_part *part,
    const struct level *level, struct error *e);

static int
walk_one(struct walk *walk, const struct image_descriptor *descriptor,
    const struct level *level, struct error *e)
{
	const char *name = image_name(descriptor);
	const struct level below = {
		.is_meant = level->is_meant || is_meant(walk, descriptor),
		.name = name != NULL ? name : level->name,
		.depth = level->depth + 1,
	};
	struct layer_part part;

	if (++walk->seen > LIMIT_IMAGE_MANIFESTS)
		return error_set(e, E2BIG, "more than %u manifests",
		    LIMIT_IMAGE_MANIFESTS);
	if (image_is_index(descriptor)) {
		TRY(part_of(walk->arena, descriptor, &part, e));
		return walk_index(walk, &part, &below, e);
	}
	return below.is_meant && is_for_a_platform(descriptor)
		   ? read_manifest(walk, descriptor, below.name, e)
		   : 0;
}

static int
walk_text(struct walk *walk, const char *text, const struct level *level,
    struct error *e)
{
	struct image_manifest index;

	if (level->depth > LIMIT_IMAGE_NESTED)
		return error_set(e, ELOOP, "more than %u indexes in another",
		    LIMIT_IMAGE_NESTED);
	TRY(image_parse_index(walk->arena, text, strlen(text), &index, e));
	for (size_t i = 0; i < index.manifests.count; i++)
		TRY(walk_one(walk, &index.manifests.items[i], level, e));
	return 0;
}

static int
walk_index(struct walk *walk, const struct layer_part *part,
    const struct level *level, struct error *e)
{
	char *text = NULL;

	TRY(read_part(walk->source, walk->arena, part, &text, e));
	if (walk_text(walk, text, level, e) < 0)
		return error_wrap(e, "%s", part->path);
	return 0;
}

int
layer_images_read(struct layer_source *source, struct json_arena *arena,
    const char *reference, struct layer_images *out, struct error *e)
{
	AUTO(layer_blob_close) struct layer_blob blob = LAYER_BLOB_NONE;
	struct layer_images images = { 0 };
	struct walk walk = { source, arena, reference, &images, 0 };
	const struct level top = { 0 };
	char *text = NULL;
	int found = layer_source_find(source, "index.json", &blob, e);

	if (found < 0)
		return found;
	if (found == 0)
		return layer_saved_read(source, arena, reference, out, e);
	if (layer_blob_read(&blob, arena, &text, e) < 0 ||
	    walk_text(&walk, text, &top, e) < 0)
		return error_wrap(e, "index.json");
	*out = images;
	return 0;
}
