/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "landlock/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "os/os.h"

/* linux/landlock.h has them since 6.7. */
#define RULE_NET_PORT 2
struct net_port_rule {
	uint64_t access;
	uint64_t port;
};

/* Since which version of the interface: landlock(7). */
static const struct {
	int abi;
	struct landlock_rights rights;
} versions[] = {
	{ 1, { .fs = LANDLOCK_ACCESS_FS_REFER - 1 } },
	{ 2, { .fs = LANDLOCK_ACCESS_FS_REFER } },
	{ 3, { .fs = LANDLOCK_ACCESS_FS_TRUNCATE } },
	{ 4, { .net = LANDLOCK_ACCESS_NET_BIND_TCP |
		      LANDLOCK_ACCESS_NET_CONNECT_TCP } },
	{ 5, { .fs = LANDLOCK_ACCESS_FS_IOCTL_DEV } },
	{ 6, { .scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET |
			 LANDLOCK_SCOPE_SIGNAL } },
};

/* What makes sense for a file that is no directory. */
#define OF_FILES                                                               \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |          \
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |       \
	    LANDLOCK_ACCESS_FS_IOCTL_DEV)

struct landlock_rights
landlock_known(int abi)
{
	struct landlock_rights all = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		if (versions[i].abi > abi)
			break;
		all.fs |= versions[i].rights.fs;
		all.net |= versions[i].rights.net;
		all.scoped |= versions[i].rights.scoped;
	}
	return all;
}

static struct landlock_rights
kernel_knows(void)
{
	int abi = os_landlock_abi();

	/* ENOSYS, or EOPNOTSUPP where it was not chosen at boot. */
	return landlock_known(abi < 0 ? 0 : abi);
}

/* Not said is all, where there is a rule. */
static uint64_t
asked(uint64_t handled, size_t rules, uint64_t known)
{
	if (handled != 0 || rules == 0)
		return handled;
	/* At least one, so that a kernel without any is one that lacks it. */
	return known != 0 ? known : 1;
}

bool
landlock_handled(const struct spec_landlock *wanted,
    const struct landlock_rights *known, struct landlock_rights *out)
{
	const struct landlock_rights all = {
		.fs = asked(wanted->handled_fs, wanted->paths_count, known->fs),
		.net =
		    asked(wanted->handled_net, wanted->ports_count, known->net),
		.scoped = wanted->scoped,
	};

	*out = (struct landlock_rights){
		.fs = all.fs & known->fs,
		.net = all.net & known->net,
		.scoped = all.scoped & known->scoped,
	};
	return out->fs != all.fs || out->net != all.net ||
	       out->scoped != all.scoped;
}

int
landlock_check(const struct spec_process *process, bool *less, struct error *e)
{
	struct landlock_rights known;
	struct landlock_rights handled;

	*less = false;
	if (process->landlock == NULL)
		return 0;
	known = kernel_knows();
	*less = landlock_handled(process->landlock, &known, &handled);
	if (!*less || !process->landlock->disable_best_effort)
		return 0;
	return error_set(e, ENOTSUP,
	    "process.landlock: the kernel has not all of it (its interface is "
	    "version %d)",
	    os_landlock_abi());
}

/* ---- in init --------------------------------------------------------------
 */

static int
add_path(int ruleset, const char *path, uint64_t access,
    const struct spec_landlock *wanted, struct error *e)
{
	AUTO_FD int fd = os_openat2(AT_FDCWD, path, O_PATH, 0,
	    wanted->no_links ? RESOLVE_NO_SYMLINKS : RESOLVE_NO_MAGICLINKS);
	struct stat st;

	if (fd < 0 && !wanted->disable_best_effort && errno != ELOOP)
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return error_sys(e, "%s", path);
	const struct landlock_path_beneath_attr rule = {
		.allowed_access =
		    S_ISDIR(st.st_mode) ? access : access & OF_FILES,
		.parent_fd = fd,
	};
	if (rule.allowed_access == 0)
		return 0;
	if (os_landlock_add(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule) < 0)
		return error_sys(e, "%s", path);
	return 0;
}

static int
add_paths(int ruleset, const struct spec_landlock *wanted, uint64_t handled,
    struct error *e)
{
	for (size_t i = 0; i < wanted->paths_count; i++) {
		const struct spec_landlock_paths *rule = &wanted->paths[i];

		for (size_t j = 0; j < rule->paths.count; j++)
			TRY(add_path(ruleset, rule->paths.items[j],
			    rule->access & handled, wanted, e));
	}
	return 0;
}

static int
add_ports(int ruleset, const struct spec_landlock *wanted, uint64_t handled,
    struct error *e)
{
	for (size_t i = 0; i < wanted->ports_count; i++) {
		const struct spec_landlock_ports *rule = &wanted->ports[i];

		for (size_t j = 0; j < rule->ports_count; j++) {
			const struct net_port_rule port = {
				.access = rule->access & handled,
				.port = rule->ports[j],
			};

			if (port.access != 0 &&
			    os_landlock_add(ruleset, RULE_NET_PORT, &port) < 0)
				return error_sys(e, "port %u", rule->ports[j]);
		}
	}
	return 0;
}

int
landlock_apply(const struct spec_process *process, struct error *e)
{
	const struct spec_landlock *wanted = process->landlock;
	struct landlock_rights known;
	struct landlock_rights handled;

	if (wanted == NULL)
		return 0;
	known = kernel_knows();
	(void)landlock_handled(wanted, &known, &handled);
	const struct os_landlock_ruleset attr = {
		.handled_fs = handled.fs,
		.handled_net = handled.net,
		.scoped = handled.scoped,
	};
	/* The runtime has said so: landlock_check(). */
	if (attr.handled_fs == 0 && attr.handled_net == 0 && attr.scoped == 0)
		return 0;
	AUTO_FD int ruleset = os_landlock_create(&attr);
	if (ruleset < 0)
		return error_sys(e, "landlock_create_ruleset");
	TRY(add_paths(ruleset, wanted, handled.fs, e));
	TRY(add_ports(ruleset, wanted, handled.net, e));
	if (os_landlock_restrict(ruleset) < 0)
		return error_sys(e, "landlock_restrict_self");
	return 0;
}
