/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "support.h"

#define STATE "{\"ociVersion\":\"1.3.0\",\"id\":\"c1\"}"

/* An agent that listens at that path. */
static int
agent_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	cr_assert(
	    zero(int, bind(fd, (struct sockaddr *)&address, sizeof(address))));
	cr_assert(zero(int, listen(fd, 1)));
	return fd;
}

/* config-linux.md, "The Container Process State". */
Test(filter_notify, the_agent_gets_the_listener_and_whose_it_is)
{
	char top[64], path[80], text[512] = "", metadata[] = "a\"b\n";
	AUTO_FD int dir = support_directory(top, sizeof(top));
	struct error e = { 0 };
	struct stat sent, got;
	int fd = -1;

	cr_assert(ge(int, dir, 0));
	(void)snprintf(path, sizeof(path), "%s/agent", top);
	struct spec_seccomp profile = { .listener_path = path,
		.listener_metadata = metadata };
	AUTO_FD int listening = agent_at(path);
	AUTO_FD int listener = memfd_create("listener", MFD_CLOEXEC);
	cr_assert(zero(int, fstat(listener, &sent)));

	cr_assert(zero(int,
		      filter_notify_send(&profile, listener, 42, STATE, &e)),
	    "%s", e.text);
	AUTO_FD int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	ssize_t length = os_receive_fd(connection, text, sizeof(text) - 1, &fd);
	cr_assert(gt(long, length, 0L));
	cr_expect(eq(str, text,
	    "{\"ociVersion\":\"1.3.0\",\"fds\":[\"seccompFd\"],\"pid\":42,"
	    "\"metadata\":\"a\\\"b\\u000a\",\"state\":" STATE "}"));
	cr_assert(zero(int, fstat(fd, &got)));
	cr_expect(eq(u64, got.st_ino, sent.st_ino));
	close(fd);
	/* That is all, and nobody holds the connection. */
	cr_expect(zero(long, read(connection, text, sizeof(text))));
	support_remove(top);
}

Test(filter_notify, without_metadata_it_is_empty)
{
	char top[64], path[80], text[512] = "";
	AUTO_FD int dir = support_directory(top, sizeof(top));
	struct error e = { 0 };
	int fd = -1;

	cr_assert(ge(int, dir, 0));
	(void)snprintf(path, sizeof(path), "%s/agent", top);
	const struct spec_seccomp profile = { .listener_path = path };
	AUTO_FD int listening = agent_at(path);
	cr_assert(zero(int, filter_notify_send(&profile, 0, 1, "{}", &e)));
	AUTO_FD int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
	cr_assert(gt(long,
	    os_receive_fd(connection, text, sizeof(text) - 1, &fd), 0L));
	close(fd);
	cr_expect(ne(ptr, strstr(text, "\"metadata\":\"\""), NULL), "%s", text);
	support_remove(top);
}

Test(filter_notify, an_agent_that_is_not_there_is_an_error)
{
	char gone[] = "/nonexistent/agent";
	char too_long[sizeof(((struct sockaddr_un *)0)->sun_path) + 1];
	const struct {
		char *path;
		int code;
		const char *text;
	} rows[] = {
		{ NULL, -EINVAL,
		    "linux.seccomp.listenerPath: cannot be connected to" },
		{ too_long, -EINVAL,
		    "linux.seccomp.listenerPath: cannot be connected to" },
		{ gone, -ENOENT,
		    "linux.seccomp.listenerPath: connect to "
		    "/nonexistent/agent" },
	};

	memset(too_long, 'x', sizeof(too_long) - 1);
	too_long[sizeof(too_long) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct spec_seccomp profile = { .listener_path =
							  rows[i].path };
		struct error e = { 0 };

		cr_expect(eq(int, filter_notify_send(&profile, 0, 1, "{}", &e),
			      rows[i].code),
		    "row %zu", i);
		cr_expect(eq(str, e.text, (char *)rows[i].text), "row %zu", i);
	}
}
