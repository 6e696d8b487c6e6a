/* SPDX-License-Identifier: Apache-2.0 */
/*
 * saved - archives with a manifest.json, of docker save and podman save.
 *
 * They name their files and say no digest of a layer: what the configuration
 * says of it is all there is. The digest of that is its name.
 */
#define _GNU_SOURCE
#include <string.h>

#include "base/auto.h"
#include "layer.h"

static bool
is_meant(const struct image_saved *saved, const char *reference)
{
	if (reference[0] == '@')
		return strcmp(reference + 1, saved->digest) == 0;
	if (reference[0] == '\0')
		return true;
	for (size_t i = 0; i < saved->tags.count; i++) {
		if (image_name_is(saved->tags.items[i], reference))
			return true;
	}
	return false;
}

static int
read_one(struct layer_source *source, struct json_arena *arena,
    const struct image_saved *saved, struct layer_image *image, struct error *e)
{
	image->name = saved->tags.count > 0 ? saved->tags.items[0] : NULL;
	image->digest = saved->digest;
	image->config_part =
	    (struct layer_part){ saved->config, saved->digest, 0 };
	image->parts_count = saved->layers.count;
	image->parts = json_alloc(arena,
	    (saved->layers.count + 1) * sizeof(*image->parts));
	if (image->parts == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < saved->layers.count; i++) {
		AUTO(layer_blob_close)
		struct layer_blob blob = LAYER_BLOB_NONE;
		const char *path = saved->layers.items[i];
		int found = layer_source_find(source, path, &blob, e);

		if (found <= 0)
			return found < 0 ? found
					 : error_set(e, ENOENT,
					       "%s is not there", path);
		image->parts[i].path = path;
		layer_image_add_size(image, blob.size);
	}
	return layer_image_configure(source, arena, image, e);
}

static int
read_text(const struct layer_source *source, struct json_arena *arena,
    char **out, struct error *e)
{
	AUTO(layer_blob_close) struct layer_blob blob = LAYER_BLOB_NONE;
	int found = layer_source_find(source, "manifest.json", &blob, e);

	if (found < 0)
		return found;
	if (found == 0)
		return error_set(e, EINVAL,
		    "no image: there is neither index.json nor manifest.json");
	return layer_blob_read(&blob, arena, out, e);
}

int
layer_saved_read(struct layer_source *source, struct json_arena *arena,
    const char *reference, struct layer_images *out, struct error *e)
{
	struct layer_images images = { 0 };
	struct image_saved_list list;
	char *text = NULL;

	TRY(read_text(source, arena, &text, e));
	if (image_parse_saved(arena, text, strlen(text), &list, e) < 0)
		return error_wrap(e, "manifest.json");
	for (size_t i = 0; i < list.count; i++) {
		if (!is_meant(&list.items[i], reference))
			continue;
		struct layer_image *image = layer_images_add(arena, &images, e);
		if (image == NULL)
			return -e->code;
		if (read_one(source, arena, &list.items[i], image, e) < 0)
			return error_wrap(e, "manifest.json: [%zu]", i);
	}
	*out = images;
	return 0;
}
