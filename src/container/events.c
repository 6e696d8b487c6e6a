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

static int
print(const char *type, const char *id, int group, FILE *out, struct error *e)
{
	fprintf(out, "{\"type\":\"%s\",\"id\":", type);
	json_put_string(out, id);
	if (group >= 0) {
		fputs(",\"data\":", out);
		TRY(cgroup_stat_print(group, out, e));
	}
	fputs("}\n", out);
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

/* Until nobody is in the cgroup; the kernel says when something happens. */
static int
follow(int group, const char *id, uint64_t interval_ms, FILE *out,
    struct error *e)
{
	struct error unwatched = { 0 };
	uint64_t kills = cgroup_oom_kills(group);
	uint64_t next = now_ms() + interval_ms;
	char text[1024];
	AUTO_FD int life = cgroup_watch(group, "cgroup.events", e);
	/* There without the controller it is not, and no news either. */
	AUTO_FD int memory = cgroup_watch(group, "memory.events", &unwatched);

	if (life < 0)
		return life;
	while (rearm(life, text, sizeof(text)) &&
	       strstr(text, "populated 1") != NULL) {
		struct pollfd changed[] = { { .fd = life, .events = POLLPRI },
			{ .fd = memory, .events = POLLPRI } };
		uint64_t now = now_ms();

		if (memory >= 0 && !rearm(memory, text, sizeof(text)))
			return 0;
		uint64_t seen = cgroup_oom_kills(group);
		if (seen > kills)
			TRY(print("oom", id, -1, out, e));
		kills = seen;
		if (now >= next) {
			TRY(print("stats", id, group, out, e));
			next = now + interval_ms;
		}
		if (poll(changed, 2, (int)(next - now)) < 0 && errno != EINTR)
			return error_sys(e, "wait for events");
	}
	return 0;
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
			    : follow(group, id, how->interval_ms, out, e);
}
