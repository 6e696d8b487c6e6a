/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the helper's own walls, up before it reads what an image wrote.
 *
 * Landlock needs its second version, as the first has no right to move a file
 * to another directory, and hard links are that. Where a kernel has none, there
 * are the others: its mounts and root (enclose.c), and that it can make no
 * socket, no process and no program.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/auto.h"
#include "base/limits.h"
#include "cred/cred.h"
#include "filter/filter.h"
#include "landlock/landlock.h"
#include "layer.h"
#include "os/os.h"

#define CAPABILITY(name) (1ull << (name))

/* To make files of any owner, and be where their modes do not let one. */
#define WANTED                                                                 \
	(CAPABILITY(CAP_CHOWN) | CAPABILITY(CAP_DAC_OVERRIDE) |                \
	    CAPABILITY(CAP_FOWNER) | CAPABILITY(CAP_FSETID) |                  \
	    CAPABILITY(CAP_MKNOD) | CAPABILITY(CAP_SETFCAP))

#define LANDLOCK_ABI_REFER 2

static int
limit_capabilities(struct error *e)
{
	struct __user_cap_data_struct data[2];

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_sys(e, "PR_SET_NO_NEW_PRIVS");
	if (os_capget(data) < 0)
		return error_sys(e, "capget");
	data[0].effective = data[0].permitted &= (uint32_t)WANTED;
	data[1].effective = data[1].permitted = 0;
	data[0].inheritable = data[1].inheritable = 0;
	return os_capset(data) < 0 ? error_sys(e, "capset") : 0;
}

/* What an image makes of its few bytes; not of what is built for tests. */
static int
limit_memory(struct error *e)
{
#ifndef __SANITIZE_ADDRESS__
	TRY(cred_rlimit_lower(RLIMIT_DATA, LIMIT_IMAGE_MEMORY, e));
#endif
	(void)e;
	return 0;
}

/* What may be done below a descriptor; one that is not there is fine. */
static int
allow_below(int ruleset, int fd, uint64_t rights, struct error *e)
{
	const uint64_t of_files = LANDLOCK_ACCESS_FS_READ_FILE;
	struct stat status;

	if (fstat(fd, &status) < 0)
		return errno == EBADF ? 0 : error_sys(e, "fstat");
	if (!S_ISDIR(status.st_mode) && !S_ISREG(status.st_mode))
		return 0;
	const struct landlock_path_beneath_attr rule = {
		.allowed_access =
		    S_ISDIR(status.st_mode) ? rights : rights & of_files,
		.parent_fd = fd,
	};
	/* A file that has no name cannot be named either. */
	if (os_landlock_add(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule) < 0 &&
	    S_ISDIR(status.st_mode))
		return error_sys(e, "landlock_add_rule");
	return 0;
}

static int
limit_files(struct error *e)
{
	const uint64_t reading =
	    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
	struct landlock_rights known = landlock_known(os_landlock_abi());
	const struct os_landlock_ruleset all = { known.fs, known.net,
		known.scoped };

	if (os_landlock_abi() < LANDLOCK_ABI_REFER)
		return 0;
	AUTO_FD int ruleset = os_landlock_create(&all);
	if (ruleset < 0)
		return error_sys(e, "landlock_create_ruleset");
	TRY(allow_below(ruleset, UNPACK_FD_SOURCE, reading, e));
	TRY(allow_below(ruleset, UNPACK_FD_ROOT,
	    known.fs & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE, e));
	TRY(allow_below(ruleset, UNPACK_FD_TRASH,
	    known.fs & ~(uint64_t)LANDLOCK_ACCESS_FS_EXECUTE, e));
	return os_landlock_restrict(ruleset) < 0
		   ? error_sys(e, "landlock_restrict_self")
		   : 0;
}

int
layer_confine(struct error *e)
{
	if (layer_enclose(e) < 0 || limit_capabilities(e) < 0 ||
	    limit_memory(e) < 0 || limit_files(e) < 0 ||
	    filter_load_own("image", e) < 0)
		return error_wrap(e, "confine the helper");
	return 0;
}
