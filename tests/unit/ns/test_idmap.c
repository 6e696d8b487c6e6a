/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "ns/idmap.h"

Test(ns_idmap, the_lowest_id_is_found_wherever_it_stands)
{
	static const struct {
		const char *text;
		uint32_t lowest;
	} rows[] = {
		{ "", 0 },
		{ "         0     100000      65536\n", 0 },
		{ "      1000          0          1\n", 1000 },
		{ "        20          5          2\n"
		  "         7        100          1\n"
		  "        30          1          1\n",
		    7 },
		{ "4294967294          0          1\n", 4294967294u },
		{ "         9          0          1", 9 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(u32, idmap_lowest(rows[i].text), rows[i].lowest),
		    "row %zu", i);
}

static char top[32];

/* Something like a procfs, with the files of process 77. */
static struct ns_plan
fake_plan(void)
{
	static const char *const names[] = { "77/uid_map", "77/gid_map",
		"77/setgroups" };
	struct ns_plan plan = { .privileged = true };

	(void)strcpy(top, "/tmp/idmap.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	plan.proc = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(zero(int, mkdirat(plan.proc, "77", 0700)));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		AUTO_FD int fd =
		    openat(plan.proc, names[i], O_WRONLY | O_CREAT, 0600);
		cr_assert(ge(int, fd, 0));
	}
	return plan;
}

static const char *
text_of(const struct ns_plan *plan, const char *name)
{
	static char text[IDMAP_BYTES];
	AUTO_FD int fd = openat(plan->proc, name, O_RDONLY);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	text[got > 0 ? got : 0] = '\0';
	return text;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_fake(struct ns_plan *plan)
{
	close(plan->proc);
	cr_expect(zero(int, nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS)));
}

Test(ns_idmap, whoever_may_writes_both_maps)
{
	struct ns_plan plan = fake_plan();
	struct spec_idmap uids[] = { { 0, 100000, 65536 },
		{ 65536, 4294967294u, 1 } };
	struct spec_idmap gids[] = { { 0, 1, 2 } };
	struct error e = { 0 };

	plan.uids = (struct spec_idmaps){ uids, 2 };
	plan.gids = (struct spec_idmaps){ gids, 1 };
	cr_assert(zero(int, idmap_write(&plan, 77, &e)), "%s", e.text);
	cr_expect(eq(str, (char *)text_of(&plan, "77/uid_map"),
	    "0 100000 65536\n65536 4294967294 1\n"));
	cr_expect(eq(str, (char *)text_of(&plan, "77/gid_map"), "0 1 2\n"));
	cr_expect(eq(str, (char *)text_of(&plan, "77/setgroups"), ""));
	remove_fake(&plan);
}

/* CVE-2014-8989: a group that denies could be dropped. */
Test(ns_idmap, who_maps_its_own_id_denies_setgroups)
{
	struct ns_plan plan = fake_plan();
	struct spec_idmap uids[] = { { 0, geteuid(), 1 } };
	struct spec_idmap gids[] = { { 5, getegid(), 1 } };
	char want[32];
	struct error e = { 0 };

	plan.privileged = false;
	plan.uids = (struct spec_idmaps){ uids, 1 };
	plan.gids = (struct spec_idmaps){ gids, 1 };
	cr_assert(zero(int, idmap_write(&plan, 77, &e)), "%s", e.text);
	cr_expect(eq(str, (char *)text_of(&plan, "77/setgroups"), "deny"));
	(void)snprintf(want, sizeof(want), "0 %u 1\n", geteuid());
	cr_expect(eq(str, (char *)text_of(&plan, "77/uid_map"), want));
	(void)snprintf(want, sizeof(want), "5 %u 1\n", getegid());
	cr_expect(eq(str, (char *)text_of(&plan, "77/gid_map"), want));
	remove_fake(&plan);
}

Test(ns_idmap, the_largest_map_fits_and_a_process_that_is_gone_is_an_error)
{
	static struct spec_idmap lines[LIMIT_IDMAPS];
	struct ns_plan plan = fake_plan();
	struct error e = { 0 };

	for (size_t i = 0; i < LIMIT_IDMAPS; i++)
		lines[i] = (struct spec_idmap){ 4294967294u, 4294967294u,
			4294967294u };
	plan.uids = plan.gids = (struct spec_idmaps){ lines, LIMIT_IDMAPS };
	cr_expect(zero(int, idmap_write(&plan, 77, &e)), "%s", e.text);
	cr_expect(eq(int, idmap_write(&plan, 78, &e), -ENOENT));
	cr_expect(eq(str, e.text, "write uid_map"));
	remove_fake(&plan);
}
