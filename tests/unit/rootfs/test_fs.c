/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

static char tmpfs[] = "tmpfs", here[] = "/x", ro[] = "ro", nosuid[] = "nosuid";

static struct statfs
statfs_of(int tree)
{
	struct statfs fs;

	cr_assert(zero(int, fstatfs(tree, &fs)));
	return fs;
}

Test(rootfs_fs, a_new_one_has_its_options_and_its_attributes)
{
	struct spec spec = { 0 };
	char size[] = "size=65536,nr_inodes=7";
	const struct spec_mount wanted = { .destination = here,
		.type = tmpfs,
		.options = WORDS(size, nosuid, ro) };
	struct error e = { 0 };
	struct stat st;

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	AUTO_FD int late = fs_new(plan, &plan->mounts[0], "1777", &e);
	cr_assert(ge(int, late, 0), "%s", e.text);
	struct statfs fs = statfs_of(late);
	cr_expect(eq(long, (long)fs.f_type, (long)TMPFS_MAGIC));
	cr_expect(eq(u64, (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize, 65536));
	cr_expect(eq(u64, fs.f_files, 7));
	cr_expect(eq(long, (long)fs.f_flags & 3, 2L),
	    "nosuid, and writable until all is there");
	cr_assert(zero(int, fstat(late, &st)));
	cr_expect(eq(u32, st.st_mode & 07777, 01777));
	plan->mounts[0].late_readonly = false;
	AUTO_FD int tree = fs_new(plan, &plan->mounts[0], NULL, &e);
	cr_assert(ge(int, tree, 0), "%s", e.text);
	cr_expect(eq(long, (long)statfs_of(tree).f_flags & 3, 3L));
	rootfs_free(&plan);
}

Test(rootfs_fs, an_option_that_is_refused_is_named)
{
	static const struct {
		const char *type, *word, *line;
	} rows[] = {
		{ "tmpfs", "frobnicate=1",
		    "option frobnicate=1: invalid argument" },
		{ "tmpfs", "size=1m,frob", "option frob: invalid argument" },
		{ "tmpfs", "size=x", "option size=x: invalid argument" },
		{ "nosuchfs", "size=1",
		    "file system nosuchfs: no such device" },
	};
	struct spec spec = { 0 };

	apart();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct spec_mount wanted = {
			.destination = here,
			.type = (char *)(uintptr_t)rows[i].type,
			.options = WORDS((char *)(uintptr_t)rows[i].word),
		};
		struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
		struct error e = { 0 };
		char line[128];

		cr_expect(lt(int, fs_new(plan, &plan->mounts[0], NULL, &e), 0));
		error_format(&e, line, sizeof(line));
		cr_expect(eq(str, line, (char *)(uintptr_t)rows[i].line));
		rootfs_free(&plan);
	}
}

/* "invalid argument" would not say it. */
Test(rootfs_fs, an_id_that_is_not_mapped_is_told_of)
{
	struct spec spec = { 0 };
	char gid[] = "gid=5";
	const struct spec_mount wanted = { .destination = here,
		.type = tmpfs,
		.options = WORDS(gid) };
	int status;

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	pid_t child = fork();
	if (child == 0) {
		struct error e = { 0 };

		/* Nobody is mapped in it. A thread of the test's could not. */
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			_exit(2);
		_exit(fs_new(plan, &plan->mounts[0], NULL, &e) == -EINVAL &&
			      strcmp(e.text,
				  "option gid=5: the user namespace does not "
				  "map it") == 0
			  ? 0
			  : 1);
	}
	waitpid(child, &status, 0);
	if (WEXITSTATUS(status) == 2)
		cr_skip_test("no user namespace can be made here");
	cr_expect(zero(int, status));
	rootfs_free(&plan);
}

/* CVE-2023-25809. */
Test(rootfs_fs, the_hosts_is_taken_only_where_none_may_be_made_and_read_only)
{
	static const struct {
		const char *type;
		int code;
		bool taken;
	} rows[] = {
		{ "sysfs", EPERM, true },
		{ "sysfs", EBUSY, false },
		{ "proc", EPERM, false },
		{ "tmpfs", EPERM, false },
	};

	apart();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct spec_mount wanted = {
			.type = (char *)(uintptr_t)rows[i].type,
		};
		const struct planned planned = { .mount = &wanted };
		struct error why = { 0 };
		struct error e = { 0 };

		error_set(&why, rows[i].code, "why");
		AUTO_FD int tree = fs_host(&planned, &why, &e);
		if (!rows[i].taken) {
			cr_expect(eq(int, tree, -rows[i].code), "row %zu", i);
			cr_expect(eq(str, e.text, "why"));
			continue;
		}
		cr_assert(ge(int, tree, 0), "%s", e.text);
		cr_expect(eq(long, (long)statfs_of(tree).f_flags & 15, 15L),
		    "ro, nosuid, nodev, noexec");
	}
}

Test(rootfs_fs, what_is_mounted_can_be_changed)
{
	struct spec spec = { 0 };
	char remount[] = "remount", size[] = "size=131072";
	const struct spec_mount wanted = { .destination = here,
		.options = WORDS(remount, ro, nosuid, size) };
	struct error e = { 0 };

	apart();
	struct rootfs_plan *plan = plan_tree(&spec, &wanted, 1);
	cr_assert(zero(int, mkdirat(plan->root, "x", 0755)));
	cr_expect(lt(int, fs_remount(plan, &plan->mounts[0], &e), 0),
	    "nothing is mounted there");
	cr_assert(zero(int,
	    mount("tmpfs", "/tmp/tree/x", "tmpfs", MS_NODEV, "size=65536")));
	FINE(fs_remount(plan, &plan->mounts[0], fine));
	struct statfs fs;
	cr_assert(zero(int, statfs("/tmp/tree/x", &fs)));
	cr_expect(
	    eq(u64, (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize, 131072));
	cr_expect(eq(long, (long)fs.f_flags & 7, 3L),
	    "what is not said is not so any more");
	rootfs_free(&plan);
}
