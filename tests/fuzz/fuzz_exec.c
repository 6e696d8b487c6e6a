/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_exec - what exec is asked for: a line each of --user, --cgroup, --env,
 * --additional-gids and --cap, and the rest is the file of --process.
 *
 * What is accepted is a process that can be run: ids that exist, nothing
 * inheritable, variables with a name; and a cgroup that is nowhere else.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "check.h"
#include "container/exec.h"
#include "fuzz.h"

static const char config[] =
    "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"/\"},\"process\":"
    "{\"cwd\":\"/\",\"args\":[\"sh\"],\"env\":[\"PATH=/bin\",\"A=1\"],"
    "\"capabilities\":{\"bounding\":[\"CAP_KILL\"],"
    "\"inheritable\":[\"CAP_KILL\"]}}}";

static void
check_user(const char *text)
{
	uint32_t uid = 77, gid = 77;
	struct error e = { 0 };
	char again[32];

	if (exec_parse_user(text, &uid, &gid, &e) < 0) {
		check_line(&e);
		assert(uid == 77 && gid == 77);
		return;
	}
	bool has_group = strchr(text, ':') != NULL;
	(void)snprintf(again, sizeof(again), has_group ? "%u:%u" : "%u", uid,
	    gid);
	assert(strcmp(again, text) == 0);
	assert(uid != UINT32_MAX && gid != UINT32_MAX);
}

static void
check_cgroup(const char *path)
{
	struct error e = { 0 };

	if (cgroup_below_check(path, &e) < 0) {
		check_line(&e);
		return;
	}
	assert(path[0] != '\0' && strlen(path) < CGROUP_PATH_MAX);
	for (const char *at = path; at != NULL; at = strchr(at, '/')) {
		at += *at == '/';
		assert(strcmp(at, "..") != 0 && strncmp(at, "../", 3) != 0);
	}
}

static void
check_process(const struct spec_process *process)
{
	assert(process->capabilities->inheritable == 0);
	assert(process->capabilities->ambient == 0);
	assert(process->user.uid != UINT32_MAX);
	assert(process->args.count > 0 && process->cwd[0] == '/');
	for (size_t i = 0; i < process->env.count; i++)
		assert(
		    strchr(process->env.items[i], '=') > process->env.items[i]);
	assert(process->env.items[process->env.count] == NULL);
	for (size_t i = 0; i < process->user.additional_gids_count; i++)
		assert(process->user.additional_gids[i] != UINT32_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = malloc(size + 1);
	char word[] = "true";
	char *args[] = { word, NULL };
	char *lines[5];
	char *rest = text;
	AUTO(spec_free) struct spec *spec = NULL;
	AUTO(spec_free) struct spec *file = NULL;
	struct error e = { 0 };

	assert(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		lines[i] = rest == NULL ? text + size : strsep(&rest, "\n");
	}
	check_user(lines[0]);
	check_cgroup(lines[1]);
	struct container_exec request = {
		.id = "c1",
		.args = { args, 1 },
		.process = rest,
		.process_length = rest == NULL ? 0 : strlen(rest),
		.user = lines[0][0] != '\0' ? lines[0] : NULL,
		.env = { &lines[2], lines[2][0] != '\0' },
		.gids = { &lines[3], lines[3][0] != '\0' },
		.caps = { &lines[4], lines[4][0] != '\0' },
	};
	int failed = spec_parse(config, strlen(config), NULL, NULL, &spec, &e);
	assert(failed == 0);
	if (exec_process_make(&request, spec, &file, &e) < 0)
		check_line(&e);
	else
		check_process(spec->process);
	return 0;
}
