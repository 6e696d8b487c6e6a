/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copyup - tmpcopyup: a tmpfs begins with what was in its mount point.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "plan.h"

#define DEPTH_MAX 32

static int copy_directory(int from, int to, int depth, struct error *e);

static int
copy_file(int from, int to, const char *name, const struct stat *st,
    struct error *e)
{
	AUTO_FD int in =
	    openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	AUTO_FD int out = openat(to, name,
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t got;

	if (in < 0 || out < 0)
		return error_sys(e, "copy %s", name);
	while ((got = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	if (got < 0 || fchown(out, st->st_uid, st->st_gid) < 0 ||
	    fchmod(out, st->st_mode & 07777) < 0)
		return error_sys(e, "copy %s", name);
	return 0;
}

static int
copy_link(int from, int to, const char *name, struct error *e)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(from, name, target, sizeof(target) - 1);

	if (length < 0)
		return error_sys(e, "copy %s", name);
	target[length] = '\0';
	return symlinkat(target, to, name) < 0 ? error_sys(e, "copy %s", name)
					       : 0;
}

static int
copy_entry(int from, int to, const char *name, int depth, struct error *e)
{
	struct stat st;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_sys(e, "copy %s", name);
	if (S_ISREG(st.st_mode))
		return copy_file(from, to, name, &st, e);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to, name, e);
	if (!S_ISDIR(st.st_mode))
		return 0;
	AUTO_FD int in =
	    openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0 || mkdirat(to, name, 0700) < 0)
		return error_sys(e, "copy %s", name);
	AUTO_FD int out =
	    openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out < 0)
		return error_sys(e, "copy %s", name);
	TRY(copy_directory(in, out, depth + 1, e));
	if (fchown(out, st.st_uid, st.st_gid) < 0 ||
	    fchmod(out, st.st_mode & 07777) < 0)
		return error_sys(e, "copy %s", name);
	return 0;
}

static int
copy_directory(int from, int to, int depth, struct error *e)
{
	char buf[2048] __attribute__((aligned(__alignof__(struct dirent64))));
	ssize_t got;

	if (depth > DEPTH_MAX)
		return error_errno(e, ELOOP, "directories too deep to copy");
	while ((got = getdents64(from, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct dirent64 *entry = (const void *)(buf + at);

			if (strcmp(entry->d_name, ".") != 0 &&
			    strcmp(entry->d_name, "..") != 0)
				TRY(copy_entry(from, to, entry->d_name, depth,
				    e));
			at += entry->d_reclen;
		}
	}
	return got < 0 ? error_sys(e, "list a directory to copy") : 0;
}

int
copy_up(int from, int to, struct error *e)
{
	AUTO_FD int in = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (in < 0)
		return error_sys(e, "open the directory to copy");
	AUTO_FD int out = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out < 0)
		return error_sys(e, "open the new tmpfs");
	return copy_directory(in, out, 0, e);
}
