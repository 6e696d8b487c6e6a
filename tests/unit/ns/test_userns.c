/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "ns/idmap.h"
#include "ns/ns.h"

Test(ns_userns, a_user_namespace_outlives_whoever_made_it)
{
	struct spec_idmap uid = { 0, geteuid(), 1 };
	struct spec_idmap gid = { 0, getegid(), 1 };
	const struct spec_idmaps uids = { &uid, 1 };
	const struct spec_idmaps gids = { &gid, 1 };
	struct error e = { 0 };
	struct stat own;
	struct stat other;
	AUTO_FD int fd = ns_userns_open(&uids, &gids, &e);

	if (fd < 0 && strcmp(e.text, "make a user namespace") == 0)
		cr_skip_test("no user namespace can be made here");
	cr_assert(ge(int, fd, 0), "%s", e.text);
	cr_expect(eq(int, ioctl(fd, NS_GET_NSTYPE), CLONE_NEWUSER));
	cr_assert(zero(int, fstat(fd, &other)));
	cr_assert(zero(int, stat("/proc/self/ns/user", &own)));
	cr_expect(ne(u64, own.st_ino, other.st_ino));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1), "nobody is left");
}

Test(ns_userns, maps_that_the_kernel_refuses_leave_nobody)
{
	/* The same ids twice. */
	struct spec_idmap twice[] = { { 0, geteuid(), 1 }, { 0, 0, 1 } };
	const struct spec_idmaps maps = { twice, 2 };
	struct error e = { 0 };

	cr_expect(lt(int, ns_userns_open(&maps, &maps, &e), 0));
	cr_expect(ne(int, e.code, 0));
	cr_expect(eq(int, waitpid(-1, NULL, WNOHANG), -1));
	cr_expect(eq(int, errno, ECHILD));
}

Test(ns_userns, a_map_is_its_lines_in_any_order)
{
	struct spec_idmap lines[] = { { 0, 100000, 10 }, { 20, 5, 1 } };
	const struct spec_idmaps maps = { lines, 2 };
	static const struct {
		const char *text;
		bool is_it;
	} rows[] = {
		{ "         0     100000         10\n 20 5 1\n", true },
		{ "20 5 1\n0 100000 10\n", true },
		{ "0 100000 10\n", false },
		{ "0 100000 10\n0 100000 10\n20 5 1\n", false },
		{ "0 100000 10\n20 5 2\n", false },
		{ "0 100000 10\n20 5\n", false },
		{ "0 100000 10\n20 5 1", false },
		{ "0 100000 10\n20 5 1 1\n", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, userns_is_map(rows[i].text, &maps),
			      rows[i].is_it),
		    "%s", rows[i].text);
}
