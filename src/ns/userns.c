/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "idmap.h"
#include "os/os.h"

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
	if (pid == 0) {
		/* Nobody else would end it if the runtime is killed. */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != runtime)
			_exit(1);
		for (;;)
			pause();
	}
	int fd = map_and_open(pid, uids, gids, e);
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fd;
}
