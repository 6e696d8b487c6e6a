/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept_devices - the rules by which the sentry opens devices: those that
 * the container's control group has from its configuration.
 *
 * Where that has none because the caller may not give it any, devices are the
 * host's own nodes, by the caller's rights: then what linux.devices names is
 * allowed too, as it is natively.
 */
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "cgroup/cgroup.h"
#include "intercept.h"
#include "making.h"
#include "os/os.h"

static struct spec_device_rule
rule_of(const struct spec_device *device)
{
	return (struct spec_device_rule){
		.allow = true,
		.type = device->type == 'b' ? 'b' : 'c',
		.major = device->major,
		.minor = device->minor,
	};
}

int
intercept_devices(struct making *making, struct error *e)
{
	const struct spec_linux *lnx = &making->spec->lnx;
	const struct spec_resources *resources = lnx->resources;
	size_t given = resources != NULL ? resources->devices_count : 0;
	AUTO_FD int proc = os_proc_root();

	if (proc < 0)
		return error_sys(e, "/proc");
	size_t named =
	    cgroup_devices_are_limited(proc) ? 0 : lnx->devices_count;
	struct spec_device_rule *rules =
	    calloc(given + named + 1, sizeof(*rules));
	if (rules == NULL)
		return error_sys(e, "memory");
	if (given > 0)
		memcpy(rules, resources->devices, given * sizeof(*rules));
	size_t count = given;
	for (size_t i = 0; i < named; i++) {
		/* A FIFO is no device. */
		if (lnx->devices[i].type != 'p')
			rules[count++] = rule_of(&lnx->devices[i]);
	}
	making->intercept.devices = rules;
	making->intercept.devices_count = count;
	return 0;
}
