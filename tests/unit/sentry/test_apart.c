/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/apart.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/worker.h"

static bool
lists(const char *text, uint64_t mount)
{
	AUTO_FD int fd = memfd_create("mountinfo", MFD_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
	return apart_lists(fd, mount);
}

Test(sentry_apart, mounts_are_known_by_the_first_word)
{
	static const char text[] =
	    "36 35 98:0 / / rw shared:1 - ext4 /dev/root rw,errors=continue\n"
	    "1042 36 0:5 /77\\0405 /mnt/99 rw - tmpfs none rw\n"
	    "7 36 0:6 / /x rw - proc proc rw\n";

	cr_expect(lists(text, 36));
	cr_expect(lists(text, 1042));
	cr_expect(lists(text, 7));
	for (const uint64_t *none = (const uint64_t[]){ 35, 98, 1, 77, 99, 3, 6,
		 42, 104, 10427, 0 };
	     *none != 0; none++)
		cr_expect(not(lists(text, *none)), "%lu", (unsigned long)*none);
	cr_expect(not(lists("", 1)));
	cr_expect(not(apart_lists(-1, 1)));
}

Test(sentry_apart, wherever_a_text_is_cut)
{
	static char text[8192];

	for (size_t pad = 4070; pad < 4110; pad++) {
		memset(text, 'x', pad);
		memcpy(text, "1 ", 2);
		(void)sprintf(text + pad, "\n123 1 0:1 / / rw - a a rw\n");
		cr_expect(lists(text, 123), "%zu", pad);
		cr_expect(not(lists(text, 23)), "%zu", pad);
		cr_expect(not(lists(text, 12)), "%zu", pad);
	}
}

static struct apart *apart;
static struct monitor monitor;
static struct worker worker = { .monitor = &monitor };

static int
may_write(int fd, int given)
{
	struct path_found found = PATH_FOUND_NONE;

	found.fd = fd;
	found.given = given;
	return apart_write(monitor.apart, &worker, &found);
}

static void
prepare(void)
{
	monitor.proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	monitor.init = getpid();
	apart = apart_new();
	monitor.apart = apart;
	worker.task.tid = getpid();
	cr_assert(ge(int, monitor.proc, 0));
	cr_assert(ne(ptr, monitor.apart, NULL));
}

/* A memory file is by no mount that anybody sees, as one of another's. */
Test(sentry_apart, what_is_of_no_mount_of_ours, .init = prepare)
{
	AUTO_FD int foreign = memfd_create("foreign", MFD_CLOEXEC);
	AUTO_FD int own = open("/", O_PATH | O_CLOEXEC);
	AUTO_FD int device = open("/dev/null", O_PATH | O_CLOEXEC);
	int pipes[2];

	cr_assert(zero(int, pipe2(pipes, O_CLOEXEC)));
	/* Twice, the second time from memory. */
	cr_expect(zero(int, may_write(own, -1)));
	cr_expect(zero(int, may_write(own, -1)));
	cr_expect(eq(int, may_write(foreign, -1), -EACCES));
	cr_expect(eq(int, may_write(foreign, -1), -EACCES));
	cr_expect(eq(int, may_write(foreign, O_RDONLY), -EACCES));
	cr_expect(zero(int, may_write(foreign, O_WRONLY)));
	cr_expect(zero(int, may_write(foreign, O_RDWR)));
	cr_expect(zero(int, may_write(device, -1)));
	cr_expect(zero(int, may_write(pipes[1], -1)));
	monitor.apart = NULL;
	cr_expect(zero(int, may_write(foreign, -1)));
	monitor.apart = apart;
}

static int
may_send(const char *name, size_t length)
{
	union {
		struct sockaddr_storage storage;
		struct sockaddr_un un;
	} to = { .un = { .sun_family = AF_UNIX } };

	memcpy(to.un.sun_path, name, length);
	return apart_send(monitor.apart, &worker, &to.storage,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
}

Test(sentry_apart, abstract_names_of_a_network_that_is_not_its_own,
    .init = prepare)
{
	const struct sockaddr_storage inet = { .ss_family = AF_INET };

	cr_expect(eq(int, may_send("\0x", 2), -EPERM));
	cr_expect(eq(int, may_send("", 1), -EPERM));
	cr_expect(zero(int, may_send("/x", 3)));
	cr_expect(zero(int, may_send("", 0)));
	cr_expect(
	    zero(int, apart_send(monitor.apart, &worker, &inet, sizeof(inet))));
	monitor.has_own_net = true;
	cr_expect(zero(int, may_send("\0x", 2)));
	monitor.has_own_net = false;
	monitor.apart = NULL;
	cr_expect(zero(int, may_send("\0x", 2)));
	monitor.apart = apart;
}
