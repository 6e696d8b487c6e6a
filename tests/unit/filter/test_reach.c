/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "base/auto.h"
#include "filter/mediate.h"
#include "support.h"

/* May sendmsg be notified under these rules? */
static bool
may_notify(const char *fallback, const char *rules)
{
	const struct seccomp_data send = { .nr = SYS_sendmsg,
		.arch = FILTER_NATIVE_ARCH };
	char text[2048];

	(void)snprintf(text, sizeof(text),
	    "{\"defaultAction\": \"SCMP_ACT_%s\", \"listenerPath\": \"/l\","
	    "\"syscalls\": [%s]}",
	    fallback, rules);
	AUTO(spec_free) struct spec *spec = support_profile(text);
	AUTO(filter_free) struct filter filter = support_filter(spec, -1);
	return filter_may_answer(&filter, &send, SECCOMP_RET_USER_NOTIF);
}

#define RULE(names, args)                                                      \
	"{\"names\": [" names "], \"action\": \"SCMP_ACT_NOTIFY\", "           \
	"\"args\": [" args "]}"

Test(filter_reach, a_call_is_notified_by_name_or_by_an_argument)
{
	static const struct {
		const char *fallback, *rules;
		bool may;
	} rows[] = {
		{ "ALLOW", RULE("\"mkdir\"", ""), false },
		{ "ALLOW", RULE("\"recvmsg\", \"mkdir\"", ""), false },
		{ "ALLOW", RULE("\"sendmsg\"", ""), true },
		{ "ERRNO", RULE("\"sendmsg\"", ""), true },
		{ "ALLOW",
		    RULE("\"sendmsg\"", "{\"index\": 0, \"value\": 5, \"op\": "
					"\"SCMP_CMP_EQ\"}"),
		    true },
		{ "ALLOW",
		    RULE("\"sendmsg\"", "{\"index\": 2, \"value\": 64, "
					"\"valueTwo\": 64, \"op\": "
					"\"SCMP_CMP_MASKED_EQ\"}"),
		    true },
		{ "ALLOW",
		    RULE("\"mkdir\"", "{\"index\": 0, \"value\": 5, \"op\": "
				      "\"SCMP_CMP_GT\"}"),
		    false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, may_notify(rows[i].fallback, rows[i].rules),
			      rows[i].may),
		    "row %zu", i);
}

Test(filter_reach, no_agent_is_asked_in_a_tracers_place)
{
	static const struct {
		struct filter_mediation want;
		const char *rules, *call;
	} rows[] = {
		{ { .mode = SYSCALL_MODE_GUARD, .groups = SYSCALL_GROUP_OPEN },
		    RULE("\"openat\"", ""), "openat" },
		{ { .mode = SYSCALL_MODE_GUARD, .groups = SYSCALL_GROUP_OPEN },
		    RULE("\"openat\"", "{\"index\": 2, \"value\": 5, \"op\": "
				       "\"SCMP_CMP_EQ\"}"),
		    "openat" },
		/* The kernel's alone, and refused: the stronger answer. */
		{ { .mode = SYSCALL_MODE_GUARD, .groups = SYSCALL_GROUP_OPEN },
		    RULE("\"getpgid\", \"connect\", \"mount\"", ""), NULL },
		/* Whose ids would else be those that it had. */
		{ { .mode = SYSCALL_MODE_GUARD,
		      .groups = SYSCALL_GROUP_NETWORK },
		    RULE("\"setuid\"", ""), "setuid" },
		{ { .mode = SYSCALL_MODE_SEALED }, RULE("\"getpgid\"", ""),
		    "getpgid" },
		{ { .mode = SYSCALL_MODE_SEALED }, RULE("\"read\"", ""), NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct filter_mediation want = rows[i].want;
		char text[512];
		struct error e = { 0 };
		AUTO(filter_free) struct filter mediation = { 0 };

		want.by_ptrace = true;
		cr_assert(zero(int, filter_mediate(&want, -1, &mediation, &e)));
		(void)snprintf(text, sizeof(text),
		    "{\"defaultAction\": \"SCMP_ACT_ALLOW\", \"listenerPath\": "
		    "\"/x\", \"syscalls\": [%s]}",
		    rows[i].rules);
		AUTO(spec_free) struct spec *spec = support_profile(text);
		AUTO(filter_free)
		struct filter profile = support_filter(spec, -1);
		const char *call = filter_contested(&mediation, &profile);
		cr_expect(eq(str, (char *)(call != NULL ? call : "none"),
			      (char *)(rows[i].call != NULL ? rows[i].call
							    : "none")),
		    "row %zu", i);
	}
}

/* Both ways of an unknown comparison, and none of a known one. */
Test(filter_reach, what_is_known_is_followed_one_way)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xff),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 7, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 9, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_LOG),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 5),
	};
	struct filter filter = { .insns = insns, .count = ARRAY_SIZE(insns) };
	struct seccomp_data seven = { .nr = 0x107 }, eight = { .nr = 8 };

	cr_expect(filter_may_answer(&filter, &seven, SECCOMP_RET_LOG));
	cr_expect(filter_may_answer(&filter, &seven, SECCOMP_RET_ERRNO));
	cr_expect(not(filter_may_answer(&filter, &seven, SECCOMP_RET_TRAP)));
	cr_expect(filter_may_answer(&filter, &eight, SECCOMP_RET_TRAP));
	cr_expect(not(filter_may_answer(&filter, &eight, SECCOMP_RET_LOG)));
}
