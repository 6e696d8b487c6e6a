/* SPDX-License-Identifier: Apache-2.0 */
/*
 * name - digests, names and platforms.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "image/image.h"

#define PREFIX        "sha256:"
#define PREFIX_LENGTH (sizeof(PREFIX) - 1)
#define HEX_LENGTH    64

bool
image_digest_is_valid(const char *digest)
{
	return strncmp(digest, PREFIX, PREFIX_LENGTH) == 0 &&
	       strlen(digest) == PREFIX_LENGTH + HEX_LENGTH &&
	       strspn(digest + PREFIX_LENGTH, "0123456789abcdef") == HEX_LENGTH;
}

void
image_digest_text(const unsigned char hash[32], char out[IMAGE_DIGEST_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	char *at = out + PREFIX_LENGTH;

	memcpy(out, PREFIX, PREFIX_LENGTH);
	for (size_t i = 0; i < HEX_LENGTH / 2; i++) {
		*at++ = digits[hash[i] >> 4];
		*at++ = digits[hash[i] & 15];
	}
	*at = '\0';
}

bool
image_is_index(const struct image_descriptor *descriptor)
{
	static const char *const types[] = {
		"application/vnd.oci.image.index.v1+json",
		"application/vnd.docker.distribution.manifest.list.v2+json",
	};

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (descriptor->media_type != NULL &&
		    strcmp(descriptor->media_type, types[i]) == 0)
			return true;
	}
	return false;
}

static const char *
annotation(const struct image_descriptor *descriptor, const char *key)
{
	for (size_t i = 0; i < descriptor->annotations.count; i++) {
		const struct spec_pair *pair =
		    &descriptor->annotations.items[i];

		if (strcmp(pair->key, key) == 0)
			return pair->value;
	}
	return NULL;
}

const char *
image_name(const struct image_descriptor *descriptor)
{
	return annotation(descriptor, "org.opencontainers.image.ref.name");
}

const char *
image_full_name(const struct image_descriptor *descriptor)
{
	return annotation(descriptor, "io.containerd.image.name");
}

bool
image_name_is(const char *name, const char *wanted)
{
	size_t length = strlen(name), end = strlen(wanted);
	bool is_tag = strpbrk(wanted, "/:") == NULL;

	if (strcmp(name, wanted) == 0)
		return true;
	if (end == 0 || end >= length ||
	    strcmp(name + length - end, wanted) != 0)
		return false;
	return name[length - end - 1] == (is_tag ? ':' : '/');
}

/* ---- platforms ------------------------------------------------------------
 */

int
image_platform_parse(const char *word, char text[IMAGE_PLATFORM_BYTES],
    struct image_platform *out, struct error *e)
{
	struct image_platform platform = { 0 };

	if (strlen(word) >= IMAGE_PLATFORM_BYTES)
		return error_set(e, EINVAL, "\"%s\" is no platform", word);
	memcpy(text, word, strlen(word) + 1);
	char *rest = text;
	platform.os = strsep(&rest, "/");
	platform.architecture = strsep(&rest, "/");
	platform.variant = strsep(&rest, "/");
	if (rest != NULL || platform.os[0] == '\0' ||
	    platform.architecture == NULL || platform.architecture[0] == '\0' ||
	    (platform.variant != NULL && platform.variant[0] == '\0'))
		return error_set(e, EINVAL,
		    "\"%s\": expected OS/ARCHITECTURE[/VARIANT]", word);
	*out = platform;
	return 0;
}

struct image_platform
image_platform_own(void)
{
	static char os[] = "linux";
#ifdef __aarch64__
	static char architecture[] = "arm64";
#else
	static char architecture[] = "amd64";
#endif

	return (struct image_platform){ os, architecture, NULL };
}

static bool
is_same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

bool
image_platform_serves(const struct image_platform *there,
    const struct image_platform *wanted)
{
	bool is_arm64 = is_same(wanted->architecture, "arm64");
	const char *plain = is_arm64 ? "v8" : "";

	if (!is_same(there->os, wanted->os) ||
	    !is_same(there->architecture, wanted->architecture))
		return false;
	if (wanted->variant == NULL)
		return !is_arm64 || there->variant == NULL ||
		       strcmp(there->variant, plain) == 0;
	return strcmp(there->variant != NULL ? there->variant : plain,
		   wanted->variant) == 0;
}
