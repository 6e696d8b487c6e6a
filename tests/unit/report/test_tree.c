/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "report/report.h"

static struct report_tree
begin(void)
{
	struct report_tree tree;
	struct error e = { 0 };

	cr_assert(eq(int, report_tree_begin(&tree, &e), 0));
	return tree;
}

Test(report_tree, a_path_is_one_node_however_it_is_written)
{
	AUTO(report_tree_free) struct report_tree tree = begin();
	char buf[64];
	uint32_t node = report_tree_add(&tree, "/usr/lib/x");

	cr_expect(eq(u32, report_tree_add(&tree, "/usr//lib/x/"), node));
	cr_expect(ne(u32, report_tree_add(&tree, "/usr/lib/xy"), node));
	cr_expect(eq(u32, report_tree_add(&tree, "/"), 0));
	cr_expect(eq(str,
	    (char *)(uintptr_t)report_tree_path(&tree, node, buf, sizeof(buf)),
	    "/usr/lib/x"));
	cr_expect(eq(str,
	    (char *)(uintptr_t)report_tree_path(&tree, 0, buf, sizeof(buf)),
	    "/"));
}

Test(report_tree, a_walk_comes_to_each_once)
{
	AUTO(report_tree_free) struct report_tree tree = begin();
	unsigned seen = 0;

	(void)report_tree_add(&tree, "/a/b");
	(void)report_tree_add(&tree, "/a/c/d");
	(void)report_tree_add(&tree, "/e");
	for (uint32_t at = 0; at != REPORT_NONE;
	     at = report_tree_next(&tree, 0, at, false))
		seen++;
	cr_expect(eq(uint, seen, 6));
	cr_expect(eq(u32, report_tree_next(&tree, 0, 0, true), REPORT_NONE));
}

Test(report_tree, there_is_room_for_so_many_and_no_more)
{
	AUTO(report_tree_free) struct report_tree tree = begin();
	char path[32];
	unsigned added = 0;

	for (unsigned i = 0; i < REPORT_NODES_MAX + 100; i++) {
		(void)snprintf(path, sizeof(path), "/%u", i);
		added += report_tree_add(&tree, path) != REPORT_NONE;
	}
	cr_expect(eq(uint, added, REPORT_NODES_MAX - 1));
	/* Those that are there go on counting. */
	cr_expect(ne(u32, report_tree_add(&tree, "/5"), REPORT_NONE));
}

Test(report_tree, names_have_so_much_room_together)
{
	AUTO(report_tree_free) struct report_tree tree = begin();
	static char path[1100];
	bool is_full = false;

	for (unsigned i = 0; i < REPORT_NAMES_MAX / 1000 && !is_full; i++) {
		memset(path, 'x', sizeof(path) - 1);
		path[0] = '/';
		(void)snprintf(path + 1, 8, "%07u", i);
		path[8] = 'x';
		is_full = report_tree_add(&tree, path) == REPORT_NONE;
	}
	cr_expect(is_full);
	cr_expect(le(u32, tree.names_used, REPORT_NAMES_MAX));
}

/* Short names below a long one: what is held is little, and written much. */
Test(report_tree, paths_have_so_much_room_together)
{
	AUTO(report_tree_free) struct report_tree tree = begin();
	static char path[3000];
	unsigned added = 0;

	memset(path, 'x', sizeof(path));
	for (size_t i = 0; i < 2900; i += 200)
		path[i] = '/';
	for (unsigned i = 0; i < REPORT_NODES_MAX; i++) {
		(void)snprintf(path + 2900, 32, "/%u", i);
		added += report_tree_add(&tree, path) != REPORT_NONE;
	}
	cr_expect(gt(uint, added, 20000));
	cr_expect(lt(uint, added, REPORT_PATHS_MAX / 2900));
}

Test(report_tree, a_path_may_be_so_deep)
{
	AUTO(report_tree_free) struct report_tree tree = begin();
	char path[2 * REPORT_DEPTH_MAX + 3] = "";

	for (size_t i = 0; i < REPORT_DEPTH_MAX; i++)
		memcpy(path + 2 * i, "/d", 3);
	cr_expect(ne(u32, report_tree_add(&tree, path), REPORT_NONE));
	memcpy(path + 2 * (size_t)REPORT_DEPTH_MAX, "/d", 3);
	cr_expect(eq(u32, report_tree_add(&tree, path), REPORT_NONE));
}
