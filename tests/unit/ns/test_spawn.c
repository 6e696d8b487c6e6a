/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Without new namespaces, so that it works wherever a process can be made; the
 * rest is tests/integration/50-namespaces.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "ns/ns.h"
#include "os/os.h"

static const struct spec plain;

static struct ns_plan
plan_for(const struct spec *spec)
{
	return (struct ns_plan){
		.spec = spec,
		.proc = os_proc_root(),
		.cgroup = -1,
		.join = { -1, -1, -1, -1, -1, -1, -1, -1 },
	};
}

static int
status_of(const struct ns_child *child)
{
	siginfo_t info = { 0 };

	cr_assert(
	    zero(int, waitid(P_PIDFD, (id_t)child->pidfd, &info, WEXITED)));
	cr_expect(eq(int, info.si_pid, child->pid));
	return info.si_code == CLD_EXITED ? info.si_status : -1;
}

/* Exits with what is wrong. */
static void
look(void *context)
{
	const int *word = context;
	sigset_t mask;
	int death = -1;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	if (sigismember(&mask, SIGUSR1) != 0)
		_exit(1);
	if (prctl(PR_GET_DUMPABLE) != 0)
		_exit(2);
	if (prctl(PR_GET_PDEATHSIG, &death) < 0 || death != 0)
		_exit(3);
	_exit(*word);
}

Test(ns_spawn, the_child_runs_with_nothing_of_the_caller_s_in_its_way)
{
	struct ns_plan plan = plan_for(&plain);
	struct ns_child child;
	struct error e = { 0 };
	int word = 42;
	sigset_t mask;

	sigfillset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	cr_assert(zero(int, ns_spawn(&plan, look, &word, &child, &e)), "%s",
	    e.text);
	cr_expect(eq(int, status_of(&child), 42));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1), "nobody is left");
}

Test(ns_spawn, a_failure_of_the_stand_in_is_the_caller_s_error)
{
	struct ns_plan plan = plan_for(&plain);
	struct ns_child child;
	struct error e = { 0 };
	int word = 42;

	plan.join[SPEC_NS_UTS] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	cr_expect(eq(int, ns_spawn(&plan, look, &word, &child, &e), -EINVAL));
	cr_expect(eq(str, e.text, "join the uts namespace"));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1), "nobody is left");
	cr_expect(eq(int, errno, ECHILD));
}

/* To join one's own is allowed to whoever is root in it. */
Test(ns_spawn, by_a_stand_in_the_child_is_the_caller_s_too)
{
	struct ns_plan plan = plan_for(&plain);
	struct ns_child child;
	struct error e = { 0 };
	int word = 43;

	plan.join[SPEC_NS_UTS] = open("/proc/self/ns/uts", O_RDONLY);
	int done = ns_spawn(&plan, look, &word, &child, &e);
	if (!os_has_capability(CAP_SYS_ADMIN)) {
		cr_expect(eq(int, done, -EPERM));
		return;
	}
	cr_assert(zero(int, done), "%s", e.text);
	cr_expect(eq(int, status_of(&child), 43));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1), "nobody is left");
}

Test(ns_spawn, flags_that_the_kernel_refuses_are_an_error)
{
	struct ns_plan plan = plan_for(&plain);
	struct ns_child child;
	struct error e = { 0 };
	int word = 42;

	/* clone(2): the two exclude each other. */
	plan.create = CLONE_NEWNS | CLONE_FS;
	cr_expect(lt(int, ns_spawn(&plan, look, &word, &child, &e), 0));
	cr_expect(ne(int, e.code, 0));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1));
}
