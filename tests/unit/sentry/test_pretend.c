/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What files seem to be, and until when.
 */
#define _GNU_SOURCE
#include "sentry/pretend.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"

#define FILES 128u

static char dir[] = "/tmp/pretend-XXXXXX";
static int at = -1;

static void
setup(void)
{
	cr_assert(mkdtemp(dir) != NULL);
	at = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, at, 0));
}

static void
teardown(void)
{
	char command[64];

	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	cr_expect(zero(int, system(command)));
	close(at);
}

TestSuite(sentry_pretend, .init = setup, .fini = teardown);

static void
set_uid(struct pretended *seen, const struct pretended *wanted)
{
	seen->uid = wanted->uid;
}

static void
set_mode(struct pretended *seen, const struct pretended *wanted)
{
	seen->mode = (seen->mode & S_IFMT) | wanted->mode;
}

static int
make(const char *name)
{
	int fd = openat(at, name, O_CREAT | O_RDWR | O_CLOEXEC, 0644);

	cr_assert(ge(int, fd, 0));
	return fd;
}

static int
give(struct pretend *pretend, int fd, uid_t uid)
{
	return pretend_keep(pretend, fd, set_uid,
	    &(struct pretended){ .uid = uid });
}

static uid_t
owner(struct pretend *pretend, int fd)
{
	struct pretended seen;

	cr_assert(zero(int, pretend_look(pretend, fd, &seen)));
	return seen.uid;
}

static uid_t
owner_of(struct pretend *pretend, const char *name)
{
	AUTO_FD int fd = openat(at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	return owner(pretend, fd);
}

/* As the sentry does it. */
static void
remove_name(struct pretend *pretend, const char *name)
{
	int held = pretend_hold(pretend, at, name);

	(void)unlinkat(at, name, 0);
	pretend_let_go(pretend, &held);
	cr_expect(eq(int, held, -1));
}

Test(sentry_pretend, an_owner_is_the_files_whatever_its_name)
{
	struct pretend *pretend = pretend_new(FILES);
	AUTO_FD int fd = make("a");

	cr_expect(eq(uint, owner(pretend, fd), geteuid()));
	cr_assert(zero(int, give(pretend, fd, 4242)));
	cr_assert(zero(int, linkat(at, "a", at, "b", 0)));
	cr_expect(eq(uint, owner_of(pretend, "b"), 4242));
	remove_name(pretend, "a");
	cr_expect(eq(uint, owner_of(pretend, "b"), 4242));
	cr_assert(zero(int, renameat(at, "b", at, "c")));
	cr_expect(eq(uint, owner_of(pretend, "c"), 4242));
	/* The kernel was not asked. */
	struct stat st;
	cr_assert(zero(int, fstat(fd, &st)));
	cr_expect(eq(uint, st.st_uid, geteuid()));
	/* What it is needs no place. */
	cr_assert(zero(int, give(pretend, fd, geteuid())));
	cr_expect(eq(int, pretend_hold(pretend, at, "c"), -1));
	pretend_free(pretend);
}

Test(sentry_pretend, with_the_last_name_it_is_forgotten)
{
	struct pretend *pretend = pretend_new(FILES);
	AUTO_FD int fd = make("a");

	cr_assert(zero(int, give(pretend, fd, 4242)));
	remove_name(pretend, "a");
	cr_expect(eq(uint, owner(pretend, fd), geteuid()));
	cr_expect(eq(int, pretend_hold(pretend, at, "."), -1));
	/* One that nobody can remove again, as O_TMPFILE makes. */
	cr_assert(zero(int, give(pretend, fd, 4243)));
	cr_expect(eq(uint, owner(pretend, fd), 4243));
	pretend_free(pretend);
}

/* Removed by somebody who is not asked about it: the number of the inode is
 * used again, at once on most file systems. */
Test(sentry_pretend, another_file_with_the_same_number_is_another)
{
	struct pretend *pretend = pretend_new(FILES);
	struct statx st;

	for (int i = 0; i < 64; i++) {
		AUTO_FD int fd = make("a");

		if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &st) < 0 ||
		    (st.stx_mask & STATX_BTIME) == 0)
			cr_skip_test("the file system has no time of birth");
		cr_expect(eq(uint, owner(pretend, fd), geteuid()), "%d", i);
		cr_assert(zero(int, give(pretend, fd, 4242)));
		cr_assert(zero(int, unlinkat(at, "a", 0)));
		/* The kernel's clock for that moves on. */
		usleep(12000);
	}
	pretend_free(pretend);
}

Test(sentry_pretend, a_mode_holds_until_the_file_gets_another)
{
	struct pretend *pretend = pretend_new(FILES);
	AUTO_FD int fd = make("a");
	struct pretended seen;

	cr_assert(zero(int, pretend_keep(pretend, fd, set_mode,
				&(struct pretended){ .mode = 04711 })));
	cr_assert(zero(int, pretend_look(pretend, fd, &seen)));
	cr_expect(eq(uint, seen.mode, S_IFREG | 04711));
	cr_assert(zero(int, fchmod(fd, 0600)));
	cr_assert(zero(int, pretend_look(pretend, fd, &seen)));
	cr_expect(eq(uint, seen.mode, S_IFREG | 0600));
	pretend_free(pretend);
}

Test(sentry_pretend, there_are_no_more_than_so_many)
{
	struct pretend *pretend = pretend_new(FILES);
	char name[16];

	for (unsigned i = 0; i <= FILES; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		AUTO_FD int fd = make(name);
		cr_expect(eq(int, give(pretend, fd, 4242),
			      i < FILES ? 0 : -ENOMEM),
		    "%u", i);
	}
	/* One that is known changes; one that goes makes room. */
	AUTO_FD int known = make("5");
	cr_expect(zero(int, give(pretend, known, 4243)));
	remove_name(pretend, "0");
	AUTO_FD int next = make("next");
	cr_expect(zero(int, give(pretend, next, 4244)));
	cr_expect(eq(uint, owner_of(pretend, "1"), 4242));
	pretend_free(pretend);
}

/* A flood of chown(2): what a container has of the sentry's memory by it. */
Test(sentry_pretend, all_that_there_may_be_take_a_few_megabytes)
{
	struct pretend *pretend = pretend_new(PRETEND_FILES);
	size_t before = mallinfo2().uordblks;
	char name[16];

	for (unsigned i = 0; i <= PRETEND_FILES; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		AUTO_FD int fd = make(name);
		cr_assert(eq(int, give(pretend, fd, 4242),
			      i < PRETEND_FILES ? 0 : -ENOMEM),
		    "%u", i);
	}
	cr_expect(lt(sz, mallinfo2().uordblks - before, (size_t)10 << 20));
	pretend_free(pretend);
}

/* Files without a name go without a word: they take no more than their part. */
Test(sentry_pretend, what_has_no_name_leaves_room)
{
	struct pretend *pretend = pretend_new(FILES);

	for (unsigned i = 0; i < 4 * FILES; i++) {
		AUTO_FD int fd = make("a");

		cr_assert(zero(int, unlinkat(at, "a", 0)));
		cr_expect(zero(int, give(pretend, fd, 4242)), "%u", i);
		cr_expect(eq(uint, owner(pretend, fd), 4242), "%u", i);
	}
	/* One that gets a name stays. */
	AUTO_FD int fd = openat(at, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	char self[32];
	cr_assert(zero(int, give(pretend, fd, 4242)));
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	cr_assert(
	    zero(int, linkat(AT_FDCWD, self, at, "named", AT_SYMLINK_FOLLOW)));
	cr_expect(eq(uint, owner_of(pretend, "named"), 4242));
	for (unsigned i = 0; i < 2 * PRETEND_NAMELESS; i++) {
		AUTO_FD int other = make("a");

		cr_assert(zero(int, unlinkat(at, "a", 0)));
		cr_assert(zero(int, give(pretend, other, 4242)));
	}
	cr_expect(eq(uint, owner_of(pretend, "named"), 4242));
	pretend_free(pretend);
}

/* ---- a race -------------------------------------------------------------- */

static struct pretend *raced;
static atomic_bool is_over;

static void *
remove_it(void *context)
{
	while (!atomic_load(&is_over))
		remove_name(raced, "raced");
	return context;
}

Test(sentry_pretend, a_removal_at_the_same_time_leaves_nothing_behind)
{
	pthread_t thread;

	raced = pretend_new(FILES);
	cr_assert(zero(int, pthread_create(&thread, NULL, remove_it, NULL)));
	for (unsigned i = 0; i < 20000; i++) {
		AUTO_FD int fd = make("raced");

		cr_assert(zero(int, give(raced, fd, 4242)), "%u", i);
	}
	atomic_store(&is_over, true);
	cr_assert(zero(int, pthread_join(thread, NULL)));
	remove_name(raced, "raced");
	/* So what is left is without a name, and no more than its part. */
	char name[16];
	for (unsigned i = 0; i < FILES - PRETEND_NAMELESS; i++) {
		(void)snprintf(name, sizeof(name), "%u", i);
		AUTO_FD int fd = make(name);
		cr_expect(zero(int, give(raced, fd, 4242)), "%u", i);
	}
	pretend_free(raced);
}
