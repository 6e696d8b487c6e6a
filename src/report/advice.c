/* SPDX-License-Identifier: Apache-2.0 */
/*
 * advice - which option would allow what was refused.
 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "report.h"

static int
digit(char c)
{
	const char *digits = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

bool
report_bytes(const char *text, char *out, size_t size)
{
	size_t used = 0;

	for (; *text != '\0' && used + 1 < size; text++) {
		char c = *text;

		if (c == '\\' && text[1] == 'x' && digit(text[2]) >= 0 &&
		    digit(text[3]) >= 0) {
			c = (char)(16 * digit(text[2]) + digit(text[3]));
			text += 3;
		} else if (c == '\\' && text[1] == '\\') {
			text++;
		}
		/* No name has one. */
		if (c == '\0')
			return false;
		out[used++] = c;
	}
	out[used] = '\0';
	return *text == '\0';
}

bool
report_is_there(const char *path)
{
	char bytes[PATH_MAX];
	struct stat st;

	return report_bytes(path, bytes, sizeof(bytes)) &&
	       lstat(bytes, &st) == 0;
}

/* Could the caller write there himself? */
static bool
may_write(const char *path)
{
	char bytes[PATH_MAX];

	return report_bytes(path, bytes, sizeof(bytes)) &&
	       access(bytes, W_OK) == 0;
}

/* Too much to be asked for: the home as a whole, and what is above it. */
static bool
is_too_much(const struct report_request *request, const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || strcmp(path, "/") == 0)
		return true;
	return request->home != NULL &&
	       strncmp(request->home, path, length) == 0 &&
	       (request->home[length] == '\0' || request->home[length] == '/');
}

/* What is there of it, itself or a directory above; and of what is not the
 * first that would have to be made, in next. */
static void
split(const char *path, char *there, char *next)
{
	(void)snprintf(there, REPORT_PATH_MAX, "%s", path);
	(void)snprintf(next, REPORT_PATH_MAX, "%s", path);
	while (there[0] != '\0' && !report_is_there(there)) {
		char *slash = strrchr(there, '/');

		(void)snprintf(next, REPORT_PATH_MAX, "%s", there);
		if (slash == NULL)
			break;
		*slash = '\0';
	}
}

static void
advise_write(const struct report_request *request, const char *object,
    struct report_advice *out)
{
	char *there = malloc(REPORT_PATH_MAX), *next = malloc(REPORT_PATH_MAX);

	if (there != NULL && next != NULL) {
		split(object, there, next);
		bool is_missing = is_too_much(request, there);

		if (may_write(there[0] == '\0' ? "/" : there)) {
			out->option = "rw";
			out->is_missing = is_missing;
			(void)snprintf(out->value, sizeof(out->value), "%s",
			    is_missing ? next : there);
		}
		/* The home is there, and all of it is meant. */
		if (is_missing && strcmp(there, next) == 0)
			out->is_missing = false;
	}
	free(there);
	free(next);
}

/* The address itself, beside what is listed; not all of them, if that does. */
static void
advise_network(const struct report_request *request,
    const struct report_row *row, struct report_advice *out)
{
	const char *list = request->config.net;
	bool is_word =
	    strcmp(row->what, "bind") != 0 && report_is_word(row->object);

	/* "name", of which a list wants to know a port. */
	if (!is_word && list != NULL)
		return;
	out->option = "net";
	(void)snprintf(out->value, sizeof(out->value), "%s%s%s",
	    is_word && list != NULL ? list : "",
	    is_word && list != NULL ? "," : "", is_word ? row->object : "host");
}

/* A socket that is read-only stays hidden. */
static bool
is_looking(const char *what)
{
	return strcmp(what, "read") == 0 || strcmp(what, "execute") == 0;
}

void
report_advise_missing(const char *object, struct report_advice *out)
{
	char *there = malloc(REPORT_PATH_MAX);

	if (there != NULL)
		split(object, there, out->value);
	free(there);
}

void
report_advise(const struct report_request *request,
    const struct report_row *row, struct report_advice *out)
{
	const char *hidden;

	out->option = NULL;
	out->value[0] = '\0';
	out->is_missing = false;
	switch (row->by) {
	case REPORT_BY_MOUNT:
		advise_write(request, row->object, out);
		return;
	case REPORT_BY_HIDDEN:
		hidden = report_hidden(request, row->object);
		out->option = is_looking(row->what) ? "ro" : "rw";
		(void)snprintf(out->value, sizeof(out->value), "%s",
		    hidden == NULL ? row->object : hidden);
		return;
	case REPORT_BY_NETWORK:
		advise_network(request, row, out);
		return;
	case REPORT_BY_PERMISSION:
		if (row->is_roots && request->config.root == NULL)
			out->option = "root";
		return;
	case REPORT_BY_POLICY:
	case REPORT_BYS:
	default:
		return;
	}
}
