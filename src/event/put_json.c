/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/wait.h>

#include "decode.h"
#include "names.h"
#include "put.h"

static void
put_true(struct writer *w, const char *name)
{
	writer_member(w, name);
	writer_put(w, "true");
}

static void
put_who(struct writer *w, const struct event *event, bool *is_cut)
{
	writer_number(w, "pid", event->pid);
	writer_number(w, "tid", event->tid);
	if (event->vpid != 0)
		writer_number(w, "vpid", event->vpid);
	if (event->vtid != 0)
		writer_number(w, "vtid", event->vtid);
	if (event->comm != NULL) {
		writer_member(w, "comm");
		*is_cut |= !writer_short_string(w, event->comm, PUT_COMM);
	}
	if (event->has_ids) {
		writer_unsigned(w, "uid", event->uid);
		writer_unsigned(w, "gid", event->gid);
	}
}

static void
put_result(struct writer *w, int64_t result)
{
	bool is_error = result < 0 && result >= -4095;
	const char *name = is_error ? strerrorname_np((int)-result) : NULL;

	writer_number(w, "result", result);
	if (name == NULL)
		return;
	writer_member(w, "errno");
	writer_word(w, name);
}

static void
put_call(struct writer *w, const struct event *event)
{
	if (event->row != NULL) {
		writer_member(w, "call");
		writer_word(w, event->row->name);
	}
	writer_number(w, "number",
	    event->row != NULL ? syscall_number(event->row, SYSCALL_NATIVE)
			       : event->number);
	if (event->abi != NULL) {
		writer_member(w, "abi");
		writer_short_string(w, event->abi, PUT_COMM);
	}
	writer_member(w, "args");
	writer_open(w, '[');
	put_leave(w, PUT_TAIL);
	decode_arguments(w, event);
	writer_close(w, ']');
	if (event->has_result)
		put_result(w, event->result);
}

static void
put_exit(struct writer *w, int status)
{
	if (WIFEXITED(status)) {
		writer_number(w, "status", WEXITSTATUS(status));
		return;
	}
	writer_member(w, "signal");
	writer_words(w, &syscall_words_signal, (uint64_t)WTERMSIG(status));
	if (WCOREDUMP(status))
		put_true(w, "core");
}

static void
put_kind(struct writer *w, const struct event *event)
{
	switch (event->kind) {
	case EVENT_CALL:
		put_call(w, event);
		break;
	case EVENT_FORK:
		writer_number(w, "child", event->child);
		break;
	case EVENT_EXIT:
		put_exit(w, event->status);
		break;
	case EVENT_LOST:
		writer_unsigned(w, "lost", event->lost);
		break;
	case EVENT_EXEC:
	case EVENT_KINDS:
	default:
		break;
	}
}

static void
put_decision(struct writer *w, const struct event *event, bool *is_cut)
{
	if (event->decision != EVENT_UNDECIDED) {
		writer_member(w, "decision");
		writer_word(w, names_decisions[event->decision].word);
	}
	if (event->rule != NULL) {
		writer_member(w, "rule");
		*is_cut |= !writer_short_string(w, event->rule, PUT_RULE);
	}
	if (event->kind == EVENT_CALL || event->decision != EVENT_UNDECIDED) {
		writer_member(w, "sound");
		writer_put(w, event->is_sound ? "true" : "false");
	}
	if (event->is_new)
		put_true(w, "new");
	if (event->target != NULL) {
		writer_member(w, "target");
		*is_cut |= !writer_short_string(w, event->target, PUT_TARGET);
	}
	if (event->object != NULL) {
		writer_member(w, "object");
		put_leave(w, PUT_END);
		*is_cut |=
		    !writer_string(w, event->object, strlen(event->object));
	}
}

void
event_put_json(const struct event *event, struct event_line *out)
{
	struct writer w = put_begin(out);
	bool is_cut = false;

	writer_open(&w, '{');
	writer_member(&w, "time");
	writer_put(&w, "\"");
	put_time(&w, event->time_ns);
	writer_put(&w, "\"");
	writer_member(&w, "kind");
	writer_word(&w, names_kinds[event->kind].word);
	put_who(&w, event, &is_cut);
	put_kind(&w, event);
	put_decision(&w, event, &is_cut);
	if (is_cut)
		put_true(&w, "truncated");
	writer_close(&w, '}');
	put_end(&w, out);
}
