/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "narrowed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "container/store.h"

static void
tell_refused(void *context, const char *text)
{
	(void)context;
	cli_tell("run: refused", text);
}

/* What cannot be kept is not promised. */
static int
check_limits(const struct narrowed *narrowed,
    const struct container_create *request,
    const struct sandbox_options *options, struct error *e)
{
	AUTO_FREE char *resources = NULL;

	if (!narrowed->left.has_limits ||
	    request->cgroups == CONTAINER_CGROUPS_SYSTEMD)
		return 0;
	TRY(sandbox_resources(options, &resources, e));
	if (request->cgroups != CONTAINER_CGROUPS_DISABLED &&
	    container_can_limit(resources, strlen(resources)))
		return 0;
	return error_set(e, EPERM,
	    "memory, cpus and pids: no control group is delegated here; "
	    "\"lorica --systemd-cgroup\" asks systemd for one");
}

static int
narrow(struct narrowed *narrowed, bool is_run, struct container_create *request,
    struct container_intercept *intercept, struct error *e)
{
	struct sandbox_options options = { 0 };
	AUTO_FREE char *config = NULL;
	size_t length = 0;

	narrowed->arena = json_arena_new();
	if (narrowed->arena == NULL)
		return error_sys(e, "memory");
	TRY(sandbox_profile_load(narrowed->profile, environ, narrowed->arena,
	    &options, e));
	TRY(container_read_config(request->bundle, request->config, &config,
	    &length, e));
	narrowed->left.name =
	    request->config != NULL ? request->config : "config.json";
	TRY(sandbox_profile_narrow(narrowed->arena, &options, config, length,
	    &narrowed->left, e));
	TRY(check_limits(narrowed, request, &options, e));
	request->net = narrowed->left.net;
	if (request->net != NULL && (!is_run || request->detach))
		return error_set(e, EINVAL,
		    "net: a list is for lorica run, which has to stay");
	request->refused = tell_refused;
	request->text = narrowed->left.text;
	request->text_length = narrowed->left.length;
	if (intercept->policy == NULL)
		intercept->policy = options.policy;
	return 0;
}

int
narrowed_apply(struct narrowed *narrowed, bool is_run,
    struct container_create *request, struct container_intercept *intercept,
    struct error *e)
{
	const char *who = is_run ? "run: note" : "create: note";
	AUTO_FREE char *line = NULL;

	if (narrowed->profile == NULL)
		return 0;
	/* Else its limits would be tried first. */
	TRY(store_id_check(request->id, e));
	if (narrow(narrowed, is_run, request, intercept, e) < 0)
		return error_wrap(e, "--profile %s", narrowed->profile);
	if (narrowed->left.has_hooks)
		cli_tell(who, "the bundle has hooks, which may give a network "
			      "that the profile closes");
	if (narrowed->left.more[0] == '\0')
		return 0;
	if (asprintf(&line,
		"the profile asks for more than the bundle has, which it does "
		"not get: %s",
		narrowed->left.more) < 0)
		return error_sys(e, "memory");
	cli_tell(who, line);
	return 0;
}

void
narrowed_free(struct narrowed *narrowed)
{
	free(take(&narrowed->left.text));
	json_arena_free(&narrowed->arena);
}
