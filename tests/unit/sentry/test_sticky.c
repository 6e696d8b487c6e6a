/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/sticky.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

static char directory[] = "/tmp/lorica-sticky-XXXXXX";

/* Who opens the file is somebody else; the directory is another's too. */
static bool
permits(mode_t mode, int level, uid_t as, uid_t owner)
{
	struct monitor monitor = { .protected_regular = level,
		.protected_fifos = 0 };
	struct creds creds = { .uid = as };
	struct worker worker = { .monitor = &monitor, .task.creds = &creds };
	AUTO_FD int parent = open(directory, O_PATH | O_CLOEXEC);
	AUTO_FD int fd = openat(parent, "f", O_PATH | O_CLOEXEC);
	const struct path_found found = { .fd = fd, .parent = parent };

	cr_assert(eq(int, chmod(directory, mode), 0));
	cr_assert(eq(int, fchownat(parent, "f", owner, (gid_t)-1, 0), 0));
	return sticky_permits(&worker, &found);
}

Test(sentry_sticky, as_the_kernel_has_it)
{
	cr_assert(mkdtemp(directory) != NULL);
	AUTO_FD int dir = open(directory, O_PATH | O_CLOEXEC);
	AUTO_FD int fd = openat(dir, "f", O_CREAT | O_RDWR | O_CLOEXEC, 0666);
	cr_assert(ge(int, fd, 0));
	uid_t me = geteuid();

	/* The directory's owner may leave there what he likes. */
	cr_expect(permits(01777, 2, me + 1, me));
	if (me == 0) {
		cr_expect(not(permits(01777, 1, 5, 7)));
		cr_expect(permits(01777, 0, 5, 7));
		cr_expect(permits(01777, 2, 7, 7));
		cr_expect(permits(0777, 2, 5, 7));
		cr_expect(permits(01755, 2, 5, 7));
		cr_expect(permits(01775, 1, 5, 7));
		cr_expect(not(permits(01775, 2, 5, 7)));
	}
	(void)unlinkat(dir, "f", 0);
	(void)rmdir(directory);
}
