/* SPDX-License-Identifier: Apache-2.0 */
/*
 * compile - a profile becomes a program through libseccomp.
 *
 * A list of comparisons, not libseccomp's tree: that costs more to make, and is
 * wrong up to 2.5.4 when no call has a rule. optimize.c makes a better one.
 */
#define _GNU_SOURCE
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "program.h"

static void
release(scmp_filter_ctx *context)
{
	if (*context != NULL)
		seccomp_release(*context);
}

/* libseccomp's action for a SECCOMP_RET_* and its data. */
static uint32_t
action_of(uint32_t action, const struct spec_u32 *data)
{
	if (action == SECCOMP_RET_ERRNO)
		return SCMP_ACT_ERRNO(data->is_set ? data->value : EPERM);
	if (action == SECCOMP_RET_TRACE)
		return SCMP_ACT_TRACE(data->is_set ? data->value : EPERM);
	/* The others have the kernel's own numbers. */
	return action;
}

static struct scmp_arg_cmp
comparison(const struct spec_seccomp_arg *arg)
{
	static const enum scmp_compare ops[] = {
		[SPEC_OP_NE] = SCMP_CMP_NE,
		[SPEC_OP_LT] = SCMP_CMP_LT,
		[SPEC_OP_LE] = SCMP_CMP_LE,
		[SPEC_OP_EQ] = SCMP_CMP_EQ,
		[SPEC_OP_GE] = SCMP_CMP_GE,
		[SPEC_OP_GT] = SCMP_CMP_GT,
		[SPEC_OP_MASKED_EQ] = SCMP_CMP_MASKED_EQ,
	};

	return (struct scmp_arg_cmp){ arg->index, ops[arg->op], arg->value,
		arg->value_two };
}

bool
filter_rule_repeats(const struct spec_seccomp_rule *rule)
{
	unsigned seen = 0;

	for (size_t i = 0; i < rule->args_count; i++) {
		unsigned bit = 1u << rule->args[i].index;

		if ((seen & bit) != 0)
			return true;
		seen |= bit;
	}
	return false;
}

static int
add_call(scmp_filter_ctx context, uint32_t action, int number,
    const struct spec_seccomp_rule *rule)
{
	struct scmp_arg_cmp args[6];

	if (filter_rule_repeats(rule)) {
		for (size_t i = 0; i < rule->args_count; i++) {
			args[0] = comparison(&rule->args[i]);
			int failed = seccomp_rule_add_array(context, action,
			    number, 1, args);
			if (failed < 0)
				return failed;
		}
		return 0;
	}
	for (size_t i = 0; i < rule->args_count; i++)
		args[i] = comparison(&rule->args[i]);
	return seccomp_rule_add_array(context, action, number,
	    (unsigned)rule->args_count, args);
}

/* Those for calls that are newer than libseccomp, or those for all others. */
static int
add_rules(scmp_filter_ctx context, const struct spec_seccomp *profile,
    bool newer, struct error *e)
{
	uint32_t fallback =
	    action_of(profile->default_action, &profile->default_errno_ret);

	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];
		uint32_t action = action_of(rule->action, &rule->errno_ret);

		if (action == fallback)
			continue;
		for (size_t j = 0; j < rule->names.count; j++) {
			const char *name = rule->names.items[j];
			int number = filter_number_of(FILTER_NATIVE_ARCH, name);

			if (number == __NR_SCMP_ERROR) /* of another kernel */
				continue;
			if (filter_is_newer(name) != newer)
				continue;
			int failed = add_call(context, action, number, rule);
			if (failed < 0)
				return error_errno(e, -failed,
				    "syscalls[%zu]: %s", i, name);
		}
	}
	return 0;
}

_Static_assert(SPEC_ARCH_X32 == SCMP_ARCH_X32, "the others are AUDIT_ARCH_*");

static int
add_architectures(scmp_filter_ctx context, const struct spec_seccomp *profile,
    struct error *e)
{
	for (size_t i = 0; i < profile->architectures_count; i++) {
		int failed =
		    seccomp_arch_add(context, profile->architectures[i]);

		if (failed == -EDOM)
			return error_set(e, EDOM,
			    "architectures[%zu]: its byte order is not this "
			    "machine's",
			    i);
		if (failed == -EINVAL)
			return error_set(e, EINVAL,
			    "architectures[%zu]: this libseccomp does not know "
			    "it",
			    i);
		if (failed < 0 && failed != -EEXIST)
			return error_errno(e, -failed, "architectures[%zu]", i);
	}
	return 0;
}

int
filter_too_long(size_t count, struct error *e)
{
	return error_set(e, E2BIG,
	    "the program has %zu instructions, more than %d", count,
	    LIMIT_FILTER_INSNS);
}

static int export(scmp_filter_ctx context, struct filter *out, struct error *e)
{
	AUTO_FD int fd = memfd_create("filter", MFD_CLOEXEC);
	if (fd < 0)
		return error_sys(e, "memfd_create");
	int failed = seccomp_export_bpf(context, fd);
	if (failed < 0)
		return error_errno(e, -failed, "compile");

	off_t size = lseek(fd, 0, SEEK_END);
	size_t count = (size_t)size / sizeof(struct sock_filter);
	if (size <= 0 || count > LIMIT_FILTER_INSNS)
		return filter_too_long(count, e);
	out->insns = malloc((size_t)size);
	if (out->insns == NULL)
		return error_sys(e, "memory");
	if (pread(fd, out->insns, (size_t)size, 0) != size)
		return error_sys(e, "read the program");
	out->count = (unsigned short)count;
	return 0;
}

int
filter_compile(const struct spec_seccomp *profile, unsigned optimize,
    struct filter *out, struct error *e)
{
	AUTO(release)
	scmp_filter_ctx context = seccomp_init(
	    action_of(profile->default_action, &profile->default_errno_ret));

	if (context == NULL)
		return error_set(e, EINVAL, "defaultAction: cannot be used");
	/* Calls of an ABI that the profile does not know end the process. */
	(void)seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	if (optimize != 1)
		(void)seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE,
		    optimize);
	/* libseccomp finds a call of another architecture by its name. What it
	 * has none for stays with this one: it gets no rule that was added
	 * before it. */
	TRY(add_rules(context, profile, true, e));
	TRY(add_architectures(context, profile, e));
	TRY(add_rules(context, profile, false, e));
	return export(context, out, e);
}
