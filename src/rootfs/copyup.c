/* SPDX-License-Identifier: Apache-2.0 */
/*
 * copyup - tmpcopyup: a tmpfs begins with what was in its mount point.
 *
 * Contents, links, pipes, devices; modes, owners, and the attributes of the
 * table below. Hard links become files of their own; sockets, which nobody
 * listens on, stay behind. So do owners that a user namespace does not map.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "plan.h"

#define DEPTH_MAX 32

#define XATTR_MAX 4096

static int copy_directory(int from, int to, int depth, struct error *e);

/* The image's to say; all others are the kernel's or the policy's. */
static bool
is_copied(const char *name)
{
	return strncmp(name, "user.", 5) == 0 ||
	       strcmp(name, "security.capability") == 0 ||
	       strncmp(name, "system.posix_acl_", 17) == 0;
}

/* A kernel, or a user namespace, may not have one of them. */
static bool
is_impossible(int reason)
{
	return reason == EOPNOTSUPP || reason == EPERM || reason == EINVAL;
}

static int
copy_attributes(int in, int out, struct error *e)
{
	char names[XATTR_MAX];
	char value[XATTR_MAX];
	ssize_t all = flistxattr(in, names, sizeof(names));

	if (all < 0)
		return errno == EOPNOTSUPP ? 0 : error_sys(e, "attributes");
	for (const char *name = names; name < names + all;
	     name += strlen(name) + 1) {
		if (!is_copied(name))
			continue;
		ssize_t got = fgetxattr(in, name, value, sizeof(value));
		if ((got < 0 ||
			fsetxattr(out, name, value, (size_t)got, 0) < 0) &&
		    !is_impossible(errno))
			return error_sys(e, "attribute %s", name);
	}
	return 0;
}

/* Its owner before its mode: a change of the owner takes set-id bits away. */
static int
copy_owner(int to, const char *name, const struct stat *st, struct error *e)
{
	if (fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) <
		0 &&
	    errno != EINVAL)
		return error_sys(e, "owner");
	return 0;
}

static int
copy_mode(int in, int out, const struct stat *st, struct error *e)
{
	if (fchown(out, st->st_uid, st->st_gid) < 0 && errno != EINVAL)
		return error_sys(e, "owner");
	if (fchmod(out, st->st_mode & 07777) < 0)
		return error_sys(e, "mode");
	return copy_attributes(in, out, e);
}

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
		return error_sys(e, "open");
	while ((got = sendfile(out, in, NULL, 1 << 20)) > 0)
		;
	if (got < 0)
		return error_sys(e, "contents");
	return copy_mode(in, out, st, e);
}

static int
copy_link(int from, int to, const char *name, const struct stat *st,
    struct error *e)
{
	char target[PATH_MAX];
	ssize_t length = readlinkat(from, name, target, sizeof(target) - 1);

	if (length < 0)
		return error_sys(e, "read the link");
	target[length] = '\0';
	if (symlinkat(target, to, name) < 0)
		return error_sys(e, "link");
	return copy_owner(to, name, st, e);
}

static int
copy_special(int to, const char *name, const struct stat *st, struct error *e)
{
	if (S_ISSOCK(st->st_mode))
		return 0;
	/* The umask is 0 while the tree is built. */
	if (mknodat(to, name, st->st_mode, st->st_rdev) < 0)
		return error_sys(e, "mknod");
	return copy_owner(to, name, st, e);
}

static int
copy_subtree(int from, int to, const char *name, int depth, struct error *e)
{
	struct stat st;
	AUTO_FD int in =
	    openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (in < 0 || fstat(in, &st) < 0 || mkdirat(to, name, 0700) < 0)
		return error_sys(e, "directory");
	AUTO_FD int out =
	    openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (out < 0)
		return error_sys(e, "directory");
	TRY(copy_directory(in, out, depth + 1, e));
	return copy_mode(in, out, &st, e);
}

static int
copy_entry(int from, int to, const char *name, int depth, struct error *e)
{
	struct stat st;
	int failed;

	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : error_sys(e, "copy %s", name);
	if (S_ISREG(st.st_mode))
		failed = copy_file(from, to, name, &st, e);
	else if (S_ISLNK(st.st_mode))
		failed = copy_link(from, to, name, &st, e);
	else if (S_ISDIR(st.st_mode))
		failed = copy_subtree(from, to, name, depth, e);
	else
		failed = copy_special(to, name, &st, e);
	return failed < 0 ? error_wrap(e, "copy %s", name) : 0;
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
	struct stat st;
	AUTO_FD int in = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (in < 0 || fstat(in, &st) < 0)
		return error_sys(e, "open the directory to copy");
	AUTO_FD int out = openat(to, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (out < 0)
		return error_sys(e, "open the new tmpfs");
	TRY(copy_directory(in, out, 0, e));
	return copy_owner(to, ".", &st, e);
}
