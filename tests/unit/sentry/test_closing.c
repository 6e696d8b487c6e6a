/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/closing.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/os.h"
#include "sentry/wait.h"
#include "support.h"

static struct monitor monitor;
static struct worker worker = { .monitor = &monitor, .must_not_block = true };

static void
wake(int number)
{
	(void)number;
}

/* As the thread that traces. */
static void
set_up(void)
{
	struct sigaction action = { .sa_handler = wake };

	(void)sigaction(WAIT_WAKE, &action, NULL);
	wait_listen(false);
	monitor.pid = getpid();
	worker.tid = gettid();
	monitor.closing = closing_new(&monitor);
	cr_assert(monitor.closing != NULL);
}

TestSuite(sentry_closing, .init = set_up, .timeout = 60);

Test(sentry_closing, what_does_not_linger_is_closed_at_once)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), was = fd;

	closing_close(&worker, &fd);
	cr_expect(eq(int, fd, -1));
	cr_expect(eq(int, fcntl(was, F_GETFD), -1));
}

Test(sentry_closing, what_lingers_is_not_waited_for)
{
	int fd = support_lingering();

	closing_close(&worker, &fd);
	cr_expect(eq(int, fd, -1));
}

/* It does not say so itself, like one that has come to it just now. */
Test(sentry_closing, what_has_begun_to_linger_is_interrupted)
{
	for (int i = 0; i < 3; i++) {
		int pair[2], lingering = support_lingering();

		cr_assert(zero(int,
		    socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair)));
		cr_assert(zero(int, os_send_fd(pair[1], "", 1, lingering)));
		close(lingering);
		closing_close(&worker, &pair[0]);
		cr_expect(eq(int, pair[0], -1));
		close(pair[1]);
	}
}
