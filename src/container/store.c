/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "container/store.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"

/* Ten seconds, in steps of ten milliseconds. */
#define LOCK_TRIES 1000

int
store_id_check(const char *id, struct error *e)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789_+.-";
	size_t length = strlen(id);

	if (length == 0 || length > LIMIT_ID_BYTES || id[0] == '.' ||
	    id[strspn(id, allowed)] != '\0')
		return error_set(e, EINVAL,
		    "invalid container ID format: \"%s\"", id);
	return 0;
}

static int
make_parents(char *path)
{
	for (char *at = path + 1; *at != '\0'; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -1;
		*at = '/';
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

/* By what it is: "/./" and a link to it are the same directory. */
static bool
is_root(int fd)
{
	struct stat st;
	struct stat root;

	return fstat(fd, &st) == 0 && stat("/", &root) == 0 &&
	       st.st_dev == root.st_dev && st.st_ino == root.st_ino;
}

int
store_open_root(const char *path, bool create, struct error *e)
{
	char copy[PATH_MAX];

	if (snprintf(copy, sizeof(copy), "%s", path) >= (int)sizeof(copy))
		return error_errno(e, ENAMETOOLONG, "--root");
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && create && make_parents(copy) == 0)
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && !create)
		return error_set(e, ENOENT, "container does not exist");
	if (fd < 0)
		return error_sys(e, "--root %s", path);
	if (is_root(fd)) {
		close(fd);
		return error_set(e, EINVAL,
		    "--root: \"%s\" cannot hold containers", path);
	}
	return fd;
}

static int
open_directory(int root, const char *id, struct error *e)
{
	int dir =
	    openat(root, id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0 && errno == ENOENT)
		return error_set(e, ENOENT, "container does not exist");
	return dir < 0 ? error_sys(e, "open the state directory") : dir;
}

int
store_claim(int root, const char *id, struct error *e)
{
	TRY(store_id_check(id, e));
	if (mkdirat(root, id, 0700) < 0) {
		if (errno == EEXIST)
			return error_set(e, EEXIST,
			    "container with given ID already exists");
		return error_sys(e, "make the state directory");
	}

	AUTO_FD int dir = open_directory(root, id, e);
	if (dir >= 0 && store_lock(dir, e) == 0)
		return take_fd(&dir);
	/* Unless it is somebody else's by now; then it is not empty. */
	(void)unlinkat(root, id, AT_REMOVEDIR);
	return -e->code;
}

int
store_open(int root, const char *id, struct error *e)
{
	TRY(store_id_check(id, e));
	return open_directory(root, id, e);
}

int
store_lock(int dir, struct error *e)
{
	static const struct timespec pause = { .tv_nsec = 10000000 };
	struct stat st;

	for (int tries = 0; flock(dir, LOCK_EX | LOCK_NB) < 0; tries++) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_sys(e, "lock the state directory");
		if (tries == LOCK_TRIES)
			return error_set(e, EBUSY,
			    "another command is working on the container");
		(void)nanosleep(&pause, NULL);
	}
	/* Whoever had the lock before may have deleted it. */
	if (fstat(dir, &st) < 0 || st.st_nlink == 0)
		return error_set(e, ENOENT, "container does not exist");
	return 0;
}

int
store_file_write(int dir, const char *name, const char *text, size_t length,
    struct error *e)
{
	char temporary[64];

	(void)snprintf(temporary, sizeof(temporary), ".%s", name);
	AUTO_FD int fd = openat(dir, temporary,
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return error_sys(e, "write %s", name);
	for (size_t done = 0; done < length;) {
		ssize_t put = write(fd, text + done, length - done);

		if (put < 0)
			return error_sys(e, "write %s", name);
		done += (size_t)put;
	}
	if (renameat(dir, temporary, dir, name) < 0)
		return error_sys(e, "write %s", name);
	return 0;
}

int
store_file_read(int dir, const char *name, char **out, size_t *length,
    struct error *e)
{
	struct stat st;
	AUTO_FD int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(e, "read %s", name);
	AUTO_FREE char *text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return error_sys(e, "memory");
	ssize_t got = read(fd, text, (size_t)st.st_size);
	if (got != st.st_size)
		return error_set(e, EIO, "read %s: cut short", name);
	text[got] = '\0';
	*length = (size_t)got;
	*out = take(&text);
	return 0;
}

/*
 * state.json first: a directory without it does not exist for those who look
 * without the lock, and init.json stays until nothing else does.
 */
int
store_remove(int root, const char *id, int dir, struct error *e)
{
	static const char *const files[] = { "state.json", ".state.json",
		"config.json", ".config.json", "resources.json",
		".resources.json", "start.sock", ".init.json", "init.json" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (unlinkat(dir, files[i], 0) < 0 && errno != ENOENT)
			return error_sys(e, "remove %s", files[i]);
	}
	if (unlinkat(root, id, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return error_sys(e, "remove the state directory");
	return 0;
}
