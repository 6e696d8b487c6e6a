/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "layer/layer.h"

Test(layer_name, a_name_is_a_place_below_the_root)
{
	static const struct {
		const char *text, *parent, *base;
		enum layer_meaning meaning;
	} rows[] = {
		{ "a", "", "a", LAYER_MEANS_FILE },
		{ "./a/b/", "a", "b", LAYER_MEANS_FILE },
		{ "/a//./b/c", "a/b", "c", LAYER_MEANS_FILE },
		{ "", "", "", LAYER_MEANS_FILE },
		{ "./", "", "", LAYER_MEANS_FILE },
		{ "//", "", "", LAYER_MEANS_FILE },
		{ "...", "", "...", LAYER_MEANS_FILE },
		{ "a/..b", "a", "..b", LAYER_MEANS_FILE },
		{ "a/.wh.b", "a", "b", LAYER_MEANS_WHITEOUT },
		{ ".wh.....", "", "....", LAYER_MEANS_WHITEOUT },
		{ "a/.wh..wh..opq", "a", ".wh..wh..opq", LAYER_MEANS_OPAQUE },
		{ ".wh..wh.aufs", "", ".wh..wh.aufs", LAYER_MEANS_NOTHING },
		{ "a/.wh.b/c", "a/.wh.b", "c", LAYER_MEANS_NOTHING },
		{ ".wh..wh.plnk/1", ".wh..wh.plnk", "1", LAYER_MEANS_NOTHING },
		{ "a.wh.b", "", "a.wh.b", LAYER_MEANS_FILE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct layer_name name;
		struct error e = { 0 };

		cr_assert(zero(int, layer_name_parse(rows[i].text, &name, &e)),
		    "row %zu: %s", i, e.text);
		cr_expect(eq(str, name.parent, (char *)rows[i].parent),
		    "row %zu", i);
		cr_expect(eq(str, name.base, (char *)rows[i].base), "row %zu",
		    i);
		cr_expect(eq(int, (int)name.meaning, (int)rows[i].meaning),
		    "row %zu", i);
	}
}

Test(layer_name, what_leads_up_or_nowhere_is_refused)
{
	static const char *const texts[] = { "..", "../a", "a/..", "a/../b",
		"/..", ".wh.", ".wh..", ".wh...", "a/.wh..." };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct layer_name name;
		struct error e = { 0 };

		cr_expect(eq(int, layer_name_parse(texts[i], &name, &e),
			      -EINVAL),
		    "%s", texts[i]);
	}
}

Test(layer_name, what_is_too_long_is_refused)
{
	char text[PATH_MAX + 10];
	struct layer_name name;
	struct error e = { 0 };

	memset(text, 'a', NAME_MAX + 1);
	text[NAME_MAX + 1] = '\0';
	cr_expect(eq(int, layer_name_parse(text, &name, &e), -ENAMETOOLONG));
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 2 ? '/' : 'a';
	text[sizeof(text) - 1] = '\0';
	e = (struct error){ 0 };
	cr_expect(eq(int, layer_name_parse(text, &name, &e), -ENAMETOOLONG));
}

Test(layer_name, the_target_of_a_hard_link_is_a_file)
{
	struct layer_name name;
	struct error e = { 0 };

	cr_assert(zero(int, layer_name_parse_target("/a/.wh.b", &name, &e)));
	cr_expect(eq(str, name.base, ".wh.b"));
	cr_expect(lt(int, layer_name_parse_target("/", &name, &e), 0));
}

Test(layer_name, attributes_that_are_orders_are_not_kept)
{
	static const struct {
		const char *name;
		bool all, single;
	} rows[] = {
		{ "user.x", true, true },
		{ "user.overlay.opaque", false, false },
		{ "security.capability", true, true },
		{ "security.capabilityx", false, false },
		{ "security.selinux", false, false },
		{ "security.ima", false, false },
		{ "trusted.overlay.redirect", false, false },
		{ "system.posix_acl_access", true, false },
		{ "", false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cr_expect(eq(int, layer_attribute_is_kept(rows[i].name, false),
			      rows[i].all),
		    "row %zu", i);
		cr_expect(eq(int, layer_attribute_is_kept(rows[i].name, true),
			      rows[i].single),
		    "row %zu", i);
	}
}

Test(layer_name, what_was_made_is_known)
{
	AUTO(layer_made_free) struct layer_made made = { 0 };
	struct error e = { 0 };
	char name[16];

	cr_expect(not(layer_made_has(&made, 1, "x")));
	for (int i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		cr_assert(
		    zero(int, layer_made_add(&made, (ino_t)(i % 7), name, &e)));
		cr_assert(
		    zero(int, layer_made_add(&made, (ino_t)(i % 7), name, &e)));
	}
	cr_expect(eq(sz, made.count, 3000));
	for (int i = 0; i < 3000; i++) {
		(void)snprintf(name, sizeof(name), "%d", i);
		cr_expect(layer_made_has(&made, (ino_t)(i % 7), name));
		cr_expect(not(layer_made_has(&made, (ino_t)(i % 7 + 7), name)));
	}
}
