/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static int
ask(void *context, const struct rootfs_wish *wish, int fd, int *out,
    struct error *e)
{
	return rootfs_grant(context, wish, fd, out, e);
}

static struct rootfs_plan *
build(struct spec *spec)
{
	char where[] = "/data", type[] = "tmpfs", size[] = "size=1m";
	const struct spec_mount wanted = { .destination = where,
		.type = type,
		.options = WORDS(size) };

	apart();
	struct rootfs_plan *plan = plan_tree(spec, &wanted, 1);
	const struct rootfs_runtime runtime = { ask, plan };
	cr_assert(zero(int, mkdirat(plan->root, "data", 0755)));
	close(plan->root);
	plan->root = -1;
	FINE(rootfs_build(plan, &runtime, fine));
	return plan;
}

static dev_t
device_of(const char *path)
{
	struct stat st = { 0 };

	cr_expect(zero(int, stat(path, &st)), "%s", path);
	return st.st_dev;
}

/* Hooks find it there, with its mounts; then it lies on "/" again. */
Test(rootfs_show, the_tree_is_where_the_bundle_says)
{
	struct spec spec = { 0 };
	struct rootfs_plan *plan = build(&spec);

	cr_expect(eq(u64, device_of("/tmp/tree/data"), device_of("/tmp/tree")),
	    "by that path there is no mount yet");
	FINE(rootfs_show(plan, fine));
	cr_expect(ne(u64, device_of("/tmp/tree/data"), device_of("/tmp/tree")));
	cr_expect(plan->is_shown);
	FINE(show_end(plan, fine));
	cr_expect(not(plan->is_shown));
	cr_expect(eq(u64, device_of("/tmp/tree/data"), device_of("/tmp/tree")));
	rootfs_free(&plan);
}

Test(rootfs_show, nowhere_else)
{
	struct spec spec = { 0 };
	struct error e = { 0 };
	struct rootfs_plan *plan = build(&spec);

	cr_assert(zero(int, rename("/tmp/tree", "/tmp/other")));
	cr_assert(zero(int, mkdir("/tmp/tree", 0755)));
	cr_expect(eq(int, rootfs_show(plan, &e), -ESTALE));
	cr_expect(not(plan->is_shown));
	rootfs_free(&plan);
}
