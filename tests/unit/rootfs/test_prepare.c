/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

/* For one mount, of the root /tmp. The plan is the caller's. */
static int
prepare(const struct spec_mount *mount, struct rootfs_plan **out,
    struct error *e)
{
	static char path[] = "/tmp";
	static struct spec_root root;
	static struct spec spec;
	const struct rootfs_request request = { .spec = &spec,
		.bundle = "/bundle" };

	root.path = path;
	spec = (struct spec){ .root = &root,
		.mounts = (struct spec_mount *)(uintptr_t)mount,
		.mounts_count = 1 };
	return rootfs_prepare(&request, out, e);
}

/* Another spelling of /proc must not be another place. */
Test(rootfs_prepare, a_destination_has_one_spelling)
{
	static const char *const rows[][2] = {
		{ "/proc", "/proc" },
		{ "//proc/./", "/proc" },
		{ "/a/../proc/.", "/proc" },
		{ "/../../proc", "/proc" },
		{ "proc", "/proc" },
		{ "/", "/" },
		{ "/..", "/" },
		{ "/a/b/../../..", "/" },
		{ "/...", "/..." },
		{ "/.a/b.", "/.a/b." },
		{ "/a/..b", "/a/..b" },
	};
	char type[] = "tmpfs";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct spec_mount wanted = {
			.destination = (char *)(uintptr_t)rows[i][0],
			.type = type,
			.options = WORDS((char[]){ "size=1m" }),
		};
		AUTO(rootfs_free) struct rootfs_plan *plan = NULL;
		struct error e = { 0 };

		cr_assert(zero(int, prepare(&wanted, &plan, &e)), "%s", e.text);
		cr_expect(eq(str, plan->mounts[0].destination,
			      (char *)(uintptr_t)rows[i][1]),
		    "%s", rows[i][0]);
	}
}

Test(rootfs_prepare, what_a_mount_lacks_is_said)
{
	static char tmpfs[] = "tmpfs", proc[] = "proc", none[] = "",
		    here[] = "/x", up[] = "tmpcopyup", bind[] = "bind",
		    map[] = "idmap", bad[] = "nonsense=1,";
	const struct {
		struct spec_mount mount;
		const char *line; /* NULL: nothing */
	} rows[] = {
		{ { .destination = here, .type = tmpfs, .options = WORDS(up) },
		    NULL },
		{ { .destination = here, .type = none, .options = WORDS(up) },
		    "mounts[0]: type is required" },
		{ { .destination = here, .options = WORDS(up) },
		    "mounts[0]: type is required" },
		{ { .destination = here, .type = proc, .options = WORDS(up) },
		    "mounts[0]: options: tmpcopyup needs a tmpfs" },
		{ { .destination = here, .options = WORDS(bind) },
		    "mounts[0]: source is required" },
		{ { .destination = here,
		      .source = none,
		      .options = WORDS(bind) },
		    "mounts[0]: source is required" },
		{ { .destination = here,
		      .source = here,
		      .options = WORDS(bind, map) },
		    "mounts[0]: options: idmap needs mappings" },
		{ { .destination = here,
		      .source = here,
		      .options = WORDS(bind, bad) },
		    "mounts[0]: options: unknown option \"nonsense=1,\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(rootfs_free) struct rootfs_plan *plan = NULL;
		struct error e = { 0 };
		char line[256];

		int failed = prepare(&rows[i].mount, &plan, &e);
		error_format(&e, line, sizeof(line));
		cr_assert(eq(int, failed < 0, rows[i].line != NULL),
		    "row %zu: %s", i, line);
		if (rows[i].line != NULL)
			cr_expect(zero(int, strncmp(line, rows[i].line,
						strlen(rows[i].line))),
			    "row %zu: %s", i, line);
	}
}

Test(rootfs_prepare, a_source_is_the_bundles_unless_it_is_absolute)
{
	static const char *const rows[][2] = {
		{ "volume", "/bundle/volume" },
		{ "./a/../b", "/bundle/./a/../b" },
		{ "/srv", "/srv" },
	};
	char here[] = "/x", bind[] = "bind";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct spec_mount wanted = {
			.destination = here,
			.source = (char *)(uintptr_t)rows[i][0],
			.options = WORDS(bind),
		};
		AUTO(rootfs_free) struct rootfs_plan *plan = NULL;
		struct error e = { 0 };

		cr_assert(zero(int, prepare(&wanted, &plan, &e)), "%s", e.text);
		cr_expect(eq(str, plan->mounts[0].source,
		    (char *)(uintptr_t)rows[i][1]));
	}
}

/* A mode that somebody said stays; else it is that of the mount point. */
Test(rootfs_prepare, a_tmpfs_is_made_writable_with_the_mode_of_its_place)
{
	static char tmpfs[] = "tmpfs", here[] = "/x", ro[] = "ro",
		    mode[] = "size=1m,mode=700", other[] = "nomode=7";
	const struct {
		struct spec_mount mount;
		bool made_mode, late;
	} rows[] = {
		{ { .destination = here, .type = tmpfs, .options = WORDS(ro) },
		    true, true },
		{ { .destination = here,
		      .type = tmpfs,
		      .options = WORDS(mode) },
		    false, false },
		{ { .destination = here,
		      .type = tmpfs,
		      .options = WORDS(other) },
		    true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(rootfs_free) struct rootfs_plan *plan = NULL;
		struct error e = { 0 };

		cr_assert(zero(int, prepare(&rows[i].mount, &plan, &e)), "%s",
		    e.text);
		cr_expect(eq(int, plan->mounts[0].made_mode, rows[i].made_mode),
		    "row %zu", i);
		cr_expect(eq(int, plan->mounts[0].late_readonly, rows[i].late),
		    "row %zu", i);
	}
}

Test(rootfs_prepare, the_root_must_be_a_directory)
{
	static const char *const paths[] = { "/nonexistent", "/dev/null",
		"sub" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct spec_root root = {
			.path = (char *)(uintptr_t)paths[i],
		};
		struct spec spec = { .root = &root };
		const struct rootfs_request request = { .spec = &spec,
			.bundle = "/nowhere" };
		struct rootfs_plan *plan = NULL;
		struct error e = { 0 };
		char want[64];

		cr_expect(lt(int, rootfs_prepare(&request, &plan, &e), 0));
		(void)snprintf(want, sizeof(want), "root.path: %s", paths[i]);
		cr_expect(eq(str, e.text, want));
		cr_expect(eq(ptr, plan, NULL));
	}
}
