/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "boxes.h"
#include "cli.h"
#include "layers.h"
#include "reporter.h"
#include "sandbox/layer.h"
#include "sandbox/profile.h"
#include "sandbox/sandbox.h"
#include "sandbox_root.h"
#include "sandbox_words.h"

/* Of an id that is made up. */
#define PREFIX "sandbox-"

struct job {
	struct cli_call *call;
	struct sandbox_request request;
	struct sandbox_words asked;
	struct sandbox_layer layer;
	struct reporter reporter;
	char root[PATH_MAX];
	char id[64];
};

static void
tell(void *context, const char *text)
{
	(void)context;
	cli_tell("sandbox: note", text);
}

/* Names and addresses that the program chose. Who learns says it himself. */
static void
tell_refused(void *context, const char *text)
{
	struct job *job = context;

	if (reporter_is_wanted(&job->asked.told))
		reporter_hear(&job->reporter, text);
	if (!job->asked.told.learns)
		cli_tell("sandbox: refused", text);
}

/* ---- running it ----------------------------------------------------------
 */

/* Only all of it: else output that goes to a file would be the terminal's. */
static bool
has_terminal(void)
{
	return isatty(0) && isatty(1) && isatty(2) && tcgetpgrp(0) == getpgrp();
}

/* What is on the command line says it last. */
static int
choose_options(struct job *job, struct json_arena *arena, struct error *e)
{
	const struct sandbox_profiles from = {
		.name = job->asked.profile,
		.dir = job->asked.given.cwd,
		.trust = job->asked.trust,
		.over = &job->asked.given,
		.env = environ,
		.note = tell,
	};
	struct sandbox_options *out = &job->request.options;

	TRY(sandbox_profiles_load(&from, arena, out, e));
	TRY(sandbox_options_merge(arena, &job->asked.given, out, e));
	return sandbox_ask_begin(&job->asked.ask,
	    job->asked.print || has_terminal(), arena, out, e);
}

static int
choose_limits(struct job *job, struct error *e)
{
	struct sandbox_request *request = &job->request;
	AUTO_FREE char *resources = NULL;

	TRY(sandbox_resources(&request->options, &resources, e));
	if (resources[0] == '\0')
		return 0;
	request->has_cgroup = job->call->cli->systemd_cgroup ||
			      container_can_limit(resources, strlen(resources));
	if (request->has_cgroup || job->asked.print)
		return 0;
	tell(NULL, "no control group is delegated here: --memory and --pids "
		   "are limits of each process and user, --cpus of the "
		   "processors that are used");
	return sandbox_keep_processors(&request->options, e);
}

static int
run(struct job *job, const char *text, size_t length, struct error *e)
{
	const struct sandbox_options *asked = &job->request.options;
	const struct container_intercept intercept = {
		.mode = asked->intercept,
		.mode_by_name = job->call->cli->mode_by_name,
		.policy = asked->policy,
		.platform = job->asked.platform,
		.events_fd = reporter_is_wanted(&job->asked.told)
				 ? job->reporter.events
				 : 0,
		.all = reporter_is_wanted(&job->asked.told),
	};
	AUTO_FD int parent = -1;
	char net[SANDBOX_NET_BYTES];
	struct container_create request = {
		.id = job->id,
		.bundle = "/",
		.config = "the sandbox's configuration",
		.text = text,
		.text_length = length,
		.intercept = &intercept,
		.args = job->request.args,
		.held = job->call->cli->held,
		.net = sandbox_net_list(asked, net),
		.ask = sandbox_ask_by(&job->asked.ask),
		.refused = tell_refused,
		.refused_context = job,
	};

	cli_request_globals(job->call->cli, &request);
	if (!job->request.has_cgroup)
		request.cgroups = CONTAINER_CGROUPS_DISABLED;
	if (job->asked.die_with_parent) {
		parent = pidfd_open(getppid(), 0);
		if (parent < 0)
			return error_sys(e, "--die-with-parent");
		request.parent = &parent;
	}
	return container_run(job->root, &request, &job->call->status, e);
}

/* ---- what it did ---------------------------------------------------------
 */

/* A line that says what to do instead of what has failed. */
static int
explain(const struct job *job, struct error *e)
{
	char line[PATH_MAX + 256];

	if (!sandbox_find_obstacle(line, sizeof(line)) &&
	    (job->layer.dir < 0 ||
		!sandbox_layer_find_obstacle(&job->layer, line, sizeof(line))))
		return -e->code;
	int code = e->code;
	*e = (struct error){ 0 };
	return error_set(e, code, "%s", line);
}

static int
run_or_explain(struct job *job, const char *text, size_t length,
    struct error *e)
{
	return run(job, text, length, e) < 0 ? explain(job, e) : 0;
}

/*
 * What the command did is done, and its status says so, unless that was success
 * and would hide that there is no report.
 */
static void
end_report(struct job *job)
{
	int *status = &job->call->status;
	struct error e = { 0 };

	if (reporter_end(&job->reporter, *status, &e) == 0)
		return;
	(void)error_wrap(&e, "sandbox: %s",
	    job->asked.told.learns ? "learn" : "--report");
	cli_report(job->call->cli, &e);
	if (*status == 0)
		*status = job->call->command->failure;
}

static int
run_and_report(struct job *job, const char *text, size_t length,
    struct error *e)
{
	const struct sandbox_options *asked = &job->request.options;
	const struct reporter_want want = {
		.choice = &job->asked.told,
		.mode = asked->intercept,
		.request = &job->request,
		.has_network =
		    asked->net != NULL && strcmp(asked->net, "host") == 0,
		.config = text,
		.length = length,
	};

	TRY(reporter_start(&want, &job->reporter, e));
	TRY(run_or_explain(job, text, length, e));
	end_report(job);
	return 0;
}

/* Its name, which a container and a layer have from it. */
static int
choose_id(struct job *job, struct error *e)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(job->id, sizeof(job->id), PREFIX "%d-%lx", (int)getpid(),
	    (unsigned long)now.tv_nsec);
	if (job->asked.name != NULL) {
		if (snprintf(job->id, sizeof(job->id), "%s", job->asked.name) >=
		    (int)sizeof(job->id))
			return error_set(e, ENAMETOOLONG, "--name %s",
			    job->asked.name);
		job->call->id = job->asked.name;
	}
	return 0;
}

static int
sandbox(struct job *job, struct json_arena *arena, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	TRY(sandbox_root_find(job->call->cli->root, job->root, e));
	/* What is not there is not hidden. */
	if (!job->asked.print) {
		TRY(sandbox_root_make(job->root, e));
		container_clear(job->root, job->asked.name, PREFIX);
	}
	TRY(choose_options(job, arena, e));
	TRY(choose_limits(job, e));
	if (reporter_is_wanted(&job->asked.told))
		TRY(reporter_options(&job->asked.told,
		    job->call->cli->mode_by_name, &job->request.options, e));
	job->request.state = job->root;
	job->request.files[0] = job->request.options.policy;
	if (job->asked.profile != NULL &&
	    strchr(job->asked.profile, '/') != NULL)
		job->request.files[1] = job->asked.profile;
	job->request.terminal = has_terminal();
	job->request.no_user_namespace = sandbox_can_do_without();
	TRY(sandbox_config(&job->request, &text, &length, e));
	if (job->asked.print)
		return fwrite(text, 1, length, stdout) == length
			   ? 0
			   : error_sys(e, "write to stdout");
	return reporter_is_wanted(&job->asked.told)
		   ? run_and_report(job, text, length, e)
		   : run_or_explain(job, text, length, e);
}

static int
sandbox_of_image(struct job *job, struct json_arena *arena, struct error *e)
{
	AUTO(boxed_close) struct boxed boxed = { 0 };

	TRY(boxed_open(&job->layer, job->asked.image, &boxed, e));
	job->request.bundle = boxed.bundle;
	job->request.image = boxed.spec;
	return sandbox(job, arena, e);
}

/* The same with a layer, or on an image, if that is asked for. */
static int
sandbox_on_layer(struct job *job, struct json_arena *arena, struct error *e)
{
	struct sandbox_layer *layer = &job->layer;

	if (!job->asked.overlay && job->asked.image == NULL)
		return sandbox(job, arena, e);
	TRY(sandbox_layer_open(environ, job->id,
	    job->asked.print ? SANDBOX_LAYER_NAMED : SANDBOX_LAYER_MAKE, layer,
	    e));
	if (job->asked.overlay)
		job->request.layer = layer;
	int failed = job->asked.overlay ? sandbox(job, arena, e)
					: sandbox_of_image(job, arena, e);
	layers_end(layer, job->asked.overlay, job->asked.name != NULL,
	    failed < 0);
	return failed;
}

static void
free_job(struct job *job)
{
	reporter_free(&job->reporter);
	sandbox_words_free(&job->asked);
}

int
cli_sandbox(struct cli_call *call, struct error *e)
{
	AUTO(free_job)
	struct job job = {
		.call = call,
		.reporter = REPORTER_NONE,
		.request = { .env = environ, .note = tell },
		.layer = SANDBOX_LAYER_NONE,
	};
	AUTO(sandbox_keeps_end) struct sandbox_keeps keeps = { 0 };

	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();

	if (arena == NULL)
		return error_sys(e, "memory");
	if (call->argc > 1 && layers_has_verb(call->argv[1]))
		return layers_run(call, e);
	TRY(sandbox_words_read(call, &job.asked, e));
	job.request.args = job.asked.args;
	if (!job.asked.print)
		job.request.keeps = &keeps;
	TRY(choose_id(&job, e));
	return sandbox_on_layer(&job, arena, e);
}
