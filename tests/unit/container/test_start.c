/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static const char config[] = "{\"ociVersion\":\"1.0.0\"}";

static char *
start(void)
{
	static char line[256];
	struct error e = { 0 };

	if (container_start(test_root, "c1", NULL, NULL, NULL, &e) == 0)
		return strcpy(line, "");
	error_format(&e, line, sizeof(line));
	return line;
}

static void
put_config(int root)
{
	struct error e = { 0 };
	AUTO_FD int dir = store_open(root, "c1", &e);

	cr_assert(zero(int, store_file_write(dir, "config.json", config,
				sizeof(config) - 1, &e)));
}

Test(container_start, only_what_waits_for_it_starts)
{
	static const struct {
		enum container_status status;
		const char *line;
	} rows[] = {
		{ CONTAINER_CREATING,
		    "cannot start a container that was not created wholly" },
		{ CONTAINER_RUNNING,
		    "cannot start an already running container" },
		{ CONTAINER_STOPPED,
		    "cannot start a container that has stopped" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO_FD int root = make_root();
		bool ends = rows[i].status == CONTAINER_STOPPED;
		pid_t pid = make_container(root, "c1",
		    ends ? CONTAINER_CREATED : rows[i].status);

		put_config(root);
		if (ends) {
			kill(pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
		cr_expect(eq(str, start(), (char *)(uintptr_t)rows[i].line));
		clean_up(ends ? 0 : pid);
	}
}

Test(container_start, one_that_is_not_there_is_said)
{
	int root = make_root();

	close(root);

	cr_expect(eq(str, start(), "container does not exist"));
	clean_up(0);
}

/* Once init was told, nobody may take it for unstarted: it is recorded first,
 * and what nobody listens to was started by another. */
Test(container_start, without_a_listener_it_was_started_before)
{
	struct error e = { 0 };
	struct container_record record = { 0 };
	AUTO_FD int root = make_root();
	pid_t pid = make_container(root, "c1", CONTAINER_CREATED);

	put_config(root);
	cr_expect(
	    eq(str, start(), "cannot start an already running container"));
	AUTO_FD int dir = store_open(root, "c1", &e);
	cr_assert(zero(int, store_read_init(dir, &record, &e)));
	cr_expect(eq(int, record.status, CONTAINER_RUNNING));
	store_record_free(&record);
	clean_up(pid);
}
