/* SPDX-License-Identifier: Apache-2.0 */
/*
 * change - make and remove names: mkdir(2), mknod(2), symlink(2), unlink(2),
 * rmdir(2).
 *
 * The directory is found once and stays a descriptor; what is decided on is the
 * name in it, and that is where it is done.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "handlers.h"
#include "pretend.h"
#include "subject.h"

/* ---- make ---------------------------------------------------------------- */

/* Calls have 12 bits of the one and 20 of the other in 32: mknod(2). */
static dev_t
kernel_device(unsigned device)
{
	return makedev((device >> 8) & 0xfff,
	    (device & 0xff) | ((device >> 12) & 0xfff00));
}

struct making {
	int dirfd;
	size_t path;
	mode_t mode;
	unsigned device;
	const char *text; /* of a link */
};

/* By that name in the directory. Returns 0 or -errno. */
typedef int maker(const struct worker *worker, int parent, const char *name,
    const struct making *making);

static int
make_directory(const struct worker *worker, int parent, const char *name,
    const struct making *making)
{
	(void)worker;
	return mkdirat(parent, name, making->mode) < 0 ? -errno : 0;
}

static int
make_node(const struct worker *worker, int parent, const char *name,
    const struct making *making)
{
	if (S_ISCHR(making->mode) || S_ISBLK(making->mode))
		return pretend_device(worker, parent, name, making->mode,
		    kernel_device(making->device));
	/* Of libc's the device would be another number. */
	return syscall(SYS_mknodat, parent, name, making->mode,
		   making->device) < 0
		   ? -errno
		   : 0;
}

static int
make_link(const struct worker *worker, int parent, const char *name,
    const struct making *making)
{
	(void)worker;
	return symlinkat(making->text, parent, name) < 0 ? -errno : 0;
}

static struct reply
create(struct worker *worker, struct call *call, maker *make,
    const struct making *making)
{
	AUTO(path_found_free) struct path_found place = PATH_FOUND_NONE;
	char name[SUBJECT_NAME_MAX];
	int failed = subject_path(worker, call, making->dirfd, making->path,
	    PATH_PARENT | PATH_ANY_NAME, &place);

	if (failed < 0)
		return reply_value(failed);
	/* Nothing is made then, whatever may be. */
	if (place.is_no_name || subject_is_there(&place))
		return reply_value(-EEXIST);
	failed = decide_file(worker, call, &place, GUARD_CREATE);
	if (failed < 0)
		return reply_value(failed);
	worker_take_umask(worker);
	subject_name(&place, name);
	return reply_value(make(worker, place.parent, name, making));
}

static struct reply
create_directory(struct worker *worker, struct call *call, int dirfd,
    size_t path)
{
	return create(worker, call, make_directory,
	    &(struct making){ .dirfd = dirfd,
		.path = path,
		.mode = (mode_t)call->data.args[path + 1] });
}

/* mkdir(path, mode) */
struct reply
change_mkdir(struct worker *worker, struct call *call)
{
	return create_directory(worker, call, AT_FDCWD, 0);
}

/* mkdirat(dirfd, path, mode) */
struct reply
change_mkdirat(struct worker *worker, struct call *call)
{
	return create_directory(worker, call, (int)call->data.args[0], 1);
}

static struct reply
create_node(struct worker *worker, struct call *call, int dirfd, size_t path)
{
	const struct making making = { .dirfd = dirfd,
		.path = path,
		.mode = (mode_t)(uint16_t)call->data.args[path + 1],
		.device = (unsigned)call->data.args[path + 2] };
	mode_t kind = making.mode & S_IFMT;
	bool is_device = S_ISCHR(making.mode) || S_ISBLK(making.mode);

	if (kind == S_IFDIR)
		return reply_value(-EPERM);
	if (kind != 0 && kind != S_IFREG && kind != S_IFIFO &&
	    kind != S_IFSOCK && !is_device)
		return reply_value(-EINVAL);
	/* Which ones a container may have says its control group, in which the
	 * sentry is not. */
	if (is_device && worker->monitor->pretend == NULL)
		return reply_value(-EPERM);
	return create(worker, call, make_node, &making);
}

/* mknod(path, mode, device) */
struct reply
change_mknod(struct worker *worker, struct call *call)
{
	return create_node(worker, call, AT_FDCWD, 0);
}

/* mknodat(dirfd, path, mode, device) */
struct reply
change_mknodat(struct worker *worker, struct call *call)
{
	return create_node(worker, call, (int)call->data.args[0], 1);
}

static struct reply
create_link(struct worker *worker, struct call *call, int dirfd, size_t path)
{
	int failed;
	const char *text = call_text(call, 0, &failed);

	if (text == NULL)
		return reply_value(failed);
	if (text[0] == '\0')
		return reply_value(-ENOENT);
	return create(worker, call, make_link,
	    &(struct making){ .dirfd = dirfd, .path = path, .text = text });
}

/* symlink(text, path) */
struct reply
change_symlink(struct worker *worker, struct call *call)
{
	return create_link(worker, call, AT_FDCWD, 1);
}

/* symlinkat(text, dirfd, path) */
struct reply
change_symlinkat(struct worker *worker, struct call *call)
{
	return create_link(worker, call, (int)call->data.args[1], 2);
}

/* ---- remove -------------------------------------------------------------- */

static struct reply
remove_name(struct worker *worker, struct call *call, int dirfd, size_t path,
    int flags)
{
	AUTO(path_found_free) struct path_found place = PATH_FOUND_NONE;
	char name[SUBJECT_NAME_MAX];
	int failed = subject_path(worker, call, dirfd, path,
	    PATH_PARENT | PATH_ANY_NAME, &place);

	if (failed < 0)
		return reply_value(failed);
	/* What has no name, the kernel does not remove, and says why. */
	if (!place.is_no_name)
		failed = decide_file(worker, call, &place, GUARD_WRITE);
	if (failed == 0 && !place.is_no_name && subject_is_mounted(&place))
		failed = -EBUSY;
	if (failed < 0)
		return reply_value(failed);
	subject_name(&place, name);
	int held =
	    pretend_hold(worker->monitor->pretend, place.parent, place.name);
	failed = unlinkat(place.parent, name, flags) < 0 ? -errno : 0;
	pretend_let_go(worker->monitor->pretend, &held);
	return reply_value(failed);
}

/* unlink(path) */
struct reply
change_unlink(struct worker *worker, struct call *call)
{
	return remove_name(worker, call, AT_FDCWD, 0, 0);
}

/* rmdir(path) */
struct reply
change_rmdir(struct worker *worker, struct call *call)
{
	return remove_name(worker, call, AT_FDCWD, 0, AT_REMOVEDIR);
}

/* unlinkat(dirfd, path, flags) */
struct reply
change_unlinkat(struct worker *worker, struct call *call)
{
	int flags = (int)call->data.args[2];

	if ((flags & ~AT_REMOVEDIR) != 0)
		return reply_value(-EINVAL);
	return remove_name(worker, call, (int)call->data.args[0], 1, flags);
}
