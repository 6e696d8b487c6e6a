/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "os/os.h"

/* A pair of sockets, and a file that is told apart by its inode. */
struct fixture {
	int pair[2];
	int file;
	ino_t inode;
};

static struct fixture
fixture(int type)
{
	struct fixture f = { .file = open("/proc/self/status", O_RDONLY) };
	struct stat st;

	cr_assert(zero(int, socketpair(AF_UNIX, type, 0, f.pair)));
	cr_assert(zero(int, fstat(f.file, &st)));
	f.inode = st.st_ino;
	return f;
}

/* The lowest descriptor that is free: what a leak would move. */
static int
lowest_free(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

/* As a program that is not ours would send it. */
static void
send_many(int socket, int count, int fd)
{
	char byte = 'x';
	struct iovec part = { &byte, 1 };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(4 * sizeof(int))];
	} control = { 0 };
	struct msghdr packet = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = CMSG_SPACE((size_t)count * sizeof(int)) };

	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN((size_t)count * sizeof(int));
	for (int i = 0; i < count; i++)
		memcpy(CMSG_DATA(&control.header) + (size_t)i * sizeof(fd), &fd,
		    sizeof(fd));
	cr_assert(eq(long, sendmsg(socket, &packet, 0), 1));
}

Test(os_socket, a_descriptor_arrives_with_its_packet)
{
	struct fixture f = fixture(SOCK_SEQPACKET);
	char got[8] = "";
	struct stat st;
	int fd = -1;

	cr_assert(zero(int, os_send_fd(f.pair[0], "abc", 3, f.file)));
	cr_assert(eq(long, os_receive_fd(f.pair[1], got, sizeof(got), &fd), 3));
	cr_expect(eq(str, got, "abc"));
	cr_assert(zero(int, fstat(fd, &st)));
	cr_expect(eq(u64, st.st_ino, f.inode));
	cr_expect(ne(int, fd, f.file));
	cr_expect(eq(int, fcntl(fd, F_GETFD), FD_CLOEXEC));
}

Test(os_socket, without_one_there_is_none)
{
	struct fixture f = fixture(SOCK_SEQPACKET);
	char got[8] = "";
	int fd = 99;

	cr_assert(zero(int, os_send_fd(f.pair[0], "ab", 2, -1)));
	cr_assert(eq(long, os_receive_fd(f.pair[1], got, sizeof(got), &fd), 2));
	cr_expect(eq(int, fd, -1));
	close(f.pair[0]);
	cr_expect(zero(long, os_receive_fd(f.pair[1], got, sizeof(got), &fd)));
	cr_expect(eq(int, fd, -1));
}

Test(os_socket, more_than_one_is_refused_and_closed)
{
	struct fixture f = fixture(SOCK_SEQPACKET);
	int before = lowest_free();
	char got[8];
	int fd = 99;

	for (int count = 2; count <= 4; count++) {
		send_many(f.pair[0], count, f.file);
		cr_expect(eq(long,
		    os_receive_fd(f.pair[1], got, sizeof(got), &fd), -1));
		cr_expect(eq(int, errno, EMSGSIZE), "%d descriptors", count);
		cr_expect(eq(int, fd, -1));
		cr_expect(eq(int, lowest_free(), before));
	}
}

Test(os_socket, a_packet_that_is_too_long_is_refused)
{
	struct fixture f = fixture(SOCK_SEQPACKET);
	int before = lowest_free();
	char got[2];
	int fd = 99;

	cr_assert(zero(int, os_send_fd(f.pair[0], "abc", 3, f.file)));
	cr_expect(
	    eq(long, os_receive_fd(f.pair[1], got, sizeof(got), &fd), -1));
	cr_expect(eq(int, errno, EMSGSIZE));
	cr_expect(eq(int, fd, -1));
	cr_expect(eq(int, lowest_free(), before));
}

Test(os_socket, nobody_at_the_other_end_is_no_signal)
{
	struct fixture f = fixture(SOCK_STREAM);

	signal(SIGPIPE, SIG_DFL);
	close(f.pair[1]);
	cr_expect(eq(int, os_send_fd(f.pair[0], "a", 1, f.file), -1));
	cr_expect(eq(int, errno, EPIPE));
}

Test(os_process, signals_become_what_they_were_at_the_beginning)
{
	struct sigaction now;
	sigset_t set;

	sigfillset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	os_reset_signals();
	sigprocmask(SIG_SETMASK, NULL, &set);
	for (int number = 1; number < SIGRTMIN; number++)
		cr_expect(zero(int, sigismember(&set, number)), "%d", number);
	cr_assert(zero(int, sigaction(SIGPIPE, NULL, &now)));
	cr_expect(now.sa_handler == SIG_DFL);
	cr_assert(zero(int, sigaction(SIGTERM, NULL, &now)));
	cr_expect(now.sa_handler == SIG_DFL);
}
