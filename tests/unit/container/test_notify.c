/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container/notify.h"

Test(container_notify, only_a_whole_line_says_ready)
{
	static const struct {
		const char *text;
		size_t length;
		int want;
	} rows[] = {
		{ "READY=1", 7, 1 },
		{ "READY=1\n", 8, 1 },
		{ "STATUS=x\nREADY=1\nA=b", 20, 1 },
		{ "READY=1", 6, 0 },
		{ "READY=10", 8, 0 },
		{ "XREADY=1", 8, 0 },
		{ "READY=0", 7, 0 },
		{ "A=READY=1", 9, 0 },
		{ "READY=1\0", 8, 0 },
		{ "\n\n", 2, 0 },
		{ "", 0, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(eq(int, notify_is_ready(rows[i].text, rows[i].length),
			      rows[i].want),
		    "row %zu", i);
}

static void
say(const char *path, const char *text)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	cr_assert(eq(int,
	    (int)sendto(fd, text, strlen(text), 0, (struct sockaddr *)&address,
		sizeof(address)),
	    (int)strlen(text)));
	close(fd);
}

static int
host_at(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	cr_assert(
	    zero(int, bind(fd, (struct sockaddr *)&address, sizeof(address))));
	return fd;
}

Test(container_notify, nothing_but_readiness_goes_out)
{
	char top[] = "/tmp/lorica-notify-XXXXXX";
	char text[64] = "";
	struct error e = { 0 };
	struct stat st;

	cr_assert(ne(ptr, mkdtemp(top), NULL));
	cr_assert(zero(int, chdir(top)));
	int dir = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_expect(eq(int, notify_listen(dir, &e), -1));
	cr_expect(zero(int, e.code));
	cr_assert(zero(int, mkdir("notify", 0755)));
	(void)umask(077);
	struct notify notify = { notify_listen(dir, &e), "/absent", 42 };
	char host[64];
	(void)snprintf(host, sizeof(host), "%s/host", top);
	int manager = host_at(host);
	notify.host = host;
	cr_assert(ge(int, notify.socket, 0));
	cr_assert(zero(int, stat("notify/notify.sock", &st)));
	cr_expect(eq(int, (int)(st.st_mode & 0777), 0777));

	say("notify/notify.sock", "STATUS=hostile\nMAINPID=1");
	notify_read(&notify);
	cr_expect(lt(int, (int)recv(manager, text, sizeof(text), 0), 0));
	cr_expect(ge(int, notify.socket, 0));
	/* Nobody closes the barrier: the wait for it ends by itself when the
	 * socket that holds it does. */
	pid_t pid = fork();
	if (pid == 0) {
		struct pollfd ready = { manager, POLLIN, 0 };
		(void)poll(&ready, 1, 5000);
		ssize_t got = recv(manager, text, sizeof(text) - 1, 0);
		_exit(got > 0 && strcmp(text, "READY=1\nMAINPID=42\n") == 0
			  ? 0
			  : 1);
	}
	close(manager);
	say("notify/notify.sock", "MAINPID=1\nREADY=1\nSTATUS=x");
	notify_read(&notify);
	cr_expect(eq(int, notify.socket, -1));
	int status = 1;
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	cr_expect(zero(int, status));
}
