/* SPDX-License-Identifier: Apache-2.0 */
/*
 * send - what the caller asked to be told: a descriptor over a socket, the
 * pid in a file.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "making.h"
#include "os/os.h"

/* sun_path holds 107 bytes, so the socket is reached by its directory. */
int
making_connect(const char *path, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char copy[PATH_MAX];
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	size_t length = slash != NULL ? (size_t)(slash - path) + 1 : 0;

	if (length >= sizeof(copy))
		return error_errno(e, ENAMETOOLONG, "%s", path);
	memcpy(copy, path, length);
	memcpy(copy + length, length == 0 ? "." : "", length == 0 ? 2 : 1);
	AUTO_FD int dir = open(copy, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_sys(e, "%s", path);
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return error_sys(e, "socket");
	if (snprintf(address.sun_path, sizeof(address.sun_path),
		"/proc/self/fd/%d/%s", dir,
		name) >= (int)sizeof(address.sun_path))
		return error_errno(e, ENAMETOOLONG, "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_sys(e, "connect to %s", path);
	return take_fd(&fd);
}

int
making_send_fd(const char *path, const char *text, int fd, struct error *e)
{
	AUTO_FD int socket = making_connect(path, e);

	if (socket < 0)
		return socket;
	if (os_send_fd(socket, text, strlen(text), fd) < 0)
		return error_sys(e, "send to %s", path);
	return 0;
}

/*
 * A file that has no name until it is whole, so that nothing is left of one
 * that is not. Fails with EEXIST where there is one, and with other reasons on
 * a file system that cannot do this.
 */
static int
put_new(const char *path, int head, const char *text, size_t length)
{
	char dir[PATH_MAX];
	char self[32];

	(void)snprintf(dir, sizeof(dir), "%.*s", head > 0 ? head : 1,
	    head > 0 ? path : ".");
	AUTO_FD int fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
	if (fd < 0 || write(fd, text, length) != (ssize_t)length)
		return -1;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	return linkat(AT_FDCWD, self, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

/*
 * Callers read the file as soon as it is there. One that is there is replaced
 * by rename(2), which needs a name to rename.
 */
int
making_pid_file(const char *path, pid_t pid, struct error *e)
{
	char temporary[PATH_MAX];
	char text[16];
	const char *slash = strrchr(path, '/');
	int head = slash != NULL ? (int)(slash - path) + 1 : 0;

	if (snprintf(temporary, sizeof(temporary), "%.*s.%s-%d", head, path,
		path + head, (int)getpid()) >= (int)sizeof(temporary))
		return error_errno(e, ENAMETOOLONG, "pid file %s", path);
	int length = snprintf(text, sizeof(text), "%d", (int)pid);
	if (put_new(path, head, text, (size_t)length) == 0)
		return 0;
	AUTO_FD int fd =
	    open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_sys(e, "pid file %s", path);
	if (write(fd, text, (size_t)length) != length ||
	    rename(temporary, path) < 0) {
		error_sys(e, "pid file %s", path);
		unlink(temporary);
		return -e->code;
	}
	return 0;
}
