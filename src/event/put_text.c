/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/wait.h>

#include "decode.h"
#include "names.h"
#include "put.h"

/* The clock, the thread, what it is called. */
static void
put_head(struct writer *w, const struct event *event, bool *is_cut)
{
	char text[64];
	struct writer time = { .out = text_out(text, sizeof(text)) };

	put_time(&time, event->time_ns);
	text[PUT_CLOCK + PUT_CLOCK_BYTES] = '\0';
	writer_put(w, text + PUT_CLOCK);
	writer_put(w, " ");
	writer_put_number(w, event->tid);
	writer_put(w, " ");
	if (event->comm != NULL) {
		*is_cut |= !writer_short_string(w, event->comm, PUT_COMM);
		writer_put(w, " ");
	}
}

static void
put_result(struct writer *w, const struct event *event)
{
	int64_t result = event->result;
	bool is_error = result < 0 && result >= -4095;
	const char *name = is_error ? strerrorname_np((int)-result) : NULL;

	writer_put(w, " = ");
	if (!event->has_result) {
		writer_put(w, "?");
	} else if (name != NULL) {
		writer_put(w, "-1 ");
		writer_put(w, name);
	} else if (result >= NAMES_ADDRESS) {
		writer_put_hex(w, (uint64_t)result);
	} else {
		writer_put_number(w, result);
	}
}

static void
put_call(struct writer *w, const struct event *event)
{
	if (event->abi != NULL) {
		writer_short_string(w, event->abi, PUT_COMM);
		writer_put(w, " ");
	}
	if (event->row != NULL) {
		writer_put(w, event->row->name);
	} else {
		writer_put(w, "call_");
		writer_put_number(w, event->number);
	}
	writer_open(w, '(');
	put_leave(w, PUT_TAIL);
	decode_arguments(w, event);
	writer_close(w, ')');
	put_result(w, event);
}

static void
put_signal(struct writer *w, const char *before, int number)
{
	writer_put(w, before);
	writer_words(w, &syscall_words_signal, (uint64_t)number);
}

static void
put_exit(struct writer *w, int status)
{
	if (WIFEXITED(status)) {
		writer_put(w, "exits with ");
		writer_put_number(w, WEXITSTATUS(status));
		return;
	}
	put_signal(w, "is killed by ", WTERMSIG(status));
	if (WCOREDUMP(status))
		writer_put(w, " (core)");
}

static void
put_kind(struct writer *w, const struct event *event)
{
	switch (event->kind) {
	case EVENT_CALL:
		put_call(w, event);
		break;
	case EVENT_EXEC:
		writer_put(w, "executes");
		break;
	case EVENT_FORK:
		writer_put(w, "makes ");
		writer_put_number(w, event->child);
		break;
	case EVENT_EXIT:
		put_exit(w, event->status);
		break;
	case EVENT_SIGNAL:
		put_signal(w, "gets ", event->signal);
		break;
	case EVENT_LOST:
		writer_put(w, "lost ");
		text_put_u64(&w->out, event->lost);
		writer_put(w, " events");
		break;
	case EVENT_DECISION:
	case EVENT_KINDS:
	default:
		writer_put(w, "decision");
		break;
	}
}

/* [denied by "files[2]"], and the object behind it. */
static void
put_decision(struct writer *w, const struct event *event, bool *is_cut)
{
	writer_put(w, " [");
	writer_put(w, names_decisions[event->decision].word);
	if (event->rule != NULL) {
		writer_put(w, " by ");
		*is_cut |= !writer_short_string(w, event->rule, PUT_RULE);
	}
	if (!event->is_sound)
		writer_put(w, ", only observed");
	writer_put(w, "]");
}

void
event_put_text(const struct event *event, struct event_line *out)
{
	struct writer w = put_begin(out, false);
	bool is_cut = false;

	put_head(&w, event, &is_cut);
	put_kind(&w, event);
	if (event->decision != EVENT_UNDECIDED)
		put_decision(&w, event, &is_cut);
	if (event->object != NULL) {
		writer_put(&w, " ");
		put_leave(&w, PUT_END);
		is_cut |=
		    !writer_string(&w, event->object, strlen(event->object));
	}
	if (is_cut)
		writer_put(&w, " ...");
	put_end(&w, out);
}
