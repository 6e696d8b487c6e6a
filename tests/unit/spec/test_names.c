/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "spec/names.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <ctype.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/capability.h>
#include <sys/resource.h>

#include "base/auto.h"
#include "spec/spec.h"

static const struct {
	const struct json_word *words;
	size_t count; /* runtime-spec 1.3.0 */
} lists[] = {
	{ spec_capability_words, 41 },
	{ spec_rlimit_words, 16 },
	{ spec_arch_words, 23 },
	{ spec_scheduler_words, 7 },
	{ spec_scheduler_flag_words, 7 },
	{ spec_io_class_words, 3 },
	{ spec_namespace_words, SPEC_NS_KINDS },
	{ spec_action_words, 9 },
	{ spec_operator_words, 7 },
	{ spec_filter_flag_words, 4 },
	{ spec_propagation_words, 8 },
	{ spec_memory_mode_words, 7 },
	{ spec_memory_flag_words, 3 },
	{ spec_personality_words, 2 },
};

/* SCMP_ACT_KILL is an older name of SCMP_ACT_KILL_THREAD. */
static bool
is_alias(const struct json_word *a, const struct json_word *b)
{
	return a->number == SECCOMP_RET_KILL_THREAD &&
	       strncmp(a->word, "SCMP_ACT_KILL", 13) == 0 &&
	       strncmp(b->word, "SCMP_ACT_KILL", 13) == 0;
}

Test(spec_names, each_word_and_each_number_is_there_once)
{
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		size_t count = 0;

		for (const struct json_word *a = lists[i].words;
		     a->word != NULL; a++) {
			count++;
			for (const struct json_word *b = lists[i].words; b < a;
			     b++) {
				cr_expect(
				    ne(str, (char *)a->word, (char *)b->word));
				if (!is_alias(a, b))
					cr_expect(ne(u64, a->number, b->number),
					    "%s and %s", a->word, b->word);
			}
		}
		cr_expect(eq(sz, count, lists[i].count), "list %zu", i);
	}
}

Test(spec_names, capability_names_are_libcap_s)
{
	for (const struct json_word *at = spec_capability_words;
	     at->word != NULL; at++) {
		cap_value_t number;
		char lower[64] = "";

		for (size_t i = 0; at->word[i] != '\0'; i++)
			lower[i] = (char)tolower(at->word[i]);
		cr_assert(zero(int, cap_from_name(lower, &number)), "%s",
		    at->word);
		cr_expect(eq(u64, (uint64_t)number, at->number), "%s",
		    at->word);
	}
}

Test(spec_names, what_features_print_is_what_is_read)
{
	cr_expect(eq(ptr, (void *)spec_words(SPEC_WORDS_ACTIONS),
	    (void *)spec_action_words));
	cr_expect(eq(ptr, (void *)spec_words(SPEC_WORDS_OPERATORS),
	    (void *)spec_operator_words));
	cr_expect(eq(ptr, (void *)spec_words(SPEC_WORDS_NAMESPACES),
	    (void *)spec_namespace_words));
}

Test(spec_names, namespaces_and_hooks_have_their_names)
{
	static const char *const hooks[] = { "prestart", "createRuntime",
		"createContainer", "startContainer", "poststart", "poststop" };

	cr_expect(eq(str, (char *)spec_namespace_name(SPEC_NS_USER), "user"));
	cr_expect(
	    eq(str, (char *)spec_namespace_name(SPEC_NS_NETWORK), "network"));
	cr_expect(
	    eq(str, (char *)spec_namespace_name(SPEC_NS_KINDS), "unknown"));
	for (int i = 0; i < SPEC_HOOK_KINDS; i++)
		cr_expect(
		    eq(str, (char *)spec_hook_name((enum spec_hook_kind)i),
			(char *)hooks[i]));
}
