/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace: events of a container, live or from a file, to be read.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/text.h"
#include "cli.h"
#include "event/read.h"
#include "surface.h"
#include "syscall/syscall.h"

/* Which events are shown, and how. */
struct trace_choice {
	const char *input; /* a file; NULL: a container */
	const char *calls; /* names with commas; NULL: all */
	const char *pid;   /* NULL: of all processes */
	int32_t pid_number;
	bool denied;
	bool json;
	struct surface_style style;
};

/* ---- the choice ---------------------------------------------------------- */

/* The next name in a list, and what is behind it. */
static const char *
next_name(const char *list, size_t *length)
{
	*length = strcspn(list, ",");
	return list[*length] == ',' ? list + *length + 1 : NULL;
}

static bool
has_name(const char *list, const char *name)
{
	while (list != NULL) {
		size_t length;
		const char *next = next_name(list, &length);

		if (strlen(name) == length && strncmp(list, name, length) == 0)
			return true;
		list = next;
	}
	return false;
}

static int
check_calls(const char *list, struct error *e)
{
	while (list != NULL) {
		size_t length;
		const char *next = next_name(list, &length);
		AUTO_FREE char *name = strndup(list, length);

		if (name == NULL)
			return error_sys(e, "memory");
		if (syscall_find_name(name) == NULL)
			return error_set(e, EINVAL,
			    "--call: there is no call \"%s\"", name);
		list = next;
	}
	return 0;
}

static int
check_choice(struct trace_choice *choice, struct error *e)
{
	uint64_t pid = 0;

	if (choice->pid != NULL &&
	    (!text_parse_u64(choice->pid, INT32_MAX, &pid) || pid == 0))
		return error_set(e, EINVAL, "--pid: \"%s\" is no process",
		    choice->pid);
	choice->pid_number = (int32_t)pid;
	choice->style = surface_style_of(stdout);
	return check_calls(choice->calls, e);
}

static bool
was_stopped(const struct event_seen *event)
{
	return event->decision == EVENT_DENIED ||
	       event->decision == EVENT_KILLED ||
	       event->decision == EVENT_FROZEN;
}

/* That some are missing is told whatever is asked for. */
static bool
is_chosen(const struct trace_choice *choice, const struct event_seen *event)
{
	if (event->kind == EVENT_LOST)
		return true;
	if (choice->calls != NULL &&
	    (event->call == NULL || !has_name(choice->calls, event->call)))
		return false;
	if (choice->pid != NULL && event->pid != choice->pid_number)
		return false;
	return !choice->denied || was_stopped(event);
}

/* ---- events -------------------------------------------------------------- */

static void
show(const struct trace_choice *choice, const struct event_seen *event)
{
	const char *colour = "";

	if (was_stopped(event))
		colour = choice->style.bad;
	else if (event->decision != EVENT_UNDECIDED)
		colour = choice->style.good;
	fputs(colour, stdout);
	event_show(stdout, event);
	if (colour[0] != '\0')
		fputs(choice->style.end, stdout);
}

static int
take_event(void *context, const char *line, size_t length, struct error *e)
{
	const struct trace_choice *choice = context;
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_seen event;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(event_read(arena, line, length, &event, e));
	if (!is_chosen(choice, &event))
		return 0;
	if (choice->json) {
		fwrite(line, 1, length, stdout);
		if (line[length - 1] != '\n')
			putchar('\n');
	} else {
		show(choice, &event);
	}
	return fflush(stdout) == 0 ? 0 : error_sys(e, "write to stdout");
}

/* ---- a file -------------------------------------------------------------- */

static void
close_file(FILE **file)
{
	if (*file != NULL && *file != stdin)
		fclose(*file);
}

/* A line with its end, if it has one; 0 at the end of the file. */
static ssize_t
read_line(FILE *in, char *line, size_t size, struct error *e)
{
	size_t used = 0;
	int c = 0;

	while (used < size && c != '\n' && (c = getc(in)) != EOF)
		line[used++] = (char)c;
	if (ferror(in) != 0)
		return error_sys(e, "read");
	if (used == size && c != '\n')
		return error_set(e, EMSGSIZE, "longer than %zu bytes", size);
	return (ssize_t)used;
}

static int
read_file(struct trace_choice *choice, struct error *e)
{
	bool is_stdin = strcmp(choice->input, "-") == 0;
	AUTO(close_file)
	FILE *in = is_stdin ? stdin : fopen(choice->input, "re");
	char line[EVENT_LINE_MAX];

	if (in == NULL)
		return error_sys(e, "--input %s", choice->input);
	for (size_t number = 1;; number++) {
		ssize_t got = read_line(in, line, sizeof(line), e);

		if (got == 0)
			return 0;
		if (got < 0 || take_event(choice, line, (size_t)got, e) < 0)
			return error_wrap(e, "--input %s: line %zu",
			    choice->input, number);
	}
}

int
cli_trace(struct cli_call *call, struct error *e)
{
	struct trace_choice choice = { 0 };
	const struct container_listener listener = { take_event, &choice };
	const struct cli_option options[] = {
		{ "call", 0, "NAME[,NAME]...", "these calls alone",
		    .value = &choice.calls },
		{ "denied", 0, NULL, "what was denied, killed or frozen alone",
		    .flag = &choice.denied },
		{ "input", 'i', "FILE", "events from a file; - is stdin",
		    .value = &choice.input },
		{ "json", 0, NULL, "lines as they are, for programs",
		    .flag = &choice.json },
		{ "pid", 0, "PID", "of this process alone, as the host has it",
		    .value = &choice.pid },
		{ NULL },
	};
	int at = cli_words(call, options, 0, 1, e);

	if (at < 0)
		return at;
	bool has_id = call->argc > at;
	if (has_id && choice.input != NULL)
		return error_set(e, EINVAL, "unexpected \"%s\"",
		    call->argv[at]);
	if (!has_id && choice.input == NULL)
		return error_set(e, EINVAL, "expected %s",
		    call->command->synopsis);
	TRY(check_choice(&choice, e));
	if (!has_id)
		return read_file(&choice, e);
	call->id = call->argv[at];
	return container_listen(call->cli->root, call->id, &listener, e);
}
