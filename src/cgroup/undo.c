/* SPDX-License-Identifier: Apache-2.0 */
/*
 * undo - put back what the files of a cgroup said.
 *
 * A file is one value, and is written as it was read; or it has a line for
 * each device, of which the one that changes is written. A device that has no
 * line yet had what the kernel takes for nothing.
 */
#define _GNU_SOURCE
#include "undo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "file.h"

#define TEXT_MAX 4096

static const struct {
	const char *file;
	const char *nothing;
} absent[] = {
	{ "io.bfq.weight", "default" },
	{ "io.max", "rbps=max wbps=max riops=max wiops=max" },
	{ "io.weight", "default" },
};

static bool
has_lines(const char *file)
{
	enum controller which = controller_of(file);

	return which == DMEM || which == IO || which == MISC || which == RDMA;
}

/* The line that undoes another, in a file that says text. Allocated. */
static char *
opposite(const char *file, const char *text, const char *line)
{
	size_t length = strcspn(line, " ");
	bool is_device = line[length] != '\0';
	const char *key = is_device ? line : "default";
	char *made = NULL;

	if (!has_lines(file))
		return strdup(*text != '\0' ? text : "\n");
	if (!is_device)
		length = strlen(key);
	const char *old = file_find_line(text, key, length);
	if (old != NULL)
		return strndup(old, strcspn(old, "\n"));
	for (size_t i = 0; i < ARRAY_SIZE(absent); i++) {
		if (strcmp(file, absent[i].file) == 0 &&
		    asprintf(&made, "%.*s %s", (int)length, key,
			absent[i].nothing) < 0)
			made = NULL;
	}
	return made;
}

int
undo_keep(struct cgroup_undo *undo, int dir, const char *file, const char *line)
{
	char text[TEXT_MAX];

	if (file_read(dir, file, text, sizeof(text)) < 0)
		return 0;
	struct cgroup_undo_line *more =
	    reallocarray(undo->lines, undo->count + 1, sizeof(*more));
	if (more == NULL)
		return -1;
	undo->lines = more;
	AUTO_FREE char *name = strdup(file);
	AUTO_FREE char *put_back = opposite(file, text, line);
	if (name == NULL || put_back == NULL)
		return -1;
	more[undo->count++] =
	    (struct cgroup_undo_line){ take(&name), take(&put_back) };
	return 0;
}

void
cgroup_undo_apply(struct cgroup_undo *undo, int dir)
{
	while (undo->count > 0) {
		struct cgroup_undo_line *last = &undo->lines[--undo->count];

		(void)file_write(dir, last->file, last->text);
		free(last->file);
		free(last->text);
	}
}

void
cgroup_undo_free(struct cgroup_undo *undo)
{
	for (size_t i = 0; i < undo->count; i++) {
		free(undo->lines[i].file);
		free(undo->lines[i].text);
	}
	free(take(&undo->lines));
	undo->count = 0;
}
