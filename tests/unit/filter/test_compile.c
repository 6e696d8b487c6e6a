/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "base/limits.h"
#include "support.h"

/* The program as libseccomp makes it, before enosys.c and optimize.c. */
static int
compile(const char *profile, struct filter *out, struct error *e)
{
	AUTO(spec_free) struct spec *spec = support_profile(profile);

	return filter_compile(spec->lnx.seccomp, 1, out, e);
}

#define RULE(names, action, rest)                                              \
	"{\"names\": [" names "], \"action\": \"SCMP_ACT_" action "\"" rest "}"
#define ARG(index, value, two, op)                                             \
	"{\"index\": " index ", \"value\": " value ", \"valueTwo\": " two      \
	", \"op\": \"SCMP_CMP_" op "\"}"
#define ARGS(args) ", \"args\": [" args "]"

/* What the program says of a call: that with these rules, ERRNO else. */
Test(filter_compile, each_action_has_its_number_and_its_data)
{
	static const struct {
		const char *rule;
		uint32_t want;
	} rows[] = {
		{ RULE("\"read\"", "ALLOW", ""), SECCOMP_RET_ALLOW },
		{ RULE("\"read\"", "LOG", ""), SECCOMP_RET_LOG },
		{ RULE("\"read\"", "TRAP", ""), SECCOMP_RET_TRAP },
		{ RULE("\"read\"", "NOTIFY", ""), SECCOMP_RET_USER_NOTIF },
		{ RULE("\"read\"", "KILL", ""), SECCOMP_RET_KILL_THREAD },
		{ RULE("\"read\"", "KILL_THREAD", ""),
		    SECCOMP_RET_KILL_THREAD },
		{ RULE("\"read\"", "KILL_PROCESS", ""),
		    SECCOMP_RET_KILL_PROCESS },
		{ RULE("\"read\"", "ERRNO", ", \"errnoRet\": 38"),
		    SECCOMP_RET_ERRNO | 38 },
		{ RULE("\"read\"", "ERRNO", ", \"errnoRet\": 0"),
		    SECCOMP_RET_ERRNO },
		/* EPERM, which is the default's own: no rule at all. */
		{ RULE("\"read\"", "ERRNO", ""), SECCOMP_RET_ERRNO | 1 },
		{ RULE("\"read\"", "TRACE", ""), SECCOMP_RET_TRACE | 1 },
		{ RULE("\"read\"", "TRACE", ", \"errnoRet\": 7"),
		    SECCOMP_RET_TRACE | 7 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(filter_free) struct filter filter = { 0 };
		struct error e = { 0 };
		char text[512];

		(void)snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": "
		    "[%s]}",
		    rows[i].rule);
		cr_assert(zero(int, compile(text, &filter, &e)), "row %zu: %s",
		    i, e.text);
		cr_expect(filter_is_sound(filter.insns, filter.count));
		cr_expect(eq(u32,
			      support_answer(&filter, FILTER_NATIVE_ARCH,
				  SYS_read, 0),
			      rows[i].want),
		    "row %zu", i);
		cr_expect(eq(u32,
			      support_answer(&filter, FILTER_NATIVE_ARCH,
				  SYS_write, 0),
			      SECCOMP_RET_ERRNO | 1),
		    "row %zu", i);
	}
}

/* The largest and the smallest that an operator lets through, and what is
 * beside them. */
Test(filter_compile, each_operator_compares_all_64_bits)
{
	static const struct {
		const char *op;
		uint64_t passes[2], others[2];
	} rows[] = {
		{ "NE", { 0, 0x100000029 }, { 0x100000028, 0x100000028 } },
		{ "EQ", { 0x100000028, 0x100000028 }, { 0x28, 0x200000028 } },
		{ "LT", { 0, 0x100000027 }, { 0x100000028, UINT64_MAX } },
		{ "LE", { 0, 0x100000028 }, { 0x100000029, UINT64_MAX } },
		{ "GE", { 0x100000028, UINT64_MAX }, { 0x100000027, 0x29 } },
		{ "GT", { 0x100000029, UINT64_MAX }, { 0x100000028, 0x29 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(filter_free) struct filter filter = { 0 };
		struct error e = { 0 };
		char text[512];

		(void)snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_TRAP\", \"syscalls\": "
		    "[{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", "
		    "\"args\": [{\"index\": 0, \"value\": 4294967336, \"op\": "
		    "\"SCMP_CMP_%s\"}]}]}",
		    rows[i].op);
		cr_assert(zero(int, compile(text, &filter, &e)), "%s", e.text);
		for (size_t j = 0; j < 2; j++) {
			cr_expect(eq(u32,
				      support_answer(&filter,
					  FILTER_NATIVE_ARCH, SYS_read,
					  rows[i].passes[j]),
				      SECCOMP_RET_ALLOW),
			    "%s %zu", rows[i].op, j);
			cr_expect(eq(u32,
				      support_answer(&filter,
					  FILTER_NATIVE_ARCH, SYS_read,
					  rows[i].others[j]),
				      SECCOMP_RET_TRAP),
			    "%s %zu", rows[i].op, j);
		}
	}
}

/* Conditions of one rule must all hold, unless two are of one argument. */
Test(filter_compile, a_repeated_index_makes_each_condition_a_rule)
{
	static const struct {
		const char *args;
		uint64_t first, second;
		uint32_t want;
	} rows[] = {
#define BOTH ARG("0", "1", "0", "EQ") "," ARG("1", "2", "0", "EQ")
		{ BOTH, 1, 2, SECCOMP_RET_ALLOW },
		{ BOTH, 1, 3, SECCOMP_RET_TRAP },
		{ BOTH, 0, 2, SECCOMP_RET_TRAP },
#define EITHER BOTH "," ARG("0", "9", "0", "EQ")
		{ EITHER, 1, 3, SECCOMP_RET_ALLOW },
		{ EITHER, 9, 3, SECCOMP_RET_ALLOW },
		{ EITHER, 0, 2, SECCOMP_RET_ALLOW },
		{ EITHER, 0, 3, SECCOMP_RET_TRAP },
		{ ARG("0", "12", "8", "MASKED_EQ"), 9, 0, SECCOMP_RET_ALLOW },
		{ ARG("0", "12", "8", "MASKED_EQ"), 13, 0, SECCOMP_RET_TRAP },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(filter_free) struct filter filter = { 0 };
		struct error e = { 0 };
		char text[1024];

		(void)snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_TRAP\", \"syscalls\": "
		    "[{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\", "
		    "\"args\": [%s]}]}",
		    rows[i].args);
		cr_assert(zero(int, compile(text, &filter, &e)), "%s", e.text);
		cr_expect(eq(u32,
			      filter_run(filter.insns, filter.count,
				  &(struct seccomp_data){ .nr = SYS_read,
				      .arch = FILTER_NATIVE_ARCH,
				      .args = { rows[i].first,
					  rows[i].second } }),
			      rows[i].want),
		    "row %zu", i);
	}
}

#define WITH(arch)                                                             \
	"{\"defaultAction\": \"SCMP_ACT_TRAP\", \"architectures\": "           \
	"[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_AARCH64\", \"SCMP_ARCH_X86_64\", " \
	"\"SCMP_ARCH_" arch "\"]}"

Test(filter_compile, an_architecture_that_cannot_be_is_named)
{
	AUTO(filter_free) struct filter twice = { 0 };
	AUTO(filter_free) struct filter filter = { 0 };
	struct error none = { 0 };
	struct error order = { 0 };

	cr_expect(zero(int, compile(WITH("X86"), &twice, &none)),
	    "one that is there twice: %s", none.text);
	cr_expect(eq(int, compile(WITH("PPC64"), &filter, &order), -EDOM));
	cr_expect(eq(str, order.text,
	    "architectures[3]: its byte order is not this machine's"));
	cr_expect(eq(ptr, (void *)filter.insns, NULL));
}

/* A rule for each value: many more instructions than the kernel takes. */
Test(filter_compile, a_program_that_is_too_long_is_told_by_its_length)
{
	AUTO(filter_free) struct filter filter = { 0 };
	AUTO_FREE char *text = NULL;
	struct error e = { 0 };
	char tail[100] = "";
	size_t size;
	FILE *out = open_memstream(&text, &size);

	fputs("{\"defaultAction\": \"SCMP_ACT_TRAP\", \"syscalls\": [", out);
	for (uint64_t i = 0; i < 2000; i++)
		fprintf(out,
		    "%s{\"names\": [\"read\"], \"action\": \"SCMP_ACT_ALLOW\","
		    "\"args\": [{\"index\": 0, \"value\": %llu, \"op\": "
		    "\"SCMP_CMP_EQ\"}]}",
		    i > 0 ? "," : "", (unsigned long long)(i << 32 | i));
	fputs("]}", out);
	fclose(out);
	cr_expect(eq(int, compile(text, &filter, &e), -E2BIG), "%s", e.text);
	(void)snprintf(tail, sizeof(tail), " instructions, more than %d",
	    LIMIT_FILTER_INSNS);
	cr_expect(eq(int, strncmp(e.text, "the program has ", 16), 0), "%s",
	    e.text);
	cr_expect(ne(ptr, strstr(e.text, tail), NULL), "%s", e.text);
	cr_expect(eq(ptr, (void *)filter.insns, NULL));
}

/*
 * Calls that libseccomp may be too old to know, by the kernel's numbers: they
 * have their rules on this architecture, and on others where it knows them.
 */
Test(filter_compile, calls_that_are_newer_than_libseccomp_have_their_rules)
{
	static const struct {
		const char *name;
		uint32_t number;
	} rows[] = {
		{ "cachestat", 451 },
		{ "fchmodat2", 452 },
		{ "map_shadow_stack", 453 },
		{ "futex_wake", 454 },
		{ "mseal", 462 },
		{ "removexattrat", 466 },
		{ "file_getattr", 468 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(filter_free) struct filter filter = { 0 };
		struct error e = { 0 };
		char text[512];
		uint32_t elsewhere = filter_is_newer(rows[i].name)
					 ? SECCOMP_RET_TRAP
					 : SECCOMP_RET_ALLOW;
		const struct {
			uint32_t arch, number;
			uint64_t first;
			uint32_t want;
		} calls[] = {
			{ FILTER_NATIVE_ARCH, rows[i].number, 7,
			    SECCOMP_RET_ALLOW },
			{ FILTER_NATIVE_ARCH, rows[i].number, 8,
			    SECCOMP_RET_TRAP },
			{ FILTER_NATIVE_ARCH, rows[i].number + 1, 7,
			    SECCOMP_RET_TRAP },
			{ FILTER_NATIVE_ARCH, SYS_read, 7, SECCOMP_RET_ALLOW },
			{ AUDIT_ARCH_I386, 3, 7, SECCOMP_RET_ALLOW },
			{ AUDIT_ARCH_I386, rows[i].number, 7, elsewhere },
			{ AUDIT_ARCH_ARM, 3, 7, SECCOMP_RET_ALLOW },
			{ AUDIT_ARCH_ARM, rows[i].number, 7, elsewhere },
		};

		(void)snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_TRAP\", "
		    "\"architectures\": [\"SCMP_ARCH_X86\", "
		    "\"SCMP_ARCH_ARM\"], \"syscalls\": [{\"names\": "
		    "[\"read\", \"%s\", \"nobody_knows_it\"], \"action\": "
		    "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": "
		    "7, \"op\": \"SCMP_CMP_EQ\"}]}]}",
		    rows[i].name);
		cr_assert(zero(int, compile(text, &filter, &e)), "%s", e.text);
		for (size_t j = 0; j < ARRAY_SIZE(calls); j++)
			cr_expect(eq(u32,
				      support_answer(&filter, calls[j].arch,
					  calls[j].number, calls[j].first),
				      calls[j].want),
			    "%s %zu", rows[i].name, j);
	}
}
