/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xattr - extended attributes: xattr(7).
 *
 * By the sentry's own path to the file that was found, as these calls take no
 * descriptor that is O_PATH.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/auto.h"
#include "handlers.h"
#include "pretend.h"
#include "subject.h"

/* How the file is given. */
enum given { BY_PATH, BY_LINK, BY_FD };

static int
find(struct worker *worker, const struct call *call, enum given given,
    struct path_found *out)
{
	if (given == BY_FD)
		return subject_fd(worker, (int)call->data.args[0], out);
	return subject_path(worker, call, AT_FDCWD, 0,
	    given == BY_LINK ? PATH_NOFOLLOW : PATH_FOLLOW, out);
}

/* An attribute's name, of a length that it may have. */
static const char *
name_of(const struct call *call, int *failed)
{
	const char *name = call_text(call, 1, failed);
	size_t length = name != NULL ? strlen(name) : 0;

	if (name == NULL && *failed != -ENAMETOOLONG)
		return NULL;
	if (length > 0 && length <= XATTR_NAME_MAX)
		return name;
	*failed = -ERANGE;
	return NULL;
}

/* ---- change -------------------------------------------------------------- */

struct setting {
	const char *name;
	const void *value;
	size_t size;
	int flags;
};

/* By a path to the file that is that descriptor's. Returns 0 or -errno. */
typedef int applier(const struct worker *worker, int fd, const char *self,
    const struct setting *setting);

static int
set(const struct worker *worker, int fd, const char *self,
    const struct setting *setting)
{
	if (pretend_has_xattr(worker, setting->name))
		return pretend_set_capability(worker, fd, setting->value,
		    setting->size, setting->flags);
	return setxattr(self, setting->name, setting->value, setting->size,
		   setting->flags) < 0
		   ? -errno
		   : 0;
}

static int
unset(const struct worker *worker, int fd, const char *self,
    const struct setting *setting)
{
	if (pretend_has_xattr(worker, setting->name))
		return pretend_unset_capability(worker, fd);
	return removexattr(self, setting->name) < 0 ? -errno : 0;
}

static struct reply
change(struct worker *worker, struct call *call, enum given given,
    applier *apply, const struct setting *setting)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	char self[SUBJECT_SELF_MAX];
	int failed = find(worker, call, given, &found);

	if (failed == 0)
		failed = decide_file(worker, call, &found, GUARD_WRITE);
	if (failed < 0)
		return reply_value(failed);
	subject_self(found.fd, self);
	return reply_value(apply(worker, found.fd, self, setting));
}

static struct reply
change_value(struct worker *worker, struct call *call, enum given given)
{
	int failed;
	struct setting setting = { .size = call->data.args[3],
		.flags = (int)call->data.args[4] };

	if ((setting.flags & ~(XATTR_CREATE | XATTR_REPLACE)) != 0)
		return reply_value(-EINVAL);
	setting.name = name_of(call, &failed);
	if (setting.name == NULL)
		return reply_value(failed);
	if (setting.size > XATTR_SIZE_MAX)
		return reply_value(-E2BIG);
	setting.value = call->copies[2].bytes;
	if (setting.size > 0 && setting.value == NULL)
		return reply_value(-EFAULT);
	return change(worker, call, given, set, &setting);
}

static struct reply
change_none(struct worker *worker, struct call *call, enum given given)
{
	int failed;
	const struct setting setting = { .name = name_of(call, &failed) };

	return setting.name == NULL
		   ? reply_value(failed)
		   : change(worker, call, given, unset, &setting);
}

/* setxattr(path, name, value, size, flags) */
struct reply
xattr_set(struct worker *worker, struct call *call)
{
	return change_value(worker, call, BY_PATH);
}

struct reply
xattr_lset(struct worker *worker, struct call *call)
{
	return change_value(worker, call, BY_LINK);
}

struct reply
xattr_fset(struct worker *worker, struct call *call)
{
	return change_value(worker, call, BY_FD);
}

/* removexattr(path, name) */
struct reply
xattr_remove(struct worker *worker, struct call *call)
{
	return change_none(worker, call, BY_PATH);
}

struct reply
xattr_lremove(struct worker *worker, struct call *call)
{
	return change_none(worker, call, BY_LINK);
}

struct reply
xattr_fremove(struct worker *worker, struct call *call)
{
	return change_none(worker, call, BY_FD);
}

/* ---- look ---------------------------------------------------------------- */

static ssize_t
get(const struct worker *worker, int fd, const char *self, const char *name,
    char *to, size_t size)
{
	ssize_t length = pretend_has_xattr(worker, name)
			     ? pretend_get_capability(worker, fd, to, size)
			     : -ENODATA;

	if (length != -ENODATA)
		return length;
	length = getxattr(self, name, to, size);
	return length < 0 ? -errno : length;
}

static ssize_t
list(const struct worker *worker, int fd, const char *self, char *to,
    size_t size)
{
	static const char more[] = PRETEND_XATTR;
	ssize_t length = listxattr(self, to, size);

	if (length < 0)
		return -errno;
	if (!pretend_has_xattr(worker, more) ||
	    pretend_get_capability(worker, fd, NULL, 0) < 0)
		return length;
	if (size > 0 && size - (size_t)length < sizeof(more))
		return -ERANGE;
	if (size > 0)
		memcpy(to + length, more, sizeof(more));
	return length + (ssize_t)sizeof(more);
}

/* name: NULL for the list of them. */
static struct reply
look(struct worker *worker, struct call *call, enum given given,
    const char *name)
{
	AUTO(path_found_free) struct path_found found = PATH_FOUND_NONE;
	size_t address = name != NULL ? 2 : 1;
	size_t size = call->data.args[address + 1];
	char self[SUBJECT_SELF_MAX];
	int failed = find(worker, call, given, &found);

	if (failed < 0)
		return reply_value(failed);
	if (size > sizeof(call->large))
		size = sizeof(call->large);
	subject_self(found.fd, self);
	ssize_t length =
	    name != NULL ? get(worker, found.fd, self, name, call->large, size)
			 : list(worker, found.fd, self, call->large, size);
	if (length < 0)
		return reply_value(length);
	return reply_out(call->data.args[address], call->large,
	    size > 0 ? (size_t)length : 0, length);
}

static struct reply
look_at_value(struct worker *worker, struct call *call, enum given given)
{
	int failed;
	const char *name = name_of(call, &failed);

	return name == NULL ? reply_value(failed)
			    : look(worker, call, given, name);
}

/* getxattr(path, name, value, size) */
struct reply
xattr_get(struct worker *worker, struct call *call)
{
	return look_at_value(worker, call, BY_PATH);
}

struct reply
xattr_lget(struct worker *worker, struct call *call)
{
	return look_at_value(worker, call, BY_LINK);
}

struct reply
xattr_fget(struct worker *worker, struct call *call)
{
	return look_at_value(worker, call, BY_FD);
}

/* listxattr(path, list, size) */
struct reply
xattr_list(struct worker *worker, struct call *call)
{
	return look(worker, call, BY_PATH, NULL);
}

struct reply
xattr_llist(struct worker *worker, struct call *call)
{
	return look(worker, call, BY_LINK, NULL);
}

struct reply
xattr_flist(struct worker *worker, struct call *call)
{
	return look(worker, call, BY_FD, NULL);
}
