/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was altered since the container began, where the kernel does not say.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "sentry/decide.h"
#include "support.h"

static char directory[] = "/tmp/lorica-drift-XXXXXX";
static struct support support;
static struct guard_policy *rules;

static void
set_up(void)
{
	static const char policy[] =
	    "{\"execute\": [{\"drift\": true, \"action\": \"deny\"}]}";
	struct error e = { 0 };

	support_make(&support);
	cr_assert(zero(int, guard_parse(policy, strlen(policy), &rules, &e)));
	support.monitor.policy = rules;
	cr_assert(ne(ptr, mkdtemp(directory), NULL));
}

static void
tear_down(void)
{
	guard_free(&rules);
	support_free(&support);
	(void)rmdir(directory);
}

TestSuite(sentry_drift, .init = set_up, .fini = tear_down);

/* In a container that begins only now. */
static int
decided(const char *path)
{
	AUTO_FD int fd = open(path, O_PATH | O_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	support.monitor.began = (struct timespec){ .tv_sec = time(NULL) + 60 };
	return decide_execute(&support.worker, support.call, fd);
}

static bool
mount_here(void)
{
	int flags = CLONE_NEWNS | (geteuid() == 0 ? 0 : CLONE_NEWUSER);

	return unshare(flags) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", directory, "tmpfs", 0, NULL) == 0 &&
	       chdir(directory) == 0;
}

Test(sentry_drift, what_was_there_before_is_none)
{
	struct statfs fs;

	cr_assert(zero(int, statfs("/bin/sh", &fs)));
	if (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC)
		cr_skip_test("the machine's programs are in memory");
	cr_expect(zero(int, decided("/bin/sh")));
}

/* A mapping of it that was read first alters it, and no time with it. */
Test(sentry_drift, what_is_in_memory_may_always_have_been_altered)
{
	if (!mount_here())
		cr_skip_test("a mount needs a namespace");
	AUTO_FD int fd = open("f", O_CREAT | O_RDWR | O_CLOEXEC, 0755);
	cr_assert(ge(int, fd, 0));
	cr_expect(eq(int, decided("f"), -EACCES));
	auto_close(&fd);
	fd = -1;
	/* Where nobody can, it is what it was. */
	cr_assert(zero(int, mount("none", directory, NULL,
				MS_REMOUNT | MS_BIND | MS_RDONLY, NULL)));
	cr_expect(zero(int, decided("f")));
	(void)!chdir("/");
	(void)umount2(directory, MNT_DETACH);
}
