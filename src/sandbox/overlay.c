/* SPDX-License-Identifier: Apache-2.0 */
/*
 * overlay - which directories of the machine get an overlay.
 *
 * An overlay shows a directory without what is mounted in it, and in a user
 * namespace the kernel refuses one that would uncover that. So a directory with
 * mounts below it is not laid over itself but each directory in it is, down to
 * those without; its own names stay as they are.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "guarded.h"

struct search {
	struct sandbox *sandbox;
	const struct mounted *mounts; /* of the machine */
	size_t count;
	size_t overlays;
	bool is_told; /* that there are too many */
	struct list writable;
};

/* ---- where an overlay can be --------------------------------------------- */

/* That have nothing to write, or cannot lie below an overlay. */
static bool
is_unfit(const char *type)
{
	static const char *const types[] = { "autofs", "binfmt_misc", "bpf",
		"cgroup", "cgroup2", "configfs", "debugfs", "devpts",
		"devtmpfs", "efivarfs", "exfat", "fusectl", "hugetlbfs",
		"mqueue", "nsfs", "proc", "pstore", "rpc_pipefs", "securityfs",
		"selinuxfs", "sysfs", "tracefs", "vfat" };

	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i], type) == 0)
			return true;
	}
	return false;
}

static const struct mounted *
mount_of(const struct search *search, const char *path)
{
	const struct mounted *best = NULL;

	for (size_t i = 0; i < search->count; i++) {
		const struct mounted *at = &search->mounts[i];

		/* Of two at one place the later one is seen. */
		if (path_is_in(path, at->path) &&
		    (best == NULL || strlen(at->path) >= strlen(best->path)))
			best = at;
	}
	return best;
}

static bool
has_mounts(const struct search *search, const char *path, bool itself)
{
	for (size_t i = 0; i < search->count; i++) {
		const char *at = search->mounts[i].path;

		if (path_is_in(at, path) && (strcmp(at, path) == 0) == itself)
			return true;
	}
	return false;
}

static bool
is_kernels(const char *path)
{
	return path_is_in(path, "/proc") || path_is_in(path, "/sys") ||
	       path_is_in(path, "/dev");
}

/* Is it covered by a directory of the sandbox's own? */
static bool
is_private(const struct sandbox *sandbox, const char *path)
{
	const struct place *place = places_find(sandbox, path);

	return place != NULL && place->kind == PLACE_TMPFS;
}

static int
note(const struct sandbox *sandbox, const char *path, const char *why)
{
	const struct sandbox_request *request = sandbox->request;
	const char *text =
	    path_format(sandbox->arena, "%s stays read-only: %s", path, why);

	if (text != NULL)
		request->note(request->note_context, text);
	return 0;
}

/* Would one like to write there? */
static bool
is_asked(const struct search *search, const char *path)
{
	const struct sandbox *sandbox = search->sandbox;

	for (size_t i = 0; i < search->writable.count; i++) {
		if (path_is_in(path, search->writable.items[i]))
			return true;
	}
	return sandbox->homes[0] != NULL && path_is_in(path, sandbox->homes[0]);
}

static int cover(struct search *search, const char *path, struct error *e);

static int
cover_each(struct search *search, const char *path, struct error *e)
{
	struct sandbox *sandbox = search->sandbox;
	bool is_root = strcmp(path, "/") == 0;
	const struct dirent *entry;
	struct stat st;
	DIR *dir = opendir(path);

	while (dir != NULL && e->code == 0 && (entry = readdir(dir)) != NULL) {
		const char *inner = path_format(sandbox->arena, "%s/%s",
		    is_root ? "" : path, entry->d_name);

		if (inner == NULL) {
			(void)error_sys(e, "memory");
			break;
		}
		/* What is mounted there has its own turn. */
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0 || is_kernels(inner) ||
		    has_mounts(search, inner, true) || lstat(inner, &st) < 0 ||
		    !S_ISDIR(st.st_mode))
			continue;
		if (cover(search, inner, e) < 0)
			break;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return -e->code;
}

static int
cover(struct search *search, const char *path, struct error *e)
{
	struct sandbox *sandbox = search->sandbox;
	const struct place place = { .kind = PLACE_OVERLAY,
		.path = path,
		.source = path,
		.is_ours = true };

	if (is_private(sandbox, path) || access(path, X_OK) < 0)
		return 0;
	if (has_mounts(search, path, false)) {
		if (is_asked(search, path))
			(void)note(sandbox, path,
			    "other file systems are mounted in it; what is "
			    "in its directories goes to the layer");
		return cover_each(search, path, e);
	}
	if (search->overlays++ < LIMIT_OVERLAYS)
		return place_add(sandbox, &place, e);
	if (!search->is_told)
		(void)note(sandbox, path,
		    "too many directories have others mounted beside them; "
		    "and so do those that follow");
	search->is_told = true;
	return 0;
}

static int
cover_mounts(struct search *search, struct error *e)
{
	for (size_t i = 0; i < search->count; i++) {
		const struct mounted *at = &search->mounts[i];
		struct stat st;

		if (at->is_readonly || is_kernels(at->path) ||
		    mount_of(search, at->path) != at ||
		    is_private(search->sandbox, at->path) ||
		    lstat(at->path, &st) < 0 || !S_ISDIR(st.st_mode))
			continue;
		if (!is_unfit(at->type))
			TRY(cover(search, at->path, e));
		else if (is_asked(search, at->path))
			(void)note(search->sandbox, at->path,
			    "its file system cannot be below an overlay");
	}
	return 0;
}

/* ---- what may be written ---------------------------------------------------
 */

/*
 * A directory of another user is not copied to the layer by the kernel, as its
 * owner has no number in the user namespace: so those that lead to what may be
 * written are made there before.
 */
static int
lead_to(const struct search *search, const char *path, struct error *e)
{
	const struct sandbox_layer *layer = search->sandbox->request->layer;
	struct error why = { 0 };

	if (layer->dir < 0 || layer_make_upper(layer, path, &why) == 0)
		return 0;
	/* What the command has put there, or removed, is its own. */
	if (why.code == ENOTDIR || why.code == ELOOP || why.code == ENOENT ||
	    why.code == EACCES)
		return 0;
	*e = why;
	return -e->code;
}

/* What the directory lies in, but for what is in the layer with it. */
static const struct place *
find_around(const struct sandbox *sandbox, const char *path)
{
	const struct place *best = NULL;

	for (size_t i = 0; i < sandbox->places_count; i++) {
		const struct place *at = &sandbox->places[i];

		if (at->kind != PLACE_LAYERED && path_is_in(path, at->path) &&
		    (best == NULL || strlen(at->path) > strlen(best->path)))
			best = at;
	}
	return best;
}

static int
write_to(struct search *search, size_t number, struct error *e)
{
	struct sandbox *sandbox = search->sandbox;
	const char *path = sandbox->places[number].path;
	const struct place *around = find_around(sandbox, path);
	const struct mounted *own = mount_of(search, path);

	if (own != NULL && (own->is_readonly || is_unfit(own->type)))
		return note(sandbox, path,
		    own->is_readonly ? "its file system is"
				     : "its file system cannot be below an "
				       "overlay");
	if (around != NULL && around->kind == PLACE_OVERLAY)
		return lead_to(search, path, e);
	/* With mounts in it, and its own turn over. */
	if (around == NULL)
		return 0;
	if (has_mounts(search, path, false))
		return cover_each(search, path, e);
	sandbox->places[number].kind = PLACE_OVERLAY;
	return 0;
}

/* What was to be written is in the layer with what is around it. */
static int
take_writable(struct sandbox *sandbox, struct list *out, struct error *e)
{
	const char *home = sandbox->homes[0];

	for (size_t i = 0; i < sandbox->places_count; i++) {
		struct place *at = &sandbox->places[i];
		bool is_home = at->is_ours && at->kind == PLACE_RO &&
			       home != NULL && strcmp(at->path, home) == 0;

		if (at->option != NULL && strcmp(at->option, "bind") == 0)
			return error_set(e, EINVAL,
			    "--bind: with --overlay nothing of the machine is "
			    "written, and that would be");
		if (at->kind == PLACE_RW)
			TRY(list_add(out, at->path, e));
		if (at->kind == PLACE_RW || is_home)
			at->kind = PLACE_LAYERED;
	}
	return 0;
}

static int
collect(struct search *search, struct error *e)
{
	struct sandbox *sandbox = search->sandbox;
	const struct sandbox_layer *layer = sandbox->request->layer;
	const char *const others[] = { sandbox->homes[0], sandbox->homes[1],
		sandbox->cwd };

	TRY(take_writable(sandbox, &search->writable, e));
	if (layer->dir >= 0)
		TRY(guarded_add_places(layer->dir, sandbox->request->env,
		    &search->writable, e));
	TRY(mounted_read(sandbox, e));
	search->mounts = sandbox->mounts;
	search->count = sandbox->mounts_count;
	TRY(cover_mounts(search, e));
	/* What is around another comes before it. */
	places_sort(sandbox);
	for (size_t i = 0, count = sandbox->places_count; i < count; i++) {
		if (sandbox->places[i].kind == PLACE_LAYERED)
			TRY(write_to(search, i, e));
	}
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		const struct place *around =
		    others[i] == NULL ? NULL : find_around(sandbox, others[i]);

		if (around != NULL && around->kind == PLACE_OVERLAY)
			TRY(lead_to(search, others[i], e));
	}
	return 0;
}

int
overlay_collect(struct sandbox *sandbox, struct error *e)
{
	struct search search = { .sandbox = sandbox };
	int failed = collect(&search, e);

	free((void *)(uintptr_t)search.writable.items);
	return failed;
}
