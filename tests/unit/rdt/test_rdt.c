/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/auto.h"
#include "rdt/rdt.h"

/* ---- a resctrl made of ordinary files ------------------------------------ */

static char place[32];
static int top;

static void
put_file(const char *name, const char *text)
{
	AUTO_FD int fd = openat(top, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	cr_assert(ge(int, fd, 0), "%s", name);
	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
}

static void
put_dir(const char *name)
{
	cr_assert(zero(int, mkdirat(top, name, 0755)), "%s", name);
}

/* What a class or a group has from its birth. */
static void
put_group(const char *dir, const char *schemata)
{
	char name[600];

	(void)snprintf(name, sizeof(name), "%s/tasks", dir);
	put_file(name, "");
	(void)snprintf(name, sizeof(name), "%s/schemata", dir);
	if (schemata != NULL)
		put_file(name, schemata);
	(void)snprintf(name, sizeof(name), "%s/mon_groups", dir);
	if (schemata != NULL)
		put_dir(name);
}

static char *
text_of(const char *name)
{
	static char text[512];
	AUTO_FD int fd = openat(top, name, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (got < 0)
		return strcpy(text, "(none)");
	text[got] = '\0';
	return text;
}

static bool
is_there(const char *name)
{
	return faccessat(top, name, F_OK, 0) == 0;
}

static long
magic_of(int fd)
{
	struct statfs fs;

	cr_assert(zero(int, fstatfs(fd, &fs)));
	return (long)fs.f_type;
}

static void
make_resctrl(void)
{
	struct error e = { 0 };

	(void)strcpy(place, "/tmp/rdt.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(place), NULL));
	AUTO_FD int fd = open(place, O_RDONLY | O_DIRECTORY);
	top = rdt_open(fd, magic_of(fd), &e);
	cr_assert(ge(int, top, 0), "%s", e.text);
	put_group(".", "L3:0=fff\n");
	put_dir("info");
	put_file("info/last_cmd_status", "ok\n");
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_resctrl(void)
{
	close(top);
	cr_expect(zero(int, nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS)));
}

TestSuite(rdt, .init = make_resctrl, .fini = remove_resctrl);

/* ---- tests ----------------------------------------------------------------
 */

static char cls[] = "gold", root_class[] = "/", cache[] = "L3:0=f",
	    bandwidth[] = "MB:0=20";

Test(rdt, only_a_resctrl_is_taken_and_one_changes_it_at_a_time)
{
	struct error e = { 0 };
	AUTO_FD int fd = open(place, O_RDONLY | O_DIRECTORY);

	cr_expect(eq(int, rdt_open(-1, magic_of(fd), &e), -ENOTSUP));
	e = (struct error){ 0 };
	cr_expect(eq(int, rdt_open(fd, magic_of(fd) + 1, &e), -ENOTSUP));
	cr_expect(eq(str, e.text,
	    "not supported on this machine: no resctrl file system is mounted "
	    "on /sys/fs/resctrl"));
	cr_expect(eq(int, flock(fd, LOCK_EX | LOCK_NB), -1), "it is locked");
	rdt_unlock(top);
	cr_expect(zero(int, flock(fd, LOCK_EX | LOCK_NB)));
}

Test(rdt, without_a_name_the_class_is_the_containers_own)
{
	struct spec_intel_rdt rdt = { .l3_cache_schema = cache };
	struct rdt_plan plan, again;
	struct error e = { 0 };

	cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)));
	cr_expect(eq(str, plan.class, "c1"));
	cr_expect(eq(str, plan.own, "c1"));
	cr_expect(eq(str, plan.monitor, ""));
	cr_expect(plan.is_new);
	cr_expect(not(is_there("c1")), "nothing is made yet");
	put_dir("c1");
	cr_expect(eq(int, rdt_prepare(top, &rdt, "c1", &again, &e), -EEXIST));
	cr_expect(eq(str, e.text, "resctrl: c1 is there already"));
	cr_expect(zero(int, rdt_remove(top, plan.own, &e)));
	cr_expect(not(is_there("c1")));
	cr_expect(zero(int, rdt_remove(top, plan.own, &e)), "gone is fine");
	cr_expect(zero(int, rdt_remove(top, "", &e)), "none is fine");
}

Test(rdt, a_class_without_limits_is_made_as_the_kernel_makes_it)
{
	struct spec_intel_rdt rdt = { .enable_monitoring = { true, false } };
	struct rdt_plan plan;
	struct error e = { 0 };

	cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)));
	cr_assert(zero(int, rdt_create(top, &plan, &e)), "%s", e.text);
	cr_expect(is_there("c1"));
	put_group("c1", "L3:0=fff\n");
	cr_assert(zero(int, rdt_limit(top, &plan, &rdt, &e)), "%s", e.text);
	cr_assert(zero(int, rdt_join(top, &plan, 4711, &e)), "%s", e.text);
	cr_expect(eq(str, text_of("c1/tasks"), "4711\n"));
	cr_expect(eq(str, text_of("c1/schemata"), "L3:0=fff\n"), "untouched");
}

/* A new directory has no files here: the kernel makes them with it. */
Test(rdt, limits_that_cannot_be_written_leave_no_class)
{
	struct spec_intel_rdt rdt = { .clos_id = cls,
		.l3_cache_schema = cache };
	struct rdt_plan plan;
	struct error e = { 0 };

	cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)));
	cr_expect(plan.is_new);
	cr_expect(eq(str, plan.own, ""), "the class is for all that name it");
	cr_assert(zero(int, rdt_create(top, &plan, &e)));
	cr_expect(eq(int, rdt_limit(top, &plan, &rdt, &e), -ENOENT));
	cr_expect(eq(str, e.text, "resctrl: gold/schemata"));
	cr_expect(not(is_there("gold")));
}

Test(rdt, a_new_class_gets_its_limits)
{
	struct spec_intel_rdt rdt = { .clos_id = cls,
		.l3_cache_schema = cache };
	struct rdt_plan plan;
	struct error e = { 0 };

	cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)));
	cr_assert(zero(int, rdt_create(top, &plan, &e)));
	put_group("gold", "");
	cr_assert(zero(int, rdt_limit(top, &plan, &rdt, &e)), "%s", e.text);
	cr_expect(eq(str, text_of("gold/schemata"), "L3:0=f\n"));
}

/*
 * config-linux.md: schemata is written last, over what the others wrote, and
 * whether or not the class is there. A file keeps both writes here.
 */
Test(rdt, schemata_is_written_last_and_always)
{
	char line[] = "L3:0=1";
	char *lines[] = { line, NULL };
	struct spec_intel_rdt rdt = { .clos_id = cls,
		.l3_cache_schema = cache,
		.mem_bw_schema = bandwidth,
		.schemata = { lines, 1 } };
	struct rdt_plan plan;
	struct error e = { 0 };

	cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)));
	cr_expect(plan.is_new);
	cr_assert(zero(int, rdt_create(top, &plan, &e)));
	put_group("gold", "");
	cr_assert(zero(int, rdt_limit(top, &plan, &rdt, &e)), "%s", e.text);
	cr_expect(eq(str, text_of("gold/schemata"), "L3:0=1\nMB:0=20\n"));

	put_file("gold/schemata", "L3:0=f\nMB:0=20\n");
	cr_assert(zero(int, rdt_prepare(top, &rdt, "c2", &plan, &e)));
	cr_expect(not(plan.is_new));
	cr_assert(zero(int, rdt_limit(top, &plan, &rdt, &e)), "%s", e.text);
	cr_expect(eq(str, text_of("gold/schemata"), "L3:0=1\nMB:0=20\n"));

	put_file("gold/schemata", "L3:0=3\nMB:0=20\n");
	cr_expect(eq(int, rdt_prepare(top, &rdt, "c3", &plan, &e), -EEXIST),
	    "but what the others say is compared");
	cr_assert(zero(int, unlinkat(top, "gold/schemata", 0)));
	cr_expect(lt(int, rdt_limit(top, &plan, &rdt, &e), 0));
	cr_expect(is_there("gold"), "it is not ours to remove");
}

Test(rdt, a_class_that_is_there_must_have_the_limits)
{
	struct spec_intel_rdt rdt = { .clos_id = cls };
	struct rdt_plan plan;
	struct error e = { 0 };

	cr_expect(eq(int, rdt_prepare(top, &rdt, "c1", &plan, &e), -ENOENT));
	cr_expect(eq(str, e.text,
	    "closID: there is no class \"gold\", and no limits to make it "
	    "with"));
	put_dir("gold");
	put_group("gold", "    L3:0=00f\n");
	e = (struct error){ 0 };
	cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)));
	cr_expect(not(plan.is_new));
	rdt.l3_cache_schema = cache;
	cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)));
	cr_assert(zero(int, rdt_create(top, &plan, &e)));
	cr_assert(zero(int, rdt_limit(top, &plan, &rdt, &e)));
	cr_expect(eq(str, text_of("gold/schemata"), "    L3:0=00f\n"),
	    "others depend on it");
	put_file("gold/schemata", "L3:0=1f\n");
	cr_expect(eq(int, rdt_prepare(top, &rdt, "c1", &plan, &e), -EEXIST));
	cr_expect(eq(str, e.text,
	    "closID: the class \"gold\" is there with other limits"));
	cr_expect(zero(int, rdt_remove(top, plan.own, &e)));
	cr_expect(is_there("gold"));
}

Test(rdt, what_is_counted_is_a_group_of_the_container)
{
	static const struct {
		char *name;
		const char *class, *monitor, *own;
	} rows[] = {
		{ NULL, "c1", "c1/mon_groups/c1", "c1" },
		{ cls, "gold", "gold/mon_groups/c1", "gold/mon_groups/c1" },
		{ root_class, ".", "./mon_groups/c1", "./mon_groups/c1" },
	};

	put_dir("gold");
	put_group("gold", "L3:0=f\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec_intel_rdt rdt = { .clos_id = rows[i].name,
			.enable_monitoring = { true, true } };
		struct rdt_plan plan;
		struct error e = { 0 };

		cr_assert(zero(int, rdt_prepare(top, &rdt, "c1", &plan, &e)),
		    "%s", e.text);
		cr_expect(eq(str, plan.class, (char *)rows[i].class));
		cr_expect(eq(str, plan.monitor, (char *)rows[i].monitor));
		cr_expect(eq(str, plan.own, (char *)rows[i].own));
		if (plan.is_new)
			continue;
		cr_assert(zero(int, rdt_create(top, &plan, &e)));
		put_group(plan.monitor, NULL);
		cr_assert(zero(int, rdt_join(top, &plan, 47, &e)));
		char tasks[600];
		(void)snprintf(tasks, sizeof(tasks), "%s/tasks", plan.monitor);
		cr_expect(eq(str, text_of(tasks), "47\n"));
		cr_expect(
		    eq(int, rdt_prepare(top, &rdt, "c1", &plan, &e), -EEXIST));
		/* Of the kernel's they would go with the directory. */
		cr_assert(zero(int, unlinkat(top, tasks, 0)));
		e = (struct error){ 0 };
		cr_assert(zero(int, rdt_remove(top, rows[i].own, &e)));
		cr_expect(not(is_there(rows[i].monitor)));
	}
}

/* A link is none of the kernel's, so this is no resctrl's file. */
Test(rdt, no_link_is_followed)
{
	struct rdt_plan plan = { .class = "gold" };
	struct error e = { 0 };

	put_dir("gold");
	put_file("victim", "as it was");
	cr_assert(zero(int, symlinkat("../victim", top, "gold/tasks")));
	cr_expect(eq(int, rdt_join(top, &plan, 1, &e), -ELOOP));
	cr_expect(eq(str, text_of("victim"), "as it was"));
}

Test(rdt, the_kernels_reason_is_told)
{
	struct rdt_plan plan = { .class = "gold", .is_new = true };
	struct error e = { 0 };

	put_dir("gold");
	put_file("info/last_cmd_status", "Mask out of range\n");
	cr_expect(eq(int, rdt_create(top, &plan, &e), -EEXIST));
	cr_expect(eq(str, e.text, "resctrl: ./gold: Mask out of range"));
}
