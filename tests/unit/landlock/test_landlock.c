/* SPDX-License-Identifier: Apache-2.0 */
#include "landlock/landlock.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"

#define EXECUTE LANDLOCK_ACCESS_FS_EXECUTE
#define REFER   LANDLOCK_ACCESS_FS_REFER
#define BIND    LANDLOCK_ACCESS_NET_BIND_TCP

/* landlock(7), "VERSIONS": how many rights each has. */
Test(landlock, each_version_has_what_it_brought)
{
	static const struct {
		int abi;
		int fs, net, scoped;
	} rows[] = {
		{ 0, 0, 0, 0 },
		{ 1, 13, 0, 0 },
		{ 2, 14, 0, 0 },
		{ 3, 15, 0, 0 },
		{ 4, 15, 2, 0 },
		{ 5, 16, 2, 0 },
		{ 6, 16, 2, 2 },
		{ 99, 16, 2, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct landlock_rights known = landlock_known(rows[i].abi);

		cr_expect(eq(int, __builtin_popcountll(known.fs), rows[i].fs),
		    "%d", rows[i].abi);
		cr_expect(eq(int, __builtin_popcountll(known.net), rows[i].net),
		    "%d", rows[i].abi);
		cr_expect(eq(int, __builtin_popcountll(known.scoped),
			      rows[i].scoped),
		    "%d", rows[i].abi);
	}
}

Test(landlock, what_is_handled_is_what_is_asked_for_and_known)
{
	static struct spec_landlock_paths paths[1];
	static struct spec_landlock_ports ports[1];
	const struct {
		struct spec_landlock wanted;
		int abi;
		struct landlock_rights handled;
		bool less;
	} rows[] = {
		{ { .handled_fs = EXECUTE | REFER }, 2,
		    { .fs = EXECUTE | REFER }, false },
		{ { .handled_fs = EXECUTE | REFER }, 1, { .fs = EXECUTE },
		    true },
		/* Not said is all that is known, where there is a rule. */
		{ { .paths = paths, .paths_count = 1 }, 1, { .fs = REFER - 1 },
		    false },
		{ { .paths = paths, .paths_count = 1 }, 0, { 0 }, true },
		{ { .ports = ports, .ports_count = 1 }, 4, { .net = 3 },
		    false },
		{ { .ports = ports, .ports_count = 1 }, 3, { 0 }, true },
		{ { .handled_net = BIND }, 4, { .net = BIND }, false },
		{ { .scoped = LANDLOCK_SCOPE_SIGNAL }, 6,
		    { .scoped = LANDLOCK_SCOPE_SIGNAL }, false },
		{ { .handled_fs = EXECUTE, .scoped = LANDLOCK_SCOPE_SIGNAL }, 5,
		    { .fs = EXECUTE }, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct landlock_rights known = landlock_known(rows[i].abi);
		struct landlock_rights got;
		bool less = landlock_handled(&rows[i].wanted, &known, &got);

		cr_expect(eq(int, less, rows[i].less), "row %zu", i);
		cr_expect(eq(u64, got.fs, rows[i].handled.fs), "row %zu", i);
		cr_expect(eq(u64, got.net, rows[i].handled.net), "row %zu", i);
		cr_expect(eq(u64, got.scoped, rows[i].handled.scoped),
		    "row %zu", i);
	}
}
