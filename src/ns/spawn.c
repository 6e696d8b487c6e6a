/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn - the process in its namespaces.
 *
 * Without anything to join or offsets to set, one clone3(2) makes process and
 * namespaces at once. Else a stand-in joins first, the user namespace before
 * all others so that it has its powers over them, and then makes the process
 * as a sibling of its own (CLONE_PARENT), so that it is the runtime's child.
 *
 * The runtime's own child is made in the container's cgroup
 * (CLONE_INTO_CGROUP), and what that makes is there with it.
 *
 * A socket pair carries the conversation: a stand-in says that its process
 * waits for maps, the runtime that they are written; whoever fails says why.
 */
#define _GNU_SOURCE
#include "spawn.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "idmap.h"
#include "os/os.h"

/* What may forbid an ordinary user's namespace, by the file that says so. */
static const char *
what_forbids(int proc)
{
	static const struct {
		const char *file;
		const char *value;
		const char *says;
	} rows[] = {
		{ "sys/user/max_user_namespaces", "0",
		    "sysctl user.max_user_namespaces is 0" },
		{ "sys/kernel/unprivileged_userns_clone", "0",
		    "sysctl kernel.unprivileged_userns_clone is 0" },
		{ "sys/kernel/apparmor_restrict_unprivileged_userns", "1",
		    "sysctl kernel.apparmor_restrict_unprivileged_userns is 1: "
		    "the runtime needs an AppArmor profile with userns" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char value[8] = "";
		AUTO_FD int fd = os_proc_open(proc, rows[i].file, O_RDONLY);

		if (fd >= 0 && read(fd, value, sizeof(value) - 1) > 0 &&
		    value[0] == rows[i].value[0] && value[1] == '\n')
			return rows[i].says;
	}
	return NULL;
}

static int
clone_failed(const struct ns_plan *plan, struct error *e)
{
	int reason = errno;
	const char *says = NULL;

	if ((plan->create & CLONE_NEWUSER) != 0)
		says = what_forbids(plan->proc);
	if (says != NULL)
		return error_set(e, reason,
		    "user namespaces are forbidden "
		    "here: %s",
		    says);
	if (plan->cgroup >= 0 && reason == EBUSY)
		return error_set(e, reason,
		    "the container's cgroup hands controllers to cgroups below "
		    "it, so that it can hold no process");
	if (plan->cgroup >= 0 && reason == EACCES)
		return error_set(e, reason,
		    "no process can be put into the container's cgroup: the "
		    "nearest cgroup that is above it and the runtime's own is "
		    "not the caller's");
	if (reason == EPERM && geteuid() != 0)
		return error_set(e, reason,
		    "the kernel or an outer "
		    "container's seccomp filter forbids new namespaces");
	return error_errno(e, reason, "make the namespaces");
}

pid_t
ns_pid_of(int proc, int pidfd)
{
	char file[24];
	char text[512];

	(void)snprintf(file, sizeof(file), "fdinfo/%d", pidfd);
	AUTO_FD int fd = os_proc_self_open(proc, file, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (got <= 0)
		return -1;
	text[got] = '\0';
	const char *line = strstr(text, "\nPid:");
	return line == NULL ? -1 : (pid_t)strtol(line + 5, NULL, 10);
}

static void
reap(pid_t pid)
{
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
}

static int
made(const struct ns_plan *plan, int pidfd, struct ns_child *out,
    struct error *e)
{
	out->pidfd = pidfd;
	out->pid = ns_pid_of(plan->proc, pidfd);
	if (out->pid <= 0)
		return error_set(e, ESRCH,
		    "the container's process has no number");
	return 0;
}

static int
write_maps(const struct spawn *spawn, pid_t pid, struct error *e)
{
	TRY(idmap_write(spawn->plan, pid, e));
	if (spawn_say(spawn->runtime, SPAWN_MAPPED, -1, NULL) < 0)
		return error_sys(e, "answer");
	return 0;
}

/*
 * Serve the stand-in at the other end until the container's process is there.
 */
static int
serve(const struct spawn *spawn, pid_t pid, struct ns_child *out,
    struct error *e)
{
	for (;;) {
		struct spawn_packet packet;
		AUTO_FD int fd = -1;
		int got = spawn_hear(spawn->runtime, &packet, &fd, e);

		if (got < 0)
			return got;
		if (got == 0)
			return error_set(e, ECHILD,
			    "a process ended while "
			    "the namespaces were made");
		if (packet.word == SPAWN_FAILED) {
			*e = packet.error;
			return -e->code;
		}
		if (packet.word == SPAWN_MADE && fd >= 0)
			return made(spawn->plan, take_fd(&fd), out, e);
		if (packet.word == SPAWN_MAP_ME)
			TRY(write_maps(spawn, pid, e));
	}
}

/* A child of the runtime, in the plan's cgroup from its first moment. */
static pid_t
clone_into(const struct ns_plan *plan, struct clone_args args)
{
	if (plan->cgroup >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (unsigned)plan->cgroup;
	}
	return os_clone3(&args);
}

static int
spawn_direct(struct spawn *spawn, struct ns_child *out, struct error *e)
{
	int pidfd = -1;
	bool maps = (spawn->plan->create & CLONE_NEWUSER) != 0;
	struct clone_args args = {
		.flags = spawn->plan->create | CLONE_PIDFD,
		.pidfd = (uint64_t)(uintptr_t)&pidfd,
		.exit_signal = SIGCHLD,
	};
	pid_t pid = clone_into(spawn->plan, args);

	if (pid < 0)
		return clone_failed(spawn->plan, e);
	if (pid == 0) {
		close(take_fd(&spawn->runtime));
		spawn_begin(spawn, maps);
	}
	close(take_fd(&spawn->child));
	/* While it begins: to be asked for them would be a wait more. */
	if (maps && write_maps(spawn, pid, e) < 0) {
		kill(pid, SIGKILL);
		reap(pid);
		close(pidfd);
		return -e->code;
	}
	*out = (struct ns_child){ pid, pidfd };
	return 0;
}

static int
spawn_by_stand_in(struct spawn *spawn, struct ns_child *out, struct error *e)
{
	struct ns_child made = { .pid = -1, .pidfd = -1 };
	pid_t pid = clone_into(spawn->plan,
	    (struct clone_args){ .exit_signal = SIGCHLD });

	if (pid < 0)
		return clone_failed(spawn->plan, e);
	if (pid == 0) {
		close(take_fd(&spawn->runtime));
		spawn_stand_in(spawn);
	}
	close(take_fd(&spawn->child));
	int failed = serve(spawn, pid, &made, e);
	if (failed < 0)
		kill(pid, SIGKILL);
	reap(pid);
	if (failed < 0 && made.pid > 0) {
		kill(made.pid, SIGKILL);
		reap(made.pid);
		close(made.pidfd);
	}
	if (failed < 0)
		return failed;
	*out = made;
	return 0;
}

int
ns_spawn(const struct ns_plan *plan, void (*run)(void *context), void *context,
    struct ns_child *out, struct error *e)
{
	const struct spec_linux *lnx = &plan->spec->lnx;
	bool direct = !lnx->boottime.is_set && !lnx->monotonic.is_set;
	int pair[2];

	for (int kind = 0; kind < SPEC_NS_KINDS; kind++)
		direct = direct && plan->join[kind] < 0;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");

	AUTO_FD int mine = pair[0];
	struct spawn spawn = { plan, run, context, mine, pair[1] };
	int failed = direct ? spawn_direct(&spawn, out, e)
			    : spawn_by_stand_in(&spawn, out, e);
	auto_close(&spawn.child);
	return failed;
}
