/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_passwd - the /etc/passwd of an image, where the program's home is.
 *
 * Whatever it holds, a home is an absolute path of one field of one line, and
 * what is not found is left alone.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "fuzz.h"
#include "init/environment.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t ids[] = { 0, 1000, UINT32_MAX };
	AUTO_FD int fd = memfd_create("passwd", MFD_CLOEXEC);

	ssize_t put = size > 0 ? write(fd, data, size) : 0;
	assert(fd >= 0 && put == (ssize_t)size);
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		char home[64] = "untouched";
		off_t begin = lseek(fd, 0, SEEK_SET);

		assert(begin == 0);
		if (!environment_find_home(fd, ids[i], home, sizeof(home))) {
			assert(strcmp(home, "untouched") == 0);
			continue;
		}
		assert(home[0] == '/' && strlen(home) < sizeof(home));
		assert(strpbrk(home, ":\n") == NULL);
		assert(memmem(data, size, home, strlen(home)) != NULL);
	}
	return 0;
}
