/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "out.h"

void
out_bytes(struct vproc_out *out, const char *bytes, size_t length)
{
	uint64_t at = out->at;

	out->at += length;
	if (out->at <= out->from)
		return;
	if (at < out->from) {
		bytes += out->from - at;
		length -= (size_t)(out->from - at);
		at = out->from;
	}
	if (at - out->from >= out->size)
		return;
	size_t room = out->size - (size_t)(at - out->from);
	memcpy(out->buf + (at - out->from), bytes,
	    length < room ? length : room);
}

void
out_text(struct vproc_out *out, const char *text)
{
	out_bytes(out, text, strlen(text));
}

void
out_format(struct vproc_out *out, const char *format, ...)
{
	char text[256];
	va_list list;

	va_start(list, format);
	int length = vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (length < 0)
		return;
	out_bytes(out, text,
	    (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

uint64_t
share_of(uint64_t amount, unsigned cpu, unsigned cpus)
{
	return amount / cpus + (cpu < amount % cpus);
}

uint64_t
vproc_write(const struct vproc_file *file, const struct vproc_view *view,
    uint64_t from, char *buf, size_t size)
{
	struct vproc_out out = { .buf = buf, .size = size, .from = from };

	if (file->row == NULL || file->answer != VPROC_GENERATED)
		return 0;
	if (file->row->put == NULL)
		out_text(&out, file->row->text);
	else
		file->row->put(&out, file, view->limits, view->usage);
	return out.at;
}
