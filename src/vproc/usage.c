/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage - what the container uses, as its control group accounts for it.
 *
 * Programs subtract one reading from the next, so nothing that adds up goes
 * back, whatever is read: a file may be gone, a limit may change, and the
 * accounts of processors run a little ahead of the clock.
 */
#include <string.h>

#include "base/auto.h"
#include "group.h"
#include "vproc/vproc.h"

#define STAT_MAX 8192

/* The kernel counts every five seconds: include/linux/sched/loadavg.h. */
#define LOAD_PERIOD_US 5000000ull
#define LOAD_ONE       (1ull << VPROC_LOAD)

static const struct {
	const char *name; /* in memory.stat */
	enum vproc_count count;
} counts[] = {
	{ "anon", VPROC_ANON },
	{ "file", VPROC_FILE },
	{ "shmem", VPROC_SHMEM },
	{ "file_mapped", VPROC_MAPPED },
	{ "file_dirty", VPROC_DIRTY },
	{ "file_writeback", VPROC_WRITEBACK },
	{ "active_anon", VPROC_ACTIVE_ANON },
	{ "inactive_anon", VPROC_INACTIVE_ANON },
	{ "active_file", VPROC_ACTIVE_FILE },
	{ "inactive_file", VPROC_INACTIVE_FILE },
	{ "unevictable", VPROC_UNEVICTABLE },
	{ "slab_reclaimable", VPROC_RECLAIMABLE },
	{ "slab_unreclaimable", VPROC_UNRECLAIMABLE },
	{ "kernel_stack", VPROC_STACKS },
	{ "pagetables", VPROC_PAGETABLES },
	{ "pgfault", VPROC_FAULTS },
	{ "pgmajfault", VPROC_MAJOR_FAULTS },
};

static void
raise_to(uint64_t *value, uint64_t number)
{
	if (number > *value)
		*value = number;
}

static void
read_memory(int cgroup, const struct vproc_limits *limits,
    struct vproc_usage *usage)
{
	uint64_t faults = usage->count[VPROC_FAULTS];
	uint64_t major = usage->count[VPROC_MAJOR_FAULTS];
	char text[STAT_MAX];

	usage->memory_bytes = 0;
	usage->swap_bytes = 0;
	memset(usage->count, 0, sizeof(usage->count));
	if (group_read(cgroup, "memory.stat", text, sizeof(text)) >= 0) {
		for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
			(void)group_value(text, counts[i].name,
			    &usage->count[counts[i].count]);
	}
	raise_to(&usage->count[VPROC_FAULTS], faults);
	raise_to(&usage->count[VPROC_MAJOR_FAULTS], major);
	(void)group_number(cgroup, "memory.current", &usage->memory_bytes);
	(void)group_number(cgroup, "memory.swap.current", &usage->swap_bytes);
	if (usage->memory_bytes > limits->memory_bytes)
		usage->memory_bytes = limits->memory_bytes;
	if (usage->swap_bytes > limits->swap_bytes)
		usage->swap_bytes = limits->swap_bytes;
}

/* factor^n of fixed-point numbers below 1, as the kernel's calc_load_n(). */
static uint64_t
power(uint64_t factor, uint64_t n)
{
	uint64_t result = LOAD_ONE;

	for (; n > 0; n /= 2) {
		if (n % 2 == 1)
			result = (result * factor + LOAD_ONE / 2) / LOAD_ONE;
		factor = (factor * factor + LOAD_ONE / 2) / LOAD_ONE;
	}
	return result;
}

/* What becomes of a load after periods in which so much was active. */
static uint64_t
decay(uint64_t load, uint64_t factor, uint64_t active)
{
	uint64_t sum = load * factor + active * (LOAD_ONE - factor);

	/* Up when it grows, so that it arrives where it goes. */
	if (active >= load)
		sum += LOAD_ONE - 1;
	return sum / LOAD_ONE;
}

/*
 * The load counts tasks that run. How many wait to run no file says, so it is
 * at most the number of processors.
 */
static void
count_load(const struct vproc_limits *limits, struct vproc_usage *usage)
{
	/* 1 / e^(5 s / 1 min), and 5, and 15 minutes: the kernel's. */
	static const uint64_t factors[] = { 1884, 2014, 2037 };
	uint64_t passed_us = (usage->uptime_ns - usage->load_ns) / 1000;
	uint64_t busy_us = usage->user_us + usage->system_us - usage->load_us;
	uint64_t periods = passed_us / LOAD_PERIOD_US;
	uint64_t most = limits->cpus * LOAD_ONE;
	uint64_t active;

	if (periods == 0)
		return;
	if (__builtin_mul_overflow(busy_us, LOAD_ONE, &active))
		active = UINT64_MAX;
	active /= passed_us;
	if (active > most)
		active = most;
	for (size_t i = 0; i < ARRAY_SIZE(factors); i++)
		usage->loads[i] =
		    decay(usage->loads[i], power(factors[i], periods), active);
	usage->load_ns = usage->uptime_ns;
	usage->load_us = usage->user_us + usage->system_us;
}

/* The greatest that leaves room for what is done with it. */
#define MOST_US (UINT64_MAX / 4)

static void
read_cpu(int cgroup, struct vproc_usage *usage)
{
	uint64_t user = 0;
	uint64_t kernel = 0;
	char text[2048];

	if (group_read(cgroup, "cpu.stat", text, sizeof(text)) < 0)
		return;
	(void)group_value(text, "user_usec", &user);
	(void)group_value(text, "system_usec", &kernel);
	raise_to(&usage->user_us, user < MOST_US ? user : MOST_US);
	raise_to(&usage->system_us, kernel < MOST_US ? kernel : MOST_US);
}

void
vproc_usage_read(int cgroup, const struct vproc_limits *limits, uint64_t now_ns,
    struct vproc_usage *usage)
{
	uint64_t before_ns = usage->uptime_ns;
	uint64_t tasks = 0;

	raise_to(&usage->uptime_ns,
	    now_ns > limits->start_ns ? now_ns - limits->start_ns : 0);
	read_cpu(cgroup, usage);
	read_memory(cgroup, limits, usage);
	(void)group_number(cgroup, "pids.current", &tasks);
	usage->tasks = tasks > 0 && tasks < 1u << 22 ? tasks : 1;
	/* By microseconds of the clock, or the rests would be lost. */
	usage->total_us +=
	    (usage->uptime_ns / 1000 - before_ns / 1000) * limits->cpus;
	uint64_t busy_us = usage->user_us + usage->system_us;
	if (usage->total_us > busy_us)
		raise_to(&usage->idle_us, usage->total_us - busy_us);
	count_load(limits, usage);
}
