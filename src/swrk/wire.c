/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "swrk.h"

/* The kinds of fields that criu's messages have. */
enum { VARINT = 0, FIXED64 = 1, BYTES = 2, FIXED32 = 5 };

static void
put_varint(FILE *out, uint64_t value)
{
	for (; value >= 0x80; value >>= 7)
		fputc((int)(value & 0x7f) | 0x80, out);
	fputc((int)value, out);
}

static void
put_key(FILE *out, unsigned field, unsigned kind)
{
	put_varint(out, (uint64_t)field << 3 | kind);
}

void
wire_put_number(FILE *out, unsigned field, uint64_t value)
{
	put_key(out, field, VARINT);
	put_varint(out, value);
}

void
wire_put_bytes(FILE *out, unsigned field, const void *bytes, size_t size)
{
	put_key(out, field, BYTES);
	put_varint(out, size);
	(void)fwrite(bytes, 1, size, out);
}

void
wire_put_text(FILE *out, unsigned field, const char *text)
{
	wire_put_bytes(out, field, text, strlen(text));
}

static bool
get_varint(struct wire *wire, uint64_t *out)
{
	uint64_t value = 0;

	for (unsigned shift = 0; shift < 64 && wire->at < wire->end;
	     shift += 7) {
		unsigned char byte = *wire->at++;

		value |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*out = value;
			return true;
		}
	}
	return false;
}

static bool
get_bytes(struct wire *wire, struct wire_field *field)
{
	uint64_t length;

	if (!get_varint(wire, &length) ||
	    length > (uint64_t)(wire->end - wire->at))
		return false;
	field->bytes = wire->at;
	field->length = (size_t)length;
	wire->at += length;
	return true;
}

static bool
skip(struct wire *wire, size_t size)
{
	if (size > (size_t)(wire->end - wire->at))
		return false;
	wire->at += size;
	return true;
}

int
wire_next(struct wire *wire, struct wire_field *out)
{
	struct wire_field field = { 0 };
	uint64_t key;
	bool fine = false;

	if (wire->at == wire->end)
		return 0;
	if (!get_varint(wire, &key) || key >> 3 == 0 || key >> 3 > 0x1fffffff)
		return -1;
	field.number = (unsigned)(key >> 3);
	if ((key & 7) == VARINT)
		fine = get_varint(wire, &field.value);
	else if ((key & 7) == BYTES)
		fine = get_bytes(wire, &field);
	else if ((key & 7) == FIXED64)
		fine = skip(wire, 8);
	else if ((key & 7) == FIXED32)
		fine = skip(wire, 4);
	*out = field;
	return fine ? 1 : -1;
}
