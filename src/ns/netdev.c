/* SPDX-License-Identifier: Apache-2.0 */
#include "ns/ns.h"

int
ns_move_devices(const struct spec *spec, pid_t pid, struct error *e)
{
	(void)pid;
	if (spec->lnx.net_devices_count == 0)
		return 0;
	return error_set(e, ENOTSUP,
	    "linux.netDevices: this version does not move network devices");
}
