/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "box.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "guard/allow.h"
#include "sentry/relay.h"

#define LEAST_MEMORY (1u << 20)

static void
sandbox_free(struct sandbox *sandbox)
{
	json_arena_free(&sandbox->arena);
	free(sandbox->places);
	free(sandbox->projects);
	free(sandbox->mounts);
	free((void *)(uintptr_t)sandbox->masked.items);
	free((void *)(uintptr_t)sandbox->readonly.items);
	free((void *)(uintptr_t)sandbox->env.items);
}

static int
read_user(struct sandbox *sandbox, struct error *e)
{
	const char *text = sandbox->request->options.user;
	const struct spec *image = sandbox->request->image;
	uint64_t ids[2] = { getuid(), getgid() };
	char first[16];

	if (image != NULL) {
		ids[0] = image->process->user.uid;
		ids[1] = image->process->user.gid;
	}
	if (text != NULL) {
		const char *colon = strchrnul(text, ':');
		size_t length = (size_t)(colon - text);

		if (length >= sizeof(first))
			length = 0;
		memcpy(first, text, length);
		first[length] = '\0';
		/* (uid_t)-1 is none. */
		if (!text_parse_u64(first, UINT32_MAX - 1, &ids[0]) ||
		    (*colon == ':' &&
			!text_parse_u64(colon + 1, UINT32_MAX - 1, &ids[1])))
			return error_set(e, EINVAL,
			    "--user: \"%s\" is not UID[:GID]", text);
		if (*colon == '\0')
			ids[1] = ids[0];
		if (sandbox->request->no_user_namespace)
			return error_set(e, ENOTSUP,
			    "--user: needs a user namespace");
	}
	sandbox->uid = (uid_t)ids[0];
	sandbox->gid = (gid_t)ids[1];
	return 0;
}

/* Who he is, of the one user that there is. */
static int
read_root(struct sandbox *sandbox, struct error *e)
{
	const struct sandbox_options *options = &sandbox->request->options;

	if (!options->root)
		return 0;
	if (options->user != NULL && (sandbox->uid != 0 || sandbox->gid != 0))
		return error_set(e, EINVAL, "--root: --user %s is another",
		    options->user);
	if (options->intercept != NULL && !box_performs(sandbox))
		return error_set(e, EINVAL,
		    "--root: needs --intercept guard or sealed, not %s",
		    options->intercept);
	sandbox->uid = 0;
	sandbox->gid = 0;
	return 0;
}

int
net_check(const char *net, const char **list, struct error *e)
{
	AUTO(guard_allow_free) struct guard_allow *allow = NULL;

	*list = NULL;
	if (net == NULL || strcmp(net, "host") == 0 || strcmp(net, "none") == 0)
		return 0;
	*list = net;
	return guard_allow_parse(net, &allow, e);
}

static int
read_net(struct sandbox *sandbox, struct error *e)
{
	const char *net = sandbox->request->options.net;
	char room[SANDBOX_NET_BYTES];
	const char *list;

	sandbox->has_network = net != NULL && strcmp(net, "host") == 0;
	if (net_check(net, &list, e) < 0)
		return error_wrap(e, "--net");
	list = sandbox_net_list(&sandbox->request->options, room);
	if (list == NULL)
		return 0;
	sandbox->net = path_format(sandbox->arena, "%s", list);
	return sandbox->net == NULL ? error_sys(e, "memory") : 0;
}

static_assert(SANDBOX_NET_BYTES > GUARD_ALLOW_BYTES + 1, "with a mark");

const char *
sandbox_net_list(const struct sandbox_options *options,
    char room[SANDBOX_NET_BYTES])
{
	const char *net = options->net;

	if (net != NULL && strcmp(net, "host") == 0)
		return NULL;
	if (net != NULL && strcmp(net, "none") == 0)
		net = NULL;
	if (!options->ask)
		return net;
	(void)snprintf(room, SANDBOX_NET_BYTES, "%c%s", RELAY_ASKS,
	    net != NULL ? net : "");
	return room;
}

/* The directories of the overlays, now that it is known which. */
static int
layer_collect(const struct sandbox *sandbox, struct error *e)
{
	const struct sandbox_layer *layer = sandbox->request->layer;

	for (size_t i = 0;
	     layer != NULL && layer->dir >= 0 && i < sandbox->places_count;
	     i++) {
		if (sandbox->places[i].kind != PLACE_OVERLAY)
			continue;
		TRY(layer_make_upper(layer, sandbox->places[i].path, e));
		TRY(layer_make_work(layer, i, e));
	}
	return 0;
}

static int
collect(struct sandbox *sandbox, struct error *e)
{
	TRY(path_find_homes(sandbox, e));
	TRY(read_user(sandbox, e));
	TRY(read_root(sandbox, e));
	TRY(read_net(sandbox, e));
	TRY(places_collect(sandbox, e));
	TRY(gui_collect(sandbox, e));
	if (sandbox->request->layer != NULL)
		TRY(overlay_collect(sandbox, e));
	TRY(hidden_collect(sandbox, e));
	places_sort(sandbox);
	TRY(layer_collect(sandbox, e));
	return environment_collect(sandbox, e);
}

/* With less nothing would begin, and with no word of why. */
static int
check_limits(const struct limits *limits, struct error *e)
{
	if (limits->pids == 1)
		return error_set(e, EINVAL,
		    "--pids: with the sandbox's first process, the command is "
		    "the second one: at least 2");
	if (limits->memory > 0 && limits->memory < LEAST_MEMORY)
		return error_set(e, EINVAL,
		    "--memory: less than 1m, in which no program runs");
	return 0;
}

int
sandbox_config(const struct sandbox_request *request, char **out,
    size_t *length, struct error *e)
{
	AUTO(sandbox_free)
	struct sandbox sandbox = { .request = request };
	struct limits limits;

	TRY(limits_parse(&request->options, &limits, e));
	TRY(check_limits(&limits, e));
	sandbox.arena = json_arena_new();
	if (sandbox.arena == NULL)
		return error_sys(e, "memory");
	TRY(collect(&sandbox, e));
	*out = NULL;
	FILE *text = open_memstream(out, length);
	if (text == NULL)
		return error_sys(e, "memory");
	int failed = config_put(text, &sandbox, &limits);
	return fclose(text) != 0 || failed < 0
		   ? error_errno(e, ENOMEM, "memory")
		   : 0;
}
