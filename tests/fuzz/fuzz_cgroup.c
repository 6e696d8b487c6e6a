/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_cgroup - the files of a cgroup, all with the same bytes.
 *
 * Whatever they hold, what is printed is JSON, and a process is one that a
 * signal can be sent to.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "cgroup/cgroup.h"
#include "cgroup/file.h"
#include "check.h"
#include "files.h"
#include "fuzz.h"

static int
check_process(void *context, pid_t pid, struct error *e)
{
	(void)context;
	(void)e;
	/* 0 and less are groups of processes: kill(2). */
	assert(pid > 0);
	return 0;
}

static void
check_stat(int dir)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *text = NULL;
	const struct json *root;
	struct error e = { 0 };
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert(arena != NULL && out != NULL);
	int failed = cgroup_stat_print(dir, out, &e);
	assert(failed == 0);
	fclose(out);
	failed = json_parse(arena, text, length, &root, &e);
	/* The kernel says nothing twice. */
	assert(failed == 0 || strstr(e.text, "repeated member") != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "cgroup.controllers",
		"cgroup.events", "cgroup.freeze", "cgroup.procs",
		"cpu.pressure", "cpu.stat", "hugetlb.2MB.current",
		"hugetlb.2MB.events", "io.pressure", "io.stat",
		"memory.current", "memory.events", "memory.max", "memory.peak",
		"memory.pressure", "memory.stat", "memory.swap.current",
		"memory.swap.max", "pids.current", "pids.max", NULL };
	int dir = files_hold(names, data, size);
	struct error e = { 0 };
	unsigned mask;

	check_stat(dir);
	(void)cgroup_oom_kills(dir);
	(void)cgroup_is_frozen(dir);
	if (controllers_read(dir, names[0], &mask) == 0)
		assert(mask < 1u << CONTROLLERS);
	if (cgroup_processes(dir, check_process, NULL, &e) < 0)
		check_line(&e);
	return 0;
}
