/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static const char *const files[] = { "memory.max", "memory.low",
	"memory.swap.max", "cpu.weight", "cpu.max", "cpu.max.burst", "cpu.idle",
	"cpuset.cpus", "cpuset.mems", "pids.max", "io.weight", "io.max",
	"hugetlb.2MB.max", "hugetlb.2MB.rsvd.max", "rdma.max", "memory.high" };

static int
write_all(int dir, const char *resources, struct error *e)
{
	AUTO(spec_free) struct spec *spec = spec_with(resources);

	TRY(cgroup_limits_write(dir, CGROUP_BEFORE, spec->lnx.resources, e));
	return cgroup_limits_write(dir, CGROUP_AFTER, spec->lnx.resources, e);
}

/* clang-format off */
static const struct {
	const char *of, *members; /* whose test it is, below linux.resources */
	const char *resources, *file, *line;
} lines[] = {
	{ "memory.", "limit", "{\"memory\":{\"limit\":1000}}", "memory.max", "1000" },
	{ "memory.", "limit", "{\"memory\":{\"limit\":-1}}", "memory.max", "max" },
	{ "memory.", "limit", "{\"memory\":{\"limit\":-1}}", "memory.swap.max", "max" },
	{ "", "", "{\"memory\":{\"limit\":0}}", "memory.max", "" },
	{ "memory.", "reservation", "{\"memory\":{\"reservation\":7}}", "memory.low", "7" },
	{ "memory.", "swap", "{\"memory\":{\"limit\":1000,\"swap\":3000}}", "memory.swap.max", "2000" },
	{ "memory.", "swap", "{\"memory\":{\"limit\":1000,\"swap\":1000}}", "memory.swap.max", "0" },
	{ "memory.", "swap", "{\"memory\":{\"limit\":1000,\"swap\":-1}}", "memory.swap.max", "max" },
	{ "", "", "{\"memory\":{\"limit\":1000,\"swap\":0}}", "memory.swap.max", "" },
	{ "cpu.", "shares", "{\"cpu\":{\"shares\":1024}}", "cpu.weight", "100" },
	{ "", "", "{\"cpu\":{\"shares\":0}}", "cpu.weight", "" },
	{ "cpu.", "quota period", "{\"cpu\":{\"quota\":5000,\"period\":10000}}", "cpu.max", "5000 10000" },
	{ "cpu.", "quota", "{\"cpu\":{\"quota\":5000}}", "cpu.max", "5000 100000" },
	{ "cpu.", "quota", "{\"cpu\":{\"quota\":-1}}", "cpu.max", "max" },
	{ "cpu.", "period", "{\"cpu\":{\"period\":10000}}", "cpu.max", "max 10000" },
	{ "cpu.", "quota period", "{\"cpu\":{\"quota\":-1,\"period\":10000}}", "cpu.max", "max 10000" },
	{ "cpu.", "burst", "{\"cpu\":{\"quota\":5000,\"burst\":500}}", "cpu.max.burst", "500" },
	{ "cpu.", "burst", "{\"cpu\":{\"burst\":0}}", "cpu.max.burst", "0" },
	{ "cpu.", "idle", "{\"cpu\":{\"idle\":1}}", "cpu.idle", "1" },
	{ "cpu.", "idle", "{\"cpu\":{\"idle\":0}}", "cpu.idle", "0" },
	{ "cpu.", "cpus", "{\"cpu\":{\"cpus\":\"0-1\"}}", "cpuset.cpus", "0-1" },
	{ "cpu.", "mems", "{\"cpu\":{\"mems\":\"0\"}}", "cpuset.mems", "0" },
	{ "pids.", "limit", "{\"pids\":{\"limit\":20}}", "pids.max", "20" },
	{ "pids.", "limit", "{\"pids\":{\"limit\":0}}", "pids.max", "0" },
	{ "pids.", "limit", "{\"pids\":{\"limit\":-1}}", "pids.max", "max" },
	{ "blockIO.", "weight", "{\"blockIO\":{\"weight\":1000}}", "io.weight", "10000" },
	{ "blockIO.weightDevice[].", "major minor weight", "{\"blockIO\":{\"weightDevice\":[{\"major\":8,\"minor\":1,\"weight\":10}]}}", "io.weight", "8:1 1" },
	{ "blockIO.throttleReadBpsDevice[].", "major minor rate", "{\"blockIO\":{\"throttleReadBpsDevice\":[{\"major\":8,\"minor\":3,\"rate\":5}]}}", "io.max", "8:3 rbps=5" },
	{ "blockIO.throttleWriteBpsDevice[].", "major minor rate", "{\"blockIO\":{\"throttleWriteBpsDevice\":[{\"major\":8,\"minor\":3,\"rate\":5}]}}", "io.max", "8:3 wbps=5" },
	{ "blockIO.throttleReadIOPSDevice[].", "major minor rate", "{\"blockIO\":{\"throttleReadIOPSDevice\":[{\"major\":8,\"minor\":3,\"rate\":5}]}}", "io.max", "8:3 riops=5" },
	{ "blockIO.throttleWriteIOPSDevice[].", "major minor rate", "{\"blockIO\":{\"throttleWriteIOPSDevice\":[{\"major\":8,\"minor\":3,\"rate\":5}]}}", "io.max", "8:3 wiops=5" },
	{ "", "", "{\"blockIO\":{\"throttleWriteIOPSDevice\":[{\"major\":8,\"minor\":3,\"rate\":0}]}}", "io.max", "8:3 wiops=max" },
	{ "hugepageLimits[].", "pageSize limit", "{\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":4}]}", "hugetlb.2MB.max", "4" },
	{ "hugepageLimits[].", "pageSize limit", "{\"hugepageLimits\":[{\"pageSize\":\"2MB\",\"limit\":4}]}", "hugetlb.2MB.rsvd.max", "4" },
	{ "rdma{}.", "hcaHandles hcaObjects", "{\"rdma\":{\"mlx5_1\":{\"hcaHandles\":3,\"hcaObjects\":9}}}", "rdma.max", "mlx5_1 hca_handle=3 hca_object=9" },
	{ "rdma{}.", "hcaObjects", "{\"rdma\":{\"mlx5_1\":{\"hcaObjects\":9}}}", "rdma.max", "mlx5_1 hca_object=9" },
	{ "", "unified{}", "{\"unified\":{\"memory.high\":\"5\"}}", "memory.high", "5" },
	{ "", "unified{}", "{\"memory\":{\"limit\":9},\"unified\":{\"memory.max\":\"8\"}}", "memory.max", "8" },
};
/* clang-format on */

Test(cgroup_resources, each_member_is_a_line_in_a_file)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct cgroup_tree tree = fake_tree("/");
		struct error e = { 0 };

		for (size_t f = 0; f < ARRAY_SIZE(files); f++)
			put_file(tree.top, files[f], "");
		cr_expect(zero(int,
			      write_all(tree.top, lines[i].resources, &e)),
		    "%s", e.text);
		cr_expect(eq(str, (char *)text_of(tree.top, lines[i].file),
			      (char *)lines[i].line),
		    "%s in %s", lines[i].resources, lines[i].file);
		claim_resources(lines[i].of, lines[i].members);
		fake_remove(&tree);
	}
}

Test(cgroup_resources, bfq_takes_weights_as_they_are)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };

	put_file(tree.top, "io.bfq.weight", "");
	cr_assert(zero(int,
	    write_all(tree.top, "{\"blockIO\":{\"weight\":1000}}", &e)));
	cr_expect(eq(str, (char *)text_of(tree.top, "io.bfq.weight"), "1000"));
	fake_remove(&tree);
}

Test(cgroup_resources, what_limits_nothing_needs_no_file)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };

	cr_expect(zero(int, write_all(tree.top,
				"{\"memory\":{\"limit\":-1,\"swap\":-1},"
				"\"cpu\":{\"idle\":0,"
				"\"burst\":0},\"pids\":{\"limit\":-1}}",
				&e)),
	    "%s", e.text);
	fake_remove(&tree);
}

Test(cgroup_resources, errors_name_member_line_and_file)
{
	static const struct {
		const char *resources, *line;
	} rows[] = {
		{ "{\"pids\":{\"limit\":5}}",
		    "linux.resources.pids.limit: write \"5\" to pids.max" },
		{ "{\"unified\":{\"memory.hihg\":\"5\"}}",
		    "linux.resources.unified.memory.hihg: write \"5\" to "
		    "memory.hihg" },
		{ "{\"memory\":{\"swap\":5}}",
		    "linux.resources.memory.swap: includes memory, so it "
		    "needs memory.limit too" },
		{ "{\"unified\":{\"../x\":\"5\"}}",
		    "linux.resources.unified.../x: no file of a cgroup" },
	};
	struct cgroup_tree tree = fake_tree("/");

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };

		cr_expect(
		    lt(int, write_all(tree.top, rows[i].resources, &e), 0));
		cr_expect(eq(str, e.text, (char *)rows[i].line));
	}
	fake_remove(&tree);
}

Test(cgroup_resources, a_limit_below_the_usage_is_refused_when_asked)
{
	struct cgroup_tree tree = fake_tree("/");
	struct error e = { 0 };

	put_file(tree.top, "memory.current", "2000\n");
	put_file(tree.top, "memory.max", "");
	cr_expect(eq(int,
	    write_all(tree.top,
		"{\"memory\":{\"limit\":1000,\"checkBeforeUpdate\":true}}", &e),
	    -EBUSY));
	cr_expect(eq(str, e.text,
	    "linux.resources.memory.limit: rejecting memory limit 1000: usage "
	    "2000"));
	cr_expect(eq(str, (char *)text_of(tree.top, "memory.max"), ""));
	claim_resources("memory.", "checkBeforeUpdate");
	e = (struct error){ 0 };
	cr_expect(zero(int,
	    write_all(tree.top,
		"{\"memory\":{\"limit\":2000,\"checkBeforeUpdate\":true}}",
		&e)));
	fake_remove(&tree);
}

Test(cgroup_resources, processes_are_limited_once_there_is_one)
{
	struct cgroup_tree tree = fake_tree("/");
	AUTO(spec_free)
	struct spec *spec = spec_with("{\"memory\":{\"limit\":9},\"pids\":{"
				      "\"limit\":1}}");
	struct error e = { 0 };

	put_file(tree.top, "memory.max", "");
	put_file(tree.top, "pids.max", "");
	cr_assert(zero(int, cgroup_limits_write(tree.top, CGROUP_BEFORE,
				spec->lnx.resources, &e)));
	cr_expect(eq(str, (char *)text_of(tree.top, "memory.max"), "9"));
	cr_expect(eq(str, (char *)text_of(tree.top, "pids.max"), ""));
	cr_assert(zero(int, cgroup_limits_write(tree.top, CGROUP_AFTER,
				spec->lnx.resources, &e)));
	cr_expect(eq(str, (char *)text_of(tree.top, "pids.max"), "1"));
	cr_expect(zero(int, cgroup_limits_write(-1, CGROUP_AFTER, NULL, &e)));
	fake_remove(&tree);
}
