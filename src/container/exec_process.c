/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exec_process - the process that exec runs: the container's own or what a
 * file says, and the flags laid over it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/text.h"
#include "exec.h"

/* (uid_t)-1 means "no change" to the kernel. */
#define ID_MAX (UINT32_MAX - 1)

static int
parse_id(const char *text, uint32_t *out, struct error *e)
{
	uint64_t number;

	if (!text_parse_u64(text, ID_MAX, &number))
		return error_set(e, EINVAL, "\"%s\" is no id up to %u", text,
		    ID_MAX);
	*out = (uint32_t)number;
	return 0;
}

int
exec_parse_user(const char *text, uint32_t *uid, uint32_t *gid, struct error *e)
{
	const char *colon = strchr(text, ':');
	char first[16];
	size_t length = colon != NULL ? (size_t)(colon - text) : strlen(text);
	uint32_t user;

	(void)snprintf(first, sizeof(first), "%.*s", (int)length, text);
	/* Cut, it would be another number. */
	TRY(parse_id(length < sizeof(first) ? first : text, &user, e));
	if (colon != NULL)
		TRY(parse_id(colon + 1, gid, e));
	*uid = user;
	return 0;
}

/* A list with room for more behind it. */
static int
grow(struct json_arena *arena, struct spec_strings *list, size_t more,
    struct error *e)
{
	char **items =
	    json_alloc(arena, (list->count + more + 1) * sizeof(*items));

	if (items == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < list->count; i++)
		items[i] = list->items[i];
	list->items = items;
	return 0;
}

/* Where NAME=VALUE goes: over one of that name, or behind all. */
static size_t
place_of(const struct spec_strings *env, const char *variable)
{
	size_t length = strcspn(variable, "=");
	size_t i = 0;

	while (
	    i < env->count && (strncmp(env->items[i], variable, length) != 0 ||
				  env->items[i][length] != '='))
		i++;
	return i;
}

int
exec_add_env(struct json_arena *arena, struct spec_strings *env,
    const struct spec_strings *more, struct error *e)
{
	TRY(grow(arena, env, more->count, e));
	for (size_t i = 0; i < more->count; i++) {
		const char *variable = more->items[i];

		/* No value would be taken for one that begins with it. */
		if (strchr(variable, '=') == NULL || variable[0] == '=')
			return error_set(e, EINVAL,
			    "--env: \"%s\": expected NAME=VALUE", variable);
		size_t place = place_of(env, variable);
		env->items[place] = more->items[i];
		env->count += place == env->count;
	}
	return 0;
}

static int
add_groups(const struct spec_strings *more, struct spec *spec, struct error *e)
{
	struct spec_user *user = &spec->process->user;
	size_t count = user->additional_gids_count + more->count;

	if (more->count == 0)
		return 0;
	uint32_t *gids = json_alloc(spec->arena, count * sizeof(*gids));
	if (gids == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < user->additional_gids_count; i++)
		gids[i] = user->additional_gids[i];
	for (size_t i = 0; i < more->count; i++) {
		if (parse_id(more->items[i],
			&gids[user->additional_gids_count + i], e) < 0)
			return error_wrap(e, "--additional-gids");
	}
	user->additional_gids = gids;
	user->additional_gids_count = count;
	return 0;
}

int
exec_add_capability(const char *name, uint64_t *set, struct error *e)
{
	const struct json_word *at = spec_words(SPEC_WORDS_CAPABILITIES);

	for (; at->word != NULL; at++) {
		if (strcmp(at->word, name) != 0)
			continue;
		*set |= UINT64_C(1) << at->number;
		return 0;
	}
	return error_set(e, EINVAL, "--cap: unknown capability \"%s\"", name);
}

/*
 * Nothing is inheritable, whoever asks for it: a file with inheritable
 * capabilities would give them to anybody (CVE-2022-29162). So that this is
 * said where the configuration says nothing, it says all the rest there.
 */
static int
set_capabilities(const struct spec_strings *more, struct spec *spec,
    struct error *e)
{
	struct spec_process *process = spec->process;
	struct spec_capabilities *set = json_alloc(spec->arena, sizeof(*set));
	uint64_t added = 0;

	if (set == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < more->count; i++)
		TRY(exec_add_capability(more->items[i], &added, e));
	if (process->capabilities != NULL)
		*set = *process->capabilities;
	else
		set->bounding = set->effective = set->permitted = UINT64_MAX;
	set->bounding |= added;
	set->effective |= added;
	set->permitted |= added;
	set->inheritable = set->ambient = 0;
	process->capabilities = set;
	return 0;
}

/* What a file does not say is as for the container's first process. */
static void
complete(struct spec_process *process, const struct spec_process *container)
{
	if (process->capabilities == NULL)
		process->capabilities = container->capabilities;
	if (process->apparmor_profile == NULL ||
	    process->apparmor_profile[0] == '\0')
		process->apparmor_profile = container->apparmor_profile;
	if (process->selinux_label == NULL || process->selinux_label[0] == '\0')
		process->selinux_label = container->selinux_label;
	if (process->landlock == NULL)
		process->landlock = container->landlock;
	if (process->rlimits_count == 0) {
		process->rlimits = container->rlimits;
		process->rlimits_count = container->rlimits_count;
	}
}

static int
choose_base(const struct container_exec *request, struct spec *spec,
    struct spec **file, struct error *e)
{
	if (request->process == NULL) {
		/* Of what the container's own is, a terminal it has alone. */
		spec->process->terminal = false;
		spec->process->args = request->args;
		return 0;
	}
	if (spec_parse_process(request->process, request->process_length, file,
		e) < 0)
		return error_wrap(e, "--process");
	complete((*file)->process, spec->process);
	spec->process = (*file)->process;
	return 0;
}

int
exec_process_make(const struct container_exec *request, struct spec *spec,
    struct spec **file, struct error *e)
{
	TRY(choose_base(request, spec, file, e));
	struct spec_process *process = spec->process;
	const struct {
		const char *given;
		char **member;
	} texts[] = {
		{ request->cwd, &process->cwd },
		{ request->process_label, &process->selinux_label },
		{ request->apparmor, &process->apparmor_profile },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (texts[i].given != NULL && texts[i].given[0] != '\0')
			*texts[i].member = (char *)(uintptr_t)texts[i].given;
	}
	process->terminal = process->terminal || request->tty;
	process->no_new_privileges =
	    process->no_new_privileges || request->no_new_privs;
	if (request->user != NULL &&
	    exec_parse_user(request->user, &process->user.uid,
		&process->user.gid, e) < 0)
		return error_wrap(e, "--user");
	TRY(add_groups(&request->gids, spec, e));
	TRY(exec_add_env(spec->arena, &process->env, &request->env, e));
	TRY(set_capabilities(&request->caps, spec, e));
	return spec_validate_process(spec, e);
}
