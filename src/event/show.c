/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show - an event that was read, to be read by somebody.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"
#include "escape.h"
#include "event/read.h"
#include "names.h"
#include "put.h"

/* What is escaped already stays so, and everything else is now. */
static size_t
show_piece(FILE *out, const char *text, bool is_quoted)
{
	char piece[ESCAPE_MAX];

	if (text[0] == '\\' && (text[1] == '\\' || text[1] == 'x')) {
		fwrite(text, 1, 2, out);
		return 2;
	}
	if (text[0] == '"' && is_quoted)
		fputc('\\', out);
	size_t used = escape_next(text, strlen(text), piece);
	fputs(piece, out);
	return used;
}

static void
show_text(FILE *out, const char *text, bool is_quoted)
{
	fputs(is_quoted ? "\"" : "", out);
	while (*text != '\0')
		text += show_piece(out, text, is_quoted);
	fputs(is_quoted ? "\"" : "", out);
}

static void show_value(FILE *out, const struct json *value, bool is_text);

/* Members whose strings are a program's own. */
static bool
is_text_member(const char *name)
{
	return strcmp(name, "path") == 0 || strcmp(name, "abstract") == 0;
}

static void
show_list(FILE *out, const struct json *value, bool is_text)
{
	const char *separator = "";

	for (const struct json *at = value->first; at != NULL; at = at->next) {
		fputs(separator, out);
		separator = ", ";
		if (at->name == NULL) {
			show_value(out, at, is_text);
			continue;
		}
		show_text(out, at->name, false);
		fputc('=', out);
		show_value(out, at, is_text_member(at->name));
	}
}

static void
show_value(FILE *out, const struct json *value, bool is_text)
{
	switch (value->kind) {
	case JSON_STRING:
		show_text(out, value->text, is_text);
		break;
	case JSON_ARRAY:
		fputc('[', out);
		show_list(out, value, is_text);
		fputc(']', out);
		break;
	case JSON_OBJECT:
		fputc('{', out);
		show_list(out, value, false);
		fputc('}', out);
		break;
	case JSON_NULL:
	case JSON_BOOL:
	case JSON_NUMBER:
	default:
		json_put(out, value);
		break;
	}
}

/* ---- a call -------------------------------------------------------------- */

/* event_read() has seen to it that there is a kind. */
static void
show_argument(FILE *out, const struct json *argument)
{
	const struct json *value = json_find(argument, "value");
	const struct json *pointer = json_find(argument, "pointer");
	const struct json *error = json_find(argument, "errno");
	const struct json *cut = json_find(argument, "truncated");

	if (value != NULL)
		show_value(out, value,
		    decode_kind_is_text(json_find(argument, "kind")->text));
	else if (pointer != NULL)
		show_value(out, pointer, false);
	if (error != NULL) {
		fputs(" (", out);
		show_value(out, error, false);
		fputc(')', out);
	}
	if (cut != NULL && cut->kind == JSON_BOOL && cut->truth)
		fputs("...", out);
}

static void
show_result(FILE *out, const struct event_seen *event)
{
	fputs(" = ", out);
	if (event->result == NULL) {
		fputc('?', out);
		return;
	}
	int64_t result = strtoll(event->result->text, NULL, 10);
	if (event->error != NULL) {
		fputs("-1 ", out);
		show_text(out, event->error, false);
	} else if (result >= NAMES_ADDRESS) {
		fprintf(out, "%#" PRIx64, (uint64_t)result);
	} else {
		fprintf(out, "%" PRId64, result);
	}
}

static void
show_call(FILE *out, const struct event_seen *event)
{
	const char *separator = "";

	if (event->abi != NULL) {
		show_text(out, event->abi, true);
		fputc(' ', out);
	}
	if (event->call != NULL)
		show_text(out, event->call, false);
	else
		fprintf(out, "call_%" PRId32, event->number);
	fputc('(', out);
	for (const struct json *at = event->args != NULL ? event->args->first
							 : NULL;
	     at != NULL; at = at->next) {
		fputs(separator, out);
		separator = ", ";
		show_argument(out, at);
	}
	fputc(')', out);
	show_result(out, event);
}

/* ---- the line ------------------------------------------------------------ */

static void
show_exit(FILE *out, const struct event_seen *event)
{
	if (event->signal == NULL) {
		fputs("exits with ", out);
		if (event->status != NULL)
			show_value(out, event->status, false);
		return;
	}
	fputs("is killed by ", out);
	show_text(out, event->signal, false);
	if (event->is_core)
		fputs(" (core)", out);
}

static void
show_kind(FILE *out, const struct event_seen *event)
{
	switch (event->kind) {
	case EVENT_CALL:
		show_call(out, event);
		break;
	case EVENT_EXEC:
		fputs("executes", out);
		break;
	case EVENT_FORK:
		fprintf(out, "makes %" PRId32, event->child);
		break;
	case EVENT_EXIT:
		show_exit(out, event);
		break;
	case EVENT_LOST:
	default:
		fprintf(out, "lost %" PRIu64 " events", event->lost);
		break;
	}
}

static void
show_decision(FILE *out, const struct event_seen *event)
{
	fprintf(out, " [%s", names_decisions[event->decision].word);
	if (event->rule != NULL) {
		fputs(" by ", out);
		show_text(out, event->rule, true);
	}
	fputs(event->is_sound ? "]" : ", only observed]", out);
}

void
event_show(FILE *out, const struct event_seen *event)
{
	fprintf(out, "%.*s %" PRId32 " ", PUT_CLOCK_BYTES,
	    event->time + PUT_CLOCK, event->tid);
	if (event->comm != NULL) {
		show_text(out, event->comm, true);
		fputc(' ', out);
	}
	show_kind(out, event);
	if (event->decision != EVENT_UNDECIDED)
		show_decision(out, event);
	else if (event->kind == EVENT_CALL && !event->is_sound)
		fputs(" [only observed]", out);
	if (event->object != NULL) {
		fputc(' ', out);
		show_text(out, event->object, true);
	}
	if (event->target != NULL) {
		fputs(" to ", out);
		show_text(out, event->target, true);
	}
	fputs(event->is_truncated ? " ...\n" : "\n", out);
}

void
event_show_text(FILE *out, const char *text)
{
	show_text(out, text, true);
}
