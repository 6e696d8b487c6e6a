/* SPDX-License-Identifier: Apache-2.0 */
/*
 * image - what an image says of itself, as plain data.
 *
 * Layer 1. Uses base and spec. Follows opencontainers/image-spec: index,
 * manifest, configuration and conversion.md; and manifest.json of archives that
 * docker save and podman save write. Opens nothing: texts come in, structs and
 * texts come out, so that the helper that reads an image and the program that
 * writes config.json understand the same by it.
 *
 * All of it is hostile. What the structs point to lives in the arena.
 */
#ifndef IMAGE_IMAGE_H
#define IMAGE_IMAGE_H

#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "spec/spec.h"

/* "sha256:" and its digits. */
#define IMAGE_DIGEST_BYTES 72

/* Is that a digest that can be checked here? SHA-256, in lower case. */
bool image_digest_is_valid(const char *digest) __attribute__((nonnull));

/* The text of one, from its 32 bytes. */
void image_digest_text(const unsigned char hash[32],
    char out[IMAGE_DIGEST_BYTES]) __attribute__((nonnull));

/* ---- platforms ---------------------------------------------------------- */

struct image_platform {
	char *os;
	char *architecture;
	char *variant;
};

#define IMAGE_PLATFORM_BYTES 128

/* "linux/arm64/v8": os, architecture and perhaps a variant, into text. */
int image_platform_parse(const char *word, char text[IMAGE_PLATFORM_BYTES],
    struct image_platform *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Of this machine. */
struct image_platform image_platform_own(void);

/*
 * Does what there is serve who wants that? A variant that is missing is any,
 * or for arm64 v8. Parts of what there is may be NULL, which is no match.
 */
bool image_platform_serves(const struct image_platform *there,
    const struct image_platform *wanted) __attribute__((nonnull));

/* ---- index and manifest ------------------------------------------------- */

struct image_descriptor {
	char *media_type;
	char *digest;
	uint64_t size;
	struct image_platform *platform; /* NULL: not said */
	struct spec_pairs annotations;
};

struct image_descriptors {
	struct image_descriptor *items;
	size_t count;
};

/* An index has manifests, a manifest config and layers. */
struct image_manifest {
	char *media_type;
	struct image_descriptors manifests;
	struct image_descriptor *config;
	struct image_descriptors layers;
};

/* Is it of an index, of OCI or of Docker? */
bool image_is_index(const struct image_descriptor *descriptor)
    __attribute__((nonnull));

/*
 * Read an index, or a manifest. Every digest in it is valid; a manifest has a
 * configuration, and all of its layers are file systems.
 */
int image_parse_index(struct json_arena *arena, const char *text, size_t length,
    struct image_manifest *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int image_parse_manifest(struct json_arena *arena, const char *text,
    size_t length, struct image_manifest *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The name of an image in an index: its annotations; NULL: it has none. */
const char *
image_name(const struct image_descriptor *descriptor) __attribute__((nonnull));
/* The same, with the name of a registry where containerd has written it. */
const char *image_full_name(const struct image_descriptor *descriptor)
    __attribute__((nonnull));

/* ---- manifest.json of docker save --------------------------------------- */

struct image_saved {
	char *config;
	struct spec_strings tags;
	struct spec_strings layers;
	char digest[IMAGE_DIGEST_BYTES]; /* of config, by its name */
};

struct image_saved_list {
	struct image_saved *items;
	size_t count;
};

int image_parse_saved(struct json_arena *arena, const char *text, size_t length,
    struct image_saved_list *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Is that name the one that is asked for: the same, its tag, or the same behind
 * the name of a registry? "1" and "x:1" are "example.org/x:1".
 */
bool
image_name_is(const char *name, const char *wanted) __attribute__((nonnull));

/* ---- configuration ------------------------------------------------------ */

struct image_key {
	char *name;
};

struct image_config {
	struct image_platform platform;
	char *os_version;
	struct spec_strings os_features;
	char *author;
	char *created;
	struct spec_strings diff_ids;
	char *user;
	struct {
		struct image_key *items;
		size_t count;
	} ports;
	struct spec_strings env;
	struct spec_strings entrypoint;
	struct spec_strings cmd;
	char *cwd;
	struct spec_pairs labels;
	char *stop_signal;
};

/* Every diff_id in it is a valid digest. */
int image_parse_config(struct json_arena *arena, const char *text,
    size_t length, struct image_config *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* ---- to a configuration of the runtime ---------------------------------- */

struct image_user {
	uint32_t uid;
	uint32_t gid;
	uint32_t *gids; /* owned: image_user_free() */
	size_t gids_count;
};

void image_user_free(struct image_user *user) __attribute__((nonnull));

/*
 * Who "user", "uid", "user:group", ... is, by the texts of the image's
 * /etc/passwd and /etc/group, "" where there is none. "" is root.
 */
int image_user_find(const char *user, const char *passwd, const char *group,
    struct image_user *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* How the bundle's files were given ids. */
struct image_bundle {
	const struct image_config *config;
	const struct image_user *user;
	bool rootless;
	const struct spec_idmaps *uids; /* of an ordinary user's container */
	const struct spec_idmaps *gids;
	uint32_t uid; /* of the caller */
	uint32_t gid;
};

/*
 * May a label of an image become an annotation? Not one that lorica or another
 * runtime takes orders from.
 */
bool image_label_is_harmless(const char *name) __attribute__((nonnull));

/*
 * Write config.json: that of "lorica spec", with what conversion.md takes from
 * the image. out gets a valid configuration or nothing. *left_out is how many
 * labels were.
 */
int image_print_config(FILE *out, const struct image_bundle *bundle,
    size_t *left_out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
