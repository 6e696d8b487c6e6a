/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/making.h"
#include "os/os.h"

static char top[256];

static void
make_top(void)
{
	(void)strcpy(top, "/tmp/send.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	cr_assert(zero(int, chdir(top)));
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

static void
remove_top(void)
{
	cr_expect(zero(int, nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS)));
}

/* A socket that listens, by a name in the current directory. */
static int
listen_at(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", name);
	cr_assert(
	    zero(int, bind(fd, (struct sockaddr *)&address, sizeof(address))));
	cr_assert(zero(int, listen(fd, 1)));
	return fd;
}

static void
expect_descriptor(int listening, const char *want)
{
	AUTO_FD int end = accept(listening, NULL, NULL);
	char text[32] = "";
	AUTO_FD int fd = -1;
	struct stat sent;
	struct stat got;

	cr_assert(eq(long, os_receive_fd(end, text, sizeof(text) - 1, &fd),
	    (long)strlen(want)));
	cr_expect(eq(str, text, (char *)want));
	cr_assert(zero(int, fstat(fd, &got)));
	cr_assert(zero(int, stat("/dev/null", &sent)));
	cr_expect(eq(u64, got.st_rdev, sent.st_rdev));
}

Test(container_send, a_descriptor_goes_to_a_socket_whatever_its_path)
{
	AUTO_FD int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char deep[512];
	char component[120];
	struct error e = { 0 };

	make_top();
	AUTO_FD int here = listen_at("s");
	cr_assert(zero(int, making_send_fd("s", "text", null, &e)), "%s",
	    e.text);
	expect_descriptor(here, "text");
	/* Longer than sun_path. */
	memset(component, 'd', sizeof(component) - 1);
	component[sizeof(component) - 1] = '\0';
	cr_assert(zero(int, mkdir(component, 0700)));
	cr_assert(zero(int, chdir(component)));
	AUTO_FD int there = listen_at("s");
	(void)snprintf(deep, sizeof(deep), "%s/%s/s", top, component);
	cr_assert(zero(int, making_send_fd(deep, "far", null, &e)), "%s",
	    e.text);
	expect_descriptor(there, "far");
	remove_top();
}

Test(container_send, a_socket_that_nobody_serves_is_an_error)
{
	static const char *const paths[] = { "absent", "no/such/s", "file" };
	char path[5000];

	make_top();
	AUTO_FD int file = open("file", O_WRONLY | O_CREAT, 0600);

	cr_assert(ge(int, file, 0));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct error e = { 0 };
		char line[256];

		cr_expect(lt(int, making_send_fd(paths[i], "", 0, &e), 0));
		error_format(&e, line, sizeof(line));
		cr_expect(ne(ptr, strstr(line, paths[i]), NULL), "%s", line);
	}
	memset(path, '/', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	struct error e = { 0 };
	cr_expect(eq(int, making_send_fd(path, "", 0, &e), -ENAMETOOLONG));
	memset(path, 'x', 200);
	path[200] = '\0';
	e.code = 0;
	cr_expect(eq(int, making_send_fd(path, "", 0, &e), -ENAMETOOLONG));
	remove_top();
}

Test(container_send, a_pid_file_is_whole_from_the_first)
{
	char text[16] = "";
	struct stat st;
	struct error e = { 0 };

	make_top();
	umask(022);
	cr_assert(zero(int, making_pid_file("p", 1234567, &e)), "%s", e.text);
	cr_assert(zero(int, making_pid_file("p", 42, &e)), "it is replaced");
	AUTO_FD int fd = open("p", O_RDONLY);
	cr_expect(eq(long, read(fd, text, sizeof(text) - 1), 2L));
	cr_expect(eq(str, text, "42"), "without a newline, as runc's");
	cr_assert(zero(int, fstat(fd, &st)));
	cr_expect(eq(u32, st.st_mode & 0777, 0644));
	remove_top();
}

Test(container_send, a_pid_file_that_cannot_be_leaves_nothing)
{
	char path[5000];
	struct error e = { 0 };
	struct error over = { 0 };

	make_top();
	cr_assert(zero(int, mkdir("dir", 0700)));
	cr_expect(lt(int, making_pid_file("dir", 1, &over), 0));
	cr_expect(eq(str, over.text, "pid file dir"));
	cr_expect(zero(int, rmdir("dir")));
	/* Then there is nothing else in it. */
	cr_expect(zero(int, rmdir(top)));
	cr_expect(eq(int, making_pid_file("/no/such/dir/p", 1, &e), -ENOENT));
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	e.code = 0;
	cr_expect(eq(int, making_pid_file(path, 1, &e), -ENAMETOOLONG));
}
