/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A key that leaves something out gives a container the program of another.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "support.h"

static struct filter_key
key_of(const char *profile)
{
	AUTO(spec_free) struct spec *spec = support_profile(profile);
	struct filter_key key;

	filter_key_make(spec->lnx.seccomp, 0xff, &key);
	return key;
}

#define RULE(names, rest)                                                      \
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": [{\"names\": "  \
	"[" names "], \"action\": \"SCMP_ACT_ALLOW\"" rest "}]}"
#define ARG(index, value, two, op)                                             \
	RULE("\"read\"",                                                       \
	    ", \"args\": [{\"index\": " index ", \"value\": " value            \
	    ", \"valueTwo\": " two ", \"op\": \"" op "\"}]")

Test(filter_key, every_member_that_matters_is_in_the_key)
{
	static const char *const profiles[] = {
		RULE("\"read\"", ""),
		RULE("\"read\", \"write\"", ""),
		RULE("\"write\", \"read\"", ""),
		RULE("\"readwrite\"", ""),
		RULE("\"read\"", "}, {\"names\": [\"write\"], \"action\": "
				 "\"SCMP_ACT_ALLOW\""),
		RULE("\"read\"", ", \"errnoRet\": 1"),
		RULE("\"read\"", ", \"errnoRet\": 2"),
		ARG("0", "1", "2", "SCMP_CMP_EQ"),
		ARG("1", "1", "2", "SCMP_CMP_EQ"),
		ARG("0", "3", "2", "SCMP_CMP_EQ"),
		ARG("0", "1", "3", "SCMP_CMP_EQ"),
		ARG("0", "1", "2", "SCMP_CMP_NE"),
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"syscalls\": "
		"[{\"names\": [\"read\"], \"action\": \"SCMP_ACT_LOG\"}]}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\"}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": "
		"1}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": "
		"2}",
		"{\"defaultAction\": \"SCMP_ACT_TRAP\"}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": "
		"[\"SCMP_ARCH_X86\"]}",
		"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"architectures\": "
		"[\"SCMP_ARCH_X32\"]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++) {
		struct filter_key one = key_of(profiles[i]);
		struct filter_key again = key_of(profiles[i]);

		cr_expect(zero(int, memcmp(&one, &again, sizeof(one))),
		    "%s is the same each time", profiles[i]);
		for (size_t j = 0; j < i; j++) {
			struct filter_key other = key_of(profiles[j]);

			cr_expect(ne(int, memcmp(&one, &other, sizeof(one)), 0),
			    "%s and %s", profiles[i], profiles[j]);
		}
	}
}

Test(filter_key, what_the_kernel_knows_is_in_the_key)
{
	AUTO(spec_free)
	struct spec *spec =
	    support_profile("{\"defaultAction\": \"SCMP_ACT_TRAP\"}");
	struct filter_key one;
	struct filter_key other;

	filter_key_make(spec->lnx.seccomp, 1, &one);
	filter_key_make(spec->lnx.seccomp, 2, &other);
	cr_expect(ne(int, memcmp(&one, &other, sizeof(one)), 0));
}

Test(filter_key, what_is_used_when_loading_is_not_in_the_key)
{
	struct filter_key one =
	    key_of("{\"defaultAction\": \"SCMP_ACT_TRAP\"}");
	struct filter_key other =
	    key_of("{\"defaultAction\": \"SCMP_ACT_TRAP\", \"flags\": "
		   "[\"SECCOMP_FILTER_FLAG_LOG\"], \"listenerPath\": \"/x\", "
		   "\"listenerMetadata\": \"y\"}");

	cr_expect(zero(int, memcmp(&one, &other, sizeof(one))));
}
