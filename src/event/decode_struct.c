/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode_struct - structs that grow with the kernel: struct open_how and struct
 * clone_args. They are made of numbers of 64 bits.
 */
#include <string.h>

#include "base/auto.h"
#include "decode.h"

enum form {
	FORM_NUMBER,
	FORM_POINTER,
	FORM_OCTAL,
	FORM_WORDS,
};

struct member {
	const char *name;
	enum form form;
	bool is_always_shown; /* also when it is 0 */
	const struct syscall_words *words;
};

static void
put_member(struct writer *w, const struct member *member, uint64_t value)
{
	if (value == 0 && !member->is_always_shown)
		return;
	writer_member(w, member->name);
	switch (member->form) {
	case FORM_POINTER:
		writer_word_pointer(w, value);
		break;
	case FORM_OCTAL:
		writer_word_octal(w, value);
		break;
	case FORM_WORDS:
		writer_words(w, member->words, value);
		break;
	case FORM_NUMBER:
	default:
		text_put_u64(&w->out, value);
		break;
	}
}

/* Members that the call did not give are not there, and what is behind those
 * that are known is only counted. */
static bool
put_struct(struct writer *w, const struct event_copy *copy,
    const struct member *members, size_t count)
{
	const char *at = copy->bytes;
	size_t left = copy->length;

	writer_open(w, '{');
	for (size_t i = 0; i < count && left >= sizeof(uint64_t); i++) {
		uint64_t value;

		memcpy(&value, at, sizeof(value));
		put_member(w, &members[i], value);
		at += sizeof(value);
		left -= sizeof(value);
	}
	if (left > 0)
		writer_unsigned(w, "more", left);
	writer_close(w, '}');
	return left == 0 && !copy->is_truncated;
}

bool
decode_open_how(struct writer *w, const struct event_copy *copy)
{
	static const struct member members[] = {
		{ "flags", FORM_WORDS, true, &syscall_words_open },
		{ "mode", FORM_OCTAL, false, NULL },
		{ "resolve", FORM_WORDS, false, &syscall_words_resolve },
	};

	return put_struct(w, copy, members, ARRAY_SIZE(members));
}

bool
decode_clone_args(struct writer *w, const struct event_copy *copy)
{
	static const struct member members[] = {
		{ "flags", FORM_WORDS, true, &syscall_words_clone3 },
		{ "pidfd", FORM_POINTER, false, NULL },
		{ "child_tid", FORM_POINTER, false, NULL },
		{ "parent_tid", FORM_POINTER, false, NULL },
		{ "exit_signal", FORM_WORDS, true, &syscall_words_signal },
		{ "stack", FORM_POINTER, false, NULL },
		{ "stack_size", FORM_NUMBER, false, NULL },
		{ "tls", FORM_POINTER, false, NULL },
		{ "set_tid", FORM_POINTER, false, NULL },
		{ "set_tid_size", FORM_NUMBER, false, NULL },
		{ "cgroup", FORM_NUMBER, false, NULL },
	};

	return put_struct(w, copy, members, ARRAY_SIZE(members));
}
