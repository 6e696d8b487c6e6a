/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/question.h"
#include "sentry/relay.h"

static int keyboard = -1; /* the other end of the terminal */
static int helper = -1;   /* the other end of its socket */
static char saved[RELAY_ITEM_BYTES];
static struct questions *questions;

static void
save(void *context, const char *item)
{
	(void)context;
	(void)snprintf(saved, sizeof(saved), "%s", item);
}

/* A terminal that takes lines, as a question finds it, is input and errors. */
static void
make_terminal(void)
{
	keyboard = posix_openpt(O_RDWR | O_NOCTTY);
	cr_assert(ge(int, keyboard, 0));
	cr_assert(zero(int, grantpt(keyboard)));
	cr_assert(zero(int, unlockpt(keyboard)));
	int terminal = open(ptsname(keyboard), O_RDWR | O_NOCTTY);
	cr_assert(ge(int, terminal, 0));
	cr_assert(ge(int, dup2(terminal, 0), 0));
	cr_assert(ge(int, dup2(terminal, 2), 0));
	close(terminal);
}

static void
begin(void)
{
	static const struct container_ask ask = { .save = save };
	static const struct container_create request = { .ask = &ask };
	struct error e = { 0 };
	int pair[2];

	make_terminal();
	cr_assert(zero(int, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair)));
	helper = pair[1];
	questions = questions_new(&request, &e);
	cr_assert(ne(ptr, questions, NULL));
	questions_watch(questions, pair[0], -1);
}

static void
finish(void)
{
	questions_free(&questions);
}

TestSuite(container_question, .init = begin, .fini = finish);

static void
type(const char *text)
{
	cr_assert(
	    eq(sz, (size_t)write(keyboard, text, strlen(text)), strlen(text)));
}

/* What was typed is there, once it has come through the terminal. */
static bool
is_typed(void)
{
	struct pollfd fd = { 0, POLLIN, 0 };

	return poll(&fd, 1, 5000) == 1;
}

/* Nothing of it is there any more: waits for what would be on its way. */
static bool
is_gone(void)
{
	struct pollfd fd = { 0, POLLIN, 0 };

	return poll(&fd, 1, 100) == 0;
}

static void
hear(void)
{
	struct pollfd fds[QUESTION_FDS];
	int time = questions_await(questions, fds);

	cr_assert(ge(int, poll(fds, QUESTION_FDS, time < 0 ? 1000 : 0), 0));
	questions_hear(questions, fds);
}

/* The helper asks, as the question of that number. */
static void
inquire(uint64_t id)
{
	struct relay_inquiry inquiry = { .id = id, .item = "a.test:80" };

	cr_assert(eq(sz, (size_t)send(helper, &inquiry, sizeof(inquiry), 0),
	    sizeof(inquiry)));
	hear();
	cr_assert(questions_has_terminal(questions));
}

/* 1: allowed, 2: for always, 0: not; -1: there is no answer. */
static int
verdict(uint64_t id)
{
	struct relay_verdict got;

	if (recv(helper, &got, sizeof(got), MSG_DONTWAIT) !=
	    (ssize_t)sizeof(got))
		return -1;
	cr_expect(eq(u64, got.id, id));
	return got.is_allowed ? 1 + got.is_always : 0;
}

/* Type a word, which is the answer. */
static int
answer(uint64_t id, const char *word)
{
	inquire(id);
	questions_show(questions);
	type(word);
	cr_assert(is_typed());
	questions_typed(questions);
	return verdict(id);
}

Test(container_question, the_words_are_answers)
{
	cr_expect(eq(int, answer(1, "once\n"), 1));
	cr_expect(not(questions_has_terminal(questions)));
	cr_expect(eq(int, answer(2, "session\n"), 2));
	cr_expect(eq(str, saved, ""));
	cr_expect(eq(int, answer(3, "save\n"), 2));
	cr_expect(eq(str, saved, "a.test:80"));
	cr_expect(eq(int, answer(4, "no\n"), 0));
	cr_expect(eq(int, answer(5, "never\n"), 0));
}

Test(container_question, what_is_typed_before_it_is_shown_is_no_answer)
{
	inquire(1);
	type("session\n");
	cr_assert(is_typed());
	questions_show(questions);
	cr_expect(is_gone());
	cr_expect(eq(int, verdict(1), -1));
	type("no\n");
	cr_assert(is_typed());
	questions_typed(questions);
	cr_expect(eq(int, verdict(1), 0));
}

Test(container_question, what_is_typed_behind_another_word_is_no_answer)
{
	inquire(1);
	questions_show(questions);
	type("yes\nsession\n");
	cr_assert(is_typed());
	questions_typed(questions);
	cr_expect(is_gone());
	cr_expect(eq(int, verdict(1), -1));
	cr_expect(questions_has_terminal(questions));
}

Test(container_question, the_end_of_the_input_and_an_interrupt_refuse)
{
	cr_expect(eq(int, answer(1, "\004"), 0));
	inquire(2);
	questions_interrupt(questions);
	cr_expect(eq(int, verdict(2), 0));
	cr_expect(not(questions_has_terminal(questions)));
}

Test(container_question, a_second_one_waits_for_the_first)
{
	struct pollfd fds[QUESTION_FDS];

	inquire(1);
	(void)questions_await(questions, fds);
	cr_expect(eq(int, fds[QUESTION_HELPER].fd, -1));
	cr_expect(eq(int, fds[QUESTION_SENTRY].fd, -1));
}
