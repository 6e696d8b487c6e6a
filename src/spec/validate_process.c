/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_process - the rules for process.
 */
#include <linux/sched.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "rules.h"

static int
program(const struct spec *spec, struct error *e)
{
	const struct spec_process *process = spec->process;

	if (process == NULL)
		return 0;
	if (process->args.count == 0)
		return FAIL("process.args: is empty");
	if (process->args.items[0][0] == '\0')
		return FAIL("process.args[0]: is empty");
	if (process->cwd[0] != '/')
		return FAIL("process.cwd: \"%s\" is not absolute",
		    process->cwd);
	for (size_t i = 0; i < process->env.count; i++) {
		const char *equals = strchr(process->env.items[i], '=');

		if (equals == NULL || equals == process->env.items[i])
			return FAIL("process.env[%zu]: expected NAME=VALUE", i);
	}
	return 0;
}

static int
rlimits(const struct spec *spec, struct error *e)
{
	const struct spec_process *process = spec->process;

	if (process == NULL)
		return 0;
	for (size_t i = 0; i < process->rlimits_count; i++) {
		for (size_t j = 0; j < i; j++) {
			if (process->rlimits[i].resource ==
			    process->rlimits[j].resource)
				return FAIL("process.rlimits[%zu].type: is "
					    "there twice",
				    i);
		}
		if (process->rlimits[i].soft > process->rlimits[i].hard)
			return FAIL("process.rlimits[%zu]: soft is more than "
				    "hard",
			    i);
	}
	return 0;
}

static int
realtime(const struct spec_scheduler *s, struct error *e)
{
	bool has_priority = s->policy == SCHED_FIFO || s->policy == SCHED_RR;

	if (!has_priority && s->priority != 0)
		return FAIL("process.scheduler.priority: only SCHED_FIFO and "
			    "SCHED_RR have one");
	if (has_priority && (s->priority < 1 || s->priority > 99))
		return FAIL("process.scheduler.priority: %d is out of range",
		    s->priority);
	return 0;
}

static int
deadline(const struct spec_scheduler *s, struct error *e)
{
	if (s->policy != SCHED_DEADLINE)
		return (s->runtime | s->deadline | s->period) == 0
			   ? 0
			   : FAIL("process.scheduler: only SCHED_DEADLINE has "
				  "runtime, deadline and period");
	if (s->runtime == 0 || s->runtime > s->deadline ||
	    (s->period != 0 && s->deadline > s->period))
		return FAIL("process.scheduler: 0 < runtime <= deadline <= "
			    "period must hold");
	return 0;
}

/* sched_setattr(2): what the other policies would ignore is a mistake. */
static int
scheduler(const struct spec *spec, struct error *e)
{
	const struct spec_scheduler *s =
	    spec->process != NULL ? spec->process->scheduler : NULL;

	if (s == NULL)
		return 0;
	if (s->nice < -20 || s->nice > 19)
		return FAIL("process.scheduler.nice: %d is out of range",
		    s->nice);
	TRY(realtime(s, e));
	return deadline(s, e);
}

static bool
is_mapped(const struct spec_idmaps *maps, uint32_t id)
{
	for (size_t i = 0; i < maps->count; i++) {
		if (id >= maps->items[i].container_id &&
		    id - maps->items[i].container_id < maps->items[i].size)
			return true;
	}
	return maps->count == 0;
}

static int
user(const struct spec *spec, struct error *e)
{
	const struct spec_linux *lnx = &spec->lnx;

	if (spec->process == NULL)
		return 0;
	const struct spec_user *user = &spec->process->user;
	if (user->uid == NO_ID || !is_mapped(&lnx->uid_mappings, user->uid))
		return FAIL("process.user.uid: %u is not mapped", user->uid);
	if (user->gid == NO_ID || !is_mapped(&lnx->gid_mappings, user->gid))
		return FAIL("process.user.gid: %u is not mapped", user->gid);
	if (user->additional_gids_count > LIMIT_GROUPS)
		return FAIL("process.user.additionalGids: more than %d",
		    LIMIT_GROUPS);
	for (size_t i = 0; i < user->additional_gids_count; i++) {
		uint32_t gid = user->additional_gids[i];

		if (gid == NO_ID || !is_mapped(&lnx->gid_mappings, gid))
			return FAIL("process.user.additionalGids[%zu]: %u is "
				    "not mapped",
			    i, gid);
	}
	return 0;
}

/* Of no use but to exec, and still not to be lost in silence. */
static int
affinity(const struct spec *spec, struct error *e)
{
	const struct spec_process *process = spec->process;

	if (process == NULL)
		return 0;
	TRY(rules_check_list(process->exec_cpu_affinity_initial,
	    "process.execCPUAffinity.initial", e));
	return rules_check_list(process->exec_cpu_affinity_final,
	    "process.execCPUAffinity.final", e);
}

static int
init(const struct spec *spec, struct error *e)
{
	const char *init = spec_annotation_find(spec, SPEC_INIT_ANNOTATION);
	const char *time = spec_annotation_find(spec, SPEC_TIME_ANNOTATION);
	bool is_true = init != NULL && strcmp(init, "true") == 0;
	uint64_t seconds;

	if (init != NULL && !is_true && strcmp(init, "false") != 0)
		return FAIL("annotations: " SPEC_INIT_ANNOTATION
			    " is neither true nor false");
	if (is_true && !spec_is_new_namespace(spec, SPEC_NS_PID))
		return FAIL("annotations: " SPEC_INIT_ANNOTATION
			    " needs a new pid namespace");
	if (time == NULL)
		return 0;
	if (!is_true)
		return FAIL("annotations: " SPEC_TIME_ANNOTATION
			    " needs " SPEC_INIT_ANNOTATION);
	if (!text_parse_u64(time, INT32_MAX, &seconds) || seconds == 0)
		return FAIL("annotations: " SPEC_TIME_ANNOTATION
			    ": \"%s\" is no number of seconds",
		    time);
	return 0;
}

spec_rule *const spec_process_rules[] = {
	program,
	rlimits,
	scheduler,
	user,
	affinity,
	init,
	NULL,
};
