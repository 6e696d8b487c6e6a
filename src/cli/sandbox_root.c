/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sandbox_root.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli.h"
#include "container/store.h"

/* A directory that is the caller's alone. */
static bool
is_own(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
	       st.st_uid == geteuid() && (st.st_mode & 0022) == 0 &&
	       access(path, W_OK) == 0;
}

/* Without the directory of a session, as far as the variable knows. */
static bool
find_other(char root[PATH_MAX])
{
	char session[64];

	(void)snprintf(session, sizeof(session), "/run/user/%u", geteuid());
	if (is_own(session)) {
		(void)snprintf(root, PATH_MAX, "%s/lorica", session);
		return true;
	}
	(void)snprintf(root, PATH_MAX, "/tmp/lorica-%u", geteuid());
	return false;
}

/*
 * As for every container; where nobody has made a directory for the user's
 * session, as in most CI, one of our own.
 */
int
sandbox_root_find(const char *given, char root[PATH_MAX], struct error *e)
{
	struct error unset = { 0 };
	if (given != NULL) {
		(void)snprintf(root, PATH_MAX, "%s", given);
		return 0;
	}
	if (cli_default_root(root, PATH_MAX, &unset) == 0) {
		char *slash = strrchr(root, '/');
		bool is_there;

		*slash = '\0';
		is_there = is_own(root);
		*slash = '/';
		if (is_there)
			return 0;
	}
	if (find_other(root))
		return 0;
	if (mkdir(root, 0700) < 0 && errno != EEXIST)
		return error_sys(e, "%s", root);
	if (!is_own(root))
		return error_set(e, EPERM,
		    "%s is not the caller's alone: set XDG_RUNTIME_DIR", root);
	return 0;
}

/* Is it there, or can it be made? */
static bool
can_be(char *root)
{
	char *slash = strrchr(root, '/');
	bool can = access(root, W_OK | X_OK) == 0;

	if (can || slash == root)
		return can;
	*slash = '\0';
	can = access(root, W_OK | X_OK) == 0;
	*slash = '/';
	return can;
}

int
sandbox_root_look(char root[PATH_MAX], struct error *e)
{
	char other[PATH_MAX];
	struct error unset = { 0 };
	int failed = cli_default_root(root, PATH_MAX, &unset);

	if (failed == 0 && can_be(root))
		return 0;
	(void)find_other(other);
	if (is_own(other)) {
		memcpy(root, other, sizeof(other));
		return 0;
	}
	if (failed < 0)
		*e = unset;
	return failed;
}

int
sandbox_root_make(const char *path, struct error *e)
{
	AUTO_FD int root = store_open_root(path, true, e);

	return root < 0 ? root : 0;
}
