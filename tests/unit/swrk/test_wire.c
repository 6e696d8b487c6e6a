/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "swrk/swrk.h"

/* As the documentation of protocol buffers has them. */
Test(swrk_wire, fields_are_written_as_documented)
{
	static const unsigned char want[] = { 0x08, 0x96, 0x01, 0x12, 0x07, 't',
		'e', 's', 't', 'i', 'n', 'g', 0xf8, 0x03, 0x00 };
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	wire_put_number(out, 1, 150);
	wire_put_text(out, 2, "testing");
	wire_put_number(out, 63, 0);
	cr_assert(zero(int, fclose(out)));
	cr_assert(eq(sz, length, sizeof(want)));
	cr_expect(zero(int, memcmp(text, want, length)));
	free(text);
}

Test(swrk_wire, fields_are_read)
{
	static const unsigned char bytes[] = { 0x08, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x0d, 1, 2, 3, 4, 0x11, 1,
		2, 3, 4, 5, 6, 7, 8, 0x12, 0x01, 'x' };
	struct wire wire = { bytes, bytes + sizeof(bytes) };
	struct wire_field field;

	cr_assert(eq(int, wire_next(&wire, &field), 1));
	cr_expect(eq(u64, field.value, UINT64_MAX));
	cr_assert(eq(int, wire_next(&wire, &field), 1));
	cr_assert(eq(int, wire_next(&wire, &field), 1));
	cr_assert(eq(int, wire_next(&wire, &field), 1));
	cr_expect(eq(uint, field.number, 2));
	cr_expect(eq(sz, field.length, 1));
	cr_expect(eq(int, field.bytes[0], 'x'));
	cr_expect(eq(int, wire_next(&wire, &field), 0));
}

Test(swrk_wire, what_is_cut_short_is_refused)
{
	static const struct {
		unsigned char bytes[12];
		size_t length;
	} rows[] = {
		{ { 0x08 }, 1 },
		{ { 0x80 }, 1 },
		{ { 0x08, 0x80 }, 2 },
		{ { 0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		      0xff, 0x01 },
		    12 },
		{ { 0x0a, 0x02, 'x' }, 3 },
		{ { 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 'x' }, 7 },
		{ { 0x0d, 1, 2, 3 }, 4 },
		{ { 0x09, 1, 2, 3, 4, 5, 6, 7 }, 8 },
		{ { 0x00, 0x01 }, 2 },
		{ { 0x0b, 0x01 }, 2 },
		{ { 0x0f, 0x01 }, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* Exactly so much, so that a sanitizer sees what is beyond. */
		unsigned char *copy = malloc(rows[i].length);
		struct wire_field field;

		memcpy(copy, rows[i].bytes, rows[i].length);
		struct wire wire = { copy, copy + rows[i].length };
		cr_expect(eq(int, wire_next(&wire, &field), -1), "row %zu", i);
		free(copy);
	}
}
