/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "cgroup/file.h"
#include "support.h"

Test(cgroup_fs, controllers_are_handed_down_on_the_way)
{
	struct cgroup_tree tree = fake_tree("/");
	AUTO(spec_free)
	struct spec *spec = spec_with("{\"hugepageLimits\":[{\"pageSize\":"
				      "\"2MB\",\"limit\":1}]}");
	struct error e = { 0 };
	size_t kept;

	fake_cgroup(&tree, ".", "cpuset hugetlb rdma\n");
	fake_cgroup(&tree, "a", "hugetlb\n");
	fake_cgroup(&tree, "a/b", "hugetlb\n");
	AUTO_FD int dir =
	    cgroup_create(&tree, "/a/b/c", spec->lnx.resources, &kept, &e);
	cr_assert(ge(int, dir, 0), "%s", e.text);
	cr_expect(eq(str, (char *)text_of(tree.top, "cgroup.subtree_control"),
	    "+hugetlb"));
	cr_expect(eq(str, (char *)text_of(tree.top, "a/cgroup.subtree_control"),
	    "+hugetlb"));
	cr_expect(
	    eq(str, (char *)text_of(tree.top, "a/b/cgroup.subtree_control"),
		"+hugetlb"));
	fake_remove(&tree);
}

Test(cgroup_fs, accounting_controllers_are_taken_where_they_are)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };
	size_t kept;

	fake_cgroup(&tree, ".", "cpuset memory rdma\n");
	AUTO_FD int dir = cgroup_create(&tree, "/c1", NULL, &kept, &e);
	cr_assert(ge(int, dir, 0), "%s", e.text);
	cr_expect(eq(str, (char *)text_of(tree.top, "cgroup.subtree_control"),
	    "+memory"));
	fake_remove(&tree);
}

Test(cgroup_fs, a_limit_without_its_controller_is_refused_by_name)
{
	static const struct {
		const char *resources, *line;
	} rows[] = {
		{ "{\"memory\":{\"limit\":1000}}",
		    "linux.resources.memory.limit: the memory controller is "
		    "not available: " },
		{ "{\"memory\":{\"limit\":-1,\"reservation\":5}}",
		    "linux.resources.memory.reservation: the memory "
		    "controller is not available: " },
		{ "{\"cpu\":{\"shares\":5}}",
		    "linux.resources.cpu.shares: the cpu controller is not "
		    "available: " },
		{ "{\"cpu\":{\"cpus\":\"0\"}}",
		    "linux.resources.cpu.cpus: the cpuset controller is not "
		    "available: " },
		{ "{\"pids\":{\"limit\":0}}",
		    "linux.resources.pids.limit: the pids controller is not "
		    "available: " },
		{ "{\"blockIO\":{\"weight\":10}}",
		    "linux.resources.blockIO.weight: the io controller is not "
		    "available: " },
		{ "{\"rdma\":{\"x\":{\"hcaHandles\":1}}}",
		    "linux.resources.rdma: the rdma controller is not "
		    "available: " },
		{ "{\"unified\":{\"memory.high\":\"5\"}}",
		    "linux.resources.unified.memory.high: the memory "
		    "controller is not available: " },
	};
	struct cgroup_tree tree = fake_tree("/");

	fake_cgroup(&tree, ".", "hugetlb\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free)
		struct spec *spec = spec_with(rows[i].resources);
		struct error e = { 0 };

		cr_expect(
		    eq(int, cgroup_check(&tree, "/c1", spec->lnx.resources, &e),
			-ENOTSUP));
		e.text[strlen(rows[i].line)] = '\0';
		cr_expect(eq(str, e.text, (char *)rows[i].line));
		cr_expect(cgroup_is_needed(spec->lnx.resources));
	}
	fake_remove(&tree);
}

Test(cgroup_fs, without_a_hierarchy_only_limits_are_refused)
{
	struct cgroup_tree none = CGROUP_TREE_NONE;
	struct error e = { 0 };
	AUTO(spec_free)
	struct spec *unlimited = spec_with(
	    "{\"memory\":{\"limit\":-1,\"swap\":-1},\"pids\":{\"limit\":-1},"
	    "\"cpu\":{\"idle\":0,\"quota\":-1},"
	    "\"devices\":[{\"allow\":false}]}");
	AUTO(spec_free)
	struct spec *limited = spec_with("{\"pids\":{\"limit\":5}}");

	cr_expect(zero(int, cgroup_check(&none, NULL, NULL, &e)));
	cr_expect(
	    zero(int, cgroup_check(&none, NULL, unlimited->lnx.resources, &e)));
	cr_expect(zero(int, cgroup_is_needed(unlimited->lnx.resources)));
	cr_expect(eq(int, cgroup_check(&none, NULL, limited->lnx.resources, &e),
	    -ENOTSUP));
	cr_expect(eq(str, e.text,
	    "linux.resources.pids.limit: the pids controller is not "
	    "available: the host has no cgroup v2 hierarchy"));
}

Test(cgroup_fs, what_may_not_be_written_says_how_to_delegate)
{
	static const struct {
		const char *path, *says;
	} rows[] = {
		{ "/a/c1", "echo +memory >/sys/fs/cgroup/a/"
			   "cgroup.subtree_control" },
		{ "/user@7/c1", "/etc/systemd/system/user@.service.d" },
		{ "/b/user@7/c1", "/etc/systemd/system/user@.service.d" },
	};
	struct cgroup_tree tree = fake_tree("/");
	AUTO(spec_free)
	struct spec *spec = spec_with("{\"memory\":{\"limit\":1000}}");

	fake_cgroup(&tree, ".", "memory\n");
	fake_cgroup(&tree, "a", "\n");
	fake_cgroup(&tree, "user@7", "\n");
	fake_cgroup(&tree, "b", "\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		size_t kept;
		int dir = cgroup_create(&tree, rows[i].path,
		    spec->lnx.resources, &kept, &e);

		cr_expect(eq(int, dir, -ENOTSUP));
		cr_expect(ne(ptr, strstr(e.text, rows[i].says), NULL), "%s",
		    e.text);
	}
	fake_remove(&tree);
}

Test(cgroup_fs, links_and_threaded_parents_are_refused)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };
	size_t kept;

	cr_assert(zero(int, symlinkat("/tmp", tree.top, "link")));
	cr_expect(
	    eq(int, cgroup_create(&tree, "/link/c1", NULL, &kept, &e), -ELOOP));
	e = (struct error){ 0 };
	cr_assert(zero(int, mkdirat(tree.top, "t", 0755)));
	AUTO_FD int t = openat(tree.top, "t", O_RDONLY);
	put_file(t, "cgroup.type", "domain invalid\n");
	cr_expect(
	    eq(int, cgroup_create(&tree, "/t", NULL, &kept, &e), -EOPNOTSUPP));
	cr_expect(eq(str, e.text,
	    "linux.cgroupsPath: /t is \"domain invalid\": a container needs a "
	    "\"domain\", so its parent must not be threaded"));
	fake_remove(&tree);
}

Test(cgroup_fs, what_was_made_in_vain_goes_again)
{
	char path[64], below[96];
	struct cgroup_tree tree = real_tree();
	struct error e = { 0 };
	AUTO_FD int dir = real_cgroup(&tree, path);
	struct stat st;
	size_t kept;

	/* A cgroup below a threaded one can be made, but holds no container. */
	cr_assert(zero(int, file_write(dir, "cgroup.type", "threaded")));
	(void)snprintf(below, sizeof(below), "%s/a/b/c1", path);
	cr_expect(
	    eq(int, cgroup_create(&tree, below, NULL, &kept, &e), -EOPNOTSUPP));
	cr_expect(eq(sz, kept, strlen(path)));
	cr_expect(eq(int, fstatat(dir, "a", &st, 0), -1));
	e = (struct error){ 0 };
	cr_assert(zero(int, cgroup_remove(&tree, path, &e)), "%s", e.text);
}

Test(cgroup_fs, what_is_above_goes_when_it_is_empty_and_was_made)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };
	struct stat st;
	size_t kept;

	cr_assert(zero(int, mkdirat(tree.top, "a", 0755)));
	AUTO_FD int dir = cgroup_create(&tree, "/a/b/c/d", NULL, &kept, &e);
	cr_assert(ge(int, dir, 0), "%s", e.text);
	cr_expect(eq(sz, kept, 2));
	cgroup_remove_above(&tree, "/a/b/c/d", kept);
	cr_expect(zero(int, fstatat(tree.top, "a/b/c/d", &st, 0)));
	cr_assert(zero(int, unlinkat(tree.top, "a/b/c/d", AT_REMOVEDIR)));
	cr_assert(zero(int, mkdirat(tree.top, "a/b/other", 0755)));
	cgroup_remove_above(&tree, "/a/b/c/d", kept);
	cr_expect(eq(int, fstatat(tree.top, "a/b/c", &st, 0), -1));
	cr_expect(zero(int, fstatat(tree.top, "a/b/other", &st, 0)));
	cr_assert(zero(int, unlinkat(tree.top, "a/b/other", AT_REMOVEDIR)));
	cgroup_remove_above(&tree, "/a/b/c/d", kept);
	cr_expect(eq(int, fstatat(tree.top, "a/b", &st, 0), -1));
	cr_expect(zero(int, fstatat(tree.top, "a", &st, 0)), "it was there");
	fake_remove(&tree);
}

Test(cgroup_fs, a_cgroup_in_use_or_frozen_is_not_taken)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };
	size_t kept;

	cr_assert(zero(int, mkdirat(tree.top, "c1", 0755)));
	AUTO_FD int dir = openat(tree.top, "c1", O_RDONLY);
	put_file(dir, "cgroup.events", "populated 1\nfrozen 0\n");
	put_file(dir, "cgroup.procs", "11\n12\n");
	cr_expect(eq(int, cgroup_check(&tree, "/c1", NULL, &e), -EBUSY));
	cr_expect(eq(str, e.text,
	    "container's cgroup is not empty: 2 process(es) found in /c1"));
	e = (struct error){ 0 };
	cr_expect(
	    eq(int, cgroup_create(&tree, "/c1", NULL, &kept, &e), -EBUSY));
	e = (struct error){ 0 };
	put_file(dir, "cgroup.events", "populated 0\nfrozen 1\n");
	put_file(dir, "cgroup.freeze", "1\n");
	cr_expect(eq(int, cgroup_check(&tree, "/c1", NULL, &e), -EBUSY));
	cr_expect(
	    eq(str, e.text, "container's cgroup unexpectedly frozen: /c1"));
	e = (struct error){ 0 };
	put_file(dir, "cgroup.freeze", "0\n");
	cr_expect(zero(int, cgroup_check(&tree, "/c1", NULL, &e)));
	cr_expect(zero(int, cgroup_check(&tree, "/c2", NULL, &e)));
	fake_remove(&tree);
}

/* Whoever has it, and whatever is in it: the caller could make none there. */
Test(cgroup_fs, one_that_the_caller_may_not_use_says_so)
{
	struct cgroup_tree tree = fake_tree("/");
	static const char *const populated[] = { "populated 1\n",
		"populated 0\n" };

	cr_assert(zero(int, mkdirat(tree.top, "c1", 0755)));
	AUTO_FD int dir = openat(tree.top, "c1", O_RDONLY);
	put_file(dir, "cgroup.procs", "11\n");
	cr_assert(zero(int, fchmodat(dir, "cgroup.procs", 0444, 0)));
	cr_assert(zero(int, fchmod(tree.top, 0755)));
	for (size_t i = 0; i < ARRAY_SIZE(populated); i++) {
		struct error e = { 0 };

		put_file(dir, "cgroup.events", populated[i]);
		uid_t own = geteuid();
		if (own == 0)
			cr_assert(zero(int, seteuid(7)));
		cr_expect(
		    eq(int, cgroup_check(&tree, "/c1", NULL, &e), -EACCES));
		cr_expect(eq(str, e.text, "use the cgroup /c1"));
		cr_assert(zero(int, seteuid(own)));
	}
	fake_remove(&tree);
}
