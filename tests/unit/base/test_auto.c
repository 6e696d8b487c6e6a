/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "base/auto.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>

static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

Test(base_auto, a_descriptor_is_closed_with_its_scope_and_errno_is_kept)
{
	int number;

	errno = EXDEV;
	{
		AUTO_FD int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		AUTO_FD int none = -1;

		number = fd;
		cr_assert(is_open(fd));
		cr_expect(eq(int, none, -1));
		errno = EXDEV;
	}
	cr_expect(eq(int, errno, EXDEV));
	cr_expect(not(is_open(number)));
	auto_close(&number); /* EBADF, of which nobody hears */
	errno = EXDEV;
	auto_close(&number);
	cr_expect(eq(int, errno, EXDEV));
}

Test(base_auto, a_descriptor_that_is_taken_stays_open)
{
	int kept = -1;

	{
		AUTO_FD int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

		kept = take_fd(&fd);
		cr_expect(eq(int, fd, -1));
	}
	cr_expect(is_open(kept));
	close(kept);
}

Test(base_auto, what_is_taken_leaves_zero_behind)
{
	struct {
		int number;
		void *pointer;
	} thing = { 7, &thing }, taken = take(&thing);
	AUTO_FREE char *memory = malloc(1);
	char *mine = take(&memory);

	cr_expect(eq(int, taken.number, 7));
	cr_expect(eq(ptr, taken.pointer, (void *)&thing));
	cr_expect(zero(int, thing.number));
	cr_expect(eq(ptr, thing.pointer, NULL));
	cr_expect(eq(ptr, memory, NULL));
	free(mine);
}
