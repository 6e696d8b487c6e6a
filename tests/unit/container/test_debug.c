/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the cgroup of a debugging container is, and beside whom there is none.
 * All of it together is tests/integration/66-debug.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "container/debug.h"
#include "support.h"

Test(container_debug, its_cgroup_is_beside_the_target_s)
{
	static char plain[] = "/pod/target";
	static char top[] = "/target";
	static char unit[] = "a.slice:prefix:target";
	static char none[] = "";
	static const struct {
		enum container_cgroups by;
		char *path;   /* as recorded */
		char *wished; /* linux.cgroupsPath of the target */
		const char *wanted;
	} rows[] = {
		{ CONTAINER_CGROUPS_FS, plain, NULL, "/pod/d" },
		{ CONTAINER_CGROUPS_FS, plain, top, "/pod/d" },
		{ CONTAINER_CGROUPS_FS, top, NULL, "/d" },
		{ CONTAINER_CGROUPS_FS, none, NULL, NULL },
		{ CONTAINER_CGROUPS_FS, NULL, NULL, NULL },
		{ CONTAINER_CGROUPS_DISABLED, NULL, plain, NULL },
		{ CONTAINER_CGROUPS_SYSTEMD, plain, unit, "a.slice:prefix:d" },
		{ CONTAINER_CGROUPS_SYSTEMD, plain, NULL, NULL },
		{ CONTAINER_CGROUPS_SYSTEMD, plain, none, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct container_record record = {
			.cgroups = rows[i].by,
			.cgroup_path = rows[i].path,
		};
		const struct spec target = {
			.lnx.cgroups_path = rows[i].wished,
		};
		struct error e = { 0 };
		AUTO_FREE char *got = debug_cgroup(&record, &target, "d", &e);

		cr_expect(zero(int, e.code));
		if (rows[i].wanted == NULL)
			cr_expect(zero(ptr, got), "row %zu", i);
		else
			cr_expect(eq(str, got, (char *)rows[i].wanted),
			    "row %zu", i);
	}
}

Test(container_debug, who_could_trace_the_runtime_is_no_target)
{
	const uint64_t ptrace = UINT64_C(1) << CAP_SYS_PTRACE;
	struct spec_capabilities sets[] = {
		{ .bounding = ptrace },
		{ .permitted = ptrace },
		{ .effective = ptrace },
		{ .inheritable = ptrace },
	};
	struct spec_capabilities others = {
		.bounding = ~ptrace,
		.permitted = ~ptrace,
		.effective = ~ptrace,
		.inheritable = ~ptrace,
	};
	struct spec_process process = { .capabilities = NULL };
	const struct spec target = { .process = &process };

	cr_expect(debug_is_traced(&target, false));
	cr_expect(not(debug_is_traced(&target, true)));
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		process.capabilities = &sets[i];
		cr_expect(debug_is_traced(&target, false), "row %zu", i);
		cr_expect(not(debug_is_traced(&target, true)), "row %zu", i);
	}
	process.capabilities = &others;
	cr_expect(not(debug_is_traced(&target, false)));
}

/* The line that it is refused with. */
static char *
refusal(const struct container_debug *request)
{
	static char line[512];
	struct error e = { 0 };
	int status = 42;

	cr_expect(lt(int, container_debug(test_root, request, &status, &e), 0));
	cr_expect(eq(int, status, 42));
	error_format(&e, line, sizeof(line));
	return line;
}

Test(container_debug, only_one_that_runs_is_a_target)
{
	static const struct {
		enum container_status status;
		bool has_ended;
		const char *line;
	} rows[] = {
		{ CONTAINER_CREATING, false,
		    "container not running: it is being created" },
		{ CONTAINER_CREATED, false,
		    "cannot debug a container that was not started" },
		{ CONTAINER_CREATED, true, "cannot debug a stopped container" },
		{ CONTAINER_RUNNING, true, "cannot debug a stopped container" },
	};
	const struct container_debug request = { .id = "c1", .held = -1 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int root = make_root();
		pid_t pid = make_container(root, "c1", rows[i].status);

		close(root);
		if (rows[i].has_ended) {
			kill(pid, SIGKILL);
			cr_assert(eq(int, waitpid(pid, NULL, 0), pid));
		}
		cr_expect(eq(str, refusal(&request), (char *)rows[i].line));
		clean_up(rows[i].has_ended ? 0 : pid);
	}
}
