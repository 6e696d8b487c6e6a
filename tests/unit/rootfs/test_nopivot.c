/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "rootfs/plan.h"

Test(rootfs_nopivot, a_line_of_mountinfo_is_read)
{
	static const struct {
		const char *line;
		const char *path; /* NULL: not one of ours */
		uint64_t number;
	} rows[] = {
		{ "23 7 0:21 / /proc rw,nosuid - proc proc rw", "/proc", 23 },
		{ "24 7 0:22 /a /a\\040b\\012c rw shared:1 - tmpfs t rw",
		    "/a b\nc", 24 },
		{ "25 7 0:22 / /x\\134y", "/x\\y", 25 },
		{ "26 8 0:22 / /y rw - tmpfs t rw", NULL, 0 },
		{ "27 7 0:22 / / rw - tmpfs t rw", NULL, 0 },
		{ "28 7 0:22 /", NULL, 0 },
		{ "x 7 0:22 / /y rw", NULL, 0 },
		{ "29 +7 0:22 / /y rw", NULL, 0 },
		{ "", NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[128];
		struct host_mount mount = { 0, NULL };

		(void)snprintf(line, sizeof(line), "%s", rows[i].line);
		cr_assert(eq(int, nopivot_parse(line, 7, &mount),
			      rows[i].path != NULL),
		    "row %zu", i);
		cr_expect(eq(u64, mount.number, rows[i].number), "row %zu", i);
		if (rows[i].path != NULL)
			cr_expect(eq(str, mount.path, (char *)rows[i].path));
	}
}

static int visits;

/* Every second one is gone. */
static int
visit(struct rootfs_plan *plan, const struct host_mount *mount, struct error *e)
{
	(void)plan;
	if (strcmp(mount->path, "/bad") == 0)
		return error_set(e, EPERM, "that one");
	return ++visits % 2;
}

static int
each_of(const char *text, struct error *e)
{
	AUTO_FD int fd = memfd_create("mountinfo", MFD_CLOEXEC);

	visits = 0;
	cr_assert(
	    eq(long, pwrite(fd, text, strlen(text), 0), (long)strlen(text)));
	return nopivot_each(NULL, fd, 7, visit, e);
}

Test(rootfs_nopivot, each_is_visited_however_long_the_lines_are)
{
	AUTO_FREE char *text = calloc(1, 4 * LIMIT_MOUNT_LINE);
	struct error e = { 0 };
	char *end = text;

	cr_assert(ne(ptr, text, NULL));
	/* Those of an overlay with many layers. */
	for (int i = 0; i < 5; i++)
		end += sprintf(end, "%d 7 0:1 / /m%d rw - overlay o %0*d\n", i,
		    i, LIMIT_MOUNT_LINE / 2, 0);
	cr_expect(eq(int, each_of(text, &e), 3), "%s", e.text);
	cr_expect(eq(int, visits, 5));
}

/* Else what comes behind it would stay mounted, and nobody would know. */
Test(rootfs_nopivot, a_line_that_does_not_fit_is_an_error)
{
	AUTO_FREE char *text = calloc(1, 2 * LIMIT_MOUNT_LINE);
	struct error e = { 0 };

	cr_assert(ne(ptr, text, NULL));
	(void)sprintf(text,
	    "1 7 0:1 / /m rw - overlay o %0*d\n2 7 0:1 / /n rw - t t rw\n",
	    LIMIT_MOUNT_LINE, 0);
	cr_expect(eq(int, each_of(text, &e), -E2BIG));
	cr_expect(
	    eq(str, e.text, "a line of mountinfo is longer than 65536 bytes"));
}

Test(rootfs_nopivot, the_first_that_fails_ends_it)
{
	struct error e = { 0 };

	cr_expect(eq(int,
	    each_of("1 7 0:1 / /a x\n2 7 0:1 / /bad x\n3 7 0:1 / /c x\n", &e),
	    -EPERM));
	cr_expect(eq(str, e.text, "that one"));
	cr_expect(eq(int, visits, 1));
}
