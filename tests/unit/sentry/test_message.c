/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sentry/message.h"

/* The task is this process. */
static struct call call;

static void
copy(const char *name, uint64_t address, uint64_t count)
{
	memset(&call, 0, sizeof(call));
	call.tid = getpid();
	call.row = syscall_find_name(name);
	call.data.args[1] = address;
	call.data.args[2] = count;
	call_copy_in(&call);
}

static struct message
get(size_t number)
{
	struct message message;

	cr_assert(message_get(&call, 1, number, &message));
	return message;
}

static uint64_t
at(const void *pointer)
{
	return (uint64_t)(uintptr_t)pointer;
}

Test(sentry_message, is_copied_once)
{
	char name[] = "name", control[24] = "control", a[] = "ab", b[] = "cde";
	struct iovec iov[] = { { a, 2 }, { b, 3 } };
	struct msghdr header = { .msg_name = name,
		.msg_namelen = sizeof(name),
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = control,
		.msg_controllen = sizeof(control) };
	char out[8];

	copy("sendmsg", at(&header), 0);
	memset(name, 'x', sizeof(name));
	memset(control, 'x', sizeof(control));
	iov[0].iov_len = 1;
	memset(&header, 0, sizeof(header));
	struct message message = get(0);
	cr_expect(eq(int, message.error, 0));
	cr_expect(eq(u64, message.total, 5));
	cr_expect(eq(sz, message.head->name.length, 5));
	cr_expect(eq(str, (char *)(uintptr_t)message.head->name.bytes, "name"));
	cr_expect(
	    eq(str, (char *)(uintptr_t)message.head->control.bytes, "control"));
	cr_expect(eq(long, message_read(&call, &message, 0, out, 8), 5));
	cr_expect(zero(int, memcmp(out, "abcde", 5)));
	cr_expect(eq(long, message_read(&call, &message, 1, out, 3), 3));
	cr_expect(zero(int, memcmp(out, "bcd", 3)));
	cr_expect(eq(long, message_read(&call, &message, 4, out, 8), 1));
	cr_expect(not(message_get(&call, 1, 1, &message)));
}

Test(sentry_message, faults_are_the_kernels)
{
	struct iovec iov[2] = { { iov, SIZE_MAX }, { NULL, 1 } };
	const struct {
		int error;
		struct msghdr header;
	} rows[] = {
		{ 0, { .msg_iovlen = 0 } },
		{ 0, { .msg_name = NULL, .msg_namelen = UINT32_MAX } },
		{ EINVAL, { .msg_name = iov, .msg_namelen = UINT32_MAX } },
		{ EFAULT, { .msg_name = (void *)8, .msg_namelen = 4 } },
		{ EMSGSIZE, { .msg_iov = iov, .msg_iovlen = 1025 } },
		{ EMSGSIZE, { .msg_iov = iov, .msg_iovlen = SIZE_MAX } },
		{ EFAULT, { .msg_iov = (void *)8, .msg_iovlen = 1 } },
		{ EINVAL, { .msg_iov = iov, .msg_iovlen = 1 } },
		{ ENOBUFS, { .msg_control = iov, .msg_controllen = 8193 } },
		{ ENOBUFS, { .msg_control = iov, .msg_controllen = SIZE_MAX } },
		{ EFAULT, { .msg_control = (void *)8, .msg_controllen = 16 } },
		{ 0, { .msg_control = NULL, .msg_controllen = 16 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		copy("sendmsg", at(&rows[i].header), 0);
		cr_expect(eq(int, get(0).error, -rows[i].error), "row %zu", i);
	}
	copy("sendmsg", 8, 0);
	cr_expect(eq(int, get(0).error, -EFAULT));
	struct message message;
	copy("sendmsg", 0, 0);
	cr_expect(not(message_get(&call, 1, 0, &message)));
}

Test(sentry_message, the_largest_fits)
{
	static struct iovec iov[MESSAGE_PIECES];
	static char control[8192];
	struct sockaddr_storage name = { 0 };
	struct msghdr header = { .msg_name = &name,
		.msg_namelen = 4096,
		.msg_iov = iov,
		.msg_iovlen = MESSAGE_PIECES,
		.msg_control = control,
		.msg_controllen = sizeof(control) };

	for (size_t i = 0; i < MESSAGE_PIECES; i++)
		iov[i] = (struct iovec){ control, 1u << 30 };
	copy("sendmsg", at(&header), 0);
	struct message message = get(0);
	cr_expect(eq(int, message.error, 0));
	cr_expect(eq(sz, message.count, MESSAGE_PIECES));
	cr_expect(eq(u64, message.total, INT_MAX & ~4095u));
	cr_expect(eq(sz, message.head->name.length, sizeof(name)));
}

Test(sentry_message, of_many_as_many_as_there_is_room_for)
{
	static struct mmsghdr many[2000];
	static struct iovec iov[900];
	struct message message;

	for (size_t i = 0; i < 2000; i++) {
		many[i].msg_hdr.msg_iov = iov;
		many[i].msg_hdr.msg_iovlen = i % 2 == 0 ? 1 : 2;
	}
	copy("sendmmsg", at(many), 2000);
	cr_expect(message_get(&call, 1, MESSAGES_MAX - 1, &message));
	cr_expect(eq(sz, message.count, 2));
	cr_expect(not(message_get(&call, 1, MESSAGES_MAX, &message)));
	cr_expect(call.copies[1].is_truncated);

	/* One that does not fit behind others is for the next call. */
	many[0].msg_hdr.msg_iovlen = many[1].msg_hdr.msg_iovlen = 900;
	many[2].msg_hdr.msg_iovlen = 900;
	copy("sendmmsg", at(many), 3);
	cr_expect(message_get(&call, 1, 0, &message));
	cr_expect(eq(int, message.error, 0));
	cr_expect(not(message_get(&call, 1, 2, &message)));
	copy("sendmmsg", at(many), 0);
	cr_expect(not(message_get(&call, 1, 0, &message)));
}

/* What lies before memory that is not there. */
Test(sentry_message, a_part_is_read)
{
	char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct iovec iov = { pages + 4000, 200 };
	struct msghdr header = { .msg_iov = &iov, .msg_iovlen = 1 };
	char out[200];

	munmap(pages + 4096, 4096);
	copy("sendmsg", at(&header), 0);
	struct message message = get(0);
	cr_expect(eq(long, message_read(&call, &message, 0, out, 200), 96));
	cr_expect(
	    eq(long, message_read(&call, &message, 96, out, 100), -EFAULT));
}
