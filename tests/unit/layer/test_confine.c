/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer/layer.h"
#include "os/os.h"

/*
 * A process with a directory to write to and one to read from, that tries. What
 * it does is its exit status, as it can say little else.
 */
static int
confined(int (*attempt)(void))
{
	char root[] = "/tmp/lorica-confine-XXXXXX";
	struct error e = { 0 };
	int status;

	cr_assert(ne(ptr, mkdtemp(root), NULL));
	int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t pid = fork();
	if (pid == 0) {
		dir = fcntl(dir, F_DUPFD_CLOEXEC, 20);
		for (int fd = 3; fd < 20; fd++)
			(void)close(fd);
		if (dup2(dir, UNPACK_FD_ROOT) < 0 || layer_confine(&e) < 0)
			_exit(99);
		_exit(attempt());
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	(void)close(dir);
	(void)rmdir(root);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

static int
open_passwd(void)
{
	return os_openat2(AT_FDCWD, "/etc/passwd", O_RDONLY, 0, 0) < 0 ? errno
								       : 0;
}

static int
write_inside(void)
{
	if (os_openat2(UNPACK_FD_ROOT, "x", O_WRONLY | O_CREAT, 0600, 0) < 0)
		return errno;
	return unlinkat(UNPACK_FD_ROOT, "x", 0) < 0 ? errno : 0;
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

Test(layer_confine, it_can_write_where_it_is_to)
{
	cr_expect(zero(int, confined(write_inside)));
}

Test(layer_confine, it_reads_no_file_of_the_host)
{
	if (os_landlock_abi() < 2)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, confined(open_passwd), EACCES));
}

Test(layer_confine, it_has_no_socket_and_runs_nothing)
{
#ifdef __SANITIZE_ADDRESS__
	cr_skip_test("the sanitizers make calls of their own");
#endif
	cr_expect(eq(int, confined(make_socket), EPERM));
	cr_expect(eq(int, confined(run_program), EPERM));
}
