/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call - run the helper, and what it is run on. Private to unpack.
 */
#ifndef UNPACK_CALL_H
#define UNPACK_CALL_H

#include <limits.h>
#include <signal.h>

#include "ns/ns.h"
#include "unpack/protocol.h"

/* The ids that the files of an ordinary user's bundle can have. */
struct unpack_ids {
	int userns; /* -1: the caller's own */
	struct spec_idmaps uids;
	struct spec_idmaps gids;
	struct ns_plan plan; /* has the room of the maps */
	bool has_plan;
	struct spec *spec;
	struct spec_idmap own[2];
};

#define UNPACK_IDS_NONE                                                        \
	{                                                                      \
		.userns = -1                                                   \
	}

/*
 * Root's files have the ids that the image says. A user namespace for others:
 * with all ids that they have, as the runtime maps them, or with one.
 */
int unpack_ids_open(bool is_single, struct unpack_ids *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void unpack_ids_close(struct unpack_ids *ids) __attribute__((nonnull));

struct unpack_call {
	struct unpack_message message;
	int fds[UNPACK_FD_END - UNPACK_FD_SOURCE]; /* -1: none; borrowed */
	int userns;                                /* -1: none; borrowed */
	bool is_deaf; /* signals are not looked for */
};

#define UNPACK_FD(name) (UNPACK_FD_##name - UNPACK_FD_SOURCE)

#define UNPACK_CALL_NONE                                                       \
	{                                                                      \
		.fds = { -1, -1, -1, -1, -1 }, .userns = -1                    \
	}

/*
 * Have the helper do it. A signal that is blocked and waits ends it, and stays
 * there for who lets it through. The answer is checked, and what the helper
 * read is still an image's.
 */
int unpack_call(const struct unpack_call *call, struct unpack_answer *answer,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Block signals that end programs, or let them through again. */
void unpack_hold_signals(sigset_t *before) __attribute__((nonnull));
void unpack_release_signals(const sigset_t *before) __attribute__((nonnull));

/* All of a file in memory, ended by NUL; the caller's to free. */
int unpack_read(int fd, size_t limit, char **out, size_t *length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Have it remove all that is in a directory, which may be an O_PATH. */
int unpack_empty(int dir, int userns, bool is_deaf, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* place.c: a directory's name, and the directory that it is in. */
struct unpack_place {
	int parent;
	char base[NAME_MAX + 1];
};

int unpack_place_open(const char *path, struct unpack_place *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));
void unpack_place_close(struct unpack_place *place) __attribute__((nonnull));

/* Files without a name: in a directory, by one that is free, or in memory. */
int unpack_open_spool(int dir, const char *name, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int unpack_open_document(struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* source.c: open what it names, and cut the name of the image off. */
int unpack_open_source(const char *source, struct unpack_message *message,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * config.c: config.json in the directory, for what the helper has put into its
 * rootfs, by the image's configuration.
 */
struct unpack_result;
int unpack_write_config(int dir, int document, const struct unpack_ids *ids,
    bool is_single, struct unpack_result *result, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
