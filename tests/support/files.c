/* SPDX-License-Identifier: Apache-2.0 */
/*
 * files DIRECTORY [UMASK [EVERY]] - make every call that takes a path, of every
 * path of a small tree in that directory, and print what came of it: the
 * result, and what is another in the tree. Whoever answers the calls, the text
 * has to be the same. EVERY: only each so many of all that there are.
 *
 *   files.c       the tree, and what is printed
 *   files_calls.c the calls with one path, and with two
 *   files_open.c  open(2), openat2(2)
 *   files_limits.c  what limits and flags leave
 */
#define _GNU_SOURCE
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#define TREE  "t"
#define LINES 64

static const char *top;
static char name_255[256], name_256[257], below_missing[300], path_4095[4096],
    path_4096[4097], deep[2048], absolute[512];

const char *const files_paths[] = { "f", "./f", "d/../f", "f/", "d", "d/",
	"d/g", "d/g/", "d/.", "d/..", "e", "e/", "l", "l/", "ld", "ld/", "ld/g",
	"ld/.", "ld/../f", "dangling", "dangling/", "into", "loop", "loop/x",
	"chain", "up", "missing", "missing/", "missing/x", "f/x", "f/.", "",
	".", "..", "/", "//", "/..", "/../..", "p", "h", "shut/g", "shut",
	"none", "sticky/other", "sticky/linked", "sticky", absolute, "abs",
	name_255, name_256, below_missing, path_4095, path_4096, deep,
	"/proc/self/cwd/f", "/proc/self/cwd/ld/g", "/dev/fd/9/g", "/dev/fd/8",
	"/proc/self/fd/9", "/proc/self/fd/9/", "/proc/self/fd/77",
	"/proc/thread-self/cwd/f", "/proc/self/cwd/../t/f", NULL };

/* ---- text ---------------------------------------------------------------- */

static void
put_path(const char *path)
{
	size_t length = path == FILES_BAD ? 0 : strlen(path);

	if (path == FILES_BAD)
		printf("(bad)");
	else if (length > 60)
		printf("%.12s...%zu", path, length);
	else
		printf("\"%s\"", path);
}

void
files_put(long result, const char *call, ...)
{
	int number = errno;
	va_list arguments;

	va_start(arguments, call);
	vprintf(call, arguments);
	va_end(arguments);
	if (result < 0)
		printf(" = %s\n", strerrorname_np(number));
	else
		printf(" = %ld\n", result);
}

void
files_put_path(const char *call, const char *path)
{
	printf("%s ", call);
	put_path(path);
}

/* ---- the tree ------------------------------------------------------------ */

static void
must(long result, const char *what)
{
	if (result >= 0)
		return;
	printf("files: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void
make_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0600);

	must(fd, path);
	must(write(fd, text, strlen(text)), path);
	must(fchmod(fd, mode), path);
	close(fd);
}

static void
make_directory(const char *path, mode_t mode)
{
	must(mkdir(path, 0700), path);
	must(chmod(path, mode), path);
}

static void
remove_all(const char *path)
{
	DIR *dir;
	struct dirent *entry;
	char below[4096];

	if (unlink(path) == 0 || errno == ENOENT)
		return;
	(void)chmod(path, 0700);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(below, sizeof(below), "%s/%s", path,
		    entry->d_name);
		remove_all(below);
	}
	if (dir != NULL)
		closedir(dir);
	must(rmdir(path), path);
}

static void
make_tree(void)
{
	/* It is ".." of the tree. */
	(void)!chmod(top, 0777);
	must(chdir(top), top);
	remove_all(TREE);
	make_directory(TREE, 0755);
	must(chdir(TREE), TREE);
	make_file("f", "hello", 0644);
	make_file("none", "secret", 0);
	make_directory("d", 0755);
	make_file("d/g", "below", 0755);
	make_directory("e", 0755);
	make_directory("shut", 0700);
	make_file("shut/g", "shut", 0644);
	must(chmod("shut", 0), "shut");
	make_directory("sticky", 01777);
	make_file("sticky/other", "other", 0666);
	must(symlink("other", "sticky/linked"), "linked");
	/* Who may not has them as his own. */
	(void)!lchown("sticky/other", 7, 7);
	(void)!lchown("sticky/linked", 7, 7);
	must(symlink("f", "l"), "l");
	must(symlink("d", "ld"), "ld");
	must(symlink("nothing", "dangling"), "dangling");
	must(symlink("d/nothing", "into"), "into");
	must(symlink("loop", "loop"), "loop");
	must(symlink("./ld/../l", "chain"), "chain");
	must(symlink("../t/f", "up"), "up");
	must(symlink(absolute, "abs"), "abs");
	must(link("f", "h"), "h");
	must(mkfifo("p", 0644), "p");
	must(dup3(open("d", O_RDONLY | O_DIRECTORY), 9, 0), "9");
	must(dup3(open("f", O_RDONLY), 8, 0), "8");
	for (int fd = 3; fd < 8; fd++)
		close(fd);
}

static void
list(const char *path, char lines[LINES][256], size_t *count)
{
	struct stat st;
	struct dirent *entry;
	char text[128] = "", below[512];

	if (lstat(path, &st) < 0 || *count == LINES)
		return;
	if (S_ISLNK(st.st_mode) && readlink(path, text, sizeof(text) - 1) < 0)
		(void)snprintf(text, sizeof(text), "?");
	if (strcmp(text, absolute) == 0)
		(void)snprintf(text, sizeof(text), "(absolute)");
	(void)snprintf(lines[(*count)++], 256,
	    "%.40s %o %u:%u links %lu size %ld at %ld %s", path, st.st_mode,
	    st.st_uid, st.st_gid,
	    S_ISDIR(st.st_mode) ? 0 : (unsigned long)st.st_nlink,
	    S_ISDIR(st.st_mode) ? 0 : (long)st.st_size,
	    st.st_mtim.tv_sec < 100000 ? (long)st.st_mtim.tv_sec : -1, text);
	if (!S_ISDIR(st.st_mode))
		return;
	DIR *dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		(void)snprintf(below, sizeof(below), "%s%s%s",
		    strcmp(path, ".") == 0 ? "" : path,
		    strcmp(path, ".") == 0 ? "" : "/", entry->d_name);
		list(below, lines, count);
	}
	if (dir != NULL)
		closedir(dir);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static char fresh[LINES][256], now[LINES][256];
static size_t fresh_count;
static unsigned every = 1, turn;

static void
start(void)
{
	make_tree();
	fresh_count = 0;
	list(".", fresh, &fresh_count);
	qsort(fresh, fresh_count, sizeof(fresh[0]), compare);
}

/* In an order that both have. Returns whether any differ. */
static bool
put_changes(size_t count)
{
	bool any = false;
	size_t i = 0, j = 0;

	while (i < fresh_count || j < count) {
		int order = i == fresh_count ? 1
			    : j == count     ? -1
					     : strcmp(fresh[i], now[j]);

		any = any || order != 0;
		if (order < 0)
			printf("  - %s\n", fresh[i]);
		if (order > 0)
			printf("  + %s\n", now[j]);
		i += order <= 0;
		j += order >= 0;
	}
	return any;
}

bool
files_skip(void)
{
	return turn++ % every != 0;
}

void
files_put_tree(void)
{
	size_t count = 0;

	list(".", now, &count);
	qsort(now, count, sizeof(now[0]), compare);
	if (put_changes(count))
		start();
}

/* ---- all of it ----------------------------------------------------------- */

static void
make_names(const char *directory)
{
	memset(name_255, 'a', 255);
	memset(name_256, 'a', 256);
	(void)snprintf(below_missing, sizeof(below_missing), "missing/%s",
	    name_256);
	for (int i = 0; i < 4095; i++)
		path_4096[i] = path_4095[i] = "./"[i % 2];
	path_4095[4094] = 'f';
	path_4096[4095] = 'f';
	for (int i = 0; i < 200; i++)
		(void)snprintf(deep + strlen(deep), sizeof(deep) - strlen(deep),
		    "d/../");
	(void)snprintf(deep + strlen(deep), sizeof(deep) - strlen(deep), "f");
	(void)snprintf(absolute, sizeof(absolute), "%s/" TREE "/d", directory);
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	top = argv[1];
	make_names(top);
	(void)umask(argc > 2 ? (mode_t)strtoul(argv[2], NULL, 8) : 022);
	every = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1;
	start();
	files_calls();
	files_pairs();
	files_open();
	files_limits();
	must(chdir(top), top);
	remove_all(TREE);
	return 0;
}
