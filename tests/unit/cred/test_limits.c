/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "os/os.h"

Test(cred_limits, limits_are_set_and_a_refused_one_is_named)
{
	struct spec_rlimit lower[] = { { RLIMIT_CORE, 0, 0 },
		{ RLIMIT_NOFILE, 100, 200 } };
	struct spec_rlimit bad[] = { { RLIMIT_CORE, 0, 0 }, { 999, 1, 1 } };
	struct spec_process process = { .rlimits = lower, .rlimits_count = 2 };
	struct rlimit got;
	struct error e = { 0 };

	cr_assert(zero(int, cred_rlimits_apply(&process, &e)), "%s", e.text);
	getrlimit(RLIMIT_NOFILE, &got);
	cr_expect(eq(u64, got.rlim_cur, 100));
	cr_expect(eq(u64, got.rlim_max, 200));
	getrlimit(RLIMIT_CORE, &got);
	cr_expect(zero(u64, got.rlim_max));
	process.rlimits = bad;
	cr_expect(eq(int, cred_rlimits_apply(&process, &e), -EINVAL));
	cr_expect(eq(str, e.text, "process.rlimits[1]"));
}

Test(cred_limits, one_is_lowered_and_never_raised)
{
	struct error e = { 0 };
	struct rlimit got = { 100, 200 };

	cr_assert(zero(int, setrlimit(RLIMIT_NOFILE, &got)));
	cr_expect(zero(int, cred_rlimit_lower(RLIMIT_NOFILE, 300, &e)));
	getrlimit(RLIMIT_NOFILE, &got);
	cr_expect(eq(u64, got.rlim_cur, 100));
	cr_expect(eq(u64, got.rlim_max, 200));
	cr_expect(zero(int, cred_rlimit_lower(RLIMIT_NOFILE, 150, &e)));
	getrlimit(RLIMIT_NOFILE, &got);
	cr_expect(eq(u64, got.rlim_cur, 100));
	cr_expect(eq(u64, got.rlim_max, 150));
	cr_expect(zero(int, cred_rlimit_lower(RLIMIT_NOFILE, 50, &e)));
	getrlimit(RLIMIT_NOFILE, &got);
	cr_expect(eq(u64, got.rlim_cur, 50));
	cr_expect(eq(u64, got.rlim_max, 50));
	cr_expect(eq(int, cred_rlimit_lower(999, 1, &e), -EINVAL));
	cr_expect(eq(str, e.text, "getrlimit"));
}

static int
read_oom_score(int proc)
{
	char text[16] = "";
	AUTO_FD int fd = os_proc_self_open(proc, "oom_score_adj", O_RDONLY);

	cr_assert(gt(long, read(fd, text, sizeof(text) - 1), 0L));
	return atoi(text);
}

Test(cred_limits, a_score_is_written_when_there_is_one)
{
	AUTO_FD int proc = os_proc_root();
	struct spec_process process = { 0 };
	struct error e = { 0 };
	int before = read_oom_score(proc);

	cr_expect(zero(int, cred_oom_apply(&process, proc, &e)));
	cr_expect(eq(int, read_oom_score(proc), before));
	/* Anybody may raise it. */
	process.oom_score_adj = (struct spec_i64){ true, 987 };
	cr_expect(zero(int, cred_oom_apply(&process, proc, &e)), "%s", e.text);
	cr_expect(eq(int, read_oom_score(proc), 987));
	process.oom_score_adj.value = 1001;
	cr_expect(eq(int, cred_oom_apply(&process, proc, &e), -EINVAL));
	cr_expect(eq(str, e.text, "process.oomScoreAdj: 1001"));
}

Test(cred_limits, scheduling_is_what_was_asked_for)
{
	/* Anybody may be nicer than he is. */
	int nicer = getpriority(PRIO_PROCESS, 0) + 4;
	struct spec_scheduler scheduler = { .policy = SCHED_BATCH,
		.nice = nicer };
	struct spec_io_priority io = { IOPRIO_CLASS_BE, 6 };
	struct spec_process process = { .scheduler = &scheduler,
		.io_priority = &io };
	struct spec spec = { .process = &process,
		.lnx = { .has_personality = true,
		    .personality = PER_LINUX32 } };
	struct error e = { 0 };

	cr_assert(zero(int, cred_scheduling_apply(&spec, &e)), "%s", e.text);
	cr_expect(eq(int, sched_getscheduler(0), SCHED_BATCH));
	cr_expect(eq(int, getpriority(PRIO_PROCESS, 0), nicer));
	cr_expect(eq(long, syscall(SYS_ioprio_get, 1, 0),
	    (long)IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 6)));
	cr_expect(eq(int, personality(0xffffffff), PER_LINUX32));
}

Test(cred_limits, what_the_kernel_refuses_is_named)
{
	struct spec_scheduler scheduler = { .policy = 99 };
	struct spec_io_priority io = { 5, 0 }; /* no such class */
	struct spec_process one = { .scheduler = &scheduler };
	struct spec_process two = { .io_priority = &io };
	struct spec spec = { .process = &one };
	struct error e = { 0 };
	struct error other = { 0 };

	cr_expect(lt(int, cred_scheduling_apply(&spec, &e), 0));
	cr_expect(eq(str, e.text, "process.scheduler"));
	spec.process = &two;
	cr_expect(lt(int, cred_scheduling_apply(&spec, &other), 0));
	cr_expect(eq(str, other.text, "process.ioPriority"));
}

Test(cred_limits, a_memory_policy_takes_a_list_of_nodes)
{
	static const struct {
		char *nodes;
		bool is_list;
	} rows[] = {
		{ "0", true },
		{ "0-0", true },
		{ "1023", true },
		{ "1024", false },
		{ "0-1024", false },
		{ "1-0", false },
		{ "0,,1", false },
		{ "x", false },
		{ "0-18446744073709551616", false },
		{ "1111111111111111111111111111111111111111111111", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec_memory_policy policy = { .mode = MPOL_BIND,
			.nodes = rows[i].nodes };
		struct spec_process process = { 0 };
		struct spec spec = { .process = &process,
			.lnx = { .memory_policy = &policy } };
		struct error e = { 0 };
		int done = cred_scheduling_apply(&spec, &e);
		bool is_list = strstr(e.text, "no list of nodes") == NULL;

		/* The kernel may have no such node, or no policies at all. */
		cr_expect(eq(int, is_list, rows[i].is_list), "row %zu: %s", i,
		    e.text);
		if (!rows[i].is_list)
			cr_expect(eq(int, done, -EINVAL));
	}
}

Test(cred_limits, a_hard_limit_is_raised_and_nothing_else)
{
	struct rlimit before, got;
	struct error e = { 0 };

	getrlimit(RLIMIT_NOFILE, &before);
	struct spec_rlimit limits[] = { { RLIMIT_NOFILE, 10, 20 },
		{ RLIMIT_CORE, 0, 0 } };
	struct spec_process process = { .rlimits = limits, .rlimits_count = 2 };
	cr_assert(zero(int, cred_rlimits_raise(&process, &e)), "%s", e.text);
	getrlimit(RLIMIT_NOFILE, &got);
	cr_expect(eq(u64, got.rlim_cur, before.rlim_cur), "lower is left");
	cr_expect(eq(u64, got.rlim_max, before.rlim_max));

	struct rlimit low = { 5, 5 };
	cr_assert(zero(int, setrlimit(RLIMIT_NOFILE, &low)));
	int failed = cred_rlimits_raise(&process, &e);
	getrlimit(RLIMIT_NOFILE, &got);
	cr_expect(eq(u64, got.rlim_cur, 5), "the soft one stays");
	/* Who may not is told so. */
	cr_expect(eq(u64, got.rlim_max, failed == 0 ? 20 : 5));
	if (failed < 0)
		cr_expect(eq(str, e.text, "process.rlimits[0]"));
}

Test(cred_limits, a_process_runs_where_it_is_told_to)
{
	struct error e = { 0 };
	cpu_set_t set;
	char list[16];
	int cpu = sched_getcpu();

	cr_assert(ge(int, cpu, 0));
	(void)snprintf(list, sizeof(list), "%d", cpu);
	cr_expect(zero(int, cred_affinity_apply(NULL, &e)));
	cr_expect(zero(int, cred_affinity_apply("", &e)));
	cr_assert(zero(int, cred_affinity_apply(list, &e)), "%s", e.text);
	cr_assert(zero(int, sched_getaffinity(0, sizeof(set), &set)));
	cr_expect(eq(int, CPU_COUNT(&set), 1));
	cr_expect(ne(int, CPU_ISSET((size_t)cpu, &set), 0));
	cr_expect(eq(int, cred_affinity_apply("8191", &e), -EINVAL));
	cr_expect(eq(str, e.text, "8191"));
	e = (struct error){ 0 };
	cr_expect(eq(int, cred_affinity_apply("8192", &e), -EINVAL));
	cr_expect(eq(str, e.text, "\"8192\" is no list of processors"));
	e = (struct error){ 0 };
	cr_expect(eq(int, cred_affinity_apply("1-0", &e), -EINVAL));
}
