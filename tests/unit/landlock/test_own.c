/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "landlock/landlock.h"
#include "os/os.h"

static int
read_passwd(void)
{
	AUTO_FD int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

static int
read_version(void)
{
	AUTO_FD int fd = open("/proc/version", O_RDONLY | O_CLOEXEC);

	return fd < 0 ? errno : 0;
}

/* To a port that the kernel chooses. */
static int
bind_port(void)
{
	const struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	AUTO_FD int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	return bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0 ? errno
									: 0;
}

/* What becomes of it in a process that may only read below /proc. */
static int
walled(bool with_ports, int (*attempt)(void))
{
	int status;
	struct error e = { 0 };
	pid_t pid = fork();

	if (pid == 0) {
		const struct landlock_path_beneath_attr but = {
			.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
			.parent_fd = open("/proc", O_PATH | O_CLOEXEC),
		};

		if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		    landlock_give_up(with_ports, &but, 1, &e) < 0)
			_exit(99);
		_exit(attempt());
	}
	cr_assert(eq(int, waitpid(pid, &status, 0), pid));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
}

Test(landlock_own, what_is_not_given_up_is_there)
{
	cr_expect(zero(int, walled(true, read_version)));
	cr_expect(zero(int, walled(false, bind_port)));
}

Test(landlock_own, no_other_file)
{
	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, walled(false, read_passwd), EACCES));
}

Test(landlock_own, nor_a_port)
{
	if (landlock_known(os_landlock_abi()).net == 0)
		cr_skip_test("needs Landlock of Linux 6.7");
	cr_expect(eq(int, walled(true, bind_port), EACCES));
}

Test(landlock_own, what_cannot_be_left_out_is_an_error)
{
	const struct landlock_path_beneath_attr but = {
		.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE,
		.parent_fd = -1,
	};
	struct error e = { 0 };

	if (os_landlock_abi() < 1)
		cr_skip_test("needs Landlock");
	cr_expect(eq(int, landlock_give_up(true, &but, 1, &e), -EBADF));
	cr_expect(eq(str, e.text, "landlock_add_rule"));
}
