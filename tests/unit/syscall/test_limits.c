/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>

#include "base/auto.h"
#include "syscall/syscall.h"

#define UPPER (0xfeedull << 32)

Test(syscall_limits, arguments_fit_or_they_do_not)
{
	static const struct {
		enum syscall_limit limit;
		uint64_t args[6];
		bool fits;
	} rows[] = {
		{ SYSCALL_LIMIT_NONE, { UINT64_MAX }, true },
		/* Another command with the same flags. */
		{ SYSCALL_LIMIT_FUTEX, { 0, 0 | 128 }, true },
		{ SYSCALL_LIMIT_FUTEX, { 0, UPPER | 9 | 128 | 256 }, true },
		{ SYSCALL_LIMIT_FUTEX, { 0, 6 | 128 }, false },
		{ SYSCALL_LIMIT_FUTEX, { 0, 11 }, false },
		{ SYSCALL_LIMIT_FUTEX, { 0, 1 | 512 }, false },
		{ SYSCALL_LIMIT_CLONE, { 17 }, true },
		{ SYSCALL_LIMIT_CLONE, { 0x003d0f00 }, true },
		{ SYSCALL_LIMIT_CLONE, { 0x10000000 }, false },
		{ SYSCALL_LIMIT_CLONE, { 0x00001000 }, false },
		{ SYSCALL_LIMIT_CLONE_TRACED, { 0x10000000 }, true },
		{ SYSCALL_LIMIT_CLONE_TRACED, { 0x00800000 | 17 }, false },
		{ SYSCALL_LIMIT_MMAP, { 0, 0, 0, 0x22 }, true },
		{ SYSCALL_LIMIT_MMAP, { 0, 0, 0, 0x40022 }, false },
		{ SYSCALL_LIMIT_MMAP, { 0, 0, 0, 0x122 }, false },
		{ SYSCALL_LIMIT_MREMAP, { 0, 0, 0, 3 }, true },
		{ SYSCALL_LIMIT_MREMAP, { 0, 0, 0, 5 }, false },
		{ SYSCALL_LIMIT_NO_ADDRESS, { 1, 1, 1, 1, 0, 1 }, true },
		{ SYSCALL_LIMIT_NO_ADDRESS, { 1, 1, 1, 1, UPPER, 1 }, false },
		{ SYSCALL_LIMIT_NO_ADDRESS, { 1, 1, 1, 1, 1, 1 }, false },
		/* O_RDONLY, O_DIRECTORY; O_WRONLY, O_RDWR, O_CREAT, O_TRUNC,
		 * O_TMPFILE; 3, which asks for both. */
		{ SYSCALL_LIMIT_FLOCK_LOCK, { 1, LOCK_EX | LOCK_NB }, true },
		{ SYSCALL_LIMIT_FLOCK_LOCK, { 1, UPPER | LOCK_SH }, true },
		{ SYSCALL_LIMIT_FLOCK_LOCK, { 1, LOCK_UN }, false },
		{ SYSCALL_LIMIT_FCNTL_LOCK, { 1, F_OFD_SETLKW }, true },
		{ SYSCALL_LIMIT_FCNTL_LOCK, { 1, F_GETFL }, false },
		{ SYSCALL_LIMIT_OPEN_LIST, { 1, O_DIRECTORY }, true },
		{ SYSCALL_LIMIT_OPEN_LIST,
		    { 1, UPPER | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW }, true },
		{ SYSCALL_LIMIT_OPEN_LIST, { 1, O_CLOEXEC }, false },
		{ SYSCALL_LIMIT_OPEN_LIST, { 1, O_DIRECTORY | O_RDWR }, false },
		{ SYSCALL_LIMIT_OPEN_LIST, { 1, O_DIRECTORY | O_CREAT },
		    false },
		{ SYSCALL_LIMIT_OPEN_LIST, { 1, O_TMPFILE }, false },
		{ SYSCALL_LIMIT_OPEN_READ, { 1, UPPER | O_CLOEXEC }, true },
		{ SYSCALL_LIMIT_OPEN_READ, { 1, O_DIRECTORY }, true },
		{ SYSCALL_LIMIT_OPEN_READ, { 0, O_WRONLY }, false },
		{ SYSCALL_LIMIT_OPEN_READ, { 0, O_RDWR }, false },
		{ SYSCALL_LIMIT_OPEN_READ, { 0, O_CREAT }, false },
		{ SYSCALL_LIMIT_OPEN_READ, { 0, O_TRUNC }, false },
		{ SYSCALL_LIMIT_OPEN_READ, { 0, O_TMPFILE }, false },
		{ SYSCALL_LIMIT_OPEN_READ, { 0, 3 }, false },
		{ SYSCALL_LIMIT_OPENAT_READ, { 1, 1, O_NONBLOCK }, true },
		{ SYSCALL_LIMIT_OPENAT_READ, { 0, 0, O_TMPFILE }, false },
		{ SYSCALL_LIMIT_OPEN_WRITE, { 0, O_WRONLY | O_CREAT }, true },
		{ SYSCALL_LIMIT_OPEN_WRITE, { 1, O_RDONLY }, false },
		{ SYSCALL_LIMIT_OPEN_WRITE, { 1, O_RDWR }, false },
		{ SYSCALL_LIMIT_OPEN_WRITE, { 1, 3 }, false },
		{ SYSCALL_LIMIT_OPENAT_WRITE, { 0, 0, O_WRONLY }, true },
		{ SYSCALL_LIMIT_OPENAT_WRITE, { 1, 1, O_RDWR }, false },
		/* RLIMIT_CORE is to be asked for, and no more. */
		{ SYSCALL_LIMIT_SETRLIMIT, { 7 }, true },
		{ SYSCALL_LIMIT_SETRLIMIT, { UPPER | 4 }, false },
		{ SYSCALL_LIMIT_SETRLIMIT, { 16 }, false },
		{ SYSCALL_LIMIT_PRLIMIT, { 0, 7, 1, 1 }, true },
		{ SYSCALL_LIMIT_PRLIMIT, { 0, UPPER | 4, 0, 1 }, true },
		{ SYSCALL_LIMIT_PRLIMIT, { 0, UPPER | 4, UPPER, 1 }, false },
		{ SYSCALL_LIMIT_PRLIMIT, { 0, 4, 1, 0 }, false },
		{ SYSCALL_LIMIT_PRLIMIT, { 1, 7, 1, 1 }, false },
		/* Two tests of one way, and the other way round. */
		{ SYSCALL_LIMIT_NO_LISTENER, { 1, 8 }, false },
		{ SYSCALL_LIMIT_NO_LISTENER, { UPPER | 1, UPPER | 9 }, false },
		{ SYSCALL_LIMIT_NO_LISTENER, { 1, 1 }, true },
		{ SYSCALL_LIMIT_NO_LISTENER, { 2, 8 }, true },
		/* Three tests, and several ways. */
		{ SYSCALL_LIMIT_SOCKET, { 1, 77, 77 }, true },
		{ SYSCALL_LIMIT_SOCKET, { 2, 1 | 02000000, 6 }, true },
		{ SYSCALL_LIMIT_SOCKET, { 2, 2, 17 }, true },
		{ SYSCALL_LIMIT_SOCKET, { 2, 2, 6 }, false },
		{ SYSCALL_LIMIT_SOCKET, { 2, 3, 1 }, false },
		{ SYSCALL_LIMIT_SOCKET, { 16, 3, 0 }, true },
		{ SYSCALL_LIMIT_SOCKET, { 16, 3, 12 }, false },
		{ SYSCALL_LIMIT_SOCKET_DECIDED, { 2, 3, 1 }, true },
		{ SYSCALL_LIMIT_SOCKET_DECIDED, { 2, 3, 255 }, false },
		{ SYSCALL_LIMIT_SOCKET_DECIDED, { 16, 3, 12 }, true },
		{ SYSCALL_LIMIT_SOCKOPT, { 3, 6, 1 }, true },
		{ SYSCALL_LIMIT_SOCKOPT, { 3, 6, 31 }, false },
		{ SYSCALL_LIMIT_SOCKOPT, { 3, 1, 26 }, false },
		{ SYSCALL_LIMIT_SOCKOPT_ROUTE, { 3, 0, 4 }, false },
		{ SYSCALL_LIMIT_SOCKOPT_ROUTE, { 3, 1, 4 }, true },
		{ SYSCALL_LIMIT_SOCKOPT_ROUTE, { 3, 41, 36 }, false },
		{ SYSCALL_LIMIT_SOCKOPT_ROUTE, { 3, 255, 36 }, false },
		{ SYSCALL_LIMIT_SOCKOPT_ROUTE, { 3, 255, 1 }, true },
		{ SYSCALL_LIMIT_IOCTL, { 0, 0x5401 }, true },
		{ SYSCALL_LIMIT_IOCTL, { 0, UPPER | 0x5412 }, false },
		/* Terminals, sockets, devices; what only tells; a clone of what
		 * is open. */
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x5412 }, true },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, UPPER | 0x8910 }, true },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x80086601 }, true },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x40049409 }, true },
		/* Flags, versions, attributes; snapshots, subvolumes, links
		 * and handles of btrfs, ocfs2 and XFS; a kind of nobody's. */
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x40086602 }, false },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x40086604 }, false },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x40047211 }, false },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x50009417 }, false },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x5000940e }, false },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x40186f04 }, false },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0xc038586b }, false },
		{ SYSCALL_LIMIT_IOCTL_DECIDED, { 0, 0x4004fe01 }, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      syscall_limit_fits(rows[i].limit, rows[i].args),
			      rows[i].fits),
		    "row %zu", i);
}

static void
check_test(enum syscall_limit limit, const struct syscall_test *test)
{
	cr_expect(lt(uint, test->argument, 6), "%d", limit);
	cr_expect(test->words[0].name != NULL, "%d", limit);
	for (const struct syscall_value *word = test->words; word->name != NULL;
	     word++) {
		/* It could not be reached, or is one by two names. */
		cr_expect(eq(u64, word->number & test->mask, word->number),
		    "%d: %s", limit, word->name);
		for (const struct syscall_value *other = test->words;
		     other != word; other++)
			cr_expect(other->number != word->number, "%d: %s",
			    limit, word->name);
	}
}

Test(syscall_limits, every_set_is_whole_and_some_row_has_it)
{
	for (int i = 1; i < SYSCALL_LIMITS; i++) {
		enum syscall_limit limit = (enum syscall_limit)i;
		const struct syscall_arguments *found =
		    syscall_limit_find(limit);
		bool is_used = false;

		cr_assert(found != NULL);
		cr_expect(found->what != NULL && found->what[0] != '\0', "%d",
		    i);
		cr_assert(found->ways != NULL, "%d", i);
		cr_expect(found->ways[0].tests[0].words != NULL, "%d", i);
		for (const struct syscall_way *way = found->ways;
		     way->tests[0].words != NULL; way++) {
			for (size_t j = 0; j < SYSCALL_TESTS_MAX; j++) {
				if (way->tests[j].words != NULL)
					check_test(limit, &way->tests[j]);
			}
		}
		cr_expect(found->refused == NULL || !found->otherwise, "%d", i);
		for (const struct syscall_way *way = found->refused;
		     way != NULL && way->tests[0].words != NULL; way++) {
			cr_expect(ge(int, way->error, 0), "%d", i);
			for (size_t j = 0; j < SYSCALL_TESTS_MAX; j++) {
				if (way->tests[j].words != NULL)
					check_test(limit, &way->tests[j]);
			}
		}
		for (const struct syscall_row *row = syscall_rows;
		     row->name != NULL; row++) {
			is_used |= row->unless == limit ||
				   row->stops == limit || row->reads == limit ||
				   row->lists == limit || row->locks == limit ||
				   row->writes == limit ||
				   row->outside == limit || row->never == limit;
			for (size_t mode = 0; mode < SYSCALL_MODES; mode++)
				is_used |= row->limit[mode] == limit;
		}
		cr_expect(is_used, "%d", i);
	}
	cr_expect(syscall_limit_find(SYSCALL_LIMIT_NONE) == NULL);
}
