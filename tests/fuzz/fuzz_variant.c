/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_variant - an annotation org.systemd.property.NAME: the name, the end of
 * the line, the value.
 *
 * It is refused by one line and nothing is put, or what is put is a property
 * that the helper takes. And linux.cgroupsPath: the whole input is one, which
 * is refused or names a scope in a slice.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "unit/unit.h"

static void
check_place(const char *text)
{
	struct unit_place place;
	struct error e = { 0 };
	char path[UNIT_PATH_MAX];

	if (unit_place(text, "c1", UNIT_USER, &place, &e) < 0) {
		check_line(&e);
		return;
	}
	assert(unit_is_scope(place.name));
	int failed = unit_slice_path(place.slice, path, &e);
	assert(failed == 0 && strstr(path, "//") == NULL);
	assert(strstr(path, "/.slice") == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *name = strndup((const char *)data, size);
	AUTO_FREE char *put = NULL;
	AUTO_FREE char *whole = NULL;
	struct unit_request request = { .name = "a.scope", .mark = "m" };
	struct unit_request parsed;
	struct error e = { 0 };

	assert(name != NULL);
	check_place(name);
	char *value = name + strcspn(name, "\n");
	if (*value != '\0')
		*value++ = '\0';
	FILE *out = open_memstream(&put, &request.length);
	int failed = unit_put_variant(out, name, value, &e);
	fclose(out);
	if (failed < 0) {
		check_line(&e);
		assert(request.length == 0);
		return 0;
	}
	size_t length;
	request.properties = put;
	out = open_memstream(&whole, &length);
	unit_put_request(out, &request);
	fclose(out);
	failed = unit_parse(whole, length, &parsed, &e);
	assert(failed == 0);
	return 0;
}
