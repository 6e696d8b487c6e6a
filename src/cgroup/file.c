/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"

const char *const controller_names[CONTROLLERS] = {
	[CPU] = "cpu",
	[CPUSET] = "cpuset",
	[DMEM] = "dmem",
	[HUGETLB] = "hugetlb",
	[IO] = "io",
	[MEMORY] = "memory",
	[MISC] = "misc",
	[PIDS] = "pids",
	[RDMA] = "rdma",
};

int
file_open_dir(int dir, const char *path)
{
	return os_openat2(dir, path, O_RDONLY | O_DIRECTORY, 0, FILE_RESOLVE);
}

struct dirent *
file_next_dir(DIR *list)
{
	struct dirent *entry;

	while ((entry = readdir(list)) != NULL)
		if (entry->d_type == DT_DIR &&
		    strcmp(entry->d_name, ".") != 0 &&
		    strcmp(entry->d_name, "..") != 0)
			break;
	return entry;
}

void
file_close_list(DIR **list)
{
	if (*list != NULL)
		closedir(*list);
}

ssize_t
file_read(int dir, const char *name, char *buf, size_t size)
{
	AUTO_FD int fd = os_openat2(dir, name, O_RDONLY, 0, FILE_RESOLVE);

	return fd < 0 ? -1 : os_read_text(fd, buf, size);
}

int
file_write(int dir, const char *name, const char *text)
{
	AUTO_FD int fd = os_openat2(dir, name, O_WRONLY, 0, FILE_RESOLVE);
	size_t length = strlen(text);

	if (fd < 0)
		return -1;
	ssize_t put = write(fd, text, length);
	if (put >= 0 && (size_t)put != length)
		errno = EIO;
	return put == (ssize_t)length ? 0 : -1;
}

const char *
file_find_line(const char *text, const char *word, size_t length)
{
	while (*text != '\0') {
		if (strncmp(text, word, length) == 0 && text[length] == ' ')
			return text;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

bool
file_read_key(int dir, const char *name, const char *key, uint64_t *out)
{
	char text[1024];
	size_t length = strlen(key);
	const char *line = NULL;

	if (file_read(dir, name, text, sizeof(text)) >= 0)
		line = file_find_line(text, key, length);
	if (line != NULL)
		*out = strtoull(line + length + 1, NULL, 10);
	return line != NULL;
}

enum controller
controller_of(const char *file)
{
	size_t length = strcspn(file, ".");

	for (int c = 0; c < CONTROLLERS; c++) {
		if (strlen(controller_names[c]) == length &&
		    strncmp(controller_names[c], file, length) == 0)
			return (enum controller)c;
	}
	return CORE;
}

int
controllers_read(int dir, const char *name, unsigned *out)
{
	char text[256];
	char *rest = NULL;
	unsigned mask = 0;

	if (file_read(dir, name, text, sizeof(text)) < 0)
		return -1;
	for (char *word = strtok_r(text, " \n", &rest); word != NULL;
	     word = strtok_r(NULL, " \n", &rest)) {
		enum controller found = controller_of(word);

		if (found != CORE)
			mask |= 1u << found;
	}
	*out = mask;
	return 0;
}
