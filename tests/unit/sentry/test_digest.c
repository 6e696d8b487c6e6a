/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is read for its digest, and by whom; and files of which somebody has a
 * lease.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/decide.h"
#include "support.h"

static char directory[] = "/tmp/lorica-digest-XXXXXX";
static struct support support;
static struct guard_policy *rules;

static void
set_up(void)
{
	/* Of 2 MiB of zeros. */
	static const char policy[] =
	    "{\"execute\": [{\"sha256\": "
	    "[\"5647f05ec18958947d32874eeb788fa396a0"
	    "5d0bab7c1b71f112ceb7e9b31eee\"], \"action\": \"deny\", "
	    "\"errno\": \"EBADSLT\"}]}";
	struct error e = { 0 };

	support_make(&support);
	cr_assert(zero(int, guard_parse(policy, strlen(policy), &rules, &e)));
	support.monitor.policy = rules;
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
	cr_assert(zero(int, chdir(directory)));
}

static void
tear_down(void)
{
	(void)unlink("f");
	(void)!chdir("/");
	(void)rmdir(directory);
	guard_free(&rules);
	support_free(&support);
}

/* What reads for ever is ended. */
TestSuite(sentry_digest, .init = set_up, .fini = tear_down, .timeout = 60);

static int
decided(const char *path, bool must_not_block)
{
	AUTO_FD int fd = open(path, O_PATH | O_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	support.worker.must_not_block = must_not_block;
	return decide_execute(&support.worker, support.call, fd);
}

static void
make_program(off_t size)
{
	AUTO_FD int fd = open("f", O_CREAT | O_RDWR | O_CLOEXEC, 0755);

	cr_assert(ge(int, fd, 0));
	cr_assert(zero(int, ftruncate(fd, size)));
}

Test(sentry_digest, what_is_no_file_is_not_read)
{
	cr_assert(zero(int, mkfifo("f", 0755)));
	cr_expect(eq(int, decided("f", false), -EACCES));
	cr_expect(eq(int, decided("/dev/zero", true), -EACCES));
}

Test(sentry_digest, who_has_others_to_serve_reads_little)
{
	make_program(1 << 20);
	cr_expect(zero(int, decided("f", true)));
	make_program(2 << 20);
	cr_expect(eq(int, decided("f", true), DECIDE_LATER));
	cr_expect(eq(int, decided("f", false), -EBADSLT));
}

Test(sentry_digest, nobody_reads_what_is_huge)
{
	make_program((off_t)1 << 42);
	cr_expect(eq(int, decided("f", true), DECIDE_LATER));
	cr_expect(eq(int, decided("f", false), -EACCES));
}

Test(sentry_digest, a_lease_is_not_waited_for)
{
	struct stat st;

	make_program(1);
	(void)signal(SIGIO, SIG_IGN);
	AUTO_FD int held = open("f", O_RDONLY | O_CLOEXEC);
	AUTO_FD int path = open("f", O_PATH | O_CLOEXEC);
	cr_assert(zero(int, fstat(path, &st)));
	cr_assert(zero(int, fcntl(held, F_SETLEASE, F_WRLCK)));
	cr_expect(eq(int, decided("f", true), DECIDE_LATER));
	cr_expect(
	    eq(int, path_reopen_waiting(&support.worker, path, &st, O_RDWR, 0),
		DECIDE_LATER));
	cr_assert(zero(int, fcntl(held, F_SETLEASE, F_UNLCK)));
	cr_expect(zero(int, decided("f", true)));
	AUTO_FD int fd = path_reopen_waiting(&support.worker, path, &st,
	    O_RDWR | O_APPEND, 0);
	cr_assert(ge(int, fd, 0));
	cr_expect(
	    eq(int, fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK), O_APPEND));
}
