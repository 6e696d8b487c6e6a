/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec - the last steps: find the program, close, check, run it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "cred/cred.h"
#include "lsm/lsm.h"
#include "os/os.h"
#include "steps.h"

#define DEFAULT_PATH                                                           \
	"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static const char *
search_path(const struct spec_strings *env)
{
	for (size_t i = 0; i < env->count; i++) {
		if (strncmp(env->items[i], "PATH=", 5) == 0)
			return env->items[i] + 5;
	}
	return DEFAULT_PATH;
}

static int
check_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
		return -errno;
	return 0;
}

/*
 * The next candidate of a PATH, empty when it is too long; false when there is
 * none.
 */
static bool
next_candidate(const char **list, const char *name, char *path, size_t size)
{
	size_t length = strcspn(*list, ":");
	char directory[PATH_MAX] = ".";

	if (**list == '\0')
		return false;
	struct text_out out = text_out(path, size);
	if (length > 0 && length < sizeof(directory)) {
		memcpy(directory, *list, length);
		directory[length] = '\0';
	}
	text_put(&out, directory);
	text_put(&out, "/");
	text_put(&out, name);
	/* Cut, it would be the name of something else. */
	if (out.truncated || length >= sizeof(directory))
		path[0] = '\0';
	*list += length + ((*list)[length] == ':');
	return true;
}

int
init_find_program(struct init *init, struct error *e)
{
	const char *name = init->spec->process->args.items[0];
	const char *list = search_path(&init->env);
	int worst = -ENOENT;
	struct text_out out = text_out(init->program, sizeof(init->program));

	if (strchr(name, '/') != NULL) {
		text_put(&out, name);
		int failed =
		    out.truncated ? -ENAMETOOLONG : check_program(name);
		if (failed == -ENOENT || failed == -ENOTDIR)
			return error_errno(e, -failed, "exec: \"%s\": stat %s",
			    name, name);
		return failed == 0
			   ? 0
			   : error_errno(e, -failed, "exec: \"%s\"", name);
	}
	while (
	    next_candidate(&list, name, init->program, sizeof(init->program))) {
		int failed = check_program(init->program);
		if (failed == 0)
			return 0;
		if (failed == -EACCES)
			worst = failed;
	}
	if (worst == -EACCES)
		return error_errno(e, EACCES, "exec: \"%s\"", name);
	return error_set(e, ENOENT,
	    "exec: \"%s\": executable file not found in $PATH", name);
}

static bool
is_null(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3);
}

/*
 * The null device of the host, by which its mode and owner could be changed, is
 * the container's from here on, where that has one of its own.
 */
static void
take_own_null(int fd, const struct stat *hosts)
{
	struct stat st;
	int flags = fcntl(fd, F_GETFL);
	AUTO_FD int own = os_openat2(AT_FDCWD, "/dev/null",
	    (flags & O_ACCMODE) | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0,
	    RESOLVE_NO_SYMLINKS);

	if (own < 0 || fstat(own, &st) < 0 || !is_null(&st) ||
	    (st.st_dev == hosts->st_dev && st.st_ino == hosts->st_ino) ||
	    fcntl(own, F_SETFL, flags) < 0)
		return;
	(void)dup2(own, fd);
}

/* Whatever the caller had there, nothing of it leads out of the root. */
static int
check_stdio(struct error *e)
{
	struct stat st;

	for (int fd = 0; fd <= 2; fd++) {
		if (fstat(fd, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			return error_set(e, EISDIR,
			    "descriptor %d is a directory", fd);
		if (is_null(&st))
			take_own_null(fd, &st);
	}
	return 0;
}

int
init_close(struct init *init, struct error *e)
{
	unsigned first = 3 + init->preserve_fds;

	TRY(check_stdio(e));
	if (close_range(first, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		return error_sys(e, "close_range");
	for (unsigned fd = 3; fd < first; fd++) {
		int flags = fcntl((int)fd, F_GETFD);

		/* With that flag it is none of the caller's: one of ours. */
		if (flags < 0 || (flags & FD_CLOEXEC) != 0)
			return error_errno(e, EBADF,
			    "descriptor %u is to be preserved", fd);
	}
	return 0;
}

/* Every descriptor but those asked for closes at the exec. */
static int
closes_at_exec(const void *context, int fd, struct error *e)
{
	const struct init *init = context;

	if (fd < 3 + (int)init->preserve_fds)
		return 0;
	int flags = fcntl(fd, F_GETFD);
	if (flags < 0)
		return 0; /* it was the listing's own */
	if ((flags & FD_CLOEXEC) == 0)
		return error_set(e, EPERM,
		    "descriptor %d would stay open in the program", fd);
	return 0;
}

int
init_each_descriptor(int list,
    int (*look)(const void *context, int fd, struct error *e),
    const void *context, struct error *e)
{
	char buf[2048] __attribute__((aligned(__alignof__(struct dirent64))));
	ssize_t got;

	while ((got = getdents64(list, buf, sizeof(buf))) > 0) {
		for (ssize_t at = 0; at < got;) {
			const struct dirent64 *entry = (const void *)(buf + at);
			uint64_t fd;

			if (text_parse_u64(entry->d_name, INT_MAX, &fd))
				TRY(look(context, (int)fd, e));
			at += entry->d_reclen;
		}
	}
	return got < 0 ? error_sys(e, "list the descriptors") : 0;
}

int
init_check(struct init *init, struct error *e)
{
	TRY(cred_verify(init->spec->process, e));
	TRY(filter_verify(init->filter, e));
	return 0;
}

/*
 * The part of the check that opens files, before a filter can refuse that.
 */
int
init_check_files(struct init *init, struct error *e)
{
	char path[64];
	struct text_out out = text_out(path, sizeof(path));

	text_put_u64(&out, (uint64_t)getpid());
	text_put(&out, "/fd");
	AUTO_FD int list =
	    os_proc_open(init->proc, path, O_RDONLY | O_DIRECTORY);
	if (list < 0)
		return error_sys(e, "list the descriptors");
	TRY(init_each_descriptor(list, closes_at_exec, init, e));
	TRY(lsm_label_verify(init->spec->process, init_label_when(init),
	    init->proc, e));
	return rootfs_verify(init->rootfs, e);
}

int
init_exec(struct init *init, struct error *e)
{
	const struct spec_process *process = init->spec->process;

	execve(init->program, process->args.items, init->env.items);
	return error_sys(e, "exec: \"%s\"", process->args.items[0]);
}
