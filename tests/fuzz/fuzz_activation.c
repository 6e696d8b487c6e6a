/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_activation - LISTEN_FDS and, on a second line, LISTEN_PID.
 *
 * Descriptors are taken only by the process that they are for, and never more
 * than there may be.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/limits.h"
#include "check.h"
#include "cli/cli.h"
#include "fuzz.h"

#define OWN 4711

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	char again[16];
	unsigned count = UINT32_MAX;
	struct error e = { 0 };

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	char *pid = text;
	const char *fds = strsep(&pid, "\n");
	int failed = cli_activated(fds, pid, OWN, &count, &e);
	bool ours = pid != NULL && strcmp(pid, "4711") == 0;
	if (failed < 0) {
		assert(ours && count == UINT32_MAX);
		check_line(&e);
	} else if (count != UINT32_MAX) {
		(void)snprintf(again, sizeof(again), "%u", count);
		assert(ours && strcmp(again, fds) == 0);
		assert(count <= LIMIT_PRESERVE_FDS);
	} else {
		assert(!ours);
	}
	return 0;
}
