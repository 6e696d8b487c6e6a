/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "event/event.h"
#include "support.h"

struct heard {
	size_t count;
	size_t length[4];
	int fails_at;
};

static int
hear(void *context, const char *line, size_t length, struct error *e)
{
	struct heard *heard = context;

	cr_assert(lt(sz, heard->count, 4));
	cr_assert(length > 0 && line[length - 1] == '\n');
	heard->length[heard->count++] = length;
	if ((int)heard->count == heard->fails_at)
		return error_set(e, EINVAL, "enough");
	return 0;
}

/* Its socket, in the directory of c1. */
static int
listen_there(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/c1/sentry.sock", test_root);
	cr_assert(
	    zero(int, bind(fd, (struct sockaddr *)&address, sizeof(address))));
	cr_assert(zero(int, listen(fd, 1)));
	return fd;
}

/* A child that sends packets of these lengths to the one who asks. */
static pid_t
serve(int fd, const size_t *lengths, size_t count)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	static char line[2 * EVENT_LINE_MAX];
	int listener = accept4(fd, NULL, NULL, SOCK_CLOEXEC);

	if (recv(listener, line, sizeof(line), 0) != 8 ||
	    memcmp(line, "events\n", 8) != 0)
		_exit(1);
	for (size_t i = 0; i < count; i++) {
		memset(line, ' ', sizeof(line));
		line[lengths[i] - 1] = '\n';
		/* Who has heard enough may be gone. */
		if (send(listener, line, lengths[i], MSG_NOSIGNAL) < 0 &&
		    errno != EPIPE)
			_exit(2);
	}
	_exit(0);
}

static int
listen_to(const size_t *lengths, size_t count, struct heard *heard,
    struct error *e)
{
	const struct container_listener listener = { hear, heard };
	pid_t pid = make_running();
	AUTO_FD int fd = listen_there();
	pid_t server = serve(fd, lengths, count);
	int status = -1;

	int failed = container_listen(test_root, "c1", &listener, e);
	waitpid(server, &status, 0);
	cr_expect(zero(int, status), "what was asked with");
	clean_up(pid);
	return failed;
}

Test(container_listen, a_packet_is_a_line_until_the_end)
{
	const size_t lengths[] = { 3, EVENT_LINE_MAX - 1, 1 };
	struct heard heard = { 0 };
	struct error e = { 0 };

	cr_expect(zero(int, listen_to(lengths, 3, &heard, &e)), "%s", e.text);
	cr_assert(eq(sz, heard.count, 3));
	for (size_t i = 0; i < 3; i++)
		cr_expect(eq(sz, heard.length[i], lengths[i]));
}

Test(container_listen, a_packet_that_is_too_long_is_no_line)
{
	const size_t lengths[] = { EVENT_LINE_MAX + 1 };
	struct heard heard = { 0 };
	struct error e = { 0 };

	cr_expect(eq(int, listen_to(lengths, 1, &heard, &e), -EMSGSIZE));
	cr_expect(zero(sz, heard.count));
}

Test(container_listen, who_hears_can_end_it)
{
	const size_t lengths[] = { 5, 5 };
	struct heard heard = { .fails_at = 1 };
	struct error e = { 0 };

	cr_expect(eq(int, listen_to(lengths, 2, &heard, &e), -EINVAL));
	cr_expect(eq(str, e.text, "enough"));
	cr_expect(eq(sz, heard.count, 1));
}

static void
expect_refused(const char *line)
{
	struct heard heard = { 0 };
	const struct container_listener listener = { hear, &heard };
	struct error e = { 0 };

	cr_expect(lt(int, container_listen(test_root, "c1", &listener, &e), 0));
	cr_expect(eq(str, e.text, (char *)(uintptr_t)line));
}

Test(container_listen, one_without_the_layer_has_nobody_to_ask)
{
	pid_t pid = make_running();

	expect_refused("the container has no interception layer");
	close(listen_there());
	expect_refused("connect to the interception layer");
	clean_up(pid);
}

Test(container_listen, one_that_has_ended_is_not_listened_to)
{
	AUTO_FD int root = make_root();
	pid_t pid = make_container(root, "c1", CONTAINER_RUNNING);

	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	expect_refused("container with id c1 is not running");
	clean_up(0);
}
