/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

/* The runtime, in the same process. */
static int
ask(void *context, const struct rootfs_wish *wish, int fd, int *out,
    struct error *e)
{
	return rootfs_grant(context, wish, fd, out, e);
}

/* The line that the first mount fails with, or "". */
static const char *
line_of(struct rootfs_plan *plan)
{
	static char line[256];
	struct error e = { 0 };

	plan->runtime = (struct rootfs_runtime){ ask, plan };
	if (mount_one(plan, &plan->mounts[0], &e) == 0)
		return "";
	error_format(&e, line, sizeof(line));
	return line;
}

Test(rootfs_mount, nothing_comes_into_proc_but_what_lxcfs_has)
{
	static char tmpfs[] = "tmpfs", proc[] = "proc", null[] = "/dev/null",
		    bind[] = "bind", size[] = "size=1m";
	const struct {
		const char *destination;
		struct spec_mount mount;
		const char *line;
	} rows[] = {
		{ "/proc", { .type = tmpfs, .options = WORDS(size) },
		    "only proc may be mounted on /proc" },
		{ "/proc/.", { .type = tmpfs, .options = WORDS(size) },
		    "only proc may be mounted on /proc" },
		{ "/proc/self", { .type = tmpfs, .options = WORDS(size) },
		    "/proc/self is inside /proc" },
		{ "/x/../proc/sys", { .type = proc, .options = WORDS(size) },
		    "/proc/sys is inside /proc" },
		{ "/proc/kcore", { .source = null, .options = WORDS(bind) },
		    "/proc/kcore is inside /proc" },
		{ "/proc", { .source = null, .options = WORDS(bind) },
		    "mount /dev/null on /proc: only proc may be mounted on "
		    "/proc" },
		{ "/proc/meminfo", { .source = null, .options = WORDS(bind) },
		    "" },
		{ "/processes", { .type = tmpfs, .options = WORDS(size) }, "" },
	};

	apart();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec spec = { 0 };
		struct spec_mount wanted = rows[i].mount;

		wanted.destination = (char *)(uintptr_t)rows[i].destination;
		struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
		cr_expect(eq(str, (char *)(uintptr_t)line_of(plan),
			      (char *)(uintptr_t)rows[i].line),
		    "row %zu", i);
		rootfs_free(&plan);
	}
}

/* CVE-2019-19921, CVE-2023-27561: the kernel's files would be elsewhere. */
Test(rootfs_mount, a_link_in_the_image_is_no_place_for_proc)
{
	struct spec spec = { 0 };
	char where[] = "/proc", type[] = "proc", nosuid[] = "nosuid";
	const struct spec_mount wanted = { .destination = where,
		.type = type,
		.options = WORDS(nosuid) };

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	cr_assert(zero(int, mkdirat(plan->root, "evil", 0755)));
	cr_assert(zero(int, symlinkat("/evil", plan->root, "proc")));
	cr_expect(eq(str, (char *)(uintptr_t)line_of(plan),
	    "mount proc on /proc: proc must be mounted on ordinary "
	    "directory"));
	rootfs_free(&plan);
}

Test(rootfs_mount, no_link_leads_into_a_procfs_either)
{
	struct spec spec = { 0 };
	char where[] = "/data", type[] = "tmpfs", size[] = "size=1m";
	const struct spec_mount wanted = { .destination = where,
		.type = type,
		.options = WORDS(size) };

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	cr_assert(zero(int, mkdirat(plan->root, "proc", 0755)));
	cr_assert(zero(int,
	    mount("/proc", "/tmp/tree/proc", NULL, MS_BIND | MS_REC, NULL)));
	cr_assert(zero(int, symlinkat("/proc/sys", plan->root, "data")));
	cr_expect(eq(str, (char *)(uintptr_t)line_of(plan),
	    "mount tmpfs on /data: /data leads into a procfs"));
	rootfs_free(&plan);
}

Test(rootfs_mount, a_bind_gets_its_attributes_and_the_source_keeps_its_own)
{
	struct spec spec = { 0 };
	char where[] = "/mnt/file", from[] = "/tmp/source", bind[] = "bind",
	     ro[] = "ro", noexec[] = "noexec";
	const struct spec_mount wanted = { .destination = where,
		.source = from,
		.options = WORDS(bind, ro, noexec) };
	struct statfs fs;

	apart();
	close(open(from, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	cr_expect(eq(str, (char *)(uintptr_t)line_of(plan), ""));
	cr_assert(zero(int, statfs("/tmp/tree/mnt/file", &fs)));
	cr_expect(eq(long, (long)fs.f_flags & 9, 9L));
	cr_assert(zero(int, statfs(from, &fs)));
	cr_expect(zero(long, (long)fs.f_flags & 9));
	rootfs_free(&plan);
}

/* Mount points below it could not be made otherwise. */
Test(rootfs_mount, a_tmpfs_becomes_read_only_at_the_end)
{
	struct spec spec = { 0 };
	char where[] = "/data", type[] = "tmpfs", ro[] = "ro";
	const struct spec_mount wanted = { .destination = where,
		.type = type,
		.options = WORDS(ro) };

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	cr_assert(zero(int, mkdirat(plan->root, "data", 0731)));
	cr_expect(eq(str, (char *)(uintptr_t)line_of(plan), ""));
	cr_expect(zero(int, mkdirat(plan->root, "data/below", 0755)));
	FINE(mount_finish(plan, fine));
	cr_expect(lt(int, mkdirat(plan->root, "data/more", 0755), 0));
	cr_expect(eq(int, errno, EROFS));
	struct stat st;
	cr_assert(zero(int, fstatat(plan->root, "data", &st, 0)));
	cr_expect(eq(u32, st.st_mode & 07777, 0731), "as its place had it");
	rootfs_free(&plan);
}
