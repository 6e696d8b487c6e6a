/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"

static const char request_text[] =
    "{\"format\":\"json\",\"mode\":\"guard\",\"home\":\"/h\","
    "\"hasNetwork\":false,\"config\":{\"process\":{\"args\":[\"make\"],"
    "\"cwd\":\"/h/p\"},\"mounts\":["
    "{\"destination\":\"/\",\"type\":\"bind\",\"options\":[\"rbind\",\"ro\"]},"
    "{\"destination\":\"/tmp\",\"type\":\"tmpfs\"},"
    "{\"destination\":\"/h/p\",\"type\":\"bind\",\"options\":[\"rbind\"]}],"
    "\"linux\":{\"maskedPaths\":[\"/h/.ssh\"]}}}";

char *
report_of(const char *const *lines, report_put *put)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO(report_free) struct report report = { 0 };
	struct report_request request;
	struct error e = { 0 };
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	cr_assert(arena != NULL && out != NULL);
	cr_assert(eq(int,
		      report_request_read(arena, request_text,
			  strlen(request_text), &request, &e),
		      0),
	    "%s", e.text);
	cr_assert(eq(int, report_begin(&report, &request, &e), 0));
	for (; *lines != NULL; lines++)
		report_take_line(&report, *lines, strlen(*lines));
	put(out, &report);
	cr_assert(eq(int, fclose(out), 0));
	return text;
}

const char *
report_call(const char *call, const char *members, const char *object)
{
	static char line[4096];

	(void)snprintf(line, sizeof(line),
	    "{\"time\":\"2026-11-25T22:12:13.123456789Z\",\"kind\":\"call\","
	    "\"pid\":1,\"tid\":1,\"call\":\"%s\",%s\"sound\":true,"
	    "\"object\":\"%s\"}",
	    call, members, object);
	return line;
}
