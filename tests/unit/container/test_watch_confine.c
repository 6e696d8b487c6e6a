/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "container/watch.h"
#include "os/os.h"

/* What opening that comes to, from a procfs, for a tracer that is confined. */
static int
opened(const char *path)
{
	int status;
	struct error e = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (proc < 0 || watched_confine(proc, &e) < 0)
			_exit(99);
		_exit(openat(proc, path, O_RDONLY | O_CLOEXEC) < 0 ? errno : 0);
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

Test(container_watch_confine, the_tracer_reads_what_procfs_has)
{
	cr_expect(zero(int, opened("version")));
}

Test(container_watch_confine, and_no_other_file)
{
	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, opened("/etc/passwd"), EACCES));
	cr_expect(eq(int, opened("self/root/etc/passwd"), EACCES));
}
