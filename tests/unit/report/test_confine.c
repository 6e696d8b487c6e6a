/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "report/report.h"

static char place[] = "/tmp/lorica-report-XXXXXX";

/* A confined process that writes to place/out, and tries; what it does is its
 * exit status, as it can say little else. */
static int
confined(int (*attempt)(void), bool learns)
{
	char path[64];
	int status;
	struct error e = { 0 };

	cr_assert(ne(ptr, mkdtemp(place), NULL));
	(void)snprintf(path, sizeof(path), "%s/out", place);
	cr_assert(zero(int, mkdir(path, 0700)));
	pid_t pid = fork();
	if (pid == 0) {
		/* The numbers may be others' here. */
		int fd = open(path, O_PATH | O_DIRECTORY);

		if (fd < 0 || (fd = fcntl(fd, F_DUPFD, 20)) < 0 ||
		    dup2(fd, REPORT_FD_OUT) < 0 ||
		    close_range(REPORT_FD_NOTES, ~0u, 0) < 0 ||
		    report_confine(learns, &e) < 0)
			_exit(99);
		_exit(attempt());
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	(void)snprintf(path, sizeof(path), "%s/made", place);
	(void)rmdir(path);
	(void)snprintf(path, sizeof(path), "%s/out", place);
	cr_expect(zero(int, rmdir(path)));
	cr_expect(zero(int, rmdir(place)));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int
write_report(void)
{
	int fd =
	    openat(REPORT_FD_OUT, "new", O_WRONLY | O_CREAT | O_EXCL, 0600);

	if (fd < 0 || write(fd, "x", 1) != 1 || close(fd) < 0 ||
	    renameat(REPORT_FD_OUT, "new", REPORT_FD_OUT, "r.json") < 0)
		return errno;
	return unlinkat(REPORT_FD_OUT, "r.json", 0) < 0 ? errno : 0;
}

/* What is there already. */
static int
read_there(void)
{
	int fd =
	    openat(REPORT_FD_OUT, "r.json", O_WRONLY | O_CREAT | O_EXCL, 0600);
	int failed = openat(REPORT_FD_OUT, "r.json", O_RDONLY) < 0 ? errno : 0;

	if (fd < 0 || unlinkat(REPORT_FD_OUT, "r.json", 0) < 0)
		return 97;
	return failed;
}

static int
open_passwd(void)
{
	return openat(REPORT_FD_OUT, "/etc/passwd", O_RDONLY) < 0 ? errno : 0;
}

static int
write_beside(void)
{
	return openat(REPORT_FD_OUT, "../x", O_WRONLY | O_CREAT, 0600) < 0
		   ? errno
		   : 0;
}

static int
make_directory(void)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%s/made", place);
	return mkdir(path, 0700) < 0 ? errno : 0;
}

Test(report_confine, it_can_write_the_report)
{
	cr_expect(zero(int, confined(write_report, false)));
}

Test(report_confine, it_reads_beside_the_report_to_learn)
{
	cr_expect(zero(int, confined(read_there, true)));
}

Test(report_confine, and_else_not)
{
	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, confined(read_there, false), EACCES));
}

Test(report_confine, it_opens_no_other_file)
{
	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, confined(open_passwd, true), EACCES));
}

Test(report_confine, it_writes_nowhere_else)
{
	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, confined(write_beside, true), EACCES));
}

Test(report_confine, it_learns_where_that_is_asked_for)
{
	cr_expect(zero(int, confined(make_directory, true)));
}

Test(report_confine, and_else_none)
{
	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, confined(make_directory, false), EACCES));
}

/* Not with a sanitizer, which needs more than the filter leaves. */
#ifndef __SANITIZE_ADDRESS__
static int
open_by_path(void)
{
	return open("/etc/passwd", O_RDONLY) < 0 ? errno : 0;
}

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
take_memory(void)
{
	/* Or nobody would notice if it was left out. */
	void *volatile memory = malloc(512ull << 20);
	int failed = memory == NULL ? errno : 0;

	free(memory);
	return failed;
}

Test(report_confine, it_opens_by_its_descriptor_alone)
{
	cr_expect(eq(int, confined(open_by_path, true), EPERM));
}

Test(report_confine, it_has_no_socket)
{
	cr_expect(eq(int, confined(make_socket, true), EPERM));
}

Test(report_confine, it_runs_nothing)
{
	cr_expect(eq(int, confined(run_program, true), EPERM));
}

Test(report_confine, its_memory_has_an_end)
{
	cr_expect(eq(int, confined(take_memory, true), ENOMEM));
}
#endif
