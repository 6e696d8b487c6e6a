/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <sys/syscall.h>

#include "base/auto.h"
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
