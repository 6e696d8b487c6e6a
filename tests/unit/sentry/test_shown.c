/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a container sees of the machine, by calls.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

Test(sentry_shown, the_names_of_the_machine)
{
	struct utsname got, host;
	struct support support;

	support_make(&support);
	cr_assert(zero(int, uname(&host)));
	cr_expect(zero(i64,
	    support_call(&support, "uname", (uint64_t[6]){ ADDRESS(&got) })
		.value));
	cr_expect(eq(str, got.nodename, host.nodename));
	cr_expect(eq(str, got.machine, host.machine));
	cr_expect(eq(str, got.release, (char *)vproc_release(host.release)));
	cr_expect(ne(str, got.version, host.version));
	support_free(&support);
}

/* Of no control group: the default, and no load. */
Test(sentry_shown, not_the_hosts_memory_and_uptime)
{
	struct sysinfo got, host;
	struct support support;

	support_make(&support);
	cr_assert(zero(int, sysinfo(&host)));
	cr_expect(zero(i64,
	    support_call(&support, "sysinfo", (uint64_t[6]){ ADDRESS(&got) })
		.value));
	cr_expect(lt(ulong, got.totalram, host.totalram * host.mem_unit));
	cr_expect(lt(long, got.uptime, 60));
	cr_expect(eq(int, got.procs, 1));
	support_free(&support);
}

Test(sentry_shown, clocks)
{
	struct timespec resolution = { 7, 7 }, native;
	struct timeval now = { 0 };
	struct tms own;
	long seconds = 0;
	struct support support;

	support_make(&support);
	struct reply reply =
	    support_call(&support, "time", (uint64_t[6]){ ADDRESS(&seconds) });
	cr_expect(eq(i64, reply.value, seconds));
	cr_expect(ge(long, time(NULL) - seconds, 0));
	cr_expect(lt(long, time(NULL) - seconds, 60));
	cr_expect(zero(i64, support_call(&support, "gettimeofday",
				(uint64_t[6]){ ADDRESS(&now) })
				.value));
	cr_expect(lt(long, time(NULL) - now.tv_sec, 60));
	for (int clock = 0; clock < 8; clock++) {
		cr_expect(zero(i64,
		    support_call(&support, "clock_getres",
			(uint64_t[6]){ (uint64_t)clock, ADDRESS(&resolution) })
			.value));
		cr_assert(zero(int, clock_getres(clock, &native)));
		cr_expect(eq(long, resolution.tv_nsec, native.tv_nsec), "%d",
		    clock);
	}
	cr_expect(eq(i64,
	    support_call(&support, "clock_getres", (uint64_t[6]){ 99 }).value,
	    -EINVAL));
	cr_expect(gt(i64,
	    support_call(&support, "times", (uint64_t[6]){ ADDRESS(&own) })
		.value,
	    0));
	cr_expect(ge(long, own.tms_utime, 0));
	cr_expect(lt(long, own.tms_utime, 6000));
	support_free(&support);
}

/* ---- scheduling ---------------------------------------------------------- */

Test(sentry_sched, affinity_is_the_kernels_own_where_all_is_the_containers)
{
	unsigned long got[1024 / 8], native[1024 / 8];
	struct support support;

	memset(got, 0, sizeof(got));
	memset(native, 0, sizeof(native));
	support_make(&support);
	int64_t length = support_call(&support, "sched_getaffinity",
	    (uint64_t[6]){ 0, sizeof(got), ADDRESS(got) })
			     .value;
	cr_expect(gt(i64, length, 0));
	cr_assert(gt(long,
	    syscall(SYS_sched_getaffinity, 0, sizeof(native), native), 0));
	cr_expect(eq(int, CPU_COUNT_S(sizeof(got), (cpu_set_t *)got),
	    CPU_COUNT_S(sizeof(native), (cpu_set_t *)native)));
	cr_expect(eq(i64,
	    support_call(&support, "sched_getaffinity",
		(uint64_t[6]){ 0, 3, ADDRESS(got) })
		.value,
	    -EINVAL));
	/* Kept on the first, and let go again. */
	unsigned long first = 1;
	cr_expect(
	    zero(i64, support_call(&support, "sched_setaffinity",
			  (uint64_t[6]){ 0, sizeof(first), ADDRESS(&first) })
			  .value));
	(void)support_call(&support, "sched_getaffinity",
	    (uint64_t[6]){ (uint64_t)gettid(), sizeof(got), ADDRESS(got) });
	cr_expect(eq(ulong, got[0], 1));
	first = ~0ul;
	cr_expect(
	    zero(i64, support_call(&support, "sched_setaffinity",
			  (uint64_t[6]){ 0, sizeof(first), ADDRESS(&first) })
			  .value));
	first = 0;
	cr_expect(eq(i64,
	    support_call(&support, "sched_setaffinity",
		(uint64_t[6]){ 0, sizeof(first), ADDRESS(&first) })
		.value,
	    -EINVAL));
	support_free(&support);
}

/* A number may be anybody's by the time it is used. */
Test(sentry_sched, another_process_is_not_placed)
{
	unsigned long first = 1;
	struct support support;

	support_make(&support);
	tasks_add(support.monitor.tasks, getppid());
	cr_expect(eq(i64,
	    support_call(&support, "sched_setaffinity",
		(uint64_t[6]){ (uint64_t)getppid(), sizeof(first),
		    ADDRESS(&first) })
		.value,
	    -EPERM));
	support_free(&support);
}

Test(sentry_sched, policies_are_the_usual_one)
{
	const int zero_priority = 0, high = 50;
	struct timespec slice = { 0 };
	const struct {
		const char *name;
		uint64_t args[6];
		int64_t answer;
	} rows[] = {
		{ "sched_getscheduler", { 0 }, SCHED_OTHER },
		{ "sched_getscheduler", { 0x7ffffff0 }, -ESRCH },
		{ "sched_rr_get_interval", { 0, ADDRESS(&slice) }, 0 },
		{ "sched_rr_get_interval", { -1ul }, -EINVAL },
		{ "sched_rr_get_interval", { 0x7ffffff0 }, -ESRCH },
		{ "sched_get_priority_max", { SCHED_FIFO }, 99 },
		{ "sched_get_priority_min", { SCHED_RR }, 1 },
		{ "sched_get_priority_min", { SCHED_BATCH }, 0 },
		{ "sched_get_priority_max", { 44 }, -EINVAL },
		{ "sched_setparam", { 0, ADDRESS(&zero_priority) }, 0 },
		{ "sched_setparam", { 0, ADDRESS(&high) }, -EINVAL },
		{ "sched_setparam", { 0, 0 }, -EINVAL },
		{ "sched_setscheduler",
		    { 0, SCHED_BATCH, ADDRESS(&zero_priority) }, 0 },
		{ "sched_setscheduler",
		    { 0, SCHED_FIFO | SCHED_RESET_ON_FORK, ADDRESS(&high) },
		    -EPERM },
		{ "sched_setscheduler",
		    { 0, SCHED_FIFO, ADDRESS(&zero_priority) }, -EINVAL },
		{ "sched_setscheduler",
		    { 0, SCHED_DEADLINE, ADDRESS(&zero_priority) }, -EINVAL },
	};
	struct support support;

	support_make(&support);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(i64,
			      support_call(&support, rows[i].name, rows[i].args)
				  .value,
			      rows[i].answer),
		    "row %zu", i);
	cr_expect(eq(i64, slice.tv_nsec, 4000000));
	unsigned cpu = 9, node = 9;
	cr_expect(zero(i64, support_call(&support, "getcpu",
				(uint64_t[6]){ ADDRESS(&cpu), ADDRESS(&node) })
				.value));
	cr_expect(zero(u32, cpu + node));
	support_free(&support);
}
