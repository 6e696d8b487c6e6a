/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "idmap.h"
#include "os/os.h"

/* ---- one that is made -----------------------------------------------------
 */

/* Write the maps of pid and open its user namespace. */
static int
map_and_open(pid_t pid, const struct spec_idmaps *uids,
    const struct spec_idmaps *gids, struct error *e)
{
	struct ns_plan plan = { .uids = *uids, .gids = *gids };
	char path[64];

	AUTO_FD int proc = os_proc_root();
	if (proc < 0)
		return error_sys(e, "open /proc");
	plan.proc = proc;
	plan.privileged = idmap_is_privileged();
	TRY(idmap_write(&plan, pid, e));
	/* A link of procfs, so it cannot go through os_proc_open(). */
	(void)snprintf(path, sizeof(path), "%d/ns/user", (int)pid);
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_sys(e, "open the user namespace") : fd;
}

/* In a child that is there for its namespace. */
static void __attribute__((noreturn)) stay(pid_t runtime)
{
	/* Nobody else would end it if the runtime is killed. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != runtime)
		_exit(1);
	for (;;)
		pause();
}

static void
dismiss(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int
ns_userns_open(const struct spec_idmaps *uids, const struct spec_idmaps *gids,
    struct error *e)
{
	struct clone_args args = {
		.flags = CLONE_NEWUSER,
		.exit_signal = SIGCHLD,
	};
	pid_t runtime = getpid();
	pid_t pid = os_clone3(&args);

	if (pid < 0)
		return error_sys(e, "make a user namespace");
	if (pid == 0)
		stay(runtime);
	int fd = map_and_open(pid, uids, gids, e);
	dismiss(pid);
	return fd;
}

/* ---- one that is joined ---------------------------------------------------
 */

static bool
has(const struct spec_idmaps *maps, const struct spec_idmap *map)
{
	for (size_t i = 0; i < maps->count; i++) {
		const struct spec_idmap *item = &maps->items[i];

		if (item->container_id == map->container_id &&
		    item->host_id == map->host_id && item->size == map->size)
			return true;
	}
	return false;
}

bool
userns_is_map(const char *text, const struct spec_idmaps *maps)
{
	size_t count = 0;

	for (const char *line = text; *line != '\0'; count++) {
		struct spec_idmap map = { 0 };
		uint32_t *const columns[] = { &map.container_id, &map.host_id,
			&map.size };

		for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
			char *end;

			*columns[i] = (uint32_t)strtoul(line, &end, 10);
			if (end == line)
				return false;
			line = end;
		}
		if (*line++ != '\n' || !has(maps, &map))
			return false;
	}
	return count == maps->count;
}

static int
check_map(const struct ns_plan *plan, pid_t pid, const char *file,
    const struct spec_idmaps *maps, struct error *e)
{
	char path[64], text[IDMAP_BYTES + 1];
	size_t length = 0;
	ssize_t got = 1;

	(void)snprintf(path, sizeof(path), "%d/%s", (int)pid, file);
	AUTO_FD int fd = os_proc_open(plan->proc, path, O_RDONLY);
	if (fd < 0)
		return error_sys(e, "open %s", file);
	for (; got > 0 && length < sizeof(text) - 1; length += (size_t)got) {
		got = read(fd, text + length, sizeof(text) - 1 - length);
		if (got < 0)
			return error_sys(e, "read %s", file);
	}
	text[length] = '\0';
	return userns_is_map(text, maps)
		   ? 0
		   : error_set(e, EINVAL,
			 "linux.%cidMappings: not those of the user namespace "
			 "that is joined",
			 file[0]);
}

static int
check_maps(const struct ns_plan *plan, pid_t pid, struct error *e)
{
	const struct spec_linux *lnx = &plan->spec->lnx;

	TRY(check_map(plan, pid, "uid_map", &lnx->uid_mappings, e));
	return check_map(plan, pid, "gid_map", &lnx->gid_mappings, e);
}

/* Makes a child in there, or gives the runtime that is in there itself. */
static int
stand_in(int ns, bool is_own, pid_t *out, struct error *e)
{
	struct clone_args args = { .exit_signal = SIGCHLD };
	pid_t runtime = getpid();
	int ends[2];
	char joined;

	*out = runtime;
	if (is_own)
		return 0;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_sys(e, "pipe");
	AUTO_FD int from = ends[0];
	AUTO_FD int to = ends[1];
	*out = os_clone3(&args);
	if (*out < 0)
		return error_sys(e, "make a process");
	if (*out == 0) {
		if (setns(ns, CLONE_NEWUSER) < 0 || write(to, "", 1) != 1)
			_exit(1);
		stay(runtime);
	}
	auto_close(&to);
	to = -1;
	if (read(from, &joined, 1) == 1)
		return 0;
	dismiss(*out);
	return error_set(e, EPERM, "join the user namespace");
}

int
userns_check(const struct ns_plan *plan, bool is_own, struct error *e)
{
	pid_t pid;

	if (plan->spec->lnx.uid_mappings.count == 0)
		return 0;
	TRY(stand_in(plan->join[SPEC_NS_USER], is_own, &pid, e));
	(void)check_maps(plan, pid, e);
	if (!is_own)
		dismiss(pid);
	return -e->code;
}
