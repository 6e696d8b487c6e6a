/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tasks, who they are: what is asked of one as what it is by now.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tasks.h"

#define OTHER 1000

/* Of no rights, it asks again and again who that one is. */
static void
watch(pid_t pid, int told)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3,
		pid };
	struct __user_cap_data_struct data[2];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (setresuid(OTHER, OTHER, OTHER) != 0)
		_exit(1);
	for (long i = 0;; i++) {
		syscall(SYS_capget, &header, data);
		if (i == 0 && write(told, "", 1) != 1)
			_exit(1);
	}
}

/* Who gives root up has no more of it, whoever looks at him meanwhile. */
int
tasks_watched(void)
{
	int tells[2], opened = 0;
	pid_t self = getpid();
	char byte;

	if (pipe(tells) != 0)
		return tasks_bad("pipe");
	pid_t watcher = fork();
	if (watcher == 0)
		watch(self, tells[1]);
	close(tells[1]);
	if (read(tells[0], &byte, 1) != 1)
		return tasks_bad("watch");
	for (int i = 0; i < atoi(tasks_words[2]) && opened == 0; i++) {
		if (seteuid(OTHER) != 0)
			return tasks_bad("give root up");
		opened += open(tasks_words[3], O_RDONLY) >= 0;
		if (seteuid(0) != 0)
			return tasks_bad("be root again");
	}
	kill(watcher, SIGKILL);
	return opened == 0 ? tasks_good() : tasks_bad("opened");
}

static const char *
read_link(int dir, const char *path)
{
	char text[256];

	return readlinkat(dir, path, text, sizeof(text)) > 0
		   ? "read"
		   : strerrorname_np(errno);
}

static int
read_links(void)
{
	static const char *const names[] = { "exe", "cwd", "root", "ns/mnt" };
	char own[32];

	if (setresgid(OTHER, OTHER, OTHER) != 0 ||
	    setresuid(OTHER, OTHER, OTHER) != 0)
		return tasks_bad("be another");
	(void)snprintf(own, sizeof(own), "/proc/%d", (int)getpid());
	const char *const processes[] = { "/proc/1", own, "/proc/self" };
	for (size_t i = 0; i < 3; i++) {
		int dir = open(processes[i], O_PATH);

		for (size_t j = 0; j < sizeof(names) / sizeof(names[0]); j++) {
			char path[64];

			(void)snprintf(path, sizeof(path), "%s/%s",
			    processes[i], names[j]);
			printf("%s %s\n", read_link(AT_FDCWD, path),
			    read_link(dir, names[j]));
		}
	}
	return 0;
}

/* What another user's process has is not shown, and what one has oneself is,
 * however that is named. To be the first process. */
int
tasks_links(void)
{
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		int failed = read_links();

		fflush(stdout);
		_exit(failed);
	}
	waitpid(child, &status, 0);
	return status;
}

/* Until the kernel says that so many are too many. */
int
tasks_flight(void)
{
	enum { COUNT = 250 };
	int pair[2], fds[COUNT];
	char byte = 0;
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(fds))];
	} control = { 0 };
	struct iovec piece = { &byte, 1 };
	struct msghdr message = { .msg_iov = &piece,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
		return tasks_bad("socketpair");
	for (size_t i = 0; i < COUNT; i++)
		fds[i] = STDOUT_FILENO;
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN(sizeof(fds));
	memcpy(CMSG_DATA(&control.header), fds, sizeof(fds));
	for (int i = 0; i < 40; i++) {
		if (sendmsg(pair[0], &message, MSG_DONTWAIT) < 0) {
			puts(strerrorname_np(errno));
			return 0;
		}
	}
	return tasks_bad("no end");
}
