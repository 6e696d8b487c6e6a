/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"

#include <string.h>

#include "base/auto.h"

static const struct {
	const char *name;
	handler *handle;
} handlers[] = {
	{ "creat", file_creat },
	{ "execve", process_execve },
	{ "execveat", process_execveat },
	{ "open", file_open },
	{ "openat", file_openat },
	{ "openat2", file_openat2 },
};

handler *
handler_of(const struct syscall_row *row)
{
	for (size_t i = 0; i < ARRAY_SIZE(handlers); i++) {
		if (strcmp(handlers[i].name, row->name) == 0)
			return handlers[i].handle;
	}
	return NULL;
}
