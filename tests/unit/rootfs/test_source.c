/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "rootfs/plan.h"

static char top[] = "/tmp/lorica-source-XXXXXX";
static int host; /* what stands for init's "/" */
static struct planned mounts[2];
static char to_dir[] = "/link";
static char to_outside[] = "/outside";
static struct rootfs_plan plan = {
	.mounts = mounts,
	.count = 2,
	.userns = -1,
	.path = (char[]){ "/dir" },
};

static void
setup(void)
{
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	host = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, host, 0));
	cr_assert(zero(int, mkdirat(host, "dir", 0755)));
	cr_assert(zero(int, symlinkat("/dir", host, "link")));
	cr_assert(zero(int, symlinkat("/etc", host, "outside")));
	mounts[0].source = to_dir;
}

static void
teardown(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_expect(zero(int, system(command)));
}

TestSuite(rootfs_source, .init = setup, .fini = teardown);

static int
grant(int kind, uint32_t mount, int fd, int *out, struct error *e)
{
	struct rootfs_wish wish = { .mount = mount };

	wish.kind = kind == ROOTFS_OPEN ? ROOTFS_OPEN : ROOTFS_MAP_IDS;
	return rootfs_grant(&plan, &wish, fd, out, e);
}

Test(rootfs_source, what_is_opened_lies_below_the_descriptor)
{
	static const uint32_t numbers[] = { 0, ROOTFS_ROOT };
	struct stat want;

	cr_assert(zero(int, fstatat(host, "dir", &want, 0)));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		struct error e = { 0 };
		struct stat got;
		AUTO_FD int fd = -1;

		cr_assert(zero(int,
			      grant(ROOTFS_OPEN, numbers[i], host, &fd, &e)),
		    "%s", e.text);
		cr_assert(zero(int, fstat(fd, &got)));
		cr_expect(eq(u64, got.st_ino, want.st_ino));
	}
	struct error e = { 0 };
	int fd = -1;

	mounts[0].source = to_outside;
	cr_expect(eq(int, grant(ROOTFS_OPEN, 0, host, &fd, &e), -ENOENT));
	cr_expect(eq(int, fd, -1));
}

Test(rootfs_source, a_wish_that_makes_no_sense_is_refused)
{
	static const struct {
		int kind;
		uint32_t mount;
		bool without;
	} rows[] = {
		{ ROOTFS_OPEN, 0, true },               /* no descriptor */
		{ ROOTFS_OPEN, 1, false },              /* no bind */
		{ ROOTFS_OPEN, 2, false },              /* no mount */
		{ ROOTFS_MAP_IDS, 0, false },           /* no map */
		{ ROOTFS_MAP_IDS, 2, false },           /* no mount */
		{ ROOTFS_MAP_IDS, ROOTFS_ROOT, false }, /* has none */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		int fd = -1;

		cr_expect(eq(int,
			      grant(rows[i].kind, rows[i].mount,
				  rows[i].without ? -1 : host, &fd, &e),
			      -EPROTO),
		    "row %zu", i);
		cr_expect(eq(int, fd, -1));
	}
}
