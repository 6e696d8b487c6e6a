/* SPDX-License-Identifier: Apache-2.0 */
/*
 * criu - have the helper lorica-criu talk to criu.
 *
 * Layer 2. Uses base, os and helper. Nothing else of lorica knows criu.
 *
 * A request is a sequence of texts, each ended by a NUL: CRIU_PROTOCOL, the
 * verb, then for each option its name and its value. Options are criu's own
 * (criu(8), rpc.proto); src/swrk/options.c has the table of them. Descriptors
 * are named by the number that they have in the helper, CRIU_FD_FIRST and up.
 *
 * While criu works it says how far it is, and waits until it is told to go on;
 * the helper passes that on as an event. All else is between the helper and
 * criu.
 */
#ifndef CRIU_CRIU_H
#define CRIU_CRIU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/error.h"

#define CRIU_PROTOCOL "lorica-criu 1"
#define CRIU_HELPER   "lorica-criu"

enum criu_verb {
	CRIU_DUMP,
	CRIU_PRE_DUMP,
	CRIU_RESTORE,
	CRIU_VERBS,
};

/* Where criu finds what it is given. */
enum {
	CRIU_FD_IMAGES = 3, /* the directory of images */
	CRIU_FD_WORK,       /* and of the log and the like */
	CRIU_FD_ROOT,       /* restore: the root file system's directory */
	CRIU_FD_PLACE,      /* restore: an empty one to mount it on */
	CRIU_FD_FIRST,      /* what options name */
};

/* Options for the helper, not for criu. */
#define CRIU_NO_NEW_PRIVS "no-new-privs" /* for all that is restored */
#define CRIU_STATUS_FD    "status-fd"    /* gets a NUL for "status-ready" */
#define CRIU_IMAGES_IDS                                                        \
	"images-ids" /* a user namespace whose root may                        \
			read the images */

/* ---- requests: request.c ------------------------------------------------ */

/* A request that grows; a failure shows in criu_call(). */
struct criu_request {
	FILE *out;
	char *text;
	size_t length;
	int fds[32 - (CRIU_FD_FIRST - 3)]; /* borrowed */
	size_t fds_count;
};

/* Begin one. Released by criu_request_free(). */
int criu_request_begin(struct criu_request *request, enum criu_verb verb,
    struct error *e) __attribute__((nonnull, warn_unused_result));
void criu_request_free(struct criu_request *request) __attribute__((nonnull));

/* Add an option; a flag is only added when it is set. */
void criu_put(struct criu_request *request, const char *name,
    const char *format, ...) __attribute__((nonnull, format(printf, 3, 4)));
void criu_put_flag(struct criu_request *request, const char *name, bool set)
    __attribute__((nonnull));

/* Hand a descriptor on. Returns its number there; negative: too many. */
int criu_put_fd(struct criu_request *request, int fd) __attribute__((nonnull));

/* A request as the helper reads it. */
struct criu_reader {
	enum criu_verb verb;
	const char *at;
	const char *end;
};

/* Check all of it. */
int criu_parse(const char *text, size_t length, struct criu_reader *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The next option; false behind the last. */
bool criu_next(struct criu_reader *reader, const char **name,
    const char **value) __attribute__((nonnull));

/* ---- the conversation: call.c -------------------------------------------- */

#define CRIU_SCRIPT_MAX 64

/* From the helper, with a descriptor or without. */
struct criu_message {
	bool is_end;                  /* else an event, to be answered */
	char script[CRIU_SCRIPT_MAX]; /* criu's word for what it did */
	int32_t pid;                  /* of the container's init; 0: unsaid */
	struct error error;           /* the end: code 0 for success */
};

struct criu_call {
	const struct criu_request *request;
	int images;
	int work;
	int root;   /* -1: none */
	int place;  /* -1: none */
	int cgroup; /* where criu is to run; -1: the caller's */
	/* Told of each event; fd is the caller's. An error ends the work. */
	int (*event)(void *context, const struct criu_message *message, int fd,
	    struct error *e);
	void *context;
};

/* Is the helper there? */
bool criu_is_installed(void);

/*
 * Have it done. What goes wrong comes with the last that criu's log says of
 * it. A restored process is the caller's child if that is a sub-reaper:
 * prctl(2), PR_SET_CHILD_SUBREAPER.
 */
int criu_call(const struct criu_call *call, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
