/* SPDX-License-Identifier: Apache-2.0 */
/*
 * This program executes itself: what is the runtime's first code there is a
 * constructor here, which looks at its own file and ends. Also of protect.c.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/container.h"
#include "container/entry.h"

#define VARIABLE "LORICA_TEST_SELFEXE"

enum { FINE, FAILED, WRITABLE, LEAKED, AGAIN };

/* While it is executed nobody may; that is over when this program ends. */
static bool
can_be_written_to(void)
{
	AUTO_FD int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int seals = fcntl(file, F_GET_SEALS);
	struct statfs fs;

	if (seals >= 0)
		return (seals & F_SEAL_WRITE) == 0 ||
		       (seals & F_SEAL_GROW) == 0 || (seals & F_SEAL_SEAL) == 0;
	return fstatfs(file, &fs) < 0 || (fs.f_flags & ST_RDONLY) == 0;
}

static int
look(char **argv)
{
	struct error e = { 0 };
	int held = -1;
	static char second[] = VARIABLE "=second";
	const char *before = getenv(VARIABLE);
	bool is_second = before != NULL && strcmp(before, "second") == 0;

	putenv(second);
	if (container_protect_self(argv, &held, &e) < 0)
		return FAILED;
	if (can_be_written_to())
		return WRITABLE;
	if (held >= 0 && (fcntl(held, F_GETFD) & FD_CLOEXEC) == 0)
		return LEAKED;
	return is_second ? AGAIN : FINE;
}

static void __attribute__((constructor)) look_and_end(int argc, char **argv)
{
	(void)argc;
	if (getenv(VARIABLE) != NULL)
		_exit(look(argv));
}

/* The status of this program, executed from that descriptor. */
static int
run_from(int fd)
{
	static char name[] = "unit", variable[] = VARIABLE "=first";
	char *argv[] = { name, NULL };
	char *envp[] = { variable, NULL };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		fexecve(fd, argv, envp);
		_exit(99);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
copy_of_self(void)
{
	AUTO_FD int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int copy = memfd_create("unit", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat st;

	cr_assert(ge(int, copy, 0));
	cr_assert(zero(int, fstat(self, &st)));
	while (sendfile(copy, self, NULL, (size_t)st.st_size) > 0)
		;
	cr_assert(zero(int, fchmod(copy, 0500)));
	return copy;
}

/* CVE-2019-5736. */
Test(container_selfexe,
    a_file_that_can_be_written_to_is_left_for_one_that_cannot)
{
	AUTO_FD int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int status = run_from(self);

	/* A tree that is read-only, or another's, needs no second start. */
	cr_expect(status == AGAIN || status == FINE, "%d", status);
	if (access("/proc/self/exe", W_OK) == 0)
		cr_expect(eq(int, status, AGAIN));
}

Test(container_selfexe, so_is_a_copy_without_seals)
{
	AUTO_FD int copy = copy_of_self();

	cr_expect(eq(int, run_from(copy), AGAIN));
}

Test(container_selfexe, a_sealed_copy_is_executed_once)
{
	AUTO_FD int copy = copy_of_self();

	cr_assert(zero(int,
	    fcntl(copy, F_ADD_SEALS,
		F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)));
	cr_expect(eq(int, run_from(copy), FINE));
}

/* One that can still grow can still be changed. */
Test(container_selfexe, some_seals_are_not_enough)
{
	AUTO_FD int copy = copy_of_self();

	cr_assert(
	    zero(int, fcntl(copy, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_WRITE)));
	cr_expect(eq(int, run_from(copy), AGAIN));
}
