/* SPDX-License-Identifier: Apache-2.0 */
/*
 * limits - how many processors and how much memory a container has.
 *
 * A limit counts wherever it stands above the container: that of a pod is on
 * the group around it. What the container may not see it cannot read, but it
 * would find out by running into it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
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

/* "max 100000" or "150000 100000": the processors' time, rounded up. */
static uint64_t
quota(int dir)
{
	char buf[64];
	const char *text = buf;
	uint64_t time;
	uint64_t period;

	if (group_read(dir, "cpu.max", buf, sizeof(buf)) < 0 ||
	    !group_digits(&text, &time) || *text++ != ' ' ||
	    !group_digits(&text, &period) || period == 0)
		return VPROC_UNLIMITED;
	return time / period + (time % period != 0);
}

/* How many numbers a list "0-3,7" has. What cannot be read counts nothing. */
static uint64_t
count_list(const char *list)
{
	uint64_t count = 0;

	while (*list != '\0' && *list != '\n') {
		size_t length = strcspn(list, ",\n");
		uint64_t first;
		uint64_t last;

		if (text_parse_range(list, length, VPROC_CPUS_MAX - 1, &first,
			&last))
			count += last - first + 1;
		list += length + (list[length] == ',');
	}
	return count;
}

static uint64_t
set_of_cpus(int dir)
{
	char list[8192];
	uint64_t count = 0;

	if (group_read(dir, "cpuset.cpus.effective", list, sizeof(list)) >= 0)
		count = count_list(list);
	return count > 0 ? count : VPROC_UNLIMITED;
}

struct found {
	uint64_t cpus;
	uint64_t memory;
	uint64_t swap;
};

static void
look_at(int dir, struct found *found)
{
	uint64_t number;

	found->cpus = least(found->cpus, least(quota(dir), set_of_cpus(dir)));
	if (group_number(dir, "memory.max", &number))
		found->memory = least(found->memory, number);
	if (group_number(dir, "memory.swap.max", &number))
		found->swap = least(found->swap, number);
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
		if (dir < 0 || !is_group(dir))
			return;
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

void
vproc_limits_read(int cgroup, const struct vproc_host *host,
    struct vproc_limits *out)
{
	struct found found = { VPROC_UNLIMITED, VPROC_UNLIMITED,
		VPROC_UNLIMITED };

	look_upward(cgroup, &found);
	found.cpus = least(found.cpus, host->cpus);
	found.cpus = least(found.cpus, VPROC_CPUS_MAX);
	out->cpus = found.cpus > 0 ? (unsigned)found.cpus : 1;
	out->last_cpu =
	    host->last_cpu >= out->cpus ? host->last_cpu : out->cpus - 1;
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
}
