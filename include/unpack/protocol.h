/* SPDX-License-Identifier: Apache-2.0 */
/*
 * protocol - what is said between lorica and its helper lorica-image.
 *
 * Layer 3. Uses base. The request is this struct on the helper's standard
 * input; its one message is the answer, on the socket that is its standard
 * output. Texts that are long, and come from the image, go through a file in
 * memory: UNPACK_FD_DOCUMENT. Whoever reads that, reads what an image wrote.
 */
#ifndef UNPACK_PROTOCOL_H
#define UNPACK_PROTOCOL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define UNPACK_HELPER   "lorica-image"
#define UNPACK_PROTOCOL "lorica-image 1"

/* The helper's descriptors; one that a verb does not use is not there. */
enum {
	UNPACK_FD_SOURCE = 3, /* a directory, a file or a pipe */
	UNPACK_FD_DOCUMENT,   /* gets the list, or the image's configuration */
	UNPACK_FD_SPOOL,      /* an empty file without a name */
	UNPACK_FD_ROOT,       /* gets the files; or what is to be emptied */
	UNPACK_FD_TRASH,      /* is beside it, for what goes */
	UNPACK_FD_END,
};

/* What ROOT and TRASH are called, where both are there. */
#define UNPACK_ROOT_NAME  "rootfs"
#define UNPACK_TRASH_NAME "trash"

enum unpack_verb {
	UNPACK_LAYERS, /* apply the layers of an image to a directory */
	UNPACK_LIST,   /* what images there are, as JSON */
	UNPACK_EMPTY,  /* remove all that is in a directory */
	UNPACK_VERBS,
};

struct unpack_message {
	char protocol[24];
	enum unpack_verb verb;
	bool is_single_id;    /* every file is to be the caller's */
	char reference[1024]; /* "": the only one; "@sha256:...", or a tag */
	char platform[128];
	uint64_t limit_bytes; /* of all layers, without compression */
	uint64_t limit_files; /* of all layers */
};

struct unpack_answer {
	struct error error;
	uint64_t devices;    /* left out, as an ordinary user has none */
	uint64_t attributes; /* left out, as unpacking by hand would */
	uint32_t single_id;  /* 1: every file was given to one id */
};

#endif
