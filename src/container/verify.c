/* SPDX-License-Identifier: Apache-2.0 */
/*
 * verify - what init's last step asks of itself, asked of a restored container
 * by the runtime: while it stands still, so that it cannot differ a moment
 * later. It may have less by now than its configuration gives, never more.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/auto.h"
#include "images.h"
#include "os/os.h"

#define ST_RDONLY_ 1 /* ST_RDONLY of statfs(2) */

struct look {
	const struct making *making;
	const struct container_images *images;
	int proc;
	ino_t user; /* init's user namespace */
	ino_t pids; /* the pid namespace of this process, if it is not init's */
	bool saw_init;
};

static int
weaker(struct error *e, pid_t pid, const char *what)
{
	return error_set(e, EPERM, "process %d: %s", (int)pid, what);
}

/* A file of procfs below the process's directory. */
static ssize_t
read_of(int proc, pid_t pid, const char *file, char *buf, size_t size)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "%d/%s", (int)pid, file);
	AUTO_FD int fd = os_proc_open(proc, path, O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, buf, size - 1);
	if (got >= 0)
		buf[got] = '\0';
	return got;
}

/* 0 where it cannot be looked at, which is no namespace's. */
static ino_t
namespace_of(int proc, const char *process, const char *kind)
{
	char path[64];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/ns/%s", process, kind);
	return fstatat(proc, path, &st, 0) < 0 ? 0 : st.st_ino;
}

/* ---- each process
 * -------------------------------------------------------------- */

/* The value behind "\nNAME:\t"; all bits where there is none. */
static uint64_t
value_of(const char *status, const char *name, int base)
{
	char word[32];

	(void)snprintf(word, sizeof(word), "\n%s:\t", name);
	const char *at = strstr(status, word);
	return at == NULL ? UINT64_MAX
			  : strtoull(at + strlen(word), NULL, base);
}

static int
check_capabilities(const struct spec_capabilities *want, pid_t pid,
    const char *status, struct error *e)
{
	static const char *const sets[] = { "CapBnd", "CapPrm", "CapEff",
		"CapInh", "CapAmb" };

	for (size_t i = 0; want != NULL && i < ARRAY_SIZE(sets); i++) {
		/* Nothing can be had that the bounding set has not. */
		if ((value_of(status, sets[i], 16) &
			~(want->bounding | want->permitted |
			    want->inheritable)) != 0)
			return weaker(e, pid,
			    "it has capabilities that process.capabilities "
			    "has not");
	}
	return 0;
}

int
images_verify_status(const struct spec_process *process, bool filtered,
    pid_t pid, const char *status, struct error *e)
{
	TRY(check_capabilities(process->capabilities, pid, status, e));
	if (process->no_new_privileges &&
	    value_of(status, "NoNewPrivs", 10) != 1)
		return weaker(e, pid, "no_new_privs is not set");
	if (filtered && value_of(status, "Seccomp", 10) != 2)
		return weaker(e, pid, "it has no seccomp filter");
	return 0;
}

static int
check_process(void *context, pid_t pid, struct error *e)
{
	struct look *look = context;
	const struct making *making = look->making;
	char status[8192], number[16];

	if (pid == making->child.pid)
		look->saw_init = true;
	(void)snprintf(number, sizeof(number), "%d", (int)pid);
	/* What it has in one of its own is worth nothing outside. */
	if (namespace_of(look->proc, number, "user") != look->user)
		return 0;
	/* criu's own, that may be in the cgroup: none of init's is up here. */
	if (look->pids != 0 &&
	    namespace_of(look->proc, number, "pid") == look->pids)
		return 0;
	if (read_of(look->proc, pid, "status", status, sizeof(status)) < 0)
		return error_sys(e, "look at process %d", (int)pid);
	return images_verify_status(making->spec->process,
	    making->filter.insns != NULL, pid, status, e);
}

/* ---- init
 * ------------------------------------------------------------------------ */

static const struct {
	enum spec_namespace_kind kind;
	const char *file;
	bool is_joined; /* by criu, where the configuration has a path */
} namespaces[] = {
	{ SPEC_NS_USER, "user", false },
	{ SPEC_NS_MOUNT, "mnt", false },
	{ SPEC_NS_UTS, "uts", false },
	{ SPEC_NS_IPC, "ipc", false },
	{ SPEC_NS_NETWORK, "net", true },
	{ SPEC_NS_CGROUP, "cgroup", false },
	{ SPEC_NS_TIME, "time", false },
	{ SPEC_NS_PID, "pid", true },
};

static int
check_namespaces(const struct look *look, struct error *e)
{
	const struct making *making = look->making;
	char number[16];

	(void)snprintf(number, sizeof(number), "%d", (int)making->child.pid);
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++) {
		const char *file = namespaces[i].file;
		int joined = making->ns.join[namespaces[i].kind];
		ino_t its = namespace_of(look->proc, number, file);
		ino_t ours = namespace_of(look->proc, "self", file);
		struct stat st = { 0 };

		if (!making->spec->lnx.namespaces[namespaces[i].kind].is_set)
			continue;
		if (joined >= 0 && fstat(joined, &st) < 0)
			return error_sys(e, "look at a namespace");
		if (its == 0 || (its == ours && st.st_ino != ours) ||
		    (joined >= 0 && namespaces[i].is_joined &&
			its != st.st_ino))
			return error_set(e, EPERM,
			    "it is not in the %s namespace that the "
			    "configuration wants",
			    spec_namespace_name(namespaces[i].kind));
	}
	return 0;
}

/* The next number of a line; false when there is another, or none. */
static bool
is_next(char **at, uint32_t want)
{
	char *end;
	unsigned long number = strtoul(*at, &end, 10);
	bool found = end != *at && number == want;

	*at = end;
	return found;
}

static bool
is_mapped_as(const struct spec_idmaps *want, char *text)
{
	char *at = text;

	for (size_t i = 0; i < want->count; i++) {
		if (!is_next(&at, want->items[i].container_id) ||
		    !is_next(&at, want->items[i].host_id) ||
		    !is_next(&at, want->items[i].size) || *at++ != '\n')
			return false;
	}
	return *at == '\0';
}

static int
check_maps(const struct look *look, struct error *e)
{
	const struct ns_plan *ns = &look->making->ns;
	const struct {
		const char *file;
		const struct spec_idmaps *want;
	} maps[] = { { "uid_map", &ns->uids }, { "gid_map", &ns->gids } };
	char text[16384];

	if ((ns->create & CLONE_NEWUSER) == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		if (read_of(look->proc, look->making->child.pid, maps[i].file,
			text, sizeof(text)) < 0 ||
		    !is_mapped_as(maps[i].want, text))
			return error_set(e, EPERM,
			    "its %s is not what the configuration wants",
			    maps[i].file);
	}
	return 0;
}

/* Who says that it is to have another one takes that on. */
static int
check_label(const struct look *look, struct error *e)
{
	const struct spec_process *process = look->making->spec->process;
	const char *want = process->selinux_label != NULL
			       ? process->selinux_label
			       : process->apparmor_profile;
	char text[4096];

	if (want == NULL || want[0] == '\0' ||
	    look->images->lsm_profile != NULL)
		return 0;
	size_t length = strlen(want);
	/* AppArmor adds its mode: "NAME (enforce)". */
	if (read_of(look->proc, look->making->child.pid, "attr/current", text,
		sizeof(text)) < 0 ||
	    strncmp(text, want, length) != 0 ||
	    strchr(" \n", text[length]) == NULL)
		return error_set(e, EPERM, "its label is not \"%s\"", want);
	return 0;
}

static int
check_masked(const struct mounts *mounts, const char *path, struct error *e)
{
	struct statfs fs;
	struct stat st;
	AUTO_FD int fd = mounts_open(mounts, path);

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) < 0 || fstatfs(fd, &fs) < 0)
		return error_sys(e, "look at %s", path);
	bool is_covered =
	    S_ISDIR(st.st_mode)
		? (fs.f_flags & ST_RDONLY_) != 0 && fs.f_files == 1
		: S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
	return is_covered ? 0
			  : error_set(e, EPERM, "its %s is not masked", path);
}

static int
check_readonly(const struct mounts *mounts, const char *path, struct error *e)
{
	struct statfs fs;
	AUTO_FD int fd = mounts_open(mounts, path);

	if (fd < 0 || (fstatfs(fd, &fs) == 0 && (fs.f_flags & ST_RDONLY_) != 0))
		return 0;
	return error_set(e, EPERM, "its %s is not read-only", path);
}

static int
check_mounts(const struct look *look, struct error *e)
{
	const struct spec *spec = look->making->spec;
	const struct spec_linux *lnx = &spec->lnx;
	AUTO(mounts_close) struct mounts mounts = MOUNTS_NONE;

	TRY(mounts_read(look->proc, look->making->child.pid, &mounts, e));
	if (spec->root->readonly)
		TRY(check_readonly(&mounts, "/", e));
	for (size_t i = 0; i < lnx->readonly_paths.count; i++)
		TRY(check_readonly(&mounts, lnx->readonly_paths.items[i], e));
	for (size_t i = 0; i < lnx->masked_paths.count; i++)
		TRY(check_masked(&mounts, lnx->masked_paths.items[i], e));
	return 0;
}

/* ---- all of it
 * --------------------------------------------------------------------- */

static int
check_processes(struct look *look, struct error *e)
{
	const struct making *making = look->making;

	if (making->cgroup < 0)
		return check_process(look, making->child.pid, e);
	TRY(cgroup_processes(making->cgroup, check_process, look, e));
	if (!look->saw_init)
		return error_set(e, EPERM, "it is not in its cgroup");
	return 0;
}

int
images_verify(const struct making *making,
    const struct container_images *images, struct error *e)
{
	char number[16];
	AUTO_FD int proc = os_proc_root();
	struct look look = { .making = making, .images = images, .proc = proc };

	if (proc < 0)
		return error_sys(e, "open /proc");
	(void)snprintf(number, sizeof(number), "%d", (int)making->child.pid);
	look.user = namespace_of(proc, number, "user");
	look.pids = namespace_of(proc, "self", "pid");
	if (look.pids == namespace_of(proc, number, "pid"))
		look.pids = 0;
	TRY(check_namespaces(&look, e));
	TRY(check_maps(&look, e));
	TRY(check_label(&look, e));
	TRY(check_mounts(&look, e));
	return check_processes(&look, e);
}
