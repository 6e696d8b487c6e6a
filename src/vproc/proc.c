/* SPDX-License-Identifier: Apache-2.0 */
/*
 * proc - texts of procfs, byte for byte as the kernel formats them: proc(5).
 *
 * libc, procps, busybox, Java, Node.js and others read them with formats of
 * their own that follow the kernel's, blanks and tabs included.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "out.h"

#define UNUSED  ((void)file, (void)limits, (void)usage)
#define TICK_US 10000 /* USER_HZ is 100 everywhere */

VPROC_PUT(put_cpuinfo)
{
	UNUSED;
	for (unsigned cpu = 0; cpu < limits->cpus; cpu++) {
		out_format(out, "processor\t: %u\n", cpu);
		out_text(out, limits->processor);
#if defined(__x86_64__)
		out_format(out,
		    "physical id\t: 0\nsiblings\t: %u\ncore id\t\t: %u\n"
		    "cpu cores\t: %u\napicid\t\t: %u\ninitial apicid\t: %u\n",
		    limits->cpus, cpu, limits->cpus, cpu, cpu);
#endif
		out_text(out, "\n");
	}
}

/* ---- time ---------------------------------------------------------------- */

VPROC_PUT(put_uptime)
{
	UNUSED;
	uint64_t up = usage->uptime_ns / 10000000;
	uint64_t idle = usage->idle_us / TICK_US;

	out_format(out, "%" PRIu64 ".%02" PRIu64 " %" PRIu64 ".%02" PRIu64 "\n",
	    up / 100, up % 100, idle / 100, idle % 100);
}

/* Tasks that run are not counted anywhere: the one that reads does. */
VPROC_PUT(put_loadavg)
{
	UNUSED;
	for (size_t i = 0; i < ARRAY_SIZE(usage->loads); i++) {
		/* To the nearest hundredth: fs/proc/loadavg.c. */
		uint64_t load = usage->loads[i] + (1u << VPROC_LOAD) / 200;
		uint64_t rest = load % (1u << VPROC_LOAD);

		out_format(out, "%" PRIu64 ".%02" PRIu64 " ",
		    load >> VPROC_LOAD, rest * 100 >> VPROC_LOAD);
	}
	out_format(out, "1/%" PRIu64 " %" PRIu64 "\n", usage->tasks,
	    usage->tasks);
}

static void
put_times(struct vproc_out *out, const struct vproc_usage *usage, unsigned cpu,
    unsigned cpus)
{
	/* In ticks first, so that the processors' sum is that of the first. */
	out_format(out, " %" PRIu64 " 0 %" PRIu64 " %" PRIu64 " 0 0 0 0 0 0\n",
	    share_of(usage->user_us / TICK_US, cpu, cpus),
	    share_of(usage->system_us / TICK_US, cpu, cpus),
	    share_of(usage->idle_us / TICK_US, cpu, cpus));
}

VPROC_PUT(put_stat)
{
	UNUSED;
	out_text(out, "cpu ");
	put_times(out, usage, 0, 1);
	for (unsigned cpu = 0; cpu < limits->cpus; cpu++) {
		out_format(out, "cpu%u", cpu);
		put_times(out, usage, cpu, limits->cpus);
	}
	out_format(out,
	    "intr 0\nctxt 0\nbtime %" PRId64 "\nprocesses %" PRIu64
	    "\nprocs_running 1\nprocs_blocked 0\n"
	    "softirq 0 0 0 0 0 0 0 0 0 0 0\n",
	    limits->start_s, usage->tasks);
}

/* ---- what it is ---------------------------------------------------------- */

VPROC_PUT(put_version)
{
	UNUSED;
	out_format(out, "Linux version %s (root@localhost) ",
	    limits->names.release);
	out_format(out, "(gcc, GNU ld) %s\n", limits->names.version);
}

VPROC_PUT(put_osrelease)
{
	UNUSED;
	out_format(out, "%s\n", limits->names.release);
}

VPROC_PUT(put_version_line)
{
	UNUSED;
	out_format(out, "%s\n", limits->names.version);
}

/* As random(4) has it: version 4, RFC 9562. */
VPROC_PUT(put_boot_id)
{
	UNUSED;
	for (size_t i = 0; i < sizeof(limits->boot_id); i++) {
		unsigned byte = limits->boot_id[i];

		if (i == 6)
			byte = (byte & 0x0f) | 0x40;
		if (i == 8)
			byte = (byte & 0x3f) | 0x80;
		out_format(out, "%s%02x",
		    i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", byte);
	}
	out_text(out, "\n");
}

/* ---- bounds that follow from memory -------------------------------------- */

/* An eighth of memory for stacks of 16 KiB: kernel/fork.c. */
VPROC_PUT(put_threads_max)
{
	UNUSED;
	uint64_t threads = limits->memory_bytes / (8ull * 16384);

	out_format(out, "%" PRIu64 "\n", threads < 20 ? 20 : threads);
}

/* A tenth of memory, at 1 KiB a file: fs/file_table.c before 6.0. */
VPROC_PUT(put_file_max)
{
	UNUSED;
	uint64_t files = limits->memory_bytes / 1024 / 10;

	out_format(out, "%" PRIu64 "\n", files < 8192 ? 8192 : files);
}
