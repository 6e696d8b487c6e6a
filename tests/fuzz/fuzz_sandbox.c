/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_sandbox - a profile of lorica sandbox, as a project has it.
 *
 * What is not agreed to gives nothing, whatever it is laid over: no path, no
 * network, no variable of the caller's, no higher limit. What it is laid over
 * stays.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "sandbox/profile.h"
#include "sandbox/sandbox.h"

static void
check_narrowed(const struct sandbox_options *asked,
    const struct sandbox_options *before, const struct sandbox_options *after)
{
	struct error e = { 0 };
	AUTO_FREE char *resources = NULL;

	assert(after->rw.count == before->rw.count);
	assert(after->ro.count == before->ro.count);
	assert(after->bind.count == before->bind.count);
	assert(after->hide.count == before->hide.count + asked->hide.count);
	assert(after->tmpfs.count == before->tmpfs.count + asked->tmpfs.count);
	for (size_t i = before->env.count; i < after->env.count; i++)
		assert(strchr(after->env.items[i], '=') != NULL);
	assert(after->user == before->user);
	assert(after->policy == before->policy);
	assert(after->intercept == before->intercept);
	assert(after->net == before->net || strcmp(after->net, "none") == 0);
	/* What was parsed is a limit still. */
	assert(sandbox_resources(after, &resources, &e) == 0);
}

static void
narrow(struct json_arena *arena, const struct sandbox_options *asked,
    const struct sandbox_options *before)
{
	struct sandbox_options after = *before;
	struct error e = { 0 };
	const char *more;

	assert(sandbox_options_narrow(arena, asked, &after, &more, &e) == 0);
	check_narrowed(asked, before, &after);
	if (asked->rw.count > 0 || asked->bind.count > 0)
		assert(more[0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct sandbox_profile profile;
	struct sandbox_options merged = { 0 };
	struct error e = { 0 };
	static char home[] = "/home/x";
	char *items[] = { home, NULL };
	const struct sandbox_options before[] = {
		{ .net = NULL },
		{ .rw = { items, 1 },
		    .net = "host",
		    .memory = "1g",
		    .cpus = "1.5",
		    .pids = "7",
		    .time = "9" },
	};

	assert(arena != NULL);
	if (sandbox_profile_parse(arena, (const char *)data, size, &profile,
		&e) < 0) {
		check_line(&e);
		return 0;
	}
	assert(size <= SANDBOX_PROFILE_BYTES);
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		narrow(arena, &profile.options, &before[i]);
	assert(
	    sandbox_options_merge(arena, &profile.options, &merged, &e) == 0);
	assert(merged.rw.count == profile.options.rw.count);
	assert(merged.net == profile.options.net);
	return 0;
}
