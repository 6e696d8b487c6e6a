/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "sandbox/box.h"

Test(sandbox_overlay, a_mount_has_a_path_a_type_and_may_be_read_only)
{
	static const struct {
		const char *line;
		const char *path; /* NULL: no mount */
		const char *type;
		bool is_readonly;
	} rows[] = {
		{ "25 1 8:1 / / rw,relatime shared:1 - ext4 /dev/a rw\n", "/",
		    "ext4", false },
		{ "25 1 8:1 / /a ro,relatime - ext4 /dev/a rw\n", "/a", "ext4",
		    true },
		{ "25 1 8:1 / /a rw shared:1 master:2 - squashfs /dev/a ro\n",
		    "/a", "squashfs", true },
		{ "25 1 8:1 / /with\\040blank rw - tmpfs t rw,mode=755\n",
		    "/with blank", "tmpfs", false },
		{ "25 1 8:1 / /back\\134slash rw - tmpfs t rw\n",
		    "/back\\slash", "tmpfs", false },
		{ "25 1 8:1 / /a rw - tmpfs t rw,errors=remount-ro\n", "/a",
		    "tmpfs", false },
		{ "25 1 8:1 / /a rw - tmpfs\n", "/a", "tmpfs", false },
		{ "25 1 8:1 / /a rw shared:1\n", NULL, NULL, false },
		{ "25 1 8:1 / a rw - tmpfs t rw\n", NULL, NULL, false },
		{ "25 1\n", NULL, NULL, false },
		{ "\n", NULL, NULL, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mounted got = { 0 };
		char line[128];

		(void)strcpy(line, rows[i].line);
		bool is_mount = overlay_parse_mount(line, &got);
		cr_expect(eq(int, is_mount, rows[i].path != NULL), "row %zu",
		    i);
		if (!is_mount || rows[i].path == NULL)
			continue;
		cr_expect(eq(str, got.path, (char *)(uintptr_t)rows[i].path));
		cr_expect(eq(str, (char *)(uintptr_t)got.type,
		    (char *)(uintptr_t)rows[i].type));
		cr_expect(eq(int, got.is_readonly, rows[i].is_readonly),
		    "row %zu", i);
	}
}
