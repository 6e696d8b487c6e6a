/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "image/image.h"

#define HEX    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "\"digest\":\"sha256:" HEX "\",\"size\":7"
#define LAYER  "application/vnd.oci.image.layer.v1.tar"

typedef int parse(struct json_arena *arena, const char *text, size_t length,
    struct error *e);

static int
parse_index(struct json_arena *arena, const char *text, size_t length,
    struct error *e)
{
	struct image_manifest out;

	return image_parse_index(arena, text, length, &out, e);
}

static int
parse_manifest(struct json_arena *arena, const char *text, size_t length,
    struct error *e)
{
	struct image_manifest out;

	return image_parse_manifest(arena, text, length, &out, e);
}

static int
parse_saved(struct json_arena *arena, const char *text, size_t length,
    struct error *e)
{
	struct image_saved_list out;

	return image_parse_saved(arena, text, length, &out, e);
}

static int
parse_config(struct json_arena *arena, const char *text, size_t length,
    struct error *e)
{
	struct image_config out;

	return image_parse_config(arena, text, length, &out, e);
}

Test(image_parse, what_is_wrong_is_named)
{
	static const struct {
		parse *parse;
		const char *text;
		const char *error; /* NULL: fine */
	} rows[] = {
		{ parse_index, "{\"manifests\":[{" DIGEST "}]}", NULL },
		{ parse_index, "{}", "manifests is required" },
		{ parse_index, "[]", "expected an object" },
		{ parse_index,
		    "{\"manifests\":[{\"digest\":\"sha256:x\",\"size\":1}]}",
		    "manifests[0].digest: \"sha256:x\" is not a SHA-256" },
		{ parse_manifest,
		    "{\"config\":{" DIGEST
		    "},\"layers\":[{\"mediaType\":\"" LAYER "+zstd\"," DIGEST
		    "},{\"mediaType\":"
		    "\"application/"
		    "vnd.docker.image.rootfs.diff.tar.gzip\"," DIGEST "}]}",
		    NULL },
		{ parse_manifest, "{\"layers\":[]}", "config is required" },
		{ parse_manifest,
		    "{\"config\":{" DIGEST
		    "},\"layers\":[{\"mediaType\":\"text/wasm\"," DIGEST "}]}",
		    "layers[0].mediaType: \"text/wasm\" is not a layer of "
		    "files" },
		{ parse_manifest,
		    "{\"config\":{" DIGEST
		    "},\"layers\":[{\"mediaType\":\"" LAYER "x\"," DIGEST "}]}",
		    "layers[0].mediaType: \"" LAYER
		    "x\" is not a layer of files" },
		{ parse_saved,
		    "[{\"Config\":\"a/" HEX
		    ".json\",\"RepoTags\":null,\"Layers\":[]}]",
		    NULL },
		{ parse_saved,
		    "[{\"Config\":\"blobs/sha256/" HEX "\",\"Layers\":[]}]",
		    NULL },
		{ parse_saved, "[{\"Config\":\"config.json\",\"Layers\":[]}]",
		    "[0]: Config: \"config.json\" is not the name of a "
		    "SHA-256" },
		{ parse_saved, "[{\"Config\":\"" HEX "x\",\"Layers\":[]}]",
		    "[0]: Config: \"" HEX "x\" is not the name of a SHA-256" },
		{ parse_config,
		    "{\"rootfs\":{\"diff_ids\":[\"sha256:" HEX
		    "\"]},\"config\":null}",
		    NULL },
		{ parse_config, "{\"rootfs\":{\"diff_ids\":[\"" HEX "\"]}}",
		    "rootfs.diff_ids[0]: \"" HEX "\" is not a SHA-256" },
		{ parse_config, "{}", "rootfs is required" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct error e = { 0 };
		char line[512] = "";
		int failed = rows[i].parse(arena, rows[i].text,
		    strlen(rows[i].text), &e);

		if (e.code != 0)
			error_format(&e, line, sizeof(line));
		cr_expect(eq(int, failed < 0, rows[i].error != NULL),
		    "row %zu: %s", i, line);
		if (rows[i].error != NULL)
			cr_expect(eq(str, line, (char *)rows[i].error),
			    "row %zu", i);
	}
}

Test(image_parse, a_configuration_is_read)
{
	static const char text[] =
	    "{\"os\":\"linux\",\"architecture\":\"arm\",\"variant\":\"v7\","
	    "\"os.features\":[\"a\",\"b\"],\"config\":{\"User\":\"u:g\","
	    "\"ExposedPorts\":{\"80/tcp\":{},\"1/udp\":{\"x\":1}},"
	    "\"Cmd\":[\"c\"],\"Labels\":{\"k\":\"v\"},\"Volumes\":{\"/v\":{}}},"
	    "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]},\"history\":[1]}";
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct image_config config;
	struct error e = { 0 };

	cr_assert(zero(int, image_parse_config(arena, text, sizeof(text) - 1,
				&config, &e)),
	    "%s", e.text);
	cr_expect(eq(str, config.platform.variant, "v7"));
	cr_expect(eq(str, config.user, "u:g"));
	cr_assert(eq(sz, config.ports.count, 2));
	cr_expect(eq(str, config.ports.items[1].name, "1/udp"));
	cr_expect(eq(sz, config.os_features.count, 2));
	cr_expect(eq(str, config.cmd.items[0], "c"));
	cr_expect(eq(str, config.labels.items[0].value, "v"));
}
