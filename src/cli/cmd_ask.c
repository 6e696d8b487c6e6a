/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ask: answer what the policy of a container leaves to somebody.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

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
	{ "yes", true, false },
	{ "n", false, false },
	{ "no", false, false },
	{ "always", true, true },
	{ "never", false, true },
};

static bool
find_word(const char *text, struct event_answer *answer)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strcasecmp(words[i].word, text) != 0)
			continue;
		answer->is_allowed = words[i].is_allowed;
		answer->is_always = words[i].is_always;
		return true;
	}
	return false;
}

/* The end of the input says no; anything else is asked about again. */
static int
read_word(struct event_answer *answer, struct error *e)
{
	AUTO_FREE char *line = NULL;
	size_t size = 0;

	do {
		fputs(" [y, n, always, never]? ", stdout);
		if (fflush(stdout) != 0)
			return error_sys(e, "write to stdout");
		if (getline(&line, &size, stdin) < 0)
			return 0;
		line[strcspn(line, " \t\r\n")] = '\0';
	} while (!find_word(line, answer));
	return 0;
}

static bool
is_late(const struct event_question *question)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return question->until_ms != 0 &&
	       (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000 >=
		   question->until_ms;
}

static void
show_question(const struct event_question *question)
{
	fputs(question->what, stdout);
	putchar(' ');
	event_show_names(stdout, question);
	printf(" by process %d", (int)question->pid);
	if (question->comm != NULL) {
		fputs(" (", stdout);
		event_show_text(stdout, question->comm);
		putchar(')');
	}
	printf(", as %s says", question->rule);
	if (question->note != NULL)
		printf(", %s", question->note);
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
	show_question(&question);
	if (!is_late(&question))
		TRY(read_word(&answer, e));
	if (is_late(&question))
		puts(": too late, nobody waits any more");
	else
		event_put_answer(&answer, &answering->answer);
	return 0;
}

/* For programs: a question out, a line back. */
static int
ask_program(struct answering *answering, const char *line, size_t length,
    struct error *e)
{
	struct event_line *said = &answering->answer;
	struct event_answer answer;

	fwrite(line, 1, length, stdout);
	if (fflush(stdout) != 0)
		return error_sys(e, "write to stdout");
	if (fgets(said->text, sizeof(said->text), stdin) == NULL)
		return error_set(e, EPIPE, "nobody answers any more");
	if (event_read_answer(said->text, strlen(said->text), &answer, e) < 0)
		return error_wrap(e, "an answer");
	event_put_answer(&answer, said);
	return 0;
}

__attribute__((cold)) static int
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
