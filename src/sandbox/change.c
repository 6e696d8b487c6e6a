/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change - what a layer changes: its tree and the machine's, name by name.
 *
 * Both are walked by descriptors of directories that were opened without
 * following a link, so a directory that is swapped meanwhile leads nowhere
 * else. What overlayfs means by a device 0:0 and by an opaque directory is
 * decided here alone.
 */
#define _GNU_SOURCE
#include "change.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "os/os.h"
#include "tree.h"

static const char in_the_way[] =
    "the machine has had something else there since";

ssize_t
walk_push(struct walk *walk, const char *name)
{
	size_t length = strlen(name);
	ssize_t before = (ssize_t)walk->used;

	if (walk->used + length + 2 > sizeof(walk->path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	walk->path[walk->used] = '/';
	memcpy(walk->path + walk->used + 1, name, length + 1);
	walk->used += length + 1;
	return before;
}

void
walk_pop(struct walk *walk, ssize_t before)
{
	walk->used = (size_t)before;
	walk->path[before] = '\0';
}

/* ---- one entry ------------------------------------------------------------
 */

static bool
is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

static bool
is_opaque(int dir)
{
	char value[4];

	return fgetxattr(dir, "user.overlay.opaque", value, sizeof(value)) ==
		   1 &&
	       value[0] == 'y';
}

static const char *
refuse(const struct stat *st)
{
	if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode))
		return "a device node";
	if (S_ISSOCK(st->st_mode))
		return "a socket";
	if (S_ISREG(st->st_mode) && (st->st_mode & (S_ISUID | S_ISGID)) != 0)
		return "it would run with its owner's rights";
	return NULL;
}

/* Are both links the same? */
static bool
has_same_target(const struct entry *entry)
{
	char one[PATH_MAX];
	char other[PATH_MAX];
	ssize_t length =
	    readlinkat(entry->upper, entry->name, one, sizeof(one));

	return length >= 0 &&
	       readlinkat(entry->host, entry->name, other, sizeof(other)) ==
		   length &&
	       memcmp(one, other, (size_t)length) == 0;
}

static bool
has_same_bytes(const struct entry *entry)
{
	struct stat st;
	AUTO_FD int one = tree_open_file(entry->upper, entry->name, &st);
	AUTO_FD int other = tree_open_file(entry->host, entry->name, &st);

	return one >= 0 && other >= 0 && tree_compare(one, other) == 0;
}

/* overlayfs copies a file before it is written, or just opened for that. */
static char
compare(const struct entry *entry)
{
	const struct stat *layer = &entry->in_layer;
	const struct stat *host = &entry->on_host;

	if (!entry->has_host)
		return 'A';
	if ((layer->st_mode & S_IFMT) != (host->st_mode & S_IFMT))
		return 'T';
	if (S_ISLNK(layer->st_mode))
		return has_same_target(entry) ? 0 : 'M';
	if ((layer->st_mode & 07777) != (host->st_mode & 07777))
		return 'M';
	if (S_ISREG(layer->st_mode) &&
	    (layer->st_size != host->st_size || !has_same_bytes(entry)))
		return 'M';
	return 0;
}

/* What the caller does not own he could not have changed. */
static char
compare_directory(struct entry *entry, bool is_own)
{
	const struct stat *layer = &entry->in_layer;
	const struct stat *host = &entry->on_host;

	if (!entry->has_host)
		return 'A';
	if (!S_ISDIR(host->st_mode)) {
		entry->refused = is_own ? NULL : in_the_way;
		return 'T';
	}
	return host->st_uid == geteuid() &&
		       (layer->st_mode & 01777) != (host->st_mode & 01777)
		   ? 'M'
		   : 0;
}

/* ---- directories ----------------------------------------------------------
 */

static int walk_directory(struct walk *walk, int upper, int host, bool opaque,
    struct error *e);

static int
enter(struct walk *walk, struct entry *entry, bool opaque, struct error *e)
{
	AUTO_FD int dir = tree_enter(entry->upper, entry->name, O_RDONLY);
	bool is_own = opaque || (dir >= 0 && is_opaque(dir));
	AUTO_FD int inside = -1;

	entry->kind = compare_directory(entry, is_own);
	if (dir < 0)
		entry->refused = "it cannot be read";
	if (entry->has_host && S_ISDIR(entry->on_host.st_mode)) {
		/* What replaces all of a directory did not mean one that was
		 * mounted there since. */
		inside = os_openat2(entry->host, entry->name,
		    O_PATH | O_DIRECTORY, 0,
		    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
			(is_own ? RESOLVE_NO_XDEV : 0));
		if (inside < 0)
			entry->refused = errno == EXDEV
					     ? "a file system is mounted there"
					     : in_the_way;
	}
	if (entry->refused != NULL && entry->kind == 0)
		entry->kind = 'M';
	entry->inside = inside;
	TRY(walk->visit(walk, entry, e));
	/* It may have been made. */
	if (entry->inside != inside) {
		auto_close(&inside);
		inside = entry->inside;
	}
	if (entry->refused != NULL)
		return 0;
	TRY(walk_directory(walk, dir, inside, is_own, e));
	return walk->leave == NULL ? 0 : walk->leave(walk, entry, e);
}

static int
look_at(struct walk *walk, struct entry *entry, bool opaque, struct error *e)
{
	entry->has_host =
	    entry->host >= 0 && fstatat(entry->host, entry->name,
				    &entry->on_host, AT_SYMLINK_NOFOLLOW) == 0;
	if (entry->has_upper && fstatat(entry->upper, entry->name,
				    &entry->in_layer, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "%s in the layer", walk->path);
	if (!entry->has_upper || is_whiteout(&entry->in_layer)) {
		entry->has_upper = false;
		entry->kind = entry->has_host ? 'D' : 0;
	} else if (S_ISDIR(entry->in_layer.st_mode)) {
		return enter(walk, entry, opaque, e);
	} else {
		entry->refused = refuse(&entry->in_layer);
		entry->kind = compare(entry);
	}
	return entry->kind == 0 ? 0 : walk->visit(walk, entry, e);
}

static int
look_at_all(struct walk *walk, const struct names *names,
    const struct entry *dirs, bool opaque, struct error *e)
{
	for (size_t i = 0; i < names->count; i++) {
		struct entry entry = *dirs;
		ssize_t before = walk_push(walk, names->items[i]);

		entry.name = names->items[i];
		if (before < 0)
			return error_sys(e, "%s/%s", walk->path, entry.name);
		TRY(look_at(walk, &entry, opaque, e));
		walk_pop(walk, before);
	}
	return 0;
}

/* What the machine has, and an opaque directory has not. */
static int
walk_covered(struct walk *walk, const struct entry *dirs,
    const struct names *there, struct error *e)
{
	AUTO(names_free) struct names all = { 0 };
	struct names rest = { 0 };
	struct entry entry = *dirs;
	size_t at = 0;

	entry.has_upper = false;
	TRY(names_read(dirs->host, &all, e));
	rest.items = calloc(all.count + 1, sizeof(char *));
	if (rest.items == NULL)
		return error_sys(e, "memory");
	/* Both are sorted. */
	for (size_t i = 0; i < all.count; i++) {
		while (at < there->count &&
		       strcmp(there->items[at], all.items[i]) < 0)
			at++;
		if (at == there->count ||
		    strcmp(there->items[at], all.items[i]) != 0)
			rest.items[rest.count++] = all.items[i];
	}
	int failed = look_at_all(walk, &rest, &entry, true, e);
	free(rest.items);
	return failed;
}

static int
walk_directory(struct walk *walk, int upper, int host, bool opaque,
    struct error *e)
{
	AUTO(names_free) struct names names = { 0 };
	const struct entry dirs = {
		.upper = upper,
		.host = host,
		.has_upper = true,
		.inside = -1,
	};

	if (walk->depth >= LIMIT_LAYER_DEPTH)
		return error_set(e, ELOOP, "%s: more than %u directories deep",
		    walk->path, LIMIT_LAYER_DEPTH);
	walk->depth++;
	if (names_read(upper, &names, e) < 0)
		return error_wrap(e, "%s in the layer", walk->path);
	TRY(look_at_all(walk, &names, &dirs, opaque, e));
	if (opaque && host >= 0 && walk_covered(walk, &dirs, &names, e) < 0)
		return error_wrap(e, "%s", walk->path);
	walk->depth--;
	return 0;
}

int
walk_layer(struct walk *walk, const struct sandbox_layer *layer,
    struct error *e)
{
	AUTO_FD int upper = tree_enter(layer->dir, "upper", O_RDONLY);
	AUTO_FD int host = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (upper < 0 || host < 0)
		return error_sys(e, "open %s/upper", layer->path);
	return walk_directory(walk, upper, host, false, e);
}

/* ---- saying it ------------------------------------------------------------
 */

struct saying {
	sandbox_change_use *use;
	void *context;
};

static int
say(struct walk *walk, struct entry *entry, struct error *e)
{
	const struct saying *saying = walk->context;
	mode_t mode =
	    entry->has_upper ? entry->in_layer.st_mode : entry->on_host.st_mode;
	struct sandbox_change change = {
		.kind = entry->kind,
		.is_directory = S_ISDIR(mode),
		.path = walk->path,
		.refused = entry->refused,
	};

	if (entry->kind == 0)
		return 0;
	if (guarded_length(&walk->guarded, walk->path, mode) > 0)
		change.guarded = "protected";
	else if (!guarded_is_placed(&walk->guarded, walk->path))
		change.guarded = "elsewhere";
	return saying->use(saying->context, &change, e);
}

int
sandbox_layer_diff(const struct sandbox_layer *layer, char *const *env,
    sandbox_change_use *use, void *context, struct error *e)
{
	struct saying saying = { use, context };
	AUTO_FREE struct walk *walk = calloc(1, sizeof(*walk));

	if (walk == NULL)
		return error_sys(e, "memory");
	walk->visit = say;
	walk->context = &saying;
	int failed = guarded_open(&walk->guarded, layer->dir, env, e);
	if (failed == 0)
		failed = walk_layer(walk, layer, e);
	guarded_close(&walk->guarded);
	return failed;
}
