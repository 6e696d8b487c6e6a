/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "swrk/swrk.h"

static struct swrk_answer
read_row(const char *bytes, size_t length, bool want)
{
	struct swrk_answer answer;
	char *copy = malloc(length + 1);

	memcpy(copy, bytes, length);
	cr_expect(eq(int, swrk_read(copy, length, &answer), want));
	free(copy);
	return answer;
}

Test(swrk_message, answers_are_read)
{
	struct swrk_answer answer =
	    read_row("\x08\x06\x10\x01\x2a\x0d\x0a\x08post-run\x10\x96\x01", 19,
		true);

	cr_expect(eq(u64, answer.type, SWRK_NOTIFY));
	cr_expect(answer.success);
	cr_expect(eq(str, answer.script, "post-run"));
	cr_expect(eq(int, answer.pid, 150));

	answer = read_row("\x08\x01\x10\x00\x38\x0c\x4a\x03why", 11, true);
	cr_expect(eq(u64, answer.type, SWRK_DUMP));
	cr_expect(not(answer.success));
	cr_expect(eq(int, answer.code, 12));
	cr_expect(eq(str, answer.text, "why"));

	answer = read_row("\x08\x0a\x52\x06\x08\x03\x10\x11\x20\x01", 10, true);
	cr_expect(eq(uint, answer.version, 31701));
}

Test(swrk_message, what_does_not_fit_is_cut)
{
	char bytes[3 + 200] = "\x4a\xc8\x01";

	memset(bytes + 3, 'x', 200);
	struct swrk_answer answer = read_row(bytes, sizeof(bytes), true);
	cr_expect(eq(sz, strlen(answer.text), 200));

	char script[5 + 120] = "\x2a\x7a\x0a\x78";
	memset(script + 4, 'y', 120);
	answer = read_row(script, 124, true);
	cr_expect(eq(sz, strlen(answer.script), CRIU_SCRIPT_MAX - 1));
}

Test(swrk_message, malformed_ones_are_refused)
{
	(void)read_row("\x08", 1, false);
	/* A number where a message belongs. */
	(void)read_row("\x28\x01", 2, false);
	(void)read_row("\x50\x01", 2, false);
	/* One that is malformed inside. */
	(void)read_row("\x2a\x02\x0a\x05", 4, false);
}

Test(swrk_message, a_request_is_one_message)
{
	static const char text[] = "lorica-criu 1\0restore\0images-dir-fd\0"
				   "3\0shell-job\0"
				   "1";
	static const char want[] = "\x08\x02\x12\x04\x08\x03\x38\x01";
	struct criu_reader reader;
	struct error e = { 0 };
	char *out = NULL;
	size_t length = 0;

	cr_assert(zero(int, criu_parse(text, sizeof(text), &reader, &e)));
	cr_assert(zero(int, swrk_work(&reader, &out, &length, &e)));
	cr_assert(eq(sz, length, sizeof(want) - 1));
	cr_expect(zero(int, memcmp(out, want, length)));
	free(out);
}
