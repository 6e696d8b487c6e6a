/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/ask.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answerer.h"
#include "sentry/known.h"

static struct support support;
static struct answerer answerer;
static char subject[64];
static char what[64];
static bool has_note;
static bool is_once;

/* "session" to all that is asked, or "yes". */
static struct event_answer
say_yes(const struct event_question *question)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	uint64_t left = question->until_ms - (uint64_t)now.tv_sec * 1000 -
			(uint64_t)now.tv_nsec / 1000000;
	(void)snprintf(subject, sizeof(subject), "%s",
	    left > 30000 ? "a time that is none" : question->subject);
	(void)snprintf(what, sizeof(what), "%s", question->what);
	has_note = question->note != NULL;
	return (struct event_answer){ question->id, true, !is_once, false };
}

static void
begin(void)
{
	support_make(&support);
	answerer_make(&answerer, &support, say_yes);
	answerer_start(&answerer);
}

static void
finish(void)
{
	answerer_end(&answerer);
	support_free(&support);
}

TestSuite(sentry_ask, .init = begin, .fini = finish, .timeout = 60);

static enum guard_action
decide_on(enum guard_section section, unsigned access, enum guard_which which,
    const char *name, const char *object)
{
	const struct guard_verdict verdict = { .section = section,
		.rule = 0,
		.what = access,
		.name = which,
		.timeout_s = 30,
		.unanswered = GUARD_DENY };
	struct call *call = support.call;

	call->tid = gettid();
	call->row = syscall_find_name(name);
	(void)snprintf(call->object, sizeof(call->object), "%s", object);
	return ask(&support.worker, call, &verdict);
}

static enum guard_action
decide(enum guard_section section, const char *name, const char *object)
{
	return decide_on(section, section == GUARD_CALLS ? 0 : 1,
	    GUARD_NAME_ONLY, name, object);
}

static enum guard_action
decide_file(unsigned access, const char *object)
{
	return decide_on(GUARD_FILES, access, GUARD_NAME_ONLY, "openat",
	    object);
}

static enum guard_action
decide_rename(enum guard_which which, const char *old, const char *new)
{
	(void)snprintf(support.call->target, sizeof(support.call->target), "%s",
	    new);
	return decide_on(GUARD_FILES, GUARD_WRITE, which, "rename", old);
}

Test(sentry_ask, an_answer_is_to_what_was_named)
{
	cr_expect(eq(int, decide_file(GUARD_READ, "/a"), GUARD_ALLOW));
	cr_expect(eq(str, what, "read"));
	cr_expect(
	    eq(int, decide_file(GUARD_READ | GUARD_WRITE, "/a"), GUARD_ALLOW));
	cr_expect(eq(str, what, "write"));
	cr_expect(
	    eq(int, decide_file(GUARD_READ | GUARD_WRITE, "/b"), GUARD_ALLOW));
	cr_expect(eq(str, what, "read, write"));
	cr_expect(eq(int, decide_file(GUARD_WRITE, "/b"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 3));
}

Test(sentry_ask, of_a_rename_the_name_that_the_rule_is_about)
{
	cr_expect(eq(int, decide_rename(GUARD_NAME_NEW, "/a", "/etc/one"),
	    GUARD_ALLOW));
	cr_expect(eq(str, subject, "/etc/one"));
	cr_expect(eq(int, decide_rename(GUARD_NAME_NEW, "/a", "/etc/one"),
	    GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 1));
	(void)decide_rename(GUARD_NAME_NEW, "/a", "/etc/two");
	cr_expect(eq(u32, answerer.asked, 2));
	(void)decide_rename(GUARD_NAME_OLD, "/etc/one", "/a");
	cr_expect(eq(str, subject, "/etc/one"));
	(void)decide_file(GUARD_WRITE, "/etc/one");
	cr_expect(eq(u32, answerer.asked, 4));
}

/* Programs that run once take no room from what lasts. */
Test(sentry_ask, no_answer_is_given_up_for_another)
{
	char path[32];

	is_once = true;
	for (int i = 0; i < 2 * KNOWN_ONCE; i++) {
		(void)decide(GUARD_EXECUTE, "execve", "/p");
		asker_forget(answerer.asker, gettid());
	}
	is_once = false;
	for (int i = 0; i < KNOWN_LASTING; i++) {
		(void)snprintf(path, sizeof(path), "/%d", i);
		cr_assert(eq(int, decide_file(GUARD_READ, path), GUARD_ALLOW));
		cr_assert(not(has_note));
	}
	unsigned asked = answerer.asked;
	cr_expect(eq(int, decide_file(GUARD_READ, "/more"), GUARD_ALLOW));
	cr_expect(has_note);
	cr_expect(eq(int, decide_file(GUARD_READ, "/more"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, asked + 2));
	cr_expect(eq(int, decide_file(GUARD_READ, "/0"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, asked + 2));
	(void)decide(GUARD_EXECUTE, "execve", "/q");
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/q"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, asked + 3));
}

Test(sentry_ask, an_answer_for_always_is_for_the_same)
{
	cr_expect(eq(int, decide(GUARD_FILES, "openat", "/a"), GUARD_ALLOW));
	cr_expect(eq(str, subject, "/a"));
	cr_expect(eq(int, decide(GUARD_FILES, "openat", "/a"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 1));
	cr_expect(eq(int, decide(GUARD_FILES, "openat", "/b"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 2));
}

/* A path that is longer than can be told: another one is, too. */
Test(sentry_ask, what_has_no_name_is_asked_about_each_time)
{
	cr_expect(eq(int, decide(GUARD_FILES, "openat", ""), GUARD_ALLOW));
	cr_expect(eq(str, subject, "openat"));
	cr_expect(eq(int, decide(GUARD_FILES, "openat", ""), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 2));
}

Test(sentry_ask, and_is_not_executed)
{
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", ""), GUARD_DENY));
	cr_expect(zero(u32, answerer.asked));
}

Test(sentry_ask, one_call_of_a_rule_is_not_the_others)
{
	cr_expect(eq(int, decide(GUARD_CALLS, "ptrace", ""), GUARD_ALLOW));
	cr_expect(eq(str, subject, "ptrace"));
	cr_expect(eq(int, decide(GUARD_CALLS, "ptrace", ""), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 1));
	cr_expect(eq(int, decide(GUARD_CALLS, "bpf", ""), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 2));
}

/* The second decision of the same call is the last that it holds for. */
Test(sentry_ask, an_answer_for_once_is_for_one_execution)
{
	is_once = true;
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 1));
	asker_forget(answerer.asker, gettid());
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 2));
}

Test(sentry_ask, but_one_for_always_stays)
{
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	asker_forget(answerer.asker, gettid());
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 1));
}

/* Nobody was asked, so nobody is waited for; nor is it a question still. */
Test(sentry_ask, who_does_not_keep_up_is_not_waited_for)
{
	static struct asker *first; /* as long as its process, as all of them */
	time_t start = time(NULL);
	char byte;

	answerer_end(&answerer);
	first = answerer.asker;
	answerer_make(&answerer, &support, say_yes);
	while (send(answerer.near, "", 1, MSG_DONTWAIT) == 1)
		;
	cr_expect(eq(int, decide(GUARD_FILES, "openat", "/a"), GUARD_DENY));
	cr_assert(lt(long, time(NULL) - start, 15));
	for (int i = 0; i < 300; i++)
		(void)decide(GUARD_FILES, "openat", "/a");
	while (recv(answerer.far, &byte, 1, MSG_DONTWAIT) == 1)
		;
	answerer_start(&answerer);
	cr_expect(eq(int, decide(GUARD_FILES, "openat", "/a"), GUARD_ALLOW));
	cr_expect(ne(ptr, answerer.asker, first));
}

/* Of a thread that becomes its process by execve(2). */
Test(sentry_ask, an_answer_for_once_goes_with_who_executes)
{
	is_once = true;
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	asker_move(answerer.asker, gettid(), 1);
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 2));
	asker_move(answerer.asker, 1, gettid());
	cr_expect(eq(int, decide(GUARD_EXECUTE, "execve", "/p"), GUARD_ALLOW));
	cr_expect(eq(u32, answerer.asked, 2));
}
