/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names that somebody else exchanges whenever they are decided on: a call is
 * made all the same, as the kernel would. Each decision is asked for, so each
 * is a time to do so.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "event/ask.h"
#include "sentry/ask.h"
#include "support.h"

static char directory[] = "/tmp/lorica-toggle-XXXXXX";
static struct support support;
static struct guard_policy *rules;
static pthread_t toggler;
static int far = -1; /* the end of who answers */
static unsigned asked, limit;
static void (*toggle)(void);

static void
make(const char *name)
{
	cr_assert(zero(int, mknod(name, S_IFREG | 0644, 0)));
}

/* Each time an end is there that was not, or a directory that was none. */
static void
toggle_ends(void)
{
	(void)remove("from");
	if (asked % 2 == 0) {
		make("from");
		make("to");
	} else {
		(void)remove("to");
		cr_assert(zero(int, mkdir("from", 0755)));
	}
}

/* What was not there is, and the link leads to what is not. */
static void
toggle_link(void)
{
	const char *const names[] = { "a", "b" };

	make(names[asked % 2]);
	(void)remove(names[(asked + 1) % 2]);
	(void)remove("link");
	cr_assert(zero(int, symlink(names[(asked + 1) % 2], "link")));
}

static void *
allow_and_toggle(void *unused)
{
	static char text[EVENT_LINE_MAX];
	ssize_t got;

	while ((got = recv(far, text, sizeof(text), 0)) > 0) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct event_question question;
		struct event_line line;
		struct error e = { 0 };

		cr_assert(zero(int, event_read_question(arena, text,
					(size_t)got, &question, &e)));
		if (asked < limit)
			toggle();
		asked++;
		const struct event_answer yes = { question.id, true, false,
			false };
		event_put_answer(&yes, &line);
		(void)!send(far, line.text, line.length, 0);
		asker_hear(support.monitor.asker);
	}
	return unused;
}

static void
set_up(void)
{
	static const char policy[] =
	    "{\"files\": [{\"paths\": [\"/**\"], \"access\": [\"create\"],"
	    " \"action\": \"ask\", \"timeout\": 10}]}";
	struct error e = { 0 };
	int pair[2];

	support_make(&support);
	cr_assert(zero(int, guard_parse(policy, strlen(policy), &rules, &e)),
	    "%s", e.text);
	support.monitor.policy = rules;
	cr_assert(zero(int, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair)));
	support.monitor.asker = asker_new();
	far = pair[1];
	asker_add(support.monitor.asker, pair[0]);
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
	cr_assert(zero(int, chdir(directory)));
}

static void
begin(void (*how)(void), unsigned times)
{
	toggle = how;
	limit = times;
	cr_assert(
	    zero(int, pthread_create(&toggler, NULL, allow_and_toggle, NULL)));
}

static void
tear_down(void)
{
	char command[sizeof(directory) + 16];

	(void)shutdown(far, SHUT_RDWR);
	(void)pthread_join(toggler, NULL);
	guard_free(&rules);
	support_free(&support);
	(void)!chdir("/");
	(void)snprintf(command, sizeof(command), "rm -rf %s", directory);
	(void)!system(command);
}

TestSuite(sentry_toggle, .init = set_up, .fini = tear_down, .timeout = 60);

/* However long it goes on. */
Test(sentry_toggle, a_rename_is_made)
{
	make("from");
	begin(toggle_ends, UINT_MAX);
	struct reply reply = support_call(&support, "rename",
	    (uint64_t[6]){ ADDRESS("from"), ADDRESS("to") });

	cr_expect(eq(int, reply.kind, REPLY_VALUE));
	cr_expect(zero(i64, reply.value));
	cr_expect(gt(u32, asked, 2));
	cr_expect(ne(int, access("from", F_OK), 0));
}

/* As soon as it is left alone for once. */
Test(sentry_toggle, a_file_is_made)
{
	cr_assert(zero(int, symlink("a", "link")));
	begin(toggle_link, 40);
	struct reply reply = support_call(&support, "open",
	    (uint64_t[6]){ ADDRESS("link"), O_CREAT | O_WRONLY, 0644 });

	cr_expect(eq(int, reply.kind, REPLY_FD), "%lld",
	    (long long)reply.value);
	cr_expect(eq(u32, asked, 41));
}
