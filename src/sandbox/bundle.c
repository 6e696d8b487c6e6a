/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bundle - a profile over somebody else's configuration, from which it takes
 * away: what both allow is left.
 *
 * Paths are the container's, by its own HOME and directory; the machine's files
 * are not looked at.
 */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "syscall/syscall.h"
#include "unit/unit.h"

#define POLICY "dev.lorica.policy"

/* ---- what is left ---------------------------------------------------------
 */

#define NO_LIMIT UINT64_MAX

static void
lower(uint64_t asked, uint64_t there, uint64_t *out)
{
	*out = asked < there ? asked : 0;
}

static uint64_t
or_none(int64_t value)
{
	return value > 0 ? (uint64_t)value : NO_LIMIT;
}

/* What is asked for is memory and swap together. */
static void
lower_memory(uint64_t asked, const struct spec_memory *memory,
    struct limits *out)
{
	uint64_t there = or_none(memory->limit.value);
	uint64_t both = or_none(memory->swap.value);

	if (asked == 0 || (asked >= there && asked >= both))
		return;
	out->swap = asked < both ? asked : both;
	out->memory = out->swap < there ? out->swap : there;
}

/* A limit that is also given by another way, which would be the last. */
static int
refuse_twice(const char *name, const struct spec_pairs *pairs,
    const char *place, const char *prefix, struct error *e)
{
	for (size_t i = 0; i < pairs->count; i++) {
		if (strncmp(pairs->items[i].key, prefix, strlen(prefix)) == 0)
			return error_set(e, EINVAL,
			    "%s: %s.%s gives such a limit as well", name, place,
			    pairs->items[i].key);
	}
	return 0;
}

static int
check_ways(const struct bundle *bundle, struct error *e)
{
	const struct {
		const char *name;
		const char *value;
		const char *file;     /* of a control group */
		const char *property; /* of systemd's, and those like it */
	} rows[] = {
		{ "memory", bundle->asked.memory, "memory.max", "MemoryMax" },
		{ "memory", bundle->asked.memory, "memory.swap.max",
		    "MemorySwapMax" },
		{ "memory", bundle->asked.memory, "memory.max", "MemoryLimit" },
		{ "cpus", bundle->asked.cpus, "cpu.max", "CPUQuota" },
		{ "pids", bundle->asked.pids, "pids.max", "TasksMax" },
	};
	const struct spec_resources *resources = bundle->spec->lnx.resources;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char property[64];

		if (rows[i].value == NULL)
			continue;
		(void)snprintf(property, sizeof(property), UNIT_VARIANTS "%s",
		    rows[i].property);
		TRY(refuse_twice(rows[i].name, &bundle->spec->annotations,
		    "annotations", property, e));
		if (resources != NULL)
			TRY(refuse_twice(rows[i].name, &resources->unified,
			    "linux.resources.unified", rows[i].file, e));
	}
	return 0;
}

static int
lower_limits(struct bundle *bundle, struct error *e)
{
	static const struct spec_resources nothing = { 0 };
	const struct spec_resources *there = bundle->spec->lnx.resources;
	struct limits asked;
	uint32_t seconds = 0;

	if (there == NULL)
		there = &nothing;
	if (!spec_has_init(bundle->spec, &seconds))
		seconds = 0;
	uint64_t period =
	    there->cpu.period.value > 0 ? there->cpu.period.value : 100000;
	uint64_t quota = or_none(there->cpu.quota.value);
	TRY(limits_parse(&bundle->asked, &asked, e));
	TRY(check_ways(bundle, e));
	lower_memory(asked.memory, &there->memory, &bundle->lower);
	/* Of processes 0 is a limit. */
	lower(asked.pids,
	    there->pids_limit.is_set && there->pids_limit.value == 0
		? 0
		: or_none(there->pids_limit.value),
	    &bundle->lower.pids);
	/* One that is too small to be said is still one. */
	lower(asked.cpus,
	    quota != NO_LIMIT ? quota * 1000 / period + 1 : NO_LIMIT,
	    &bundle->lower.cpus);
	lower(asked.seconds, seconds > 0 ? seconds : NO_LIMIT,
	    &bundle->lower.seconds);
	return bundle->lower.seconds > 0 &&
		       !spec_is_new_namespace(bundle->spec, SPEC_NS_PID)
		   ? error_set(e, EINVAL, "time: needs a new pid namespace")
		   : 0;
}

/* Where the container is, in its own words. */
static void
find_places(struct bundle *bundle)
{
	static char *const none[] = { NULL };
	const struct spec_process *process = bundle->spec->process;
	const char *home =
	    path_variable(process->env.count > 0 ? process->env.items : none,
		"HOME");

	bundle->has_home = home != NULL;
	/* init would ask the image, which may say anything. */
	if (home == NULL && process->user.uid == 0)
		home = "/root";
	bundle->box.homes[0] = home;
	bundle->box.here = process->cwd;
}

static int
choose_mode(struct bundle *bundle, struct error *e)
{
	const char *asked = bundle->asked.intercept;
	const char *noted =
	    spec_annotation_find(bundle->spec, BUNDLE_INTERCEPT);
	enum syscall_mode wanted;
	enum syscall_mode there;

	if (asked == NULL || strcmp(asked, "off") == 0)
		return 0;
	if (!syscall_mode_parse(asked, &wanted))
		return error_set(e, EINVAL, "intercept: unknown value \"%s\"",
		    asked);
	if (noted == NULL || !syscall_mode_parse(noted, &there) ||
	    there < wanted)
		bundle->mode = asked;
	return 0;
}

static int
choose_net(struct bundle *bundle, struct error *e)
{
	const struct spec_namespace *own =
	    &bundle->spec->lnx.namespaces[SPEC_NS_NETWORK];
	bool has_one = !own->is_set || own->path != NULL;
	const char *asked = bundle->asked.net;
	const char *left = bundle->left.net;

	/* They come into a namespace that is there, or is made. */
	if (asked != NULL && strcmp(asked, "host") != 0 &&
	    bundle->spec->lnx.net_devices_count > 0)
		return error_set(e, EINVAL,
		    "net: linux.netDevices gives a network");
	if (!has_one || strcmp(left, "host") == 0)
		return 0;
	bundle->is_cut_off = true;
	bundle->box.net = strcmp(left, "none") == 0 ? NULL : left;
	/* The caller's may reach what that one does not. */
	if (bundle->box.net != NULL && own->is_set)
		return error_set(e, EINVAL,
		    "net: a list is for the machine's network, and "
		    "linux.namespaces has another");
	return 0;
}

/* What only a sandbox has an answer to would close something. */
static int
refuse_others(const struct bundle *bundle, struct error *e)
{
	if (bundle->asked.user != NULL)
		return error_set(e, EINVAL,
		    "user: a bundle's is process.user of its configuration");
	if (bundle->asked.policy != NULL &&
	    spec_annotation_find(bundle->spec, POLICY) != NULL)
		return error_set(e, EINVAL,
		    "policy: the annotation " POLICY " names another");
	return 0;
}

static int
narrow(struct bundle *bundle, const char **more, struct error *e)
{
	const struct sandbox_options *asked = &bundle->asked;
	const struct spec_namespace *own =
	    &bundle->spec->lnx.namespaces[SPEC_NS_NETWORK];
	/* The rest is laid over by itself. */
	const struct sandbox_options lists = {
		.rw = asked->rw,
		.hide = asked->hide,
		.tmpfs = asked->tmpfs,
		.bind = asked->bind,
		.env = asked->env,
		.net = asked->net,
		.root = asked->root,
		.gui = asked->gui,
	};

	bundle->left.net = !own->is_set || own->path != NULL ? "host" : "none";
	TRY(refuse_others(bundle, e));
	TRY(sandbox_options_narrow(bundle->box.arena, &lists, &bundle->left,
	    more, e));
	TRY(lower_limits(bundle, e));
	TRY(choose_mode(bundle, e));
	return choose_net(bundle, e);
}

static int
lay_over(struct bundle *bundle, struct sandbox_narrowed *out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	const struct json *over;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (stream == NULL)
		return error_sys(e, "memory");
	int failed = bundle_put(stream, bundle, e);
	if (fclose(stream) != 0 && failed == 0)
		return error_sys(e, "memory");
	if (failed < 0)
		return failed;
	TRY(json_parse(bundle->box.arena, text, length, &over, e));
	stream = open_memstream(&out->text, &out->length);
	if (stream == NULL)
		return error_sys(e, "memory");
	json_put_merged(stream, bundle->config, over, NULL);
	return fclose(stream) != 0 ? error_sys(e, "memory") : 0;
}

/* They are the engine's, and run: who closes the network is told. */
static bool
has_hooks(const struct bundle *bundle)
{
	const struct spec_hooks *hooks = bundle->spec->hooks;
	const char *asked = bundle->asked.net;

	return asked != NULL && strcmp(asked, "host") != 0 &&
	       hooks[SPEC_HOOK_PRESTART].count +
		       hooks[SPEC_HOOK_CREATE_RUNTIME].count +
		       hooks[SPEC_HOOK_CREATE_CONTAINER].count >
		   0;
}

int
sandbox_profile_narrow(struct json_arena *arena,
    const struct sandbox_options *profile, const char *config, size_t length,
    struct sandbox_narrowed *out, struct error *e)
{
	AUTO(spec_free) struct spec *spec = NULL;
	struct bundle bundle = { .box = { .arena = arena }, .asked = *profile };

	if (spec_parse(config, length, NULL, NULL, &spec, e) < 0 ||
	    json_parse(arena, config, length, &bundle.config, e) < 0)
		return error_wrap(e, "%s", out->name);
	if (spec->process == NULL)
		return error_set(e, EINVAL, "%s: process is required",
		    out->name);
	bundle.spec = spec;
	find_places(&bundle);
	TRY(narrow(&bundle, &out->more, e));
	TRY(lay_over(&bundle, out, e));
	out->net = bundle.box.net;
	out->has_hooks = has_hooks(&bundle);
	out->has_limits = bundle.lower.memory > 0 || bundle.lower.cpus > 0 ||
			  bundle.lower.pids > 0;
	return 0;
}
