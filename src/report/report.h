/* SPDX-License-Identifier: Apache-2.0 */
/*
 * report - what a sandbox's command did, from the events of its interception
 * layer: lorica-report, a program that is run for --report and for learn.
 *
 * It is given (include/helper/helper.h) the request as JSON, the pipe of events
 * at REPORT_FD_EVENTS, and at REPORT_FD_OUT what it is to write to: a
 * directory, in which a file of the request's "name" is replaced, or a file. It
 * answers with a struct error when it is confined, before which nothing is to
 * run. At the end of the events it waits for packets of text: "refused WORD"
 * for what lorica-net has refused, "own WORD" where that is the machine, "more
 * N" for those that it had no room for, and as the last "status N", how the
 * command has ended; then it writes, and answers once more. Who hangs up
 * instead wants no report.
 *
 * Everything in an event is a hostile program's. Texts stay as they are written
 * there, with what would act on a terminal as \xNN: docs/events.md. Memory is
 * bounded by the limits below; what has no room any more is counted.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/json.h"
#include "event/read.h"
#include "guard/allow.h"

#define REPORT_FD_EVENTS 3
#define REPORT_FD_OUT    4
#define REPORT_FD_NOTES  5 /* the caller's standard error */

/* Files and directories that are told apart, their names together, their paths
 * written out, components of a path, and rows of what is a list. */
#define REPORT_NODES_MAX 65536
#define REPORT_NAMES_MAX (8u << 20)
#define REPORT_PATHS_MAX (64u << 20)
#define REPORT_DEPTH_MAX 128
#define REPORT_ROWS_MAX  512

/* ---- request.c ----------------------------------------------------------- */

enum report_place {
	REPORT_READ_ONLY,
	REPORT_WRITABLE,
	REPORT_OWN,   /* the sandbox's own, and gone afterwards */
	REPORT_LAYER, /* goes to a layer, or to an image's files */
};

struct report_mount {
	char *path;
	char *type;
	struct json_list options;
};

struct report_config {
	struct json_list args;
	char *cwd;
	struct json_list mounts; /* struct report_mount */
	struct json_list masked;
	char *net; /* the destinations that it may reach; NULL: no list */
	bool has_network; /* the host's */
	char *root;       /* a show of it; NULL: none */
};

enum report_format {
	REPORT_JSON,
	REPORT_TEXT,
	REPORT_PROFILE,
};

struct report_request {
	uint32_t format;
	char *name; /* in the directory; NULL: it is a file */
	char *home; /* NULL: none is known */
	char *mode; /* of the interception layer */
	/* What is not learned, absolute: and it alone, of narrow; "/.git/hooks"
	 * of anywhere in each directory. */
	struct json_list kept, narrow, anywhere;
	struct report_config config;
};

/* All of it lives in the arena, paths written as events have them. */
int report_request_read(struct json_arena *arena, const char *text,
    size_t length, struct report_request *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Is the path the directory, or in it? */
bool report_is_in(const char *path, const char *top) __attribute__((nonnull));

/* What a path is in. */
enum report_place report_place_of(const struct report_request *request,
    const char *path) __attribute__((nonnull));

/* Is it in an empty directory that lies over one of the machine? */
bool report_is_emptied(const struct report_request *request, const char *path)
    __attribute__((nonnull));

/* The hidden path that it is, or is in; NULL: none. */
const char *report_hidden(const struct report_request *request,
    const char *path) __attribute__((nonnull));

/* ---- tree.c -------------------------------------------------------------- */

enum report_kind {
	REPORT_READ,
	REPORT_WRITTEN,
	REPORT_CREATED,
	REPORT_REMOVED,
	REPORT_RENAMED,
	REPORT_CHANGED,
	REPORT_EXECUTED,
	REPORT_KINDS,
};

/* "read" and so on. */
extern const char *const report_kinds[REPORT_KINDS];

#define REPORT_NONE UINT32_MAX

struct report_node {
	uint32_t parent, child, sibling; /* REPORT_NONE: there is none */
	uint32_t same;                   /* the next of that hash */
	uint32_t name;                   /* in names */
	uint32_t length;                 /* of its path */
	uint32_t counts[REPORT_KINDS];
};

struct report_tree {
	struct report_node *nodes; /* the first is the root */
	uint32_t count, room;
	char *names;
	uint32_t names_used, names_room;
	uint32_t paths; /* the lengths of all */
	uint32_t seed;  /* of the hash */
	uint32_t *buckets;
};

int report_tree_begin(struct report_tree *tree, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void report_tree_free(struct report_tree *tree) __attribute__((nonnull));

/* The node of an absolute path; REPORT_NONE: there is no room for it. */
uint32_t report_tree_add(struct report_tree *tree, const char *path)
    __attribute__((nonnull));

/* Its path, "/" for the root; what does not fit is left out at the front. */
const char *report_tree_path(const struct report_tree *tree, uint32_t node,
    char *buf, size_t size) __attribute__((nonnull));

/* Those below it, and itself, that have a count of that kind. */
uint32_t report_tree_files(const struct report_tree *tree, uint32_t node,
    enum report_kind kind) __attribute__((nonnull));

/* The next in the order of a walk that shows parents first; with is_over its
 * children are passed over. REPORT_NONE behind the last one below top. */
uint32_t report_tree_next(const struct report_tree *tree, uint32_t top,
    uint32_t node, bool is_over) __attribute__((nonnull));

/* ---- gather.c ------------------------------------------------------------ */

enum report_by {
	REPORT_BY_MOUNT,      /* read-only */
	REPORT_BY_HIDDEN,     /* covered by something empty */
	REPORT_BY_NETWORK,    /* there is none */
	REPORT_BY_POLICY,     /* of the interception layer */
	REPORT_BY_PERMISSION, /* of the file, or the kernel's */
	REPORT_BYS,
};
extern const char *const report_bys[REPORT_BYS];

/* Something that was refused, or an address that was used. */
struct report_row {
	const char *what; /* "read", "connect" ...: a constant */
	char *object;
	char *error; /* "EROFS"; NULL: it seemed to succeed, or did */
	char *rule;  /* of a policy; NULL: none */
	enum report_by by;
	bool is_directory; /* to be made */
	bool is_roots;     /* an owner's or a device's: --root makes a show */
	bool is_own;       /* an address of the machine's */
	uint64_t count;
};

struct report_rows {
	struct report_row rows[REPORT_ROWS_MAX];
	size_t count;
};

struct report {
	const struct report_request *request;
	struct json_arena *arena; /* of base */
	const struct json *base;  /* the profile that is there; NULL: none */
	struct report_advice *advice; /* room for one */
	struct report_tree tree;
	struct report_rows network, refused;
	uint64_t lost;      /* events that never came */
	uint64_t truncated; /* those for which there was no room */
	int status;
};

/* A profile that is there is read now, before the command could write it. */
int report_begin(struct report *report, const struct report_request *request,
    struct error *e) __attribute__((nonnull, warn_unused_result));
void report_free(struct report *report) __attribute__((nonnull));

void report_take(struct report *report, const struct event_seen *event)
    __attribute__((nonnull));

/* What lorica-net has refused, as a word of a list; is_own: it is the machine.
 */
void report_take_refused(struct report *report, const char *word, bool is_own)
    __attribute__((nonnull));

/* A line of the pipe; one that is none counts as lost. */
void report_take_line(struct report *report, const char *line, size_t length)
    __attribute__((nonnull));

/* ---- refused.c ----------------------------------------------------------- */

struct report_call {
	const char *object;
	const char *error; /* NULL: none is known */
	bool was_decided;  /* by a policy, against it */
	bool is_of_owners; /* chown, mknod */
	bool is_of_network;
	bool is_search; /* for what is there, rather than to change it */
};

/* Who has refused it? False: nobody. Looks at the file tree. */
bool
report_who(const struct report_request *request, const struct report_call *call,
    enum report_by *by) __attribute__((nonnull, warn_unused_result));

/* ---- rows.c -------------------------------------------------------------- */

/* One more of that kind. What there is no room for is counted. */
void report_add_row(struct report *report, struct report_rows *rows,
    const struct report_row *row) __attribute__((nonnull));
void report_free_rows(struct report_rows *rows) __attribute__((nonnull));

/* ---- advice.c ------------------------------------------------------------ */

#define REPORT_PATH_MAX 16384

struct report_advice {
	const char *option; /* "rw", "ro", "net", "root"; NULL: none would */
	char value[REPORT_PATH_MAX]; /* "": it has none */
	bool is_missing;             /* it has to be made first */
};

/* Is it there, for the caller? A link is. */
bool report_is_there(const char *path) __attribute__((nonnull));

/* Which option would have allowed it. Looks at the file tree. */
void report_advise(const struct report_request *request,
    const struct report_row *row, struct report_advice *out)
    __attribute__((nonnull));

/* Of what is not there: the first directory that would have to be made. */
void report_advise_missing(const char *object, struct report_advice *out)
    __attribute__((nonnull));

/* A text as events have it, to the byte; false where it does not fit. */
bool
report_bytes(const char *text, char *out, size_t size) __attribute__((nonnull));

/* ---- objection.c --------------------------------------------------------- */

/* Why the advice, a place to write, is not followed; NULL: it may be.
 * is_directory: it is one, or would have been made as one. */
const char *report_objection(const struct report_request *request,
    const struct report_advice *advice, bool is_directory)
    __attribute__((nonnull));

/* ---- network.c ----------------------------------------------------------- */

/* Is it one word of a list of destinations? */
bool report_is_word(const char *text) __attribute__((nonnull));

/* Why a command is not to have the word because it asked; NULL: it may.
 * is_own: it is an address of the machine's. */
const char *
report_word_objection(const char *word, bool is_own) __attribute__((nonnull));

/*
 * Add the word to a list, "" is an empty one. 1: added, 0: the list allows it
 * already, -1: there is no room.
 */
int report_word_add(char list[GUARD_ALLOW_BYTES], const char *word)
    __attribute__((nonnull, warn_unused_result));

/* ---- confine.c ----------------------------------------------------------- */

/*
 * No call but those of seccomp/report.json, no power, bounded memory, and no
 * file but what is in the directory that it writes to. Who learns may read
 * there, and make directories anywhere. For good.
 */
int report_confine(bool learns, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* ---- put_json.c, put_text.c, profile.c ----------------------------------- */

void report_put_json(FILE *out, const struct report *report)
    __attribute__((nonnull));
void report_put_text(FILE *out, const struct report *report)
    __attribute__((nonnull));

/* The profile that is to be added to. */
int report_read_base(struct report *report, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* A profile with what was refused; what it leaves out is said on notes. */
int report_put_profile(FILE *out, const struct report *report, FILE *notes,
    struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
