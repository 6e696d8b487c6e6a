/* SPDX-License-Identifier: Apache-2.0 */
/*
 * watch - the filter that a program gets, and who sees the calls that it asks
 * about.
 */
#define _GNU_SOURCE
#include "watch.h"

#include <signal.h>

#include "base/auto.h"
#include "filter/explain.h"
#include "filter/learn.h"
#include "filter/watch.h"
#include "os/os.h"

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
watched_prepare(struct watched *watched, int root, struct filter *out,
    struct error *e)
{
	const struct container_watch *watch = watched->watch;

	if (watch != NULL && watch->learned != NULL)
		return filter_watch_all(out, e);
	if (watched->profile == NULL && watch != NULL)
		return error_set(e, EINVAL,
		    "linux.seccomp is missing, so that no call is denied");
	if (watched->profile == NULL)
		return 0;
	struct filter *to = watch != NULL ? &watched->asked : out;
	if (compile(watched->profile, root, to, e) < 0)
		return error_wrap(e, "linux.seccomp");
	if (watched->has_layer)
		filter_untrace(to);
	return watch == NULL ? 0 : filter_watch_denied(to, out, e);
}

static int
look_at_all(void *context, const struct trace_call *call)
{
	const struct watched *watched = context;

	filter_learn(watched->watch->learned, &call->data);
	return call->data.nr;
}

static int
look_at_denied(void *context, const struct trace_call *call)
{
	const struct watched *watched = context;
	const struct container_watch *watch = watched->watch;
	uint32_t answer =
	    filter_run(watched->asked.insns, watched->asked.count, &call->data);

	/* A filter of the container's own asks, and there is nobody. */
	if (!filter_denies(answer))
		return filter_number(SECCOMP_RET_TRACE);
	watch->denied(watch->context, call, watched->profile, answer);
	/* The signal that nobody handles, as the kernel would force it. */
	if ((answer & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_TRAP &&
	    trace_would_end(call, SIGSYS))
		answer = SECCOMP_RET_KILL_PROCESS;
	return filter_number(answer);
}

/* ---- who looks ----------------------------------------------------------- */

int
watched_start(struct watched *watched, pid_t pid, struct error *e)
{
	const struct container_watch *watch = watched->watch;

	if (watch == NULL || watched->trace.pid != 0)
		return error_set(e, EPROTO, "a malformed message from init");
	const struct trace_watch by = {
		.look = watch->learned != NULL ? look_at_all : look_at_denied,
		.confine = watched_confine,
		.context = watched,
		.keep = watch->keep,
	};
	return trace_start(pid, &by, &watched->trace, e);
}

void
watched_free(struct watched *watched)
{
	filter_free(&watched->asked);
	trace_free(&watched->trace);
}
