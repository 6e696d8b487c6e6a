/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child - what runs between clone(2) and the container's init: the new
 * process, and the stand-in that joins for it. Nothing here allocates.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/auto.h"
#include "idmap.h"
#include "os/os.h"
#include "spawn.h"

static void __attribute__((noreturn))
fail(const struct spawn *spawn, const struct error *e)
{
	_exit(spawn_say(spawn->child, SPAWN_FAILED, -1, e) < 0 ? 2 : 1);
}

/* ---- in the new process ------------------------------------------------ */

/*
 * Who is root: 0, or where that is not mapped the lowest id that is, as runc
 * does it. All capabilities are held by then, whatever the number.
 */
static uint32_t
root_id(int proc, const char *file)
{
	char text[IDMAP_BYTES];
	AUTO_FD int fd = os_proc_self_open(proc, file, O_RDONLY);

	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return 0;
	return idmap_lowest(text);
}

int
spawn_become_root(int proc, bool keep_groups, struct error *e)
{
	/* In a user namespace that denies it there is nothing to drop. */
	if (!keep_groups && !os_setgroups_denied(proc) &&
	    os_setgroups(0, NULL) < 0)
		return error_sys(e, "setgroups");
	if (os_setresgid(0, 0, 0) < 0) {
		uint32_t gid = root_id(proc, "gid_map");

		if (os_setresgid(gid, gid, gid) < 0)
			return error_sys(e, "become group %u", gid);
	}
	if (os_setresuid(0, 0, 0) < 0) {
		uint32_t uid = root_id(proc, "uid_map");

		if (os_setresuid(uid, uid, uid) < 0)
			return error_sys(e, "become user %u", uid);
	}
	return 0;
}

static int
await_maps(const struct spawn *spawn, struct error *e)
{
	struct spawn_packet packet;
	int fd = -1;

	int got = spawn_hear(spawn->child, &packet, &fd, e);
	if (got < 0)
		return got;
	if (got == 0 || packet.word != SPAWN_MAPPED)
		return error_set(e, EPIPE, "the id maps were not written");
	return spawn_become_root(spawn->plan->proc,
	    spec_keeps_groups(spawn->plan->spec), e);
}

/* The first code in its namespaces. */
void
spawn_begin(const struct spawn *spawn, bool maps)
{
	struct error e = { 0 };

	os_reset_signals();
	(void)prctl(PR_SET_PDEATHSIG, 0);
	if (maps && await_maps(spawn, &e) < 0)
		fail(spawn, &e);
	/* Not before: the runtime could not write the maps. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++)
		auto_close((int *)(uintptr_t)&spawn->plan->join[kind]);
	auto_close((int *)(uintptr_t)&spawn->plan->proc);
	close(spawn->child);
	spawn->run(spawn->context);
	_exit(1);
}

/* ---- the stand-in ------------------------------------------------------ */

static int
join(const struct ns_plan *plan, struct error *e)
{
	for (int kind = 0; kind < SPEC_NS_KINDS; kind++) {
		if (plan->join[kind] < 0)
			continue;
		if (setns(plan->join[kind], 0) < 0)
			return error_sys(e, "join the %s namespace",
			    spec_namespace_name(
				(enum spec_namespace_kind)kind));
		if (kind == SPEC_NS_USER)
			TRY(spawn_become_root(plan->proc,
			    spec_keeps_groups(plan->spec), e));
	}
	return 0;
}

static int
write_offsets(const struct ns_plan *plan, struct error *e)
{
	const struct spec_linux *lnx = &plan->spec->lnx;
	const struct spec_time_offset *offsets[] = { &lnx->monotonic,
		&lnx->boottime };
	static const char *const clocks[] = { "monotonic", "boottime" };
	char path[64];
	char text[160] = "";
	char self[24];
	ssize_t length = readlinkat(plan->proc, "self", self, sizeof(self) - 1);

	if (length < 0)
		return error_sys(e, "read /proc/self");
	self[length] = '\0';
	(void)snprintf(path, sizeof(path), "%s/timens_offsets", self);
	for (size_t i = 0; i < 2; i++) {
		size_t used = strlen(text);

		if (offsets[i]->is_set)
			(void)snprintf(text + used, sizeof(text) - used,
			    "%s %lld %u\n", clocks[i],
			    (long long)offsets[i]->secs, offsets[i]->nanosecs);
	}
	if (os_proc_write(plan->proc, path, text) < 0)
		return error_sys(e, "linux.timeOffsets");
	return 0;
}

static int
make_user_namespace(const struct spawn *spawn, struct error *e)
{
	if (unshare(CLONE_NEWUSER) < 0)
		return error_sys(e, "make a user namespace");
	if (spawn_say(spawn->child, SPAWN_MAP_ME, -1, NULL) < 0)
		return error_sys(e, "ask for the id maps");
	return await_maps(spawn, e);
}

void
spawn_stand_in(const struct spawn *spawn)
{
	const struct ns_plan *plan = spawn->plan;
	uint64_t create = plan->create;
	struct error e = { 0 };
	int pidfd = -1;

	(void)prctl(PR_SET_DUMPABLE, (create & CLONE_NEWUSER) != 0);
	if (join(plan, &e) < 0)
		fail(spawn, &e);
	if ((create & CLONE_NEWUSER) != 0) {
		if (make_user_namespace(spawn, &e) < 0)
			fail(spawn, &e);
		create &= ~(uint64_t)CLONE_NEWUSER;
	}
	if ((create & CLONE_NEWTIME) != 0) {
		if (unshare(CLONE_NEWTIME) < 0) {
			error_sys(&e, "make a time namespace");
			fail(spawn, &e);
		}
		if (write_offsets(plan, &e) < 0)
			fail(spawn, &e);
		create &= ~(uint64_t)CLONE_NEWTIME;
	}

	struct clone_args args = {
		.flags = create | CLONE_PARENT | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
	};
	pid_t pid = os_clone3(&args);
	if (pid < 0) {
		error_sys(&e, "make the container's process");
		fail(spawn, &e);
	}
	if (pid == 0)
		spawn_begin(spawn, false);
	_exit(spawn_say(spawn->child, SPAWN_MADE, pidfd, NULL) < 0 ? 1 : 0);
}
