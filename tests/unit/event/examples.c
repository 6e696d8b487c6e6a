/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "examples.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "base/auto.h"
#include "support.h"

#define TIME UINT64_C(1795644733123456789)
/* What they all have. */
#define WHO                                                                    \
	.time_ns = TIME, .pid = 4711, .tid = 4712, .vpid = 7, .vtid = 8,       \
	.comm = "worker", .has_ids = true, .uid = 101000, .gid = 101000

static const struct syscall_row openat_row = { "openat", 257, 56, SYSCALL_FILES,
	.args = { SYSCALL_ARG_DIRFD, SYSCALL_ARG_PATH, SYSCALL_ARG_OPEN,
	    SYSCALL_ARG_MODE } };
static const struct syscall_row connect_row = { "connect", 42, 203,
	SYSCALL_NETWORK,
	.args = { SYSCALL_ARG_FD, SYSCALL_ARG_SOCKADDR, SYSCALL_ARG_SIZE } };
static const struct syscall_row execve_row = {
	"execve", 59, 221, SYSCALL_PROCESS,
	.args = { SYSCALL_ARG_PATH, SYSCALL_ARG_STRINGS, SYSCALL_ARG_STRINGS }
};
static const struct sockaddr_in metadata = { .sin_family = AF_INET,
	.sin_port = 0x5000, /* 80 */
	.sin_addr.s_addr = 0xfea9fea9 };
static const char argv[] = "sh\0-c\0id";

const struct event examples[] = {
	{ WHO, .kind = EVENT_CALL, .row = &openat_row,
	    .raw = { (uint64_t)AT_FDCWD, 1, O_RDONLY | O_CLOEXEC },
	    .copies = { [1] = SUPPORT_STRING("report.txt") },
	    .decision = EVENT_LOGGED, .rule = "files[0]",
	    .object = "/data/report.txt", .is_sound = true },
	{ WHO, .kind = EVENT_CALL, .row = &openat_row,
	    .raw = { (uint64_t)AT_FDCWD, 1, O_WRONLY | O_CREAT, 0644 },
	    .copies = { [1] = SUPPORT_STRING("a \"b\"\\\xff\x1b[2J") },
	    .has_result = true, .result = -EACCES, .decision = EVENT_DENIED,
	    .rule = "files[2]", .object = "/data/a \"b\"\\\xff\x1b[2J",
	    .is_sound = true },
	{ WHO, .kind = EVENT_CALL, .row = &connect_row,
	    .raw = { 5, 1, sizeof(metadata) },
	    .copies = { [1] = SUPPORT_COPY(metadata) }, .has_result = true,
	    .result = -ECONNREFUSED, .decision = EVENT_DENIED,
	    .rule = "network[0]", .object = "169.254.169.254:80",
	    .is_sound = true },
	{ WHO, .kind = EVENT_CALL, .row = &execve_row,
	    .raw = { 1, 1, 0x7ffc10 },
	    .copies = { SUPPORT_STRING("/bin/sh"),
		{ argv, sizeof(argv), true, 0 }, { NULL, 0, false, EFAULT } } },
	{ WHO, .kind = EVENT_CALL, .number = 5, .abi = "i386",
	    .decision = EVENT_KILLED, .is_sound = true },
	{ WHO, .kind = EVENT_EXEC, .object = "/usr/bin/dash" },
	{ WHO, .kind = EVENT_FORK, .child = 4713 },
	{ WHO, .kind = EVENT_EXIT, .status = 3 << 8 },
	{ WHO, .kind = EVENT_EXIT, .status = SIGSEGV | 0x80 },
	{ .time_ns = TIME, .kind = EVENT_LOST, .lost = 12 },
};

const size_t examples_count = ARRAY_SIZE(examples);
