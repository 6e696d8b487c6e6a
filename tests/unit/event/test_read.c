/* SPDX-License-Identifier: Apache-2.0 */
#include "event/read.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"

#define HEAD                                                                   \
	"{\"time\":\"2026-11-25T22:12:13.123456789Z\",\"kind\":\"call\","      \
	"\"pid\":7,\"tid\":8"

Test(event_read, what_somebody_chooses_by)
{
	static const char line[] = HEAD
	    ",\"call\":\"openat\",\"args\":[{\"kind\":\"fd\",\"value\":3}],"
	    "\"result\":-2,\"errno\":\"ENOENT\",\"decision\":\"denied\","
	    "\"sound\":true,\"from a later version\":[1]}";
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct event_seen seen;
	struct error e = { 0 };

	cr_assert(zero(int, event_read(arena, line, strlen(line), &seen, &e)));
	cr_expect(eq(u32, seen.kind, EVENT_CALL));
	cr_expect(eq(i32, seen.pid, 7));
	cr_expect(eq(i32, seen.tid, 8));
	cr_expect(eq(str, seen.call, "openat"));
	cr_expect(eq(u32, seen.decision, EVENT_DENIED));
	cr_expect(seen.is_sound);
	cr_expect(seen.comm == NULL);
}

Test(event_read, what_is_no_event_is_refused_by_its_place)
{
	static const struct {
		const char *line;
		const char *says;
	} rows[] = {
		{ "[]", "expected an event" },
		{ "no event", "not valid JSON" },
		{ "{\"time\":\n", "ends too early" },
		{ "{}", "time is required" },
		{ "{\"time\":\"now\",\"kind\":\"call\",\"pid\":1,\"tid\":1}",
		    "time: expected a time as 0000-00-00T00:00:00.000000000Z" },
		{ "{\"time\":\"2026-11-25T22:12:13.123456789Z\\n\","
		  "\"kind\":\"call\",\"pid\":1,\"tid\":1}",
		    "time: expected a time as 0000-00-00T00:00:00.000000000Z" },
		{ "{\"time\":\"2026-11-25T22:12:13.123456789Z\","
		  "\"kind\":\"odd\",\"pid\":1,\"tid\":1}",
		    "kind: unknown value \"odd\"" },
		{ HEAD ",\"args\":{}}", "args: expected an array" },
		{ HEAD ",\"args\":[{\"kind\":1}]}",
		    "args[0]: expected an argument" },
		{ HEAD ",\"args\":[[]]}", "args[0]: expected an argument" },
		{ HEAD ",\"result\":\"1\"}", "result: expected a number" },
		{ HEAD ",\"result\":1e3}", NULL },
		{ HEAD ",\"signal\":9}", "signal: expected a string" },
		{ HEAD ",\"decision\":\"maybe\"}",
		    "decision: unknown value \"maybe\"" },
		{ HEAD "} x", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct event_seen seen = { .pid = 42 };
		struct error e = { 0 };

		cr_expect(lt(int,
			      event_read(arena, rows[i].line,
				  strlen(rows[i].line), &seen, &e),
			      0),
		    "row %zu", i);
		if (rows[i].says != NULL)
			cr_expect(eq(str, e.text,
				      (char *)(uintptr_t)rows[i].says),
			    "row %zu", i);
		cr_expect(eq(i32, seen.pid, 42));
	}
}
