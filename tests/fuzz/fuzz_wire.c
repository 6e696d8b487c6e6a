/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_wire - what criu says: protocol buffers, and the answer that is made of
 * them.
 *
 * Whatever the bytes, reading ends, stays inside them, and each field takes
 * some. What was read is written again as the same field.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "swrk/swrk.h"

/* Numbers have many spellings, and lengths too; what they say is kept. */
static void
check_again(const struct wire_field *field)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	assert(out != NULL);
	if (field->bytes != NULL)
		wire_put_bytes(out, field->number, field->bytes, field->length);
	else
		wire_put_number(out, field->number, field->value);
	assert(fclose(out) == 0);

	const unsigned char *bytes = (const unsigned char *)text;
	struct wire wire = { bytes, bytes + length };
	struct wire_field again;

	assert(wire_next(&wire, &again) == 1);
	assert(wire.at == wire.end);
	assert(again.number == field->number);
	assert((again.bytes != NULL) == (field->bytes != NULL));
	if (field->bytes == NULL)
		assert(again.value == field->value);
	else
		assert(again.length == field->length &&
		       memcmp(again.bytes, field->bytes, field->length) == 0);
	assert(wire_next(&wire, &again) == 0);
	free(text);
}

static void
check_fields(const uint8_t *data, size_t size)
{
	struct wire wire = { data, data + size };
	struct wire_field field;
	const unsigned char *before = wire.at;
	int got;

	while ((got = wire_next(&wire, &field)) == 1) {
		assert(wire.at > before && wire.at <= data + size);
		before = wire.at;
		if (field.bytes != NULL)
			assert(field.bytes >= data &&
			       field.bytes + field.length <= wire.at);
		check_again(&field);
	}
	assert(got == 0 || got == -1);
	if (got == 0)
		assert(wire.at == data + size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct swrk_answer answer;

	check_fields(data, size);
	if (!swrk_read(data, size, &answer))
		return 0;
	assert(memchr(answer.script, '\0', sizeof(answer.script)) != NULL);
	assert(memchr(answer.text, '\0', sizeof(answer.text)) != NULL);
	return 0;
}
