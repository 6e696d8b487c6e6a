/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch - the filter that init gets, and who sees the calls that it asks about.
 */
#define _GNU_SOURCE
#include "filter/watch.h"

#include <signal.h>

#include "base/auto.h"
#include "making.h"

static const struct spec_seccomp *
profile_of(const struct making *making)
{
	return making->request->seccomp != NULL ? making->request->seccomp
						: making->spec->lnx.seccomp;
}

static int
compile(const struct spec_seccomp *profile, int root, struct filter *out,
    struct error *e)
{
	AUTO(filter_free) struct filter filter = { 0 };
	AUTO_FD int cache = filter_cache_open(root);

	TRY(filter_prepare(profile, cache, &filter, e));
	TRY(filter_check_start(&filter, e));
	*out = take(&filter);
	return 0;
}

int
making_filter_prepare(struct making *making, struct error *e)
{
	const struct container_watch *watch = making->request->watch;
	const struct spec_seccomp *profile = profile_of(making);

	if (watch != NULL && watch->learned != NULL)
		return filter_watch_all(&making->filter, e);
	if (profile == NULL && watch != NULL)
		return error_set(e, EINVAL,
		    "linux.seccomp is missing, so that no call is denied");
	if (profile == NULL)
		return 0;
	struct filter *to = watch != NULL ? &making->asked : &making->filter;
	if (compile(profile, making->root, to, e) < 0)
		return error_wrap(e, "linux.seccomp");
	return watch == NULL ? 0 : filter_watch_denied(to, &making->filter, e);
}

static int
look_at_all(void *context, const struct trace_call *call)
{
	const struct making *making = context;

	filter_learn(making->request->watch->learned, &call->data);
	return call->data.nr;
}

static int
look_at_denied(void *context, const struct trace_call *call)
{
	const struct making *making = context;
	const struct container_watch *watch = making->request->watch;
	uint32_t answer =
	    filter_run(making->asked.insns, making->asked.count, &call->data);

	/* A filter of the container's own asks, and there is nobody. */
	if (!filter_denies(answer))
		return filter_number(SECCOMP_RET_TRACE);
	watch->denied(watch->context, call, profile_of(making), answer);
	/* The signal that nobody handles, as the kernel would force it. */
	if ((answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRAP &&
	    trace_would_end(call->tid, SIGSYS))
		answer = SECCOMP_RET_KILL_PROCESS;
	return filter_number(answer);
}

int
making_watch(struct making *making, struct error *e)
{
	const struct container_watch *watch = making->request->watch;

	if (watch == NULL || making->trace.pid != 0)
		return error_set(e, EPROTO, "a malformed message from init");
	const struct trace_watch by = {
		.look = watch->learned != NULL ? look_at_all : look_at_denied,
		.context = making,
		.keep = watch->keep,
	};
	return trace_start(making->child.pid, &by, &making->trace, e);
}
