/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - a profile becomes a program, from the cache or by compiling it.
 */
#define _GNU_SOURCE
#include "filter/filter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "program.h"

/* What a profile may answer; a kernel may know less. */
static const uint32_t actions[] = {
	SECCOMP_RET_KILL_PROCESS,
	SECCOMP_RET_KILL_THREAD,
	SECCOMP_RET_TRAP,
	SECCOMP_RET_ERRNO,
	SECCOMP_RET_USER_NOTIF,
	SECCOMP_RET_TRACE,
	SECCOMP_RET_LOG,
	SECCOMP_RET_ALLOW,
};

/* A bit for each of them that the kernel knows. */
static unsigned
known_actions(void)
{
	unsigned knows = 0;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (os_seccomp_knows_action(actions[i]))
			knows |= 1u << i;
	}
	return knows;
}

static bool
is_known(unsigned knows, uint32_t action)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (actions[i] == action)
			return (knows & 1u << i) != 0;
	}
	return false;
}

static int
check_kernel(const struct spec_seccomp *profile, unsigned knows,
    struct error *e)
{
	if (!is_known(knows, profile->default_action))
		return error_set(e, ENOTSUP,
		    "defaultAction: the kernel does not know it");
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		if (!is_known(knows, profile->syscalls[i].action))
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

static int
get_program(const struct spec_seccomp *profile, unsigned knows, int cache,
    struct filter *out, struct error *e)
{
	AUTO(filter_free) struct filter filter = { 0 };
	struct filter_key key;

	filter_key_make(profile, knows, &key);
	if (filter_cache_read(cache, &key, out))
		return 0;
	TRY(filter_compile(profile, 1, &filter, e));
	TRY(filter_add_enosys(profile, &filter, e));
	filter_optimize(&filter);
	filter_cache_write(cache, &key, &filter);
	*out = take(&filter);
	return 0;
}

bool
filter_can_check(const struct filter *filter)
{
	const struct seccomp_data ask = {
		.nr = SYS_prctl,
		.arch = FILTER_NATIVE_ARCH,
		.args = { PR_GET_SECCOMP },
	};

	return filter_run(filter->insns, filter->count, &ask) ==
	       SECCOMP_RET_ALLOW;
}

int
filter_prepare(const struct spec_seccomp *profile, int cache,
    struct filter *out, struct error *e)
{
	AUTO(filter_free) struct filter filter = { 0 };
	unsigned knows = known_actions();

	TRY(check_kernel(profile, knows, e));
	TRY(get_program(profile, knows, cache, &filter, e));
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
	filter.can_check = filter_can_check(&filter);
	*out = take(&filter);
	return 0;
}

/* What a call of this program's ABI gets, at the most lenient. */
static uint32_t
action_for(const struct filter *filter, long number)
{
	struct seccomp_data ask = { .nr = (int)number,
		.arch = FILTER_NATIVE_ARCH };
	uint32_t zeros = filter_run(filter->insns, filter->count, &ask);

	/* Arguments are pointers or descriptors: neither of the two fits. */
	memset(ask.args, 0xff, sizeof(ask.args));
	uint32_t ones = filter_run(filter->insns, filter->count, &ask);
	/* The kernel, too, orders them so as signed numbers. */
	return (int32_t)(zeros & SECCOMP_RET_ACTION_FULL) >
		       (int32_t)(ones & SECCOMP_RET_ACTION_FULL)
		   ? zeros & SECCOMP_RET_ACTION_FULL
		   : ones & SECCOMP_RET_ACTION_FULL;
}

static bool
is_refusal(uint32_t action)
{
	return (int32_t)action <= (int32_t)SECCOMP_RET_ERRNO;
}

int
filter_check_start(const struct filter *filter, struct error *e)
{
	if (filter->insns == NULL)
		return 0;
	if (is_refusal(action_for(filter, SYS_execve)))
		return error_set(e, EINVAL,
		    "the profile does not allow execve, so that no program "
		    "can be started");
	if (!filter->has_listener)
		return 0;
	/* Nobody could answer for the call that brings the one who can. */
	const struct seccomp_data send = { .nr = SYS_sendmsg,
		.arch = FILTER_NATIVE_ARCH };
	if (filter_may_answer(filter, &send, SECCOMP_RET_USER_NOTIF) ||
	    is_refusal(action_for(filter, SYS_sendmsg)))
		return error_set(e, EINVAL,
		    "SCMP_ACT_NOTIFY needs sendmsg to be allowed, which hands "
		    "over the listener");
	if (is_refusal(action_for(filter, SYS_recvmsg)))
		return error_set(e, EINVAL,
		    "SCMP_ACT_NOTIFY needs recvmsg, which waits for the agent "
		    "to have the listener");
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
