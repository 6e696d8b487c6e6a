/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_slow - the list of a container's mounts, as the sentry looks for file
 * systems in it that may not answer.
 *
 * What is among lines is in one of them, wherever the buffer of the reader
 * ends; a line more takes nothing away.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "fuzz.h"
#include "sentry/slow.h"

#define SIZE_MAX_READ 4096

static void
put(int fd, const void *bytes, size_t size)
{
	assert(write(fd, bytes, size) == (ssize_t)size);
}

static bool
is_among(const char *before, const void *bytes, size_t size, const char *after)
{
	AUTO_FD int fd = memfd_create("mounts", MFD_CLOEXEC);

	assert(fd >= 0);
	put(fd, before, strlen(before));
	put(fd, bytes, size);
	put(fd, after, strlen(after));
	return slow_is_among(fd);
}

/* Line by line. */
static bool
is_in_one(const uint8_t *data, size_t size)
{
	bool is_slow = false;

	while (size > 0 && !is_slow) {
		const uint8_t *end = memchr(data, '\n', size);
		size_t length = end == NULL ? size : (size_t)(end - data) + 1;

		is_slow = is_among("", data, length, "");
		data += length;
		size -= length;
	}
	return is_slow;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char line[1100];

	if (size > SIZE_MAX_READ)
		return 0;
	bool is_slow = is_among("", data, size, "");
	assert(is_slow == (size == 0 || is_in_one(data, size)));
	/* Where the first buffer ends in what comes, or before. */
	for (size_t pad = 1000; size > 0 && pad < 1025; pad++) {
		memset(line, 'x', pad);
		(void)memcpy(line + pad, " / tmpfs rw 0 0\n", 17);
		assert(is_among(line, data, size, "") == is_slow);
	}
	if (size > 0 && data[size - 1] == '\n') {
		assert(is_among("", data, size, "a / tmpfs rw\n") == is_slow);
		assert(is_among("", data, size, "a / fuse rw\n"));
	}
	return 0;
}
