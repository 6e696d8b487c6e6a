/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_status - /proc/PID/status, with a name that the process chose.
 *
 * Whatever the text, reading ends; whatever the name, what is read is what the
 * kernel wrote behind it.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"
#include "sentry/task.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *input = strndup((const char *)data, size);
	AUTO_FREE char *text = NULL;
	AUTO_FREE struct creds *any = NULL;
	AUTO_FREE struct creds *creds = NULL;
	struct task task = { 0 };

	assert(input != NULL);
	if (task_parse_status(input, &task, &any))
		assert(any != NULL);
	/* The kernel escapes what ends a line in a name. */
	for (char *at = input; *at != '\0'; at++) {
		if (*at == '\n')
			*at = '?';
	}
	int length = asprintf(&text,
	    "Name:\t%s\nTgid:\t70\nUid:\t1\t1\t1\t13\nGid:\t2\t2\t2\t23\n"
	    "Groups:\t4 5 \nNStgid:\t70\t7\nNSpid:\t71\t8\n"
	    "CapInh:\t0\nCapPrm:\t0000000000000003\nCapEff:"
	    "\t0000000000000001\n",
	    input);
	assert(length > 0);
	assert(task_parse_status(text, &task, &creds));
	assert(task.pid == 70 && task.vpid == 7 && task.vtid == 8);
	assert(creds->uid == 13 && creds->gid == 23);
	assert(creds->capabilities == 1 && creds->permitted == 3);
	assert(creds->groups_count == 2 && creds->groups[1] == 5);
	return 0;
}
