/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "undo.h"

#define LINE_MAX 4096 /* the kernel takes no longer ones */

/* Is the line what holds anyway, so that it may be lost? */
static bool
is_no_limit(const char *file, const char *line)
{
	static const struct {
		const char *file;
		const char *line;
	} rows[] = {
		{ "cpu.idle", "0" }, { "cpu.max.burst", "0" },
		{ "memory.swap.max", "0" }, /* a kernel without swap */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(file, rows[i].file) == 0 &&
		    strcmp(line, rows[i].line) == 0)
			return true;
	}
	return strcmp(line, "max") == 0;
}

static void
need(struct limits *limits, const char *place, enum controller which)
{
	if (which != CORE && (limits->needed & 1u << which) == 0) {
		limits->needed |= 1u << which;
		(void)snprintf(limits->places[which].text,
		    sizeof(limits->places[which].text), "%s", place);
	}
}

static int
put_line(const struct sink *sink, const char *place, const char *file,
    const char *line)
{
	bool idle = is_no_limit(file, line);

	if (sink->limits != NULL) {
		if (!idle)
			need(sink->limits, place, controller_of(file));
		return 0;
	}
	if (sink->properties != NULL)
		return property_put(sink->properties, place, file, line,
		    sink->e);
	if (sink->undo != NULL &&
	    undo_keep(sink->undo, sink->dir, file, line) < 0)
		return error_sys(sink->e, "memory");
	if (file_write(sink->dir, file, line) == 0 || (idle && errno == ENOENT))
		return 0;
	return error_sys(sink->e, "linux.resources.%s: write \"%s\" to %s",
	    place, line, file);
}

int
sink_put(const struct sink *sink, const char *place, const char *file,
    const char *format, ...)
{
	char line[LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof(line))
		return error_errno(sink->e, E2BIG, "linux.resources.%s", place);
	return put_line(sink, place, file, line);
}

int
sink_put_limit(const struct sink *sink, const char *place, const char *file,
    int64_t value)
{
	return value < 0 ? sink_put(sink, place, file, "max")
			 : sink_put(sink, place, file, "%" PRId64, value);
}
