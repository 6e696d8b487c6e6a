/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "swrk/swrk.h"

static int
put(const char *name, const char *value, char **text, size_t *length,
    struct error *e)
{
	FILE *out = open_memstream(text, length);
	int failed = swrk_put_option(out, name, value, e);

	fclose(out);
	return failed;
}

Test(swrk_options, each_has_its_number_and_kind)
{
	static const struct {
		const char *name;
		const char *value;
		const char *want;
		size_t length;
	} rows[] = {
		{ "pid", "300", "\x10\xac\x02", 3 },
		{ "leave-running", "1", "\x18\x01", 2 },
		{ "log-file", "a",
		    "\x52\x01"
		    "a",
		    3 },
		{ "external", "b",
		    "\xaa\x02\x01"
		    "b",
		    4 },
		{ "page-server", "::1:80", "\x5a\x07\x0a\x03::1\x10\x50", 9 },
		{ "inherit-fd", "7:pipe:[1]",
		    "\xda\x01\x0c\x0a\x08pipe:[1]"
		    "\x10\x07",
		    15 },
		{ "cg-root", "/x", "\xca\x01\x04\x12\x02/x", 7 },
		{ "no-new-privs", "1", "", 0 },
		{ "status-fd", "9", "", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error e = { 0 };
		char *text = NULL;
		size_t length = 0;

		cr_expect(zero(int, put(rows[i].name, rows[i].value, &text,
					&length, &e)),
		    "%s", rows[i].name);
		cr_expect(eq(sz, length, rows[i].length), "%s", rows[i].name);
		cr_expect(zero(int, memcmp(text, rows[i].want, rows[i].length)),
		    "%s", rows[i].name);
		free(text);
	}
}

Test(swrk_options, what_is_none_is_named)
{
	static const struct {
		const char *name;
		const char *value;
		const char *want;
	} rows[] = {
		{ "exec-cmd", "x", "unknown option \"exec-cmd\"" },
		{ "", "1", "unknown option \"\"" },
		{ "pid", "x", "\"x\" is no number" },
		{ "pid", "-1", "\"-1\" is no number" },
		{ "pid", "4294967296", "\"4294967296\" is no number" },
		{ "page-server", "x", "\"x\" has no colon" },
		{ "page-server", "x:65536", "\"65536\" is no port" },
		{ "inherit-fd", "x:y", "\"x\" is no descriptor" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct error e = { 0 };
		char *text = NULL;
		size_t length = 0;

		cr_expect(lt(int,
			      put(rows[i].name, rows[i].value, &text, &length,
				  &e),
			      0),
		    "row %zu", i);
		cr_expect(eq(int,
			      strncmp(e.text, rows[i].want,
				  strlen(rows[i].want)),
			      0),
		    "row %zu: %s", i, e.text);
		free(text);
	}
}
