/* SPDX-License-Identifier: Apache-2.0 */
/*
 * box - what becomes of the options, on its way to a configuration.
 *
 * Private to sandbox.
 */
#ifndef SANDBOX_BOX_H
#define SANDBOX_BOX_H

#include <sys/types.h>

#include "sandbox/layer.h"
#include "sandbox/sandbox.h"

enum place_kind {
	PLACE_RO,
	PLACE_RW,
	PLACE_TMPFS,
	PLACE_OVERLAY, /* of a directory, and of the layer over it */
	PLACE_LAYERED, /* nothing is mounted: it is in one of those */
};

/* Something that is mounted. */
struct place {
	enum place_kind kind;
	const char *path;     /* in the sandbox: absolute, without links */
	const char *source;   /* of the first two; the host's */
	const char *option;   /* that asks for it, NULL: none */
	const char *names[2]; /* of path and source as it says them, absolute;
				 NULL: none */
	const char *options;  /* of the mount; NULL: those of the kind */
	bool is_ours;         /* by default, and not asked for */
	bool is_project;      /* its "./" lines count */
	bool is_let_in;       /* a socket, which is not hidden */
};

/* A directory in which "./" of the defaults counts. */
enum project_kind {
	PROJECT_WHOLE,
	PROJECT_SECRETS, /* what is hidden alone */
	PROJECT_GIT,     /* it is a ".git" itself, whatever it is called */
};

struct project {
	enum project_kind kind;
	const char *path;
};

struct list {
	const char **items;
	size_t count;
	size_t room;
};

struct sandbox {
	const struct sandbox_request *request;
	struct json_arena *arena; /* of all the strings */
	uid_t uid;                /* in the sandbox */
	gid_t gid;
	const char *homes[2]; /* of HOME, and of the user; NULL: none */
	const char *here;     /* the caller's directory */
	const char *cwd;
	bool is_narrow;      /* cwd is more than a project */
	bool has_network;    /* the host's */
	const char *net;     /* a list of destinations; NULL: none */
	const char *reached; /* the path that was in reach last; NULL: none */
	const char *session; /* XDG_RUNTIME_DIR; NULL: none */
	struct place *places;
	size_t places_count;
	size_t places_room;
	struct project *projects;
	size_t projects_count;
	size_t projects_room;
	struct mounted *mounts; /* NULL: not read yet */
	size_t mounts_count;
	struct list masked;
	struct list readonly;
	struct list env;
};

/* ---- data.c ------------------------------------------------------------- */

/* The value behind that one in the lines of a word, "hide" say; of NULL the
 * first, of the last NULL. */
const char *
data_next(const char *word, const char *at) __attribute__((nonnull(1)));

/* The words that there are, by number; NULL behind the last. */
const char *data_word(size_t index);

/* ---- paths.c ------------------------------------------------------------ */

/* A copy in the arena, and what printf makes there. NULL without memory. */
char *path_format(struct json_arena *arena, const char *format, ...)
    __attribute__((nonnull, format(printf, 2, 3)));

int list_add(struct list *list, const char *item, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Is the path that directory, or below it? */
bool path_is_in(const char *path, const char *top) __attribute__((nonnull));

/* Root comes everywhere, and in a sandbox only where an ordinary user of its id
 * would: what it cannot get at there, no mount could cover either. */
bool path_is_in_reach(struct sandbox *sandbox, const char *path)
    __attribute__((nonnull));

/* "~" and what is relative made absolute, "." and ".." and doubled slashes
 * taken out; links are not looked at. */
int
path_absolute(const struct sandbox *sandbox, const char *text, const char **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The same, without links; it has to be there. */
int path_real(const struct sandbox *sandbox, const char *text, const char **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

bool path_is_there(const struct sandbox *sandbox, const char *text)
    __attribute__((nonnull));

/* The value of a variable, or NULL. */
const char *
path_variable(char *const *env, const char *name) __attribute__((nonnull));

/* HOME, the user's home, and the current directory. */
int path_find_homes(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* ---- links.c ------------------------------------------------------------ */

/*
 * Follow the links of an absolute path; what is not there has none. With real,
 * which it has to lead to, a link in a directory that may be written is an
 * error where real is not in that directory as well.
 */
int links_follow(const struct sandbox *sandbox, const char *name,
    const char *real, const char **out, struct error *e)
    __attribute__((nonnull(1, 2, 4, 5), warn_unused_result));

/* ---- find.c ------------------------------------------------------------- */

/* The user's directory of profiles, or "". */
void profile_find_config(char *const *env, char out[PATH_MAX])
    __attribute__((nonnull));

/* Make it, and what is above it. Returns 0, or -1 with errno. */
int profile_make_config(const char *path) __attribute__((nonnull));

/*
 * The one file of that name, which ends as said or as YAML does: 1, and its
 * path; 0: there is none. Two are an error.
 */
int profile_find(const char *name, const char *end, char out[PATH_MAX],
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* A file's text; -ENOENT without an error: it is not there. */
int profile_read(const char *path, char **out, size_t *length, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The same as JSON: 1; 0: it is not there. */
int profile_load(const char *path, char **out, size_t *length, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* ---- yaml.c ------------------------------------------------------------- */

/* In the place of the text of a file of that name, which is on the heap: JSON,
 * if it is YAML. */
int profile_convert(const char *path, char **text, size_t *length,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- sandbox.c ---------------------------------------------------------- */

/* none, host, or a list, which is stored. */
int net_check(const char *net, const char **list, struct error *e)
    __attribute__((nonnull(2, 3), warn_unused_result));

/* ---- places.c, places_cwd.c, hidden.c, environment.c, sockets.c
 * ----------------------- */

int place_add(struct sandbox *sandbox, const struct place *place,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The directory that is worked in, as --cwd says or as the caller is. */
int place_add_cwd(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* What is mounted by default, and what options ask for. */
int places_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The names of parents are the beginnings of the others. */
void places_sort(struct sandbox *sandbox) __attribute__((nonnull));

/* The most special place that a path is in, or NULL. */
const struct place *places_find(const struct sandbox *sandbox, const char *path)
    __attribute__((nonnull));

/* targets.c: can options be mounted where they say? */
int targets_check(const struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* projects.c: of all places, and what is found above and below them. */
int projects_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Once, and as the whole if somebody says that. */
int
project_add(struct sandbox *sandbox, enum project_kind kind, const char *path,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* nested.c: what is found below them. */
int nested_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* moved.c: call it for the real paths where variables have what a line that
 * begins with "~/" is about. What is hidden is nothing that the home is in, or
 * cwd. */
typedef int
sandbox_use(struct sandbox *sandbox, const char *path, struct error *e);
int moved_use(struct sandbox *sandbox, const char *line, sandbox_use *function,
    bool is_hidden, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The rest of a line that begins with "./", of one that hides perhaps; NULL: it
 * says nothing of that project. */
const char *project_line(const struct project *project, const char *line,
    bool is_hidden) __attribute__((nonnull));

/* What is masked and what is read-only; may add places. */
int hidden_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* held.c: what is missing of places is made; and in the end what is mounted,
 * hidden or protected has its name the next time as well. */
int held_make(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int held_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Mask one, unless it is not there, or not in sight. */
int hidden_add(struct sandbox *sandbox, const char *path, struct error *e)
    __attribute__((nonnull, warn_unused_result));
/* The same of a directory that cannot be looked into, unless it is a place that
 * is asked for. */
int hidden_add_shut(struct sandbox *sandbox, const char *path, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * overlay.c: with a layer, overlays in place of what may be written, and
 * wherever else the machine may be.
 */
int overlay_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* A mount of the machine's. */
struct mounted {
	const char *device; /* of the file system */
	const char *root;   /* what of that is seen: a path in it */
	char *path;
	const char *type;
	bool is_readonly;
};

/* mounted.c: a line of /proc/self/mountinfo, which it cuts up. */
bool
overlay_parse_mount(char *line, struct mounted *out) __attribute__((nonnull));

/* All of them, once. */
int mounted_read(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * aliases.c: where else the same is seen, by another mount of its file system,
 * of a part of it perhaps. *at begins with 0; NULL: nowhere any more.
 */
int alias_next(struct sandbox *sandbox, const char *path, size_t *at,
    const char **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* gui.c: the graphical session's, if that is asked for, and what it is called
 * in the directory of the sandbox's own. */
#define GUI_SOCKET "wayland-0"
int gui_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The sockets of the file tree that somebody listens on. */
int sockets_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The path of a line of /proc/net/unix, or NULL; for the test and the fuzzer.
 */
const char *sockets_path(char *line) __attribute__((nonnull));

/* keep.c: make it, as a directory without text, in a directory that is there;
 * what is there already is only locked. */
int keep_add(struct sandbox_keeps *keeps, const char *path, const char *text,
    struct error *e) __attribute__((nonnull(1, 2, 4), warn_unused_result));

int environment_collect(struct sandbox *sandbox, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* ---- limits.c ----------------------------------------------------------- */

#define LIMITS_PIDS 4096 /* where nobody says how many */

struct limits {
	uint64_t memory; /* 0: none; the others too */
	uint64_t swap;   /* and memory together */
	uint64_t cpus;   /* in thousandths */
	uint64_t pids;
	uint64_t seconds;
};

int limits_parse(const struct sandbox_options *options, struct limits *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* The members of linux.resources, and of process.rlimits. */
void limits_put_resources(FILE *out, const struct limits *limits)
    __attribute__((nonnull));
void limits_put_rlimits(FILE *out, const struct limits *limits, bool has_cgroup)
    __attribute__((nonnull));

/* ---- layer.c ------------------------------------------------------------ */

/* Where layers and the like are kept; false: nowhere. */
bool layer_store_path(char *const *env, char path[PATH_MAX])
    __attribute__((nonnull));

/* The directory that an overlay at that path writes to, and those above it,
 * with the modes of the machine's; and one that it works in. */
int layer_make_upper(const struct sandbox_layer *layer, const char *path,
    struct error *e) __attribute__((nonnull, warn_unused_result));
int layer_make_work(const struct sandbox_layer *layer, size_t number,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* What that one is called, below the layer. */
enum { LAYER_WORK_NAME = 32 };
void layer_work_name(char name[LAYER_WORK_NAME], size_t number)
    __attribute__((nonnull));

/* ---- config.c ----------------------------------------------------------- */

/* Does the interception layer perform calls? */
bool box_performs(const struct sandbox *sandbox) __attribute__((nonnull));

/* landlock.c: the annotation, if there is something for Landlock to do. The
 * same as below. */
int config_put_landlock(FILE *out, const struct sandbox *sandbox)
    __attribute__((nonnull, warn_unused_result));

/* Returns 0, or -1 without memory. */
int config_put(FILE *out, const struct sandbox *sandbox,
    const struct limits *limits) __attribute__((nonnull, warn_unused_result));

#endif
