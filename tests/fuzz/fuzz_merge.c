/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_merge - a profile for record --merge.
 *
 * One that is accepted becomes part of another, which is printed, read again,
 * and prints the same.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "check.h"
#include "filter/learn.h"
#include "fuzz.h"

static char *
print(const struct spec_seccomp *profile, size_t *length)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, length);

	assert(out != NULL);
	spec_print_profile(out, profile, 0);
	int failed = fclose(out);
	assert(failed == 0);
	return text;
}

static void
merge(const struct filter_learned *learned, const struct spec_seccomp *one)
{
	const struct spec_seccomp *items[] = { one, one };
	const struct filter_merge twice = { items, 2, NULL, NULL };
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO(spec_free) struct spec *again = NULL;
	AUTO_FREE char *first = NULL;
	AUTO_FREE char *second = NULL;
	struct spec_seccomp profile;
	struct error e = { 0 };
	size_t length = 0;
	size_t same = 0;

	assert(arena != NULL);
	if (filter_learned_profile(learned, &twice, arena, &profile, &e) < 0) {
		check_line(&e);
		return;
	}
	first = print(&profile, &length);
	if (length > 1u << 20)
		return;
	int failed = spec_parse_profile(first, length, 0, &again, &e);
	assert(failed == 0);
	second = print(again->lnx.seccomp, &same);
	assert(same == length && memcmp(first, second, length) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(filter_learned_free) struct filter_learned *learned = NULL;
	AUTO(spec_free) struct spec *spec = NULL;
	struct error e = { 0 };

	if (size > 65536)
		return 0;
	learned = filter_learned_new(&e);
	assert(learned != NULL);
	if (spec_parse_profile((const char *)data, size, 0, &spec, &e) < 0) {
		check_line(&e);
		return 0;
	}
	merge(learned, spec->lnx.seccomp);
	return 0;
}
