/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

const struct vproc_limits some_limits = {
	.cpus = 2,
	.last_cpu = 5,
	.memory_bytes = 1ull << 30,
	.swap_bytes = 256ull << 20,
	.memory_is_limited = true,
	.start_ns = 1000000000000,
	.start_s = 1700000000,
	.boot_id = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff, 0x11,
	    0x22, 0x33, 0x44, 0x55, 0x66, 0x77 },
	.names = { .sysname = "Linux",
	    .nodename = "box",
	    .release = "6.1.0",
	    .version = "#1 SMP",
	    .machine = "x86_64",
	    .domainname = "(none)" },
	.processor = "model name\t: A Processor\n",
};

const struct vproc_usage some_usage = {
	.memory_bytes = 400ull << 20,
	.swap_bytes = 16ull << 20,
	.count = {
		[VPROC_ANON] = 100ull << 20,
		[VPROC_FILE] = 200ull << 20,
		[VPROC_SHMEM] = 8ull << 20,
		[VPROC_MAPPED] = 32ull << 20,
		[VPROC_ACTIVE_ANON] = 60ull << 20,
		[VPROC_INACTIVE_ANON] = 48ull << 20,
		[VPROC_ACTIVE_FILE] = 150ull << 20,
		[VPROC_INACTIVE_FILE] = 42ull << 20,
		[VPROC_RECLAIMABLE] = 10ull << 20,
		[VPROC_UNRECLAIMABLE] = 5ull << 20,
		[VPROC_FAULTS] = 77,
	},
	.user_us = 1230000,
	.system_us = 450000,
	.tasks = 7,
	.uptime_ns = 61239999999,
	.total_us = 122470000,
	.idle_us = 120790000,
	.loads = { 2048, 1044, 20 },
};

const char *
text_at(enum vproc_tree tree, const char *path,
    const struct vproc_limits *limits, const struct vproc_usage *usage)
{
	static char text[1 << 20];
	struct vproc_file file = vproc_find(tree, path, limits);
	struct vproc_view view = { limits, usage };

	cr_assert(eq(int, file.answer, VPROC_GENERATED), "%s", path);
	cr_assert(ne(ptr, file.row, NULL), "%s", path);
	uint64_t length = vproc_write(&file, &view, 0, text, sizeof(text));
	cr_assert(lt(u64, length, sizeof(text)), "%s", path);
	text[length] = '\0';
	return text;
}

static char top[32];

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_top(void)
{
	(void)nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void
put_files(int dir, const char *const *files)
{
	for (; files != NULL && *files != NULL; files++) {
		const char *text = strchr(*files, '=') + 1;
		char name[64];

		(void)snprintf(name, sizeof(name), "%.*s",
		    (int)(text - 1 - *files), *files);
		AUTO_FD int fd =
		    openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
		cr_assert(ge(int, fd, 0), "%s", name);
		cr_assert(eq(long, write(fd, text, strlen(text)),
		    (long)strlen(text)));
	}
}

int
fake_group(const char *const *inner, const char *const *outer)
{
	if (top[0] == '\0') {
		(void)strcpy(top, "/tmp/vproc.XXXXXX");
		cr_assert(ne(ptr, mkdtemp(top), NULL));
		atexit(remove_top);
	} else {
		remove_top();
		cr_assert(zero(int, mkdir(top, 0755)));
	}
	AUTO_FD int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(zero(int, mkdirat(dir, "outer", 0755)));
	cr_assert(zero(int, mkdirat(dir, "outer/inner", 0755)));
	AUTO_FD int above = openat(dir, "outer", O_RDONLY | O_CLOEXEC);
	int below = openat(dir, "outer/inner", O_RDONLY | O_CLOEXEC);
	static const char *const both[] = { "cgroup.controllers=\n", NULL };
	put_files(below, both);
	put_files(above, both);
	put_files(below, inner);
	put_files(above, outer);
	return below;
}
