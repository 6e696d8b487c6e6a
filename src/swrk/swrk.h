/* SPDX-License-Identifier: Apache-2.0 */
/*
 * swrk - lorica-criu: criu's protocol, for lorica.
 *
 * criu is run as "criu swrk N", and does one piece of work over the SEQPACKET
 * socket N: it gets a request, asks to be told to go on at certain points, and
 * answers. The messages are protocol buffers (criu's rpc.proto), of which a few
 * numbers, texts and flags are needed: less code to write them here than to
 * have a library and a compiler for them. See include/criu/criu.h for what
 * lorica asks.
 */
#ifndef SWRK_SWRK_H
#define SWRK_SWRK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "criu/criu.h"

/* ---- wire.c: protocol buffers -------------------------------------------- */

void wire_put_number(FILE *out, unsigned field, uint64_t value);
void wire_put_bytes(FILE *out, unsigned field, const void *bytes, size_t size);
void wire_put_text(FILE *out, unsigned field, const char *text);

struct wire {
	const unsigned char *at;
	const unsigned char *end;
};

struct wire_field {
	unsigned number;
	uint64_t value;             /* of a number */
	const unsigned char *bytes; /* of a text or message; else NULL */
	size_t length;
};

/* The next field: 1, 0 at the end, -1 for what is none. */
int wire_next(struct wire *wire, struct wire_field *out);

/* ---- message.c: what criu is asked, and what it says ----------------------
 */

/* criu_req_type */
enum swrk_type {
	SWRK_DUMP = 1,
	SWRK_RESTORE = 2,
	SWRK_PRE_DUMP = 4,
	SWRK_NOTIFY = 6,
	SWRK_VERSION = 10,
};

struct swrk_answer {
	uint64_t type;
	bool success;
	int32_t pid; /* of a notification */
	char script[CRIU_SCRIPT_MAX];
	int32_t code; /* errno of what failed; 0: none given */
	char text[256];
	unsigned version; /* 31601: 3.16.1 */
};

/* One message; allocated, NULL without memory. */
char *swrk_question(enum swrk_type type, size_t *length);
char *swrk_go_on(bool success, size_t *length);
/* All options of the request; an unknown one is an error. */
int swrk_work(const struct criu_reader *request, char **out, size_t *length,
    struct error *e);

/* Read an answer; false when it is malformed. */
bool swrk_read(const void *bytes, size_t length, struct swrk_answer *out);

/* ---- options.c ------------------------------------------------------------
 */

/* Write one as a field of criu_opts. */
int swrk_put_option(FILE *out, const char *name, const char *value,
    struct error *e);

/* ---- log.c -----------------------------------------------------------------
 */

/*
 * The last errors in criu's log, one after the other, or its last line; as much
 * as fits, the last ones first to be kept.
 */
void swrk_log_errors(int dir, const char *name, char *buf, size_t size);

/* The same from a text, which is changed. */
void swrk_pick_errors(char *text, char *buf, size_t size);

/* ---- images.c --------------------------------------------------------------
 */

/*
 * When the request has CRIU_IMAGES_IDS, put at that descriptor's number a
 * directory of the images, and of those that they build on, which processes
 * with those ids can read. Mounts, in the mount namespace of the caller, which
 * must be its own; the directory must have been opened in there.
 */
int swrk_show_images(struct criu_reader reader, int dir, struct error *e);

/* ---- serve.c ---------------------------------------------------------------
 */

/* Run criu and follow it to its end. Events go over the socket. */
int swrk_serve(const struct criu_reader *request, int socket, struct error *e);

#endif
