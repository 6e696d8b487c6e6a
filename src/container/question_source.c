/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question_source - who is asked, and what lorica-net asks about.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "event/ask.h"
#include "making.h"
#include "os/os.h"
#include "question.h"
#include "sentry/relay.h"

/* ---- who is asked -------------------------------------------------------- */

/* proc(5): its number here, and in each pid namespace below that it is in. */
static bool
is_of_ours(pid_t pid)
{
	static const char field[] = "\nNStgid:\t";
	char path[64], text[4096], own[16];
	const char *at;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	(void)snprintf(own, sizeof(own), "%d\n", (int)pid);
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (pid <= 0 || fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return false;
	at = strstr(text, field);
	return at != NULL && strncmp(at + strlen(field), own, strlen(own)) == 0;
}

/*
 * Where a sandbox writes it can put a socket of its own in the place of the one
 * that was meant. What runs in one has a pid namespace of its own.
 */
static int
check_agent(int socket, struct error *e)
{
	struct ucred who;
	socklen_t length = sizeof(who);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &length) < 0)
		return error_sys(e, "SO_PEERCRED");
	if (who.uid != 0 && who.uid != geteuid())
		return error_set(e, EPERM, "user %u listens there",
		    (unsigned)who.uid);
	if (!is_of_ours(who.pid))
		return error_set(e, EPERM,
		    "who listens there runs in a container or a sandbox, or "
		    "has ended");
	return 0;
}

int
question_agent(const char *path, struct error *e)
{
	AUTO_FD int fd = making_connect(path, e);

	if (fd < 0)
		return fd;
	if (check_agent(fd, e) < 0)
		return error_wrap(e, "%s", path);
	return take_fd(&fd);
}

/* ---- what is asked ------------------------------------------------------- */

bool
question_receive(int helper, struct relay_inquiry *out)
{
	char mark = 'x';

	/* In the end it tells what it has refused: intercept_net_tell(). */
	if (recv(helper, &mark, 1, MSG_DONTWAIT | MSG_PEEK) != 1 ||
	    mark != '\0' ||
	    recv(helper, out, sizeof(*out), MSG_DONTWAIT) !=
		(ssize_t)sizeof(*out))
		return false;
	out->item[sizeof(out->item) - 1] = '\0';
	out->note[sizeof(out->note) - 1] = '\0';
	return true;
}

void
question_read_comm(pid_t pid, char *out, size_t size)
{
	char path[64];

	out[0] = '\0';
	(void)snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	AUTO_FD int fd = pid <= 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || os_read_text(fd, out, size) < 0)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}
