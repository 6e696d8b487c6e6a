/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file - a cgroup's files, and the names of the controllers.
 *
 * Private to cgroup. These behave like libc: -1 with errno.
 */
#ifndef CGROUP_FILE_H
#define CGROUP_FILE_H

#include <dirent.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* How every path below a directory of the hierarchy is looked up. */
#define FILE_RESOLVE                                                           \
	(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS |       \
	    RESOLVE_NO_XDEV)

/* A directory below, for its files. "." opens the directory itself anew. */
int file_open_dir(int dir, const char *path);

/* Its subdirectories one by one, then NULL. What a container made may have a
 * name that begins with a dot. */
struct dirent *file_next_dir(DIR *list);

/* For AUTO(): NULL is nothing to close. */
void file_close_list(DIR **list);

/* All of a small file, NUL-ended; a longer one is cut. Returns its length. */
ssize_t file_read(int dir, const char *name, char *buf, size_t size);

/* One write(2). */
int file_write(int dir, const char *name, const char *text);

/* find.c: the path in the line of version 2 of a /proc/PID/cgroup, which is cut
 * up. False when there is none, or not all of one. */
bool own_parse(char *text, char *out);

/* The number of a line "key number", as in cgroup.events. */
bool file_read_key(int dir, const char *name, const char *key, uint64_t *out);

/* The line of a text that begins with the word; NULL when there is none. */
const char *file_find_line(const char *text, const char *word, size_t length);

enum controller {
	CPU,
	CPUSET,
	DMEM,
	HUGETLB,
	IO,
	MEMORY,
	MISC,
	PIDS,
	RDMA,
	CONTROLLERS,
	CORE = CONTROLLERS, /* cgroup.*: needs none */
};

extern const char *const controller_names[CONTROLLERS];

/* By the start of a file's name, "memory" of "memory.max"; CORE if unknown. */
enum controller controller_of(const char *file);

/* A list of names, as in cgroup.controllers, as a mask. -1: unreadable. */
int controllers_read(int dir, const char *name, unsigned *out);

#endif
