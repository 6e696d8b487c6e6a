/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile - what was refused becomes a profile: lorica-sandbox(1).
 *
 * The command may be hostile, and whoever learns from it gives it what it asked
 * for: so never what is hidden, nor what programs outside run or obey, nor the
 * home as a whole. Each of these is left out, and said.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/text.h"
#include "report.h"

struct learning {
	const struct report *report;
	FILE *notes;
	const char *paths[REPORT_ROWS_MAX]; /* to be written */
	size_t count;
	char net[GUARD_ALLOW_BYTES]; /* the list, with what is new */
	bool is_net_new;
};

/* ---- the one that is there -----------------------------------------------
 */

int
report_read_base(struct report *report, struct error *e)
{
	const char *name = report->request->name;
	AUTO_FREE char *text = malloc(LIMIT_JSON_BYTES);

	if (text == NULL)
		return error_sys(e, "memory");
	if (name == NULL)
		return 0;
	AUTO_FD int fd = openat(REPORT_FD_OUT, name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? 0 : error_sys(e, "%s", name);
	ssize_t got = read(fd, text, LIMIT_JSON_BYTES);
	if (got < 0)
		return error_sys(e, "%s", name);
	if (json_parse(report->arena, text, (size_t)got, &report->base, e) < 0)
		return error_wrap(e, "%s", name);
	return report->base->kind == JSON_OBJECT
		   ? 0
		   : error_set(e, EINVAL, "%s: not an object", name);
}

/* The texts of a member, or NULL. */
static const struct json *
first_of(const struct learning *learning, const char *member)
{
	const struct json *base = learning->report->base;
	const struct json *list = base == NULL ? NULL : json_find(base, member);

	return list == NULL || list->kind != JSON_ARRAY ? NULL : list->first;
}

/* ---- what is left out ----------------------------------------------------
 */

static void
leave_out(const struct learning *learning, const char *what, const char *path,
    const char *why)
{
	fprintf(learning->notes,
	    "lorica: sandbox: note: not learned: %s %s: %s\n", what, path, why);
}

/* ---- learning ------------------------------------------------------------
 */

/* As a profile says it. */
static const char *
name_of(const struct learning *learning, const char *path)
{
	const char *home = learning->report->request->home;
	size_t length = strlen(path) + 2;
	char *name = json_alloc(learning->report->arena, length);

	if (name == NULL)
		return NULL;
	if (home != NULL && strcmp(home, "/") != 0 && report_is_in(path, home))
		(void)snprintf(name, length, "~%s", path + strlen(home));
	else
		(void)snprintf(name, length, "%s", path);
	return name;
}

static bool
is_known(const struct learning *learning, const char *name)
{
	for (const struct json *at = first_of(learning, "rw"); at != NULL;
	     at = at->next) {
		if (at->kind == JSON_STRING && report_is_in(name, at->text))
			return true;
	}
	for (size_t i = 0; i < learning->count; i++) {
		if (report_is_in(name, learning->paths[i]))
			return true;
	}
	return false;
}

/* What it would have made, and is to be in: it has to be there. */
static bool
make(const struct learning *learning, const char *path, const char *name)
{
	if (mkdir(path, 0700) < 0 && errno != EEXIST) {
		leave_out(learning, "rw", name, strerrordesc_np(errno));
		return false;
	}
	fprintf(learning->notes, "lorica: sandbox: note: made: %s\n", name);
	return true;
}

static int
learn_path(struct learning *learning, const struct report_row *row,
    struct report_advice *advice, struct error *e)
{
	const struct report_request *request = learning->report->request;
	struct stat st;

	/* The directory itself rather than all that it would be in. */
	if (row->is_directory || advice->is_missing)
		report_advise_missing(row->object, advice);
	bool is_directory =
	    row->is_directory || strcmp(advice->value, row->object) != 0;
	const char *why = report_objection(request, advice, is_directory);
	const char *name = name_of(learning, advice->value);
	if (name == NULL)
		return error_sys(e, "memory");
	if (why != NULL) {
		leave_out(learning, "rw", name, why);
		return 0;
	}
	if (is_known(learning, name) || learning->count == REPORT_ROWS_MAX)
		return 0;
	if (lstat(advice->value, &st) < 0) {
		if (!make(learning, advice->value, name))
			return 0;
	} else if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		leave_out(learning, "rw", name, "it is no file to write to");
		return 0;
	}
	learning->paths[learning->count++] = name;
	return 0;
}

/* Has there been a list, or none? */
static void
begin_net(struct learning *learning)
{
	const struct json *base = learning->report->base;
	const struct json *net = base == NULL ? NULL : json_find(base, "net");

	if (net != NULL && net->kind == JSON_STRING &&
	    strcmp(net->text, "none") != 0 &&
	    strlen(net->text) < sizeof(learning->net))
		(void)snprintf(learning->net, sizeof(learning->net), "%s",
		    net->text);
}

static void
learn_word(struct learning *learning, const struct report_row *row)
{
	const char *why = strcmp(row->what, "bind") == 0
			      ? "nobody reaches a sandbox"
			      : report_word_objection(row->object, row->is_own);
	int added =
	    why != NULL ? 0 : report_word_add(learning->net, row->object);

	if (added < 0)
		why = "the list is full";
	if (why != NULL)
		leave_out(learning, "net", row->object, why);
	if (added <= 0)
		return;
	learning->is_net_new = true;
	fprintf(learning->notes, "lorica: sandbox: note: learned: net %s\n",
	    row->object);
}

static int
learn_row(struct learning *learning, const struct report_row *row,
    struct report_advice *advice, struct error *e)
{
	report_advise(learning->report->request, row, advice);
	switch (row->by) {
	case REPORT_BY_MOUNT:
		if (advice->option != NULL)
			return learn_path(learning, row, advice, e);
		leave_out(learning, row->what, row->object,
		    "the caller may not either");
		return 0;
	case REPORT_BY_NETWORK:
		learn_word(learning, row);
		return 0;
	case REPORT_BY_HIDDEN:
		leave_out(learning, row->what, row->object, "it is hidden");
		return 0;
	case REPORT_BY_POLICY:
		leave_out(learning, row->what, row->object,
		    "the policy forbids it");
		return 0;
	case REPORT_BY_PERMISSION:
	case REPORT_BYS:
	default:
		return 0;
	}
}

/* ---- writing -------------------------------------------------------------
 */

static bool
is_covered(const struct learning *learning, size_t index)
{
	for (size_t i = 0; i < learning->count; i++) {
		if (i != index &&
		    report_is_in(learning->paths[index], learning->paths[i]))
			return true;
	}
	return false;
}

static void
put_list(FILE *out, const struct learning *learning)
{
	const char *separator = "";

	for (const struct json *at = first_of(learning, "rw"); at != NULL;
	     at = at->next) {
		fputs(separator, out);
		json_put(out, at);
		separator = ", ";
	}
	for (size_t i = 0; i < learning->count; i++) {
		if (is_covered(learning, i))
			continue;
		fputs(separator, out);
		json_put_string(out, learning->paths[i]);
		separator = ", ";
		fprintf(learning->notes,
		    "lorica: sandbox: note: learned: rw %s\n",
		    learning->paths[i]);
	}
}

static void
put_profile(FILE *out, const struct learning *learning)
{
	const struct json *base = learning->report->base;
	const struct json *at = base == NULL ? NULL : base->first;
	const char *separator = "{";

	for (; at != NULL; at = at->next) {
		bool is_ours =
		    strcmp(at->name, "rw") == 0 ||
		    (strcmp(at->name, "net") == 0 && learning->is_net_new);

		if (is_ours || at->kind == JSON_NULL)
			continue;
		fprintf(out, "%s\n\t", separator);
		json_put_string(out, at->name);
		fputs(": ", out);
		json_put(out, at);
		separator = ",";
	}
	if (learning->count > 0 || first_of(learning, "rw") != NULL) {
		fprintf(out, "%s\n\t\"rw\": [", separator);
		put_list(out, learning);
		fputc(']', out);
		separator = ",";
	}
	if (learning->is_net_new) {
		fprintf(out, "%s\n\t\"net\": ", separator);
		json_put_string(out, learning->net);
		separator = ",";
	}
	fputs(separator[0] == '{' ? "{}\n" : "\n}\n", out);
}

int
report_put_profile(FILE *out, const struct report *report, FILE *notes,
    struct error *e)
{
	AUTO_FREE struct learning *learning = calloc(1, sizeof(*learning));

	if (learning == NULL)
		return error_sys(e, "memory");
	learning->report = report;
	learning->notes = notes;
	begin_net(learning);
	for (size_t i = 0; i < report->refused.count; i++)
		TRY(learn_row(learning, &report->refused.rows[i],
		    report->advice, e));
	put_profile(out, learning);
	return 0;
}
