/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_processor - a /proc/cpuinfo, as what may be told of it.
 *
 * Whatever it holds, the rest is whole lines, without those that are the
 * kernel's own.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"
#include "vproc/vproc.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	char out[VPROC_PROCESSOR_MAX];

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	vproc_processor(text, out);
	size_t length = strlen(out);
	assert(length < sizeof(out));
	assert(length == 0 || out[length - 1] == '\n');
	for (const char *at = out; *at != '\0';) {
		assert(strncmp(at, "microcode", 9) != 0);
		assert(strncmp(at, "bugs", 4) != 0);
		assert(strncmp(at, "processor", 9) != 0);
		at = strchr(at, '\n');
		assert(at != NULL);
		at++;
	}
	return 0;
}
