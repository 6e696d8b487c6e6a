/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "unit/unit.h"

#define HEAD "lorica-systemd 1\0start\0user\0a.scope\0mark\0"

struct text {
	char *bytes;
	size_t length;
};

static void
free_text(struct text *text)
{
	free(text->bytes);
}

Test(unit_message, a_request_is_read_back_as_written)
{
	static const char pairs[] = "/dev/block/8:0\0001\0/dev/block/8:1\0002";
	AUTO(free_text) struct text properties = { 0 };
	AUTO(free_text) struct text whole = { 0 };
	struct unit_request got, request = {
		.verb = UNIT_SET,
		.manager = UNIT_USER,
		.name = "lorica-c1.scope",
		.mark = "container \xc3\xa9",
	};
	struct unit_property property;
	struct error e = { 0 };
	size_t at = 0;
	FILE *out = open_memstream(&properties.bytes, &properties.length);

	unit_put(out, "Delegate", "b", "true");
	unit_put_property(out, &(struct unit_property){ "IOReadBandwidthMax",
				   230, "a(st)", pairs, 4 });
	fclose(out);
	request.properties = properties.bytes;
	request.length = properties.length;
	out = open_memstream(&whole.bytes, &whole.length);
	unit_put_request(out, &request);
	fclose(out);

	cr_assert(zero(int, unit_parse(whole.bytes, whole.length, &got, &e)),
	    "%s", e.text);
	cr_expect(eq(int, got.verb, UNIT_SET));
	cr_expect(eq(int, got.manager, UNIT_USER));
	cr_expect(eq(str, (char *)got.name, "lorica-c1.scope"));
	cr_expect(eq(str, (char *)got.mark, "container \xc3\xa9"));
	cr_assert(unit_next(&got, &at, &property));
	cr_expect(eq(str, (char *)property.name, "Delegate"));
	cr_expect(eq(str, (char *)property.signature, "b"));
	cr_expect(eq(str, (char *)property.values, "true"));
	cr_assert(unit_next(&got, &at, &property));
	cr_expect(eq(u32, property.since, 230));
	cr_assert(eq(sz, property.count, 4));
	const char *second = unit_next_value(property.values);
	cr_expect(eq(str, (char *)second, "1"));
	cr_expect(eq(str, (char *)unit_next_value(second), "/dev/block/8:1"));
	cr_expect(not(unit_next(&got, &at, &property)));
}

/* A text with the NULs in it, and what is wrong. */
#define ROW(text, what)                                                        \
	{                                                                      \
		text, sizeof(text) - 1, what                                   \
	}

Test(unit_message, what_is_malformed_is_refused)
{
	static const struct {
		const char *text;
		size_t length;
		const char *what;
	} rows[] = {
		ROW("", "not of this version"),
		ROW("lorica-systemd 1", "not of this version"),
		ROW("lorica-systemd 2\0start\0user\0a.scope\0m\0",
		    "not of this version"),
		ROW("lorica-systemd 1\0reboot\0user\0a.scope\0m\0", "the verb"),
		ROW("lorica-systemd 1\0start\0", "the manager"),
		ROW("lorica-systemd 1\0start\0me\0a.scope\0m\0", "the manager"),
		ROW("lorica-systemd 1\0stop\0user\0a.service\0m\0", "the unit"),
		ROW("lorica-systemd 1\0stop\0user\0a/b.scope\0m\0", "the unit"),
		ROW("lorica-systemd 1\0stop\0user\0.scope\0m\0", "the unit"),
		ROW("lorica-systemd 1\0stop\0user\0a.scope\0m", "the mark"),
		ROW("lorica-systemd 1\0stop\0user\0a.scope\0\xff\0",
		    "the mark"),
		ROW(HEAD "Name\0000\0b\0001\0true", "a property"),
		ROW(HEAD "Name\0000\0b\0001\0yes\0", "a property"),
		ROW(HEAD "Name\0000\0b\0002\0true\0true\0", "a property"),
		ROW(HEAD "Name\0000\0b\0000\0", "a property"),
		ROW(HEAD "Na-me\0000\0b\0001\0true\0", "a property"),
		ROW(HEAD "Na\0000\0b\0001\0true\0", "a property"),
		ROW(HEAD "Name\0x\0b\0001\0true\0", "a property"),
		ROW(HEAD "Name\0000\0v\0001\0true\0", "a property"),
		ROW(HEAD "Name\0000\0bb\0001\0true\0", "a property"),
		ROW(HEAD "Name\0000\0a\0000\0", "a property"),
		ROW(HEAD "Name\0000\0a()\0000\0", "a property"),
		ROW(HEAD "Name\0000\0a(st\0000\0", "a property"),
		ROW(HEAD "Name\0000\0aas\0000\0", "a property"),
		ROW(HEAD "Name\0000\0a(st)\0001\0x\0", "a property"),
		ROW(HEAD "Name\0000\0a(st)\0002\0x\0-1\0", "a property"),
		ROW(HEAD "Name\0000\0as\0009999999\0x\0", "a property"),
		ROW(HEAD "Name\0000\0s\0001\0\xc3\0", "a property"),
		ROW(HEAD "\0", "a property"),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct unit_request got = { .name = "as it was" };
		struct error e = { 0 };
		char want[64];

		cr_expect(eq(int,
			      unit_parse(rows[i].text, rows[i].length, &got,
				  &e),
			      -EPROTO),
		    "row %zu", i);
		snprintf(want, sizeof(want), "a malformed request: %s",
		    rows[i].what);
		cr_expect(eq(str, e.text, want), "row %zu", i);
		cr_expect(eq(str, (char *)got.name, "as it was"));
	}
}

Test(unit_message, values_are_those_of_their_type)
{
	static const struct {
		char type;
		const char *text;
		bool is;
	} rows[] = {
		{ 'b', "true", true },
		{ 'b', "false", true },
		{ 'b', "1", false },
		{ 'y', "255", true },
		{ 'y', "256", false },
		{ 'i', "-2147483648", true },
		{ 'i', "-2147483649", false },
		{ 'i', "2147483647", true },
		{ 'i', "2147483648", false },
		{ 'i', "-0", false },
		{ 'u', "4294967295", true },
		{ 'u', "4294967296", false },
		{ 'u', "-1", false },
		{ 'x', "-9223372036854775808", true },
		{ 'x', "-9223372036854775809", false },
		{ 't', UNIT_INFINITY, true },
		{ 't', "18446744073709551616", false },
		{ 't', "", false },
		{ 't', "1 ", false },
		{ 's', "", true },
		{ 's', "\xed\xa0\x80", false },
		{ 'd', "1", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, unit_is_value(rows[i].type, rows[i].text),
			      rows[i].is),
		    "%c \"%s\"", rows[i].type, rows[i].text);
}
