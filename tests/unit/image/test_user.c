/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "base/auto.h"
#include "image/image.h"

static const char passwd[] = "root:x:0:0::/root:/bin/sh\n"
			     "broken\n"
			     "none:x:x:1::/:\n"
			     "app:x:100:200::/:\n"
			     "last:x:7:8:";
static const char group[] = "root:x:0:\n"
			    "own:x:200:app\n"
			    "one:x:11:other,app\n"
			    "two:x:12:app:more\n"
			    "appx:x:13:appx\n";

Test(image_user, is_found_as_the_specification_says)
{
	static const struct {
		const char *user;
		int failed;
		uint32_t uid, gid;
		size_t gids;
	} rows[] = {
		{ "", 0, 0, 0, 0 },
		{ "app", 0, 100, 200, 2 },
		{ "app:one", 0, 100, 11, 0 },
		{ "app:5", 0, 100, 5, 0 },
		{ "app:", 0, 100, 200, 2 },
		{ "100", 0, 100, 200, 0 },
		{ "999", 0, 999, 0, 0 },
		{ "999:one", 0, 999, 11, 0 },
		{ "last", 0, 7, 8, 0 },
		{ "none", -ENOENT, 0, 0, 0 },
		{ "broken", -ENOENT, 0, 0, 0 },
		{ "app:nil", -ENOENT, 0, 0, 0 },
		{ "4294967295", -ENOENT, 0, 0, 0 },
		{ "-1", -ENOENT, 0, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(image_user_free) struct image_user user = { 0 };
		struct error e = { 0 };

		cr_expect(eq(int,
			      image_user_find(rows[i].user, passwd, group,
				  &user, &e),
			      rows[i].failed),
		    "row %zu: %s", i, e.text);
		cr_expect(eq(u32, user.uid, rows[i].uid), "row %zu", i);
		cr_expect(eq(u32, user.gid, rows[i].gid), "row %zu", i);
		cr_expect(eq(sz, user.gids_count, rows[i].gids), "row %zu", i);
	}
}
