/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/making.h"

/* A process that ends as it is told. */
static int
wait_for_child(int status, int number)
{
	int got = -1;
	struct error e = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		if (number != 0)
			raise(number);
		_exit(status);
	}
	AUTO_FD int pidfd = pidfd_open(pid, 0);
	cr_assert(zero(int, making_wait(pidfd, pid, -1, &got, &e)), "%s",
	    e.text);
	return got;
}

Test(container_terminal, the_status_is_what_a_shell_would_say)
{
	cr_expect(zero(int, wait_for_child(0, 0)));
	cr_expect(eq(int, wait_for_child(42, 0), 42));
	cr_expect(eq(int, wait_for_child(255, 0), 255));
	cr_expect(eq(int, wait_for_child(0, SIGKILL), 128 + SIGKILL));
	cr_expect(eq(int, wait_for_child(0, SIGTERM), 128 + SIGTERM));
}

/* They wait, blocked, until there is somebody to pass them on. */
Test(container_terminal, signals_are_for_the_program)
{
	struct error e = { 0 };
	int status = -1;
	sigset_t all;
	sigset_t after;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	pid_t pid = fork();
	if (pid == 0) {
		int number = 0;

		sigwait(&all, &number);
		_exit(number);
	}
	AUTO_FD int pidfd = pidfd_open(pid, 0);
	raise(SIGUSR2);
	cr_assert(zero(int, making_wait(pidfd, pid, -1, &status, &e)));
	cr_expect(eq(int, status, SIGUSR2));
	sigprocmask(SIG_SETMASK, NULL, &after);
	cr_expect(eq(int, sigismember(&after, SIGUSR1), 1), "as it was");
}

static int
open_terminal(int *slave)
{
	struct termios how;
	int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

	if (master < 0 || grantpt(master) < 0 || unlockpt(master) < 0)
		cr_skip_test("no terminal can be made here");
	*slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (*slave < 0 || tcgetattr(*slave, &how) < 0)
		cr_skip_test("no terminal can be made here");
	cfmakeraw(&how);
	tcsetattr(*slave, TCSANOW, &how);
	return master;
}

Test(container_terminal, what_is_said_last_is_still_shown)
{
	AUTO_FD int out = memfd_create("out", MFD_CLOEXEC);
	struct error e = { 0 };
	char text[64] = "";
	int input[2], status = -1, slave = -1;
	int master = open_terminal(&slave);
	pid_t pid = fork();

	if (pid == 0) {
		char word[8] = "";
		ssize_t got = read(slave, word, sizeof(word));

		(void)!write(slave, "heard ", 6);
		(void)!write(slave, word, got > 0 ? (size_t)got : 0);
		_exit(5);
	}
	close(slave);
	cr_assert(zero(int, pipe2(input, O_CLOEXEC)));
	cr_assert(eq(long, write(input[1], "word", 4), 4L));
	close(input[1]);
	AUTO_FD int saved = dup(1);
	dup2(input[0], 0);
	dup2(out, 1);
	AUTO_FD int pidfd = pidfd_open(pid, 0);
	int failed = making_wait(pidfd, pid, master, &status, &e);
	dup2(saved, 1);
	cr_assert(zero(int, failed), "%s", e.text);
	cr_expect(eq(int, status, 5));
	cr_expect(gt(long, pread(out, text, sizeof(text) - 1, 0), 0L));
	cr_expect(eq(str, text, "heard word"));
}

/* What the program will see, whose terminal is the slave of this one. */
static struct winsize
size_after(uint16_t rows, uint16_t columns)
{
	const struct spec_process process = {
		.console_height = { true, rows },
		.console_width = { true, columns },
	};
	struct winsize ours = { .ws_row = 24, .ws_col = 80 };
	struct winsize size = { .ws_row = 5, .ws_col = 6 };
	int slave = -1, other = -1;
	int master = open_terminal(&slave);

	cr_assert(ge(int, open_terminal(&other), 0));
	cr_assert(zero(int, ioctl(other, TIOCSWINSZ, &ours)));
	cr_assert(zero(int, ioctl(master, TIOCSWINSZ, &size)));
	AUTO_FD int saved = dup(0);
	dup2(other, 0);
	making_console_size(master, &process);
	dup2(saved, 0);
	cr_assert(zero(int, ioctl(slave, TIOCGWINSZ, &size)));
	return size;
}

Test(container_terminal, the_size_is_the_callers_unless_there_is_another)
{
	struct winsize given = size_after(31, 97);
	struct winsize half = size_after(31, 0);
	struct winsize none = size_after(0, 0);

	cr_expect(eq(int, given.ws_row, 5), "init has set it");
	cr_expect(eq(int, half.ws_row, 24));
	cr_expect(eq(int, none.ws_row, 24));
	cr_expect(eq(int, none.ws_col, 80));
}
