/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree - members of layers become files below a descriptor.
 *
 * The directory that a member lies in is opened by openat2(2) with
 * RESOLVE_IN_ROOT: a symbolic link that an earlier member or layer put there
 * leads to a place below the root, as it would in the container. The name
 * itself is never followed: what is there is replaced, by a call that takes the
 * directory's descriptor and a name without a slash.
 *
 * A directory keeps its time when something in it changes, unless the layer has
 * the directory too.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer.h"
#include "os/os.h"

#define IN_ROOT (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV)
#define HERE    (RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV)

/* ---- directories ----------------------------------------------------------
 */

static int
open_dir(const struct layer_tree *tree, const char *path)
{
	return os_openat2(tree->root, path[0] != '\0' ? path : ".",
	    O_RDONLY | O_DIRECTORY | O_NONBLOCK, 0, IN_ROOT);
}

int
layer_take_file(struct layer_tree *tree, struct error *e)
{
	if (tree->left_files == 0)
		return error_set(e, E2BIG,
		    "more files than are allowed: --max-files");
	tree->left_files--;
	return 0;
}

/* One that no layer has named. */
static int
make_dir(struct layer_tree *tree, int parent, const char *base, struct error *e)
{
	static const struct timespec epoch[2];
	struct stat status;

	TRY(layer_take_file(tree, e));
	/* EEXIST: a link that leads nowhere. */
	if (fstat(parent, &status) < 0 || mkdirat(parent, base, 0755) < 0)
		return error_sys(e, "make the directory %s", base);
	(void)utimensat(parent, base, epoch, AT_SYMLINK_NOFOLLOW);
	return layer_made_add(&tree->made, status.st_ino, base, e);
}

/* Word by word; path is written to and put right again. */
static int
make_parents(struct layer_tree *tree, char *path, struct error *e)
{
	AUTO_FD int dir = open_dir(tree, "");
	char *word = path;

	while (dir >= 0 && *word != '\0') {
		char *end = word + strcspn(word, "/");
		char was = *end;

		*end = '\0';
		int next = open_dir(tree, path);
		if (next < 0 && errno == ENOENT) {
			TRY(make_dir(tree, dir, word, e));
			next = open_dir(tree, path);
		}
		auto_close(&dir);
		dir = next;
		*end = was;
		word = end + (was == '/');
	}
	return dir < 0 ? error_sys(e, "open the directory %s", path)
		       : take_fd(&dir);
}

int
layer_open_parent(struct layer_tree *tree, const char *path, bool make,
    struct error *e)
{
	char copy[PATH_MAX];
	int dir = open_dir(tree, path);

	if (dir >= 0)
		return dir;
	if (!make || errno != ENOENT)
		return error_sys(e, "open the directory %s", path);
	(void)snprintf(copy, sizeof(copy), "%s", path);
	return make_parents(tree, copy, e);
}

/* ---- what can be made -----------------------------------------------------
 */

struct place {
	int dir;
	const char *base;
};

/*
 * So many bytes there fill blocks, of which the last one that was filled may be
 * the first: a few bytes of a layer, far from each other, fill a disk too.
 */
static int
take_blocks(struct layer_tree *tree, uint64_t at, size_t length,
    uint64_t *filled, struct error *e)
{
	uint64_t from = at / LAYER_BLOCK;
	uint64_t to = (at + length + LAYER_BLOCK - 1) / LAYER_BLOCK;

	if (length == 0)
		return 0;
	uint64_t wanted = to - from - (from + 1 == *filled);
	*filled = to;
	if (wanted > tree->left_blocks)
		return error_set(e, EFBIG,
		    "its files are larger than what is allowed: --max-size");
	tree->left_blocks -= wanted;
	return 0;
}

static int
write_data(struct layer_tree *tree, const struct layer_entry *entry, int fd,
    struct error *e)
{
	uint64_t filled = 0;
	const void *bytes;
	size_t length;
	int64_t at;
	int more;

	while (
	    (more = entry->data(entry->context, &bytes, &length, &at, e)) > 0) {
		TRY(take_blocks(tree, (uint64_t)at, length, &filled, e));
		for (size_t done = 0; done < length;) {
			ssize_t put = pwrite(fd, (const char *)bytes + done,
			    length - done, (off_t)at + (off_t)done);

			if (put < 0)
				return error_sys(e, "write");
			done += (size_t)put;
		}
	}
	if (more == 0 && ftruncate(fd, (off_t)entry->size) < 0)
		return error_sys(e, "make it %lld bytes",
		    (long long)entry->size);
	return more;
}

static int
make_file(struct layer_tree *tree, const struct layer_entry *entry,
    const struct place *place, struct error *e)
{
	AUTO_FD int fd = os_openat2(place->dir, place->base,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600, HERE);

	if (fd < 0)
		return error_sys(e, "create");
	TRY(write_data(tree, entry, fd, e));
	return layer_apply_meta(tree, entry, fd, e);
}

static int
make_directory(struct layer_tree *tree, const struct layer_entry *entry,
    const struct place *place, struct error *e)
{
	if (mkdirat(place->dir, place->base, 0700) < 0 && errno != EEXIST)
		return error_sys(e, "mkdir");
	AUTO_FD int fd = os_openat2(place->dir, place->base,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, HERE);
	return fd < 0 ? error_sys(e, "open")
		      : layer_apply_meta(tree, entry, fd, e);
}

/* Owner and times of what cannot be opened. */
static int
apply_by_name(const struct layer_tree *tree, const struct layer_entry *entry,
    const struct place *place, struct error *e)
{
	if (!tree->is_single_id && fchownat(place->dir, place->base, entry->uid,
				       entry->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "give it to %u:%u", entry->uid, entry->gid);
	if (utimensat(place->dir, place->base, entry->times,
		AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "set its times");
	return 0;
}

static int
make_symlink(struct layer_tree *tree, const struct layer_entry *entry,
    const struct place *place, struct error *e)
{
	if (entry->target == NULL ||
	    symlinkat(entry->target, place->dir, place->base) < 0)
		return error_sys(e, "make a link");
	return apply_by_name(tree, entry, place, e);
}

static int
make_node(struct layer_tree *tree, const struct layer_entry *entry,
    const struct place *place, struct error *e)
{
	if (!S_ISFIFO(entry->mode) && !tree->has_devices) {
		tree->answer->devices++;
		return 0;
	}
	if (mknodat(place->dir, place->base, entry->mode & (S_IFMT | 0777),
		S_ISFIFO(entry->mode) ? 0 : entry->device) < 0)
		return error_sys(e, "make a node");
	return apply_by_name(tree, entry, place, e);
}

/* ---- hard links -----------------------------------------------------------
 */

static int
make_hard_link(struct layer_tree *tree, const struct layer_entry *entry,
    const struct place *place, struct error *e)
{
	struct layer_name name;
	struct stat status;

	TRY(layer_name_parse_target(entry->target, &name, e));
	AUTO_FD int dir = layer_open_parent(tree, name.parent, false, e);
	if (dir < 0)
		return dir;
	if (fstatat(dir, name.base, &status, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "find what it is a hard link to");
	if (S_ISDIR(status.st_mode))
		return error_set(e, EPERM, "a hard link to a directory");
	TRY(layer_discard(tree, place->dir, place->base, e));
	if (linkat(dir, name.base, place->dir, place->base, 0) < 0)
		return error_sys(e, "make a hard link");
	return 0;
}

/* ---- members --------------------------------------------------------------
 */

static const struct maker {
	mode_t kind;
	int (*make)(struct layer_tree *tree, const struct layer_entry *entry,
	    const struct place *place, struct error *e);
} makers[] = {
	{ S_IFREG, make_file },
	{ S_IFDIR, make_directory },
	{ S_IFLNK, make_symlink },
	{ S_IFIFO, make_node },
	{ S_IFCHR, make_node },
	{ S_IFBLK, make_node },
};

/* A directory that is there stays one that is there. */
static bool
is_kept(const struct layer_entry *entry, const struct place *place)
{
	struct stat status;

	return S_ISDIR(entry->mode) &&
	       fstatat(place->dir, place->base, &status, AT_SYMLINK_NOFOLLOW) ==
		   0 &&
	       S_ISDIR(status.st_mode);
}

static int
make(struct layer_tree *tree, const struct layer_entry *entry,
    const struct place *place, struct error *e)
{
	if (entry->is_hard_link)
		return make_hard_link(tree, entry, place, e);
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++) {
		if (makers[i].kind != (entry->mode & S_IFMT))
			continue;
		if (!is_kept(entry, place))
			TRY(layer_discard(tree, place->dir, place->base, e));
		return makers[i].make(tree, entry, place, e);
	}
	return error_set(e, ENOTSUP, "a file of an unknown kind");
}

static int
apply_in(struct layer_tree *tree, const struct layer_entry *entry,
    const struct layer_name *name, int dir, struct error *e)
{
	const struct place place = { dir, name->base };
	struct stat status;

	if (fstat(dir, &status) < 0)
		return error_sys(e, "fstat");
	switch (name->meaning) {
	case LAYER_MEANS_WHITEOUT:
		TRY(layer_hide(tree, dir, name->base, e));
		break;
	case LAYER_MEANS_OPAQUE:
		TRY(layer_hide_all(tree, dir, e));
		break;
	case LAYER_MEANS_FILE:
		TRY(make(tree, entry, &place, e));
		TRY(layer_made_add(&tree->made, status.st_ino, name->base, e));
		break;
	case LAYER_MEANS_NOTHING:
		break;
	}
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
		status.st_mtim };
	return futimens(dir, times) < 0 ? error_sys(e, "set times") : 0;
}

static int
apply_root(struct layer_tree *tree, const struct layer_entry *entry,
    struct error *e)
{
	if (!S_ISDIR(entry->mode) || entry->is_hard_link)
		return error_set(e, EINVAL,
		    "the root is something else than a directory");
	return layer_apply_meta(tree, entry, tree->root, e);
}

static int
apply(struct layer_tree *tree, const struct layer_entry *entry, struct error *e)
{
	struct layer_name name;

	TRY(layer_name_parse(entry->path, &name, e));
	if (name.meaning == LAYER_MEANS_NOTHING)
		return 0;
	if (name.base[0] == '\0' && name.meaning == LAYER_MEANS_FILE)
		return apply_root(tree, entry, e);
	AUTO_FD int dir = layer_open_parent(tree, name.parent,
	    name.meaning == LAYER_MEANS_FILE, e);
	if (dir >= 0)
		return apply_in(tree, entry, &name, dir, e);
	/* There is nothing to be hidden. */
	if (e->code != ENOENT || name.meaning == LAYER_MEANS_FILE)
		return dir;
	*e = (struct error){ 0 };
	return 0;
}

int
layer_apply(struct layer_tree *tree, const struct layer_entry *entry,
    struct error *e)
{
	if (apply(tree, entry, e) < 0)
		return error_wrap(e, "%.512s", entry->path);
	return 0;
}
