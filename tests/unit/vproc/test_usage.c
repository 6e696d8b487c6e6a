/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "base/auto.h"
#include "support.h"

#define S 1000000000ull

Test(vproc_usage, files_are_read)
{
	static const char *const files[] = { "memory.current=419430400\n",
		"memory.swap.current=4096\n",
		"memory.stat=anon 11\nfile 22\nkernel 5\nkernel_stack 33\n"
		"pagetables 44\nshmem 55\nfile_mapped 66\nfile_dirty 77\n"
		"file_writeback 88\nanon_thp 1\ninactive_anon 99\n"
		"active_anon 111\ninactive_file 122\nactive_file 133\n"
		"unevictable 144\nslab_reclaimable 155\n"
		"slab_unreclaimable 166\nslab 321\npgfault 177\npgmajfault "
		"188\n",
		"cpu.stat=usage_usec 30\nuser_usec 10\nsystem_usec 20\n",
		"pids.current=9\n", NULL };
	AUTO_FD int dir = fake_group(files, NULL);
	struct vproc_usage usage = { 0 };

	vproc_usage_read(dir, &some_limits, some_limits.start_ns + S, &usage);
	static const uint64_t wanted[VPROC_COUNTS] = { [VPROC_ANON] = 11,
		[VPROC_FILE] = 22,
		[VPROC_STACKS] = 33,
		[VPROC_PAGETABLES] = 44,
		[VPROC_SHMEM] = 55,
		[VPROC_MAPPED] = 66,
		[VPROC_DIRTY] = 77,
		[VPROC_WRITEBACK] = 88,
		[VPROC_INACTIVE_ANON] = 99,
		[VPROC_ACTIVE_ANON] = 111,
		[VPROC_INACTIVE_FILE] = 122,
		[VPROC_ACTIVE_FILE] = 133,
		[VPROC_UNEVICTABLE] = 144,
		[VPROC_RECLAIMABLE] = 155,
		[VPROC_UNRECLAIMABLE] = 166,
		[VPROC_FAULTS] = 177,
		[VPROC_MAJOR_FAULTS] = 188 };
	for (size_t i = 0; i < VPROC_COUNTS; i++)
		cr_expect(eq(u64, usage.count[i], wanted[i]), "count %zu", i);
	cr_expect(eq(u64, usage.memory_bytes, 419430400));
	cr_expect(eq(u64, usage.swap_bytes, 4096));
	cr_expect(eq(u64, usage.user_us, 10));
	cr_expect(eq(u64, usage.system_us, 20));
	cr_expect(eq(u64, usage.tasks, 9));
	cr_expect(eq(u64, usage.uptime_ns, S));
	cr_expect(eq(u64, usage.total_us, 2000000));
	cr_expect(eq(u64, usage.idle_us, 2000000 - 30));
}

Test(vproc_usage, without_files_only_time_is_known)
{
	AUTO_FD int empty = fake_group(NULL, NULL);
	const int dirs[] = { -1, empty };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		struct vproc_usage usage = { 0 };

		vproc_usage_read(dirs[i], &some_limits,
		    some_limits.start_ns + 3 * S, &usage);
		cr_expect(eq(u64, usage.memory_bytes, 0));
		cr_expect(eq(u64, usage.tasks, 1));
		cr_expect(eq(u64, usage.uptime_ns, 3 * S));
		cr_expect(eq(u64, usage.idle_us, 6000000));
	}
}

Test(vproc_usage, more_than_the_limit_is_the_limit)
{
	static const char *const files[] = { "memory.current=99999999999999\n",
		"memory.swap.current=99999999999999\n",
		"pids.current=18446744073709551615\n", NULL };
	AUTO_FD int dir = fake_group(files, NULL);
	struct vproc_usage usage = { 0 };

	vproc_usage_read(dir, &some_limits, 0, &usage);
	cr_expect(eq(u64, usage.memory_bytes, some_limits.memory_bytes));
	cr_expect(eq(u64, usage.swap_bytes, some_limits.swap_bytes));
	cr_expect(eq(u64, usage.tasks, 1));
	/* Before its start. */
	cr_expect(eq(u64, usage.uptime_ns, 0));
}

static void
read_with(const char *cpu, uint64_t now_ns, unsigned cpus,
    struct vproc_usage *usage)
{
	char text[128];
	const char *files[] = { text, "memory.stat=pgfault 5\n", NULL };
	struct vproc_limits limits = some_limits;

	limits.cpus = cpus;
	(void)snprintf(text, sizeof(text), "cpu.stat=%s", cpu);
	if (cpu[0] == '\0')
		files[0] = NULL;
	AUTO_FD int dir = fake_group(files, NULL);
	vproc_usage_read(dir, &limits, limits.start_ns + now_ns, usage);
}

Test(vproc_usage, nothing_that_adds_up_goes_back)
{
	static const struct {
		const char *cpu;
		uint64_t now_ns;
		unsigned cpus;
		uint64_t uptime_ns, user_us, system_us, idle_us;
	} rows[] = {
		{ "user_usec 10\nsystem_usec 5\n", S, 2, S, 10, 5, 1999985 },
		/* The clock. */
		{ "user_usec 10\nsystem_usec 5\n", S / 2, 2, S, 10, 5,
		    1999985 },
		/* The accounts. */
		{ "user_usec 1\nsystem_usec 1\n", 2 * S, 2, 2 * S, 10, 5,
		    3999985 },
		{ "", 3 * S, 2, 3 * S, 10, 5, 5999985 },
		{ "user_usec x\n", 3 * S, 2, 3 * S, 10, 5, 5999985 },
		/* More was used than there was: nobody idled. */
		{ "user_usec 9000000\nsystem_usec 5\n", 4 * S, 2, 4 * S,
		    9000000, 5, 5999985 },
		{ "user_usec 9000000\nsystem_usec 5\n", 8 * S, 2, 8 * S,
		    9000000, 5, 6999995 },
		/* Another limit counts from then on. */
		{ "user_usec 9000000\nsystem_usec 5\n", 9 * S, 1, 9 * S,
		    9000000, 5, 7999995 },
	};
	struct vproc_usage usage = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		read_with(rows[i].cpu, rows[i].now_ns, rows[i].cpus, &usage);
		cr_expect(eq(u64, usage.uptime_ns, rows[i].uptime_ns),
		    "row %zu", i);
		cr_expect(eq(u64, usage.user_us, rows[i].user_us), "row %zu",
		    i);
		cr_expect(eq(u64, usage.system_us, rows[i].system_us),
		    "row %zu", i);
		cr_expect(eq(u64, usage.idle_us, rows[i].idle_us), "row %zu",
		    i);
		cr_expect(eq(u64, usage.count[VPROC_FAULTS], 5));
	}
}

Test(vproc_usage, times_add_up_to_uptime_on_each_processor)
{
	struct vproc_usage usage = { 0 };
	uint64_t busy = 0;

	for (uint64_t i = 1; i < 200; i++) {
		char cpu[64];

		busy += i * 7919 % 100000;
		(void)snprintf(cpu, sizeof(cpu),
		    "user_usec %llu\nsystem_usec 0\n",
		    (unsigned long long)busy);
		read_with(cpu, i * 123456789, 2, &usage);
		cr_assert(eq(u64, usage.user_us + usage.idle_us,
		    usage.uptime_ns / 1000 * 2));
	}
}

/* After a long time of one thing the loads are that. */
Test(vproc_usage, loads_arrive_where_they_go)
{
	static const struct {
		uint64_t busy_us; /* in each five seconds */
		uint64_t load;
	} rows[] = {
		{ 5000000, 2048 },
		{ 10000000, 4096 },
		{ 2500000, 1024 },
		{ 0, 0 },
		/* No more than there are processors. */
		{ 50000000, 4096 },
	};
	struct vproc_usage usage = { 0 };
	uint64_t busy = 0;
	uint64_t now = 0;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		for (int period = 0; period < 1500; period++) {
			char cpu[64];

			busy += rows[i].busy_us;
			now += 5 * S;
			(void)snprintf(cpu, sizeof(cpu),
			    "user_usec %llu\nsystem_usec 0\n",
			    (unsigned long long)busy);
			read_with(cpu, now, 2, &usage);
		}
		for (int j = 0; j < 3; j++)
			cr_expect(eq(u64, usage.loads[j], rows[i].load),
			    "row %zu, load %d", i, j);
	}
}

/* 1 - 1/e of the way in the time that each has its name from. */
Test(vproc_usage, loads_are_averages_of_one_five_fifteen_minutes)
{
	static const uint64_t seconds[] = { 60, 300, 900 };

	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		struct vproc_usage usage = { 0 };

		for (uint64_t now = 5; now <= seconds[i]; now += 5) {
			char cpu[64];

			(void)snprintf(cpu, sizeof(cpu),
			    "user_usec %llu\nsystem_usec 0\n",
			    (unsigned long long)now * 1000000);
			read_with(cpu, now * S, 2, &usage);
		}
		cr_expect(ge(u64, usage.loads[i], 1280));
		cr_expect(le(u64, usage.loads[i], 1345));
	}
}

/* As many small steps as one large one; less than a period is none. */
Test(vproc_usage, loads_do_not_depend_on_who_looks)
{
	struct vproc_usage once = { 0 };

	read_with("user_usec 60000000\nsystem_usec 0\n", 60 * S, 2, &once);
	cr_expect(ge(u64, once.loads[0], 1280));
	cr_expect(le(u64, once.loads[0], 1345));
	struct vproc_usage before = once;
	read_with("user_usec 69000000\nsystem_usec 0\n", 64 * S, 2, &once);
	cr_expect(eq(u64, once.loads[0], before.loads[0]));
	cr_expect(eq(u64, once.load_ns, before.load_ns));
	/* A year later nothing is left. */
	read_with("user_usec 69000000\nsystem_usec 0\n", 31536000 * S, 2,
	    &once);
	cr_expect(le(u64, once.loads[2], 1));
}
