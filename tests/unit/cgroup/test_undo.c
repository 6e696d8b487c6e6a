/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static int
change(int dir, const char *resources, struct cgroup_undo *undo,
    struct error *e)
{
	AUTO(spec_free) struct spec *spec = spec_with(resources);

	return cgroup_limits_change(dir, spec->lnx.resources, undo, e);
}

/* What a file says, a line that changes it, and what puts it back. */
static const struct {
	const char *file, *before, *resources, *after, *back;
} rows[] = {
	{ "memory.max", "max", "{\"memory\":{\"limit\":5}}", "5", "max" },
	{ "cpu.max", "max 100000", "{\"cpu\":{\"quota\":5}}", "5 100000",
	    "max 100000" },
	{ "cpuset.cpus", "", "{\"cpu\":{\"cpus\":\"1\"}}", "1", "" },
	{ "pids.max", "7", "{\"pids\":{\"limit\":8}}", "8", "7" },
	{ "io.weight", "default 100\n8:0 50", "{\"blockIO\":{\"weight\":1000}}",
	    "10000", "default 100" },
	{ "io.weight", "default 100\n8:0 50",
	    "{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":0,"
	    "\"weight\":1000}]}}",
	    "8:0 10000", "8:0 50" },
	{ "io.weight", "default 100\n8:0 50",
	    "{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":1,"
	    "\"weight\":1000}]}}",
	    "8:1 10000", "8:1 default" },
	{ "io.max", "8:0 rbps=max wbps=5 riops=max wiops=max",
	    "{\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":"
	    "0,\"rate\":9}]}}",
	    "8:0 rbps=9", "8:0 rbps=max wbps=5 riops=max wiops=max" },
	{ "io.max", "8:0 rbps=max wbps=5 riops=max wiops=max",
	    "{\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":"
	    "16,\"rate\":9}]}}",
	    "8:16 rbps=9", "8:16 rbps=max wbps=max riops=max wiops=max" },
	{ "rdma.max", "a hca_handle=2 hca_object=max\nb hca_handle=max",
	    "{\"rdma\":{\"a\":{\"hcaHandles\":3}}}", "a hca_handle=3",
	    "a hca_handle=2 hca_object=max" },
};

Test(cgroup_undo, each_file_gets_back_what_it_said)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cgroup_tree tree = fake_tree("/");
		AUTO(cgroup_undo_free) struct cgroup_undo undo = { 0 };
		struct error e = { 0 };

		put_file(tree.top, rows[i].file, rows[i].before);
		cr_assert(zero(int,
			      change(tree.top, rows[i].resources, &undo, &e)),
		    "%s", e.text);
		cr_assert(eq(sz, undo.count, 1));
		put_file(tree.top, rows[i].file, "");
		cgroup_undo_apply(&undo, tree.top);
		cr_expect(eq(str, (char *)text_of(tree.top, rows[i].file),
			      (char *)rows[i].back),
		    "%s after %s", rows[i].file, rows[i].resources);
		cr_expect(zero(sz, undo.count));
		fake_remove(&tree);
	}
}

Test(cgroup_undo, a_change_that_fails_in_the_middle_changes_nothing)
{
	struct cgroup_tree tree = fake_tree("/");
	AUTO(cgroup_undo_free) struct cgroup_undo undo = { 0 };
	struct error e = { 0 };

	put_file(tree.top, "memory.max", "9000");
	put_file(tree.top, "memory.low", "3000");
	cr_expect(eq(int,
	    change(tree.top,
		"{\"memory\":{\"limit\":8000,\"reservation\":2000},"
		"\"pids\":{\"limit\":5}}",
		&undo, &e),
	    -ENOENT));
	cr_expect(eq(str, (char *)text_of(tree.top, "memory.max"), "9000"));
	cr_expect(eq(str, (char *)text_of(tree.top, "memory.low"), "3000"));
	fake_remove(&tree);
}
