/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/question.h"
#include "event/ask.h"
#include "sentry/relay.h"

static int keyboard = -1; /* the other end of the terminal */
static int helper = -1;   /* the other end of its socket */
static int sentry = -1;   /* and of its */
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
	int asks = pair[0];
	cr_assert(zero(int, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair)));
	sentry = pair[1];
	questions_watch(questions, asks, pair[0]);
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

static uint64_t
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The helper asks, as the question of that number; 0: for ever. */
static void
inquire_until(uint64_t id, uint64_t until_ms)
{
	struct relay_inquiry inquiry = { .id = id,
		.until_ms = until_ms,
		.item = "a.test:80" };

	cr_assert(eq(sz, (size_t)send(helper, &inquiry, sizeof(inquiry), 0),
	    sizeof(inquiry)));
	hear();
}

static void
inquire(uint64_t id)
{
	inquire_until(id, 0);
	cr_assert(questions_has_terminal(questions));
}

/* Shown, and for as long as it takes to read it. */
static void
show(void)
{
	const struct timespec while_read = { 1, 50000000 };

	questions_show(questions);
	cr_assert(zero(int, nanosleep(&while_read, NULL)));
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
	show();
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
	show();
	type("no\n");
	cr_assert(is_typed());
	questions_typed(questions);
	cr_expect(eq(int, verdict(1), 0));
}

Test(container_question, what_is_typed_behind_another_word_is_no_answer)
{
	inquire(1);
	show();
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

/* What was meant for another that was there until now. */
Test(container_question, what_is_typed_before_it_can_be_read_is_no_answer)
{
	inquire(1);
	questions_show(questions);
	type("session\nonce\n");
	cr_assert(is_typed());
	questions_typed(questions);
	cr_expect(is_gone());
	cr_expect(eq(int, verdict(1), -1));
	cr_expect(questions_has_terminal(questions));
}

/* ---- what nobody waits for ----------------------------------------------- */

Test(container_question, one_that_comes_too_late_is_not_asked)
{
	inquire_until(1, now_ms());
	cr_expect(not(questions_has_terminal(questions)));
	inquire_until(2, now_ms() + 60000);
	cr_expect(questions_has_terminal(questions));
}

/* Does that come on the terminal, in pieces? */
static bool
is_shown(const char *text)
{
	struct pollfd fd = { keyboard, POLLIN, 0 };
	char shown[4096] = "";
	size_t used = 0;
	ssize_t got = 0;

	do {
		used += (size_t)got;
		if (strstr(shown, text) != NULL)
			return true;
	} while (
	    poll(&fd, 1, 5000) == 1 &&
	    (got = read(keyboard, shown + used, sizeof(shown) - 1 - used)) > 0);
	return false;
}

Test(container_question, it_is_over_when_nobody_waits_any_more)
{
	inquire_until(1, now_ms() + 3000);
	cr_assert(questions_has_terminal(questions));
	questions_show(questions);
	for (int i = 0; i < 20000 && questions_has_terminal(questions); i++) {
		(void)poll(NULL, 0, 1);
		hear();
	}
	cr_expect(not(questions_has_terminal(questions)));
	cr_expect(eq(int, verdict(1), -1));
	cr_expect(is_shown("no answer in time"));
}

/* The sentry asks for all that wait at once, and one is heard at a time. */
Test(container_question, those_of_the_sentry_that_are_over_are_not_asked)
{
	struct event_question question = { .id = 1,
		.what = "read",
		.subject = "/a",
		.rule = "files[-1]",
		.timeout_s = 30,
		.until_ms = now_ms() };
	struct event_line line;

	event_put_question(&question, &line);
	cr_assert(eq(long, send(sentry, line.text, line.length, 0),
	    (long)line.length));
	hear();
	cr_expect(not(questions_has_terminal(questions)));
	question.until_ms += 30000;
	event_put_question(&question, &line);
	cr_assert(eq(long, send(sentry, line.text, line.length, 0),
	    (long)line.length));
	hear();
	cr_expect(questions_has_terminal(questions));
}

/* ---- who answers --------------------------------------------------------- */

/* What becomes of the socket of a process, in a pid namespace of its own. */
static int
connected(bool is_boxed)
{
	char dir[] = "/tmp/lorica-agent-XXXXXX";
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct error e = { 0 };
	int ready[2], hold[2];
	char byte = 'x';

	cr_assert(ne(ptr, mkdtemp(dir), NULL));
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s/sock",
	    dir);
	cr_assert(zero(int, pipe(ready)));
	cr_assert(zero(int, pipe(hold)));
	pid_t pid = fork();
	if (pid == 0) {
		close(hold[1]);
		if (is_boxed && unshare(CLONE_NEWUSER | CLONE_NEWPID) < 0)
			byte = 'n';
		else if (is_boxed && (pid = fork()) != 0)
			_exit(waitpid(pid, NULL, 0) < 0);
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (byte == 'x' && (bind(fd, (struct sockaddr *)&address,
					sizeof(address)) < 0 ||
				       listen(fd, 1) < 0))
			byte = 'f';
		(void)!write(ready[1], &byte, 1);
		(void)!read(hold[0], &byte, 1);
		_exit(0);
	}
	cr_assert(eq(long, read(ready[0], &byte, 1), 1L));
	int fd = byte == 'x' ? question_agent(address.sun_path, &e) : -ENOSYS;
	close(hold[1]);
	cr_assert(eq(int, waitpid(pid, NULL, 0), pid));
	(void)unlink(address.sun_path);
	cr_expect(zero(int, rmdir(dir)));
	if (byte == 'n')
		cr_skip_test("needs namespaces");
	cr_assert(ne(int, (int)byte, 'f'));
	return fd < 0 ? fd : 0;
}

Test(container_question, a_program_of_the_users_answers)
{
	cr_expect(zero(int, connected(false)));
}

Test(container_question, and_none_in_a_sandbox)
{
	cr_expect(eq(int, connected(true), -EPERM));
}
