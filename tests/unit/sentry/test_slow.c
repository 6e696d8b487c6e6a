/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/slow.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/worker.h"

static bool
is_among(const char *text)
{
	AUTO_FD int fd = memfd_create("mounts", MFD_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
	return slow_is_among(fd);
}

Test(sentry_slow, types_are_known_by_the_third_word)
{
	static const struct {
		const char *text;
		bool is_slow;
	} rows[] = {
		{ "overlay / overlay rw,lowerdir=/a:/b 0 0\n"
		  "proc /proc proc rw 0 0\ntmpfs /dev tmpfs rw 0 0\n",
		    false },
		{ "fuse /fuse ext4 rw 0 0\n", false },
		{ "overlay / overlay rw 0 0\nx /mnt fuse.sshfs rw 0 0\n",
		    true },
		{ "x /mnt fuse rw 0 0\n", true },
		{ "host:/ /mnt nfs4 rw 0 0\ntmpfs /a tmpfs rw 0 0\n", true },
		{ "a /mnt\\040nfs tmpfs rw,nfs 0 0\n", false },
		/* Longer than any that is known, and one that none is. */
		{ "a / tmpfstmpfstmpfstmpfstmpfstmpfstmpfs rw 0 0\n", true },
		{ "a / tmpf rw 0 0\n", true },
		/* Nothing is no answer. */
		{ "", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, is_among(rows[i].text), rows[i].is_slow),
		    "row %zu", i);
	cr_expect(slow_is_among(-1));
}

Test(sentry_slow, wherever_a_text_is_cut)
{
	static char text[8192];

	for (size_t pad = 960; pad < 1060; pad++) {
		char *at = text + sprintf(text, "a /");

		memset(at, 'x', pad);
		at += pad;
		(void)sprintf(at, " ext4 rw 0 0\nb /b tmpfs rw 0 0\n");
		cr_expect(not(is_among(text)), "%zu", pad);
		(void)sprintf(at, " ext4 rw 0 0\nb /b cifs rw 0 0\n");
		cr_expect(is_among(text), "%zu", pad);
	}
}

/* Where one is, calls that touch files are left to others, and no other calls.
 */
Test(sentry_slow, calls_that_touch_files)
{
	struct monitor monitor = { .mode = SYSCALL_MODE_SEALED };
	static const struct {
		const char *call;
		bool touches;
	} rows[] = {
		{ "openat", true },
		{ "newfstatat", true },
		{ "fstat", true },
		{ "fstatfs", true },
		{ "chdir", true },
		{ "execve", true },
		{ "connect", true },
		{ "getuid", false },
		{ "uname", false },
		{ "kill", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct syscall_row *row = syscall_find_name(rows[i].call);
		int number = syscall_number(row, SYSCALL_NATIVE);

		monitor.has_slow = true;
		cr_expect(eq(int, slow_may_be(&monitor, number),
			      rows[i].touches),
		    "%s", rows[i].call);
		monitor.has_slow = false;
		cr_expect(not(slow_may_be(&monitor, number)), "%s",
		    rows[i].call);
	}
	monitor.has_slow = true;
	monitor.mode = SYSCALL_MODE_OBSERVE;
	cr_expect(not(slow_may_be(&monitor,
	    syscall_number(syscall_find_name("openat"), SYSCALL_NATIVE))));
}

/* Whatever is mounted; what reads is served at once. */
Test(sentry_slow, calls_that_change_files)
{
	static const char *const names[] = { "unlinkat", "renameat2",
		"truncate", "fchmodat", "fchownat", "utimensat" };
	struct monitor monitor = { .mode = SYSCALL_MODE_GUARD };
	int openat =
	    syscall_number(syscall_find_name("openat"), SYSCALL_NATIVE);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		cr_expect(slow_may_be(&monitor,
			      syscall_number(syscall_find_name(names[i]),
				  SYSCALL_NATIVE)),
		    "%s", names[i]);
	cr_expect(not(slow_may_be(&monitor, openat)));
	monitor.mode = SYSCALL_MODE_OBSERVE;
	cr_expect(not(slow_may_be(&monitor,
	    syscall_number(syscall_find_name("unlinkat"), SYSCALL_NATIVE))));
}

/* For a while. */
Test(sentry_slow, what_comes_after_a_call_that_took_long)
{
	struct monitor monitor = { .mode = SYSCALL_MODE_GUARD };
	int openat =
		syscall_number(syscall_find_name("openat"), SYSCALL_NATIVE),
	    kill = syscall_number(syscall_find_name("kill"), SYSCALL_NATIVE);
	int count = 0;

	slow_took(&monitor, 1000);
	cr_expect(not(slow_may_be(&monitor, openat)));
	slow_took(&monitor, 1000000000);
	cr_expect(not(slow_may_be(&monitor, kill)));
	while (slow_may_be(&monitor, openat) && count < 1000)
		count++;
	cr_expect(gt(int, count, 10));
	cr_expect(lt(int, count, 1000));
}

/* Not before a call asks, and then of what is there. */
Test(sentry_slow, mounts_are_read_by_the_first_who_asks)
{
	struct monitor monitor = { .mode = SYSCALL_MODE_SEALED };
	int openat =
	    syscall_number(syscall_find_name("openat"), SYSCALL_NATIVE);

	monitor.mounts_fd = memfd_create("mounts", MFD_CLOEXEC);
	cr_assert(gt(int, monitor.mounts_fd, 0));
	monitor.has_slow = true;
	cr_assert(
	    eq(long, write(monitor.mounts_fd, "a / ext4 rw 0 0\n", 16), 16));
	cr_expect(not(slow_may_be(&monitor, openat)));
	/* What has not changed is not read again. */
	cr_assert(
	    eq(long, write(monitor.mounts_fd, "b /b fuse rw 0 0\n", 17), 17));
	cr_expect(not(slow_may_be(&monitor, openat)));
	close(monitor.mounts_fd);
}

/* Its number may be another's: nothing is written there. */
Test(sentry_slow, what_has_ended_gets_nothing)
{
	static struct monitor monitor = { .reaping =
					      PTHREAD_RWLOCK_INITIALIZER };
	atomic_bool is_over = false;
	int word = 1, other = 2;
	struct worker worker = { .monitor = &monitor,
		.listener = -1,
		.is_over = &is_over,
		.task = { .tid = gettid() } };

	cr_expect(worker_is_wanted(&worker));
	is_over = true;
	cr_expect(not(worker_is_wanted(&worker)));
	/* One that has others to serve: of who stands at no call. */
	worker.is_over = NULL;
	cr_expect(worker_is_wanted(&worker));
	cr_expect(worker_write(&worker, (uint64_t)(uintptr_t)&word, &other,
	    sizeof(word)));
	cr_expect(eq(int, word, 2));
	worker.must_not_block = true;
	word = 1;
	cr_expect(not(worker_write(&worker, (uint64_t)(uintptr_t)&word, &other,
	    sizeof(word))));
	cr_expect(eq(int, word, 1));
}
