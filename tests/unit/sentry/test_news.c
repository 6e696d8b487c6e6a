/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "event/read.h"
#include "os/os.h"
#include "sentry/news.h"

#define LONG 3000

static char object[LONG + 1];

static void
tell(struct news *news, size_t count)
{
	memset(object, 'x', LONG);
	for (size_t i = 0; i < count; i++) {
		struct event event = { .kind = EVENT_EXEC, .object = object };

		news_task(news, getpid(), &event);
	}
}

/* Of lines that are all whole: how many there are, and were lost. */
struct heard {
	uint64_t count, lost;
};

/* Of each test, whose thread may wait still when that ends: nobody frees it. */
static struct news *volatile own;

static struct heard
hear(FILE *in)
{
	struct heard heard = { 0 };
	char line[EVENT_LINE_MAX];

	while (fgets(line, sizeof(line), in) != NULL) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct event_seen seen;
		struct error e = { 0 };

		cr_assert(zero(int,
			      event_read(arena, line, strlen(line), &seen, &e)),
		    "%s: %s", e.text, line);
		heard.lost += seen.lost;
		heard.count += seen.kind == EVENT_EXEC;
	}
	return heard;
}

Test(sentry_news, what_a_pipe_has_no_room_for_is_counted_and_told)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int pair[2];

	cr_assert(zero(int, pipe2(pair, O_NONBLOCK)));
	struct news *news = own = news_new(proc, pair[1], true);
	tell(news, 100);
	FILE *in = fdopen(pair[0], "r");
	struct heard first = hear(in);
	cr_expect(gt(u64, first.count, 0));
	cr_expect(lt(u64, first.count, 100));
	clearerr(in);
	tell(news, 1);
	struct heard second = hear(in);
	cr_expect(eq(u64, second.count, 1));
	cr_expect(eq(u64, first.count + first.lost + second.lost, 100));
}

Test(sentry_news, it_is_told_where_nothing_else_is_to_be_told, .timeout = 60)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int pair[2];

	cr_assert(zero(int, pipe2(pair, O_NONBLOCK)));
	struct news *news = own = news_new(proc, pair[1], true);
	cr_assert(zero(int, news_start(news)));
	tell(news, 100);
	FILE *in = fdopen(pair[0], "r");
	struct heard heard = { 0 };
	while (heard.count + heard.lost < 100) {
		struct heard more = hear(in);

		heard.count += more.count;
		heard.lost += more.lost;
		clearerr(in);
		poll(&(struct pollfd){ pair[0], POLLIN, 0 }, 1, 1000);
	}
	cr_expect(eq(u64, heard.count + heard.lost, 100));
	cr_expect(gt(u64, heard.lost, 0));
}

Test(sentry_news, a_line_that_a_full_disk_took_a_part_of_is_ended)
{
	char path[] = "/tmp/lorica-news-XXXXXX";
	int fd = mkostemp(path, O_CLOEXEC | O_APPEND);
	const struct rlimit small = { LONG / 2, RLIM_INFINITY };
	const struct rlimit large = { RLIM_INFINITY, RLIM_INFINITY };
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

	signal(SIGXFSZ, SIG_IGN);
	unlink(path);
	struct news *news = own = news_new(proc, fd, true);
	cr_assert(zero(int, setrlimit(RLIMIT_FSIZE, &small)));
	tell(news, 3);
	cr_assert(zero(int, setrlimit(RLIMIT_FSIZE, &large)));
	tell(news, 1);
	FILE *in = fdopen(fd, "r");
	rewind(in);
	struct heard heard = hear(in);
	cr_expect(eq(u64, heard.count, 2));
	cr_expect(eq(u64, heard.lost, 2));
}

/* One who subscribes, and the news' end of him. */
static int
subscribe(struct news *news)
{
	int pair[2];

	cr_assert(zero(int, socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair)));
	news_add(news, pair[0]);
	return pair[1];
}

Test(sentry_news, who_has_gone_makes_room_and_who_is_too_many_is_told)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct news *news = own = news_new(proc, -1, true);
	char text[EVENT_LINE_MAX];

	for (size_t i = 0; i < 8; i++)
		close(subscribe(news));
	for (size_t i = 0; i < 8; i++)
		cr_expect(lt(int,
		    (int)recv(subscribe(news), text, sizeof(text),
			MSG_DONTWAIT),
		    0));
	int ninth = subscribe(news);
	cr_expect(eq(int, (int)recv(ninth, text, sizeof(text), MSG_DONTWAIT),
	    sizeof(EVENT_BUSY)));
	cr_expect(
	    eq(int, (int)recv(ninth, text, sizeof(text), MSG_DONTWAIT), 0));
}

/* What is in memory another thread may change before the kernel looks. */
Test(sentry_news, registers_are_what_happens_and_memory_is_observed)
{
	int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	int pair[2];
	struct creds creds = { 0 };
	const struct task task = { .tid = getpid(), .creds = &creds };
	struct call *call = call_new();
	const struct reply goes_on = reply_continue();
	const struct reply performed = reply_value(0);
	const struct {
		struct event_copy path;
		const struct reply *reply;
		bool is_sound;
	} rows[] = {
		{ { 0 }, &goes_on, true },
		{ { 0 }, &performed, true },
		{ { "/x", 2, false, 0 }, &goes_on, false },
		{ { NULL, 0, false, EFAULT }, &goes_on, false },
		{ { "/x", 2, false, 0 }, &performed, true },
	};

	cr_assert(zero(int, pipe2(pair, O_NONBLOCK)));
	struct news *news = own = news_new(proc, pair[1], true);
	call->row = syscall_find_name("unlink");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char line[EVENT_LINE_MAX] = "";

		call->copies[0] = rows[i].path;
		news_call(news, &task, call, rows[i].reply);
		cr_expect(read(pair[0], line, sizeof(line) - 1) > 0);
		bool is_sound = strstr(line, "\"sound\":true") != NULL;
		cr_expect(is_sound == rows[i].is_sound, "row %zu: %s", i, line);
	}
}
