/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "convert/convert.h"
#include "os/os.h"

/*
 * A confined process with a text, a socket, a file in memory for what comes of
 * it, and a descriptor that it should not have; what it does is its exit
 * status. With a signal that ends it: 100 more than its number.
 */
static int
confined(int (*attempt)(void))
{
	int status;
	struct error e = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		int pair[2];
		int text = memfd_create("text", 0);
		int out = memfd_create("out", 0);
		int fds[] = { text, -1, -1, out, out, -1 };

		if (text < 0 || out < 0 || ftruncate(text, 1) < 0 ||
		    socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
			_exit(97);
		fds[1] = fds[2] = pair[0];
		fds[5] = pair[1];
		/* Out of the way of each other first. */
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			fds[i] = fcntl(fds[i], F_DUPFD, 20);
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
			if (dup2(fds[i], (int)i) < 0)
				_exit(97);
		}
		if (close_range(ARRAY_SIZE(fds), ~0u, 0) < 0 ||
		    convert_confine(&e) < 0)
			_exit(99);
		_exit(attempt());
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

static int
do_its_work(void)
{
	const struct error said = { 0 };
	char byte;

	return read(0, &byte, 1) == 1 && write(CONVERT_FD_OUT, &byte, 1) == 1 &&
		       os_send(1, &said, sizeof(said), MSG_NOSIGNAL) ==
			   (ssize_t)sizeof(said)
		   ? 0
		   : errno;
}

static int
open_passwd(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
}

static int
write_much(void)
{
	static char much[64 << 10];

	for (int i = 0; i < 64; i++) {
		if (write(CONVERT_FD_OUT, much, sizeof(much)) < 0)
			return errno;
	}
	return 0;
}

Test(convert_confine, it_can_do_its_work)
{
	cr_expect(zero(int, confined(do_its_work)));
}

Test(convert_confine, what_it_writes_has_an_end)
{
	cr_expect(eq(int, confined(write_much), 100 + SIGXFSZ));
}

/* Not with a sanitizer, which needs more than the filter leaves. */
#ifndef __SANITIZE_ADDRESS__
static int
make_socket(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? errno : 0;
}

static int
run_program(void)
{
	char *const arguments[] = { (char *)(uintptr_t) "true", NULL };

	(void)execv("/bin/true", arguments);
	return errno;
}

static int
write_elsewhere(void)
{
	return write(CONVERT_FD_OUT + 1, "x", 1) < 0 ? errno : 0;
}

static int
signal_parent(void)
{
	return kill(getppid(), 0) < 0 ? errno : 0;
}

static int
take_memory(void)
{
	/* Or nobody would notice if it was left out. */
	void *volatile memory = malloc(64ull << 20);
	int failed = memory == NULL ? errno : 0;

	free(memory);
	return failed;
}

Test(convert_confine, it_opens_no_file)
{
	cr_expect(eq(int, confined(open_passwd), EPERM));
}

Test(convert_confine, it_has_no_socket)
{
	cr_expect(eq(int, confined(make_socket), EPERM));
}

Test(convert_confine, it_runs_nothing)
{
	cr_expect(eq(int, confined(run_program), EPERM));
}

Test(convert_confine, it_writes_to_nothing_else)
{
	cr_expect(eq(int, confined(write_elsewhere), EPERM));
}

Test(convert_confine, it_signals_nobody)
{
	cr_expect(eq(int, confined(signal_parent), EPERM));
}

Test(convert_confine, its_memory_has_an_end)
{
	cr_expect(eq(int, confined(take_memory), ENOMEM));
}
#else
Test(convert_confine, it_opens_no_file_without_a_filter)
{
	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, confined(open_passwd), EACCES));
}
#endif
