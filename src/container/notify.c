/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "notify.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "making.h"
#include "os/os.h"

/* As runc has them. */
#define IN_CONTAINER "/run/notify"
#define DIRECTORY    "notify"
#define SOCKET       "notify.sock"

/* How long the manager may take to read what it was told. */
#define BARRIER_MS 5000

#define MESSAGE_MAX 4096

/* ---- the configuration --------------------------------------------------- */

static bool
has_own(const struct spec_process *process)
{
	static const char name[] = "NOTIFY_SOCKET=";

	for (size_t i = 0; i < process->env.count; i++) {
		if (strncmp(process->env.items[i], name, strlen(name)) == 0)
			return true;
	}
	return false;
}

static int
add_variable(struct spec *spec, struct error *e)
{
	static char variable[] = "NOTIFY_SOCKET=" IN_CONTAINER "/" SOCKET;
	struct spec_strings *env = &spec->process->env;
	char **items =
	    json_alloc(spec->arena, (env->count + 2) * sizeof(*items));

	if (items == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < env->count; i++)
		items[i] = env->items[i];
	items[env->count] = variable;
	*env = (struct spec_strings){ items, env->count + 1 };
	return 0;
}

/* Read-only, so that the container cannot put another socket there. */
static int
add_mount(struct spec *spec, char *source, struct error *e)
{
	static char destination[] = IN_CONTAINER, type[] = "bind",
		    nosuid[] = "nosuid", noexec[] = "noexec", nodev[] = "nodev",
		    readonly[] = "ro";
	static char *options[] = { type, nosuid, noexec, nodev, readonly,
		NULL };
	size_t count = spec->mounts_count;
	struct spec_mount *mounts =
	    json_alloc(spec->arena, (count + 1) * sizeof(*mounts));

	if (mounts == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < count; i++)
		mounts[i] = spec->mounts[i];
	mounts[count] = (struct spec_mount){ .destination = destination,
		.type = type,
		.source = source,
		.options = { options, ARRAY_SIZE(options) - 1 } };
	spec->mounts = mounts;
	spec->mounts_count = count + 1;
	return 0;
}

int
notify_prepare(struct making *making, struct error *e)
{
	char self[32], root[PATH_MAX];
	const char *id = making->request->id;

	if (making->request->notify_socket == NULL ||
	    has_own(making->spec->process))
		return 0;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", making->root);
	ssize_t length = readlink(self, root, sizeof(root) - 1);
	if (length < 0)
		return error_sys(e, "find --root");
	root[length] = '\0';
	size_t size = (size_t)length + strlen(id) + sizeof("//" DIRECTORY);
	char *source = json_alloc(making->spec->arena, size);
	if (source == NULL)
		return error_sys(e, "memory");
	(void)snprintf(source, size, "%s/%s/" DIRECTORY, root, id);
	TRY(add_variable(making->spec, e));
	TRY(add_mount(making->spec, source, e));
	making->has_notify = true;
	return 0;
}

/* ---- the socket ---------------------------------------------------------- */

/* Everybody in the container may look for the socket in it. */
int
notify_make(const struct making *making, struct error *e)
{
	if (!making->has_notify)
		return 0;
	if (mkdirat(making->dir, DIRECTORY, 0755) < 0 ||
	    fchmodat(making->dir, DIRECTORY, 0755, 0) < 0)
		return error_sys(e, "make the notify socket's directory");
	return 0;
}

int
notify_listen(int dir, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	AUTO_FD int place = openat(dir, DIRECTORY,
	    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (place < 0)
		return errno == ENOENT ? -1 : error_sys(e, "notify socket");
	AUTO_FD int fd =
	    socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return error_sys(e, "socket");
	/* Of a start that was cut short. */
	(void)unlinkat(place, SOCKET, 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "/proc/self/fd/%d/" SOCKET, place);
	/* Of the socket, which hands it on to the file: any user in there. */
	mode_t mask = umask(0);
	int failed = fchmod(fd, 0777) < 0 ||
		     bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0;
	(void)umask(mask);
	return failed ? error_sys(e, "bind the notify socket") : take_fd(&fd);
}

void
notify_close(struct notify *notify)
{
	auto_close(&notify->socket);
	notify->socket = -1;
}

/* ---- what is said -------------------------------------------------------- */

bool
notify_is_ready(const char *text, size_t length)
{
	static const char ready[] = "READY=1";
	const char *end = text + length;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const char *stop = newline != NULL ? newline : end;

		if ((size_t)(stop - text) == strlen(ready) &&
		    memcmp(text, ready, strlen(ready)) == 0)
			return true;
		text = stop + 1;
	}
	return false;
}

/* "@" stands for the NUL of an abstract name: sd_notify(3). */
static int
connect_to(const char *host, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(host);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_sys(e, "socket");
	if ((host[0] != '/' && host[0] != '@') ||
	    length >= sizeof(address.sun_path))
		return error_set(e, EINVAL, "\"%s\" is no name of a socket",
		    host);
	memcpy(address.sun_path, host, length);
	if (host[0] == '@')
		address.sun_path[0] = '\0';
	if (connect(fd, (struct sockaddr *)&address,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) <
	    0)
		return error_sys(e, "connect to %s", host);
	return take_fd(&fd);
}

/*
 * The manager looks up whose message it is when it reads it, and finds nobody
 * when we have ended by then. So wait until it has closed a pipe that it gets
 * behind that: sd_notify_barrier(3).
 */
static int
wait_until_read(int socket, struct error *e)
{
	static const char barrier[] = "BARRIER=1";
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_sys(e, "pipe");
	AUTO_FD int ours = ends[0];
	int sent = os_send_fd(socket, barrier, strlen(barrier), ends[1]);
	close(ends[1]);
	if (sent < 0)
		return error_sys(e, "tell the service manager");
	struct pollfd closed = { .fd = ours };
	while (poll(&closed, 1, BARRIER_MS) < 0 && errno == EINTR)
		;
	return 0;
}

static int
tell_host(const struct notify *notify, struct error *e)
{
	char text[48];
	AUTO_FD int fd = connect_to(notify->host, e);

	if (fd < 0)
		return fd;
	int length = snprintf(text, sizeof(text), "READY=1\nMAINPID=%d\n",
	    (int)notify->main);
	if (os_send_fd(fd, text, (size_t)length, -1) < 0)
		return error_sys(e, "tell the service manager");
	return wait_until_read(fd, e);
}

/* What becomes of the container is not the manager's to say by its silence. */
static void
tell_or_warn(const struct notify *notify)
{
	struct error failed = { 0 };
	char line[512];

	if (tell_host(notify, &failed) == 0 || notify->warn == NULL)
		return;
	error_wrap(&failed, "NOTIFY_SOCKET");
	error_format(&failed, line, sizeof(line));
	notify->warn(notify->context, line);
}

void
notify_read(struct notify *notify)
{
	char text[MESSAGE_MAX];
	/* Descriptors that come along are nothing that is received. */
	ssize_t got = recv(notify->socket, text, sizeof(text), 0);

	if (got <= 0 || !notify_is_ready(text, (size_t)got))
		return;
	tell_or_warn(notify);
	notify_close(notify);
}

void
notify_wait(struct notify *notify, int pidfd)
{
	while (notify->socket >= 0) {
		struct pollfd fds[] = {
			{ .fd = notify->socket, .events = POLLIN },
			{ .fd = pidfd, .events = POLLIN },
		};

		if (poll(fds, ARRAY_SIZE(fds), -1) < 0)
			continue;
		/* One that ended at once may have said it before. */
		if (fds[0].revents != 0)
			notify_read(notify);
		else if (fds[1].revents != 0)
			notify_close(notify);
	}
}
