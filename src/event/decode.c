/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "decode.h"

#include <fcntl.h>
#include <string.h>

#include "base/auto.h"

static const char *const kinds[SYSCALL_ARGS_KINDS] = {
	[SYSCALL_ARG_NONE] = "none",
	[SYSCALL_ARG_INT] = "int",
	[SYSCALL_ARG_UINT] = "uint",
	[SYSCALL_ARG_LONG] = "long",
	[SYSCALL_ARG_SIZE] = "size",
	[SYSCALL_ARG_HEX] = "hex",
	[SYSCALL_ARG_POINTER] = "pointer",
	[SYSCALL_ARG_OUT] = "out",
	[SYSCALL_ARG_IN] = "in",
	[SYSCALL_ARG_IN4] = "in",
	[SYSCALL_ARG_IN8] = "in",
	[SYSCALL_ARG_IN16] = "in",
	[SYSCALL_ARG_IN32] = "in",
	[SYSCALL_ARG_FD] = "fd",
	[SYSCALL_ARG_DIRFD] = "dirfd",
	[SYSCALL_ARG_PATH] = "path",
	[SYSCALL_ARG_STRING] = "string",
	[SYSCALL_ARG_STRINGS] = "strings",
	[SYSCALL_ARG_SOCKADDR] = "sockaddr",
	[SYSCALL_ARG_MSGHDR] = "msghdr",
	[SYSCALL_ARG_MMSGHDR] = "mmsghdr",
	[SYSCALL_ARG_OPEN_HOW] = "open_how",
	[SYSCALL_ARG_CLONE_ARGS] = "clone_args",
	[SYSCALL_ARG_OPEN] = "open",
	[SYSCALL_ARG_AT] = "at",
	[SYSCALL_ARG_MODE] = "mode",
	[SYSCALL_ARG_ACCESS] = "access",
	[SYSCALL_ARG_PID] = "pid",
	[SYSCALL_ARG_UID] = "uid",
	[SYSCALL_ARG_GID] = "gid",
	[SYSCALL_ARG_SIGNAL] = "signal",
	[SYSCALL_ARG_CLONE] = "clone",
	[SYSCALL_ARG_FAMILY] = "family",
	[SYSCALL_ARG_SOCK] = "sock",
	[SYSCALL_ARG_REQUEST] = "request",
};

const char *
decode_kind_name(enum syscall_arg kind)
{
	return kinds[kind];
}

bool
decode_kind_is_text(const char *name)
{
	static const enum syscall_arg texts[] = { SYSCALL_ARG_PATH,
		SYSCALL_ARG_STRING, SYSCALL_ARG_STRINGS };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (strcmp(kinds[texts[i]], name) == 0)
			return true;
	}
	return false;
}

/* ---- registers ----------------------------------------------------------- */

static void
put_int(struct writer *w, uint64_t raw)
{
	writer_put_number(w, (int32_t)raw);
}

static void
put_uint(struct writer *w, uint64_t raw)
{
	writer_put_number(w, (uint32_t)raw);
}

static void
put_long(struct writer *w, uint64_t raw)
{
	writer_put_number(w, (int64_t)raw);
}

static void
put_size(struct writer *w, uint64_t raw)
{
	text_put_u64(&w->out, raw);
}

static void
put_dirfd(struct writer *w, uint64_t raw)
{
	if ((int32_t)raw == AT_FDCWD)
		writer_word(w, "AT_FDCWD");
	else
		put_int(w, raw);
}

static void
put_mode(struct writer *w, uint64_t raw)
{
	writer_word_octal(w, (uint32_t)raw);
}

/* -1 is nobody: chown(2), setresuid(2). */
static void
put_id(struct writer *w, uint64_t raw)
{
	if ((uint32_t)raw == UINT32_MAX)
		writer_put(w, "-1");
	else
		put_uint(w, raw);
}

typedef void put_raw(struct writer *w, uint64_t raw);

/* Those that are missing here have words, or memory. */
static put_raw *const raws[SYSCALL_ARGS_KINDS] = {
	[SYSCALL_ARG_INT] = put_int,
	[SYSCALL_ARG_UINT] = put_uint,
	[SYSCALL_ARG_LONG] = put_long,
	[SYSCALL_ARG_SIZE] = put_size,
	[SYSCALL_ARG_HEX] = writer_word_hex,
	[SYSCALL_ARG_POINTER] = writer_word_pointer,
	[SYSCALL_ARG_OUT] = writer_word_pointer,
	[SYSCALL_ARG_IN] = writer_word_pointer,
	[SYSCALL_ARG_IN4] = writer_word_pointer,
	[SYSCALL_ARG_IN8] = writer_word_pointer,
	[SYSCALL_ARG_IN16] = writer_word_pointer,
	[SYSCALL_ARG_IN32] = writer_word_pointer,
	[SYSCALL_ARG_FD] = put_int,
	[SYSCALL_ARG_DIRFD] = put_dirfd,
	[SYSCALL_ARG_MODE] = put_mode,
	[SYSCALL_ARG_PID] = put_int,
	[SYSCALL_ARG_UID] = put_id,
	[SYSCALL_ARG_GID] = put_id,
};

/* ---- memory -------------------------------------------------------------- */

static bool
put_string(struct writer *w, const struct event_copy *copy)
{
	return writer_string(w, copy->bytes, copy->length) &&
	       !copy->is_truncated;
}

/* argv, envp: quotes, a comma and a blank for the shortest. */
static bool
put_strings(struct writer *w, const struct event_copy *copy)
{
	const char *at = copy->bytes;
	size_t left = copy->length;
	bool is_whole = !copy->is_truncated;

	writer_open(w, '[');
	while (left > 0) {
		size_t length = strnlen(at, left);

		is_whole = is_whole && writer_room(w) > 4;
		if (writer_room(w) <= 4)
			break;
		writer_item(w);
		is_whole = writer_string(w, at, length) && is_whole;
		length += length < left; /* its NUL */
		at += length;
		left -= length;
	}
	writer_close(w, ']');
	return is_whole;
}

static decode_copy *const copies[SYSCALL_ARGS_KINDS] = {
	[SYSCALL_ARG_PATH] = put_string,
	[SYSCALL_ARG_STRING] = put_string,
	[SYSCALL_ARG_STRINGS] = put_strings,
	[SYSCALL_ARG_SOCKADDR] = decode_sockaddr,
	[SYSCALL_ARG_MSGHDR] = decode_message,
	[SYSCALL_ARG_MMSGHDR] = decode_messages,
	[SYSCALL_ARG_OPEN_HOW] = decode_open_how,
	[SYSCALL_ARG_CLONE_ARGS] = decode_clone_args,
};

static void
put_not_copied(struct writer *w, const struct event_copy *copy, uint64_t raw)
{
	const char *error =
	    copy->error != 0 ? strerrorname_np(copy->error) : NULL;

	writer_member(w, "pointer");
	writer_word_pointer(w, raw);
	if (error == NULL)
		return;
	writer_member(w, "errno");
	writer_word(w, error);
}

static void
put_copy(struct writer *w, decode_copy *decode, const struct event_copy *copy)
{
	writer_member(w, "value");
	if (decode(w, copy))
		return;
	writer_member(w, "truncated");
	writer_put(w, "true");
}

/* ---- all of them --------------------------------------------------------- */

static enum syscall_arg
kind_of(const struct event *event, size_t i)
{
	return event->row != NULL ? event->row->args[i] : SYSCALL_ARG_HEX;
}

/* Permissions mean nothing where no file is made. */
static bool
is_meaningless(const struct event *event, size_t i)
{
	return i > 0 && kind_of(event, i) == SYSCALL_ARG_MODE &&
	       kind_of(event, i - 1) == SYSCALL_ARG_OPEN &&
	       (event->raw[i - 1] & O_CREAT) == 0 &&
	       (event->raw[i - 1] & O_TMPFILE) != O_TMPFILE;
}

static void
put_value(struct writer *w, const struct event *event, size_t i)
{
	enum syscall_arg kind = kind_of(event, i);
	const struct event_copy *copy = &event->copies[i];
	const struct syscall_words *words =
	    event->row != NULL ? syscall_words_find(event->row, i) : NULL;

	if (copies[kind] != NULL && copy->bytes != NULL && copy->error == 0) {
		put_copy(w, copies[kind], copy);
		return;
	}
	if (copies[kind] != NULL) {
		put_not_copied(w, copy, event->raw[i]);
		return;
	}
	writer_member(w, "value");
	if (words != NULL)
		writer_words(w, words, event->raw[i]);
	else if (raws[kind] != NULL)
		raws[kind](w, event->raw[i]);
	else
		writer_word_hex(w, event->raw[i]);
}

static void
put_argument(struct writer *w, const struct event *event, size_t i)
{
	writer_item(w);
	writer_open(w, '{');
	writer_member(w, "kind");
	writer_word(w, kinds[kind_of(event, i)]);
	put_value(w, event, i);
	writer_close(w, '}');
}

void
decode_arguments(struct writer *w, const struct event *event)
{
	char *limit = w->limit;
	size_t count = 0;

	while (count < ARRAY_SIZE(event->raw) &&
	       kind_of(event, count) != SYSCALL_ARG_NONE)
		count++;
	for (size_t i = 0; i < count; i++) {
		if (is_meaningless(event, i))
			continue;
		w->limit = limit - (count - 1 - i) * DECODE_LEAST - DECODE_END;
		put_argument(w, event, i);
	}
	w->limit = limit;
}
