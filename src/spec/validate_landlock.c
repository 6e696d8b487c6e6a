/* SPDX-License-Identifier: Apache-2.0 */
/*
 * validate_landlock - the rules for process.landlock.
 */
#include "base/auto.h"
#include "rules.h"
#include "spec/landlock.h"

#define PLACE "process.landlock"

static int
path_rules(const struct spec_landlock *landlock, struct error *e)
{
	for (size_t i = 0; i < landlock->paths_count; i++) {
		const struct spec_landlock_paths *rule = &landlock->paths[i];

		if (rule->access == 0)
			return FAIL(PLACE ".rules.pathBeneath[%zu]."
					  "allowedAccess: is empty",
			    i);
		if (landlock->handled_fs != 0 &&
		    (rule->access & ~landlock->handled_fs) != 0)
			return FAIL(PLACE ".rules.pathBeneath[%zu]."
					  "allowedAccess: has what "
					  "ruleset.handledAccessFS has not",
			    i);
		for (size_t j = 0; j < rule->paths.count; j++) {
			if (rule->paths.items[j][0] != '/')
				return FAIL(PLACE ".rules.pathBeneath[%zu]."
						  "paths[%zu]: \"%s\" is not "
						  "absolute",
				    i, j, rule->paths.items[j]);
		}
	}
	return 0;
}

static int
port_rules(const struct spec_landlock *landlock, struct error *e)
{
	for (size_t i = 0; i < landlock->ports_count; i++) {
		const struct spec_landlock_ports *rule = &landlock->ports[i];

		if (rule->access == 0)
			return FAIL(PLACE ".rules.networkPort[%zu]."
					  "allowedAccess: is empty",
			    i);
		if (landlock->handled_net != 0 &&
		    (rule->access & ~landlock->handled_net) != 0)
			return FAIL(PLACE ".rules.networkPort[%zu]."
					  "allowedAccess: has what "
					  "ruleset.handledAccessNet has not",
			    i);
		for (size_t j = 0; j < rule->ports_count; j++) {
			if (rule->ports[j] > UINT16_MAX)
				return FAIL(PLACE ".rules.networkPort[%zu]."
						  "ports[%zu]: %u is out of "
						  "range",
				    i, j, rule->ports[j]);
		}
	}
	return 0;
}

static int
landlock(const struct spec *spec, struct error *e)
{
	const struct spec_landlock *landlock =
	    spec->process != NULL ? spec->process->landlock : NULL;

	if (landlock == NULL)
		return 0;
	/* A misspelt member would look like this: not to be let pass. */
	if (landlock->handled_fs == 0 && landlock->handled_net == 0 &&
	    landlock->scoped == 0 && landlock->paths_count == 0 &&
	    landlock->ports_count == 0)
		return FAIL(PLACE ": restricts nothing");
	TRY(path_rules(landlock, e));
	return port_rules(landlock, e);
}

spec_rule *const spec_landlock_rules[] = {
	landlock,
	NULL,
};
