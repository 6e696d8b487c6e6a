/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "report/report.h"

Test(report_network, no_command_is_given_what_is_special)
{
	static const struct {
		const char *word;
		bool is_fine;
	} rows[] = {
		{ "pypi.org:443", true },
		{ "pypi.org", true },
		{ "93.184.1.1:80", true },
		{ "[2620:1::1]:80", true },
		{ "[::ffff:93.184.1.1]:80", true },
		{ "127.0.0.1:5432", false },
		{ "10.9.0.1", false },
		{ "10.9.0.1:80", false },
		{ "169.254.169.254:80", false },
		{ "[::ffff:10.9.0.1]:80", false },
		{ "[fd00:ec2::254]:80", false },
		{ "fd00:ec2::254", false },
		{ "[::1]:80", false },
		{ "93.184.1.1:0", false },
		{ "name", false },
		{ "a.b,c.d", false },
		{ "*\\x1b", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      report_word_objection(rows[i].word, false) ==
				  NULL,
			      rows[i].is_fine),
		    "%s", rows[i].word);
	cr_expect(
	    not(zero(ptr, (void *)report_word_objection("45.1.1.1:80", true))));
}

Test(report_network, a_list_gets_what_it_does_not_allow_yet)
{
	static const struct {
		const char *word;
		int added;
		const char *list;
	} rows[] = {
		{ "a.test:80", 1, "a.test:80" },
		{ "a.test:80", 0, "a.test:80" },
		{ "a.test:81", 1, "a.test:80,a.test:81" },
		{ "93.184.1.1:80", 1, "a.test:80,a.test:81,93.184.1.1:80" },
	};
	char list[GUARD_ALLOW_BYTES] = "";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cr_expect(eq(int, report_word_add(list, rows[i].word),
		    rows[i].added));
		cr_expect(eq(str, list, (char *)(uintptr_t)rows[i].list));
	}
	(void)snprintf(list, sizeof(list), "*.test");
	cr_expect(eq(int, report_word_add(list, "a.test:80"), 0));
	cr_expect(eq(str, list, "*.test"));
}

Test(report_network, a_list_that_is_full_stays_as_it_is)
{
	char list[GUARD_ALLOW_BYTES] = "", before[GUARD_ALLOW_BYTES], word[64];
	int added = 1;

	for (unsigned i = 0; i < 10000 && added > 0; i++) {
		memcpy(before, list, sizeof(before));
		(void)snprintf(word, sizeof(word), "a%u.test", i);
		added = report_word_add(list, word);
	}
	cr_expect(eq(int, added, -1));
	cr_expect(eq(str, list, before));
}

/* dev.lorica.net of a sandbox with --ask. */
Test(report_network, that_somebody_is_asked_is_no_word_of_the_list)
{
	static const struct {
		const char *net, *read;
	} rows[] = {
		{ "?a.test,b.test", "a.test,b.test" },
		{ "a.test", "a.test" },
		{ "?", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(json_arena_free)
		struct json_arena *arena = json_arena_new();
		struct report_request request;
		struct error e = { 0 };
		char text[256];

		(void)snprintf(text, sizeof(text),
		    "{\"format\":\"json\",\"mode\":\"guard\",\"config\":{"
		    "\"annotations\":"
		    "{\"dev.lorica.net\":\"%s\"}}}",
		    rows[i].net);
		cr_assert(zero(int, report_request_read(arena, text,
					strlen(text), &request, &e)),
		    "%s", e.text);
		if (rows[i].read == NULL)
			cr_expect(eq(ptr, request.config.net, NULL));
		else
			cr_expect(eq(str, request.config.net,
			    (char *)(uintptr_t)rows[i].read));
	}
}
