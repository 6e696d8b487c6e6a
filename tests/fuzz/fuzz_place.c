/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_place - a path below /proc or /sys, as a sealed container asks for it.
 *
 * What is not hidden is a resolved path, what is generated has a text or is a
 * directory of names that are there.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"
#include "vproc/vproc.h"

static void
check_path(const char *path)
{
	assert(path[0] != '/');
	assert(strstr(path, "//") == NULL);
	assert(strstr(path, "/../") == NULL);
	assert(strncmp(path, "../", 3) != 0);
}

static void
check_text(const struct vproc_file *file, const struct vproc_limits *limits)
{
	static const struct vproc_usage usage = { .tasks = 1 };
	struct vproc_view view = { limits, &usage };
	char byte;

	assert(file->row == NULL ||
	       (file->row->put != NULL) != (file->row->text != NULL));
	(void)vproc_write(file, &view, 0, &byte, 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct vproc_limits limits = { .cpus = 3,
		.last_cpu = 40,
		.memory_bytes = 1 << 30 };
	AUTO_FREE char *path = malloc(size + 1);
	char name[VPROC_NAME_MAX];

	assert(path != NULL);
	if (size > 0)
		memcpy(path, data, size);
	path[size] = '\0';
	for (int tree = VPROC_PROC; tree <= VPROC_SYS; tree++) {
		struct vproc_file file =
		    vproc_find((enum vproc_tree)tree, path, &limits);

		assert(file.number < limits.cpus);
		if (file.answer == VPROC_HIDDEN)
			continue;
		check_path(path);
		if (file.answer == VPROC_GENERATED)
			check_text(&file, &limits);
	}
	for (size_t i = 0; vproc_list(path, &limits, i, name); i++)
		assert(i < 100 && strlen(name) > 0);
	return 0;
}
