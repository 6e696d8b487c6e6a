/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confine - the helper's own walls, up before it reads the first event.
 */
#define _GNU_SOURCE
#include <fcntl.h>
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

static int
limit_resources(struct error *e)
{
	TRY(cred_rlimit_lower(RLIMIT_NOFILE, FILES_MAX, e));
	TRY(cred_rlimit_lower(RLIMIT_CORE, 0, e));
/* Not of what is built for tests. */
#ifndef __SANITIZE_ADDRESS__
	TRY(cred_rlimit_lower(RLIMIT_DATA, MEMORY_MAX, e));
#endif
	return 0;
}

/* The report's directory, if it is one and not a file that is open. */
static int
allow_report(bool is_read, struct landlock_path_beneath_attr *out,
    struct error *e)
{
	const uint64_t replacing = LANDLOCK_ACCESS_FS_WRITE_FILE |
				   LANDLOCK_ACCESS_FS_MAKE_REG |
				   LANDLOCK_ACCESS_FS_REMOVE_FILE |
				   (is_read ? LANDLOCK_ACCESS_FS_READ_FILE : 0);
	struct stat st;

	if (fstat(REPORT_FD_OUT, &st) < 0)
		return error_sys(e, "fstat");
	if (!S_ISDIR(st.st_mode))
		return 0;
	out->allowed_access = replacing;
	out->parent_fd = REPORT_FD_OUT;
	return 1;
}

static int
limit_files(bool learns, struct error *e)
{
	struct landlock_path_beneath_attr allowed[2];
	int count = allow_report(learns, &allowed[0], e);
	AUTO_FD int root = -1;

	if (count < 0)
		return -1;
	if (learns) {
		/* To make directories. */
		root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (root < 0)
			return error_sys(e, "/");
		allowed[count].allowed_access = LANDLOCK_ACCESS_FS_MAKE_DIR;
		allowed[count++].parent_fd = root;
	}
	return landlock_give_up(true, allowed, (size_t)count, e);
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
