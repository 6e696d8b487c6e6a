/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "filter/surface.h"
#include "support.h"

#define WAYS_MAX 64

struct list {
	struct filter_way ways[WAYS_MAX];
	size_t count;
};

static void
collect(void *context, const struct filter_way *way)
{
	struct list *list = context;

	cr_assert(lt(sz, list->count, WAYS_MAX));
	list->ways[list->count++] = *way;
}

static struct spec *
profile(const char *fallback, const char *rules)
{
	AUTO_FREE char *text = NULL;

	cr_assert(gt(int,
	    asprintf(&text,
		"{\"defaultAction\": \"SCMP_ACT_%s\", \"syscalls\": [%s]}",
		fallback, rules),
	    0));
	return support_profile(text);
}

#define ALLOW(name, args)                                                      \
	"{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ALLOW\", "         \
	"\"args\": [" args "]}"
#define DENY(name, args)                                                       \
	"{\"names\": [\"" name "\"], \"action\": \"SCMP_ACT_ERRNO\", "         \
	"\"args\": [" args "]}"
#define ARG(index, op, value, two)                                             \
	"{\"index\": " #index ", \"op\": \"SCMP_CMP_" #op                      \
	"\", \"value\": " #value ", \"valueTwo\": " #two "}"

static const struct {
	const char *fallback, *rules;
	const char *happens; /* every way, sorted as found */
	const char * not ;
} rows[] = {
	{ "ERRNO", ALLOW("socket", ARG(0, EQ, 2, 0)), "arg0 = 2",
	    "arg0 & 0xffffffff00000000 != 0|int arg0 != 2" },
	{ "ERRNO", ALLOW("socket", ARG(0, MASKED_EQ, 4294967295, 2)),
	    "int arg0 = 2", "int arg0 != 2" },
	{ "ERRNO",
	    ALLOW("socket",
		ARG(0, MASKED_EQ, 4294967295, 2)) ", " ALLOW("socket",
		ARG(0, MASKED_EQ, 4294967295, 10) ", " ARG(2, MASKED_EQ,
		    4294967295, 6)),
	    "int arg0 = 2|int arg0 = 10, int arg2 = 6", NULL },
	{ "ALLOW", DENY("socket", ARG(0, MASKED_EQ, 15, 9)), NULL,
	    "arg0 & 0xf = 9" },
	{ "ERRNO", ALLOW("socket", ARG(1, MASKED_EQ, 1, 1)), "arg1 & 0x1 = 1",
	    "arg1 & 0x1 = 0" },
	{ "ERRNO", ALLOW("socket", ARG(3, GT, 5, 0)), NULL,
	    "arg3 & 0xffffffff00000000 = 0, int arg3 <= 5" },
	/* What is left when nearly all is allowed. */
	{ "ERRNO",
	    ALLOW("socket", ARG(1, MASKED_EQ, 1, 1)) ", " ALLOW("socket",
		ARG(1, MASKED_EQ, 6, 0)) ", " ALLOW("socket",
		ARG(1, MASKED_EQ, 4294967288, 0)),
	    NULL, NULL },
};

static char *
printed(const struct filter_way *way, const char *call)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	cr_assert(out != NULL);
	filter_way_print(out, way, call);
	cr_assert(zero(int, fclose(out)));
	return text;
}

static void
check(const struct list *list, const char *wanted, size_t row)
{
	char got[2048] = "";
	char reversed[2048] = "";

	if (wanted == NULL)
		return;
	for (size_t i = list->count; i-- > 0;) {
		AUTO_FREE char *text = printed(&list->ways[i], NULL);

		strcat(got, text);
		strcat(got, i > 0 ? "|" : "");
	}
	for (size_t i = 0; i < list->count; i++) {
		AUTO_FREE char *text = printed(&list->ways[i], NULL);

		strcat(reversed, i > 0 ? "|" : "");
		strcat(reversed, text);
	}
	cr_expect(strcmp(got, wanted) == 0 || strcmp(reversed, wanted) == 0,
	    "row %zu: %s", row, reversed);
}

/* Does the call satisfy every test of one of them? */
static bool
covers(const struct list *list, const struct seccomp_data *call)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct filter_way *way = &list->ways[i];
		bool all = true;

		for (size_t j = 0; j < way->count && all; j++) {
			const struct filter_test *test = &way->tests[j];
			unsigned shift = test->mask <= UINT32_MAX ? 0 : 32;
			uint64_t got = call->args[test->argument] & test->mask;

			all = filter_jumps((uint32_t)(got >> shift),
				  (uint32_t)(test->value >> shift),
				  test->operation) == test->holds;
		}
		if (all)
			return true;
	}
	return false;
}

static void
check_grid(const struct filter *filter, const struct list *happens,
    const struct list * not )
{
	static const uint64_t values[] = { 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 16,
		25, 38, 39, 40, 41, 0x5412, 0x541c, 0x5423, 0x100000002,
		0x10000000a, UINT32_MAX, UINT64_MAX };
	struct seccomp_data call = { .nr = SYS_socket,
		.arch = FILTER_NATIVE_ARCH };

	for (size_t i = 0;
	     i < ARRAY_SIZE(values) * ARRAY_SIZE(values) * ARRAY_SIZE(values);
	     i++) {
		call.args[0] = values[i % ARRAY_SIZE(values)];
		call.args[1] =
		    values[i / ARRAY_SIZE(values) % ARRAY_SIZE(values)];
		call.args[2] = call.args[3] =
		    values[i / ARRAY_SIZE(values) / ARRAY_SIZE(values)];
		bool is_so = filter_fate_of(filter, &call) == FILTER_HAPPENS;

		cr_assert(eq(int, covers(happens, &call), is_so));
		cr_assert(eq(int, covers(not, &call), !is_so));
	}
}

Test(filter_ways, together_they_are_what_the_program_does)
{
	const struct seccomp_data call = { .nr = SYS_socket,
		.arch = FILTER_NATIVE_ARCH };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free)
		struct spec *spec = profile(rows[i].fallback, rows[i].rules);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);
		struct list happens = { .count = 0 };
		struct list not = { .count = 0 };

		cr_assert(filter_ways(&filter, &call, true, collect, &happens));
		cr_assert(filter_ways(&filter, &call, false, collect, &not ));
		check(&happens, rows[i].happens, i);
		check(&not, rows[i].not, i);
		check_grid(&filter, &happens, &not );
	}
}

/* More conditions than can be followed are not a wrong answer. */
Test(filter_ways, too_many_are_said_to_be_too_many)
{
	struct sock_filter insns[2 * 200 + 2];
	size_t count = 0;

	for (uint32_t i = 0; i < 200; i++) {
		insns[count++] =
		    (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			offsetof(struct seccomp_data, args));
		insns[count++] =
		    (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K,
			1u << i % 32 | i, 0, 0);
	}
	insns[count++] =
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct filter filter = { .insns = insns,
		.count = (unsigned short)count };
	const struct seccomp_data call = { .nr = 1 };
	struct list list = { .count = WAYS_MAX };

	cr_expect(not(filter_ways(&filter, &call, false, collect, &list)));
}

/* Words stand only for numbers of which all bits are looked at. */
Test(filter_ways, arguments_that_are_known_are_named)
{
#define TEST(argument, mask, value, operation, holds)                          \
	{                                                                      \
		(argument), (mask), (value), (operation), (holds)              \
	}
	static const struct {
		const char *call;
		struct filter_way way;
		const char *says;
	} words[] = {
		{ "socket",
		    { { TEST(0, UINT32_MAX, 2, BPF_JEQ, true),
			  TEST(1, 0xf, 1, BPF_JEQ, true),
			  TEST(2, UINT32_MAX, 6, BPF_JEQ, true) },
			3 },
		    "int arg0 = AF_INET, arg1 & 0xf = SOCK_STREAM, "
		    "int arg2 = 6" },
		{ "socket", { { TEST(0, UINT32_MAX, 38, BPF_JGT, false) }, 1 },
		    "int arg0 <= AF_ALG" },
		{ "socket", { { TEST(0, 0x3, 1, BPF_JEQ, true) }, 1 },
		    "arg0 & 0x3 = 1" },
		{ "socket", { { TEST(0, UINT32_MAX, 99, BPF_JEQ, true) }, 1 },
		    "int arg0 = 99" },
		{ "ioctl",
		    { { TEST(1, UINT32_MAX, 0x5412, BPF_JEQ, false) }, 1 },
		    "int arg1 != TIOCSTI" },
		{ "unshare", { { TEST(0, 0x10020000, 0, BPF_JEQ, true) }, 1 },
		    "arg0 & (CLONE_NEWNS|CLONE_NEWUSER) = 0" },
		{ "unshare",
		    { { TEST(0, UINT32_MAX, 0x10020000, BPF_JEQ, true) }, 1 },
		    "int arg0 = CLONE_NEWNS|CLONE_NEWUSER" },
		{ "personality",
		    { { TEST(0, UINT64_MAX, 0x20008, BPF_JEQ, true) }, 1 },
		    "arg0 = PER_LINUX32|UNAME26" },
		{ "read", { { TEST(0, UINT32_MAX, 2, BPF_JEQ, true) }, 1 },
		    "int arg0 = 2" },
		{ NULL, { { TEST(1, UINT32_MAX, 0x5412, BPF_JEQ, true) }, 1 },
		    "int arg1 = 0x5412" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		AUTO_FREE char *text = printed(&words[i].way, words[i].call);

		cr_expect(eq(str, text, (char *)(uintptr_t)words[i].says));
	}
}
