/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

Test(cgroup_remove, what_is_not_there_is_gone)
{
	struct cgroup_tree tree = fake_tree("/");
	struct cgroup_tree none = CGROUP_TREE_NONE;
	struct error e = { 0 };

	cr_expect(zero(int, cgroup_remove(&tree, "/a/b", &e)));
	cr_expect(zero(int, cgroup_remove(&none, "/a/b", &e)));
	cr_expect(zero(int, e.code));
	fake_remove(&tree);
}

/* More levels than a process may have descriptors, and many beside. */
Test(cgroup_remove, any_tree_below_goes_too)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };
	char name[16];

	cr_assert(zero(int, mkdirat(tree.top, "c1", 0755)));
	int at = openat(tree.top, "c1", O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 1500; i++) {
		(void)snprintf(name, sizeof(name), "beside%d", i);
		cr_assert(zero(int, mkdirat(at, name, 0755)));
		cr_assert(zero(int, mkdirat(at, "d", 0755)));
		int next = openat(at, "d", O_RDONLY | O_DIRECTORY);
		close(at);
		at = next;
	}
	close(at);
	cr_expect(zero(int, cgroup_remove(&tree, "/c1", &e)), "%s", e.text);
	cr_expect(lt(int, openat(tree.top, "c1", O_PATH), 0));
	fake_remove(&tree);
}

Test(cgroup_remove, its_processes_are_killed_and_its_neighbours_are_not)
{
	char path[64], beside[80];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);
	int status;
	size_t kept;

	(void)snprintf(beside, sizeof(beside), "%s-beside", path);
	AUTO_FD int other = cgroup_create(&tree, beside, NULL, &kept, &e);
	cr_assert(ge(int, other, 0), "%s", e.text);
	cr_assert(zero(int, mkdirat(dir, "a", 0755)));
	cr_assert(zero(int, mkdirat(dir, "a/b", 0755)));
	AUTO_FD int below = openat(dir, "a/b", O_RDONLY);
	pid_t first = sleeper(dir), second = sleeper(below);
	pid_t third = sleeper(other);
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
	cr_expect(lt(int, openat(tree.top, path + 1, O_PATH), 0));
	cr_expect(eq(int, waitpid(first, &status, 0), first));
	cr_expect(eq(int, WTERMSIG(status), SIGKILL));
	cr_expect(eq(int, waitpid(second, &status, 0), second));
	cr_expect(zero(int, waitpid(third, &status, WNOHANG)));
	cr_expect(zero(int, cgroup_remove(&tree, beside, &e)), "%s", e.text);
	cr_expect(eq(int, waitpid(third, &status, 0), third));
}

Test(cgroup_remove, what_is_frozen_goes_too)
{
	char path[64];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);
	pid_t pid = sleeper(dir);

	cr_assert(zero(int, cgroup_freeze(dir, true, &e)), "%s", e.text);
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
	cr_expect(eq(int, waitpid(pid, NULL, 0), pid));
}

/* systemd removes what it made, too, and at the same time. */
Test(cgroup_remove, two_may_remove_it_at_once)
{
	struct cgroup_tree tree = fake_tree("/");
	char name[16];

	for (int round = 0; round < 200; round++) {
		struct error e = { 0 };
		int status = -1;

		cr_assert(zero(int, mkdirat(tree.top, "c1", 0755)));
		int at = openat(tree.top, "c1", O_RDONLY | O_DIRECTORY);
		for (int i = 0; i < 20; i++) {
			(void)snprintf(name, sizeof(name), "b%d", i);
			cr_assert(zero(int, mkdirat(at, name, 0755)));
			(void)snprintf(name, sizeof(name), "b%d/c", i);
			cr_assert(zero(int, mkdirat(at, name, 0755)));
		}
		close(at);
		pid_t other = fork();
		if (other == 0)
			_exit(cgroup_remove(&tree, "/c1", &e) == 0 ? 0 : 1);
		cr_expect(zero(int, cgroup_remove(&tree, "/c1", &e)), "%s",
		    e.text);
		cr_assert(eq(int, waitpid(other, &status, 0), other));
		cr_expect(zero(int, status));
	}
	fake_remove(&tree);
}
