/* SPDX-License-Identifier: Apache-2.0 */
#include "event/ask.h"

#include <string.h>

#include "base/auto.h"
#include "event/read.h"
#include "put.h"

/* Of a line, for the name beside the subject. */
#define PUT_OTHER 4096

bool
event_put_question(const struct event_question *question,
    struct event_line *out)
{
	const char *const others[][2] = { { "from", question->from },
		{ "to", question->to } };
	struct writer w = put_begin(out);
	bool is_whole = true;

	writer_open(&w, '{');
	writer_unsigned(&w, "ask", question->id);
	writer_member(&w, "what");
	writer_word(&w, question->what);
	writer_member(&w, "rule");
	(void)writer_short_string(&w, question->rule, PUT_RULE);
	writer_number(&w, "pid", question->pid);
	writer_number(&w, "vpid", question->vpid);
	if (question->comm != NULL) {
		writer_member(&w, "comm");
		(void)writer_short_string(&w, question->comm, PUT_COMM);
	}
	if (question->note != NULL) {
		writer_member(&w, "note");
		(void)writer_short_string(&w, question->note, PUT_RULE);
	}
	writer_unsigned(&w, "timeout", question->timeout_s);
	if (question->until_ms != 0)
		writer_unsigned(&w, "until", question->until_ms);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (others[i][1] == NULL)
			continue;
		writer_member(&w, others[i][0]);
		is_whole &= writer_short_string(&w, others[i][1], PUT_OTHER);
	}
	put_leave(&w, PUT_END);
	writer_member(&w, "subject");
	is_whole &=
	    writer_string(&w, question->subject, strlen(question->subject));
	writer_close(&w, '}');
	put_end(&w, out);
	return is_whole;
}

void
event_put_answer(const struct event_answer *answer, struct event_line *out)
{
	struct writer w = put_begin(out);

	writer_open(&w, '{');
	writer_unsigned(&w, "ask", answer->id);
	writer_member(&w, "answer");
	writer_word(&w, answer->is_allowed ? "allow" : "deny");
	writer_member(&w, "always");
	writer_put(&w, answer->is_always ? "true" : "false");
	if (answer->is_saved) {
		writer_member(&w, "save");
		writer_put(&w, "true");
	}
	writer_close(&w, '}');
	put_end(&w, out);
}

/* ---- reading ------------------------------------------------------------- */

struct question {
	uint64_t id;
	char *what, *subject, *from, *to, *rule, *comm, *note;
	int32_t pid, vpid;
	uint32_t timeout_s;
	uint64_t until_ms;
};

#define FIELD(member) offsetof(struct question, member)

static const struct json_field question_fields[] = {
	{ "ask", FIELD(id), json_read_u64, .required = true },
	{ "what", FIELD(what), json_read_string, .required = true },
	{ "subject", FIELD(subject), json_read_string, .required = true },
	{ "from", FIELD(from), json_read_string },
	{ "to", FIELD(to), json_read_string },
	{ "rule", FIELD(rule), json_read_string, .required = true },
	{ "comm", FIELD(comm), json_read_string },
	{ "note", FIELD(note), json_read_string },
	{ "pid", FIELD(pid), json_read_i32 },
	{ "vpid", FIELD(vpid), json_read_i32 },
	{ "timeout", FIELD(timeout_s), json_read_u32 },
	{ "until", FIELD(until_ms), json_read_u64 },
	{ NULL },
};

static const struct json_word answers[] = {
	{ "deny", 0 },
	{ "allow", 1 },
	{ NULL, 0 },
};

struct answer {
	uint64_t id;
	uint32_t answer;
	bool is_always;
	bool is_saved;
};

static const struct json_field answer_fields[] = {
	{ "ask", offsetof(struct answer, id), json_read_u64, .required = true },
	{ "answer", offsetof(struct answer, answer), json_read_word,
	    .required = true, .words = answers },
	{ "always", offsetof(struct answer, is_always), json_read_bool },
	{ "save", offsetof(struct answer, is_saved), json_read_bool },
	{ NULL },
};

static int
read_line(struct json_arena *arena, const char *line, size_t length,
    const struct json_field *fields, void *out, struct error *e)
{
	const struct json_reader reader = { .arena = arena };
	const struct json *root;

	TRY(json_parse(arena, line, length, &root, e));
	if (root->kind != JSON_OBJECT)
		return error_set(e, EINVAL, "expected an object");
	return json_fill(&reader, root, fields, out, e);
}

int
event_read_question(struct json_arena *arena, const char *line, size_t length,
    struct event_question *out, struct error *e)
{
	struct question read = { 0 };

	TRY(read_line(arena, line, length, question_fields, &read, e));
	*out = (struct event_question){ .id = read.id,
		.what = read.what,
		.subject = read.subject,
		.from = read.from,
		.to = read.to,
		.rule = read.rule,
		.comm = read.comm,
		.note = read.note,
		.pid = read.pid,
		.vpid = read.vpid,
		.timeout_s = read.timeout_s,
		.until_ms = read.until_ms };
	return 0;
}

int
event_read_answer(const char *line, size_t length, struct event_answer *out,
    struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct answer read = { 0 };

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(read_line(arena, line, length, answer_fields, &read, e));
	*out = (struct event_answer){ read.id, read.answer == 1, read.is_always,
		read.is_saved };
	return 0;
}

/* ---- showing ------------------------------------------------------------- */

void
event_show_names(FILE *out, const struct event_question *question)
{
	const char *other =
	    question->from != NULL ? question->from : question->to;

	event_show_text(out, question->subject);
	if (other == NULL)
		return;
	fputs(question->from != NULL ? " as the new name of "
				     : " by the new name ",
	    out);
	event_show_text(out, other);
}
