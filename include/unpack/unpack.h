/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack - make a bundle of an image.
 *
 * Layer 3. Uses base, os, spec, image, helper and ns. Reads nothing of the
 * image's archives itself: the helper lorica-image does, confined, in a user
 * namespace where an ordinary user calls. What the helper is given of the host
 * is the source and two new directories; config.json is written here, from the
 * image's configuration, so that whoever takes the helper over has files in a
 * root file system and no say in what runs them.
 *
 * What is made appears under its name when it is whole. On an error, or a
 * signal that ends programs, nothing is left.
 */
#ifndef UNPACK_UNPACK_H
#define UNPACK_UNPACK_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

#define UNPACK_LIMIT_BYTES (64ull << 30)
#define UNPACK_LIMIT_FILES (4ull << 20)

struct unpack_request {
	const char *source;   /* "PATH", "PATH:NAME", "PATH@DIGEST"; "-": the
				 standard input, an archive */
	const char *platform; /* "OS/ARCHITECTURE[/VARIANT]"; NULL: ours */
	uint64_t limit_bytes; /* of all layers, without compression */
	uint64_t limit_files;
	bool rootless; /* one id only: every file is the caller's */
};

/* What a caller may want to say about a bundle that was made. */
struct unpack_result {
	uint64_t devices;    /* nodes that an ordinary user cannot have */
	uint64_t attributes; /* extended ones that were left out */
	size_t labels;       /* that would have been orders to a runtime */
	uint32_t user;       /* that the image wants, and is 0 instead; 0: it
				is as it wants */
};

/* Make the bundle, a directory that is not there, or is empty. */
int unpack_bundle(const struct unpack_request *request, const char *bundle,
    struct unpack_result *result, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * What images there are, in at most so many bytes of an archive without
 * compression, as JSON that was checked to be that, and is the
 * caller's to free: an array of objects with the members name, digest, platform
 * and size.
 */
int unpack_list(const char *source, uint64_t limit, char **out, size_t *length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Remove a bundle that unpack_bundle() made, with files of all ids that the
 * caller has. It has to have a directory rootfs, and a config.json or the name
 * that unpack_bundle() gives to what is not whole: SIGKILL leaves that.
 */
int unpack_remove(const char *bundle, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
