/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/container.h"
#include "support.h"

static char *
list(enum container_list_format format)
{
	char *text = NULL;
	size_t length;
	struct error e = { 0 };
	FILE *out = open_memstream(&text, &length);

	cr_assert(zero(int, container_list_print(test_root, format, out, &e)));
	fclose(out);
	return text;
}

Test(container_state, lists_are_sorted_and_complete)
{
	AUTO_FD int root = make_root();
	struct error e = { 0 };
	pid_t two = make_container(root, "c2", CONTAINER_CREATED);
	pid_t one = make_container(root, "c1", CONTAINER_RUNNING);
	char want[128];
	AUTO_FREE char *ids = list(CONTAINER_LIST_IDS);
	AUTO_FREE char *table = list(CONTAINER_LIST_TABLE);
	AUTO_FREE char *json = list(CONTAINER_LIST_JSON);

	cr_expect(eq(str, ids, "c1\nc2\n"));
	(void)snprintf(want, sizeof(want),
	    "ID          PID         STATUS      BUNDLE      %-33sOWNER\n"
	    "c1          %-12drunning ",
	    "CREATED", (int)one);
	cr_expect(zero(int, strncmp(table, want, strlen(want))), "%s", table);
	const struct passwd *user = getpwuid(getuid());
	char owner[16];

	(void)snprintf(owner, sizeof(owner), "%u", getuid());
	(void)snprintf(want, sizeof(want), "%s\nc2          %d",
	    user != NULL ? user->pw_name : owner, (int)two);
	cr_expect(ne(ptr, strstr(table, want), NULL), "%s", table);
	cr_expect(zero(int, strncmp(json, "[{\"ociVersion\"", 13)));
	cr_expect(ne(ptr, strstr(json, "},{"), NULL));
	cr_expect(
	    zero(int, container_delete(test_root, "c2", true, NULL, NULL, &e)));
	clean_up(one);
}

Test(container_state, an_empty_list_is_null)
{
	AUTO_FD int root = make_root();

	cr_assert(ge(int, root, 0));
	AUTO_FREE char *json = list(CONTAINER_LIST_JSON);
	AUTO_FREE char *ids = list(CONTAINER_LIST_IDS);

	cr_expect(eq(str, json, "null\n"));
	cr_expect(eq(str, ids, ""));
	cr_expect(zero(int, rmdir(test_root)));
}

Test(container_state, nobody_waits_for_the_lock)
{
	char *text = NULL;
	size_t length;
	struct error e = { 0 };
	AUTO_FD int root = make_root();
	pid_t pid = make_container(root, "c1", CONTAINER_CREATING);
	int dir = store_open(root, "c1", &e);
	FILE *out = open_memstream(&text, &length);

	cr_assert(zero(int, flock(dir, LOCK_EX)));
	cr_assert(zero(int, container_state_print(test_root, "c1", out, &e)));
	fclose(out);
	cr_expect(ne(ptr, strstr(text, "\"status\":\"creating\""), NULL));
	free(text);
	auto_close(&dir);
	clean_up(pid);
}
