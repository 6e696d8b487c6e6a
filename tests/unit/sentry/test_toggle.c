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
#include <sys/stat.h>
#include <unistd.h>

#include "answerer.h"
#include "sentry/alone.h"

static char directory[] = "/tmp/lorica-toggle-XXXXXX";
static struct support support;
static struct guard_policy *rules;
static struct answerer answerer;
static unsigned limit;
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
	if (answerer.asked % 2 == 0) {
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

	make(names[answerer.asked % 2]);
	(void)remove(names[(answerer.asked + 1) % 2]);
	(void)remove("link");
	cr_assert(zero(int, symlink(names[(answerer.asked + 1) % 2], "link")));
}

static struct event_answer
allow_and_toggle(const struct event_question *question)
{
	if (answerer.asked < limit)
		toggle();
	return (struct event_answer){ question->id, true, false, false };
}

static void
set_up(void)
{
	static const char policy[] =
	    "{\"files\": [{\"paths\": [\"/**\"], \"access\": [\"create\"],"
	    " \"action\": \"ask\", \"timeout\": 10}]}";
	struct error e = { 0 };

	support_make(&support);
	cr_assert(zero(int, guard_parse(policy, strlen(policy), &rules, &e)),
	    "%s", e.text);
	support.monitor.policy = rules;
	answerer_make(&answerer, &support, allow_and_toggle);
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
	cr_assert(zero(int, chdir(directory)));
}

static void
begin(void (*how)(void), unsigned times)
{
	toggle = how;
	limit = times;
	answerer_start(&answerer);
}

static void
tear_down(void)
{
	char command[sizeof(directory) + 16];

	answerer_end(&answerer);
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
	cr_expect(gt(u32, answerer.asked, 2));
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
	cr_expect(eq(u32, answerer.asked, 41));
}

/* ---- whose turn it is ---------------------------------------------------- */

static pthread_barrier_t both;

/* Has that name waited, as long as the file system was somebody else's? */
static void *
keep(void *has_waited)
{
	struct alone alone;
	struct stat st;

	cr_assert(zero(int, stat(".", &st)));
	alone_begin(&alone, (const dev_t[2]){ st.st_dev, st.st_dev });
	(void)pthread_barrier_wait(&both);
	usleep(200000);
	*(bool *)has_waited = access("from", F_OK) == 0;
	alone_end(&alone);
	return NULL;
}

Test(sentry_toggle, a_rename_waits_for_its_turn)
{
	pthread_t keeper;
	bool has_waited = false;

	make("from");
	begin(toggle_ends, 0);
	pthread_barrier_init(&both, NULL, 2);
	cr_assert(zero(int, pthread_create(&keeper, NULL, keep, &has_waited)));
	(void)pthread_barrier_wait(&both);
	struct reply reply = support_call(&support, "rename",
	    (uint64_t[6]){ ADDRESS("from"), ADDRESS("to") });

	cr_assert(zero(int, pthread_join(keeper, NULL)));
	cr_expect(zero(i64, reply.value));
	cr_expect(eq(int, has_waited, true));
	cr_expect(zero(int, access("to", F_OK)));
}
