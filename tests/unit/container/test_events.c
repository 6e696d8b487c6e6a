/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Without a cgroup; with one it is tests/integration/80-cgroup.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static void
expect_refused(const char *line)
{
	const struct container_events rows[] = { { true, 0 }, { false, 100 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FREE char *text = NULL;
		size_t length;
		struct error e = { 0 };
		FILE *out = open_memstream(&text, &length);

		cr_assert(ne(ptr, out, NULL));
		cr_expect(lt(int,
		    container_events_print(test_root, "c1", &rows[i], out, &e),
		    0));
		fclose(out);
		cr_expect(eq(str, e.text, (char *)(uintptr_t)line));
		cr_expect(zero(sz, length), "nothing that looks like an event");
	}
}

Test(container_events, they_are_those_of_a_cgroup)
{
	pid_t pid = make_running();

	expect_refused("the container has no cgroup: it was created where none "
		       "could be made, or is gone");
	clean_up(pid);
}

Test(container_events, one_that_has_ended_has_none)
{
	AUTO_FD int root = make_root();

	expect_refused("container does not exist");
	pid_t pid = make_container(root, "c1", CONTAINER_RUNNING);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	expect_refused("container with id c1 is not running");
	clean_up(0);
}
