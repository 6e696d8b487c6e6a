/* SPDX-License-Identifier: Apache-2.0 */
/*
 * commit - what a layer has is done to the machine.
 *
 * The layer is the command's, and other sandboxes may write to the machine's
 * directories meanwhile. So nothing is looked up twice, and no link followed:
 * each directory is a descriptor from the root on, and what takes a name is
 * made beside it and moved over it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "change.h"
#include "put.h"
#include "tree.h"

/* ---- what is asked for -----------------------------------------------------
 */

struct committing {
	struct sandbox_commit *commit;
	struct spec_strings named; /* absolute */
	bool *met;                 /* which of them the layer has */
	bool whole;                /* what is removed is named itself */
};

static struct committing *
of(const struct walk *walk)
{
	return walk->context;
}

static void
tell(struct walk *walk, const char *why)
{
	const struct sandbox_commit *commit = of(walk)->commit;
	AUTO_FREE char *line = NULL;

	if (asprintf(&line, "%s: not committed: %s", walk->path, why) < 0)
		line = NULL;
	else
		commit->note(commit->note_context, line);
}

static void
fail(struct walk *walk, const char *why)
{
	of(walk)->commit->failed++;
	tell(walk, why);
}

/* Is it, or what it is in, named? What is guarded has to be named itself. */
static bool
is_named(const struct walk *walk, const char *path, size_t guarded)
{
	const struct spec_strings *named = &of(walk)->named;
	bool found = false;

	for (size_t i = 0; i < named->count; i++) {
		const char *at = named->items[i];

		if (!path_is_in(path, at))
			continue;
		of(walk)->met[i] = true;
		found = found || strlen(at) >= guarded;
	}
	return found;
}

/* Is something in it named? */
static bool
leads_to_named(const struct walk *walk)
{
	const struct spec_strings *named = &of(walk)->named;

	for (size_t i = 0; i < named->count; i++) {
		if (path_is_in(named->items[i], walk->path))
			return true;
	}
	return false;
}

/* Is the entry to be committed? What should be and may not is told of. */
static bool
is_wanted(struct walk *walk, const struct entry *entry, mode_t mode)
{
	struct sandbox_commit *commit = of(walk)->commit;
	size_t guarded = guarded_length(&walk->guarded, walk->path, mode);
	bool in_sight = of(walk)->named.count == 0;

	if (!in_sight) {
		if (is_named(walk, walk->path, guarded))
			return true;
		for (size_t i = 0; i < of(walk)->named.count; i++)
			in_sight = in_sight || path_is_in(walk->path,
						   of(walk)->named.items[i]);
		if (!in_sight)
			return entry->has_upper && S_ISDIR(mode) &&
			       leads_to_named(walk);
	} else if (guarded == 0 &&
		   guarded_is_placed(&walk->guarded, walk->path)) {
		return true;
	}
	commit->left++;
	/* What is in a new directory is told of by that. */
	if (entry->host >= 0)
		tell(walk, guarded > 0
			       ? "programs outside obey it, or it is hidden: "
				 "name it to commit it"
			       : "no directory that was worked in: name it to "
				 "commit it");
	return false;
}

/* ---- removing --------------------------------------------------------------
 */

typedef int
erase_use(struct walk *walk, int dir, const char *name, struct error *e);

static int
each_below(struct walk *walk, int dir, const char *name, erase_use *use,
    struct error *e)
{
	AUTO(names_free) struct names names = { 0 };
	AUTO_FD int inside = tree_enter(dir, name, O_RDONLY);

	if (inside < 0)
		return errno == EXDEV
			   ? error_set(e, EXDEV, "%s is a mount", walk->path)
			   : error_sys(e, "%s", walk->path);
	if (++walk->depth > LIMIT_LAYER_DEPTH)
		return error_set(e, ELOOP, "it is too deep");
	TRY(names_read(inside, &names, e));
	for (size_t i = 0; i < names.count; i++) {
		ssize_t before = walk_push(walk, names.items[i]);

		if (before < 0)
			return error_errno(e, ENAMETOOLONG, "%s", walk->path);
		int failed = use(walk, inside, names.items[i], e);
		walk_pop(walk, before);
		if (failed < 0)
			return failed;
	}
	walk->depth--;
	return 0;
}

/* 0: nothing is there. */
static mode_t
mode_at(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode
								 : 0;
}

/* Nothing goes before it is known that all of it may. */
static int
check_erase(struct walk *walk, int dir, const char *name, struct error *e)
{
	mode_t mode = mode_at(dir, name);
	size_t guarded = guarded_length(&walk->guarded, walk->path, mode);

	if (guarded > 0 && !of(walk)->whole &&
	    !is_named(walk, walk->path, guarded))
		return error_set(e, EPERM,
		    "%s is in it, which programs outside obey, or which is "
		    "hidden: name that to commit it",
		    walk->path);
	return S_ISDIR(mode) ? each_below(walk, dir, name, check_erase, e) : 0;
}

static int
erase(struct walk *walk, int dir, const char *name, struct error *e)
{
	bool is_directory = S_ISDIR(mode_at(dir, name));

	if (is_directory)
		TRY(each_below(walk, dir, name, erase, e));
	if (unlinkat(dir, name, is_directory ? AT_REMOVEDIR : 0) < 0)
		return error_sys(e, "remove %s", walk->path);
	return 0;
}

static int
remove_host(struct walk *walk, const struct entry *entry, struct error *e)
{
	unsigned depth = walk->depth;
	size_t used = walk->used;

	/* Whoever names it means what is in it. */
	of(walk)->whole = false;
	for (size_t i = 0; i < of(walk)->named.count; i++) {
		if (strcmp(of(walk)->named.items[i], walk->path) == 0)
			of(walk)->whole = true;
	}
	int failed = check_erase(walk, entry->host, entry->name, e);
	if (failed == 0)
		failed = erase(walk, entry->host, entry->name, e);
	walk->depth = depth;
	walk_pop(walk, (ssize_t)used);
	return failed;
}

/* ---- doing it --------------------------------------------------------------
 */

/* The name is free afterwards, or has what can be moved over. */
static int
make_room(struct walk *walk, const struct entry *entry, struct error *e)
{
	bool is_directory =
	    entry->has_upper && S_ISDIR(entry->in_layer.st_mode);

	if (!entry->has_host || (!S_ISDIR(entry->on_host.st_mode) &&
				    entry->has_upper && !is_directory))
		return 0;
	return remove_host(walk, entry, e);
}

static int
make_directory(struct walk *walk, struct entry *entry, struct error *e)
{
	if (entry->kind == 'M')
		return 0; /* its mode, on leaving */
	TRY(make_room(walk, entry, e));
	if (mkdirat(entry->host, entry->name, 0700) < 0)
		return error_sys(e, "make it");
	entry->inside = tree_enter(entry->host, entry->name, O_RDONLY);
	return entry->inside < 0 ? error_sys(e, "open it") : 0;
}

static int
commit_entry(struct walk *walk, struct entry *entry, struct error *e)
{
	if (entry->has_upper && S_ISDIR(entry->in_layer.st_mode))
		return make_directory(walk, entry, e);
	TRY(make_room(walk, entry, e));
	return entry->has_upper ? host_put(entry, e) : 0;
}

static int
visit(struct walk *walk, struct entry *entry, struct error *e)
{
	mode_t mode =
	    entry->has_upper ? entry->in_layer.st_mode : entry->on_host.st_mode;
	struct error why = { 0 };
	char line[512];

	(void)e;
	if (entry->kind == 0 || !is_wanted(walk, entry, mode)) {
		entry->kind = 0;
		return 0;
	}
	if (entry->refused != NULL) {
		fail(walk, entry->refused);
	} else if (entry->host < 0) {
		fail(walk, "the directory that it is in is not there");
	} else if (commit_entry(walk, entry, &why) < 0) {
		error_format(&why, line, sizeof(line));
		fail(walk, line);
	} else {
		of(walk)->commit->done++;
		return 0;
	}
	entry->kind = 0;
	return 0;
}

/* What was put into it has changed its times. */
static int
leave(struct walk *walk, struct entry *entry, struct error *e)
{
	struct error why = { 0 };
	char line[512];

	(void)e;
	if (entry->kind == 0 || host_put_directory(entry, &why) == 0)
		return 0;
	error_format(&why, line, sizeof(line));
	fail(walk, line);
	return 0;
}

/* ---- the words -------------------------------------------------------------
 */

static int
find_named(const struct walk *walk, struct committing *committing,
    struct error *e)
{
	const struct spec_strings *asked = &committing->commit->paths;
	char **items = json_alloc(walk->guarded.box.arena,
	    (asked->count + 1) * sizeof(*items));

	committing->met = json_alloc(walk->guarded.box.arena,
	    (asked->count + 1) * sizeof(bool));
	if (items == NULL || committing->met == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < asked->count; i++) {
		const char *path;

		TRY(path_absolute(&walk->guarded.box, asked->items[i], &path,
		    e));
		items[i] = path_format(walk->guarded.box.arena, "%s", path);
		if (items[i] == NULL)
			return error_sys(e, "memory");
		committing->met[i] = false;
	}
	committing->named = (struct spec_strings){ items, asked->count };
	return 0;
}

/* A name that nothing has is a mistake. */
static int
check_met(const struct committing *committing, struct error *e)
{
	for (size_t i = 0; i < committing->named.count; i++) {
		if (!committing->met[i])
			return error_set(e, ENOENT,
			    "%s: the layer changes nothing there",
			    committing->named.items[i]);
	}
	return 0;
}

int
sandbox_layer_commit(const struct sandbox_layer *layer,
    struct sandbox_commit *commit, struct error *e)
{
	struct committing committing = { .commit = commit };
	AUTO_FREE struct walk *walk = calloc(1, sizeof(*walk));

	if (walk == NULL)
		return error_sys(e, "memory");
	*walk = (struct walk){ .visit = visit,
		.leave = leave,
		.context = &committing };
	int failed = guarded_open(&walk->guarded, layer->dir, commit->env, e);
	if (failed == 0)
		failed = find_named(walk, &committing, e);
	if (failed == 0)
		failed = walk_layer(walk, layer, e);
	if (failed == 0)
		failed = check_met(&committing, e);
	guarded_close(&walk->guarded);
	return failed;
}
