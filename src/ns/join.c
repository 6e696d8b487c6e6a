/* SPDX-License-Identifier: Apache-2.0 */
/*
 * join - a process in the namespaces of one that is there.
 *
 * A stand-in joins them all by one setns(2) on a pidfd, so that no path and no
 * number can be exchanged between the look and the call. What it makes from
 * there is in the pid namespace too; until then nobody in the container can
 * see that there is anybody.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "spawn.h"

/* The namespaces of a process; the links are the kernel's own. */
static int
open_namespaces(int proc, pid_t pid)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%d/ns", (int)pid);
	return os_proc_open(proc, path, O_PATH | O_DIRECTORY);
}

/* Returns 1 when both processes are in the same one. */
static int
is_shared(int own, int theirs, enum spec_namespace_kind kind, struct error *e)
{
	const char *name = ns_proc_names[kind];
	struct stat ours;
	struct stat other;

	if (fstatat(own, name, &ours, 0) < 0 ||
	    fstatat(theirs, name, &other, 0) < 0) {
		/* A kernel without time namespaces has one for all. */
		if (errno == ENOENT && kind == SPEC_NS_TIME)
			return 1;
		return error_sys(e, "look at the %s namespace",
		    spec_namespace_name(kind));
	}
	return ours.st_ino == other.st_ino && ours.st_dev == other.st_dev;
}

int
ns_join_prepare(struct ns_join *join, pid_t pid, struct error *e)
{
	struct pollfd ended = { .fd = join->pidfd, .events = POLLIN };
	AUTO_FD int own = open_namespaces(join->proc, getpid());
	AUTO_FD int theirs = open_namespaces(join->proc, pid);
	uint64_t flags = 0;

	if (own < 0 || theirs < 0)
		return error_sys(e, "look at the namespaces of init");
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		int shared =
		    is_shared(own, theirs, (enum spec_namespace_kind)kind, e);

		if (shared < 0)
			return shared;
		if (shared == 0)
			flags |= ns_kind_flags[kind];
	}
	/* Alive behind the look, so it was its own number that we looked at. */
	if (poll(&ended, 1, 0) != 0)
		return error_errno(e, ESRCH, "look at the namespaces of init");
	/* A container always has one; else "/" would be the host's. */
	if ((flags & CLONE_NEWNS) == 0)
		return error_set(e, EPERM,
		    "init is in the runtime's own mount namespace");
	join->flags = flags;
	return 0;
}

static int
open_all(const struct ns_join *join, pid_t pid, int fds[SPEC_NS_KINDS],
    struct error *e)
{
	struct pollfd ended = { .fd = join->pidfd, .events = POLLIN };
	AUTO_FD int theirs = open_namespaces(join->proc, pid);

	if (theirs < 0)
		return error_sys(e, "look at the namespaces of init");
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		if (kind == SPEC_NS_MOUNT ||
		    (join->flags & ns_kind_flags[kind]) == 0)
			continue;
		/* The kernel's own link, in a directory that is proven. */
		fds[kind] =
		    openat(theirs, ns_proc_names[kind], O_RDONLY | O_CLOEXEC);
		if (fds[kind] < 0)
			return error_sys(e, "open the %s namespace",
			    spec_namespace_name(
				(enum spec_namespace_kind)kind));
	}
	/* Alive behind it, so all of them are its own. */
	if (poll(&ended, 1, 0) != 0)
		return error_errno(e, ESRCH, "open the namespaces of init");
	return 0;
}

int
ns_join_open(const struct ns_join *join, pid_t pid, int out[SPEC_NS_KINDS],
    struct error *e)
{
	int fds[SPEC_NS_KINDS];

	for (int kind = 0; kind < SPEC_NS_KINDS; kind++)
		fds[kind] = -1;
	int failed = open_all(join, pid, fds, e);
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		if (failed < 0)
			auto_close(&fds[kind]);
		else
			out[kind] = fds[kind];
	}
	return failed;
}

bool
ns_join_has_user(const struct ns_join *join)
{
	return (join->flags & CLONE_NEWUSER) != 0;
}

bool
ns_join_has_pid(const struct ns_join *join)
{
	return (join->flags & CLONE_NEWPID) != 0;
}

static int
spawn_failed(int cgroup, struct error *e)
{
	if (cgroup >= 0 && errno == EACCES)
		return error_errno(e, errno,
		    "no process can be put into the container's cgroup: the "
		    "nearest cgroup that is above it and the runtime's own is "
		    "not the caller's");
	return error_sys(e,
	    cgroup >= 0 ? "make a process in the cgroup" : "make a process");
}

int
ns_join_spawn(int cgroup, void (*run)(void *context), void *context,
    struct ns_child *out, struct error *e)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};

	if (cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (unsigned)cgroup;
	}
	pid_t pid = os_clone3(&args);
	if (pid < 0)
		return spawn_failed(cgroup, e);
	if (pid == 0) {
		os_reset_signals();
		run(context);
		_exit(1);
	}
	*out = (struct ns_child){ pid, pidfd };
	return 0;
}

int
ns_join_enter(const struct ns_join *join, struct error *e)
{
	/* The user namespace comes first, with the powers over the rest. */
	if (setns(join->pidfd, (int)join->flags) < 0)
		return error_sys(e, "setns");
	if ((join->flags & CLONE_NEWUSER) == 0)
		return 0;
	return spawn_become_root(join->proc, join->keep_groups, e);
}

int
ns_join_appear(const struct ns_join *join, struct error *e)
{
	struct clone_args args = { .flags = CLONE_PARENT };

	if ((join->flags & CLONE_NEWPID) == 0)
		return 0;
	pid_t pid = os_clone3(&args);
	/* That of a dead pid namespace, whose init is gone. */
	if (pid < 0 && errno == ENOMEM)
		return error_set(e, ESRCH, "the container has ended");
	if (pid < 0)
		return error_sys(e, "make the process");
	return pid == 0 ? 0 : 1;
}
