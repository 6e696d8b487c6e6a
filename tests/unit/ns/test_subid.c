/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "ns/subid.h"

#define USER 1001
#define OWN  1234

static char directory[] = "/tmp/test-subid.XXXXXX";
static char subid[64];
static char passwd[64];

static void
write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	cr_assert(ne(ptr, file, NULL));
	cr_assert(ge(int, fputs(text, file), 0));
	cr_assert(zero(int, fclose(file)));
}

static void
setup(void)
{
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
	(void)snprintf(subid, sizeof(subid), "%s/subuid", directory);
	(void)snprintf(passwd, sizeof(passwd), "%s/passwd", directory);
	write_file(passwd,
	    "root:x:0:0:root:/root:/bin/sh\n"
	    "short:x\n"
	    "ann:x:1001:1001:Ann:/home/ann:/bin/sh\n"
	    "other:x:1001:1001:the second of the number is not asked:/:\n");
}

static void
teardown(void)
{
	(void)unlink(subid);
	(void)unlink(passwd);
	(void)rmdir(directory);
}

TestSuite(ns_subid, .init = setup, .fini = teardown);

/* The map after line 0, as "container host size, ...". */
static const char *
read_map(const char *text)
{
	static char map[256];
	static struct spec_idmap items[LIMIT_IDMAPS];
	size_t used = 0;

	write_file(subid, text);
	size_t count = subid_read(subid, passwd, USER, OWN, items);
	cr_assert(ge(sz, count, 1));
	cr_expect(zero(u32, items[0].container_id));
	cr_expect(eq(u32, items[0].host_id, OWN));
	cr_expect(eq(u32, items[0].size, 1));
	map[0] = '\0';
	for (size_t i = 1; i < count; i++)
		used += (size_t)snprintf(map + used, sizeof(map) - used,
		    "%s%u %u %u", i > 1 ? ", " : "", items[i].container_id,
		    items[i].host_id, items[i].size);
	return map;
}

Test(ns_subid, ranges_are_found_by_name_and_by_number)
{
	static const struct {
		const char *file;
		const char *map;
	} rows[] = {
		{ "", "" },
		{ "ann:100000:65536\n", "1 100000 65536" },
		{ "1001:100000:65536\n", "1 100000 65536" },
		{ "ann:100000:65536", "1 100000 65536" },
		{ "bob:1:1\nann:200:10\n1001:400:5\n", "1 200 10, 11 400 5" },
		{ "other:100000:65536\n", "" },
		{ "an:1:1\nannn:2:2\n:3:3\nshort:4:4\n", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(str, (char *)read_map(rows[i].file),
			      (char *)rows[i].map),
		    "row %zu", i);
}

Test(ns_subid, what_cannot_be_mapped_is_no_range)
{
	static const char *const lines[] = {
		"ann\n",
		"ann:100\n",
		"ann:100:10:1\n",
		"ann:100:10:1:2\n",
		"ann:100:0\n",
		"ann::10\n",
		"ann:100:\n",
		"ann:-1:10\n",
		"ann:100:ten\n",
		"ann:4294967295:1\n",
		"ann:4294967290:6\n",
		"ann:1:4294967295\n",
		"#ann:100:10\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		char text[128];

		(void)snprintf(text, sizeof(text), "%sann:7:2\n", lines[i]);
		cr_expect(eq(str, (char *)read_map(text), "1 7 2"), "%s",
		    lines[i]);
	}
	cr_expect(
	    eq(str, (char *)read_map("ann:4294967289:6\n"), "1 4294967289 6"));
	/* Each fits, both do not. */
	cr_expect(eq(str,
	    (char *)read_map("ann:10:3000000000\nann:10:3000000000\nann:5:4\n"),
	    "1 10 3000000000, 3000000001 5 4"));
}

Test(ns_subid, a_line_too_long_is_no_entry_and_neither_is_its_rest)
{
	char text[1200];

	memset(text, 'x', sizeof(text));
	memcpy(text + 511, "ann:5:5\nann:7:2\n", sizeof("ann:5:5\nann:7:2\n"));
	cr_expect(eq(str, (char *)read_map(text), "1 7 2"));
}

Test(ns_subid, there_are_no_more_lines_than_the_kernel_takes)
{
	static struct spec_idmap items[LIMIT_IDMAPS + 1];
	FILE *file = fopen(subid, "we");

	cr_assert(ne(ptr, file, NULL));
	for (int i = 0; i < LIMIT_IDMAPS + 5; i++)
		(void)fprintf(file, "ann:%d:1\n", 1000 + i);
	cr_assert(zero(int, fclose(file)));
	items[LIMIT_IDMAPS].size = 77;
	cr_expect(
	    eq(sz, subid_read(subid, passwd, USER, OWN, items), LIMIT_IDMAPS));
	cr_expect(eq(u32, items[LIMIT_IDMAPS].size, 77));
}

Test(ns_subid, files_may_be_missing)
{
	struct spec_idmap items[LIMIT_IDMAPS];

	cr_expect(eq(sz, subid_read(subid, passwd, USER, OWN, items), 1));
	cr_expect(eq(u32, items[0].host_id, OWN));
	/* Without a name there is the number. */
	cr_assert(zero(int, unlink(passwd)));
	cr_expect(eq(str, (char *)read_map("ann:1:1\n1001:5:5\n"), "1 5 5"));
}
