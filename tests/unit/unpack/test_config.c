/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "unpack/call.h"
#include "unpack/unpack.h"

static char place[] = "/tmp/lorica-config-XXXXXX";

static void
set_up(void)
{
	cr_assert(ne(ptr, mkdtemp(place), NULL));
	cr_assert(zero(int, chdir(place)));
	cr_assert(zero(int, mkdir("rootfs", 0755) + mkdir("rootfs/etc", 0755)));
}

static void
clean_up(void)
{
	static const char *const names[] = { "config.json", "rootfs/etc/passwd",
		"rootfs/etc/group" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)unlink(names[i]);
	cr_expect(
	    zero(int, rmdir("rootfs/etc") + rmdir("rootfs") + rmdir(place)));
}

TestSuite(unpack_config, .init = set_up, .fini = clean_up);

static int
write_for(const char *user, struct error *e)
{
	struct unpack_ids ids = UNPACK_IDS_NONE;
	struct unpack_result result = { 0 };
	AUTO_FD int dir = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int document = memfd_create("document", MFD_CLOEXEC);

	cr_assert(dir >= 0 && document >= 0);
	cr_assert(gt(int,
	    dprintf(document,
		"{\"os\":\"linux\",\"architecture\":\"amd64\",\"config\":"
		"{\"User\":\"%s\",\"Cmd\":[\"x\"]},\"rootfs\":"
		"{\"type\":\"layers\",\"diff_ids\":[]}}",
		user),
	    0));
	return unpack_write_config(dir, document, &ids, false, &result, e);
}

static void
put(const char *path, const char *text)
{
	AUTO_FD int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
}

Test(unpack_config, a_user_of_the_tree_is_found)
{
	struct error e = { 0 };

	put("rootfs/etc/passwd", "app:x:7:8::/:\n");
	cr_expect(zero(int, write_for("app", &e)), "%s", e.text);
	cr_expect(zero(int, access("config.json", F_OK)));
}

/* A watchdog begins to count, and a tape moves, when it is opened. */
Test(unpack_config, what_is_no_file_is_not_opened)
{
	struct error e = { 0 };
	char events[4096];

	cr_assert(zero(int, mkfifo("rootfs/etc/passwd", 0666)));
	put("rootfs/etc/group", "");
	AUTO_FD int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	cr_assert(
	    ge(int, inotify_add_watch(watch, "rootfs/etc/passwd", IN_OPEN), 0));
	cr_expect(lt(int, write_for("app", &e), 0));
	cr_expect(eq(long, read(watch, events, sizeof(events)), -1));
	/* It would have been seen. */
	AUTO_FD int fd =
	    open("rootfs/etc/passwd", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	cr_assert(ge(int, fd, 0));
	cr_expect(gt(long, read(watch, events, sizeof(events)), 0));
}
