/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_docker - a seccomp profile alone, also in Docker's format, as text.
 *
 * The first byte says which capabilities the process has. Of the rules that are
 * left each is one that counts: its conditions, worked out here once more,
 * hold. More capabilities never take a rule away but by "excludes". What is
 * left can be written and read back as the same.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "check.h"
#include "fuzz.h"
#include "spec/spec.h"

static bool
lists(const struct spec_strings *list, const char *word)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], word) == 0)
			return true;
	}
	return false;
}

static bool
is_held(uint64_t bounding, const char *name)
{
	for (const struct json_word *at = spec_words(SPEC_WORDS_CAPABILITIES);
	     at->word != NULL; at++) {
		if (strcmp(at->word, name) == 0)
			return (bounding >> at->number & 1) != 0;
	}
	return false;
}

static void
check_rule(const struct spec_seccomp_rule *rule, uint64_t bounding)
{
#if defined(__x86_64__)
	static const char native[] = "amd64";
#else
	static const char native[] = "arm64";
#endif
	for (size_t i = 0; i < rule->includes.caps.count; i++)
		assert(is_held(bounding, rule->includes.caps.items[i]));
	for (size_t i = 0; i < rule->excludes.caps.count; i++)
		assert(!is_held(bounding, rule->excludes.caps.items[i]));
	assert(rule->includes.arches.count == 0 ||
	       lists(&rule->includes.arches, native));
	assert(!lists(&rule->excludes.arches, native));
	assert(rule->names.count > 0);
}

static char *
print(const struct spec *spec)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert(out != NULL);
	spec_print_profile(out, spec->lnx.seccomp, 0);
	assert(fclose(out) == 0);
	return text;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO(spec_free) struct spec *again = NULL;
	struct error e = { 0 };

	if (size == 0)
		return 0;
	/* Each bit is five capabilities. */
	uint64_t bounding = 0;
	for (unsigned bit = 0; bit < 8; bit++) {
		if ((data[0] >> bit & 1) != 0)
			bounding |= 0x1full << 5 * bit;
	}
	if (spec_parse_profile((const char *)data + 1, size - 1, bounding,
		&spec, &e) < 0) {
		assert(spec == NULL);
		check_line(&e);
		return 0;
	}
	for (size_t i = 0; i < spec->lnx.seccomp->syscalls_count; i++)
		check_rule(&spec->lnx.seccomp->syscalls[i], bounding);
	AUTO_FREE char *text = print(spec);
	int failed =
	    spec_parse_profile(text, strlen(text), bounding, &again, &e);
	if (failed < 0) {
		/* Written with more bytes than may be read. */
		assert(strstr(e.text, "larger") != NULL);
		return 0;
	}
	AUTO_FREE char *same = print(again);
	assert(strcmp(text, same) == 0);
	return 0;
}
