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

Test(filter, a_program_must_be_startable)
{
#define LISTEN                                                                 \
	"{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\": "  \
	"[\"getpgid\"], \"action\": \"SCMP_ACT_NOTIFY\"}"
	static const struct {
		const char *profile;
		int want;
	} rows[] = {
		{ "{\"defaultAction\": \"SCMP_ACT_ALLOW\"}", 0 },
		{ "{\"defaultAction\": \"SCMP_ACT_LOG\"}", 0 },
		{ "{\"defaultAction\": \"SCMP_ACT_TRACE\"}", 0 },
		{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\"}", -EINVAL },
		{ "{\"defaultAction\": \"SCMP_ACT_KILL\"}", -EINVAL },
		{ "{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\"}", -EINVAL },
		{ "{\"defaultAction\": \"SCMP_ACT_TRAP\"}", -EINVAL },
		{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": "
		  "[{\"names\": [\"execve\"], \"action\": "
		  "\"SCMP_ACT_ALLOW\"}]}",
		    0 },
		/* What it says of arguments cannot be known before. */
		{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": "
		  "[{\"names\": [\"execve\"], \"action\": "
		  "\"SCMP_ACT_ALLOW\", \"args\": [{\"index\": 0, \"value\": "
		  "0, \"op\": \"SCMP_CMP_NE\"}]}]}",
		    0 },
		{ LISTEN "]}", 0 },
		{ LISTEN ", {\"names\": [\"sendmsg\"], \"action\": "
			 "\"SCMP_ACT_NOTIFY\"}]}",
		    -EINVAL },
		{ LISTEN ", {\"names\": [\"sendmsg\"], \"action\": "
			 "\"SCMP_ACT_TRAP\"}]}",
		    -EINVAL },
		{ LISTEN ", {\"names\": [\"recvmsg\"], \"action\": "
			 "\"SCMP_ACT_ERRNO\"}]}",
		    -EINVAL },
		{ LISTEN ", {\"names\": [\"recvmsg\"], \"action\": "
			 "\"SCMP_ACT_NOTIFY\"}]}",
		    0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(spec_free)
		struct spec *spec = support_profile(rows[i].profile);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);
		struct error e = { 0 };

		cr_expect(eq(int, filter_check_start(&filter, &e),
			      rows[i].want),
		    "row %zu", i);
	}
}

Test(filter, flags_are_those_of_the_load)
{
	static const struct {
		const char *rest;
		unsigned want;
	} rows[] = {
		/* As with runc, no mitigation that nobody asked for. */
		{ "", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		{ ", \"flags\": []", 0 },
		{ ", \"flags\": [\"SECCOMP_FILTER_FLAG_LOG\"]",
		    SECCOMP_FILTER_FLAG_LOG },
		/* There is one thread. */
		{ ", \"flags\": [\"SECCOMP_FILTER_FLAG_TSYNC\", "
		  "\"SECCOMP_FILTER_FLAG_SPEC_ALLOW\"]",
		    SECCOMP_FILTER_FLAG_SPEC_ALLOW },
		{ ", \"flags\": [], \"syscalls\": [{\"names\": "
		  "[\"getpgid\"], \"action\": \"SCMP_ACT_NOTIFY\"}]",
		    SECCOMP_FILTER_FLAG_NEW_LISTENER },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256];

		snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_ALLOW\"%s}", rows[i].rest);
		AUTO(spec_free) struct spec *spec = support_profile(text);
		AUTO(filter_free)
		struct filter filter = support_filter(spec, -1);

		cr_expect(eq(u32, filter.flags, rows[i].want), "row %zu", i);
	}
}
