/* SPDX-License-Identifier: Apache-2.0 */
/*
 * process - list, freeze and signal the processes of a cgroup.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "cgroup/cgroup.h"
#include "file.h"
#include "os/os.h"
#include "wait.h"

/* ---- listing --------------------------------------------------------------
 */

static void
close_stream(FILE **stream)
{
	if (*stream != NULL)
		fclose(*stream);
}

/* Called with a cgroup and, one by one, those below it. */
typedef int visitor(int dir, void *context, struct error *e);

static int
walk(int dir, unsigned depth, visitor *visit, void *context, struct error *e)
{
	const struct dirent *entry;
	int again = file_open_dir(dir, ".");
	AUTO(file_close_list) DIR *list = again < 0 ? NULL : fdopendir(again);

	if (list == NULL)
		return errno == ENOENT ? 0 : error_sys(e, "read the cgroup");
	if (depth > LIMIT_CGROUP_DEPTH)
		return error_set(e, ELOOP, "cgroups more than %d deep",
		    LIMIT_CGROUP_DEPTH);
	TRY(visit(dir, context, e));
	while ((entry = file_next_dir(list)) != NULL) {
		AUTO_FD int child = file_open_dir(dir, entry->d_name);
		if (child >= 0)
			TRY(walk(child, depth + 1, visit, context, e));
	}
	return 0;
}

struct listing {
	cgroup_each *each;
	void *context;
};

static int
list_one(int dir, void *context, struct error *e)
{
	const struct listing *listing = context;
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	AUTO_FD int fd =
	    os_openat2(dir, "cgroup.procs", O_RDONLY, 0, FILE_RESOLVE);

	/* Removed meanwhile: nobody is there. */
	if (fd < 0 && errno == ENOENT)
		return 0;
	AUTO(close_stream) FILE *in = fd < 0 ? NULL : fdopen(fd, "r");
	if (in == NULL)
		return error_sys(e, "open cgroup.procs");
	(void)take_fd(&fd);
	while (getline(&line, &size, in) > 0) {
		/* 0: it is not in our pid namespace. */
		pid_t pid = (pid_t)strtol(line, NULL, 10);

		if (pid > 0)
			TRY(listing->each(listing->context, pid, e));
	}
	/* ENODEV: removed meanwhile. EOPNOTSUPP: threads alone, whose processes
	 * are those of a cgroup above. */
	if (ferror(in) != 0 && errno != ENODEV && errno != EOPNOTSUPP)
		return error_sys(e, "read cgroup.procs");
	return 0;
}

int
cgroup_processes(int dir, cgroup_each *each, void *context, struct error *e)
{
	struct listing listing = { each, context };

	return walk(dir, 0, list_one, &listing, e);
}

/*
 * Whether a file cannot be used (errno says why) because the cgroup was removed
 * meanwhile: an open file says ENODEV, and in the directory there is none.
 */
static bool
is_removed(int dir)
{
	return errno == ENODEV ||
	       (errno == ENOENT && faccessat(dir, "cgroup.procs", F_OK, 0) < 0);
}

/* ---- waiting --------------------------------------------------------------
 */

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int
wait_for(int dir, const char *key, uint64_t value, struct error *e)
{
	int64_t end = now_ms() + WAIT_MS;
	AUTO_FD int fd =
	    os_openat2(dir, "cgroup.events", O_RDONLY, 0, FILE_RESOLVE);

	if (fd < 0)
		return is_removed(dir) ? 0 : error_sys(e, "open cgroup.events");
	for (;;) {
		struct pollfd changed = { .fd = fd, .events = POLLPRI };
		uint64_t got = 0;
		char text[256];
		int64_t left = end - now_ms();

		/* Reading arms the next poll. */
		if (pread(fd, text, sizeof(text), 0) < 0 && errno == ENODEV)
			return 0;
		if (!file_read_key(dir, "cgroup.events", key, &got) ||
		    got == value)
			return 0;
		if (left <= 0)
			return error_set(e, ETIMEDOUT,
			    "\"%s\" did not become %d in %d s", key, (int)value,
			    WAIT_MS / 1000);
		if (poll(&changed, 1, (int)left) < 0 && errno != EINTR)
			return error_sys(e, "poll cgroup.events");
	}
}

int
cgroup_watch(int dir, const char *name, struct error *e)
{
	int fd = os_openat2(dir, name, O_RDONLY, 0, FILE_RESOLVE);

	return fd < 0 ? error_sys(e, "open %s", name) : fd;
}

/* ---- freezing and signals -------------------------------------------------
 */

/*
 * A cgroup that has processes says "frozen" as soon as these are, whatever
 * those in the cgroups below it do.
 */
static int
is_still(int dir, void *context, struct error *e)
{
	(void)context;
	return wait_for(dir, "frozen", 1, e);
}

/* What is frozen below by its own cgroup.freeze stays so when this one thaws.
 */
static int
wait_frozen(int dir, bool frozen, struct error *e)
{
	return frozen ? walk(dir, 0, is_still, NULL, e)
		      : wait_for(dir, "frozen", 0, e);
}

int
cgroup_freeze(int dir, bool frozen, struct error *e)
{
	if (file_write(dir, "cgroup.freeze", frozen ? "1" : "0") < 0) {
		/* What is gone runs no more. */
		if (is_removed(dir))
			return 0;
		return error_sys(e, "write cgroup.freeze");
	}
	if (wait_frozen(dir, frozen, e) == 0)
		return 0;
	if (frozen)
		(void)file_write(dir, "cgroup.freeze", "0");
	return -e->code;
}

bool
cgroup_is_frozen(int dir)
{
	char text[8];

	return file_read(dir, "cgroup.freeze", text, sizeof(text)) > 0 &&
	       text[0] == '1';
}

struct signal_context {
	int number;
	unsigned count;
};

static int
signal_one(void *context, pid_t pid, struct error *e)
{
	struct signal_context *signalled = context;

	if (kill(pid, signalled->number) < 0 && errno != ESRCH)
		return error_sys(e, "signal process %d", (int)pid);
	signalled->count++;
	return 0;
}

int
cgroup_signal(int dir, int number, struct error *e)
{
	struct signal_context context = { .number = number };

	return cgroup_processes(dir, signal_one, &context, e);
}

/*
 * Without cgroup.kill (before 5.14): frozen, no process can make another
 * between the look and the signal; a second look finds none but the dying.
 */
static int
kill_frozen(int dir, struct error *e)
{
	struct error kept = { 0 };

	if (cgroup_freeze(dir, true, &kept) < 0)
		kept = (struct error){ 0 };
	int failed = cgroup_signal(dir, SIGKILL, e);
	if (cgroup_freeze(dir, false, &kept) < 0 && failed == 0) {
		*e = kept;
		return -e->code;
	}
	return failed;
}

int
cgroup_kill(int dir, struct error *e)
{
	if (file_write(dir, "cgroup.kill", "1") == 0 || errno == ENODEV)
		return 0;
	if (errno == ENOENT || errno == EOPNOTSUPP)
		return kill_frozen(dir, e);
	return error_sys(e, "write cgroup.kill");
}

/* The order is the kernel's: no idle cgroup has a weight, no burst a quota. */
static int
hurry_one(int dir, void *context, struct error *e)
{
	static const char *const lines[][2] = {
		{ "cpu.idle", "0" },
		{ "cpu.weight", "10000" },
		{ "cpu.max.burst", "0" },
		{ "cpu.max", "max" },
	};

	(void)context;
	(void)e;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		(void)file_write(dir, lines[i][0], lines[i][1]);
	return 0;
}

void
cgroup_hurry(int dir)
{
	struct error ignored = { 0 };

	(void)walk(dir, 0, hurry_one, NULL, &ignored);
}
