/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "criu/criu.h"

static const char *const verbs[] = {
	[CRIU_DUMP] = "dump",
	[CRIU_PRE_DUMP] = "pre-dump",
	[CRIU_RESTORE] = "restore",
};
_Static_assert(ARRAY_SIZE(verbs) == CRIU_VERBS, "a word for each verb");

static void
put_text(FILE *out, const char *text)
{
	(void)fwrite(text, 1, strlen(text) + 1, out);
}

int
criu_request_begin(struct criu_request *request, enum criu_verb verb,
    struct error *e)
{
	*request = (struct criu_request){ 0 };
	request->out = open_memstream(&request->text, &request->length);
	if (request->out == NULL)
		return error_sys(e, "memory");
	put_text(request->out, CRIU_PROTOCOL);
	put_text(request->out, verbs[verb]);
	return 0;
}

void
criu_request_free(struct criu_request *request)
{
	if (request->out != NULL)
		fclose(request->out);
	free(request->text);
	*request = (struct criu_request){ 0 };
}

void
criu_put(struct criu_request *request, const char *name, const char *format,
    ...)
{
	va_list arguments;

	put_text(request->out, name);
	va_start(arguments, format);
	(void)vfprintf(request->out, format, arguments);
	va_end(arguments);
	fputc('\0', request->out);
}

void
criu_put_flag(struct criu_request *request, const char *name, bool set)
{
	if (set)
		criu_put(request, name, "1");
}

int
criu_put_fd(struct criu_request *request, int fd)
{
	if (request->fds_count == ARRAY_SIZE(request->fds))
		return -EMFILE;
	request->fds[request->fds_count] = fd;
	return CRIU_FD_FIRST + (int)request->fds_count++;
}

/* ---- reading ---------------------------------------------------------------
 */

/* The next text, which ends before the end. */
static const char *
next_text(struct criu_reader *reader)
{
	const char *text = reader->at;
	const char *nul =
	    text == reader->end
		? NULL
		: memchr(text, '\0', (size_t)(reader->end - text));

	if (nul == NULL)
		return NULL;
	reader->at = nul + 1;
	return text;
}

bool
criu_next(struct criu_reader *reader, const char **name, const char **value)
{
	*name = next_text(reader);
	*value = *name == NULL ? NULL : next_text(reader);
	return *value != NULL;
}

static bool
find_verb(const char *word, enum criu_verb *out)
{
	for (size_t i = 0; word != NULL && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(verbs[i], word) == 0) {
			*out = (enum criu_verb)i;
			return true;
		}
	}
	return false;
}

int
criu_parse(const char *text, size_t length, struct criu_reader *out,
    struct error *e)
{
	struct criu_reader reader = { .at = text, .end = text + length };
	const char *protocol = next_text(&reader);
	const char *name, *value;

	if (protocol == NULL || strcmp(protocol, CRIU_PROTOCOL) != 0)
		return error_set(e, EPROTO,
		    "a request of another version of lorica");
	if (!find_verb(next_text(&reader), &reader.verb))
		return error_set(e, EPROTO, "a request without a verb");
	struct criu_reader rest = reader;
	while (criu_next(&rest, &name, &value))
		;
	if (rest.at != rest.end || name != NULL)
		return error_set(e, EPROTO, "a malformed request");
	*out = reader;
	return 0;
}
