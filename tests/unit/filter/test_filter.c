/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/audit.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "filter/filter.h"

#ifdef __x86_64__
#define NATIVE AUDIT_ARCH_X86_64
#else
#define NATIVE AUDIT_ARCH_AARCH64
#endif

static uint32_t
answer(const char *rules, int number, uint64_t first)
{
	char text[2048];
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO(filter_free) struct filter filter = { 0 };
	struct error e = { 0 };

	snprintf(text, sizeof(text),
	    "{\"ociVersion\": \"1.0.0\", \"linux\": "
	    "{\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ERRNO\", "
	    "\"syscalls\": [%s]}}}",
	    rules);
	cr_assert(zero(int,
		      spec_parse(text, strlen(text), NULL, NULL, &spec, &e)),
	    "%s", e.text);
	cr_assert(zero(int, filter_prepare(spec->lnx.seccomp, -1, &filter, &e)),
	    "%s", e.text);
	return filter_run(filter.insns, filter.count,
	    &(struct seccomp_data){ .nr = number,
		.arch = NATIVE,
		.args = { first } });
}

Test(filter, actions_and_arguments_are_compiled)
{
	static const char allow[] =
	    "{\"names\": [\"read\", \"nosuchcall\"], \"action\": "
	    "\"SCMP_ACT_ALLOW\"}";
	static const char equal[] =
	    "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", "
	    "\"args\": [{\"index\": 0, \"value\": 2, \"op\": "
	    "\"SCMP_CMP_EQ\"}]}";
	/* A repeated index makes each condition a rule of its own. */
	static const char either[] =
	    "{\"names\": [\"socket\"], \"action\": \"SCMP_ACT_ALLOW\", "
	    "\"args\": [{\"index\": 0, \"value\": 38, \"op\": "
	    "\"SCMP_CMP_LT\"}, {\"index\": 0, \"value\": 40, \"op\": "
	    "\"SCMP_CMP_GT\"}]}";
	static const struct {
		const char *rules;
		int number;
		uint64_t first;
		uint32_t want;
	} rows[] = {
		{ allow, SYS_read, 0, SECCOMP_RET_ALLOW },
		{ allow, SYS_write, 0, SECCOMP_RET_ERRNO | 1 },
		{ equal, SYS_socket, 2, SECCOMP_RET_ALLOW },
		{ equal, SYS_socket, 3, SECCOMP_RET_ERRNO | 1 },
		{ either, SYS_socket, 2, SECCOMP_RET_ALLOW },
		{ either, SYS_socket, 38, SECCOMP_RET_ERRNO | 1 },
		{ either, SYS_socket, 41, SECCOMP_RET_ALLOW },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(u32,
			      answer(rows[i].rules, rows[i].number,
				  rows[i].first),
			      rows[i].want),
		    "row %zu", i);
}
