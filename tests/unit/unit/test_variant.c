/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "unit/unit.h"

/* "Name signature value|value" of what was put; NULs become bars. */
static char *
shown(const char *name, const char *text, struct error *e)
{
	static char line[512];
	AUTO_FREE char *bytes = NULL;
	size_t length, at = 0;
	FILE *out = open_memstream(&bytes, &length);
	int failed = unit_put_variant(out, name, text, e);
	struct unit_property property;

	fclose(out);
	if (failed < 0) {
		cr_expect(zero(sz, length), "nothing was put");
		return NULL;
	}
	struct unit_request request = { .properties = bytes, .length = length };
	cr_assert(unit_next(&request, &at, &property));
	cr_expect(eq(sz, at, length));
	int used = snprintf(line, sizeof(line), "%s %s", property.name,
	    property.signature);
	for (size_t i = 0; i < property.count; i++) {
		used += snprintf(line + used, sizeof(line) - (size_t)used,
		    "%c%s", i == 0 ? ' ' : '|', property.values);
		property.values = unit_next_value(property.values);
	}
	return line;
}

Test(unit_variant, texts_of_gvariant_are_read)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{ "Name", "true", "Name b true" },
		{ "Name", " false ", "Name b false" },
		{ "Name", "7", "Name i 7" },
		{ "Name", "-7", "Name i -7" },
		{ "Name", "+7", "Name i 7" },
		{ "Name", "0x1F", "Name i 31" },
		{ "Name", "010", "Name i 8" },
		{ "Name", "byte 255", "Name y 255" },
		{ "Name", "int32 -1", "Name i -1" },
		{ "Name", "uint32 5", "Name u 5" },
		{ "Name", "int64 -9223372036854775808",
		    "Name x -9223372036854775808" },
		{ "Name", "uint64 18446744073709551615",
		    "Name t 18446744073709551615" },
		{ "Name", "'inactive-or-failed'", "Name s inactive-or-failed" },
		{ "Name", "\"it's\"", "Name s it's" },
		{ "Name", "'a\\n\\'\\u00e9\\U0001f600'",
		    "Name s a\n'\xc3\xa9\xf0\x9f\x98\x80" },
		{ "Name", "''", "Name s " },
		{ "Name", "['a', 'b']", "Name as a|b" },
		{ "Name", "@as []", "Name as" },
		{ "Name", "@as ['x']", "Name as x" },
		{ "Name", "@t 3", "Name t 3" },
		{ "Name", "[uint32 1, 2,3]", "Name au 1|2|3" },
		{ "Name", "[true,false]", "Name ab true|false" },
		{ "TimeoutStopSec", "3", "TimeoutStopUSec t 3000000" },
		{ "TimeoutStopSec", "uint64 3", "TimeoutStopUSec t 3000000" },
		{ "TimeoutStopUSec", "uint64 3", "TimeoutStopUSec t 3" },
		{ "Sec", "3", "Sec i 3" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char *got = shown(rows[i].name, rows[i].text, &e);

		cr_assert(ne(ptr, got, NULL), "%s: %s", rows[i].text, e.text);
		cr_expect(eq(str, got, (char *)rows[i].want));
	}
}

Test(unit_variant, others_are_refused_by_name)
{
	static const struct {
		const char *name, *text, *why;
	} rows[] = {
#define NO_VALUE                                                               \
	"is no boolean, integer, string or array of those, in the text "       \
	"format of GVariant"
		{ "Name", "", NO_VALUE },
		{ "Name", "yes", NO_VALUE },
		{ "Name", "trueish", NO_VALUE },
		{ "Name", "true false", NO_VALUE },
		{ "Name", "1.5", NO_VALUE },
		{ "Name", "1e3", NO_VALUE },
		{ "Name", "--1", NO_VALUE },
		{ "Name", "2147483648", NO_VALUE },
		{ "Name", "byte 256", NO_VALUE },
		{ "Name", "uint32 -1", NO_VALUE },
		{ "Name", "uint64 18446744073709551616", NO_VALUE },
		{ "Name", "double 1", NO_VALUE },
		{ "Name", "uint32", NO_VALUE },
		{ "Name", "uint32 'a'", NO_VALUE },
		{ "Name", "'open", NO_VALUE },
		{ "Name", "'a\\", NO_VALUE },
		{ "Name", "'\\u00'", NO_VALUE },
		{ "Name", "'\\u0000'", NO_VALUE },
		{ "Name", "'\\ud800'", NO_VALUE },
		{ "Name", "[]", NO_VALUE },
		{ "Name", "[1", NO_VALUE },
		{ "Name", "[1,]", NO_VALUE },
		{ "Name", "[1, 'a']", NO_VALUE },
		{ "Name", "[[1]]", NO_VALUE },
		{ "Name", "('a', 1)", NO_VALUE },
		{ "Name", "<1>", NO_VALUE },
		{ "Name", "{'a': 1}", NO_VALUE },
		{ "Name", "@as 'a'", NO_VALUE },
		{ "Name", "@s ['a']", NO_VALUE },
		{ "Name", "@a{sv} {}", NO_VALUE },
		{ "Name", "'\xff'", "is not UTF-8" },
		{ "Name", "['a', '\xff']", "is not UTF-8" },
		{ "Na", "1", "is for no property: letters are" },
		{ "Na-me", "1", "is for no property: letters are" },
		{ "", "1", "is for no property: letters are" },
		{ "PIDs", "[uint32 1]", "cannot be set: lorica sets it" },
		{ "Slice", "'a.slice'", "cannot be set: lorica sets it" },
		{ "Delegate", "false", "cannot be set: lorica sets it" },
		{ "Description", "'x'", "cannot be set: lorica sets it" },
		{ "TimeoutStopSec", "'3'", "is no number of seconds" },
		{ "TimeoutStopSec", "true", "is no number of seconds" },
		{ "TimeoutStopSec", "-3", "is no number of seconds" },
		{ "TimeoutStopSec", "[3]", "is no number of seconds" },
		{ "TimeoutStopSec", "uint64 18446744073709551615",
		    "is no number of seconds" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error e = { 0 };
		char want[256];

		cr_expect(eq(ptr, shown(rows[i].name, rows[i].text, &e), NULL),
		    "%s", rows[i].text);
		cr_expect(eq(int, e.code, EINVAL));
		snprintf(want, sizeof(want),
		    "annotations.org.systemd.property.%s: \"%s\" %s",
		    rows[i].name, rows[i].text, rows[i].why);
		cr_expect(eq(str, e.text, want));
	}
}
