/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the last steps of both tables: who sees the calls, which calls
 * there are, and what powers.
 */
#define _GNU_SOURCE
#include <sys/prctl.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "landlock/landlock.h"
#include "steps.h"

int
confine_privileges(struct init *init, struct error *e)
{
	return cred_no_new_privs_apply(init->spec->process, e);
}

int
confine_landlock(struct init *init, struct error *e)
{
	return landlock_apply(init->spec->process, e);
}

/*
 * Where a user namespace is its own, the runtime has no power over the one in
 * which this program was executed, so that who traces may attach only to a
 * dumpable process: ptrace(2). As for the oom score, where nobody else sees it:
 * alone in a new pid namespace or, for exec, before it appears in the
 * container, as what may be attached to there belongs to who attaches first.
 */
static int
ask_to_attach(struct init *init, enum init_message_kind whom, struct error *e)
{
	bool is_alone = init->in_user_namespace && init->is_unseen;

	(void)prctl(PR_SET_DUMPABLE, is_alone ? 1 : 0);
	int failed = init_say(init, whom, -1, e);
	if (failed == 0)
		failed = init_await_go(init, e);
	(void)prctl(PR_SET_DUMPABLE, 0);
	return failed;
}

int
confine_traced(struct init *init, struct error *e)
{
	return init->is_traced ? ask_to_attach(init, INIT_TRACE, e) : 0;
}

int
confine_sentry(struct init *init, struct error *e)
{
	return init->sentry >= 0 ? ask_to_attach(init, INIT_SENTRY, e) : 0;
}

/* Beneath the profile, whose refusals are the stronger answers. */
static int
load_mediation(struct init *init, struct error *e)
{
	if (init->sentry < 0)
		return 0;
	TRY(sentry_load(init->sentry, &init->mediation, e));
	close(take_fd(&init->sentry));
	return 0;
}

static int
load_filter(struct init *init, struct error *e)
{
	AUTO_FD int listener = -1;

	TRY(load_mediation(init, e));
	TRY(filter_load(init->filter, &listener, e));
	if (listener < 0)
		return 0;
	TRY(init_say(init, INIT_LISTENER, listener, e));
	return init_await_go(init, e);
}

int
confine_filter_early(struct init *init, struct error *e)
{
	if (init->spec->process->no_new_privileges)
		return 0;
	return load_filter(init, e);
}

int
confine_capabilities(struct init *init, struct error *e)
{
	return cred_capabilities_apply(init->spec->process, e);
}

int
confine_filter_late(struct init *init, struct error *e)
{
	if (!init->spec->process->no_new_privileges)
		return 0;
	return load_filter(init, e);
}
