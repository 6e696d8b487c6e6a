/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What run does behind create: wait, and delete. A process of the test is the
 * container's.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/making.h"
#include "support.h"

static char id[] = "c1";
static struct spec nothing;

/* One that runs, and is locked by us. It ends with that status, or by that
 * signal, or, for neither, not at all. */
static struct making
begin(const struct container_create *request, int status, int signal)
{
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	making.request = request;
	making.spec = &nothing;
	making.root = make_root();
	making.dir = store_claim(making.root, id, &e);
	cr_assert(ge(int, making.dir, 0), "%s", e.text);
	making.child.pid = fork();
	if (making.child.pid == 0) {
		if (signal != 0)
			raise(signal);
		else if (status < 0)
			pause();
		_exit(status);
	}
	making.child.pidfd = pidfd_open(making.child.pid, 0);
	return making;
}

static bool
is_there(const struct making *making)
{
	return faccessat(making->root, id, F_OK, 0) == 0;
}

static void
end(struct making *making)
{
	struct error e = { 0 };

	if (is_there(making)) {
		cr_expect(zero(int,
			      store_remove(making->root, id, making->dir, &e)),
		    "%s", e.text);
	}
	making_free(making);
	cr_expect(zero(int, rmdir(test_root)));
}

Test(container_run, it_ends_as_the_program_and_is_deleted)
{
	static const struct {
		int status, signal, want;
	} rows[] = { { 0, 0, 0 }, { 7, 0, 7 }, { 255, 0, 255 },
		{ 0, SIGKILL, 137 }, { 0, SIGTERM, 143 } };
	const struct container_create request = { .id = id };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct making making =
		    begin(&request, rows[i].status, rows[i].signal);
		struct error e = { 0 };
		int status = -1;

		cr_expect(zero(int, making_finish(&making, &status, &e)), "%s",
		    e.text);
		cr_expect(eq(int, status, rows[i].want), "row %zu", i);
		cr_expect(eq(int, kill(making.child.pid, 0), -1), "reaped");
		cr_expect(not(is_there(&making)), "row %zu", i);
		end(&making);
	}
}

Test(container_run, one_to_keep_is_left_and_can_be_worked_on)
{
	const struct container_create request = { .id = id, .keep = true };
	struct making making = begin(&request, 3, 0);
	struct error e = { 0 };
	int status = -1;

	cr_expect(zero(int, making_finish(&making, &status, &e)));
	cr_expect(eq(int, status, 3));
	cr_expect(is_there(&making));
	AUTO_FD int other = openat(making.root, id, O_RDONLY | O_DIRECTORY);
	cr_expect(zero(int, flock(other, LOCK_EX | LOCK_NB)),
	    "no lock is on it");
	end(&making);
}

Test(container_run, a_detached_one_is_not_waited_for)
{
	const struct container_create request = { .id = id, .detach = true };
	struct making making = begin(&request, -1, 0);
	struct error e = { 0 };
	int status = -1;

	alarm(10);
	cr_expect(zero(int, making_finish(&making, &status, &e)));
	cr_expect(zero(int, status));
	cr_expect(zero(int, kill(making.child.pid, 0)), "it runs");
	cr_expect(is_there(&making));
	kill(making.child.pid, SIGKILL);
	waitpid(making.child.pid, NULL, 0);
	end(&making);
}

/* Another of that name may be there by now, and is none of ours. */
Test(container_run, what_somebody_else_deleted_is_no_error)
{
	const struct container_create request = { .id = id };
	struct making making = begin(&request, 5, 0);
	struct error e = { 0 };
	int status = -1;

	cr_assert(zero(int, store_remove(making.root, id, making.dir, &e)));
	AUTO_FD int other = store_claim(making.root, id, &e);
	cr_assert(ge(int, other, 0));
	cr_expect(zero(int, making_finish(&making, &status, &e)), "%s", e.text);
	cr_expect(eq(int, status, 5));
	cr_expect(is_there(&making), "the other one stays");
	cr_expect(zero(int, store_remove(making.root, id, other, &e)));
	end(&making);
}

Test(container_run, a_bundle_that_is_none_leaves_nothing)
{
	AUTO_FD int root = make_root();
	const struct container_create request = { .id = id,
		.bundle = test_root,
		.held = -1 };
	struct error e = { 0 };
	int status = 42;

	cr_expect(
	    eq(int, container_run(test_root, &request, &status, &e), -ENOENT));
	cr_expect(
	    eq(str, e.text, "JSON specification file config.json not found"));
	cr_expect(eq(int, status, 42));
	cr_expect(eq(int, faccessat(root, id, F_OK, 0), -1));
	cr_expect(zero(int, rmdir(test_root)));
}
