/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

/* What is printed, or the error's line. The caller frees it. */
static char *
ps(bool is_table, char *const *arguments)
{
	const struct container_ps how = { is_table, arguments };
	char *text = NULL;
	size_t length;
	struct error e = { 0 };
	FILE *out = open_memstream(&text, &length);

	cr_assert(ne(ptr, out, NULL));
	int failed = container_ps_print(test_root, "c1", &how, out, &e);
	fclose(out);
	if (failed == 0)
		return text;
	free(text);
	cr_assert(eq(int, failed, -e.code));
	return strdup(e.text);
}

Test(container_ps, without_a_cgroup_init_is_known)
{
	char *const none[] = { NULL };
	pid_t pid = make_running();
	char want[32];

	(void)snprintf(want, sizeof(want), "[%d]\n", (int)pid);
	AUTO_FREE char *alive = ps(false, none);
	cr_expect(eq(str, alive, want));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	AUTO_FREE char *dead = ps(false, none);
	cr_expect(eq(str, dead, "[]\n"), "another may have its number now");
	clean_up(0);
}

/* Whatever ps(1) shows, the container's alone. */
Test(container_ps, the_table_has_a_heading_and_its_own)
{
	char o[] = "-o", columns[] = "ppid,pid,comm";
	char *const arguments[] = { o, columns, NULL };
	pid_t pid = make_running();
	char want[32];

	if (access("/bin/ps", X_OK) < 0)
		cr_skip_test("needs ps (Debian: apt install procps)");
	AUTO_FREE char *text = ps(true, arguments);
	(void)snprintf(want, sizeof(want), " %d ", (int)pid);
	cr_expect(eq(ptr, strstr(text, "PPID"), text + strspn(text, " ")));
	cr_expect(ne(ptr, strstr(text, want), NULL), "%s", text);
	size_t lines = 0;
	for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++)
		lines++;
	cr_expect(eq(sz, lines, 2), "this test's process is not in it: %s",
	    text);
	clean_up(pid);
}

Test(container_ps, a_table_without_numbers_cannot_be_read)
{
	char o[] = "-o", columns[] = "comm";
	char *const arguments[] = { o, columns, NULL };
	pid_t pid = make_running();

	if (access("/bin/ps", X_OK) < 0)
		cr_skip_test("needs ps (Debian: apt install procps)");
	AUTO_FREE char *text = ps(true, arguments);
	cr_expect(eq(str, text, "ps(1) printed no PID column"));
	clean_up(pid);
}

Test(container_ps, without_ps_there_is_no_table)
{
	char *const none[] = { NULL };
	pid_t pid = make_running();

	setenv("PATH", "/nonexistent", 1);
	AUTO_FREE char *text = ps(true, none);
	cr_expect(eq(str, text, "run ps"));
	clean_up(pid);
}

Test(container_ps, one_that_is_not_there_is_said)
{
	char *const none[] = { NULL };
	int root = make_root();

	close(root);

	AUTO_FREE char *text = ps(false, none);
	cr_expect(eq(str, text, "container does not exist"));
	clean_up(0);
}
