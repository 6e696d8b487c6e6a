/* SPDX-License-Identifier: Apache-2.0 */
/*
 * nested - secrets and repositories below the directories that are worked in or
 * named.
 *
 * They are looked for once, at the start, one level after the other, as far as
 * that takes no time that somebody would notice. An earlier sandbox may have
 * made what is there: nothing that it makes takes another one's place, and
 * where it has made too much a line says so.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "os/os.h"

enum {
	LEVELS = 2,    /* below where it begins */
	READ = 128,    /* directories, of all places */
	LOOKED = 1024, /* others: nothing is looked for below them */
	PARTS = 2,     /* of what is in these, as the kernel gives it */
	FOUND = 256,   /* mounts, about: a repository is some of them */
	REPOSITORY = 4,
	NAMES = READ + LOOKED + 1,
	SECONDS = 1, /* as a file system may be far away */
};

/* What the names in a directory say of it. */
enum {
	HAS_HEAD = 1,
	HAS_OBJECTS = 2,
	HAS_REFS = 4,
	HAS_COMMON = 8,
	HAS_GIT = 16,
	HAS_SECRET = 32,
};

struct search {
	struct sandbox *sandbox;
	int top;
	const char *top_path;
	struct list names; /* to be looked into, below the top; "." is it */
	size_t read;
	size_t looked;
	size_t found;
	struct timespec end;
	bool is_over;
	bool is_cut; /* something was left out */
};

static bool
is_listed(const char *word, const char *name, size_t skip)
{
	const char *line = NULL;

	while ((line = data_next(word, line)) != NULL) {
		if (strncmp(line, "./", skip) == 0 &&
		    strcmp(line + skip, name) == 0)
			return true;
	}
	return false;
}

static const struct {
	const char *name;
	unsigned what;
} of_git[] = {
	{ "HEAD", HAS_HEAD },
	{ "objects", HAS_OBJECTS },
	{ "refs", HAS_REFS },
	{ "commondir", HAS_COMMON },
	{ ".git", HAS_GIT },
};

static unsigned
look_at(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(of_git); i++) {
		if (strcmp(of_git[i].name, name) == 0)
			return of_git[i].what;
	}
	return name[0] == '.' && is_listed("hide", name, 2) ? HAS_SECRET : 0;
}

/* What git takes for its own, whatever it is called. */
static bool
is_git(unsigned what)
{
	return (what & HAS_HEAD) != 0 &&
	       ((what & HAS_COMMON) != 0 || (what & (HAS_OBJECTS | HAS_REFS)) ==
						(HAS_OBJECTS | HAS_REFS));
}

static bool
is_looked_into(const struct dirent64 *entry)
{
	const char *name = entry->d_name;

	return (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
	       strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	       strcmp(name, ".git") != 0 && !is_listed("skip", name, 0);
}

static int
add_name(struct search *search, const char *around, const char *name,
    struct error *e)
{
	bool is_top = strcmp(around, ".") == 0;
	const char *path = path_format(search->sandbox->arena, "%s%s%s",
	    is_top ? "" : around, is_top ? "" : "/", name);

	return path == NULL ? error_sys(e, "memory")
			    : list_add(&search->names, path, e);
}

static int
add_found(struct search *search, const char *name, unsigned what,
    struct error *e)
{
	bool is_top = strcmp(name, ".") == 0;
	struct sandbox *sandbox = search->sandbox;
	const char *path = is_top ? search->top_path
				  : path_format(sandbox->arena, "%s/%s",
					search->top_path, name);

	if (path == NULL)
		return error_sys(e, "memory");
	/* What is not git's may have names like git's. */
	if (is_git(what) ||
	    (is_top && strcmp(strrchr(path, '/'), "/.git") == 0)) {
		TRY(project_add(sandbox, PROJECT_GIT, path, e));
		search->found += REPOSITORY;
	}
	if (is_top || (what & (HAS_GIT | HAS_SECRET)) == 0)
		return 0;
	bool is_whole = (what & HAS_GIT) != 0;
	search->found += is_whole ? REPOSITORY : 1;
	return project_add(sandbox, is_whole ? PROJECT_WHOLE : PROJECT_SECRETS,
	    path, e);
}

static int
look_at_entry(struct search *search, const char *around,
    const struct dirent64 *entry, unsigned *what, struct error *e)
{
	*what |= look_at(entry->d_name);
	/* More are too many, whatever they are. */
	return around != NULL && search->names.count < NAMES &&
		       is_looked_into(entry)
		   ? add_name(search, around, entry->d_name, e)
		   : 0;
}

/* No link is followed, and nothing that is mounted there looked into. */
static int
open_below(const struct search *search, const char *name, uint64_t flags)
{
	return os_openat2(search->top, name, flags, 0,
	    RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS);
}

/* Some of its names; those of directories are kept where it is said what for.
 */
static int
look_at_some(struct search *search, int dir, const char *around, unsigned *what,
    bool *more, struct error *e)
{
	char buf[8192] __attribute__((aligned(__alignof__(struct dirent64))));
	ssize_t got = getdents64(dir, buf, sizeof(buf));

	for (ssize_t at = 0; at < got;) {
		const struct dirent64 *entry = (const void *)(buf + at);

		TRY(look_at_entry(search, around, entry, what, e));
		at += entry->d_reclen;
	}
	*more = got > 0;
	return 0;
}

static bool
has_name(int dir, const char *name)
{
	return faccessat(dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Of one that is large, or another's that may not be read. */
static unsigned
look_by_name(const struct search *search, const char *name)
{
	const char *line = NULL;
	unsigned what = 0;

	AUTO_FD int dir = open_below(search, name, O_PATH | O_DIRECTORY);
	if (dir < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(of_git); i++) {
		if (has_name(dir, of_git[i].name))
			what |= of_git[i].what;
	}
	while ((line = data_next("hide", line)) != NULL) {
		if (line[0] == '.' && has_name(dir, line + 2))
			what |= HAS_SECRET;
	}
	return what;
}

/* Its owner, so the command, can have it be read after all. */
static bool
is_shut(const struct search *search, const char *name)
{
	struct stat st;

	AUTO_FD int dir = open_below(search, name, O_PATH | O_DIRECTORY);
	return dir >= 0 && fstat(dir, &st) == 0 && st.st_uid == geteuid();
}

static int
hide_shut(struct search *search, const char *name, struct error *e)
{
	/* What is worked in cannot be hidden. */
	if (strcmp(name, ".") == 0) {
		search->is_cut = true;
		return add_found(search, name, 0, e);
	}
	const char *path = path_format(search->sandbox->arena, "%s/%s",
	    search->top_path, name);
	search->found++;
	return path == NULL ? error_sys(e, "memory")
			    : hidden_add_shut(search->sandbox, path, e);
}

/* There are many on the last level: most are small, and read at once. */
static int
read_names(struct search *search, const char *name, bool is_last,
    struct error *e)
{
	unsigned what = 0;
	bool more = true;

	AUTO_FD int dir =
	    open_below(search, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	if (dir < 0 && errno == EACCES && is_shut(search, name))
		return hide_shut(search, name, e);
	for (int part = 0; dir >= 0 && more && (!is_last || part < PARTS);
	     part++)
		TRY(look_at_some(search, dir, is_last ? NULL : name, &what,
		    &more, e));
	if (more)
		what |= look_by_name(search, name);
	return add_found(search, name, what, e);
}

static bool
is_late(const struct search *search)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > search->end.tv_sec ||
	       (now.tv_sec == search->end.tv_sec &&
		   now.tv_nsec > search->end.tv_nsec);
}

static int
look_into(struct search *search, const char *name, int level, struct error *e)
{
	bool is_last = level == LEVELS;

	search->is_over = search->found >= FOUND || search->looked == LOOKED ||
			  is_late(search);
	search->is_cut = search->is_cut || search->is_over ||
			 (!is_last && search->read == READ);
	if (search->is_over)
		return 0;
	is_last = is_last || search->read == READ;
	*(is_last ? &search->looked : &search->read) += 1;
	return read_names(search, name, is_last, e);
}

static int
look_below(struct search *search, struct error *e)
{
	size_t at = 0;

	TRY(list_add(&search->names, ".", e));
	for (int level = 0; level <= LEVELS; level++) {
		size_t end = search->names.count;

		for (; at < end && !search->is_over; at++)
			TRY(look_into(search, search->names.items[at], level,
			    e));
	}
	return 0;
}

static int
add_below(struct search *search, const char *path, struct error *e)
{
	AUTO_FD int top =
	    open(path, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (top < 0)
		return 0;
	search->top = top;
	search->top_path = path;
	search->names.count = 0;
	return look_below(search, e);
}

static void
tell_cut(const struct search *search)
{
	const struct sandbox_request *request = search->sandbox->request;
	const char *text = path_format(search->sandbox->arena,
	    "%s has more in it than is looked at: secrets and repositories "
	    "further below are neither hidden nor kept",
	    search->top_path);

	if (text != NULL)
		request->note(request->note_context, text);
}

/* What may only be read has nothing to be kept. */
static bool
is_searched(const struct sandbox *sandbox, const struct place *place)
{
	return strcmp(place->source, place->path) == 0 &&
	       (place->kind != PLACE_RO ||
		   strcmp(place->path, sandbox->cwd) == 0);
}

int
nested_collect(struct sandbox *sandbox, struct error *e)
{
	struct search search = { .sandbox = sandbox };
	int failed = 0;

	(void)clock_gettime(CLOCK_MONOTONIC, &search.end);
	search.end.tv_sec += SECONDS;
	for (size_t i = 0; failed == 0 && i < sandbox->places_count; i++) {
		const struct place *place = &sandbox->places[i];

		if (place->is_project && is_searched(sandbox, place))
			failed = add_below(&search, place->path, e);
	}
	free((void *)(uintptr_t)search.names.items);
	if (search.is_cut)
		tell_cut(&search);
	return failed;
}
