/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer - the directory of a layer: found, made, locked and removed.
 */
#define _GNU_SOURCE
#include "sandbox/layer.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "container/store.h"
#include "os/os.h"
#include "tree.h"

static const char below[] = "lorica/sandbox";

/* The user's directory for what programs keep. */
static int
find_top(char *const *env, char top[PATH_MAX], struct error *e)
{
	const char *state = path_variable(env, "XDG_STATE_HOME");
	const char *home = path_variable(env, "HOME");
	bool is_said = state != NULL && state[0] == '/';

	if (!is_said && (home == NULL || home[0] != '/'))
		return error_set(e, ENOENT,
		    "there is no home directory to keep a layer in: set HOME "
		    "or XDG_STATE_HOME");
	if (snprintf(top, PATH_MAX, "%s%s", is_said ? state : home,
		is_said ? "" : "/.local/state") >= PATH_MAX)
		return error_errno(e, ENAMETOOLONG, "%s",
		    is_said ? state : home);
	return 0;
}

bool
layer_store_path(char *const *env, char path[PATH_MAX])
{
	struct error ignored = { 0 };
	char top[PATH_MAX];

	return find_top(env, top, &ignored) == 0 &&
	       snprintf(path, PATH_MAX, "%s/lorica", top) < PATH_MAX;
}

/* Each directory of the path that is missing. */
static int
make_path(const char *path, struct error *e)
{
	AUTO_FREE char *copy = strdup(path);

	if (copy == NULL)
		return error_sys(e, "memory");
	for (char *at = copy + 1;; at++) {
		if (*at != '/' && *at != '\0')
			continue;
		char end = *at;

		*at = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return error_sys(e, "make %s", copy);
		*at = end;
		if (end == '\0')
			return 0;
	}
}

/* What others could write is no place: they would choose what is committed. */
static int
check_own(int dir, const char *path, struct error *e)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return error_sys(e, "%s", path);
	if (st.st_uid != geteuid() || (st.st_mode & 0022) != 0)
		return error_set(e, EPERM, "%s is not the caller's alone",
		    path);
	return 0;
}

static int
open_store(const char *path, bool make, struct error *e)
{
	if (make)
		TRY(make_path(path, e));
	AUTO_FD int store = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (store < 0)
		return error_sys(e, "%s", path);
	TRY(check_own(store, path, e));
	return take_fd(&store);
}

/* Not one that was discarded while we waited for nobody. */
static bool
is_there(int store, const char *name, int dir)
{
	struct stat own;
	struct stat there;

	return fstat(dir, &own) == 0 &&
	       fstatat(store, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       own.st_ino == there.st_ino && own.st_dev == there.st_dev;
}

static int
open_one(int store, struct sandbox_layer *layer, enum sandbox_layer_use use,
    struct error *e)
{
	bool make = use == SANDBOX_LAYER_MAKE;

	layer->is_new = make && mkdirat(store, layer->name, 0700) == 0;
	if (make && !layer->is_new && errno != EEXIST)
		return error_sys(e, "make %s", layer->path);
	AUTO_FD int dir = os_openat2(store, layer->name, O_RDONLY | O_DIRECTORY,
	    0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	if (dir < 0 && errno == ENOENT)
		return error_set(e, ENOENT, "there is no layer %s",
		    layer->name);
	if (dir < 0)
		return error_sys(e, "open %s", layer->path);
	TRY(check_own(dir, layer->path, e));
	if (use != SANDBOX_LAYER_READ && flock(dir, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			   ? error_set(e, EBUSY, "the layer %s is in use",
				 layer->name)
			   : error_sys(e, "lock %s", layer->path);
	if (!is_there(store, layer->name, dir))
		return error_set(e, EBUSY, "the layer %s is in use",
		    layer->name);
	layer->dir = take_fd(&dir);
	return 0;
}

/* What overlayfs needs where it writes. */
static int
make_parts(const struct sandbox_layer *layer, struct error *e)
{
	static const char *const parts[] = { "upper", "work" };

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		if (mkdirat(layer->dir, parts[i], 0700) < 0 && errno != EEXIST)
			return error_sys(e, "make %s/%s", layer->path,
			    parts[i]);
	}
	if (fsetxattr(layer->dir, "user.lorica.layer", "1", 1, 0) < 0)
		return error_set(e, errno,
		    "%s: a layer needs a file system with extended attributes "
		    "of users, and this one has none: set XDG_STATE_HOME",
		    layer->path);
	return 0;
}

int
sandbox_layer_open(char *const *env, const char *name,
    enum sandbox_layer_use use, struct sandbox_layer *out, struct error *e)
{
	struct sandbox_layer layer = SANDBOX_LAYER_NONE;
	char top[PATH_MAX];

	TRY(store_id_check(name, e));
	if (strlen(name) >= sizeof(layer.name))
		return error_errno(e, ENAMETOOLONG, "%s", name);
	(void)snprintf(layer.name, sizeof(layer.name), "%s", name);
	TRY(find_top(env, top, e));
	if (use == SANDBOX_LAYER_MAKE)
		TRY(make_path(top, e));
	AUTO_FREE char *real = realpath(top, NULL);
	if (snprintf(top, sizeof(top), "%s/%s", real != NULL ? real : top,
		below) >= (int)sizeof(top) ||
	    snprintf(layer.path, sizeof(layer.path), "%s/%s", top, name) >=
		(int)sizeof(layer.path))
		return error_errno(e, ENAMETOOLONG, "%s", name);
	if (use != SANDBOX_LAYER_NAMED) {
		struct error why = { 0 };
		AUTO_FD int store =
		    open_store(top, use == SANDBOX_LAYER_MAKE, &why);

		if (store < 0 && why.code == ENOENT)
			return error_set(e, ENOENT, "there is no layer %s",
			    name);
		if (store < 0) {
			*e = why;
			return -e->code;
		}
		TRY(open_one(store, &layer, use, e));
	}
	*out = layer;
	if (use != SANDBOX_LAYER_MAKE || make_parts(out, e) == 0)
		return 0;
	struct error why = { 0 };
	if (out->is_new && sandbox_layer_remove(out, &why) < 0)
		(void)error_wrap(e, "%s is left behind", out->path);
	sandbox_layer_close(out);
	return -e->code;
}

void
sandbox_layer_close(struct sandbox_layer *layer)
{
	auto_close(&layer->dir);
	layer->dir = -1;
}

int
sandbox_layer_remove(struct sandbox_layer *layer, struct error *e)
{
	TRY(tree_empty(layer->dir, e));
	AUTO_FD int store =
	    openat(layer->dir, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (store < 0 || !is_there(store, layer->name, layer->dir) ||
	    unlinkat(store, layer->name, AT_REMOVEDIR) < 0)
		return error_sys(e, "remove %s", layer->path);
	return 0;
}

/* ---- the directories that overlays write to ------------------------------ */

/* What the caller may do with it: others own what is in a layer as little as
 * he owns that directory. */
static mode_t
mode_for(const char *path, const struct stat *st)
{
	static const mode_t classes[] = { 0444, 0222, 0111 };
	static const int asked[] = { R_OK, W_OK, X_OK };
	mode_t mode = 0500; /* to be compared; the kernel reads what is below */

	if (st->st_uid == geteuid())
		return st->st_mode & 01777;
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		bool may =
		    geteuid() == 0
			? (st->st_mode & classes[i] & 0007) != 0
			: faccessat(AT_FDCWD, path, asked[i], AT_EACCESS) == 0;

		mode |= may ? classes[i] : 0;
	}
	return mode;
}

/* Others' directories are made so that nothing can be made in them. */
static bool
make_in(int dir, const char *name)
{
	struct stat st;

	if (mkdirat(dir, name, 0700) == 0)
		return true;
	if (errno != EACCES || fstat(dir, &st) < 0 ||
	    fchmod(dir, st.st_mode | 0300) < 0)
		return false;
	bool made = mkdirat(dir, name, 0700) == 0;
	int saved = errno;
	if (fchmod(dir, st.st_mode & 07777) < 0)
		return false;
	errno = saved;
	return made;
}

static int
enter(int dir, const char *name, const char *path)
{
	struct stat st;
	bool made;

	if (lstat(path, &st) < 0)
		return -1;
	made = make_in(dir, name);
	if (!made && errno != EEXIST)
		return -1;
	int fd = os_openat2(dir, name, O_RDONLY | O_DIRECTORY, 0,
	    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
	/* One that the command made unreadable is there all the same. */
	if (fd < 0 && errno == EACCES)
		fd = os_openat2(dir, name, O_PATH | O_DIRECTORY, 0,
		    RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
	if (fd >= 0 && made && fchmod(fd, mode_for(path, &st)) < 0)
		auto_close(&fd);
	return fd;
}

int
layer_make_upper(const struct sandbox_layer *layer, const char *path,
    struct error *e)
{
	AUTO_FREE char *copy = strdup(path);

	if (copy == NULL)
		return error_sys(e, "memory");
	AUTO_FD int dir = os_openat2(layer->dir, "upper", O_PATH | O_DIRECTORY,
	    0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	if (dir < 0)
		return error_sys(e, "open %s/upper", layer->path);
	for (char *at = copy + 1; *at != '\0';) {
		size_t length = strcspn(at, "/");
		char end = at[length];

		at[length] = '\0';
		int next = enter(dir, at, copy);
		if (next < 0)
			return error_sys(e, "%s in the layer", copy);
		auto_close(&dir);
		dir = next;
		at[length] = end;
		at += length + (end == '/');
	}
	return 0;
}

void
layer_work_name(char name[LAYER_WORK_NAME], size_t number)
{
	(void)snprintf(name, LAYER_WORK_NAME, "work/%zu", number);
}

int
layer_make_work(const struct sandbox_layer *layer, size_t number,
    struct error *e)
{
	char name[LAYER_WORK_NAME];

	layer_work_name(name, number);
	if (mkdirat(layer->dir, name, 0700) < 0 && errno != EEXIST)
		return error_sys(e, "make %s/%s", layer->path, name);
	return 0;
}
