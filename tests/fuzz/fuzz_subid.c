/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_subid - /etc/subuid and, in the same bytes, /etc/passwd.
 *
 * Whatever they hold, the lines are ones that a kernel can be given: inside,
 * one range after the other from 1 on; outside, ids that exist.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "fuzz.h"
#include "ns/subid.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct spec_idmap items[LIMIT_IDMAPS];
	AUTO_FD int fd = memfd_create("subid", MFD_CLOEXEC);
	uint64_t next = 1;
	char path[32];

	ssize_t put = size > 0 ? write(fd, data, size) : 0;
	assert(fd >= 0 && put == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	size_t count = subid_read(path, path, 1000, 77, items);
	assert(count >= 1 && count <= LIMIT_IDMAPS);
	assert(items[0].container_id == 0 && items[0].host_id == 77 &&
	       items[0].size == 1);
	for (size_t i = 1; i < count; i++) {
		assert(items[i].container_id == next);
		assert(items[i].size > 0);
		next += items[i].size;
		assert(next <= UINT32_MAX);
		assert(
		    (uint64_t)items[i].host_id + items[i].size <= UINT32_MAX);
	}
	return 0;
}
