/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_seccomp - the rules for linux.seccomp.
 */
#include <linux/seccomp.h>

#include "rules.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static bool
has_errno(uint32_t action)
{
	return action == SECCOMP_RET_ERRNO || action == SECCOMP_RET_TRACE;
}

static bool
notifies(const struct spec_seccomp *profile)
{
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		if (profile->syscalls[i].action == SECCOMP_RET_USER_NOTIF)
			return true;
	}
	return false;
}

static int
actions(const struct spec *spec, struct error *e)
{
	const struct spec_seccomp *profile = spec->lnx.seccomp;

	if (profile == NULL)
		return 0;
	if (profile->default_action == SECCOMP_RET_USER_NOTIF)
		return FAIL("linux.seccomp.defaultAction: SCMP_ACT_NOTIFY "
			    "would stop the runtime itself");
	if (profile->default_errno_ret.is_set &&
	    !has_errno(profile->default_action))
		return FAIL("linux.seccomp.defaultErrnoRet: the action has no "
			    "errno");
	for (size_t i = 0; i < profile->syscalls_count; i++) {
		const struct spec_seccomp_rule *rule = &profile->syscalls[i];

		if (rule->names.count == 0)
			return FAIL("linux.seccomp.syscalls[%zu].names: is "
				    "empty",
			    i);
		if (rule->errno_ret.is_set && !has_errno(rule->action))
			return FAIL("linux.seccomp.syscalls[%zu].errnoRet: "
				    "the action has no errno",
			    i);
	}
	return 0;
}

/* A path without such an action is ignored, says the specification. */
static int
listener(const struct spec *spec, struct error *e)
{
	const struct spec_seccomp *profile = spec->lnx.seccomp;

	if (profile == NULL)
		return 0;
	if (notifies(profile) && profile->listener_path == NULL)
		return FAIL("linux.seccomp.listenerPath is required by "
			    "SCMP_ACT_NOTIFY");
	if (!notifies(profile) &&
	    (profile->flags & SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV) != 0)
		return FAIL("linux.seccomp.flags: "
			    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV needs a "
			    "rule with SCMP_ACT_NOTIFY");
	if (profile->listener_path == NULL &&
	    profile->listener_metadata != NULL)
		return FAIL("linux.seccomp.listenerMetadata: needs "
			    "listenerPath");
	return 0;
}

spec_rule *const spec_seccomp_rules[] = {
	actions,
	listener,
	NULL,
};
