/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Without a cgroup; with one it is tests/integration/80-cgroup.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

#define NO_GROUP                                                               \
	"the container has no cgroup: it was created where none could be "     \
	"made, or is gone"

Test(container_pause, one_without_a_cgroup_cannot_be_frozen)
{
	struct error pause_e = { 0 };
	struct error resume_e = { 0 };
	pid_t pid = make_running();

	cr_expect(
	    eq(int, container_pause(test_root, "c1", &pause_e), -ENOTSUP));
	cr_expect(eq(str, pause_e.text, NO_GROUP));
	cr_expect(
	    eq(int, container_resume(test_root, "c1", &resume_e), -ENOTSUP));
	cr_expect(eq(str, resume_e.text, NO_GROUP));
	cr_expect(zero(int, kill(pid, 0)), "it is left alone");
	clean_up(pid);
}

Test(container_pause, what_does_not_run_is_said)
{
	struct error absent = { 0 };
	struct error stopped = { 0 };
	struct error creating = { 0 };
	AUTO_FD int root = make_root();

	cr_expect(lt(int, container_pause(test_root, "c1", &absent), 0));
	cr_expect(eq(str, absent.text, "container does not exist"));
	pid_t pid = make_container(root, "c1", CONTAINER_CREATING);
	cr_expect(eq(int, container_pause(test_root, "c1", &creating), -ESRCH));
	cr_expect(
	    eq(str, creating.text, "container not running: it is creating"));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(eq(int, container_pause(test_root, "c1", &stopped), -ESRCH));
	cr_expect(
	    eq(str, stopped.text, "container not running: it is stopped"));
	clean_up(0);
}
