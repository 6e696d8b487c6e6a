/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mounts - which mounts a container has, and what it holds from outside.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "images.h"
#include "os/os.h"

static int
open_of(int proc, pid_t pid, const char *file, uint64_t flags)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/%s", (int)pid, file);
	return os_proc_open(proc, path, flags);
}

/* All of a file of procfs, whose size nobody knows. */
static char *
read_all(int fd)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	char part[4096];
	ssize_t got;

	if (out == NULL)
		return NULL;
	while ((got = read(fd, part, sizeof(part))) > 0)
		(void)fwrite(part, 1, (size_t)got, out);
	if (fclose(out) != 0 || got < 0)
		return NULL;
	return take(&text);
}

int
mounts_read(int proc, pid_t pid, struct mounts *out, struct error *e)
{
	AUTO_FD int dir = open_of(proc, pid, ".", O_PATH | O_DIRECTORY);
	AUTO_FD int list = open_of(proc, pid, "mountinfo", O_RDONLY);
	/* The link is the kernel's own. */
	AUTO_FD int root =
	    dir < 0 ? -1
		    : openat(dir, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (list < 0 || root < 0)
		return error_sys(e, "look at the container's mounts");
	AUTO_FREE char *text = read_all(list);
	if (text == NULL)
		return error_sys(e, "read the container's mounts");
	*out = (struct mounts){ take(&text), take_fd(&root) };
	return 0;
}

void
mounts_close(struct mounts *mounts)
{
	free(mounts->text);
	auto_close(&mounts->root);
	*mounts = (struct mounts)MOUNTS_NONE;
}

static const char *
next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end != NULL ? end + 1 : "";
}

bool
mounts_has_id(const struct mounts *mounts, int id)
{
	for (const char *line = mounts->text; *line != '\0';
	     line = next_line(line)) {
		if (strtol(line, NULL, 10) == id)
			return true;
	}
	return false;
}

/* Is the word, in which blanks and the like are octal, that path? */
static bool
is_word(const char *word, const char *path)
{
	for (; *path != '\0'; path++) {
		char escaped[8];

		if (strchr(" \t\n\\", *path) == NULL) {
			if (*word++ != *path)
				return false;
			continue;
		}
		(void)snprintf(escaped, sizeof(escaped), "\\%03o",
		    (unsigned)(unsigned char)*path);
		if (strncmp(word, escaped, 4) != 0)
			return false;
		word += 4;
	}
	return *word == ' ';
}

bool
mounts_has_point(const struct mounts *mounts, const char *path)
{
	for (const char *line = mounts->text; *line != '\0';
	     line = next_line(line)) {
		const char *word = line;

		/* The fifth word. */
		for (int i = 0; i < 4 && word != NULL; i++) {
			word = strchr(word, ' ');
			word = word == NULL ? NULL : word + 1;
		}
		if (word != NULL && is_word(word, path))
			return true;
	}
	return false;
}

int
mounts_open(const struct mounts *mounts, const char *path)
{
	return os_openat2(mounts->root, path, O_PATH, 0,
	    RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
}

bool
mounts_find(const struct mounts *mounts, const char *path, char *out,
    size_t size)
{
	char self[32];
	AUTO_FD int fd = mounts_open(mounts, path);

	if (fd < 0)
		return false;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	ssize_t length = readlink(self, out, size - 1);
	if (length <= 0)
		return false;
	out[length] = '\0';
	return mounts_has_point(mounts, out);
}

/* ---- stdio ------------------------------------------------------------------
 */

static int
mount_id(int proc, pid_t pid, int fd)
{
	char path[32], text[512];
	static const char word[] = "\nmnt_id:";

	(void)snprintf(path, sizeof(path), "fdinfo/%d", fd);
	AUTO_FD int file = open_of(proc, pid, path, O_RDONLY);
	ssize_t got = file < 0 ? -1 : read(file, text, sizeof(text) - 1);
	if (got <= 0)
		return -1;
	text[got] = '\0';
	const char *at = strstr(text, word);
	return at == NULL ? -1 : (int)strtol(at + strlen(word), NULL, 10);
}

static bool
is_terminal(const struct stat *st)
{
	/* Of UNIX98, or a console's: admin-guide/devices.rst. */
	return S_ISCHR(st->st_mode) &&
	       ((major(st->st_rdev) >= 136 && major(st->st_rdev) <= 143) ||
		   major(st->st_rdev) == 4 ||
		   (major(st->st_rdev) == 5 && minor(st->st_rdev) == 1));
}

/* In criu's words; "" for what it finds in the container. */
static int
name_of(const struct mounts *mounts, int proc, pid_t pid, int fd,
    char key[IMAGES_KEY_MAX])
{
	char path[32], link[IMAGES_KEY_MAX];
	struct stat st;
	AUTO_FD int dir = open_of(proc, pid, "fd", O_RDONLY | O_DIRECTORY);

	(void)snprintf(path, sizeof(path), "%d", fd);
	key[0] = '\0';
	ssize_t length =
	    dir < 0 ? -1 : readlinkat(dir, path, link, sizeof(link) - 1);
	if (length < 0)
		return errno == ENOENT && dir >= 0 ? 0 : -1;
	link[length] = '\0';
	if (strncmp(link, "pipe:", 5) == 0) {
		(void)snprintf(key, IMAGES_KEY_MAX, "%s", link);
		return 0;
	}
	int id = mount_id(proc, pid, fd);
	if (id < 0 || mounts_has_id(mounts, id) ||
	    fstatat(dir, path, &st, 0) < 0)
		return 0;
	if (is_terminal(&st))
		(void)snprintf(key, IMAGES_KEY_MAX, "tty[%lx:%lx]",
		    (unsigned long)st.st_rdev, (unsigned long)st.st_dev);
	else if (S_ISREG(st.st_mode) || S_ISCHR(st.st_mode))
		(void)snprintf(key, IMAGES_KEY_MAX, "file[%x:%lx]",
		    (unsigned)id, (unsigned long)st.st_ino);
	return 0;
}

int
mounts_stdio(const struct mounts *mounts, int proc, pid_t pid,
    struct images_stdio *out, struct error *e)
{
	for (int fd = 0; fd <= 2; fd++) {
		if (name_of(mounts, proc, pid, fd, out->keys[fd]) < 0)
			return error_sys(e, "look at descriptor %d", fd);
	}
	return 0;
}
