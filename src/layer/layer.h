/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer - the helper lorica-image: reads an image, and makes a tree of it.
 *
 * Layer 5, and a program of its own: the only user of libarchive. Everything
 * that it reads is hostile. It is confined before the first byte (confine.c):
 * mounts of its own, no_new_privs, few capabilities, Landlock to the source and
 * the directories that it was given, seccomp/image.json.
 *
 *   enclose.c  what it was given becomes mounts of its own
 *   source.c   a directory or an archive as names and what lies behind them
 *   choose.c   which image of it is meant, and what it is made of
 *   stream.c   bytes of a layer without their compression, counted and hashed
 *   name.c     what the name of a member of a layer means
 *   tree.c     members become files below a descriptor
 *   hide.c     what a layer takes away
 *   unpack.c   the layers of one image, one after the other
 */
#ifndef LAYER_LAYER_H
#define LAYER_LAYER_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

#include "base/error.h"
#include "image/image.h"
#include "unpack/protocol.h"

/* ---- name.c -------------------------------------------------------------- */

enum layer_meaning {
	LAYER_MEANS_FILE,     /* of whatever kind */
	LAYER_MEANS_WHITEOUT, /* base of the lower layers is gone */
	LAYER_MEANS_OPAQUE,   /* all of the lower layers in parent is gone */
	LAYER_MEANS_NOTHING,  /* aufs' own notes */
};

/*
 * A name as a place below the root: neither part is absolute, or has "", "." or
 * ".." in it. What it leads to is not decided by text: parent may go through
 * symbolic links, which tree.c has the kernel resolve below the root.
 */
struct layer_name {
	enum layer_meaning meaning;
	char parent[PATH_MAX];   /* "": the root */
	char base[NAME_MAX + 1]; /* "": the root itself */
};

/* Of a member of a layer. "/a//./b/" is a/b; ".." is refused. */
int layer_name_parse(const char *text, struct layer_name *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Of the target of a hard link: the same without whiteouts. */
int layer_name_parse_target(const char *text, struct layer_name *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* May a file of an image have this extended attribute? */
bool layer_attribute_is_kept(const char *name, bool is_single_id)
    __attribute__((nonnull));

/* ---- made.c -------------------------------------------------------------- */

/* Which names a layer has made: those that its whiteouts leave alone. */
struct layer_made {
	uint64_t *keys;
	size_t room; /* a power of two, or 0 */
	size_t count;
};

int layer_made_add(struct layer_made *made, ino_t dir, const char *base,
    struct error *e) __attribute__((nonnull, warn_unused_result));
bool layer_made_has(const struct layer_made *made, ino_t dir, const char *base)
    __attribute__((nonnull));
void layer_made_free(struct layer_made *made) __attribute__((nonnull));

/* ---- tree.c -------------------------------------------------------------- */

/* What a file system fills at least where a file has a byte. */
#define LAYER_BLOCK 4096

struct layer_tree {
	int root;
	int trash;            /* a directory of the same file system */
	uint64_t trashed;     /* names in it */
	bool is_single_id;    /* files stay the caller's */
	bool has_devices;     /* may make nodes */
	uint64_t left_files;  /* that may still be made */
	uint64_t left_bytes;  /* that may still come of layers */
	uint64_t left_blocks; /* of LAYER_BLOCK, that their files may fill */
	struct layer_made made;
	struct unpack_answer *answer; /* what is left out is counted there */
};

/* One member. What its file holds is asked for by the functions. */
struct layer_entry {
	const char *path;
	const char *target; /* of a link of either kind */
	bool is_hard_link;
	mode_t mode; /* with its kind: S_IFREG, ... */
	uid_t uid;
	gid_t gid;
	dev_t device;
	int64_t size;
	struct timespec times[2]; /* as utimensat(2) has them */
	void *context;
	/* The next bytes, and where: 1, 0 at the end, or an error. */
	int (*data)(void *context, const void **bytes, size_t *length,
	    int64_t *at, struct error *e);
	/* The next extended attribute; false at the end. */
	bool (*attribute)(void *context, const char **name, const void **value,
	    size_t *length);
};

/* One file more, of those that may be made. */
int layer_take_file(struct layer_tree *tree, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Make it so. Nothing outside of root and trash is touched, or looked at. */
int layer_apply(struct layer_tree *tree, const struct layer_entry *entry,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * A directory below root, through whatever links the layers have put there;
 * with make, those that are missing are made. Returns a descriptor, or an
 * error.
 */
int layer_open_parent(struct layer_tree *tree, const char *path, bool make,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* meta.c: owner, mode, attributes and times of an open file. */
int layer_apply_meta(struct layer_tree *tree, const struct layer_entry *entry,
    int fd, struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- hide.c -------------------------------------------------------------- */

/* Out of the way with it, whatever it is; no error if there is nothing. */
int layer_discard(struct layer_tree *tree, int dir, const char *base,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* What the lower layers have of that name. */
int layer_hide(struct layer_tree *tree, int dir, const char *base,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* What the lower layers have in that directory. */
int layer_hide_all(struct layer_tree *tree, int dir, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Remove all that is in a directory. Takes few descriptors however deep it is:
 * directories that are not empty come to the top first.
 */
int layer_empty(int dir, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* ---- source.c ------------------------------------------------------------ */

struct layer_member {
	char *name;
	char *link; /* where it is one; relative to its directory */
	uint64_t at;
	uint64_t size;
};

struct layer_source {
	int fd;
	bool is_directory;
	struct layer_member *members; /* of an archive, by name and place */
	size_t count;
	uint64_t text; /* bytes of documents and names that were read */
};

/* Bytes of a file. */
struct layer_blob {
	int fd; /* owned where owns is set */
	bool owns;
	bool is_pipe; /* to be read from where it is, to its end */
	uint64_t at;
	uint64_t size;
};

#define LAYER_BLOB_NONE                                                        \
	{                                                                      \
		.fd = -1                                                       \
	}

/*
 * fd and spool are borrowed; an archive that is compressed, or comes through a
 * pipe, is written to the spool, limit bytes of it at most.
 */
int
layer_source_open(int fd, int spool, uint64_t limit, struct layer_source *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));
void layer_source_close(struct layer_source *source) __attribute__((nonnull));

/* Before so many bytes of a document or a name are kept: is it too much? */
int layer_source_take_text(struct layer_source *source, uint64_t size,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* archive.c: the same of a file or pipe that source.fd is. */
int layer_archive_open(struct layer_source *source, int spool, uint64_t limit,
    const struct stat *status, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Is it there? 1, 0 or an error. */
int layer_source_find(const struct layer_source *source, const char *path,
    struct layer_blob *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void layer_blob_close(struct layer_blob *blob) __attribute__((nonnull));

/* All of it, which has to be a text of a document's size. */
int layer_blob_read(const struct layer_blob *blob, struct json_arena *arena,
    char **out, struct error *e) __attribute__((nonnull, warn_unused_result));

/* Has it this SHA-256? */
int layer_blob_check(const struct layer_blob *blob, const char *digest,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- choose.c ------------------------------------------------------------ */

struct layer_part {
	const char *path;   /* in the source */
	const char *digest; /* of the file; NULL: diff_id is all there is */
	uint64_t size;      /* where digest is there */
};

/* An image, as far as it is known. */
struct layer_image {
	const char *name; /* NULL: none */
	const char *digest;
	struct layer_part config_part;
	const char *config_text;
	struct image_config config;
	struct layer_part *parts; /* one for each of config.diff_ids */
	size_t parts_count;
	uint64_t size; /* of all parts */
};

struct layer_images {
	struct layer_image *items;
	size_t count;
};

/*
 * Read what the source says of the images that the reference names, "" for
 * all, each with its configuration; every digest on the way was checked. What
 * is no image of files for a platform is left out.
 */
int layer_images_read(struct layer_source *source, struct json_arena *arena,
    const char *reference, struct layer_images *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* saved.c: the same of manifest.json. */
int layer_saved_read(struct layer_source *source, struct json_arena *arena,
    const char *reference, struct layer_images *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* One more in the list, zeroed. */
struct layer_image *layer_images_add(struct json_arena *arena,
    struct layer_images *images, struct error *e) __attribute__((nonnull));

/* One more of its parts has that size. */
void layer_image_add_size(struct layer_image *image, uint64_t size)
    __attribute__((nonnull));

/* Its configuration, by config_part; and that it has as many layers. */
int layer_image_configure(struct layer_source *source, struct json_arena *arena,
    struct layer_image *image, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* The one of them for the platform. */
int layer_images_choose(const struct layer_images *images,
    const struct image_platform *platform, const struct layer_image **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* ---- stream.c ------------------------------------------------------------ */

struct archive;
struct layer_stream;

/*
 * The bytes of a blob without compression. *left is what may still come of it,
 * and of others; borrowed.
 */
int layer_stream_open(const struct layer_blob *blob, uint64_t *left,
    struct layer_stream **out, struct error *e)
    __attribute__((nonnull, warn_unused_result));
void layer_stream_close(struct layer_stream **stream) __attribute__((nonnull));

/* The next of them: how many, 0 at the end, or an error. */
ssize_t layer_stream_read(struct layer_stream *stream, const void **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Read what is left; had it this SHA-256? */
int layer_stream_check(struct layer_stream *stream, const char *digest,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/* Is it compressed? */
bool layer_stream_is_packed(const struct layer_stream *stream)
    __attribute__((nonnull));

/* ---- unpack.c, list.c, confine.c, enclose.c ------------------------------ */

/* The tree's left_files, left_bytes and left_blocks are what it may take. */
int layer_unpack(const struct layer_source *source,
    const struct layer_image *image, struct layer_tree *tree, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* What unpack_list() promises, to a descriptor. */
int layer_list(const struct layer_images *images, int fd, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * The descriptors of directories become those of mounts of the helper's own,
 * and its root an empty one. Takes capabilities that it has no more afterwards.
 */
int layer_enclose(struct error *e) __attribute__((nonnull, warn_unused_result));

/* All walls, before anything is read. */
int layer_confine(struct error *e) __attribute__((nonnull, warn_unused_result));

#endif
