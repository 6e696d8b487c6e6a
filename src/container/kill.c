/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kill - signals to init, or to every process of its cgroup or, where it has
 * none, of its pid namespace.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "container/container.h"
#include "container/store.h"
#include "group.h"
#include "os/os.h"

static int
signal_number(const char *text, struct error *e)
{
	uint64_t number;
	const char *name = text;

	if (text_parse_u64(text, 64, &number) && number > 0)
		return (int)number;
	if (strncasecmp(name, "SIG", 3) == 0)
		name += 3;
	if (strncasecmp(name, "RTMIN+", 6) == 0 &&
	    text_parse_u64(name + 6, 30, &number))
		return SIGRTMIN + (int)number;
	if (strncasecmp(name, "RTMAX-", 6) == 0 &&
	    text_parse_u64(name + 6, 30, &number))
		return SIGRTMAX - (int)number;
	for (int signal = 1; signal < NSIG; signal++) {
		const char *known = sigabbrev_np(signal);

		if (known != NULL && strcasecmp(known, name) == 0)
			return signal;
	}
	return error_set(e, EINVAL, "unknown signal \"%s\"", text);
}

/* ---- every process ----------------------------------------------------- */

/* Is init the first process of its pid namespace, so that it is its own? */
static bool
owns_pid_namespace(int proc, pid_t init)
{
	char path[32];
	AUTO_FREE char *line = NULL;
	size_t size = 0;
	bool owns = false;

	(void)snprintf(path, sizeof(path), "%d/status", (int)init);
	AUTO_FD int fd = os_proc_open(proc, path, O_RDONLY);
	FILE *status = fd < 0 ? NULL : fdopen(fd, "r");
	if (status == NULL)
		return false;
	(void)take_fd(&fd); /* it is the stream's now */
	while (getline(&line, &size, status) > 0) {
		/* "NSpid: 4711 1": the numbers from our namespace to its. */
		if (strncmp(line, "NSpid:", 6) == 0) {
			const char *last = strrchr(line, '\t');
			owns = last != NULL && strcmp(last, "\t1\n") == 0;
		}
	}
	fclose(status);
	return owns;
}

/* The pid namespace of a process; its link is the kernel's own. */
static int
pid_namespace(int proc, const char *pid)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "%s/ns", pid);
	AUTO_FD int dir = os_proc_open(proc, path, O_PATH | O_DIRECTORY);
	return dir < 0 ? -1 : openat(dir, "pid", O_RDONLY | O_CLOEXEC);
}

/* Is it that namespace, or one made inside it? */
static bool
lies_within(int namespace, ino_t outer)
{
	AUTO_FD int at = fcntl(namespace, F_DUPFD_CLOEXEC, 0);
	struct stat st;

	while (at >= 0 && fstat(at, &st) == 0) {
		if (st.st_ino == outer)
			return true;
		/* Refused at our own: whatever lies there is not inside. */
		int parent = ioctl(at, NS_GET_PARENT);
		close(at);
		at = parent;
	}
	return false;
}

/*
 * The descriptor is taken before the look: should the process end and its
 * number be used again, the signal goes nowhere.
 */
static void
signal_if_within(int proc, const char *pid, ino_t outer, int number)
{
	uint64_t value;

	if (!text_parse_u64(pid, INT32_MAX, &value) || value == 0)
		return;
	AUTO_FD int process = pidfd_open((pid_t)value, 0);
	AUTO_FD int namespace = process < 0 ? -1 : pid_namespace(proc, pid);
	if (namespace >= 0 && lies_within(namespace, outer))
		(void)pidfd_send_signal(process, number, NULL, 0);
}

static int
signal_all(int proc, pid_t init, int number, struct error *e)
{
	char name[16];
	struct stat st;
	const struct dirent *entry;

	(void)snprintf(name, sizeof(name), "%d", (int)init);
	AUTO_FD int namespace = pid_namespace(proc, name);
	if (namespace < 0 || fstat(namespace, &st) < 0)
		return error_sys(e, "open the pid namespace");
	int list = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *processes = list < 0 ? NULL : fdopendir(list);
	if (processes == NULL) {
		error_sys(e, "list the processes");
		auto_close(&list);
		return -e->code;
	}
	while ((entry = readdir(processes)) != NULL)
		signal_if_within(proc, entry->d_name, st.st_ino, number);
	closedir(processes);
	return 0;
}

/* By the pid namespace, where there is no cgroup. */
static int
signal_namespace(pid_t init, int pidfd, int number, struct error *e)
{
	AUTO_FD int proc = os_proc_root();

	if (proc < 0)
		return error_sys(e, "open /proc");
	bool owns = owns_pid_namespace(proc, init);
	/* The kernel lets nobody in a pid namespace live on without init. */
	if (owns && number != SIGKILL)
		return signal_all(proc, init, number, e);
	/* When it is no more, all of it have got the signal. */
	if (pidfd_send_signal(pidfd, number, NULL, 0) < 0)
		return errno == ESRCH ? 0 : error_sys(e, "signal %d", number);
	if (!owns)
		return error_set(e, ENOTSUP,
		    "only init was signalled: the container shares its pid "
		    "namespace");
	return 0;
}

static int
signal_container(const struct container_record *record, int pidfd, int number,
    bool all, struct error *e)
{
	/* Whoever kills a container means all of it. */
	bool whole = all || number == SIGKILL;
	AUTO_FD int group = whole ? group_open(record, e) : -1;

	if (e->code != 0)
		return -e->code;
	if (group >= 0)
		return number == SIGKILL ? cgroup_kill(group, e)
					 : cgroup_signal(group, number, e);
	if (pidfd < 0)
		return 0;
	if (all)
		return signal_namespace(record->pid, pidfd, number, e);
	/* It may have ended, and been waited for, since it was looked for. */
	if (pidfd_send_signal(pidfd, number, NULL, 0) < 0)
		return errno == ESRCH
			   ? error_set(e, ESRCH, "container not running")
			   : error_sys(e, "signal %d", number);
	return 0;
}

int
container_kill(const char *root, const char *id, const char *signal, bool all,
    struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	AUTO_FD int pidfd = -1;
	int number = signal_number(signal, e);

	if (number < 0)
		return number;
	TRY(store_entry_open(root, id, false, &entry, e));
	if (store_status(&entry.record, &pidfd) == CONTAINER_CREATING)
		return error_set(e, ESRCH,
		    "container not running: it is being created");
	if (pidfd < 0 && !all)
		return error_set(e, ESRCH, "container not running");
	return signal_container(&entry.record, pidfd, number, all, e);
}
