/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - a profile becomes a program through libseccomp.
 */
#define _GNU_SOURCE
#include "filter/filter.h"

#include <linux/audit.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "os/os.h"

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#endif

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

/* Conditions on different arguments are one rule; on a repeated one, many. */
static bool
repeats(const struct spec_seccomp_rule *rule)
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

	if (repeats(rule)) {
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

static int
add_rules(scmp_filter_ctx context, const struct spec_seccomp *profile,
    struct error *e)
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
			int number = seccomp_syscall_resolve_name(name);

			if (number == __NR_SCMP_ERROR)
				continue; /* of another kernel or library */
			int failed = add_call(context, action, number, rule);
			if (failed < 0)
				return error_errno(e, -failed,
				    "syscalls[%zu]: %s", i, name);
		}
	}
	return 0;
}

static uint32_t
library_arch(uint32_t arch)
{
	return arch == SPEC_ARCH_X32 ? SCMP_ARCH_X32 : arch;
}

static int
add_architectures(scmp_filter_ctx context, const struct spec_seccomp *profile,
    struct error *e)
{
	for (size_t i = 0; i < profile->architectures_count; i++) {
		int failed = seccomp_arch_add(context,
		    library_arch(profile->architectures[i]));

		if (failed < 0 && failed != -EEXIST)
			return error_errno(e, -failed, "architectures[%zu]", i);
	}
	return 0;
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
		return error_set(e, E2BIG,
		    "the program has %zu instructions, "
		    "more than %d",
		    count, LIMIT_FILTER_INSNS);
	out->insns = malloc((size_t)size);
	if (out->insns == NULL)
		return error_sys(e, "memory");
	if (pread(fd, out->insns, (size_t)size, 0) != size)
		return error_sys(e, "read the program");
	out->count = (unsigned short)count;
	return 0;
}

static int
compile(const struct spec_seccomp *profile, struct filter *out, struct error *e)
{
	AUTO(release)
	scmp_filter_ctx context = seccomp_init(
	    action_of(profile->default_action, &profile->default_errno_ret));

	if (context == NULL)
		return error_set(e, EINVAL, "defaultAction: cannot be used");
	(void)seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	/* Calls of an ABI that the profile does not know end the process. */
	(void)seccomp_attr_set(context, SCMP_FLTATR_ACT_BADARCH,
	    SCMP_ACT_KILL_PROCESS);
	TRY(add_architectures(context, profile, e));
	TRY(add_rules(context, profile, e));
	return export(context, out, e);
}

static int
check_kernel(const struct spec_seccomp *profile, struct error *e)
{
	if (!os_seccomp_knows_action(profile->default_action))
		return error_set(e, ENOTSUP,
		    "defaultAction: the kernel does not know it");
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		if (!os_seccomp_knows_action(profile->syscalls[i].action))
			return error_set(e, ENOTSUP,
			    "syscalls[%zu].action: the kernel does not know it",
			    i);
	}
	for (unsigned bit = 0; bit < 32; bit++) {
		if ((profile->flags & 1u << bit) != 0 &&
		    !os_seccomp_knows_flag(1u << bit))
			return error_set(e, ENOTSUP,
			    "flags: the kernel does not know one of them");
	}
	return 0;
}

int
filter_prepare(const struct spec_seccomp *profile, int cache,
    struct filter *out, struct error *e)
{
	AUTO(filter_free) struct filter filter = { 0 };

	(void)cache;
	TRY(check_kernel(profile, e));
	TRY(compile(profile, &filter, e));
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		if (profile->syscalls[i].action == SECCOMP_RET_USER_NOTIF)
			filter.has_listener = true;
	}
	/* One thread loads it, so that there is none to bring along. */
	filter.flags = profile->flags & ~(unsigned)SECCOMP_FILTER_FLAG_TSYNC;
	if (!profile->has_flags)
		filter.flags |= SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	if (filter.has_listener)
		filter.flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;

	struct seccomp_data ask = {
		.nr = SYS_prctl,
		.arch = NATIVE_ARCH,
		.args = { PR_GET_SECCOMP },
	};
	filter.can_check =
	    filter_run(filter.insns, filter.count, &ask) == SECCOMP_RET_ALLOW;
	*out = take(&filter);
	return 0;
}

void
filter_free(struct filter *filter)
{
	free(take(&filter->insns));
}

int
filter_load(const struct filter *filter, int *listener, struct error *e)
{
	struct sock_fprog program = { filter->count, filter->insns };

	*listener = -1;
	if (filter->insns == NULL)
		return 0;
	int result = os_seccomp_load(filter->flags, &program);
	if (result < 0)
		return error_sys(e, "load the seccomp filter");
	if (filter->has_listener)
		*listener = result;
	return 0;
}

int
filter_verify(const struct filter *filter, struct error *e)
{
	if (filter->insns == NULL || !filter->can_check)
		return 0;
	if (prctl(PR_GET_SECCOMP, 0, 0, 0, 0) != SECCOMP_MODE_FILTER)
		return error_set(e, EPERM, "the seccomp filter is not loaded");
	return 0;
}

int
filter_cache_open(int root)
{
	(void)root;
	return -1;
}
