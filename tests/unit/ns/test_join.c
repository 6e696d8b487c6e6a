/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Joining the namespaces of a child that has some of its own; as an ordinary
 * user in a user namespace of its own. All of it together is
 * tests/integration/65-exec.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "ns/ns.h"
#include "os/os.h"

struct target {
	pid_t pid;
	struct ns_join join;
};

/* A sleeping child in new namespaces of these kinds, beside a user one. */
static struct target
target_in(uint64_t flags)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = flags | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = os_clone3(&args);

	if (pid < 0)
		cr_skip("no namespaces can be made here");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	return (
	    struct target){ pid, { .pidfd = pidfd, .proc = os_proc_root() } };
}

static void
end(struct target *target)
{
	kill(target->pid, SIGKILL);
	waitpid(target->pid, NULL, 0);
	close(target->join.pidfd);
	close(target->join.proc);
}

static uint64_t
user_too(uint64_t flags)
{
	return geteuid() == 0 ? flags : flags | CLONE_NEWUSER;
}

Test(ns_join, only_what_is_not_the_caller_s_own_is_joined)
{
	static const uint64_t rows[] = { CLONE_NEWNS,
		CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS,
		CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWNET,
		CLONE_NEWNS | CLONE_NEWUSER };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct target target = target_in(user_too(rows[i]));
		struct error e = { 0 };

		cr_expect(zero(int,
			      ns_join_prepare(&target.join, target.pid, &e)),
		    "%s", e.text);
		cr_expect(eq(u64, target.join.flags, user_too(rows[i])));
		cr_expect(eq(int, ns_join_has_user(&target.join),
		    (user_too(rows[i]) & CLONE_NEWUSER) != 0));
		end(&target);
	}
}

Test(ns_join, the_runtime_s_own_mount_namespace_is_refused)
{
	struct target target = target_in(0);
	struct error e = { 0 };

	cr_expect(
	    eq(int, ns_join_prepare(&target.join, target.pid, &e), -EPERM));
	cr_expect(
	    eq(str, e.text, "init is in the runtime's own mount namespace"));
	end(&target);
}

Test(ns_join, a_process_that_has_ended_is_no_other)
{
	struct target target = target_in(user_too(CLONE_NEWNS));
	struct target other = target_in(user_too(CLONE_NEWNS));
	struct error e = { 0 };

	kill(target.pid, SIGKILL);
	waitpid(target.pid, NULL, 0);
	/* As if its number were another's by now. */
	cr_expect(
	    eq(int, ns_join_prepare(&target.join, other.pid, &e), -ESRCH));
	close(target.join.pidfd);
	close(target.join.proc);
	end(&other);
}

/* Is it a descriptor of that namespace of the process? */
static bool
is_of(int fd, pid_t pid, const char *kind)
{
	char path[48];
	struct stat its;
	struct stat theirs;

	(void)snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)pid, kind);
	return fstat(fd, &its) == 0 && stat(path, &theirs) == 0 &&
	       its.st_ino == theirs.st_ino && its.st_dev == theirs.st_dev;
}

Test(ns_join, those_that_are_others_are_opened_but_the_mounts)
{
	struct target target =
	    target_in(user_too(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS));
	int fds[SPEC_NS_KINDS];
	struct error e = { 0 };

	cr_assert(zero(int, ns_join_prepare(&target.join, target.pid, &e)));
	cr_assert(zero(int, ns_join_open(&target.join, target.pid, fds, &e)),
	    "%s", e.text);
	cr_expect(is_of(fds[SPEC_NS_UTS], target.pid, "uts"));
	/* That of the process itself, and not that of its children. */
	cr_expect(is_of(fds[SPEC_NS_PID], target.pid, "pid"));
	cr_expect(eq(int, fds[SPEC_NS_MOUNT], -1));
	cr_expect(eq(int, fds[SPEC_NS_NETWORK], -1));
	cr_expect(eq(int, fds[SPEC_NS_USER] >= 0, geteuid() != 0));
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		auto_close(&fds[i]);
	end(&target);
}

Test(ns_join, those_of_a_process_that_has_ended_are_nobody_s)
{
	struct target target = target_in(user_too(CLONE_NEWNS | CLONE_NEWUTS));
	struct target other = target_in(user_too(CLONE_NEWNS | CLONE_NEWUTS));
	int fds[SPEC_NS_KINDS] = { -7 };
	struct error e = { 0 };
	int next = dup(0);

	close(next);
	cr_assert(zero(int, ns_join_prepare(&target.join, target.pid, &e)));
	kill(target.pid, SIGKILL);
	waitpid(target.pid, NULL, 0);
	/* As if its number were another's by now. */
	cr_expect(
	    eq(int, ns_join_open(&target.join, other.pid, fds, &e), -ESRCH));
	cr_expect(eq(int, fds[0], -7));
	/* And none of them is left open. */
	cr_expect(eq(int, dup(0), next));
	close(target.join.pidfd);
	close(target.join.proc);
	end(&other);
}

/* ---- in the child ---------------------------------------------------------
 */

static bool
is_in(const struct ns_join *join, pid_t own, pid_t pid, const char *kind)
{
	char path[64];
	struct stat ours, theirs;

	(void)snprintf(path, sizeof(path), "%d/ns/%s", (int)own, kind);
	if (fstatat(join->proc, path, &ours, 0) < 0)
		return false;
	(void)snprintf(path, sizeof(path), "%d/ns/%s", (int)pid, kind);
	return fstatat(join->proc, path, &theirs, 0) == 0 &&
	       ours.st_ino == theirs.st_ino;
}

/* Exits with what is wrong; the one that goes on has the number 2. */
static void
enter(void *context)
{
	struct target *target = context;
	struct error e = { 0 };
	pid_t own = getpid();

	if (ns_join_enter(&target->join, &e) < 0)
		_exit(2);
	if (!is_in(&target->join, own, target->pid, "mnt") ||
	    !is_in(&target->join, own, target->pid, "uts"))
		_exit(3);
	int leaves = ns_join_appear(&target->join, &e);
	if (leaves < 0)
		_exit(4);
	if (leaves > 0)
		_exit(0);
	_exit(getpid() == 2 ? 42 : 5);
}

Test(ns_join, the_process_that_goes_on_is_the_caller_s_child_in_all_of_them)
{
	struct target target = target_in(
	    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWPID);
	struct ns_child child;
	struct error e = { 0 };
	int status = 0;
	int seen = 0;

	cr_assert(zero(int, ns_join_prepare(&target.join, target.pid, &e)),
	    "%s", e.text);
	/* Nobody has written its maps: there is no root to become. */
	target.join.flags &= ~(uint64_t)CLONE_NEWUSER;
	if (geteuid() != 0) {
		end(&target);
		cr_skip("an ordinary user has no power over the rest alone");
	}
	cr_assert(zero(int, ns_join_spawn(-1, enter, &target, &child, &e)));
	for (int i = 0; i < 2; i++) {
		pid_t pid;

		while ((pid = waitpid(-1, &status, 0)) == target.pid)
			;
		cr_assert(gt(int, pid, 0));
		cr_expect(ne(int, WIFEXITED(status), 0));
		if (pid == child.pid)
			cr_expect(eq(int, WEXITSTATUS(status), 0));
		else
			seen = WEXITSTATUS(status);
	}
	cr_expect(eq(int, seen, 42));
	close(child.pidfd);
	end(&target);
}

static void
stay(void *context)
{
	const struct ns_join *join = context;
	struct error e = { 0 };
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	if (sigismember(&mask, SIGUSR1) != 0)
		_exit(2);
	_exit(ns_join_appear(join, &e) == 0 ? 7 : 1);
}

Test(ns_join, without_a_pid_namespace_nobody_is_left_behind)
{
	struct ns_join join = { .pidfd = -1, .flags = CLONE_NEWNS };
	struct ns_child child;
	struct error e = { 0 };
	sigset_t mask;
	int status;

	sigemptyset(&mask);
	sigaddset(&mask, SIGUSR1);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	cr_assert(zero(int, ns_join_spawn(-1, stay, &join, &child, &e)));
	AUTO_FD int proc = os_proc_root();
	cr_expect(eq(int, ns_pid_of(proc, child.pidfd), child.pid));
	cr_assert(eq(int, waitpid(child.pid, &status, 0), child.pid));
	cr_expect(eq(int, WEXITSTATUS(status), 7));
	cr_expect(le(int, ns_pid_of(proc, child.pidfd), 0), "it is gone");
	close(child.pidfd);
}

Test(ns_join, a_directory_that_is_no_cgroup_is_to_blame)
{
	struct ns_join join = { .pidfd = -1 };
	struct ns_child child;
	struct error e = { 0 };
	AUTO_FD int dir = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	cr_expect(lt(int, ns_join_spawn(dir, stay, &join, &child, &e), 0));
	cr_expect(eq(str, e.text, "make a process in the cgroup"));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1), "none is left");
}
