/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: answer what the policy of a container leaves to somebody.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "cli.h"
#include "event/ask.h"
#include "event/read.h"

struct answering {
	bool json;
	struct event_line answer;
};

/* What may be typed, and what it means. */
static const struct {
	const char *word;
	bool is_allowed;
	bool is_always;
} words[] = {
	{ "y", true, false },
	{ "n", false, false },
	{ "always", true, true },
	{ "never", false, true },
};

/* Anything else, and the end of the input, says no. */
static void
read_word(struct event_answer *answer)
{
	char line[64];

	if (fgets(line, sizeof(line), stdin) == NULL)
		return;
	line[strcspn(line, "\n")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcmp(words[i].word, line) != 0)
			continue;
		answer->is_allowed = words[i].is_allowed;
		answer->is_always = words[i].is_always;
	}
}

static int
ask_terminal(struct answering *answering, const char *line, size_t length,
    struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_question question;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(event_read_question(arena, line, length, &question, e));
	struct event_answer answer = { .id = question.id };
	fputs(question.what, stdout);
	putchar(' ');
	event_show_text(stdout, question.subject);
	printf(" by process %d", (int)question.pid);
	if (question.comm != NULL) {
		fputs(" (", stdout);
		event_show_text(stdout, question.comm);
		putchar(')');
	}
	fputs(" [y, n, always, never]? ", stdout);
	if (fflush(stdout) != 0)
		return error_sys(e, "write to stdout");
	read_word(&answer);
	event_put_answer(&answer, &answering->answer);
	return 0;
}

/* For programs: a question out, a line back. */
static int
ask_program(struct answering *answering, const char *line, size_t length,
    struct error *e)
{
	struct event_line *answer = &answering->answer;

	fwrite(line, 1, length, stdout);
	if (fflush(stdout) != 0)
		return error_sys(e, "write to stdout");
	if (fgets(answer->text, sizeof(answer->text), stdin) == NULL)
		return error_set(e, EPIPE, "nobody answers any more");
	answer->length = strlen(answer->text);
	return 0;
}

static int
take_question(void *context, const char *line, size_t length, struct error *e)
{
	struct answering *answering = context;

	return answering->json ? ask_program(answering, line, length, e)
			       : ask_terminal(answering, line, length, e);
}

int
cli_ask(struct cli_call *call, struct error *e)
{
	struct answering answering = { 0 };
	const struct container_listener listener = { take_question, &answering,
		&answering.answer };
	const struct cli_option options[] = {
		{ "json", 0, NULL, "questions and answers as lines of JSON",
		    .flag = &answering.json },
		{ NULL },
	};

	TRY(cli_one_id(call, options, e));
	return container_listen(call->cli->root, call->id, &listener, e);
}
