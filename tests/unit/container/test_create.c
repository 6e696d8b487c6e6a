/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Undoing; what create makes is tests/integration/10-lifecycle.sh, and what
 * becomes of it when it fails or is killed is 70-crash.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/making.h"
#include "support.h"

static char id[] = "c1";

Test(container_create, nothing_made_is_nothing_undone)
{
	const struct container_create request = { .id = id,
		.pid_file = "/dev/null" };
	AUTO(making_free) struct making making = MAKING_NONE;
	static struct spec spec;

	making.request = &request;
	making.spec = &spec;
	making_undo(&making);
	cr_expect(zero(int, access("/dev/null", F_OK)),
	    "a pid file that was never written is somebody else's");
	making_free(&making);
	making_free(&making);
	cr_expect(eq(int, making.root, -1));
	cr_expect(eq(ptr, making.spec, NULL));
}

Test(container_create, what_was_made_goes)
{
	char pid_file[80];
	const struct container_create request = { .id = id,
		.pid_file = pid_file };
	static struct spec spec;
	struct making making = MAKING_NONE;
	struct error e = { 0 };

	making.request = &request;
	making.spec = &spec;
	making.root = make_root();
	making.dir = store_claim(making.root, id, &e);
	cr_assert(ge(int, making.dir, 0));
	(void)snprintf(pid_file, sizeof(pid_file), "%s.pid", test_root);
	close(open(pid_file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	making.child.pid = fork();
	if (making.child.pid == 0) {
		pause();
		_exit(0);
	}
	making_undo(&making);
	cr_expect(eq(int, kill(making.child.pid, 0), -1), "dead and reaped");
	cr_expect(eq(int, access(pid_file, F_OK), -1));
	cr_expect(eq(int, faccessat(making.root, id, F_OK, 0), -1));
	making_free(&making);
	cr_expect(zero(int, rmdir(test_root)));
}

/* The error that it is told with must be the one that came first. */
Test(container_create, every_descriptor_is_closed_and_errno_stays)
{
	AUTO(making_free) struct making making = MAKING_NONE;
	int *const fds[] = { &making.root, &making.dir, &making.sync,
		&making.init_sync, &making.start, &making.cgroup, &making.rdt,
		&making.console, &making.child.pidfd };
	int was[ARRAY_SIZE(fds)];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		was[i] = *fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	errno = EXDEV;
	making_free(&making);
	cr_expect(eq(int, errno, EXDEV));
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		cr_expect(eq(int, *fds[i], -1), "%zu", i);
		cr_expect(eq(int, fcntl(was[i], F_GETFD), -1), "%zu", i);
	}
}
