/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "support.h"

static uint32_t
answer(const char *rules, int number, uint64_t first)
{
	char text[2048];

	snprintf(text, sizeof(text),
	    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [%s]}",
	    rules);
	AUTO(spec_free) struct spec *spec = support_profile(text);
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	return support_answer(&filter, FILTER_NATIVE_ARCH, (uint32_t)number,
	    first);
}

Test(filter, actions_and_arguments_are_compiled)
{
	static const char allow[] =
	    "{\"names\": [\"read\", \"nosuchcall\", \"openat2\"], \"action\": "
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

/* An ABI that the profile does not list must not be a way around it. */
Test(filter, an_abi_that_is_not_listed_ends_the_process)
{
	static const struct {
		const char *architectures;
		uint32_t arch;
		uint32_t number;
		uint32_t want;
	} rows[] = {
		{ "[\"SCMP_ARCH_X86_64\"]", AUDIT_ARCH_X86_64, 0,
		    SECCOMP_RET_ALLOW },
		{ "[\"SCMP_ARCH_X86_64\"]", AUDIT_ARCH_X86_64, 0x40000000,
		    SECCOMP_RET_KILL_PROCESS },
		{ "[\"SCMP_ARCH_X86_64\"]", AUDIT_ARCH_I386, 3,
		    SECCOMP_RET_KILL_PROCESS },
		{ "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X32\"]",
		    AUDIT_ARCH_X86_64, 0x40000000, SECCOMP_RET_ALLOW },
		{ "[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"]", AUDIT_ARCH_I386,
		    3, SECCOMP_RET_ALLOW },
		{ "[\"SCMP_ARCH_AARCH64\"]", AUDIT_ARCH_AARCH64, 63,
		    SECCOMP_RET_ALLOW },
		{ "[\"SCMP_ARCH_AARCH64\"]", AUDIT_ARCH_ARM, 3,
		    SECCOMP_RET_KILL_PROCESS },
		{ "[\"SCMP_ARCH_ARM\"]", AUDIT_ARCH_ARM, 3, SECCOMP_RET_ALLOW },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_ERRNO\", "
		    "\"architectures\": %s, \"syscalls\": [{\"names\": "
		    "[\"read\", \"openat2\"], \"action\": "
		    "\"SCMP_ACT_ALLOW\"}]}",
		    rows[i].architectures);
		AUTO(spec_free) struct spec *spec = support_profile(text);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		cr_expect(eq(u32,
			      support_answer(&filter, rows[i].arch,
				  rows[i].number, 0),
			      rows[i].want),
		    "row %zu", i);
	}
}
