/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel - what the container's namespaces say of themselves: host name,
 * domain name, sysctls; and the procfs through which they are set.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"
#include "os/os.h"
#include "steps.h"

/*
 * A procfs of this pid namespace that is mounted nowhere. Where a user
 * namespace may not have one although the pid namespace is the caller's, the
 * caller's own serves, proven to be a procfs.
 */
int
init_proc(struct init *init, struct error *e)
{
	AUTO_FD int context = fsopen("proc", FSOPEN_CLOEXEC);

	if (context < 0)
		return error_sys(e, "fsopen proc");
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
		init->proc = fsmount(context, FSMOUNT_CLOEXEC, 0);
		if (init->proc >= 0)
			return 0;
	}
	if (errno == EPERM && !spec_is_new_namespace(init->spec, SPEC_NS_PID)) {
		init->proc = os_proc_root();
		return init->proc < 0 ? error_sys(e, "open /proc") : 0;
	}
	if (errno == EPERM)
		return error_set(e, EPERM,
		    "the kernel refuses a new procfs: "
		    "/proc of the caller is partly mounted over, as in a "
		    "container with masked paths");
	return error_sys(e, "mount proc");
}

static int
set_sysctl(const struct init *init, const struct spec_pair *pair,
    struct error *e)
{
	static const char below[] = "sys/";
	char path[sizeof(below) + SPEC_SYSCTL_MAX] = "sys/";

	if (!spec_sysctl_path(pair->key, path + strlen(below), SPEC_SYSCTL_MAX))
		return error_set(e, EINVAL, "is no name of a sysctl");
	if (os_proc_write(init->proc, path, pair->value) < 0)
		return error_sys(e, "write \"%s\"", pair->value);
	return 0;
}

static int
set_sysctls(const struct init *init, struct error *e)
{
	const struct spec_pairs *list = &init->spec->lnx.sysctl;

	for (size_t i = 0; i < list->count; i++) {
		if (set_sysctl(init, &list->items[i], e) < 0)
			return error_wrap(e, "linux.sysctl.%s",
			    list->items[i].key);
	}
	return 0;
}

int
init_kernel(struct init *init, struct error *e)
{
	const struct spec *spec = init->spec;

	if (spec->hostname != NULL &&
	    sethostname(spec->hostname, strlen(spec->hostname)) < 0)
		return error_sys(e, "hostname %s", spec->hostname);
	if (spec->domainname != NULL &&
	    setdomainname(spec->domainname, strlen(spec->domainname)) < 0)
		return error_sys(e, "domainname %s", spec->domainname);
	return set_sysctls(init, e);
}
