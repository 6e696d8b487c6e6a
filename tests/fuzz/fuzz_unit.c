/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_unit - a request to lorica-systemd.
 *
 * It is refused by one line, or it is sound to its last byte: every value is
 * one of its type, and written again it is the same.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "unit/unit.h"

/* A list's element is what is in its parentheses. */
static void
check_values(const struct unit_property *property)
{
	const char *types =
	    property->signature + strspn(property->signature, "a(");
	size_t width = strcspn(types, ")");
	const char *value = property->values;

	assert(width > 0 && property->count % width == 0);
	for (size_t i = 0; i < property->count; i++) {
		assert(unit_is_value(types[i % width], value));
		value = unit_next_value(value);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *properties = NULL;
	AUTO_FREE char *whole = NULL;
	/* Of exactly that size, so that a byte too many is noticed. */
	AUTO_FREE char *text = malloc(size > 0 ? size : 1);
	struct unit_request request;
	struct unit_property property;
	struct error e = { 0 };
	size_t at = 0, length;

	assert(text != NULL);
	memcpy(text, data, size);
	if (unit_parse(text, size, &request, &e) < 0) {
		check_line(&e);
		return 0;
	}
	assert(unit_is_scope(request.name));
	FILE *out = open_memstream(&properties, &length);
	while (unit_next(&request, &at, &property)) {
		check_values(&property);
		unit_put_property(out, &property);
	}
	fclose(out);
	assert(at == request.length && length == request.length);
	request.properties = properties;
	out = open_memstream(&whole, &length);
	unit_put_request(out, &request);
	fclose(out);
	assert(length == size && memcmp(whole, text, size) == 0);
	return 0;
}
