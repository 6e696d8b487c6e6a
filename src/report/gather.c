/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gather - from events to files, addresses and what was refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "report.h"

/* ---- what a call does ----------------------------------------------------
 */

enum does {
	DOES_CHANGE, /* whatever is in no row */
	DOES_OPEN,
	DOES_CREATE,
	DOES_REMOVE,
	DOES_RENAME,
	DOES_LINK,
	DOES_OWN,
	DOES_NODE,
	DOES_EXECUTE,
	DOES_CONNECT,
	DOES_BIND,
	DOES_SEND,
	DOES_COUNT,
};

static const struct {
	const char *call;
	enum does does;
} calls[] = {
	{ "open", DOES_OPEN },
	{ "openat", DOES_OPEN },
	{ "openat2", DOES_OPEN },
	{ "creat", DOES_OPEN },
	{ "mkdir", DOES_CREATE },
	{ "mkdirat", DOES_CREATE },
	{ "mknod", DOES_NODE },
	{ "mknodat", DOES_NODE },
	{ "chown", DOES_OWN },
	{ "lchown", DOES_OWN },
	{ "fchown", DOES_OWN },
	{ "fchownat", DOES_OWN },
	{ "symlink", DOES_CREATE },
	{ "symlinkat", DOES_CREATE },
	{ "unlink", DOES_REMOVE },
	{ "unlinkat", DOES_REMOVE },
	{ "rmdir", DOES_REMOVE },
	{ "rename", DOES_RENAME },
	{ "renameat", DOES_RENAME },
	{ "renameat2", DOES_RENAME },
	{ "link", DOES_LINK },
	{ "linkat", DOES_LINK },
	{ "execve", DOES_EXECUTE },
	{ "execveat", DOES_EXECUTE },
	{ "connect", DOES_CONNECT },
	{ "bind", DOES_BIND },
	{ "sendto", DOES_SEND },
	{ "sendmsg", DOES_SEND },
	{ "sendmmsg", DOES_SEND },
};

static enum does
what_it_does(const char *call)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (strcmp(calls[i].call, call) == 0)
			return calls[i].does;
	}
	return DOES_CHANGE;
}

/* As lorica-policy(5) and questions call it. */
static const char *const words[DOES_COUNT] = {
	[DOES_CHANGE] = "write",
	[DOES_OPEN] = "read",
	[DOES_CREATE] = "create",
	[DOES_REMOVE] = "write",
	[DOES_RENAME] = "write",
	[DOES_LINK] = "create",
	[DOES_OWN] = "write",
	[DOES_NODE] = "create",
	[DOES_EXECUTE] = "execute",
	[DOES_CONNECT] = "connect",
	[DOES_BIND] = "bind",
	[DOES_SEND] = "send",
};

/* ---- the flags of open(2) ------------------------------------------------
 */

/* "O_WRONLY|O_CREAT", also in the struct of openat2(2). */
static const char *
find_flags(const struct event_seen *event)
{
	const struct json *at = event->args == NULL ? NULL : event->args->first;

	for (; at != NULL; at = at->next) {
		const struct json *kind = json_find(at, "kind");
		const struct json *value = json_find(at, "value");

		if (value == NULL)
			continue;
		if (strcmp(kind->text, "open_how") == 0 &&
		    value->kind == JSON_OBJECT)
			value = json_find(value, "flags");
		else if (strcmp(kind->text, "open") != 0)
			continue;
		if (value != NULL && value->kind == JSON_STRING)
			return value->text;
	}
	return "O_WRONLY"; /* creat(2) */
}

static bool
has_word(const char *flags, const char *word)
{
	size_t length = strlen(word);

	for (; *flags != '\0'; flags += flags[0] == '|') {
		size_t next = strcspn(flags, "|");

		if (next == length && strncmp(flags, word, length) == 0)
			return true;
		flags += next;
	}
	return false;
}

static bool
is_write(const char *flags)
{
	static const char *const writing[] = { "O_WRONLY", "O_RDWR", "O_TRUNC",
		"O_TMPFILE" };

	for (size_t i = 0; i < ARRAY_SIZE(writing); i++) {
		if (has_word(flags, writing[i]))
			return true;
	}
	return false;
}

/* ---- files ---------------------------------------------------------------
 */

static void
count(struct report *report, const char *path, enum report_kind kind)
{
	uint32_t node =
	    path[0] == '/' ? report_tree_add(&report->tree, path) : REPORT_NONE;

	if (node == REPORT_NONE) {
		report->truncated++;
		return;
	}
	if (report->tree.nodes[node].counts[kind] < UINT32_MAX)
		report->tree.nodes[node].counts[kind]++;
}

static void
count_file(struct report *report, const struct event_seen *event,
    enum does does)
{
	static const enum report_kind kinds[DOES_COUNT] = {
		[DOES_CHANGE] = REPORT_CHANGED,
		[DOES_CREATE] = REPORT_CREATED,
		[DOES_REMOVE] = REPORT_REMOVED,
		[DOES_RENAME] = REPORT_RENAMED,
		[DOES_LINK] = REPORT_CREATED,
		[DOES_OWN] = REPORT_CHANGED,
		[DOES_NODE] = REPORT_CREATED,
	};
	const char *object = event->object;
	const char *target = event->target;

	/* Pipes and the like have no path; what is executed has an event of its
	 * own once it is. */
	if (object == NULL || object[0] != '/' || does == DOES_EXECUTE)
		return;
	if (does == DOES_OPEN) {
		const char *flags = find_flags(event);

		if (event->is_new)
			count(report, object, REPORT_CREATED);
		if (is_write(flags))
			count(report, object, REPORT_WRITTEN);
		if (!is_write(flags) || has_word(flags, "O_RDWR"))
			count(report, object, REPORT_READ);
		return;
	}
	if (does == DOES_LINK && target != NULL)
		object = target;
	count(report, object, kinds[does]);
	if (does == DOES_RENAME && target != NULL && target[0] == '/')
		count(report, target, REPORT_CREATED);
}

/* ---- a call --------------------------------------------------------------
 */

static bool
was_decided(const struct event_seen *event)
{
	return event->decision == EVENT_DENIED ||
	       event->decision == EVENT_KILLED ||
	       event->decision == EVENT_FROZEN;
}

/* The path as the program wrote it, where it could not be resolved. */
static const char *
object_of(const struct event_seen *event)
{
	const struct json *at = event->args == NULL ? NULL : event->args->first;

	if (event->object != NULL)
		return event->object;
	for (; at != NULL; at = at->next) {
		const struct json *value = json_find(at, "value");
		const char *kind = json_find(at, "kind")->text;

		if (value != NULL && strcmp(kind, "sockaddr") == 0 &&
		    value->kind == JSON_OBJECT)
			value = json_find(value, "path");
		else if (strcmp(kind, "path") != 0)
			continue;
		if (value != NULL && value->kind == JSON_STRING)
			return value->text;
	}
	return "";
}

static void
take_call(struct report *report, const struct event_seen *event)
{
	enum does does = what_it_does(event->call);
	const char *object = object_of(event);
	const struct report_call call = { .object = object,
		.error = event->error,
		.was_decided = was_decided(event),
		.is_of_owners = does == DOES_OWN || does == DOES_NODE,
		.is_of_network = does >= DOES_CONNECT,
		.is_search = does == DOES_OPEN || does >= DOES_EXECUTE };
	struct report_row row = { .what = words[does],
		.object = (char *)(uintptr_t)object,
		.error = event->error,
		.rule = call.was_decided ? event->rule : NULL,
		.is_roots = call.is_of_owners };
	row.is_directory = strncmp(event->call, "mkdir", 5) == 0;
	bool is_sound = event->is_sound || event->result != NULL;

	if (does == DOES_OPEN && is_write(find_flags(event)))
		row.what = "write";
	/* A name of a file alone, O_PATH. */
	if (does == DOES_OPEN && !is_sound)
		return;
	/* A rule about calls looks at no object. */
	if (object[0] == '\0' && call.was_decided) {
		row.what = "call";
		row.object = (char *)(uintptr_t)event->call;
		row.by = REPORT_BY_POLICY;
	}
	if (row.object[0] != '\0' &&
	    report_who(report->request, &call, &row.by)) {
		report_add_row(report, &report->refused, &row);
		return;
	}
	if (event->error != NULL && strcmp(event->error, "EINPROGRESS") != 0)
		return;
	if (does < DOES_CONNECT)
		count_file(report, event, does);
	else if (object[0] != '\0')
		report_add_row(report, &report->network,
		    &(struct report_row){ .what = words[does],
			.object = (char *)(uintptr_t)object });
}

void
report_take(struct report *report, const struct event_seen *event)
{
	report->lost += event->lost;
	if (event->is_truncated)
		report->truncated++;
	else if (event->kind == EVENT_CALL && event->call != NULL)
		take_call(report, event);
	else if (event->kind == EVENT_EXEC && !was_decided(event) &&
		 event->object != NULL && event->object[0] == '/')
		count(report, event->object, REPORT_EXECUTED);
}

void
report_take_refused(struct report *report, const char *word, bool is_own)
{
	/* It hears what servers for names say. */
	for (const char *at = word; *at != '\0'; at++) {
		if (*at <= ' ' || *at > '~' || *at == '\\') {
			report->truncated++;
			return;
		}
	}
	report_add_row(report, &report->refused,
	    &(struct report_row){ .what = words[DOES_CONNECT],
		.object = (char *)(uintptr_t)word,
		.by = REPORT_BY_NETWORK,
		.is_own = is_own });
}

void
report_take_line(struct report *report, const char *line, size_t length)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_seen event;
	struct error e = { 0 };

	if (arena == NULL || event_read(arena, line, length, &event, &e) < 0)
		report->lost++;
	else
		report_take(report, &event);
}

int
report_begin(struct report *report, const struct report_request *request,
    struct error *e)
{
	report->request = request;
	report->arena = json_arena_new();
	report->advice = calloc(1, sizeof(*report->advice));
	if (report->arena == NULL || report->advice == NULL)
		return error_sys(e, "memory");
	if (request->format == REPORT_PROFILE)
		TRY(report_read_base(report, e));
	return report_tree_begin(&report->tree, e);
}

void
report_free(struct report *report)
{
	json_arena_free(&report->arena);
	free(report->advice);
	report_tree_free(&report->tree);
	report_free_rows(&report->network);
	report_free_rows(&report->refused);
}
