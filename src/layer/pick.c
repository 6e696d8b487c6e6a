/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pick - the one image for a platform, and the list of all.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer.h"

static void
put_platform(FILE *out, const struct image_platform *platform)
{
	(void)fprintf(out, "%s/%s",
	    platform->os != NULL ? platform->os : "unknown",
	    platform->architecture != NULL ? platform->architecture
					   : "unknown");
	if (platform->variant != NULL && platform->variant[0] != '\0')
		(void)fprintf(out, "/%s", platform->variant);
}

/* "a, b, c" of what there is, for an error. */
static char *
describe(const struct layer_images *images, bool by_name)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return NULL;
	for (size_t i = 0; i < images->count && i < 16; i++) {
		const struct layer_image *image = &images->items[i];

		fputs(i > 0 ? ", " : "", out);
		if (!by_name)
			put_platform(out, &image->config.platform);
		else if (image->name != NULL)
			fputs(image->name, out);
		else
			(void)fprintf(out, "@%s", image->digest);
	}
	fputs(images->count > 16 ? ", ..." : "", out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

int
layer_images_choose(const struct layer_images *images,
    const struct image_platform *platform, const struct layer_image **out,
    struct error *e)
{
	const struct layer_image *found = NULL;

	if (images->count == 0)
		return error_set(e, ENOENT,
		    "no image of that name or digest is in there");
	for (size_t i = 0; i < images->count; i++) {
		const struct layer_image *image = &images->items[i];

		if (!image_platform_serves(&image->config.platform, platform))
			continue;
		if (found != NULL &&
		    strcmp(found->digest, image->digest) != 0) {
			AUTO_FREE char *names = describe(images, true);

			return error_set(e, EINVAL,
			    "there is more than one image: name one of %.512s",
			    names != NULL ? names : "them");
		}
		found = image;
	}
	if (found == NULL) {
		AUTO_FREE char *there = describe(images, false);

		return error_set(e, ENOENT,
		    "not for %s/%s: --platform can be %.512s", platform->os,
		    platform->architecture, there != NULL ? there : "another");
	}
	*out = found;
	return 0;
}

static void
put_image(FILE *out, const struct layer_image *image)
{
	AUTO_FREE char *platform = NULL;
	size_t length = 0;
	FILE *text = open_memstream(&platform, &length);

	if (text == NULL)
		return;
	put_platform(text, &image->config.platform);
	if (fclose(text) != 0)
		return;
	fputs("{\"name\":", out);
	if (image->name != NULL)
		json_put_string(out, image->name);
	else
		fputs("\"\"", out);
	fputs(",\"digest\":", out);
	json_put_string(out, image->digest);
	fputs(",\"platform\":", out);
	json_put_string(out, platform);
	(void)fprintf(out, ",\"size\":%llu}", (unsigned long long)image->size);
}

int
layer_list(const struct layer_images *images, int fd, struct error *e)
{
	FILE *out = fdopen(dup(fd), "w");

	if (out == NULL)
		return error_sys(e, "write the list");
	fputs("[", out);
	for (size_t i = 0; i < images->count; i++) {
		fputs(i > 0 ? "," : "", out);
		put_image(out, &images->items[i]);
	}
	fputs("]\n", out);
	return fclose(out) != 0 ? error_sys(e, "write the list") : 0;
}
