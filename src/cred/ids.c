/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "caps.h"
#include "os/os.h"

/* keyctl(3): search, for the owner and for others. */
#define KEY_USR_SEARCH 0x00080000u
#define KEY_OTH_SEARCH 0x00000008u

/* "type;uid;gid;permissions;description" */
static bool
parse_permissions(const char *description, uint32_t *out)
{
	const char *at = description;

	for (int field = 0; at != NULL && field < 3; field++) {
		at = strchr(at, ';');
		at += at != NULL ? 1 : 0;
	}
	if (at == NULL)
		return false;
	char *end;
	*out = (uint32_t)strtoul(at, &end, 16);
	return end != at && *end == ';';
}

/* An ordinary user has 200 keys unless somebody gave more: keyrings(7). */
static int
no_keyring(struct error *e)
{
	if (errno == EDQUOT)
		return error_set(e, EDQUOT,
		    "join a new session keyring: the user's quota of keys is "
		    "used up: raise kernel.keys.maxkeys and maxbytes, or give "
		    "--no-new-keyring");
	return error_sys(e, "join a new session keyring");
}

int
cred_keyring_apply(const char *id, bool in_user_namespace, struct error *e)
{
	char text[LIMIT_ID_BYTES + 64];
	uint32_t permissions;

	(void)snprintf(text, sizeof(text), "_ses.%s", id);
	int key = os_keyctl_join(text);
	/* A kernel without keys has none to leak. */
	if (key < 0)
		return errno == ENOSYS ? 0 : no_keyring(e);
	long length = os_keyctl_describe(key, text, sizeof(text));
	if (length < 0)
		return error_sys(e, "describe the session keyring");
	if (length > (long)sizeof(text) ||
	    !parse_permissions(text, &permissions))
		return error_set(e, EPROTO,
		    "the session keyring's description is malformed");
	/* The owner in a user namespace is somebody else to the kernel. */
	permissions |= KEY_USR_SEARCH;
	if (in_user_namespace)
		permissions |= KEY_OTH_SEARCH;
	if (os_keyctl_setperm(key, permissions) < 0)
		return error_sys(e, "make the session keyring searchable");
	return 0;
}

static int
set_groups(const struct spec_user *user, enum cred_groups groups,
    struct error *e)
{
	if (groups == CRED_GROUPS_DENIED && user->additional_gids_count > 0)
		return error_set(e, EPERM,
		    "process.user.additionalGids: the "
		    "user namespace denies setgroups");
	if (groups == CRED_GROUPS_SET &&
	    os_setgroups(user->additional_gids_count, user->additional_gids) <
		0)
		return error_sys(e, "process.user.additionalGids");
	return 0;
}

int
cred_user_apply(const struct spec_process *process, enum cred_groups groups,
    struct error *e)
{
	const struct spec_user *user = &process->user;

	TRY(cred_bounding_apply(process, e));
	if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return error_sys(e, "keep capabilities");
	TRY(set_groups(user, groups, e));
	if (os_setresgid(user->gid, user->gid, user->gid) < 0)
		return error_sys(e, "process.user.gid: %u", user->gid);
	if (os_setresuid(user->uid, user->uid, user->uid) < 0)
		return error_sys(e, "process.user.uid: %u", user->uid);
	if (prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return error_sys(e, "keep capabilities no longer");
	/* What is to come may need them: a filter, a file that only a
	 * capability lets the program find. */
	TRY(cred_effective_raise(e));
	/* A change of user cleared it, and made the process dumpable or not
	 * by the host's suid_dumpable. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_sys(e, "stay undumpable");
	umask(user->umask.is_set ? (mode_t)user->umask.value : 0022);
	return 0;
}

int
cred_no_new_privs_apply(const struct spec_process *process, struct error *e)
{
	if (process->no_new_privileges &&
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return error_sys(e, "process.noNewPrivileges");
	return 0;
}

int
cred_verify(const struct spec_process *process, struct error *e)
{
	uid_t uids[3];
	gid_t gids[3];

	if (getresuid(&uids[0], &uids[1], &uids[2]) < 0 ||
	    getresgid(&gids[0], &gids[1], &gids[2]) < 0)
		return error_sys(e, "ask for the ids");
	for (int i = 0; i < 3; i++) {
		if (uids[i] != process->user.uid)
			return error_set(e, EPERM, "the user is %u, not %u",
			    uids[i], process->user.uid);
		if (gids[i] != process->user.gid)
			return error_set(e, EPERM, "the group is %u, not %u",
			    gids[i], process->user.gid);
	}
	if (process->no_new_privileges &&
	    prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return error_set(e, EPERM, "no_new_privs is not set");
	return cred_capabilities_verify(process, e);
}
