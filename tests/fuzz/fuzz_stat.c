/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_stat - /proc/PID/stat: the name of a process in it, which the process
 * chose, and the whole.
 *
 * Whatever the name, the time is found; whatever the text, reading ends.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "container/store.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *name = strndup((const char *)data, size);
	AUTO_FREE char *text = NULL;

	assert(name != NULL);
	(void)store_parse_start_time(name);
	/* proc(5): fields 3 to 21, then the time. */
	int length = asprintf(&text,
	    "77 (%s) S 1 77 77 0 -1 4194560 99 0 0 0 0 0 0 0 20 0 1 0 "
	    "123456789 2150400 200 18446744073709551615\n",
	    name);
	assert(length > 0);
	assert(store_parse_start_time(text) == 123456789);
	return 0;
}
