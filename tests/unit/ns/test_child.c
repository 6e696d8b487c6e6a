/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The new process and its stand-in, with the test in the place of the runtime
 * on the other end of the socket.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "ns/spawn.h"
#include "os/os.h"

static struct spec spec;
static struct ns_plan plan;
static struct spawn spawn;
static int pair[2];

static void __attribute__((noreturn)) ran(void *context)
{
	_exit(*(int *)context);
}

static void
setup(void)
{
	static int word = 42;

	cr_assert(zero(int,
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)));
	plan = (struct ns_plan){ .spec = &spec,
		.proc = os_proc_root(),
		.cgroup = -1,
		.join = { -1, -1, -1, -1, -1, -1, -1, -1 } };
	spawn = (struct spawn){ .plan = &plan,
		.run = ran,
		.context = &word,
		.runtime = pair[0],
		.child = pair[1] };
}

TestSuite(ns_child, .init = setup);

/* In a child, which has the other end alone. */
static pid_t
begin(bool stand_in, bool maps)
{
	pid_t pid = fork();

	cr_assert(ge(int, pid, 0));
	if (pid == 0) {
		close(pair[0]);
		if (stand_in)
			spawn_stand_in(&spawn);
		spawn_begin(&spawn, maps);
	}
	close(pair[1]);
	return pid;
}

static int
status_of(pid_t pid)
{
	int status;

	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static struct spawn_packet
hear(int *fd)
{
	struct spawn_packet packet = { .word = SPAWN_FAILED };
	struct error e = { 0 };

	*fd = -1;
	cr_assert(eq(int, spawn_hear(pair[0], &packet, fd, &e), 1), "%s",
	    e.text);
	return packet;
}

static void
expect_failure(pid_t pid, const char *line)
{
	char text[256];
	int fd;
	struct spawn_packet packet = hear(&fd);

	cr_assert(eq(int, (int)packet.word, SPAWN_FAILED));
	error_format(&packet.error, text, sizeof(text));
	cr_expect(eq(str, text, (char *)(uintptr_t)line));
	cr_expect(eq(int, status_of(pid), 1));
}

/* Asleep, or no more: not on its way to either. */
static char
settled(pid_t pid)
{
	char path[64];
	char text[128] = "";
	char state = 'R';

	(void)snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	while (state == 'R') {
		AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

		cr_assert(gt(int, (int)read(fd, text, sizeof(text) - 1), 0));
		state = strrchr(text, ')')[2];
	}
	return state;
}

Test(ns_child, without_maps_it_begins_at_once)
{
	struct spawn_packet packet;
	struct error e = { 0 };
	int fd;
	pid_t pid = begin(false, false);

	cr_expect(eq(int, status_of(pid), 42));
	cr_expect(zero(int, spawn_hear(pair[0], &packet, &fd, &e)),
	    "it says nothing");
}

Test(ns_child, it_waits_for_its_maps)
{
	pid_t pid = begin(false, true);

	cr_expect(eq(chr, settled(pid), 'S'));
	cr_assert(zero(int, spawn_say(pair[0], SPAWN_MAPPED, -1, NULL)));
	if (geteuid() == 0)
		cr_expect(eq(int, status_of(pid), 42));
	else
		expect_failure(pid, "setgroups: operation not permitted");
}

/* It would run with ids that nobody chose. */
Test(ns_child, without_its_maps_it_does_not_run)
{
	pid_t pid = begin(false, true);

	cr_assert(zero(int, spawn_say(pair[0], SPAWN_MADE, -1, NULL)));
	expect_failure(pid, "the id maps were not written");
}

Test(ns_child, it_does_not_outlive_the_runtime_unmapped)
{
	pid_t pid = begin(false, true);

	close(pair[0]);
	cr_expect(eq(int, status_of(pid), 2), "there is nobody to tell");
}

Test(ns_child, a_stand_in_makes_a_sibling_and_hands_it_over)
{
	int pidfd;
	siginfo_t info = { 0 };
	pid_t pid = begin(true, false);
	struct spawn_packet packet = hear(&pidfd);

	cr_assert(eq(int, (int)packet.word, SPAWN_MADE));
	cr_expect(zero(int, status_of(pid)));
	/* It is ours, not the stand-in's. */
	cr_assert(ge(int, pidfd, 0));
	cr_assert(zero(int, waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED)));
	cr_expect(eq(int, info.si_status, 42));
}

Test(ns_child, what_cannot_be_joined_is_named)
{
	plan.join[SPEC_NS_IPC] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	expect_failure(begin(true, false),
	    "join the ipc namespace: invalid argument");
}

/* Of a time namespace's clocks, before anybody is in it. */
Test(ns_child, offsets_that_the_kernel_refuses_are_named)
{
	spec.lnx.boottime = (struct spec_time_offset){ true, INT64_MAX / 2, 0 };
	plan.create = CLONE_NEWTIME;
	pid_t pid = begin(true, false);
	if (!os_has_capability(CAP_SYS_ADMIN))
		expect_failure(pid,
		    "make a time namespace: operation not permitted");
	else
		expect_failure(pid,
		    "linux.timeOffsets: numerical result out of range");
}

Test(ns_child, flags_that_exclude_each_other_are_an_error)
{
	plan.create = CLONE_NEWNS | CLONE_FS;
	expect_failure(begin(true, false),
	    "make the container's process: invalid argument");
}
