/* SPDX-License-Identifier: Apache-2.0 */
/*
 * filter - a profile becomes a program, from the cache or by compiling it.
 */
#define _GNU_SOURCE
#include "filter/filter.h"

#include <stdlib.h>
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
	TRY(filter_compile(profile, &filter, e));
	TRY(filter_add_enosys(profile, &filter, e));
	filter_optimize(&filter);
	filter_cache_write(cache, &key, &filter);
	*out = take(&filter);
	return 0;
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

	struct seccomp_data ask = {
		.nr = SYS_prctl,
		.arch = FILTER_NATIVE_ARCH,
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
