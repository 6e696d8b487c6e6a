/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "container/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "event/event.h"

/* How long another command may work on the container. */
#define LOCK_WAIT_S 10

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

static int
exists(struct error *e)
{
	return error_set(e, EEXIST, "container with given ID already exists");
}

static void
close_list(DIR **list)
{
	if (*list != NULL)
		closedir(*list);
}

/*
 * Between mkdir(2) and open(2) ours may have been deleted, and another have
 * been made by that name: whoever locks an empty one first has it.
 */
static int
be_first(int dir, struct error *e)
{
	const struct dirent *entry;
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(close_list) DIR *list = again < 0 ? NULL : fdopendir(again);

	if (list == NULL)
		return error_sys(e, "read the state directory");
	while ((entry = readdir(list)) != NULL) {
		if (strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			return exists(e);
	}
	return 0;
}

int
store_claim(int root, const char *id, struct error *e)
{
	TRY(store_id_check(id, e));
	if (mkdirat(root, id, 0700) < 0)
		return errno == EEXIST
			   ? exists(e)
			   : error_sys(e, "make the state directory");

	AUTO_FD int dir = open_directory(root, id, e);
	if (dir >= 0 && store_lock(dir, e) == 0 && be_first(dir, e) == 0)
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

static void
interrupt(int number)
{
	(void)number;
}

/*
 * The kernel wakes whoever waits, in turn. An alarm ends the wait; it rings
 * again and again, so that one just before flock(2) is not the last.
 */
static int
wait_for_lock(int dir, struct error *e)
{
	const struct itimerval alarm = { .it_value = { LOCK_WAIT_S, 0 },
		.it_interval = { 0, 100000 } };
	struct sigaction ring = { .sa_handler = interrupt };
	struct sigaction before;
	struct itimerval timer;
	sigset_t only;
	sigset_t mask;

	sigemptyset(&only);
	sigaddset(&only, SIGALRM);
	sigaction(SIGALRM, &ring, &before);
	sigprocmask(SIG_UNBLOCK, &only, &mask);
	setitimer(ITIMER_REAL, &alarm, &timer);
	int failed = flock(dir, LOCK_EX) < 0 ? errno : 0;
	setitimer(ITIMER_REAL, &timer, NULL);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGALRM, &before, NULL);
	if (failed == EINTR)
		return error_set(e, EBUSY,
		    "another command is working on the container");
	return failed != 0 ? error_errno(e, failed, "lock the state directory")
			   : 0;
}

int
store_lock(int dir, struct error *e)
{
	struct stat st;

	if (flock(dir, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return error_sys(e, "lock the state directory");
		TRY(wait_for_lock(dir, e));
	}
	/* Whoever had the lock before may have deleted it. */
	if (fstat(dir, &st) < 0 || st.st_nlink == 0)
		return error_set(e, ENOENT, "container does not exist");
	return 0;
}

/* Of the open file, so that a copy in another process holds it as well. Where
 * it fails, others go by the container's processes alone. */
void
store_hold(int dir)
{
	struct flock mark = { .l_type = F_RDLCK, .l_whence = SEEK_SET };

	(void)fcntl(dir, F_OFD_SETLK, &mark);
}

bool
store_is_held(int dir)
{
	struct flock mark = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(dir, F_OFD_GETLK, &mark) < 0 || mark.l_type != F_UNLCK;
}

/*
 * Where there is one already they change names: ext4 begins to write the blocks
 * of what replaces a file, and who removes that soon after waits for the disk.
 */
static int
give_name(int dir, const char *temporary, const char *name)
{
	if (renameat2(dir, temporary, dir, name, RENAME_EXCHANGE) == 0)
		return unlinkat(dir, temporary, 0);
	return renameat(dir, temporary, dir, name);
}

static int
write_file(int dir, const char *name, const char *text, size_t length,
    bool lasts, struct error *e)
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
	if (lasts && fdatasync(fd) < 0)
		return error_sys(e, "write %s", name);
	if (give_name(dir, temporary, name) < 0)
		return error_sys(e, "write %s", name);
	return 0;
}

int
store_file_write(int dir, const char *name, const char *text, size_t length,
    struct error *e)
{
	return write_file(dir, name, text, length, false, e);
}

int
store_file_keep(int dir, const char *name, const char *text, size_t length,
    struct error *e)
{
	return write_file(dir, name, text, length, true, e);
}

int
store_file_read_open(int fd, const char *name, char **out, size_t *length,
    struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_sys(e, "read %s", name);
	if (S_ISDIR(st.st_mode))
		return error_errno(e, EISDIR, "read %s", name);
	if (!S_ISREG(st.st_mode))
		return error_set(e, EINVAL, "read %s: not a regular file",
		    name);
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

int
store_file_read(int dir, const char *name, char **out, size_t *length,
    struct error *e)
{
	/* A FIFO would be waited for. */
	AUTO_FD int fd = openat(dir, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	return fd < 0 ? error_sys(e, "read %s", name)
		      : store_file_read_open(fd, name, out, length, e);
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
		".resources.json", "start.sock", EVENT_SOCKET,
		"notify/notify.sock", ".init.json", "init.json" };

	static const char *const directories[] = { "notify", STORE_CRIU_ROOT };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (unlinkat(dir, files[i], 0) < 0 && errno != ENOENT)
			return error_sys(e, "remove %s", files[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		if (unlinkat(dir, directories[i], AT_REMOVEDIR) < 0 &&
		    errno != ENOENT)
			return error_sys(e, "remove %s", directories[i]);
	}
	if (unlinkat(root, id, AT_REMOVEDIR) < 0 && errno != ENOENT)
		return error_sys(e, "remove the state directory");
	return 0;
}
