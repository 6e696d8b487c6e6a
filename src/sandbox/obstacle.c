/* SPDX-License-Identifier: Apache-2.0 */
/*
 * obstacle - what of the machine forbids a sandbox, and what to do about it.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"
#include "os/os.h"
#include "sandbox/layer.h"

/* What of a sandbox the kernel refuses, in the order of making one. */
enum refusal {
	REFUSAL_NONE,
	REFUSAL_NAMESPACE,
	REFUSAL_ID,
	REFUSAL_PROC,
	REFUSAL_NAME,
	REFUSAL_PROC_AND_NAME, /* as podman has it by default */
};

/* What the process found. That it cannot be asked is no refusal: the sandbox
 * will find out. */
static enum refusal
wait_for(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? (enum refusal)WEXITSTATUS(status)
				 : REFUSAL_NONE;
}

/* In a pid namespace that is new, which shows by a process of it. */
static enum refusal
try_proc(void)
{
	pid_t pid = unshare(CLONE_NEWPID) == 0 ? fork() : -1;

	if (pid < 0)
		return REFUSAL_NAMESPACE;
	if (pid == 0)
		_exit(mount("proc", "/proc", "proc", 0, NULL) < 0
			  ? REFUSAL_PROC
			  : REFUSAL_NONE);
	return wait_for(pid);
}

static enum refusal
try_confine(bool with_user)
{
	int flags =
	    CLONE_NEWNS | CLONE_NEWUTS | (with_user ? CLONE_NEWUSER : 0);
	static const char name[] = "sandbox";
	unsigned id = geteuid();

	if (unshare(flags) < 0 ||
	    mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) < 0)
		return REFUSAL_NAMESPACE;
	if (with_user) {
		AUTO_FD int fd =
		    open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);

		if (fd < 0 || dprintf(fd, "%u %u 1\n", id, id) < 0)
			return REFUSAL_ID;
	}
	bool has_name = sethostname(name, sizeof(name) - 1) == 0;
	enum refusal refusal = try_proc();
	if (has_name)
		return refusal;
	return refusal == REFUSAL_PROC ? REFUSAL_PROC_AND_NAME : REFUSAL_NAME;
}

/* A user namespace with the caller in it, and the others with its powers, as
 * the sandbox has them; for root without the first. */
static enum refusal
find_refusal(bool with_user)
{
	pid_t pid = fork();

	if (pid < 0)
		return REFUSAL_NONE;
	if (pid == 0)
		_exit((int)try_confine(with_user));
	return wait_for(pid);
}

static bool
says(const char *path, const char *text)
{
	char buf[64];
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && os_read_text(fd, buf, sizeof(buf)) >= 0 &&
	       strcmp(buf, text) == 0;
}

/* What a container manager leaves behind. */
static bool
is_in_container(void)
{
	static const char *const files[] = { "/run/.containerenv",
		"/.dockerenv" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (access(files[i], F_OK) == 0)
			return true;
	}
	return getenv("container") != NULL;
}

/* environment.c says so in there. */
static bool
is_in_sandbox(void)
{
	const char *name = getenv("container");

	return name != NULL && strcmp(name, "lorica") == 0;
}

bool
sandbox_can_do_without(void)
{
	return says("/proc/sys/user/max_user_namespaces", "0\n") &&
	       find_refusal(false) != REFUSAL_NAMESPACE;
}

/* Why there is no user namespace. */
static const char *
explain_namespace(void)
{
	static const struct {
		const char *path;
		const char *text;
		const char *line;
	} rows[] = {
		{ "/proc/sys/kernel/unprivileged_userns_clone", "0\n",
		    "ordinary users may not make user namespaces here: as "
		    "root, \"sysctl -w kernel.unprivileged_userns_clone=1\" "
		    "allows it" },
		{ "/proc/sys/user/max_user_namespaces", "0\n",
		    "user namespaces are switched off here: as root, \"sysctl "
		    "-w user.max_user_namespaces=16384\" allows them" },
		{ "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
		    "1\n",
		    "AppArmor lets only named programs use user namespaces "
		    "here: as root, load a profile for lorica that has "
		    "\"userns,\", or \"sysctl -w "
		    "kernel.apparmor_restrict_unprivileged_userns=0\"" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (says(rows[i].path, rows[i].text))
			return rows[i].line;
	}
	return is_in_container()
		   ? "this container may not make user namespaces: start it "
		     "with a seccomp profile that allows unshare and mount "
		     "(\"--security-opt seccomp=unconfined\")"
		   : "the kernel refuses a user namespace: the process is in "
		     "a chroot, or a filter or security policy forbids it";
}

static const char *
explain(enum refusal refusal)
{
	switch (refusal) {
	case REFUSAL_NAMESPACE:
		return is_in_sandbox() ? "this is in a sandbox of lorica's, in "
					 "which none can be made: run the "
					 "command as it is, it is confined "
					 "already"
				       : explain_namespace();
	case REFUSAL_ID:
		return "the kernel lets root without CAP_SETFCAP into no user "
		       "namespace: start this container with that capability, "
		       "or be an ordinary user in it";
	case REFUSAL_PROC:
		return "parts of /proc are covered, as in a container, and the "
		       "kernel gives no new one: start the container with "
		       "\"--security-opt unmask=ALL\" (podman) or "
		       "\"--security-opt systempaths=unconfined\" (docker)";
	case REFUSAL_NAME:
		return "a filter forbids to set the sandbox's name: start this "
		       "container with a seccomp profile that allows "
		       "sethostname, unshare and mount (\"--security-opt "
		       "seccomp=unconfined\")";
	case REFUSAL_PROC_AND_NAME:
		return "a filter and covered parts of /proc forbid it in this "
		       "container: start it with \"--security-opt "
		       "seccomp=unconfined\" and \"--security-opt "
		       "unmask=ALL\" (podman) or \"--security-opt "
		       "systempaths=unconfined\" (docker)";
	case REFUSAL_NONE:
		break;
	}
	return NULL;
}

bool
sandbox_find_obstacle(char *buf, size_t size)
{
	/* Root that does without a user namespace needs no leave for one. */
	const char *line = explain(find_refusal(!sandbox_can_do_without()));

	if (line != NULL)
		(void)snprintf(buf, size, "%s", line);
	return line != NULL;
}

/* ---- an overlay ------------------------------------------------------------
 */

/* In namespaces of its own, as the sandbox mounts one. Returns errno. */
static int
try_overlay(const struct sandbox_layer *layer)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return 0;
	if (pid == 0) {
		bool is_done =
		    fchdir(layer->dir) == 0 &&
		    (sandbox_can_do_without() ||
			unshare(CLONE_NEWNS | CLONE_NEWUSER) == 0) &&
		    (unshare(CLONE_NEWNS) == 0) &&
		    mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) == 0 &&
		    mount("overlay", "upper", "overlay", 0,
			"lowerdir=work,upperdir=upper,workdir=work,"
			"userxattr") == 0;

		_exit(is_done ? 0 : errno & 0377);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

bool
sandbox_layer_find_obstacle(const struct sandbox_layer *layer, char *buf,
    size_t size)
{
	int code = try_overlay(layer);

	if (code == ENODEV)
		(void)snprintf(buf, size,
		    "--overlay: this kernel has no overlayfs: as root, "
		    "\"modprobe overlay\" loads it");
	else if (code == EPERM)
		(void)snprintf(buf, size,
		    "--overlay: the kernel lets no ordinary user mount an "
		    "overlay: Linux 5.11 and later do");
	else if (code == EINVAL)
		(void)snprintf(buf, size,
		    "--overlay: the kernel makes no overlay of what is in %s, "
		    "as where that is one itself: set XDG_STATE_HOME to a "
		    "directory of another file system",
		    layer->path);
	return code == ENODEV || code == EPERM || code == EINVAL;
}
