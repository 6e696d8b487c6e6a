/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/container.h"
#include "support.h"

Test(container_delete, only_force_deletes_what_runs)
{
	struct error e = { 0 };
	int status = 0;
	pid_t pid = make_running();

	cr_expect(eq(int,
	    container_delete(test_root, "c1", false, NULL, NULL, &e), -EBUSY));
	cr_expect(eq(str, e.text,
	    "cannot delete container c1 that is not stopped: running"));
	e = (struct error){ 0 };
	cr_expect(
	    zero(int, container_delete(test_root, "c1", true, NULL, NULL, &e)));
	waitpid(pid, &status, 0);
	cr_expect(eq(int, WTERMSIG(status), SIGKILL));
	cr_expect(zero(int,
		      container_delete(test_root, "c1", true, NULL, NULL, &e)),
	    "absent");
	cr_expect(eq(int,
	    container_delete(test_root, "c1", false, NULL, NULL, &e), -ENOENT));
	cr_expect(zero(int, rmdir(test_root)));
}

Test(container_delete, what_waits_for_start_is_killed)
{
	AUTO_FD int root = make_root();
	struct error e = { 0 };
	int status = 0;
	pid_t pid = make_container(root, "c1", CONTAINER_CREATED);

	cr_expect(zero(int,
	    container_delete(test_root, "c1", false, NULL, NULL, &e)));
	waitpid(pid, &status, 0);
	cr_expect(eq(int, WTERMSIG(status), SIGKILL));
	cr_expect(zero(int, rmdir(test_root)));
}

Test(container_delete, force_needs_no_state_to_kill)
{
	static const char *const texts[] = { NULL, "", "{", "{\"id\":7}",
		"\"x\"" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct error e = { 0 };
		int status = 0;
		pid_t pid = make_running();
		AUTO_FD int root = store_open_root(test_root, false, &e);
		AUTO_FD int dir = store_open(root, "c1", &e);

		if (texts[i] == NULL)
			cr_assert(zero(int, unlinkat(dir, "state.json", 0)));
		else
			cr_assert(
			    zero(int, store_file_write(dir, "state.json",
					  texts[i], strlen(texts[i]), &e)));
		cr_expect(lt(int,
			      container_delete(test_root, "c1", false, NULL,
				  NULL, &e),
			      0),
		    "row %zu: it runs", i);
		e = (struct error){ 0 };
		cr_expect(zero(int, container_delete(test_root, "c1", true,
					NULL, NULL, &e)),
		    "row %zu: %s", i, e.text);
		waitpid(pid, &status, 0);
		cr_expect(eq(int, WTERMSIG(status), SIGKILL), "row %zu", i);
		cr_expect(zero(int, rmdir(test_root)));
	}
}

Test(container_delete, a_directory_without_files_is_removed)
{
	struct error e = { 0 };
	AUTO_FD int root = make_root();
	int dir = store_claim(root, "c1", &e);

	cr_assert(ge(int, dir, 0));
	auto_close(&dir);
	cr_expect(
	    zero(int, container_delete(test_root, "c1", true, NULL, NULL, &e)));
	cr_expect(zero(int, rmdir(test_root)));
}

Test(container_delete, force_checks_the_id_all_the_same)
{
	struct error e = { 0 };

	cr_expect(
	    eq(int, container_delete("/nowhere", "../x", true, NULL, NULL, &e),
		-EINVAL));
}
