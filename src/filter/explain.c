/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explain - find what denies a call, by the profile's own words.
 *
 * The program that is loaded has the answer; here only its reason is looked
 * for, so that a mistake is a wrong line and no wrong decision.
 */
#define _GNU_SOURCE
#include "filter/explain.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/text.h"
#include "describe.h"
#include "filter/watch.h"
#include "program.h"

/* ---- the reason ---------------------------------------------------------- */

static uint32_t
answer_of(uint32_t action, const struct spec_u32 *data)
{
	if (action != SECCOMP_RET_ERRNO && action != SECCOMP_RET_TRACE)
		return action;
	return action | ((data->is_set ? data->value : EPERM) & 0xffff);
}

static bool
fits(const struct spec_seccomp_arg *arg, uint64_t got)
{
	switch (arg->op) {
	case SPEC_OP_NE:
		return got != arg->value;
	case SPEC_OP_LT:
		return got < arg->value;
	case SPEC_OP_LE:
		return got <= arg->value;
	case SPEC_OP_EQ:
		return got == arg->value;
	case SPEC_OP_GE:
		return got >= arg->value;
	case SPEC_OP_GT:
		return got > arg->value;
	case SPEC_OP_MASKED_EQ:
	default:
		return (got & arg->value) == (arg->value_two & arg->value);
	}
}

/* All conditions, or any where one argument has several. */
static bool
all_fit(const struct spec_seccomp_rule *rule, const struct seccomp_data *call)
{
	bool all = true;
	bool any = false;

	for (size_t i = 0; i < rule->args_count; i++) {
		const struct spec_seccomp_arg *arg = &rule->args[i];
		bool is_so = fits(arg, call->args[arg->index]);

		all = all && is_so;
		any = any || is_so;
	}
	return filter_rule_repeats(rule) ? any : all;
}

static bool
names_call(const struct spec_seccomp_rule *rule, uint32_t arch, int number)
{
	for (size_t i = 0; i < rule->names.count; i++) {
		if (filter_number_of(arch, rule->names.items[i]) == number)
			return true;
	}
	return false;
}

static bool
has_architecture(const struct spec_seccomp *profile, uint32_t arch)
{
	for (size_t i = 0; i < profile->architectures_count; i++) {
		if (profile->architectures[i] == arch)
			return true;
	}
	return arch == FILTER_NATIVE_ARCH;
}

struct filter_reason
filter_reason(const struct filter_denial *denial)
{
	const struct spec_seccomp *profile = denial->profile;
	const struct seccomp_data *call = denial->call;
	uint32_t arch = describe_arch(call);

	if (!has_architecture(profile, arch))
		return (struct filter_reason){ FILTER_REASON_ABI, 0 };
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];

		if (answer_of(rule->action, &rule->errno_ret) ==
			denial->answer &&
		    names_call(rule, arch, call->nr) && all_fit(rule, call))
			return (struct filter_reason){ FILTER_REASON_RULE, i };
	}
	if (answer_of(profile->default_action, &profile->default_errno_ret) ==
	    denial->answer)
		return (struct filter_reason){ FILTER_REASON_DEFAULT, 0 };
	return (struct filter_reason){ FILTER_REASON_NEWER, 0 };
}

/* ---- in words ------------------------------------------------------------ */

/* The rules that would allow the call with other arguments. */
static void
put_near(FILE *out, const struct filter_denial *denial)
{
	const struct spec_seccomp *profile = denial->profile;
	const char *separator = "; allowed with other arguments by ";

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];

		if (filter_denies(rule->action) ||
		    !names_call(rule, describe_arch(denial->call),
			denial->call->nr))
			continue;
		fprintf(out, "%ssyscalls[%zu]", separator, i);
		separator = ", ";
	}
}

static void
put_reason(FILE *out, const struct filter_denial *denial,
    const struct filter_reason *reason)
{
	const struct spec_seccomp_rule *rule =
	    &denial->profile->syscalls[reason->rule];

	switch (reason->kind) {
	case FILTER_REASON_RULE:
		fprintf(out, "syscalls[%zu], for %s", reason->rule,
		    rule->names.items[0]);
		if (rule->names.count > 1)
			fprintf(out, " and %zu more", rule->names.count - 1);
		break;
	case FILTER_REASON_DEFAULT:
		fputs("defaultAction", out);
		put_near(out, denial);
		break;
	case FILTER_REASON_NEWER:
		fputs("newer than all that the profile names", out);
		break;
	case FILTER_REASON_ABI:
	default:
		fputs("an ABI that architectures does not have", out);
		break;
	}
}

/* All that the profile allows would be allowed there too. */
static void
put_architecture(FILE *out, uint32_t arch)
{
	const struct json_word *word = spec_words(SPEC_WORDS_ARCHITECTURES);

	while (word->word != NULL && word->number != arch)
		word++;
	if (word->word != NULL)
		fprintf(out, "in architectures: \"%s\"", word->word);
	else
		fprintf(out, "no word for ABI %#" PRIx32, arch);
}

/* With the arguments where those say what is asked for. */
static void
put_remedy(FILE *out, const struct filter_denial *denial,
    const struct filter_reason *reason)
{
	AUTO_FREE char *name = describe_name(denial->call);
	char *names[] = { name, NULL };
	struct spec_seccomp_arg args[ARGUMENTS_MAX];
	struct spec_seccomp_rule rule = { .names = { names, 1 },
		.action = SECCOMP_RET_ALLOW,
		.args = args };

	if (reason->kind == FILTER_REASON_ABI) {
		put_architecture(out, describe_arch(denial->call));
		return;
	}
	if (name == NULL) {
		fputs("no name is known for it", out);
		return;
	}
	const struct arguments *row = arguments_find(name);
	for (size_t i = 0; row != NULL && i < row->count; i++) {
		const struct argument *item = &row->items[i];

		args[rule.args_count++] =
		    (struct spec_seccomp_arg){ item->index, item->mask,
			    denial->call->args[item->index] & item->mask,
			    SPEC_OP_MASKED_EQ };
	}
	fputs(reason->kind == FILTER_REASON_RULE ? "in its place: "
						 : "to allow it: ",
	    out);
	spec_print_rule(out, &rule);
}

void
filter_explain(FILE *out, const struct filter_denial *denial)
{
	struct filter_reason reason = filter_reason(denial);
	char name[128];
	struct text_out text = text_out(name, sizeof(name));

	text_put_escaped(&text, denial->name);
	fputs("denied: ", out);
	describe_call(out, denial->call);
	fprintf(out, " by \"%s\" (pid %d): ", name, (int)denial->pid);
	describe_answer(out, denial->answer);
	fputs(": ", out);
	put_reason(out, denial, &reason);
	fputs("\n    ", out);
	put_remedy(out, denial, &reason);
	fputc('\n', out);
}

/* ---- once ---------------------------------------------------------------- */

bool
filter_told_add(struct filter_told *told, const struct filter_denial *denial)
{
	const struct seccomp_data *call = denial->call;
	struct filter_reason reason = filter_reason(denial);
	AUTO_FREE char *name = describe_name(call);
	const struct arguments *row =
	    name != NULL ? arguments_find(name) : NULL;
	__typeof__(told->items[0]) item;

	memset(&item, 0, sizeof(item));
	item.arch = call->arch;
	item.number = call->nr;
	item.reason = reason.rule * 4 + (size_t)reason.kind;
	for (size_t i = 0; row != NULL && i < row->count; i++)
		item.set[i] =
		    call->args[row->items[i].index] & row->items[i].mask;
	for (size_t i = 0; i < told->count; i++) {
		if (memcmp(&told->items[i], &item, sizeof(item)) == 0)
			return false;
	}
	if (told->count == FILTER_TOLD_MAX)
		return false;
	told->items[told->count++] = item;
	return true;
}
