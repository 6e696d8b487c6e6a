/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the helper's own walls, up before it reads the first event.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cred/cred.h"
#include "filter/filter.h"
#include "landlock/landlock.h"
#include "os/os.h"
#include "report.h"

/* What it was given, a file, and a few more. */
#define FILES_MAX 16

/* A full tree and its lists, the request, and an event: several times that. */
#define MEMORY_MAX (256ull << 20)

/* Never above what the caller has. */
static int
limit_resource(int resource, rlim_t most, struct error *e)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) < 0)
		return error_sys(e, "getrlimit");
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit((__rlimit_resource_t)resource, &limit) < 0
		   ? error_sys(e, "setrlimit")
		   : 0;
}

static int
limit_resources(struct error *e)
{
	TRY(limit_resource(RLIMIT_NOFILE, FILES_MAX, e));
	TRY(limit_resource(RLIMIT_CORE, 0, e));
/* Not of what is built for tests. */
#ifndef __SANITIZE_ADDRESS__
	TRY(limit_resource(RLIMIT_DATA, MEMORY_MAX, e));
#endif
	return 0;
}

static int
allow_below(int ruleset, int fd, uint64_t rights, struct error *e)
{
	const struct landlock_path_beneath_attr rule = {
		.allowed_access = rights,
		.parent_fd = fd,
	};

	return os_landlock_add(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule) < 0
		   ? error_sys(e, "landlock_add_rule")
		   : 0;
}

/* The report's directory, if it is one and not a file that is open. */
static int
allow_report(int ruleset, bool is_read, struct error *e)
{
	const uint64_t replacing = LANDLOCK_ACCESS_FS_WRITE_FILE |
				   LANDLOCK_ACCESS_FS_MAKE_REG |
				   LANDLOCK_ACCESS_FS_REMOVE_FILE |
				   (is_read ? LANDLOCK_ACCESS_FS_READ_FILE : 0);
	struct stat st;

	if (fstat(REPORT_FD_OUT, &st) < 0)
		return error_sys(e, "fstat");
	return S_ISDIR(st.st_mode)
		   ? allow_below(ruleset, REPORT_FD_OUT, replacing, e)
		   : 0;
}

static int
allow_directories(int ruleset, struct error *e)
{
	AUTO_FD int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return error_sys(e, "/");
	return allow_below(ruleset, root, LANDLOCK_ACCESS_FS_MAKE_DIR, e);
}

static int
limit_files(bool learns, struct error *e)
{
	struct landlock_rights known = landlock_known(os_landlock_abi());
	const struct os_landlock_ruleset all = { known.fs, known.net,
		known.scoped };

	if (os_landlock_abi() < 1)
		return 0;
	AUTO_FD int ruleset = os_landlock_create(&all);
	if (ruleset < 0)
		return error_sys(e, "landlock_create_ruleset");
	TRY(allow_report(ruleset, learns, e));
	if (learns)
		TRY(allow_directories(ruleset, e));
	return os_landlock_restrict(ruleset) < 0
		   ? error_sys(e, "landlock_restrict_self")
		   : 0;
}

int
report_confine(bool learns, struct error *e)
{
	if (chdir("/") < 0)
		return error_sys(e, "enter /");
	if (cred_give_up(e) < 0 || limit_resources(e) < 0 ||
	    limit_files(learns, e) < 0 || filter_load_own("report", e) < 0)
		return error_wrap(e, "confine the helper");
	return 0;
}
