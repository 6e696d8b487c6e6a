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
#include "sandbox/layer.h"
#include "sandbox/profile.h"
#include "sandbox/sandbox.h"
#include "sandbox_root.h"

struct job {
	struct cli_call *call;
	struct sandbox_request request;
	struct sandbox_options given; /* on the command line */
	const char *name;
	const char *profile;
	const char *platform;
	bool trust;
	bool die_with_parent;
	bool print;
	bool overlay;
	const char *image;
	struct sandbox_layer layer;
	char root[PATH_MAX];
	char id[64];
};

static void
tell(void *context, const char *text)
{
	(void)context;
	cli_tell("sandbox: note", text);
}

/* Names and addresses that the program chose. */
static void
tell_refused(void *context, const char *text)
{
	(void)context;
	cli_tell("sandbox: refused", text);
}

/* ---- the words -----------------------------------------------------------
 */

static int
check_words(const struct job *job, int at, struct error *e)
{
	if (at == job->call->argc && job->image == NULL)
		return error_set(e, EINVAL, "expected %s",
		    job->call->command->synopsis);
	if (job->image != NULL && (job->overlay || job->print))
		return error_set(e, EINVAL,
		    "--image: neither with --overlay, as what is written stays "
		    "in the image's files, nor with --print-config");
	return 0;
}

enum { LISTS = 6 };

static void
give_room(struct sandbox_options *asked, char **room, size_t words)
{
	struct spec_strings *const lists[LISTS] = { &asked->rw, &asked->ro,
		&asked->hide, &asked->tmpfs, &asked->bind, &asked->env };

	for (size_t i = 0; i < LISTS; i++)
		lists[i]->items = room + i * words;
}

/* Behind the options, from at on. */
static int
take_command(struct job *job, int at, struct error *e)
{
	struct cli_call *call = job->call;

	if (at < 0)
		return at;
	TRY(check_words(job, at, e));
	job->request.args =
	    (struct spec_strings){ call->argv + at, (size_t)(call->argc - at) };
	return 0;
}

static int
read_words(struct job *job, char **room, size_t words, struct error *e)
{
	struct sandbox_options *asked = &job->given;
	const struct cli_option options[] = {
		{ "rw", 0, "PATH", "may be written; may be repeated",
		    .list = &asked->rw },
		{ "ro", 0, "PATH", "is read-only, and seen",
		    .list = &asked->ro },
		{ "hide", 0, "PATH", "is not seen", .list = &asked->hide },
		{ "tmpfs", 0, "PATH", "is an empty directory of its own",
		    .list = &asked->tmpfs },
		{ "bind", 0, "SRC:DST", "SRC is seen at DST, and writable",
		    .list = &asked->bind },
		{ "overlay", 0, NULL, "write to a layer, not to the machine",
		    .flag = &job->overlay },
		{ "image", 0, "SOURCE", "its files instead of the machine's",
		    .value = &job->image },
		{ "cwd", 0, "DIR", "to work in; else the current one",
		    .value = &asked->cwd },
		{ "env", 'e', "NAME[=VALUE]", "set a variable, or let it pass",
		    .list = &asked->env },
		{ "user", 'u', "UID[:GID]", "to be in there",
		    .value = &asked->user },
		{ "root", 0, NULL, "seem to be root, with chown, setuid, mknod",
		    .flag = &asked->root },
		{ "net", 0, "none|host|LIST",
		    "no network, the caller's, or names and addresses",
		    .value = &asked->net },
		{ "memory", 0, "BYTES", "at most; with k, m, g",
		    .value = &asked->memory },
		{ "cpus", 0, "N", "at most so many processors, 0.5 say",
		    .value = &asked->cpus },
		{ "pids", 0, "N", "at most so many processes",
		    .value = &asked->pids },
		{ "time", 0, "SECONDS", "then it is killed, status 124",
		    .value = &asked->time },
		{ "die-with-parent", 0, NULL, "end when the caller ends",
		    .flag = &job->die_with_parent },
		{ "name", 0, "NAME", "for exec and others; else made up",
		    .value = &job->name },
		{ "intercept", 0, "MODE", "observe, guard or sealed",
		    .value = &asked->intercept },
		{ "platform", 0, "PLATFORM", "auto, notify or ptrace",
		    .value = &job->platform },
		{ "policy", 0, "FILE", "what the interception layer allows",
		    .value = &asked->policy },
		{ "profile", 0, "NAME|FILE", "options from a file",
		    .value = &job->profile },
		{ "trust", 0, NULL, "agree to what .lorica asks for",
		    .flag = &job->trust },
		{ "print-config", 0, NULL, "print config.json, and end",
		    .flag = &job->print },
		{ NULL },
	};

	give_room(asked, room, words);
	/* An image may say what is to be run. */
	return take_command(job, cli_words(job->call, options, 0, INT_MAX, e),
	    e);
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
		.name = job->profile,
		.dir = job->given.cwd,
		.trust = job->trust,
		.env = environ,
		.note = tell,
	};
	struct sandbox_options *out = &job->request.options;

	TRY(sandbox_profiles_load(&from, arena, out, e));
	return sandbox_options_merge(arena, &job->given, out, e);
}

static int
choose_limits(struct job *job, struct error *e)
{
	struct sandbox_request *request = &job->request;
	AUTO_FREE char *resources = NULL;

	TRY(sandbox_resources(&request->options, &resources, e));
	if (resources[0] == '\0')
		return 0;
	request->has_cgroup =
	    job->call->cli->systemd_cgroup ||
	    container_can_limit(job->id, resources, strlen(resources));
	if (request->has_cgroup || job->print)
		return 0;
	tell(NULL, "no control group is delegated here: --memory and --pids "
		   "are limits of each process and user, --cpus of the "
		   "processors that are used");
	return sandbox_keep_processors(&request->options, e);
}

static int
run(const struct job *job, const char *text, size_t length, struct error *e)
{
	const struct sandbox_options *asked = &job->request.options;
	const struct container_intercept intercept = {
		.mode = asked->intercept,
		.mode_by_name = job->call->cli->mode_by_name,
		.policy = asked->policy,
		.platform = job->platform,
	};
	AUTO_FD int parent = -1;
	struct container_create request = {
		.id = job->id,
		.bundle = "/",
		.config = "the sandbox's configuration",
		.text = text,
		.text_length = length,
		.intercept = &intercept,
		.args = job->request.args,
		.held = job->call->cli->held,
		.net = sandbox_net_list(asked),
		.refused = tell_refused,
	};

	cli_request_globals(job->call->cli, &request);
	if (!job->request.has_cgroup)
		request.cgroups = CONTAINER_CGROUPS_DISABLED;
	if (job->die_with_parent) {
		parent = pidfd_open(getppid(), 0);
		if (parent < 0)
			return error_sys(e, "--die-with-parent");
		request.parent = &parent;
	}
	return container_run(job->root, &request, &job->call->status, e);
}

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

/* Its name, which a container and a layer have from it. */
static int
choose_id(struct job *job, struct error *e)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	(void)snprintf(job->id, sizeof(job->id), "sandbox-%d-%lx",
	    (int)getpid(), (unsigned long)now.tv_nsec);
	if (job->name != NULL) {
		if (snprintf(job->id, sizeof(job->id), "%s", job->name) >=
		    (int)sizeof(job->id))
			return error_set(e, ENAMETOOLONG, "--name %s",
			    job->name);
		job->call->id = job->name;
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
	if (!job->print)
		TRY(sandbox_root_make(job->root, e));
	TRY(choose_options(job, arena, e));
	TRY(choose_limits(job, e));
	job->request.state = job->root;
	job->request.files[0] = job->request.options.policy;
	if (job->profile != NULL && strchr(job->profile, '/') != NULL)
		job->request.files[1] = job->profile;
	job->request.terminal = has_terminal();
	job->request.no_user_namespace = sandbox_can_do_without();
	TRY(sandbox_config(&job->request, &text, &length, e));
	if (job->print)
		return fwrite(text, 1, length, stdout) == length
			   ? 0
			   : error_sys(e, "write to stdout");
	return run(job, text, length, e) < 0 ? explain(job, e) : 0;
}

static int
sandbox_of_image(struct job *job, struct json_arena *arena, struct error *e)
{
	AUTO(boxed_close) struct boxed boxed = { 0 };

	TRY(boxed_open(&job->layer, job->image, &boxed, e));
	job->request.bundle = boxed.bundle;
	job->request.image = boxed.spec;
	return sandbox(job, arena, e);
}

/* The same with a layer, or on an image, if that is asked for. */
static int
sandbox_on_layer(struct job *job, struct json_arena *arena, struct error *e)
{
	struct sandbox_layer *layer = &job->layer;

	if (!job->overlay && job->image == NULL)
		return sandbox(job, arena, e);
	TRY(sandbox_layer_open(environ, job->id,
	    job->print ? SANDBOX_LAYER_NAMED : SANDBOX_LAYER_MAKE, layer, e));
	if (job->overlay)
		job->request.layer = layer;
	int failed = job->overlay ? sandbox(job, arena, e)
				  : sandbox_of_image(job, arena, e);
	layers_end(layer, job->overlay, job->name != NULL, failed < 0);
	return failed;
}

int
cli_sandbox(struct cli_call *call, struct error *e)
{
	size_t words = (size_t)call->argc + 1;
	AUTO_FREE char **room = calloc(LISTS * words, sizeof(*room));
	struct job job = {
		.call = call,
		.request = { .env = environ, .note = tell },
		.layer = SANDBOX_LAYER_NONE,
	};
	AUTO(sandbox_keeps_end) struct sandbox_keeps keeps = { 0 };

	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();

	if (room == NULL || arena == NULL)
		return error_sys(e, "memory");
	if (call->argc > 1 && layers_has_verb(call->argv[1]))
		return layers_run(call, e);
	TRY(read_words(&job, room, words, e));
	if (!job.print)
		job.request.keeps = &keeps;
	TRY(choose_id(&job, e));
	return sandbox_on_layer(&job, arena, e);
}
