/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "question.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "event/ask.h"
#include "event/read.h"
#include "making.h"
#include "os/os.h"
#include "sentry/relay.h"

/* The question that stands. */
struct standing {
	bool is_there;
	bool is_sentrys;             /* else the helper's */
	uint64_t id;                 /* as its source has it */
	uint64_t until_ms;           /* UINT64_MAX: for ever */
	char item[RELAY_ITEM_BYTES]; /* of the helper's */
	char *shown;                 /* for the terminal */
	uint64_t shown_ms;           /* since when */
};

struct questions {
	const struct container_ask *ask;
	int helper;
	int sentry;
	int agent;     /* who answers; -1: the terminal, or nobody any more */
	uint64_t last; /* how the agent is told which */
	struct standing standing;
	size_t heard; /* of the agent's line */
	char line[1024];
	char packet[EVENT_LINE_MAX];
};

struct questions *
questions_new(const struct container_create *request, struct error *e)
{
	const struct container_ask *ask = request->ask;

	if (ask == NULL)
		return NULL;
	AUTO_FREE struct questions *questions = calloc(1, sizeof(*questions));
	if (questions == NULL) {
		error_sys(e, "memory");
		return NULL;
	}
	*questions = (struct questions){ .ask = ask,
		.helper = -1,
		.sentry = -1,
		.agent = -1 };
	if (ask->socket != NULL) {
		questions->agent = question_agent(ask->socket, e);
		if (questions->agent < 0) {
			error_wrap(e, "--ask");
			return NULL;
		}
	}
	return take(&questions);
}

void
questions_free(struct questions **questions)
{
	struct questions *taken = take(questions);

	if (taken == NULL)
		return;
	auto_close(&taken->agent);
	free(taken->standing.shown);
	free(taken);
}

void
questions_watch(struct questions *questions, int helper, int sentry)
{
	if (questions == NULL)
		return;
	questions->helper = helper;
	questions->sentry = sentry;
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int
questions_await(const struct questions *questions,
    struct pollfd fds[QUESTION_FDS])
{
	for (size_t i = 0; i < QUESTION_FDS; i++)
		fds[i] = (struct pollfd){ -1, POLLIN, 0 };
	if (questions == NULL)
		return -1;
	const struct standing *standing = &questions->standing;
	fds[QUESTION_AGENT].fd = questions->agent;
	if (!standing->is_there) {
		fds[QUESTION_HELPER].fd = questions->helper;
		fds[QUESTION_SENTRY].fd = questions->sentry;
		return -1;
	}
	if (standing->until_ms == UINT64_MAX)
		return -1;
	uint64_t now = now_ms();
	return standing->until_ms <= now ? 0 : (int)(standing->until_ms - now);
}

bool
questions_has_terminal(const struct questions *questions)
{
	return questions != NULL && questions->standing.is_there &&
	       questions->ask->socket == NULL;
}

static void
forget(struct questions *questions)
{
	free(questions->standing.shown);
	questions->standing = (struct standing){ 0 };
}

/* ---- answers ------------------------------------------------------------- */

static void
deliver(struct questions *questions, const struct event_answer *said)
{
	const struct standing *standing = &questions->standing;
	struct event_answer answer = *said;
	struct event_line line;

	answer.id = standing->id;
	answer.is_always = said->is_always || said->is_saved;
	if (standing->is_sentrys) {
		answer.is_saved = false;
		event_put_answer(&answer, &line);
		(void)os_send(questions->sentry, line.text, line.length,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		forget(questions);
		return;
	}
	const struct relay_verdict verdict = { answer.id, answer.is_allowed,
		answer.is_always };
	(void)os_send(questions->helper, &verdict, sizeof(verdict),
	    MSG_DONTWAIT | MSG_NOSIGNAL);
	if (said->is_saved && said->is_allowed && questions->ask->save != NULL)
		questions->ask->save(questions->ask->context, standing->item);
	forget(questions);
}

static void
refuse(struct questions *questions)
{
	const struct event_answer no = { 0 };

	deliver(questions, &no);
}

/* Whoever asked has decided by himself. Who would answer now is to see that. */
static void
expire(struct questions *questions)
{
	if (questions_has_terminal(questions))
		question_say("\r\nlorica: no answer in time\r\n");
	forget(questions);
}

/* It has gone, or says what nobody understands: nothing is allowed by it. */
static void
lose_agent(struct questions *questions)
{
	auto_close(&questions->agent);
	questions->agent = -1;
	if (questions->standing.is_there)
		refuse(questions);
}

static void
take_line(struct questions *questions, size_t length)
{
	struct event_answer answer;
	struct error e = { 0 };

	if (event_read_answer(questions->line, length, &answer, &e) < 0)
		lose_agent(questions);
	else if (questions->standing.is_there && answer.id == questions->last)
		deliver(questions, &answer);
}

static void
hear_agent(struct questions *questions)
{
	char *line = questions->line;
	ssize_t got = recv(questions->agent, line + questions->heard,
	    sizeof(questions->line) - questions->heard, MSG_DONTWAIT);
	char *end;

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	questions->heard += got > 0 ? (size_t)got : 0;
	while (got > 0 && questions->agent >= 0 &&
	       (end = memchr(line, '\n', questions->heard)) != NULL) {
		size_t length = (size_t)(end - line) + 1;

		take_line(questions, length);
		questions->heard -= length;
		memmove(line, line + length, questions->heard);
	}
	if (got <= 0 || questions->heard == sizeof(questions->line))
		lose_agent(questions);
}

/* ---- questions ----------------------------------------------------------- */

static void
tell_agent(struct questions *questions, const struct event_question *question)
{
	struct event_question told = *question;
	struct event_line line;

	told.id = ++questions->last;
	/* Of what was left of it. */
	if (told.until_ms != 0)
		told.timeout_s =
		    (unsigned)((told.until_ms - now_ms() + 999) / 1000);
	told.until_ms = 0;
	(void)event_put_question(&told, &line);
	if (questions->agent < 0 ||
	    os_send(questions->agent, line.text, line.length,
		MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)line.length)
		lose_agent(questions);
}

/* It came up a while ago, where another stood. */
static void
stand(struct questions *questions, const struct event_question *question,
    bool is_sentrys)
{
	struct standing *standing = &questions->standing;
	uint64_t until =
	    question->until_ms == 0 ? UINT64_MAX : question->until_ms;

	/* Nobody waits for an answer any more. */
	if (until <= now_ms())
		return;
	standing->is_there = true;
	standing->is_sentrys = is_sentrys;
	standing->id = question->id;
	standing->until_ms = until;
	if (questions->ask->socket != NULL) {
		tell_agent(questions, question);
		return;
	}
	standing->shown = question_describe(question,
	    !is_sentrys && questions->ask->save != NULL);
	if (standing->shown == NULL)
		refuse(questions);
}

static void
hear_helper(struct questions *questions)
{
	struct relay_inquiry inquiry;
	char comm[32];

	if (!question_receive(questions->helper, &inquiry)) {
		questions->helper = -1;
		return;
	}
	question_read_comm(inquiry.pid, comm, sizeof(comm));
	const struct event_question question = {
		.id = inquiry.id,
		.what = "connect",
		.subject = inquiry.item,
		.rule = "net",
		.note = inquiry.note[0] != '\0' ? inquiry.note : NULL,
		.comm = comm[0] != '\0' ? comm : NULL,
		.pid = inquiry.pid,
		.timeout_s = RELAY_INQUIRY_SECONDS,
		.until_ms = inquiry.until_ms,
	};
	memcpy(questions->standing.item, inquiry.item, sizeof(inquiry.item));
	stand(questions, &question, false);
}

static void
hear_sentry(struct questions *questions)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_question question;
	struct error e = { 0 };
	ssize_t got = recv(questions->sentry, questions->packet,
	    sizeof(questions->packet), MSG_DONTWAIT);

	if (got <= 0 || arena == NULL ||
	    event_read_question(arena, questions->packet, (size_t)got,
		&question, &e) < 0)
		questions->sentry = -1;
	else
		stand(questions, &question, true);
}

void
questions_hear(struct questions *questions,
    const struct pollfd fds[QUESTION_FDS])
{
	if (questions == NULL)
		return;
	if (fds[QUESTION_AGENT].revents != 0)
		hear_agent(questions);
	if (questions->standing.is_there) {
		if (now_ms() >= questions->standing.until_ms)
			expire(questions);
		return;
	}
	/* A second one waits until the first is answered. */
	if (fds[QUESTION_HELPER].revents != 0)
		hear_helper(questions);
	else if (fds[QUESTION_SENTRY].revents != 0)
		hear_sentry(questions);
}

void
questions_end(struct questions *questions)
{
	if (questions != NULL)
		forget(questions);
}

/* ---- the terminal -------------------------------------------------------- */

/* What is typed sooner was meant for what was there before. */
#define READ_MS 1000

void
questions_show(struct questions *questions)
{
	questions->standing.shown_ms = now_ms();
	question_clear();
	question_say(questions->standing.shown);
}

/* Words that no program asks for by itself, but the last of all. */
static const struct {
	const char *word;
	struct event_answer answer;
} words[] = {
	{ "once", { .is_allowed = true } },
	{ "session", { .is_allowed = true, .is_always = true } },
	{ "save", { .is_allowed = true, .is_always = true, .is_saved = true } },
	{ "no", { 0 } },
	{ "never", { .is_always = true } },
};

void
questions_typed(struct questions *questions)
{
	char line[64] = "";
	ssize_t got = read(0, line, sizeof(line) - 1);

	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (got <= 0) {
		refuse(questions);
		return;
	}
	line[strcspn(line, "\r\n")] = '\0';
	bool is_read = now_ms() - questions->standing.shown_ms >= READ_MS;
	for (size_t i = 0; is_read && i < ARRAY_SIZE(words); i++) {
		/* There is no profile for what a policy says. */
		if (strcmp(words[i].word, line) != 0 ||
		    (words[i].answer.is_saved &&
			questions->standing.is_sentrys))
			continue;
		deliver(questions, &words[i].answer);
		return;
	}
	/* What came with it was typed before it is asked again. */
	(void)tcflush(0, TCIFLUSH);
	question_say(questions->standing.shown);
}

void
questions_interrupt(struct questions *questions)
{
	if (questions_has_terminal(questions))
		refuse(questions);
}
