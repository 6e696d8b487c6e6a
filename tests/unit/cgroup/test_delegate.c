/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static uid_t
owner(int dir, const char *name)
{
	struct stat st;

	cr_assert(zero(int, fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW)), "%s",
	    name);
	return st.st_uid;
}

static void
only_as_root(void)
{
	if (geteuid() != 0)
		cr_skip_test("only root can give a file away");
}

/* cgroups(7), "Delegation": the directory, and three files. What limits it is
 * its maker's. */
Test(cgroup_delegate, only_what_moves_processes_is_given_away)
{
	static const char *const given[] = { ".", "cgroup.procs",
		"cgroup.subtree_control", "cgroup.threads" };
	static const char *const kept[] = { "cgroup.controllers",
		"cgroup.max.depth", "cgroup.freeze", "memory.max", "pids.max",
		"cpu.max" };
	struct error e = { 0 };

	only_as_root();
	struct cgroup_tree tree = fake_tree("/");
	for (size_t i = 1; i < ARRAY_SIZE(given); i++)
		put_file(tree.top, given[i], "");
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		put_file(tree.top, kept[i], "");
	cr_assert(zero(int, cgroup_delegate(tree.top, 70000, &e)), "%s",
	    e.text);
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		cr_expect(eq(u32, owner(tree.top, given[i]), 70000), "%s",
		    given[i]);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		cr_expect(zero(u32, owner(tree.top, kept[i])), "%s", kept[i]);
	fake_remove(&tree);
}

/* Files of controllers that are not enabled are not there, and one that is a
 * link is given away itself. */
Test(cgroup_delegate, what_is_not_there_is_no_error_and_no_link_is_followed)
{
	struct error e = { 0 };

	only_as_root();
	struct cgroup_tree tree = fake_tree("/");
	put_file(tree.top, "elsewhere", "");
	cr_assert(zero(int, symlinkat("elsewhere", tree.top, "cgroup.procs")));
	cr_expect(zero(int, cgroup_delegate(tree.top, 70000, &e)), "%s",
	    e.text);
	cr_expect(eq(u32, owner(tree.top, "cgroup.procs"), 70000));
	cr_expect(zero(u32, owner(tree.top, "elsewhere")));
	fake_remove(&tree);
}

Test(cgroup_delegate, who_may_not_give_it_away_is_told)
{
	/* By such a descriptor nobody may, whoever it is. */
	AUTO_FD int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct error e = { 0 };

	cr_expect(eq(int, cgroup_delegate(dir, 70000, &e), -EBADF));
	cr_expect(eq(str, e.text, "give the cgroup to user 70000"));
}

/* ---- a cgroup below ------------------------------------------------------ */

Test(cgroup_delegate, below_it_are_the_process_and_the_controllers)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };

	put_file(tree.top, "cgroup.controllers", "memory pids\n");
	put_file(tree.top, "cgroup.subtree_control", "");
	cr_assert(zero(int, mkdirat(tree.top, "init", 0755)));
	AUTO_FD int init = openat(tree.top, "init", O_RDONLY | O_DIRECTORY);
	put_file(init, "cgroup.procs", "");

	AUTO_FD int below = cgroup_move_below(tree.top, "init", 4711, &e);
	cr_assert(ge(int, below, 0), "%s", e.text);
	cr_expect(eq(str, (char *)text_of(below, "cgroup.procs"), "4711"));
	/* One write each; the file of a test keeps the last. */
	cr_expect(eq(str, (char *)text_of(tree.top, "cgroup.subtree_control"),
		      "+pidsry"),
	    "+memory, and +pids over it");
	fake_remove(&tree);
}

Test(cgroup_delegate, a_place_that_cannot_be_is_named)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error procs = { 0 }, link = { 0 }, made = { 0 };

	/* No kernel made the file in it. */
	cr_expect(
	    eq(int, cgroup_move_below(tree.top, "a", 1, &procs), -ENOENT));
	cr_expect(eq(str, procs.text, "move init to the cgroup a"));
	cr_assert(zero(int, symlinkat("a", tree.top, "b")));
	cr_expect(lt(int, cgroup_move_below(tree.top, "b", 1, &link), 0));
	cr_expect(eq(str, link.text, "open the cgroup b"));
	cr_expect(
	    eq(int, cgroup_move_below(tree.top, "c/d", 1, &made), -ENOENT));
	cr_expect(eq(str, made.text, "make the cgroup c/d"));
	fake_remove(&tree);
}

Test(cgroup_delegate, the_kernel_moves_the_process)
{
	AUTO(cgroup_tree_close) struct cgroup_tree tree = real_tree();
	char path[64], wanted[24];
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);
	pid_t pid = sleeper(dir);
	AUTO_FD int below = cgroup_move_below(dir, "init", pid, &e);

	cr_expect(ge(int, below, 0), "%s", e.text);
	(void)snprintf(wanted, sizeof(wanted), "%d", (int)pid);
	cr_expect(eq(str, (char *)text_of(below, "cgroup.procs"), wanted));
	cr_expect(eq(str, (char *)text_of(dir, "cgroup.procs"), ""));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	cr_expect(zero(int, unlinkat(dir, "init", AT_REMOVEDIR)));
	cr_expect(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
}
