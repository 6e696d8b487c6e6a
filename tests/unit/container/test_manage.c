/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "container/container.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"

static char root[64];

/* A container c1 that is a sleeping child of the test. */
static pid_t
running(void)
{
	char id[] = "c1", empty[] = "";
	struct container_record record = { .id = id,
		.bundle = empty,
		.rootfs = empty,
		.oci_version = empty,
		.started = true };
	struct error e = { 0 };

	record.pid = fork();
	if (record.pid == 0) {
		pause();
		_exit(0);
	}
	record.start_time = store_start_time(record.pid);
	(void)snprintf(root, sizeof(root), "/tmp/manage.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(root), NULL));
	AUTO_FD int top = store_open_root(root, false, &e);
	AUTO_FD int dir = store_claim(top, "c1", &e);
	cr_assert(ge(int, dir, 0));
	cr_assert(zero(int, store_write(dir, &record, &e)));
	return record.pid;
}

Test(container_manage, signals_have_numbers_and_names_in_any_case)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "15", SIGTERM },
		{ "TERM", SIGTERM },
		{ "SIGTERM", SIGTERM },
		{ "sigterm", SIGTERM },
		{ "Kill", SIGKILL },
		{ "64", 64 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		int status = 0;
		pid_t pid = running();

		cr_assert(zero(int,
		    container_kill(root, "c1", rows[i].text, false, &e)));
		waitpid(pid, &status, 0);
		cr_expect(eq(int, WTERMSIG(status), rows[i].want), "row %zu",
		    i);
		cr_expect(zero(int, container_delete(root, "c1", false, &e)));
		cr_expect(zero(int, rmdir(root)));
	}
}

Test(container_manage, real_time_signals_count_from_rtmin)
{
	struct error e = { 0 };
	int status = 0;
	pid_t pid = running();

	cr_assert(
	    zero(int, container_kill(root, "c1", "SIGRTMIN+3", false, &e)));
	waitpid(pid, &status, 0);
	cr_expect(eq(int, WTERMSIG(status), SIGRTMIN + 3));
	cr_expect(zero(int, container_delete(root, "c1", false, &e)));
	cr_expect(zero(int, rmdir(root)));
}

Test(container_manage, unknown_signals_are_refused)
{
	static const char *const names[] = { "", "0", "65", "-9", "SIG", "FOO",
		"RTMIN+31", "9 " };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct error e = { 0 };

		cr_expect(eq(int,
			      container_kill("/nowhere", "c1", names[i], false,
				  &e),
			      -EINVAL),
		    "row %zu", i);
	}
}

Test(container_manage, what_has_ended_is_not_running)
{
	struct error e = { 0 };
	pid_t pid = running();

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(
	    eq(int, container_kill(root, "c1", "TERM", false, &e), -ESRCH));
	cr_expect(eq(str, e.text, "container not running"));
	e = (struct error){ 0 };
	cr_expect(zero(int, container_kill(root, "c1", "TERM", true, &e)));
	cr_expect(zero(int, container_delete(root, "c1", false, &e)));
	cr_expect(zero(int, rmdir(root)));
}

Test(container_manage, only_force_deletes_what_runs)
{
	struct error e = { 0 };
	int status = 0;
	pid_t pid = running();

	cr_expect(eq(int, container_delete(root, "c1", false, &e), -EBUSY));
	cr_expect(eq(str, e.text,
	    "cannot delete container c1 that is not stopped: running"));
	e = (struct error){ 0 };
	cr_expect(zero(int, container_delete(root, "c1", true, &e)));
	waitpid(pid, &status, 0);
	cr_expect(eq(int, WTERMSIG(status), SIGKILL));
	cr_expect(zero(int, container_delete(root, "c1", true, &e)), "absent");
	cr_expect(eq(int, container_delete(root, "c1", false, &e), -ENOENT));
	cr_expect(zero(int, rmdir(root)));
}

Test(container_manage, force_removes_what_was_half_made)
{
	struct error e = { 0 };

	(void)snprintf(root, sizeof(root), "/tmp/manage.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(root), NULL));
	AUTO_FD int top = store_open_root(root, false, &e);
	int dir = store_claim(top, "c1", &e);
	cr_assert(ge(int, dir, 0));
	auto_close(&dir);
	cr_expect(zero(int, container_delete(root, "c1", true, &e)));
	cr_expect(zero(int, rmdir(root)));
}
