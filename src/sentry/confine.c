/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "shelf.h"

/* Above what a caller has open, as a rule; any other is closed too. */
#define KEPT_FROM 200

static int
compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return x < y ? -1 : x > y;
}

/* All but these, which are sorted, and the standard ones. */
static int
close_others(const int *kept, size_t count, struct error *e)
{
	unsigned from = 3;

	for (size_t i = 0; i < count; i++) {
		unsigned fd = (unsigned)kept[i];

		if (fd > from && close_range(from, fd - 1, 0) < 0)
			return error_sys(e, "close_range");
		from = fd + 1;
	}
	if (close_range(from, ~0u, 0) < 0)
		return error_sys(e, "close_range");
	return 0;
}

#define KEEP_MAX 16

static int
keep_only(int *const keep[], size_t count, struct error *e)
{
	int kept[KEEP_MAX];
	size_t used = 0;

	for (size_t i = 0; i < count && used < KEEP_MAX; i++) {
		if (*keep[i] < 0)
			continue;
		int fd = fcntl(*keep[i], F_DUPFD_CLOEXEC, KEPT_FROM);
		if (fd < 0)
			return error_sys(e, "dup");
		*keep[i] = fd;
		kept[used++] = fd;
	}
	qsort(kept, used, sizeof(kept[0]), compare);
	return close_others(kept, used, e);
}

int
confine_alone(int *const keep[], size_t count, struct error *e)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (setsid() < 0)
		return error_sys(e, "setsid");
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(null, 2) < 0)
		return error_sys(e, "/dev/null");
	TRY(keep_only(keep, count, e));
	null = -1;
	return 0;
}

/* ---- namespaces ---------------------------------------------------------- */

/* Those that differ; to join one's own user namespace is an error. */
static bool
is_other(const struct monitor *monitor, const char *kind)
{
	char own[64], its[64], path[64];

	(void)snprintf(path, sizeof(path), "self/ns/%s", kind);
	ssize_t a = readlinkat(monitor->proc, path, own, sizeof(own));
	(void)snprintf(path, sizeof(path), "%d/ns/%s", (int)monitor->init,
	    kind);
	ssize_t b = readlinkat(monitor->proc, path, its, sizeof(its));
	/* A kernel without that kind. */
	if (a < 0 && b < 0)
		return false;
	return a < 0 || a != b || memcmp(own, its, (size_t)a) != 0;
}

static int
join(struct monitor *monitor, struct error *e)
{
	static const struct {
		const char *kind;
		int flag;
	} kinds[] = {
		{ "user", CLONE_NEWUSER },
		/* What /proc/sys shows of these is the opener's. */
		{ "net", CLONE_NEWNET },
		{ "ipc", CLONE_NEWIPC },
		{ "uts", CLONE_NEWUTS },
		/* Clocks that it is asked for. */
		{ "time", CLONE_NEWTIME },
	};
	int flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (is_other(monitor, kinds[i].kind))
			flags |= kinds[i].flag;
	}
	monitor->has_own_ipc = (flags & CLONE_NEWIPC) != 0;
	monitor->has_own_net = (flags & CLONE_NEWNET) != 0;
	if (flags != 0 && setns(monitor->init_pidfd, flags) < 0)
		return error_sys(e, "join the container's namespaces");
	return 0;
}

/* Before it has a label, by which it may not mount, nor change its root. */
static int
own_mounts(struct monitor *monitor, const char *label, struct error *e)
{
	if (unshare(CLONE_NEWNS) < 0)
		return error_sys(e, "unshare the mount namespace");
	if (monitor->mode != SYSCALL_MODE_SEALED)
		return 0;
	monitor->shelf = shelf_new(label, e);
	return monitor->shelf == NULL ? -e->code : 0;
}

/* A file system with nothing in it, which nobody can write to. */
static int
leave_files(struct error *e)
{
	AUTO_FD int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	if (fs < 0 ||
	    syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return error_sys(e, "make an empty root");
	/* Never closed: that waits for RCU. It is the root that it has. */
	int root = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC,
	    MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
		MOUNT_ATTR_NOEXEC);
	if (root < 0)
		return error_sys(e, "make an empty root");
	if (fchdir(root) < 0 || chroot(".") < 0)
		return error_sys(e, "enter an empty root");
	return 0;
}

/* ---- powers -------------------------------------------------------------- */

#define CAPABILITY(name) (1ull << (name))

/* To look at tasks and to be them; and what they decide about files by. */
#define WANTED                                                                 \
	(CAPABILITY(CAP_SYS_PTRACE) | CAPABILITY(CAP_SETUID) |                 \
	    CAPABILITY(CAP_SETGID) | CAPABILITY(CAP_SETPCAP) |                 \
	    CAPABILITY(CAP_KILL) | CAPABILITY(CAP_CHOWN) |                     \
	    CAPABILITY(CAP_DAC_OVERRIDE) | CAPABILITY(CAP_DAC_READ_SEARCH) |   \
	    CAPABILITY(CAP_FOWNER) | CAPABILITY(CAP_FSETID) |                  \
	    CAPABILITY(CAP_MKNOD) | CAPABILITY(CAP_LINUX_IMMUTABLE) |          \
	    CAPABILITY(CAP_SETFCAP) | CAPABILITY(CAP_LEASE) |                  \
	    CAPABILITY(CAP_MAC_ADMIN) | CAPABILITY(CAP_SYS_ADMIN) |            \
	    CAPABILITY(CAP_NET_BIND_SERVICE) | CAPABILITY(CAP_NET_RAW) |       \
	    CAPABILITY(CAP_NET_ADMIN) | CAPABILITY(CAP_SYS_RESOURCE))

static int
limit_capabilities(struct monitor *monitor, uint64_t bounding, struct error *e)
{
	struct __user_cap_data_struct data[2];

	if (os_capget(data) < 0)
		return error_sys(e, "capget");
	uint64_t has = data[0].permitted | ((uint64_t)data[1].permitted << 32);
	uint64_t kept = has & (WANTED | bounding);
	data[0] = (struct __user_cap_data_struct){ (uint32_t)kept,
		(uint32_t)kept, 0 };
	data[1] = (struct __user_cap_data_struct){ (uint32_t)(kept >> 32),
		(uint32_t)(kept >> 32), 0 };
	if (prctl(PR_SET_SECUREBITS,
		SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED) < 0)
		return error_sys(e, "PR_SET_SECUREBITS");
	if (os_capset(data) < 0)
		return error_sys(e, "capset");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_sys(e, "PR_SET_NO_NEW_PRIVS");
	monitor->capabilities = kept;
	return 0;
}

int
confine_self(struct monitor *monitor, const struct sentry_want *want,
    struct error *e)
{
	TRY(join(monitor, e));
	TRY(own_mounts(monitor, want->mount_label, e));
	TRY(leave_files(e));
	TRY(want->label(want->context, monitor->proc, e));
	if (fchdir(monitor->proc) < 0)
		return error_sys(e, "enter procfs");
	return limit_capabilities(monitor, want->bounding, e);
}

int
confine_calls(const struct sock_fprog *own, struct error *e)
{
	/* Its runtime makes calls of its own; what is built so is for tests. */
#ifdef __SANITIZE_ADDRESS__
	if (own->len > 0)
		return 0;
#endif
	if (os_seccomp_load(SECCOMP_FILTER_FLAG_SPEC_ALLOW, own) < 0)
		return error_sys(e, "load the sentry's own filter");
	return 0;
}
