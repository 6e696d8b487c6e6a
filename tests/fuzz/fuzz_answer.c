/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_answer - questions of a policy and the answers to them.
 *
 * What is read as an answer is put and read again as the same.
 */
#include <assert.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "event/ask.h"
#include "fuzz.h"

static struct event_line line;

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_question question;
	struct event_answer answer, again;
	struct error e = { 0 }, ignored = { 0 };

	assert(arena != NULL);
	if (event_read_question(arena, (const char *)data, size, &question,
		&ignored) == 0)
		event_put_question(&question, &line);
	if (event_read_answer((const char *)data, size, &answer, &e) < 0) {
		check_line(&e);
		return 0;
	}
	event_put_answer(&answer, &line);
	assert(event_read_answer(line.text, line.length, &again, &e) == 0);
	assert(again.id == answer.id && again.is_allowed == answer.is_allowed &&
	       again.is_always == answer.is_always);
	return 0;
}
