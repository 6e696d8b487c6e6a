/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events - what a container uses, from time to time, and when it runs out of
 * memory. One JSON object a line, as runc prints them.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "container/container.h"
#include "group.h"

/* A whole line, or none: the cgroup may go while its files are read. */
static int
print(const char *type, const char *id, int group, FILE *out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	FILE *line = open_memstream(&text, &length);

	if (line == NULL)
		return error_sys(e, "memory");
	fprintf(line, "{\"type\":\"%s\",\"id\":", type);
	json_put_string(line, id);
	if (group >= 0)
		fputs(",\"data\":", line);
	int failed = group >= 0 ? cgroup_stat_print(group, line, e) : 0;
	fputs("}\n", line);
	if (fclose(line) != 0 && failed == 0)
		return error_sys(e, "memory");
	TRY(failed);
	fwrite(text, 1, length, out);
	return fflush(out) != 0 ? error_sys(e, "print the event") : 0;
}

static uint64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Reading arms the next poll; fails once the cgroup is gone. */
static bool
rearm(int fd, char *buf, size_t size)
{
	ssize_t got = pread(fd, buf, size - 1, 0);

	if (got < 0)
		return false;
	buf[got] = '\0';
	return true;
}

/* What is followed, and how far it was. */
struct follow {
	const char *id;
	FILE *out;
	int group;
	int life;   /* cgroup.events */
	int memory; /* memory.events; -1 without the controller: no news then */
	uint64_t kills;
	uint64_t interval_ms, next_ms;
};

/* Has somebody been killed since the last look? */
static int
look_for_kills(struct follow *at, struct error *e)
{
	uint64_t seen = cgroup_oom_kills(at->group);

	if (seen > at->kills)
		TRY(print("oom", at->id, -1, at->out, e));
	at->kills = seen;
	return 0;
}

static int
look_at_stats(struct follow *at, struct error *e)
{
	struct error failed = { 0 };

	if (now_ms() < at->next_ms)
		return 0;
	at->next_ms = now_ms() + at->interval_ms;
	if (print("stats", at->id, at->group, at->out, &failed) == 0 ||
	    failed.code == ENOENT || failed.code == ENODEV)
		return 0; /* in the second case it has gone meanwhile */
	*e = failed;
	return -e->code;
}

/*
 * Until nobody is in the cgroup; the kernel says when something happens. The
 * files are read before the kernel is asked whether they have changed, so that
 * nothing is missed, and what kills the last process is seen when it is gone.
 */
static int
follow(struct follow *at, struct error *e)
{
	char text[1024];

	for (;;) {
		struct pollfd changed[] = {
			{ .fd = at->life, .events = POLLPRI },
			{ .fd = at->memory, .events = POLLPRI },
		};
		bool lives = rearm(at->life, text, sizeof(text)) &&
			     strstr(text, "populated 1") != NULL;

		if (at->memory >= 0)
			(void)rearm(at->memory, text, sizeof(text));
		TRY(look_for_kills(at, e));
		if (!lives)
			return 0;
		TRY(look_at_stats(at, e));
		uint64_t now = now_ms();
		uint64_t wait = at->next_ms > now ? at->next_ms - now : 0;
		if (poll(changed, 2, (int)wait) < 0 && errno != EINTR)
			return error_sys(e, "wait for events");
	}
}

static int
watch(int group, const char *id, uint64_t interval_ms, FILE *out,
    struct error *e)
{
	struct error unwatched = { 0 };
	AUTO_FD int life = cgroup_watch(group, "cgroup.events", e);
	AUTO_FD int memory = cgroup_watch(group, "memory.events", &unwatched);
	struct follow at = {
		.id = id,
		.out = out,
		.group = group,
		.life = life,
		.memory = memory,
		.kills = cgroup_oom_kills(group),
		.interval_ms = interval_ms,
		.next_ms = now_ms() + interval_ms,
	};

	return life < 0 ? life : follow(&at, e);
}

int
container_events_print(const char *root, const char *id,
    const struct container_events *how, FILE *out, struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;

	TRY(store_entry_open(root, id, false, &entry, e));
	if (store_status(&entry.record, NULL) == CONTAINER_STOPPED)
		return error_set(e, ESRCH,
		    "container with id %s is not running", id);
	AUTO_FD int group = group_require(&entry.record, e);
	if (group < 0)
		return group;
	return how->is_once ? print("stats", id, group, out, e)
			    : watch(group, id, how->interval_ms, out, e);
}
