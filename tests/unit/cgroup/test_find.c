/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

Test(cgroup_find, what_is_no_cgroup_file_system_is_not_taken_for_one)
{
	struct cgroup_tree fake = fake_tree("/");
	struct cgroup_tree found = CGROUP_TREE_NONE;
	struct error e = { 0 };

	cr_assert(zero(int, mkdirat(fake.top, "unified", 0755)));
	cr_assert(zero(int, cgroup_find(fake.top, fake.proc, &found, &e)));
	cr_expect(eq(int, found.top, -1));
	cr_assert(zero(int, cgroup_find(-1, fake.proc, &found, &e)));
	cr_expect(eq(int, found.top, -1));
	fake_remove(&fake);
}

Test(cgroup_find, the_host_is_pure_hybrid_or_has_none)
{
	struct cgroup_tree tree = real_tree();
	struct statfs fs;
	struct stat st;

	if (tree.top < 0)
		cr_skip_test("the host has no cgroup v2");
	cr_assert(zero(int, fstatfs(tree.top, &fs)));
	cr_expect(eq(long, (long)fs.f_type, CGROUP2_SUPER_MAGIC));
	cr_expect(eq(chr, tree.own[0], '/'));
	AUTO_FD int own =
	    openat(tree.top, tree.own[1] != '\0' ? tree.own + 1 : ".", O_PATH);
	cr_expect(ge(int, own, 0), "%s", tree.own);
	cr_expect(zero(int, fstat(own, &st)));
	cgroup_tree_close(&tree);
}

Test(cgroup_find, paths)
{
	static const struct {
		const char *own, *wanted, *path;
	} rows[] = {
		{ "/", NULL, "/c1" },
		{ "/", "", "/c1" },
		{ "/a/b", NULL, "/a/c1" },
		{ "/a/b", "x/y", "/a/x/y" },
		{ "/a/b", "/x//y/", "/x/y" },
		{ "/a", "x", "/x" },
	};
	struct cgroup_tree tree = fake_tree("/");

	cr_assert(zero(int, mkdirat(tree.top, "a", 0777)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[CGROUP_PATH_MAX];
		struct error e = { 0 };

		(void)strcpy(tree.own, rows[i].own);
		cr_assert(zero(int, cgroup_path(&tree, rows[i].wanted, "c1",
					path, &e)),
		    "%s", e.text);
		cr_expect(eq(str, path, (char *)rows[i].path), "row %zu", i);
	}
	fake_remove(&tree);
}

Test(cgroup_find, paths_that_lead_elsewhere_are_refused)
{
	static const struct {
		const char *own, *wanted, *line;
	} rows[] = {
		{ "/", "/", "linux.cgroupsPath: \"/\" is the whole hierarchy" },
		{ "/", "/a/../b",
		    "linux.cgroupsPath: \"/a/../b\" must not have . or .." },
		{ "/", "..",
		    "linux.cgroupsPath: \"..\" must not have . or .." },
		{ "/", "/a/.",
		    "linux.cgroupsPath: \"/a/.\" must not have . or "
		    ".." },
		{ "/../../x", "a",
		    "linux.cgroupsPath: the runtime's own cgroup lies outside "
		    "of its cgroup namespace, so only an absolute one can be "
		    "found" },
	};
	struct cgroup_tree tree = fake_tree("/");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[CGROUP_PATH_MAX];
		struct error e = { 0 };

		(void)strcpy(tree.own, rows[i].own);
		cr_expect(
		    eq(int, cgroup_path(&tree, rows[i].wanted, "c1", path, &e),
			-EINVAL));
		cr_expect(eq(str, e.text, (char *)rows[i].line));
	}
	fake_remove(&tree);
}

Test(cgroup_find, a_component_that_is_too_long_is_refused)
{
	struct cgroup_tree tree = fake_tree("/");
	char path[CGROUP_PATH_MAX];
	char wanted[400];
	struct error e = { 0 };

	memset(wanted, 'x', sizeof(wanted));
	wanted[0] = '/';
	wanted[sizeof(wanted) - 1] = '\0';
	cr_expect(eq(int, cgroup_path(&tree, wanted, "c1", path, &e), -EINVAL));
	fake_remove(&tree);
}

Test(cgroup_find, a_path_below_stays_below)
{
	static const char *const good[] = { "a", "/a", "a/b", "//a//b/", "/",
		"...", "..a", "a..", ".a" };
	static const char *const bad[] = { "", "..", "/..", "a/..", "../a",
		"a/../b", ".", "./a", "a/.", "cpu:a", ":a", "a:b" };
	char longer[NAME_MAX + 2];

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct error e = { 0 };

		cr_expect(zero(int, cgroup_below_check(good[i], &e)), "\"%s\"",
		    good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error e = { 0 };

		cr_expect(eq(int, cgroup_below_check(bad[i], &e), -EINVAL),
		    "\"%s\"", bad[i]);
	}
	struct error e = { 0 };
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	cr_expect(eq(int, cgroup_below_check(longer, &e), -EINVAL));
}

Test(cgroup_find, what_is_below_is_opened_and_no_link_is_followed)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };
	struct stat want, got;

	cr_assert(zero(int, mkdirat(tree.top, "a", 0755)));
	cr_assert(zero(int, mkdirat(tree.top, "a/b", 0755)));
	cr_assert(zero(int, symlinkat("..", tree.top, "a/up")));
	AUTO_FD int a = openat(tree.top, "a", O_RDONLY | O_DIRECTORY);
	AUTO_FD int b = cgroup_open_below(a, "/b", &e);
	cr_assert(ge(int, b, 0), "%s", e.text);
	cr_assert(zero(int, fstatat(tree.top, "a/b", &want, 0)));
	cr_assert(zero(int, fstat(b, &got)));
	cr_expect(eq(u64, got.st_ino, want.st_ino));
	AUTO_FD int self = cgroup_open_below(a, "/", &e);
	cr_expect(ge(int, self, 0), "%s", e.text);
	cr_expect(eq(int, cgroup_open_below(a, "absent", &e), -ENOENT));
	cr_expect(eq(str, e.text, "\"absent\" in the container's cgroup"));
	e = (struct error){ 0 };
	cr_expect(eq(int, cgroup_open_below(a, "up", &e), -ELOOP));
	e = (struct error){ 0 };
	cr_expect(eq(int, cgroup_open_below(a, "up/a", &e), -ELOOP));
	cr_assert(zero(int, unlinkat(a, "up", 0)));
	fake_remove(&tree);
}

Test(cgroup_find, the_cgroup_of_a_process_is_found_by_its_number)
{
	struct cgroup_tree tree = real_tree();
	char path[CGROUP_PATH_MAX];
	struct error e = { 0 };

	if (tree.top < 0)
		cr_skip_test("the host has no cgroup v2");
	cr_assert(zero(int, cgroup_of(tree.proc, getpid(), path, &e)));
	cr_expect(eq(str, path, tree.own));
	/* No process has it. */
	cr_expect(lt(int, cgroup_of(tree.proc, 0, path, &e), 0));
	cgroup_tree_close(&tree);
}
