/* SPDX-License-Identifier: Apache-2.0 */
/*
 * profile - read options from JSON, and lay them over others.
 */
#include "sandbox/profile.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "box.h"
#include "guard/allow.h"

/* ---- reading -------------------------------------------------------------
 */

/* "2g", or a number as it is written. */
static int
read_amount(const struct json_reader *reader, const struct json *value,
    const struct json_field *field, void *out, struct error *e)
{
	(void)reader;
	(void)field;
	if (value->kind != JSON_STRING && value->kind != JSON_NUMBER)
		return json_fail(value, e, "neither a number nor a text");
	memcpy(out, &value->text, sizeof(value->text));
	return 0;
}

/* clang-format off */
#define FIELD(name, reader)                                                    \
	{ #name, offsetof(struct sandbox_profile, options.name), reader }
static const struct json_field fields[] = {
	{ "description", offsetof(struct sandbox_profile, description),
	    json_read_string },
	FIELD(rw, json_read_strings), FIELD(ro, json_read_strings),
	FIELD(hide, json_read_strings), FIELD(tmpfs, json_read_strings),
	FIELD(bind, json_read_strings), FIELD(env, json_read_strings),
	FIELD(user, json_read_string), FIELD(net, json_read_string),
	FIELD(memory, read_amount), FIELD(cpus, read_amount),
	FIELD(pids, read_amount), FIELD(time, read_amount),
	FIELD(intercept, json_read_string), FIELD(policy, json_read_string),
	FIELD(root, json_read_bool), FIELD(gui, json_read_bool),
	{ NULL },
};
/* clang-format on */

static void
note_unknown(void *context, const char *place)
{
	char *unknown = context;

	if (unknown[0] == '\0')
		(void)snprintf(unknown, 128, "%s", place);
}

/* What a wrong value would only say when it is too late to know the file. */
static int
check(const struct sandbox_options *options, struct error *e)
{
	struct limits limits;
	const char *list;

	if (net_check(options->net, &list, e) < 0)
		return error_wrap(e, "net");
	return limits_parse(options, &limits, e);
}

int
sandbox_profile_parse(struct json_arena *arena, const char *text, size_t length,
    struct sandbox_profile *out, struct error *e)
{
	struct sandbox_profile profile = { 0 };
	char unknown[128] = "";
	const struct json *root;

	if (length > SANDBOX_PROFILE_BYTES)
		return error_set(e, EFBIG, "larger than %u bytes",
		    SANDBOX_PROFILE_BYTES);
	const struct json_reader reader = { arena, note_unknown, unknown };
	TRY(json_parse(arena, text, length, &root, e));
	if (root->kind != JSON_OBJECT)
		return error_set(e, EINVAL, "not an object");
	TRY(json_fill(&reader, root, fields, &profile, e));
	if (unknown[0] != '\0')
		return error_set(e, EINVAL, "%s", unknown);
	TRY(check(&profile.options, e));
	*out = profile;
	return 0;
}

/* ---- laying over ---------------------------------------------------------
 */

static int
join(struct json_arena *arena, const struct spec_strings *over,
    struct spec_strings *out, struct error *e)
{
	size_t count = out->count + over->count;

	if (over->count == 0)
		return 0;
	char **items = json_alloc(arena, (count + 1) * sizeof(*items));
	if (items == NULL)
		return error_sys(e, "memory");
	if (out->count > 0)
		memcpy(items, out->items, out->count * sizeof(*items));
	memcpy(items + out->count, over->items, over->count * sizeof(*items));
	*out = (struct spec_strings){ items, count };
	return 0;
}

static void
replace(const char *over, const char **out)
{
	if (over != NULL)
		*out = over;
}

int
sandbox_options_merge(struct json_arena *arena,
    const struct sandbox_options *over, struct sandbox_options *out,
    struct error *e)
{
	TRY(join(arena, &over->rw, &out->rw, e));
	TRY(join(arena, &over->ro, &out->ro, e));
	TRY(join(arena, &over->hide, &out->hide, e));
	TRY(join(arena, &over->tmpfs, &out->tmpfs, e));
	TRY(join(arena, &over->bind, &out->bind, e));
	TRY(join(arena, &over->env, &out->env, e));
	replace(over->cwd, &out->cwd);
	replace(over->user, &out->user);
	replace(over->net, &out->net);
	replace(over->memory, &out->memory);
	replace(over->cpus, &out->cpus);
	replace(over->pids, &out->pids);
	replace(over->time, &out->time);
	replace(over->intercept, &out->intercept);
	replace(over->policy, &out->policy);
	out->root = out->root || over->root;
	out->ask = out->ask || over->ask;
	out->gui = out->gui || over->gui;
	return 0;
}

/* ---- narrowing -----------------------------------------------------------
 */

static void
tell_list(FILE *more, const char *name, const struct spec_strings *list)
{
	for (size_t i = 0; i < list->count; i++)
		fprintf(more, "%s%s %s", ftell(more) > 0 ? ", " : "", name,
		    list->items[i]);
}

static void
tell(FILE *more, const char *name, const char *value)
{
	if (value != NULL)
		fprintf(more, "%s%s %s", ftell(more) > 0 ? ", " : "", name,
		    value);
}

/* The lower of two limits; both were parsed before. */
static void
lower(const char *over, const char **out, uint64_t asked, uint64_t there)
{
	if (over != NULL && (*out == NULL || asked < there))
		*out = over;
}

static int
lower_limits(const struct sandbox_options *over, struct sandbox_options *out,
    FILE *more, struct error *e)
{
	struct limits asked;
	struct limits there;

	TRY(limits_parse(over, &asked, e));
	TRY(limits_parse(out, &there, e));
	lower(over->memory, &out->memory, asked.memory, there.memory);
	lower(over->cpus, &out->cpus, asked.cpus, there.cpus);
	lower(over->time, &out->time, asked.seconds, there.seconds);
	/* Where nobody says how many, there is a limit all the same. */
	if (out->pids == NULL && asked.pids > LIMITS_PIDS)
		tell(more, "pids", over->pids);
	else
		lower(over->pids, &out->pids, asked.pids, there.pids);
	return 0;
}

/* What it sets is between the project and its own programs; what it lets pass
 * is the user's. */
static int
narrow_env(struct json_arena *arena, const struct spec_strings *over,
    struct spec_strings *out, FILE *more, struct error *e)
{
	for (size_t i = 0; i < over->count; i++) {
		const struct spec_strings one = { over->items + i, 1 };

		if (strchr(over->items[i], '=') == NULL)
			tell_list(more, "env", &one);
		else
			TRY(join(arena, &one, out, e));
	}
	return 0;
}

/* Written for other machines as well: what is not there is none to hide. */
static int
narrow_hide(struct json_arena *arena, const struct spec_strings *over,
    struct spec_strings *out, struct error *e)
{
	for (size_t i = 0; i < over->count; i++) {
		const char *path = over->items[i];
		char *item = path_format(arena, "?%s", path + (path[0] == '?'));
		const struct spec_strings one = { &item, 1 };

		if (item == NULL)
			return error_sys(e, "memory");
		TRY(join(arena, &one, out, e));
	}
	return 0;
}

/* What both allow; what only the project asks for is told. */
static int
narrow_list(struct json_arena *arena, const char *over, const char **out,
    FILE *more, struct error *e)
{
	AUTO_FREE char *room = malloc(2UL * GUARD_ALLOW_BYTES);

	if (room == NULL)
		return error_sys(e, "memory");
	char *both = room, *left = room + GUARD_ALLOW_BYTES;
	if (guard_allow_narrow(over, *out, both, left) < 0)
		return error_set(e, E2BIG, "net: more than is possible");
	tell(more, "net", left[0] != '\0' ? left : NULL);
	*out = path_format(arena, "%s", both[0] != '\0' ? both : "none");
	return *out == NULL ? error_sys(e, "memory") : 0;
}

/* From all to a list to none. */
static int
narrow_net(struct json_arena *arena, const char *over, const char **out,
    FILE *more, struct error *e)
{
	static const char none[] = "none", host[] = "host";
	const char *there = *out != NULL ? *out : none;

	if (over == NULL || strcmp(over, there) == 0)
		return 0;
	if (strcmp(there, none) == 0 || strcmp(over, host) == 0) {
		tell(more, "net", strcmp(over, none) == 0 ? NULL : over);
		return 0;
	}
	if (strcmp(there, host) == 0 || strcmp(over, none) == 0) {
		*out = over;
		return 0;
	}
	return narrow_list(arena, over, out, more, e);
}

static int
narrow(struct json_arena *arena, const struct sandbox_options *over,
    struct sandbox_options *out, FILE *more, struct error *e)
{
	/* What matters most is said first. */
	tell_list(more, "rw", &over->rw);
	tell_list(more, "bind", &over->bind);
	/* It would show what is hidden. */
	tell_list(more, "ro", &over->ro);
	TRY(narrow_net(arena, over->net, &out->net, more, e));
	TRY(narrow_hide(arena, &over->hide, &out->hide, e));
	TRY(join(arena, &over->tmpfs, &out->tmpfs, e));
	TRY(narrow_env(arena, &over->env, &out->env, more, e));
	TRY(lower_limits(over, out, more, e));
	tell(more, "user", over->user);
	tell(more, "intercept", over->intercept);
	tell(more, "policy", over->policy);
	tell(more, "root", over->root ? "true" : NULL);
	tell(more, "gui", over->gui && !out->gui ? "true" : NULL);
	return 0;
}

int
sandbox_options_narrow(struct json_arena *arena,
    const struct sandbox_options *over, struct sandbox_options *out,
    const char **more, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (stream == NULL)
		return error_sys(e, "memory");
	int failed = narrow(arena, over, out, stream, e);
	if (fclose(stream) != 0 && failed == 0)
		return error_sys(e, "memory");
	*more = path_format(arena, "%s", text != NULL ? text : "");
	if (*more == NULL)
		return error_sys(e, "memory");
	return failed;
}
