/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "criu/criu.h"

Test(criu_request, what_is_put_is_read_again)
{
	struct criu_request request = { 0 };
	struct criu_reader reader;
	struct error e = { 0 };
	const char *name, *value;

	cr_assert(zero(int, criu_request_begin(&request, CRIU_PRE_DUMP, &e)));
	criu_put(&request, "external", "mnt[%s]:%s", "/a", "/b c");
	criu_put_flag(&request, "shell-job", false);
	criu_put_flag(&request, "file-locks", true);
	cr_expect(eq(int, criu_put_fd(&request, 42), CRIU_FD_FIRST));
	cr_expect(eq(int, criu_put_fd(&request, 43), CRIU_FD_FIRST + 1));
	cr_expect(eq(int, request.fds[1], 43));
	cr_assert(zero(int, fflush(request.out)));
	cr_assert(
	    zero(int, criu_parse(request.text, request.length, &reader, &e)));
	cr_expect(eq(int, (int)reader.verb, CRIU_PRE_DUMP));
	cr_assert(criu_next(&reader, &name, &value));
	cr_expect(eq(str, (char *)name, "external"));
	cr_expect(eq(str, (char *)value, "mnt[/a]:/b c"));
	cr_assert(criu_next(&reader, &name, &value));
	cr_expect(eq(str, (char *)name, "file-locks"));
	cr_expect(eq(str, (char *)value, "1"));
	cr_expect(not(criu_next(&reader, &name, &value)));
	criu_request_free(&request);
}

Test(criu_request, descriptors_have_a_limit)
{
	struct criu_request request = { 0 };
	struct error e = { 0 };
	int number = 0;

	cr_assert(zero(int, criu_request_begin(&request, CRIU_DUMP, &e)));
	for (int i = 0; i < 100 && number >= 0; i++)
		number = criu_put_fd(&request, i);
	cr_expect(eq(int, number, -EMFILE));
	criu_request_free(&request);
}

Test(criu_request, what_is_no_request_is_refused)
{
	static const struct {
		const char *text;
		size_t length;
		const char *want;
	} rows[] = {
		{ "", 0, "a request of another version of lorica" },
		{ "lorica-criu 2\0dump", 19,
		    "a request of another version of lorica" },
		{ "lorica-criu 1", 13,
		    "a request of another version of lorica" },
		{ "lorica-criu 1", 14, "a request without a verb" },
		{ "lorica-criu 1\0eat", 18, "a request without a verb" },
		{ "lorica-criu 1\0dump", 18, "a request without a verb" },
		{ "lorica-criu 1\0dump\0pid", 23, "a malformed request" },
		{ "lorica-criu 1\0dump\0pid\0001", 24, "a malformed request" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct criu_reader reader;
		struct error e = { 0 };

		cr_expect(eq(int,
			      criu_parse(rows[i].text, rows[i].length, &reader,
				  &e),
			      -EPROTO),
		    "row %zu", i);
		cr_expect(eq(str, e.text, (char *)rows[i].want), "row %zu", i);
	}
}
