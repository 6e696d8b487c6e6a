/* SPDX-License-Identifier: Apache-2.0 */
/*
 * remove - a bundle goes, root file system first: until that is empty it is a
 * bundle, which can be removed again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "call.h"
#include "os/os.h"
#include "unpack/unpack.h"

/* The name that unpack_bundle() gives until it is whole. */
static bool
is_half_made(const char *base)
{
	static const char mark[] = ".lorica-";
	const size_t digits = 16, behind = sizeof(mark) - 1 + digits;
	size_t length = strlen(base);

	return base[0] == '.' && length > behind &&
	       strncmp(base + length - behind, mark, sizeof(mark) - 1) == 0 &&
	       strspn(base + length - digits, "0123456789abcdef") == digits;
}

static bool
is_of_kind(int dir, const char *name, mode_t kind)
{
	struct stat status;

	return fstatat(dir, name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       (status.st_mode & S_IFMT) == kind;
}

static int
check_bundle(int dir, const struct unpack_place *place, const char *name,
    struct error *e)
{
	if (is_of_kind(dir, UNPACK_ROOT_NAME, S_IFDIR) &&
	    (is_of_kind(dir, "config.json", S_IFREG) ||
		is_half_made(place->base)))
		return 0;
	return error_set(e, EINVAL,
	    "%s is no bundle: it has no config.json and rootfs", name);
}

static int
empty_root(int dir, int userns, struct error *e)
{
	/* Of another's, it may be that the helper alone can read it. */
	AUTO_FD int root =
	    os_openat2(dir, UNPACK_ROOT_NAME, O_PATH | O_DIRECTORY | O_NOFOLLOW,
		0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);

	return root < 0 ? error_sys(e, "open %s", UNPACK_ROOT_NAME)
			: unpack_empty(root, userns, true, e);
}

/* There is little left, and in the middle of it is no bundle. */
static int
remove_rest(const struct unpack_place *place, int dir, int userns,
    struct error *e)
{
	sigset_t before;

	unpack_hold_signals(&before);
	int failed = unpack_empty(dir, userns, true, e);
	if (failed == 0 &&
	    unlinkat(place->parent, place->base, AT_REMOVEDIR) < 0)
		failed = error_sys(e, "remove %s", place->base);
	unpack_release_signals(&before);
	return failed;
}

int
unpack_remove(const char *bundle, struct error *e)
{
	AUTO(unpack_place_close) struct unpack_place place = { .parent = -1 };
	AUTO(unpack_ids_close) struct unpack_ids ids = UNPACK_IDS_NONE;

	TRY(unpack_place_open(bundle, &place, e));
	AUTO_FD int dir = openat(place.parent, place.base,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return error_sys(e, "%s", bundle);
	TRY(check_bundle(dir, &place, bundle, e));
	TRY(unpack_ids_open(false, &ids, e));
	TRY(empty_root(dir, ids.userns, e));
	return remove_rest(&place, dir, ids.userns, e);
}
