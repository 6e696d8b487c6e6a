/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "unit/unit.h"

Test(unit_name, a_slice_lies_in_its_parents)
{
	static const struct {
		const char *slice, *path, *error;
	} rows[] = {
		{ "system.slice", "/system.slice", NULL },
		{ "a-b.slice", "/a.slice/a-b.slice", NULL },
		{ "a-b-c.slice", "/a.slice/a-b.slice/a-b-c.slice", NULL },
		{ "-.slice", "", NULL },
		{ "kubepods-pod_1.2.slice",
		    "/kubepods.slice/kubepods-pod_1.2.slice", NULL },
		{ ".slice", NULL, "does not end in .slice" },
		{ "system", NULL, "does not end in .slice" },
		{ "/a.slice", NULL, "has what no name may have" },
		{ "a/b.slice", NULL, "has what no name may have" },
		{ "a b.slice", NULL, "has what no name may have" },
		{ "-a.slice", NULL, "has a part that is empty" },
		{ "a-.slice", NULL, "has a part that is empty" },
		{ "a--b.slice", NULL, "has a part that is empty" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char path[UNIT_PATH_MAX] = "as it was", want[256];
		struct error e = { 0 };
		int got = unit_slice_path(rows[i].slice, path, &e);

		if (rows[i].error == NULL) {
			cr_expect(zero(int, got), "%s", e.text);
			cr_expect(eq(str, path, (char *)rows[i].path));
			continue;
		}
		cr_expect(eq(int, got, -EINVAL), "%s", rows[i].slice);
		snprintf(want, sizeof(want),
		    "linux.cgroupsPath: the slice \"%s\" %s", rows[i].slice,
		    rows[i].error);
		cr_expect(eq(str, e.text, want));
		cr_expect(eq(str, path, "as it was"));
	}
}

Test(unit_name, a_slice_of_any_depth_fits_or_is_refused)
{
	char slice[UNIT_NAME_MAX + 8] = "", path[UNIT_PATH_MAX];
	struct error e = { 0 };

	for (size_t i = 0; i < 124; i++)
		strcat(slice, "a-");
	strcat(slice, "a.slice");
	cr_expect(eq(sz, strlen(slice), 255));
	cr_expect(eq(int, unit_slice_path(slice, path, &e), -EINVAL));
	memmove(slice, slice + 2, strlen(slice) - 1);
	strcat(slice, "aaaa");
	e = (struct error){ 0 };
	cr_expect(eq(int, unit_slice_path(slice, path, &e), -EINVAL));
}

Test(unit_name, a_scope_is_prefix_and_name_in_its_slice)
{
	static const struct {
		const char *wanted, *id;
		enum unit_manager manager;
		const char *slice, *name;
	} rows[] = {
		{ NULL, "c1", UNIT_SYSTEM, "system.slice", "lorica-c1.scope" },
		{ "", "c1", UNIT_USER, "user.slice", "lorica-c1.scope" },
		{ ":cri:1", "c1", UNIT_SYSTEM, "system.slice", "cri-1.scope" },
		{ ":cri:1", "c1", UNIT_USER, "user.slice", "cri-1.scope" },
		{ "a-b.slice:cri:1", "c1", UNIT_USER, "a-b.slice",
		    "cri-1.scope" },
		{ "-.slice::n", "c1", UNIT_SYSTEM, "-.slice", "n.scope" },
		{ NULL, "a+b", UNIT_SYSTEM, "system.slice",
		    "lorica-a\\x2bb.scope" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct unit_place place;
		struct error e = { 0 };

		cr_assert(zero(int, unit_place(rows[i].wanted, rows[i].id,
					rows[i].manager, &place, &e)),
		    "%s", e.text);
		cr_expect(eq(str, place.slice, (char *)rows[i].slice));
		cr_expect(eq(str, place.name, (char *)rows[i].name));
		cr_expect(unit_is_scope(place.name));
	}
}

Test(unit_name, what_is_no_scope_is_refused)
{
	static const struct {
		const char *wanted, *line;
	} rows[] = {
		{ "/a/b",
		    "expected cgroupsPath to be of format "
		    "\"slice:prefix:name\" for systemd cgroups, got \"/a/b\" "
		    "instead" },
		{ "a.slice:b", "expected cgroupsPath to be of format "
			       "\"slice:prefix:name\" for systemd cgroups, got "
			       "\"a.slice:b\" instead" },
		{ "a.slice:b:c:d",
		    "expected cgroupsPath to be of format "
		    "\"slice:prefix:name\" for systemd cgroups, got "
		    "\"a.slice:b:c:d\" instead" },
		{ "a.slice:b:",
		    "linux.cgroupsPath: \"a.slice:b:\" has no name behind the "
		    "prefix" },
		{ "a.slice:b:c/d",
		    "linux.cgroupsPath: \"a.slice:b:c/d\" is no name for a "
		    "scope: letters, digits and \":-_.\\\" are" },
		{ "a:b:c", "linux.cgroupsPath: the slice \"a\" does not end in "
			   ".slice" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct unit_place place = { "s", "n" };
		struct error e = { 0 };

		cr_expect(eq(int,
		    unit_place(rows[i].wanted, "c1", UNIT_SYSTEM, &place, &e),
		    -EINVAL));
		cr_expect(eq(str, e.text, (char *)rows[i].line));
		cr_expect(eq(str, place.name, "n"), "untouched");
	}
}

Test(unit_name, a_name_that_is_too_long_is_refused)
{
	struct unit_place place;
	struct error e = { 0 };
	char id[256] = "";

	memset(id, 'a', 255 - strlen("lorica-.scope"));
	cr_expect(zero(int, unit_place(NULL, id, UNIT_SYSTEM, &place, &e)));
	strcat(id, "a");
	cr_expect(
	    eq(int, unit_place(NULL, id, UNIT_SYSTEM, &place, &e), -EINVAL));
	cr_expect(ne(ptr,
		      strstr(e.text, "is no name for a scope: it is too "
				     "long"),
		      NULL),
	    "%s", e.text);
}
