/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode_message - struct msghdr and struct mmsghdr: where to, how much, and
 * what goes along.
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/socket.h>

#include "decode.h"

/* What one control message takes, and one message without those. */
#define CONTROL_LEAST 160
#define MESSAGE_LEAST 1280

static void
put_rights(struct writer *w, const char *data, size_t length)
{
	(void)data;
	writer_unsigned(w, "count", length / sizeof(int));
}

static void
put_credentials(struct writer *w, const char *data, size_t length)
{
	struct ucred ids;

	if (length < sizeof(ids)) {
		writer_unsigned(w, "length", length);
		return;
	}
	memcpy(&ids, data, sizeof(ids));
	writer_number(w, "pid", ids.pid);
	writer_unsigned(w, "uid", ids.uid);
	writer_unsigned(w, "gid", ids.gid);
}

static void
put_control(struct writer *w, const struct cmsghdr *header, const char *data,
    size_t length)
{
	bool is_ours = header->cmsg_level == SOL_SOCKET;

	writer_item(w);
	writer_open(w, '{');
	if (is_ours && header->cmsg_type == SCM_RIGHTS) {
		writer_member(w, "type");
		writer_word(w, "SCM_RIGHTS");
		put_rights(w, data, length);
	} else if (is_ours && header->cmsg_type == SCM_CREDENTIALS) {
		writer_member(w, "type");
		writer_word(w, "SCM_CREDENTIALS");
		put_credentials(w, data, length);
	} else {
		writer_number(w, "level", header->cmsg_level);
		writer_number(w, "type", header->cmsg_type);
		writer_unsigned(w, "length", length);
	}
	writer_close(w, '}');
}

/* As the kernel walks them: __scm_send() ends at the first that lies. */
static bool
put_controls(struct writer *w, const struct event_copy *copy)
{
	const char *at = copy->bytes;
	size_t left = copy->length;
	struct cmsghdr header;

	while (left >= sizeof(header)) {
		memcpy(&header, at, sizeof(header));
		if (writer_room(w) < CONTROL_LEAST)
			return false;
		if (header.cmsg_len < sizeof(header) || header.cmsg_len > left)
			return false;
		put_control(w, &header, at + sizeof(header),
		    header.cmsg_len - sizeof(header));
		size_t step = CMSG_ALIGN(header.cmsg_len);
		if (step >= left)
			break;
		at += step;
		left -= step;
	}
	return !copy->is_truncated;
}

static bool
put_message(struct writer *w, const struct event_message *message)
{
	bool is_whole = true;

	writer_open(w, '{');
	writer_unsigned(w, "iov_count", message->iov_count);
	writer_unsigned(w, "iov_total", message->iov_total);
	if (message->name.bytes != NULL) {
		writer_member(w, "name");
		is_whole = decode_sockaddr(w, &message->name);
	}
	if (message->control.bytes != NULL) {
		writer_member(w, "control");
		writer_open(w, '[');
		is_whole = put_controls(w, &message->control) && is_whole;
		writer_close(w, ']');
	}
	writer_close(w, '}');
	return is_whole && message->name.error == 0 &&
	       message->control.error == 0;
}

bool
decode_message(struct writer *w, const struct event_copy *copy)
{
	struct event_message message = { 0 };

	if (copy->length >= sizeof(message))
		memcpy(&message, copy->bytes, sizeof(message));
	return put_message(w, &message) && copy->length == sizeof(message);
}

bool
decode_messages(struct writer *w, const struct event_copy *copy)
{
	size_t count = copy->length / sizeof(struct event_message);
	const char *at = copy->bytes;
	bool is_whole = !copy->is_truncated;

	writer_open(w, '[');
	for (size_t i = 0; i < count; i++) {
		struct event_message message;

		if (writer_room(w) < MESSAGE_LEAST) {
			is_whole = false;
			break;
		}
		memcpy(&message, at + i * sizeof(message), sizeof(message));
		writer_item(w);
		is_whole = put_message(w, &message) && is_whole;
	}
	writer_close(w, ']');
	return is_whole;
}
