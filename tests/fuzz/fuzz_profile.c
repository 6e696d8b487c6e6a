/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_profile - linux.seccomp, as text: does the program do what it says?
 *
 * The profile's meaning is worked out here once more, rule by rule as
 * config-linux.md and runc have it, and compared with what the program that is
 * loaded answers: for each call that is named, with arguments around the
 * values that are compared, and for some that are not.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "filter/program.h"
#include "fuzz.h"
#include "spec/spec.h"

#define CALLS_MAX 12 /* that are looked at, of one profile */
#define RULES_MAX 40 /* libseccomp takes long for many */

/* ---- what a profile means ------------------------------------------------ */

static uint32_t
value_of(uint32_t action, const struct spec_u32 *data)
{
	if (action != SECCOMP_RET_ERRNO && action != SECCOMP_RET_TRACE)
		return action;
	return action | ((data->is_set ? data->value : EPERM) & 0xffff);
}

static bool
holds(const struct spec_seccomp_arg *arg, const uint64_t *args)
{
	uint64_t got = args[arg->index];

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
		/* libseccomp takes both under the mask. */
		return (got & arg->value) == (arg->value_two & arg->value);
	}
}

/* All conditions, or any where one argument has several. */
static bool
matches(const struct spec_seccomp_rule *rule, const uint64_t *args)
{
	unsigned seen = 0;
	bool repeats = false;
	bool all = true;
	bool any = false;

	for (size_t i = 0; i < rule->args_count; i++) {
		bool is_so = holds(&rule->args[i], args);

		repeats = repeats || (seen & 1u << rule->args[i].index) != 0;
		seen |= 1u << rule->args[i].index;
		all = all && is_so;
		any = any || is_so;
	}
	return repeats ? any : all;
}

static bool
names(const struct spec_seccomp_rule *rule, int number)
{
	for (size_t i = 0; i < rule->names.count; i++) {
		if (filter_number_of(FILTER_NATIVE_ARCH,
			rule->names.items[i]) == number)
			return true;
	}
	return false;
}

/*
 * May this be the answer? Where rules with several actions match, any of them
 * may: libseccomp has no order of its own.
 */
static bool
is_meant(const struct spec_seccomp *profile, const struct seccomp_data *call,
    uint32_t answer)
{
	uint32_t fallback =
	    value_of(profile->default_action, &profile->default_errno_ret);
	bool matched = false;

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];
		uint32_t action = value_of(rule->action, &rule->errno_ret);
		uint64_t args[6];

		memcpy(args, call->args, sizeof(args));
		/* One that says what is so anyway is none. */
		if (action == fallback || !names(rule, call->nr) ||
		    !matches(rule, args))
			continue;
		if (action == answer)
			return true;
		matched = true;
	}
	return !matched && answer == fallback;
}

/* ---- calls ----------------------------------------------------------------
 */

struct look {
	const struct spec_seccomp *profile;
	const struct filter *filter;
};

static void
look_at(const struct look *look, const struct seccomp_data *call)
{
	uint32_t answer =
	    filter_run(look->filter->insns, look->filter->count, call);

	if (is_meant(look->profile, call, answer))
		return;
	fprintf(stderr, "call %d of %#x (%#llx, %#llx, ...) gets %#x\n",
	    call->nr, call->arch, (unsigned long long)call->args[0],
	    (unsigned long long)call->args[1], answer);
	abort();
}

/* One argument around each value that it is compared with, then the next. */
static void
look_around(const struct look *look, struct seccomp_data call,
    const struct spec_seccomp_rule *rule, size_t from)
{
	if (from == rule->args_count) {
		look_at(look, &call);
		return;
	}
	const struct spec_seccomp_arg *arg = &rule->args[from];
	const uint64_t values[] = { arg->value, arg->value - 1, arg->value + 1,
		arg->value_two, arg->value ^ 1ull << 32,
		arg->value_two | ~arg->value };

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		call.args[arg->index] = values[i];
		look_around(look, call, rule, from + 1);
	}
}

/* Each call that is named, by its first name in each rule. */
static void
look_at_rules(const struct look *look)
{
	const struct spec_seccomp *profile = look->profile;

	for (size_t i = 0; i < profile->syscalls_count && i < CALLS_MAX; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];
		int number =
		    filter_number_of(FILTER_NATIVE_ARCH, rule->names.items[0]);
		struct seccomp_data call = { .nr = number,
			.arch = FILTER_NATIVE_ARCH };

		/* Not of this processor. */
		if (number < 0)
			continue;
		look_at(look, &call);
		memset(call.args, 0xff, sizeof(call.args));
		look_at(look, &call);
		for (size_t j = 0; j < profile->syscalls_count; j++) {
			/* More would be thousands of calls. */
			if (profile->syscalls[j].args_count <= 3)
				look_around(look, call, &profile->syscalls[j],
				    0);
		}
	}
}

/* Of an ABI that the profile has not, and below all that it names. */
static void
look_elsewhere(const struct look *look)
{
	static const uint32_t others[] = { AUDIT_ARCH_I386, AUDIT_ARCH_X86_64,
		AUDIT_ARCH_ARM, AUDIT_ARCH_AARCH64, 0, UINT32_MAX };
	const struct spec_seccomp *profile = look->profile;

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		struct seccomp_data call = { .nr = 1, .arch = others[i] };
		bool listed = others[i] == FILTER_NATIVE_ARCH;

		for (size_t j = 0; j < profile->architectures_count; j++) {
			uint32_t arch = profile->architectures[j];

			listed = listed || arch == others[i] ||
				 (arch == SPEC_ARCH_X32 &&
				     others[i] == AUDIT_ARCH_X86_64);
		}
		if (listed)
			continue;
		uint32_t answer =
		    filter_run(look->filter->insns, look->filter->count, &call);
		assert(answer == SECCOMP_RET_KILL_PROCESS);
	}
	for (int number = 0; number < 8; number++)
		look_at(look, &(struct seccomp_data){ .nr = number,
				  .arch = FILTER_NATIVE_ARCH });
}

/* Numbers above all that are named are another file's: test_enosys.c. */
static bool
is_small(const struct spec_seccomp *profile)
{
	int last = -1;

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_strings *list = &profile->syscalls[i].names;

		for (size_t j = 0; j < list->count; j++) {
			int number = filter_number_of(FILTER_NATIVE_ARCH,
			    list->items[j]);
			last = number > last ? number : last;
		}
	}
	return profile->syscalls_count <= RULES_MAX && last >= 8;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO(filter_free) struct filter filter = { 0 };
	AUTO_FREE char *text = NULL;
	struct error e = { 0 };

	if (size > 65536)
		return 0;
	int length = asprintf(&text,
	    "{\"ociVersion\":\"1.0.0\",\"root\":{\"path\":\"r\"},"
	    "\"linux\":{\"namespaces\":[{\"type\":\"mount\"}],"
	    "\"seccomp\":%.*s}}",
	    (int)size, (const char *)data);
	assert(length > 0);
	if (spec_parse(text, (size_t)length, NULL, NULL, &spec, &e) < 0 ||
	    spec->lnx.seccomp == NULL || !is_small(spec->lnx.seccomp))
		return 0;
	spec->lnx.seccomp->listener_path = text;
	if (spec_validate(spec, &e) < 0) {
		check_line(&e);
		/* Of nothing else: then nothing would be looked at. */
		assert(strstr(e.text, "linux.seccomp") != NULL);
		return 0;
	}
	if (filter_prepare(spec->lnx.seccomp, -1, &filter, &e) < 0) {
		check_line(&e);
		/* All that a valid profile can be refused for. */
		assert(e.code == E2BIG ||
		       strstr(e.text, "architectures[") != NULL);
		return 0;
	}
	assert(filter_is_sound(filter.insns, filter.count));
	const struct look look = { spec->lnx.seccomp, &filter };
	look_at_rules(&look);
	look_elsewhere(&look);
	return 0;
}
