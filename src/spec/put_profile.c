/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put_profile - a seccomp profile as JSON, a rule to a line.
 */
#include <inttypes.h>

#include "base/json.h"
#include "names.h"
#include "spec/spec.h"

static void
put_tabs(FILE *out, int count)
{
	fputc('\n', out);
	for (int i = 0; i < count; i++)
		fputc('\t', out);
}

/* The specification's word for one of the kernel's numbers. */
static void
put_word(FILE *out, const struct json_word *words, uint64_t number)
{
	while (words->word != NULL && words->number != number)
		words++;
	json_put_string(out, words->word != NULL ? words->word : "");
}

static void
put_args(FILE *out, const struct spec_seccomp_rule *rule)
{
	const char *separator = "";

	fputs(", \"args\": [", out);
	for (size_t i = 0; i < rule->args_count; i++) {
		const struct spec_seccomp_arg *arg = &rule->args[i];

		fprintf(out, "%s{\"index\": %u, \"value\": %" PRIu64, separator,
		    arg->index, arg->value);
		if (arg->op == SPEC_OP_MASKED_EQ)
			fprintf(out, ", \"valueTwo\": %" PRIu64,
			    arg->value_two);
		fputs(", \"op\": ", out);
		put_word(out, spec_operator_words, arg->op);
		fputc('}', out);
		separator = ", ";
	}
	fputc(']', out);
}

void
spec_print_rule(FILE *out, const struct spec_seccomp_rule *rule)
{
	const char *separator = "";

	fputs("{\"names\": [", out);
	for (size_t i = 0; i < rule->names.count; i++) {
		fputs(separator, out);
		json_put_string(out, rule->names.items[i]);
		separator = ", ";
	}
	fputs("], \"action\": ", out);
	put_word(out, spec_action_words, rule->action);
	if (rule->errno_ret.is_set)
		fprintf(out, ", \"errnoRet\": %u", rule->errno_ret.value);
	if (rule->args_count > 0)
		put_args(out, rule);
	fputc('}', out);
}

static void
put_architectures(FILE *out, const struct spec_seccomp *profile)
{
	const char *separator = "";

	fputs("\"architectures\": [", out);
	for (size_t i = 0; i < profile->architectures_count; i++) {
		fputs(separator, out);
		put_word(out, spec_arch_words, profile->architectures[i]);
		separator = ", ";
	}
	fputs("],", out);
}

static void
put_flags(FILE *out, const struct spec_seccomp *profile)
{
	const char *separator = "";

	fputs("\"flags\": [", out);
	for (const struct json_word *at = spec_filter_flag_words;
	     at->word != NULL; at++) {
		if ((profile->flags & at->number) == 0)
			continue;
		fputs(separator, out);
		json_put_string(out, at->word);
		separator = ", ";
	}
	fputs("],", out);
}

/* A member whose value is a text, and a comma. */
static void
put_text(FILE *out, int indent, const char *name, const char *text)
{
	put_tabs(out, indent);
	fprintf(out, "\"%s\": ", name);
	json_put_string(out, text);
	fputc(',', out);
}

void
spec_print_profile(FILE *out, const struct spec_seccomp *profile, int indent)
{
	fputc('{', out);
	put_tabs(out, indent + 1);
	fputs("\"defaultAction\": ", out);
	put_word(out, spec_action_words, profile->default_action);
	fputc(',', out);
	if (profile->default_errno_ret.is_set) {
		put_tabs(out, indent + 1);
		fprintf(out, "\"defaultErrnoRet\": %u,",
		    profile->default_errno_ret.value);
	}
	if (profile->architectures_count > 0) {
		put_tabs(out, indent + 1);
		put_architectures(out, profile);
	}
	if (profile->has_flags) {
		put_tabs(out, indent + 1);
		put_flags(out, profile);
	}
	if (profile->listener_path != NULL)
		put_text(out, indent + 1, "listenerPath",
		    profile->listener_path);
	if (profile->listener_metadata != NULL)
		put_text(out, indent + 1, "listenerMetadata",
		    profile->listener_metadata);
	put_tabs(out, indent + 1);
	fputs("\"syscalls\": [", out);
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		if (i > 0)
			fputc(',', out);
		put_tabs(out, indent + 2);
		spec_print_rule(out, &profile->syscalls[i]);
	}
	put_tabs(out, indent + 1);
	fputc(']', out);
	put_tabs(out, indent);
	fputc('}', out);
}
