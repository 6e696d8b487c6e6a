/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits - how many processors and how much memory a container has.
 *
 * A limit counts wherever it stands above the container: that of a pod is on
 * the group around it. What the container may not see it cannot read, but it
 * would find out by running into it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "group.h"
#include "vproc/vproc.h"

/*
 * Shown where there is no limit: the same on every host that has twice as
 * much, so that its size is not told. A smaller host's has to be smaller, or
 * programs would size themselves to be killed.
 */
#define MEMORY_DEFAULT (8ull << 30)
#define MEMORY_LEAST   (4096ull << 10)

static uint64_t
least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t
default_memory(uint64_t host_bytes)
{
	uint64_t bytes = MEMORY_DEFAULT;

	while (bytes > MEMORY_LEAST && bytes > host_bytes / 2)
		bytes /= 2;
	return bytes;
}

/* What has been found, and whether there is more that could not be read. */
struct found {
	uint64_t cpus;
	uint64_t memory;
	uint64_t swap;
	bool is_unsure;
	bool has_set;
	unsigned long set[VPROC_CPUS_MAX / (8 * sizeof(unsigned long))];
};

/* A file that is not there has no limit in it; another may have. */
static void
note_failure(struct found *found)
{
	if (errno != ENOENT)
		found->is_unsure = true;
}

static bool
read_file(int dir, const char *name, char *buf, size_t size,
    struct found *found)
{
	if (group_read(dir, name, buf, size) >= 0)
		return true;
	note_failure(found);
	return false;
}

/* "max 100000" or "150000 100000": the processors' time, rounded up. */
static uint64_t
quota(int dir, struct found *found)
{
	char buf[64];
	const char *text = buf;
	uint64_t time;
	uint64_t period;

	if (!read_file(dir, "cpu.max", buf, sizeof(buf), found) ||
	    !group_digits(&text, &time) || *text++ != ' ' ||
	    !group_digits(&text, &period) || period == 0)
		return VPROC_UNLIMITED;
	return time / period + (time % period != 0);
}

/* How many numbers a list "0-3,7" has, which are put into the set. What cannot
 * be read counts nothing. */
static uint64_t
read_list(const char *list, cpu_set_t *set, size_t size)
{
	uint64_t count = 0;

	while (*list != '\0' && *list != '\n') {
		size_t length = strcspn(list, ",\n");
		uint64_t first;
		uint64_t last;

		if (text_parse_range(list, length, VPROC_CPUS_MAX - 1, &first,
			&last)) {
			count += last - first + 1;
			for (uint64_t cpu = first; cpu <= last; cpu++)
				CPU_SET_S(cpu, size, set);
		}
		list += length + (list[length] == ',');
	}
	return count;
}

static uint64_t
set_of_cpus(int dir, struct found *found)
{
	char list[8192];
	unsigned long set[ARRAY_SIZE(found->set)] = { 0 };
	uint64_t count = 0;

	if (read_file(dir, "cpuset.cpus.effective", list, sizeof(list), found))
		count = read_list(list, (cpu_set_t *)set, sizeof(set));
	if (count == 0)
		return VPROC_UNLIMITED;
	/* The innermost is a part of those around it. */
	if (!found->has_set)
		memcpy(found->set, set, sizeof(set));
	found->has_set = true;
	return count;
}

static void
lower(int dir, const char *name, uint64_t *limit, struct found *found)
{
	uint64_t number;

	if (group_number(dir, name, &number))
		*limit = least(*limit, number);
	else
		note_failure(found);
}

static void
look_at(int dir, struct found *found)
{
	found->cpus = least(found->cpus, quota(dir, found));
	found->cpus = least(found->cpus, set_of_cpus(dir, found));
	lower(dir, "memory.max", &found->memory, found);
	lower(dir, "memory.swap.max", &found->swap, found);
}

/* Each control group has that file; what the hierarchy is mounted in has not.
 */
static bool
is_group(int dir)
{
	return faccessat(dir, "cgroup.controllers", F_OK,
		   AT_SYMLINK_NOFOLLOW) == 0;
}

static void
look_upward(int cgroup, struct found *found)
{
	AUTO_FD int dir = -1;

	if (cgroup < 0)
		return;
	look_at(cgroup, found);
	for (int depth = 0; depth < LIMIT_CGROUP_DEPTH; depth++) {
		int above = openat(dir < 0 ? cgroup : dir, "..",
		    O_PATH | O_DIRECTORY | O_CLOEXEC);

		auto_close(&dir);
		dir = above;
		if (dir < 0 || !is_group(dir)) {
			note_failure(found);
			return;
		}
		look_at(dir, found);
	}
}

static void
set_names(const struct vproc_host *host, struct utsname *names)
{
	(void)snprintf(names->sysname, sizeof(names->sysname), "Linux");
	(void)snprintf(names->release, sizeof(names->release), "%s",
	    vproc_release(host->names.release));
	/* An old day: that of a build says which patches are in it. */
	(void)snprintf(names->version, sizeof(names->version),
	    "#1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 1970");
	memcpy(names->machine, host->names.machine, sizeof(names->machine));
}

bool
vproc_limits_read(int cgroup, const struct vproc_host *host,
    struct vproc_limits *out)
{
	struct found found = { .cpus = VPROC_UNLIMITED,
		.memory = VPROC_UNLIMITED,
		.swap = VPROC_UNLIMITED };

	look_upward(cgroup, &found);
	found.cpus = least(found.cpus, host->cpus);
	found.cpus = least(found.cpus, VPROC_CPUS_MAX);
	out->cpus = found.cpus > 0 ? (unsigned)found.cpus : 1;
	out->last_cpu =
	    host->last_cpu >= out->cpus ? host->last_cpu : out->cpus - 1;
	memcpy(out->set, found.set, sizeof(out->set));
	/* A limit of more than there is limits nothing. */
	out->memory_is_limited = found.memory <= host->memory_bytes;
	out->memory_bytes = out->memory_is_limited
				? found.memory
				: default_memory(host->memory_bytes);
	if (out->memory_bytes < MEMORY_LEAST)
		out->memory_bytes = MEMORY_LEAST;
	/* As much as there is would be the host's size: none. */
	out->swap_bytes = found.swap == VPROC_UNLIMITED ? 0 : found.swap;
	set_names(host, &out->names);
	memcpy(out->processor, host->processor, sizeof(out->processor));
	return !found.is_unsure;
}
