/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept, and what is refused; what the kernel then does is
 * tests/integration/80-cgroup.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static int directory;

/* A running one whose configuration has these limits. */
static pid_t
make_with(const char *resources)
{
	char text[256];
	struct error e = { 0 };
	AUTO_FD int root = make_root();
	pid_t pid = make_container(root, "c1", CONTAINER_RUNNING);

	directory = store_open(root, "c1", &e);
	cr_assert(ge(int, directory, 0));
	int length = snprintf(text, sizeof(text),
	    "{\"ociVersion\":\"1.0.0\",\"linux\":{\"resources\":%s}}",
	    resources);
	cr_assert(zero(int, store_file_write(directory, "config.json", text,
				(size_t)length, &e)));
	return pid;
}

static char *
update(const char *text)
{
	static char line[512];
	struct error e = { 0 };

	if (container_update(test_root, "c1", text, strlen(text), &e) == 0)
		return strcpy(line, "");
	error_format(&e, line, sizeof(line));
	return line;
}

static char *
kept(void)
{
	static char text[512];
	AUTO_FREE char *file = NULL;
	size_t length;
	struct error e = { 0 };

	if (store_file_read(directory, "resources.json", &file, &length, &e) <
	    0)
		return strcpy(text, "(none)");
	cr_assert(lt(sz, length, sizeof(text)));
	return strcpy(text, file);
}

Test(container_update, what_is_asked_for_is_laid_over_what_was)
{
	pid_t pid = make_with("{\"memory\":{\"useHierarchy\":false},"
			      "\"cpu\":{\"realtimePeriod\":0}}");

	cr_expect(eq(str, update("{\"memory\":{}}"), ""));
	cr_expect(eq(str, kept(),
	    "{\"memory\":{\"useHierarchy\":false},"
	    "\"cpu\":{\"realtimePeriod\":0}}"));
	cr_expect(eq(str,
	    update("{\"cpu\":{\"realtimeRuntime\":0},\"network\":null}"), ""));
	cr_expect(eq(str, kept(),
		      "{\"memory\":{\"useHierarchy\":false},\"cpu\":"
		      "{\"realtimePeriod\":0,\"realtimeRuntime\":0}}"),
	    "over the last update, not over the configuration");
	clean_up(pid);
}

Test(container_update, a_configuration_without_limits_is_a_beginning)
{
	pid_t pid = make_with("null");

	cr_expect(eq(str, update("{\"cpu\":{\"realtimePeriod\":0}}"), ""));
	cr_expect(eq(str, kept(), "{\"cpu\":{\"realtimePeriod\":0}}"));
	clean_up(pid);
}

Test(container_update, nothing_is_kept_that_is_not_in_force)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{ "{\"pids\":{\"limit\":5}}", "the container has no cgroup" },
		{ "{\"pids\":{\"limit\":\"5\"}}",
		    "pids.limit: expected a number" },
		{ "{\"pids\":", NULL },
		{ "[]", NULL },
	};
	pid_t pid = make_with("{}");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *line = update(rows[i].text);

		cr_expect(ne(str, line, ""), "row %zu", i);
		/* A controller that is not there comes first. */
		if (rows[i].line != NULL &&
		    strstr(line, "controller is not available") == NULL)
			cr_expect(
			    eq(str, line, (char *)(uintptr_t)rows[i].line));
		cr_expect(eq(str, kept(), "(none)"));
	}
	clean_up(pid);
}

Test(container_update, what_does_not_run_is_said)
{
	AUTO_FD int root = make_root();

	cr_expect(eq(str, update("{}"), "container does not exist"));
	pid_t pid = make_container(root, "c1", CONTAINER_RUNNING);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(
	    eq(str, update("{}"), "container not running: it is stopped"));
	clean_up(0);
}

Test(container_update, a_spoilt_document_is_not_built_upon)
{
	struct error e = { 0 };
	pid_t pid = make_with("{}");

	cr_assert(zero(int,
	    store_file_write(directory, "resources.json", "{", 1, &e)));
	char *line = update("{\"cpu\":{\"cpus\":\"\"}}");
	cr_expect(zero(int, strncmp(line, "resources.json: ", 16)), "%s", line);
	cr_expect(eq(str, kept(), "{"));
	clean_up(pid);
}
