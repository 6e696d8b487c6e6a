/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_config - config.json and the process of exec --process, as text.
 *
 * Whatever the text, parsing and validating end, with a configuration or with
 * one line that a terminal can show, and leave nothing behind.
 */
#include <assert.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"
#include "check.h"
#include "fuzz.h"
#include "spec/spec.h"

static void
note(void *context, const char *place)
{
	size_t *notes = context;

	assert(place[0] != '\0');
	*notes += 1;
}

/* What the header promises of the lists that are read without a look. */
static void
check_lists(const struct spec *spec)
{
	const struct spec_process *process = spec->process;

	for (size_t i = 0; i < spec->mounts_count; i++) {
		const struct spec_strings *list = &spec->mounts[i].options;

		assert(spec->mounts[i].destination != NULL);
		assert(list->items[list->count] == NULL);
	}
	if (process == NULL)
		return;
	assert(process->args.items[process->args.count] == NULL);
	assert(process->env.items[process->env.count] == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO(spec_free) struct spec *process = NULL;
	struct error e = { 0 };
	struct error process_e = { 0 };
	size_t notes = 0;

	if (spec_parse(text, size, note, &notes, &spec, &e) < 0) {
		assert(spec == NULL);
		check_line(&e);
	} else {
		check_lists(spec);
		if (spec_validate(spec, &e) < 0)
			check_line(&e);
	}
	if (spec_parse_process(text, size, &process, &process_e) < 0)
		check_line(&process_e);
	else
		check_lists(process);
	return 0;
}
