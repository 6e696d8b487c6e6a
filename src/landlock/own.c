/* SPDX-License-Identifier: Apache-2.0 */
/*
 * own - the walls of lorica's own processes: the helpers and the tracer.
 */
#include "base/auto.h"
#include "landlock/landlock.h"
#include "os/os.h"

int
landlock_give_up(bool with_ports, const struct landlock_path_beneath_attr *but,
    size_t count, struct error *e)
{
	int abi = os_landlock_abi();
	struct landlock_rights known = landlock_known(abi);
	const struct os_landlock_ruleset all = { known.fs,
		with_ports ? known.net : 0, known.scoped };

	if (abi < 1)
		return 0;
	AUTO_FD int ruleset = os_landlock_create(&all);
	if (ruleset < 0)
		return error_sys(e, "landlock_create_ruleset");
	for (size_t i = 0; i < count; i++) {
		if (os_landlock_add(ruleset, LANDLOCK_RULE_PATH_BENEATH,
			&but[i]) < 0)
			return error_sys(e, "landlock_add_rule");
	}
	return os_landlock_restrict(ruleset) < 0
		   ? error_sys(e, "landlock_restrict_self")
		   : 0;
}
