/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "support.h"

static char *
printed(int dir)
{
	char *text = NULL;
	size_t length;
	struct error e = { 0 };
	FILE *out = open_memstream(&text, &length);

	cr_assert(zero(int, cgroup_stat_print(dir, out, &e)), "%s", e.text);
	fclose(out);
	return text;
}

static bool
has(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

Test(cgroup_stat, files_become_the_event)
{
	struct cgroup_tree tree = fake_tree("/");
	static const char *const parts[] = {
		"\"cpu\":{\"usage\":{\"total\":5000,\"kernel\":2000,\"user\":"
		"3000},\"throttling\":{\"periods\":7,\"throttledPeriods\":1,"
		"\"throttledTime\":9000},\"psi\":{\"some\":{\"avg10\":1.50,"
		"\"avg60\":0.50,\"avg300\":0.00,\"total\":12},\"full\":{"
		"\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.00,\"total\":3}}}",
		"\"memory\":{\"cache\":11,\"usage\":{\"limit\":"
		"18446744073709551615,\"usage\":400,\"max\":500,\"failcnt\":0}",
		"\"swap\":{\"limit\":18446744073709551615,\"usage\":425,",
		"\"raw\":{\"anon\":10,\"file\":11}",
		"\"event_count\":{\"low\":0,\"high\":0,\"max\":4,\"oom\":2,"
		"\"oom_kill\":1}",
		"\"pids\":{\"current\":3}",
		"\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":0,\"op\":"
		"\"Read\",\"value\":90},{\"major\":8,\"minor\":0,\"op\":"
		"\"Write\",\"value\":91},",
		"\"ioServicedRecursive\":[{\"major\":8,\"minor\":0,\"op\":"
		"\"Read\",\"value\":2},",
		"\"hugetlb\":{\"2MB\":{\"usage\":4096,\"failcnt\":6}}",
	};

	put_file(tree.top, "cpu.stat",
	    "usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_periods 7\n"
	    "nr_throttled 1\nthrottled_usec 9\n");
	put_file(tree.top, "cpu.pressure",
	    "some avg10=1.50 avg60=0.50 avg300=0.00 total=12\n"
	    "full avg10=0.00 avg60=0.00 avg300=0.00 total=3\n");
	put_file(tree.top, "memory.current", "400\n");
	put_file(tree.top, "memory.peak", "500\n");
	put_file(tree.top, "memory.max", "max\n");
	put_file(tree.top, "memory.swap.current", "25\n");
	put_file(tree.top, "memory.swap.max", "max\n");
	put_file(tree.top, "memory.stat", "anon 10\nfile 11\n");
	put_file(tree.top, "memory.events",
	    "low 0\nhigh 0\nmax 4\noom 2\noom_kill 1\n");
	put_file(tree.top, "pids.current", "3\n");
	put_file(tree.top, "pids.max", "max\n");
	put_file(tree.top, "io.stat",
	    "8:0 rbytes=90 wbytes=91 rios=2 wios=3 dbytes=0 dios=0\n"
	    "259:1 rbytes=1 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n");
	put_file(tree.top, "hugetlb.2MB.current", "4096\n");
	put_file(tree.top, "hugetlb.2MB.events", "max 6\n");
	AUTO_FREE char *text = printed(tree.top);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		cr_expect(has(text, parts[i]), "%s in %s", parts[i], text);
	cr_expect(eq(u64, cgroup_oom_kills(tree.top), 1));
	fake_remove(&tree);
}

Test(cgroup_stat, without_files_it_is_still_json)
{
	struct cgroup_tree tree = fake_tree("/");
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *parsed;
	struct error e = { 0 };
	AUTO_FREE char *text = printed(tree.top);

	cr_expect(zero(int, json_parse(arena, text, strlen(text), &parsed, &e)),
	    "%s", e.text);
	cr_expect(zero(u64, cgroup_oom_kills(tree.top)));
	fake_remove(&tree);
}
