/* SPDX-License-Identifier: Apache-2.0 */
/*
 * parse - index, manifest, configuration and manifest.json, by tables.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "image/image.h"

static const struct json_field platform_fields[] = {
	{ "os", .offset = offsetof(struct image_platform, os),
	    .read = json_read_string },
	{ "architecture",
	    .offset = offsetof(struct image_platform, architecture),
	    .read = json_read_string },
	{ "variant", .offset = offsetof(struct image_platform, variant),
	    .read = json_read_string },
	{ NULL },
};

static const struct json_field descriptor_fields[] = {
	{ "mediaType", .offset = offsetof(struct image_descriptor, media_type),
	    .read = json_read_string },
	{ "digest", .offset = offsetof(struct image_descriptor, digest),
	    .read = json_read_string, .required = true },
	{ "size", .offset = offsetof(struct image_descriptor, size),
	    .read = json_read_u64, .required = true },
	{ "platform", .offset = offsetof(struct image_descriptor, platform),
	    .read = json_read_pointer, .fields = platform_fields,
	    .size = sizeof(struct image_platform) },
	{ "annotations",
	    .offset = offsetof(struct image_descriptor, annotations),
	    .read = json_read_pairs },
	{ NULL },
};

static const struct json_field index_fields[] = {
	{ "mediaType", .offset = offsetof(struct image_manifest, media_type),
	    .read = json_read_string },
	{ "manifests", .offset = offsetof(struct image_manifest, manifests),
	    .read = json_read_list, .fields = descriptor_fields,
	    .size = sizeof(struct image_descriptor), .required = true },
	{ NULL },
};

static const struct json_field manifest_fields[] = {
	{ "mediaType", .offset = offsetof(struct image_manifest, media_type),
	    .read = json_read_string },
	{ "config", .offset = offsetof(struct image_manifest, config),
	    .read = json_read_pointer, .fields = descriptor_fields,
	    .size = sizeof(struct image_descriptor), .required = true },
	{ "layers", .offset = offsetof(struct image_manifest, layers),
	    .read = json_read_list, .fields = descriptor_fields,
	    .size = sizeof(struct image_descriptor), .required = true },
	{ NULL },
};

static const struct json_field saved_fields[] = {
	{ "Config", .offset = offsetof(struct image_saved, config),
	    .read = json_read_string, .required = true },
	{ "RepoTags", .offset = offsetof(struct image_saved, tags),
	    .read = json_read_strings },
	{ "Layers", .offset = offsetof(struct image_saved, layers),
	    .read = json_read_strings, .required = true },
	{ NULL },
};

static const struct json_field list_fields[] = {
	{ "list", .offset = 0, .read = json_read_list, .fields = saved_fields,
	    .size = sizeof(struct image_saved) },
	{ NULL },
};

static const struct json_field key_fields[] = { { NULL } };

static const struct json_field run_fields[] = {
	{ "User", .offset = offsetof(struct image_config, user),
	    .read = json_read_string },
	{ "ExposedPorts", .offset = offsetof(struct image_config, ports),
	    .read = json_read_keyed, .fields = key_fields,
	    .size = sizeof(struct image_key) },
	{ "Env", .offset = offsetof(struct image_config, env),
	    .read = json_read_strings },
	{ "Entrypoint", .offset = offsetof(struct image_config, entrypoint),
	    .read = json_read_strings },
	{ "Cmd", .offset = offsetof(struct image_config, cmd),
	    .read = json_read_strings },
	{ "WorkingDir", .offset = offsetof(struct image_config, cwd),
	    .read = json_read_string },
	{ "Labels", .offset = offsetof(struct image_config, labels),
	    .read = json_read_pairs },
	{ "StopSignal", .offset = offsetof(struct image_config, stop_signal),
	    .read = json_read_string },
	{ NULL },
};

static const struct json_field rootfs_fields[] = {
	{ "diff_ids", .offset = offsetof(struct image_config, diff_ids),
	    .read = json_read_strings, .required = true },
	{ NULL },
};

/* Of the document itself, besides the two objects above. */
static const struct json_field config_fields[] = {
	{ "os", .offset = offsetof(struct image_config, platform.os),
	    .read = json_read_string },
	{ "architecture",
	    .offset = offsetof(struct image_config, platform.architecture),
	    .read = json_read_string },
	{ "variant", .offset = offsetof(struct image_config, platform.variant),
	    .read = json_read_string },
	{ "os.version", .offset = offsetof(struct image_config, os_version),
	    .read = json_read_string },
	{ "os.features", .offset = offsetof(struct image_config, os_features),
	    .read = json_read_strings },
	{ "author", .offset = offsetof(struct image_config, author),
	    .read = json_read_string },
	{ "created", .offset = offsetof(struct image_config, created),
	    .read = json_read_string },
	{ "config", .offset = 0, .read = json_read_object,
	    .fields = run_fields },
	{ "rootfs", .offset = 0, .read = json_read_object,
	    .fields = rootfs_fields, .required = true },
	{ NULL },
};

static int
read_document(struct json_arena *arena, const char *text, size_t length,
    const struct json_field *fields, void *out, struct error *e)
{
	const struct json_reader reader = { .arena = arena };
	const struct json *root = NULL;

	TRY(json_parse(arena, text, length, &root, e));
	if (root->kind != JSON_OBJECT)
		return error_set(e, EINVAL, "expected an object");
	return json_fill(&reader, root, fields, out, e);
}

static int
check_digests(const struct image_descriptors *list, const char *name,
    size_t limit, struct error *e)
{
	if (list->count > limit)
		return error_set(e, E2BIG, "%s: more than %zu", name, limit);
	for (size_t i = 0; i < list->count; i++) {
		if (!image_digest_is_valid(list->items[i].digest))
			return error_set(e, EINVAL,
			    "%s[%zu].digest: \"%s\" is not a SHA-256", name, i,
			    list->items[i].digest);
	}
	return 0;
}

int
image_parse_index(struct json_arena *arena, const char *text, size_t length,
    struct image_manifest *out, struct error *e)
{
	struct image_manifest index = { 0 };

	TRY(read_document(arena, text, length, index_fields, &index, e));
	TRY(check_digests(&index.manifests, "manifests", LIMIT_IMAGE_MANIFESTS,
	    e));
	*out = index;
	return 0;
}

/* Of OCI and of Docker: a tar archive, whatever packs it. */
static bool
is_layer(const char *type)
{
	static const char *const types[] = {
		"application/vnd.oci.image.layer.v1.tar",
		"application/vnd.oci.image.layer.nondistributable.v1.tar",
		"application/vnd.docker.image.rootfs.diff.tar",
		"application/vnd.docker.image.rootfs.foreign.diff.tar",
	};

	for (size_t i = 0; type != NULL && i < ARRAY_SIZE(types); i++) {
		size_t length = strlen(types[i]);

		if (strncmp(type, types[i], length) == 0 &&
		    (type[length] == '\0' || type[length] == '+' ||
			type[length] == '.'))
			return true;
	}
	return false;
}

int
image_parse_manifest(struct json_arena *arena, const char *text, size_t length,
    struct image_manifest *out, struct error *e)
{
	struct image_manifest manifest = { 0 };

	TRY(read_document(arena, text, length, manifest_fields, &manifest, e));
	if (!image_digest_is_valid(manifest.config->digest))
		return error_set(e, EINVAL,
		    "config.digest: \"%s\" is not a SHA-256",
		    manifest.config->digest);
	TRY(check_digests(&manifest.layers, "layers", LIMIT_IMAGE_LAYERS, e));
	for (size_t i = 0; i < manifest.layers.count; i++) {
		const char *type = manifest.layers.items[i].media_type;

		if (!is_layer(type))
			return error_set(e, ENOTSUP,
			    "layers[%zu].mediaType: \"%s\" is not a layer of "
			    "files",
			    i, type != NULL ? type : "");
	}
	*out = manifest;
	return 0;
}

/* "HEX.json", "blobs/sha256/HEX", "sha256:HEX" */
static bool
digest_of_name(const char *name, char out[IMAGE_DIGEST_BYTES])
{
	const char *slash = strrchr(name, '/');
	const char *hex = slash != NULL ? slash + 1 : name;

	if (strncmp(hex, "sha256:", 7) == 0)
		hex += 7;
	(void)snprintf(out, IMAGE_DIGEST_BYTES, "sha256:%.64s", hex);
	const char *rest = hex + strnlen(hex, 64);
	return (rest[0] == '\0' || strcmp(rest, ".json") == 0) &&
	       image_digest_is_valid(out);
}

static int
check_saved(struct image_saved *saved, struct error *e)
{
	if (!digest_of_name(saved->config, saved->digest))
		return error_set(e, EINVAL,
		    "Config: \"%s\" is not the name of a SHA-256",
		    saved->config);
	if (saved->layers.count > LIMIT_IMAGE_LAYERS)
		return error_set(e, E2BIG, "Layers: more than %u",
		    LIMIT_IMAGE_LAYERS);
	return 0;
}

int
image_parse_saved(struct json_arena *arena, const char *text, size_t length,
    struct image_saved_list *out, struct error *e)
{
	const struct json_reader reader = { .arena = arena };
	struct image_saved_list list = { 0 };
	const struct json *root = NULL;

	TRY(json_parse(arena, text, length, &root, e));
	TRY(list_fields[0].read(&reader, root, &list_fields[0], &list, e));
	if (list.count > LIMIT_IMAGE_MANIFESTS)
		return error_set(e, E2BIG, "more than %u images",
		    LIMIT_IMAGE_MANIFESTS);
	for (size_t i = 0; i < list.count; i++) {
		if (check_saved(&list.items[i], e) < 0)
			return error_wrap(e, "[%zu]", i);
	}
	*out = list;
	return 0;
}

int
image_parse_config(struct json_arena *arena, const char *text, size_t length,
    struct image_config *out, struct error *e)
{
	struct image_config config = { 0 };

	TRY(read_document(arena, text, length, config_fields, &config, e));
	for (size_t i = 0; i < config.diff_ids.count; i++) {
		if (!image_digest_is_valid(config.diff_ids.items[i]))
			return error_set(e, EINVAL,
			    "rootfs.diff_ids[%zu]: \"%s\" is not a SHA-256", i,
			    config.diff_ids.items[i]);
	}
	*out = config;
	return 0;
}
