/* SPDX-License-Identifier: Apache-2.0 */
/*
 * check - what every error has to be: one line that a terminal can show.
 */
#ifndef FUZZ_CHECK_H
#define FUZZ_CHECK_H

#include <assert.h>

#include "base/error.h"

static inline void
check_line(const struct error *e)
{
	char line[4096];

	assert(error_is_valid(e));
	error_format(e, line, sizeof(line));
	assert(line[0] != '\0');
	for (const char *at = line; *at != '\0'; at++)
		assert((unsigned char)*at >= 0x20 && *at != 0x7f);
}

#endif
