/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "put.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "tree.h"

/* ---- what a file has besides -----------------------------------------------
 */

/* overlayfs keeps its own among those of the user. */
static bool
is_users(const char *name)
{
	return strncmp(name, "user.", 5) == 0 &&
	       strncmp(name, "user.overlay.", 13) != 0;
}

static int
copy_attributes(int from, int to, struct error *e)
{
	AUTO_FREE char *names = malloc(XATTR_LIST_MAX);
	AUTO_FREE char *value = malloc(XATTR_SIZE_MAX);

	if (names == NULL || value == NULL)
		return error_sys(e, "memory");
	ssize_t length = flistxattr(from, names, XATTR_LIST_MAX);
	for (const char *at = names; length > 0 && at < names + length;
	     at += strlen(at) + 1) {
		ssize_t size = is_users(at)
				   ? fgetxattr(from, at, value, XATTR_SIZE_MAX)
				   : -1;

		if (size >= 0 && fsetxattr(to, at, value, (size_t)size, 0) < 0)
			return error_sys(e, "its attribute %s", at);
	}
	return 0;
}

static void
times_of(const struct stat *st, struct timespec times[2])
{
	times[0] = st->st_atim;
	times[1] = st->st_mtim;
}

/* ---- made beside its name --------------------------------------------------
 */

static int
make_regular(const struct entry *entry, const char *name, struct error *e)
{
	struct timespec times[2];
	struct stat st;
	AUTO_FD int from = tree_open_file(entry->upper, entry->name, &st);

	if (from < 0)
		return error_sys(e, "read it in the layer");
	if ((st.st_mode & (S_ISUID | S_ISGID)) != 0)
		return error_set(e, EPERM,
		    "it would run with its owner's rights");
	AUTO_FD int to = openat(entry->host, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return error_sys(e, "write beside it");
	times_of(&st, times);
	if (tree_copy(from, to) < 0)
		return error_sys(e, "copy it");
	TRY(copy_attributes(from, to, e));
	if (fchmod(to, st.st_mode & 01777) < 0 || futimens(to, times) < 0)
		return error_sys(e, "set its mode and times");
	return 0;
}

static int
make_link(const struct entry *entry, const char *name, struct error *e)
{
	char target[PATH_MAX];
	struct timespec times[2];
	ssize_t length =
	    readlinkat(entry->upper, entry->name, target, sizeof(target) - 1);

	if (length < 0)
		return error_sys(e, "read the link in the layer");
	target[length] = '\0';
	times_of(&entry->in_layer, times);
	if (symlinkat(target, entry->host, name) < 0 ||
	    utimensat(entry->host, name, times, AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "make the link");
	return 0;
}

static int
make_fifo(const struct entry *entry, const char *name, struct error *e)
{
	if (mkfifoat(entry->host, name, 0600) < 0 ||
	    fchmodat(entry->host, name, entry->in_layer.st_mode & 0777,
		AT_SYMLINK_NOFOLLOW) < 0)
		return error_sys(e, "make the fifo");
	return 0;
}

int
host_put(const struct entry *entry, struct error *e)
{
	unsigned long long number;
	char name[48];

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_sys(e, "getrandom");
	(void)snprintf(name, sizeof(name), ".lorica-commit-%016llx", number);
	int failed =
	    S_ISREG(entry->in_layer.st_mode)   ? make_regular(entry, name, e)
	    : S_ISLNK(entry->in_layer.st_mode) ? make_link(entry, name, e)
					       : make_fifo(entry, name, e);
	if (failed == 0 &&
	    renameat(entry->host, name, entry->host, entry->name) < 0)
		failed = error_sys(e, "give it its name");
	if (failed < 0)
		(void)unlinkat(entry->host, name, 0);
	return failed;
}

/* ---- directories ------------------------------------------------------------
 */

int
host_put_directory(const struct entry *entry, struct error *e)
{
	mode_t mode = entry->in_layer.st_mode & 01777;
	struct timespec times[2];
	struct stat st;
	/* What is known of it is a descriptor without the right to change it.
	 */
	AUTO_FD int dir = tree_enter(entry->inside, ".", O_RDONLY);

	if (dir < 0 || fstat(dir, &st) < 0)
		return error_sys(e, "open it");
	/* Its group is that of the directory it is in, if that says so. */
	if (fchmod(dir, mode | (st.st_mode & S_ISGID)) < 0)
		return error_sys(e, "set its mode");
	times_of(&entry->in_layer, times);
	if (entry->kind != 'M' && futimens(dir, times) < 0)
		return error_sys(e, "set its times");
	return 0;
}
