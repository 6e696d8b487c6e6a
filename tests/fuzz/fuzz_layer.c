/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_layer - the members of layers, a line each: a letter for the kind, the
 * name, and for a link a tab and where it leads. "-" begins another layer.
 *
 * They are applied to a tree. Whatever they are, what lies beside it is as it
 * was, an error can be printed, and all of the tree can be removed.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "layer/layer.h"

static int
one_byte(void *context, const void **bytes, size_t *length, int64_t *at,
    struct error *e)
{
	int *left = context;

	(void)e;
	*bytes = "x";
	*length = 1;
	*at = 0;
	return (*left)-- > 0;
}

static void
apply(struct layer_tree *tree, char *line)
{
	static const char letters[] = "fdlhpc";
	static const mode_t modes[] = { S_IFREG | 04777, S_IFDIR | 0777,
		S_IFLNK | 0777, S_IFREG | 0600, S_IFIFO | 0666,
		S_IFCHR | 0666 };
	const char *found = line[0] == '\0' ? NULL : strchr(letters, line[0]);
	char *tab = strchr(line, '\t');
	struct error e = { 0 };
	int left = 1;

	if (line[0] == '-')
		layer_made_free(&tree->made);
	if (found == NULL)
		return;
	if (tab != NULL)
		*tab++ = '\0';
	const struct layer_entry entry = {
		.path = line + 1,
		.target = tab != NULL ? tab : "/outside/victim",
		.is_hard_link = line[0] == 'h',
		.mode = modes[found - letters],
		.size = 1,
		.context = &left,
		.data = one_byte,
	};
	if (layer_apply(tree, &entry, &e) < 0)
		check_line(&e);
}

/* Beside the tree: one file, one directory. */
static void
check_outside(int place)
{
	struct stat victim, dir;
	char text[8] = "";

	assert(fstatat(place, "victim", &victim, AT_SYMLINK_NOFOLLOW) == 0);
	assert(S_ISREG(victim.st_mode) && (victim.st_mode & 0777) == 0600 &&
	       victim.st_nlink == 1 && victim.st_size == 4);
	assert(fstatat(place, "dir", &dir, AT_SYMLINK_NOFOLLOW) == 0);
	assert(S_ISDIR(dir.st_mode) && (dir.st_mode & 0777) == 0700 &&
	       dir.st_mtim.tv_sec == 1);
	AUTO_FD int fd = openat(place, "victim", O_RDONLY | O_CLOEXEC);
	assert(
	    read(fd, text, sizeof(text)) == 4 && memcmp(text, "keep", 4) == 0);
}

static void
make_outside(int place)
{
	static const struct timespec then[2] = { { 1, 0 }, { 1, 0 } };
	AUTO_FD int fd =
	    openat(place, "victim", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert(fd >= 0 && write(fd, "keep", 4) == 4);
	assert(mkdirat(place, "dir", 0700) == 0);
	assert(utimensat(place, "dir", then, 0) == 0);
}

static int
new_dir(int place, const char *name)
{
	assert(mkdirat(place, name, 0755) == 0);
	int fd = openat(place, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(fd >= 0);
	return fd;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/lorica-fuzz-XXXXXX";
	AUTO_FREE char *text = strndup((const char *)data, size);
	struct unpack_answer answer = { 0 };
	struct error e = { 0 };

	if (size > 4096)
		return 0;
	assert(text != NULL && mkdtemp(path) != NULL);
	AUTO_FD int place = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert(place >= 0);
	make_outside(place);
	AUTO_FD int root = new_dir(place, "root");
	AUTO_FD int trash = new_dir(place, "trash");
	struct layer_tree tree = { .root = root,
		.trash = trash,
		.is_single_id = true,
		.left_files = 4096,
		.left_blocks = 4096,
		.answer = &answer };
	char *rest = text;
	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		apply(&tree, line);
	layer_made_free(&tree.made);
	check_outside(place);
	assert(layer_empty(place, &e) == 0);
	assert(rmdir(path) == 0);
	return 0;
}
