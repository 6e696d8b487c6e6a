/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_filter_cache - a file of the seccomp cache.
 *
 * The input is a whole file, and then the program of a file whose key and hash
 * are right. A file is used or not; a program that is used ends with an answer
 * for every call, with no read outside the call's data, and gives the same
 * answers when it is optimized.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "filter/program.h"
#include "fuzz.h"

static const struct filter_key key = { .bytes = { 1, 2, 3 } };

/* Forward jumps alone: as many steps as instructions at most. */
static void
run(const struct sock_filter *insns, size_t count)
{
	static const uint32_t numbers[] = { 0, 1, 59, 0x40000000, 0x40000001,
		UINT32_MAX };
	static const uint32_t architectures[] = { AUDIT_ARCH_X86_64,
		AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, 0 };
	struct filter better = { .count = (unsigned short)count };

	better.insns = malloc(count * sizeof(*insns));
	assert(better.insns != NULL);
	memcpy(better.insns, insns, count * sizeof(*insns));
	filter_optimize(&better);
	assert(filter_is_sound(better.insns, better.count));
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(architectures); j++) {
			struct seccomp_data data = {
				.nr = (int)numbers[i],
				.arch = architectures[j],
				.args = { i, UINT64_MAX },
			};
			uint32_t answer =
			    filter_run(insns, (unsigned short)count, &data);

			assert(filter_run(better.insns, better.count, &data) ==
			       answer);
		}
	}
	filter_free(&better);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct sock_filter insns[LIMIT_FILTER_INSNS + 1];
	struct filter_header header;
	size_t head = size < sizeof(header) ? size : sizeof(header);
	size_t count = (size - head) / sizeof(*insns);

	if (count > LIMIT_FILTER_INSNS + 1)
		return 0;
	memset(&header, 0, sizeof(header));
	memcpy(&header, data, head);
	memcpy(insns, data + head, count * sizeof(*insns));
	if (filter_header_fits(&header, insns, count, &key))
		run(insns, count);

	count = size / sizeof(*insns);
	if (count == 0 || count > LIMIT_FILTER_INSNS + 1)
		return 0;
	memcpy(insns, data, count * sizeof(*insns));
	struct filter filter = { .insns = insns,
		.count = (unsigned short)count };
	filter_header_make(&filter, &key, &header);
	bool fits = filter_header_fits(&header, insns, count, &key);
	assert(fits == filter_is_sound(insns, count));
	if (fits)
		run(insns, count);
	header.key.bytes[0] ^= 1;
	fits = filter_header_fits(&header, insns, count, &key);
	assert(!fits);
	return 0;
}
