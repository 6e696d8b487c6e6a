/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_image - what an image says of itself: an index, a manifest,
 * manifest.json and a configuration, each of the same text.
 *
 * Every digest that is accepted is one; a configuration that is accepted
 * becomes a config.json that is valid, without hooks and without orders to a
 * runtime, or an error that can be printed.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "image/image.h"

static void
check_list(const struct image_descriptors *list)
{
	for (size_t i = 0; i < list->count; i++) {
		assert(image_digest_is_valid(list->items[i].digest));
		(void)image_is_index(&list->items[i]);
		const char *name = image_name(&list->items[i]);
		if (name != NULL)
			assert(image_name_is(name, name));
	}
}

static void
check_spec(const char *json, size_t length)
{
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	assert(spec_parse(json, length, NULL, NULL, &spec, &e) == 0);
	assert(spec_validate(spec, &e) == 0);
	for (int kind = 0; kind < SPEC_HOOK_KINDS; kind++)
		assert(spec->hooks[kind].count == 0);
	assert(spec->lnx.seccomp == NULL &&
	       strcmp(spec->root->path, "rootfs") == 0);
	for (size_t i = 0; i < spec->annotations.count; i++)
		assert(image_label_is_harmless(spec->annotations.items[i].key));
	for (size_t i = 0; i < spec->mounts_count; i++)
		assert(spec->mounts[i].destination[0] == '/');
}

static void
check_config(const struct image_config *config, const char *text)
{
	AUTO(image_user_free) struct image_user user = { 0 };
	AUTO_FREE char *json = NULL;
	struct spec_idmap map = { 0, 1000, 1 };
	const struct spec_idmaps maps = { &map, 1 };
	struct error e = { 0 };
	size_t length = 0, left_out;

	const char *name = config->user != NULL ? config->user : "";
	if (image_user_find(name, text, text, &user, &e) < 0)
		check_line(&e);
	const struct image_bundle bundle = { config, &user, config->cwd != NULL,
		&maps, &maps, 1000, 1000 };
	FILE *out = open_memstream(&json, &length);
	assert(out != NULL);
	e = (struct error){ 0 };
	int failed = image_print_config(out, &bundle, &left_out, &e);
	(void)fclose(out);
	if (failed < 0)
		check_line(&e);
	else
		check_spec(json, length);
	assert(failed == 0 || length == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *text = strndup((const char *)data, size);
	struct image_manifest index, manifest;
	struct image_saved_list saved;
	struct image_config config;
	struct error e = { 0 };

	assert(text != NULL && arena != NULL);
	size_t length = strlen(text);
	if (image_parse_index(arena, text, length, &index, &e) == 0)
		check_list(&index.manifests);
	else
		check_line(&e);
	e = (struct error){ 0 };
	if (image_parse_manifest(arena, text, length, &manifest, &e) == 0) {
		assert(image_digest_is_valid(manifest.config->digest));
		check_list(&manifest.layers);
	} else {
		check_line(&e);
	}
	e = (struct error){ 0 };
	if (image_parse_saved(arena, text, length, &saved, &e) == 0) {
		for (size_t i = 0; i < saved.count; i++)
			assert(image_digest_is_valid(saved.items[i].digest));
	} else {
		check_line(&e);
	}
	e = (struct error){ 0 };
	if (image_parse_config(arena, text, length, &config, &e) == 0)
		check_config(&config, text);
	else
		check_line(&e);
	return 0;
}
