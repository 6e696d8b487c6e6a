/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan - what criu is told: criu(8). Mounts that show something of the host,
 * and namespaces that the container shares, are named when it is written, and
 * given by that name when it is made again.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "images.h"

#define CONFIG_FILE "/etc/criu/lorica.conf"

const char *const container_cgroup_modes[] = { "ignore", "none", "props",
	"soft", "full", "strict", NULL };

/* The first has criu's number 0, and so on. */
enum { MODE_IGNORE = 0, MODE_NONE = 1, MODE_SOFT = 3 };

/* Namespaces that criu can leave outside. */
static const struct {
	enum spec_namespace_kind kind;
	const char *type;
	const char *key;
} shared[] = {
	{ SPEC_NS_NETWORK, "net", "extRootNetNS" },
	{ SPEC_NS_PID, "pid", "extRootPidNS" },
};

/* Nodes that every container has: they are mounts in a user namespace. */
static const char *const nodes[] = {
	"/dev/null",
	"/dev/zero",
	"/dev/full",
	"/dev/random",
	"/dev/urandom",
	"/dev/tty",
};

static unsigned
mode_of(const struct container_images *request)
{
	unsigned mode = 0;

	if (request->manage_cgroups == NULL)
		return MODE_SOFT;
	while (
	    container_cgroup_modes[mode] != NULL &&
	    strcmp(container_cgroup_modes[mode], request->manage_cgroups) != 0)
		mode++;
	return mode;
}

static bool
is_managed(unsigned mode)
{
	return mode != MODE_IGNORE && mode != MODE_NONE;
}

/* Where there is none of its own, criu has nothing to put it in. */
static unsigned
restore_mode(const struct container_images *request,
    const struct making *making)
{
	if (making->cgroup < 0 && request->manage_cgroups == NULL)
		return MODE_IGNORE;
	return mode_of(request);
}

bool
images_manage_cgroups(const struct container_images *request,
    const struct making *making)
{
	return is_managed(restore_mode(request, making));
}

/* What both are told. */
static void
put_common(struct criu_request *out, const struct container_images *request,
    const struct spec *spec, unsigned mode)
{
	const char *config = spec_annotation_find(spec, "org.criu.config");
	const struct {
		const char *name;
		bool set;
	} flags[] = {
		{ "notify-scripts", true },
		{ "orphan-pts-master", true },
		{ "manage-cgroups", is_managed(mode) },
		{ "tcp-established", request->tcp_established },
		{ "tcp-skip-in-flight", request->tcp_skip_in_flight },
		{ "tcp-close", request->tcp_close },
		{ "ext-unix-sk", request->ext_unix_sk },
		{ "shell-job", request->shell_job },
		{ "file-locks", request->file_locks },
		{ "lazy-pages", request->lazy_pages },
		{ "auto-dedup", request->auto_dedup },
		{ "link-remap", request->link_remap },
	};

	criu_put(out, "images-dir-fd", "%d", CRIU_FD_IMAGES);
	criu_put(out, "work-dir-fd", "%d", CRIU_FD_WORK);
	criu_put(out, "log-level", "4");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		criu_put_flag(out, flags[i].name, flags[i].set);
	criu_put(out, "manage-cgroups-mode", "%u", mode);
	if (request->empty_network)
		criu_put(out, "empty-ns", "%d", CLONE_NEWNET);
	if (config == NULL && access(CONFIG_FILE, R_OK) == 0)
		config = CONFIG_FILE;
	if (config != NULL)
		criu_put(out, "config-file", "%s", config);
}

static bool
is_bind(const struct spec_mount *mount)
{
	if (mount->type != NULL && strcmp(mount->type, "bind") == 0)
		return true;
	for (size_t i = 0; i < mount->options.count; i++) {
		if (strcmp(mount->options.items[i], "bind") == 0 ||
		    strcmp(mount->options.items[i], "rbind") == 0)
			return true;
	}
	return false;
}

/* ---- dump
 * -------------------------------------------------------------------- */

/* A mount by the place that it has by now, under the name in config.json. */
static void
put_mount(const struct images_dump *dump, struct criu_request *out,
    const char *name)
{
	char place[PATH_MAX];

	if (mounts_find(dump->mounts, name, place, sizeof(place)))
		criu_put(out, "external", "mnt[%s]:%s", place, name);
}

/* A file is covered by a null device; a directory by a tmpfs, which
 * criu makes itself. */
static void
put_mask(const struct images_dump *dump, struct criu_request *out,
    const char *path)
{
	struct stat st;
	AUTO_FD int fd = mounts_open(dump->mounts, path);

	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		put_mount(dump, out, path);
}

static void
put_mounts(const struct images_dump *dump, struct criu_request *out)
{
	const struct spec *spec = dump->spec;
	const struct spec_linux *lnx = &spec->lnx;

	for (size_t i = 0; i < spec->mounts_count; i++) {
		if (is_bind(&spec->mounts[i]))
			put_mount(dump, out, spec->mounts[i].destination);
	}
	for (size_t i = 0; i < lnx->masked_paths.count; i++)
		put_mask(dump, out, lnx->masked_paths.items[i]);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		put_mount(dump, out, nodes[i]);
	for (size_t i = 0; i < lnx->devices_count; i++)
		put_mount(dump, out, lnx->devices[i].path);
	put_mount(dump, out, IMAGES_NOTIFY);
}

/* Those that it joined, as it has them: their files may be gone. */
static int
put_shared(const struct images_dump *dump, struct criu_request *out,
    struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		char path[48];
		struct stat st;

		if (dump->spec->lnx.namespaces[shared[i].kind].path == NULL)
			continue;
		(void)snprintf(path, sizeof(path), "%d/ns/%s", (int)dump->pid,
		    shared[i].type);
		if (fstatat(dump->proc, path, &st, 0) < 0)
			return error_sys(e, "look at a namespace");
		criu_put(out, "external", "%s[%lu]:%s", shared[i].type,
		    (unsigned long)st.st_ino, shared[i].key);
	}
	return 0;
}

int
images_plan_dump(const struct images_dump *dump, struct criu_request *out,
    struct error *e)
{
	const struct container_images *request = dump->request;

	put_common(out, request, dump->spec, mode_of(request));
	criu_put(out, "pid", "%d", (int)dump->pid);
	criu_put(out, "log-file", "dump.log");
	criu_put_flag(out, "leave-running", request->leave_running);
	criu_put_flag(out, "track-mem",
	    request->pre_dump || request->parent_path != NULL);
	if (request->parent_path != NULL)
		criu_put(out, "parent-img", "%s", request->parent_path);
	if (request->page_server != NULL)
		criu_put(out, "page-server", "%s", request->page_server);
	if (dump->cgroup != NULL)
		criu_put(out, "freeze-cgroup", "%s", dump->cgroup);
	if (request->status_fd >= 0) {
		int fd = criu_put_fd(out, request->status_fd);

		if (fd < 0)
			return error_errno(e, -fd, "--status-fd");
		criu_put(out, CRIU_STATUS_FD, "%d", fd);
	}
	put_mounts(dump, out);
	for (size_t i = 0; i < ARRAY_SIZE(dump->stdio->keys); i++) {
		const char *key = dump->stdio->keys[i];

		if (key[0] != '\0' && strncmp(key, "pipe:", 5) != 0)
			criu_put(out, "external", "%s", key);
	}
	return put_shared(dump, out, e);
}

/* ---- restore
 * ------------------------------------------------------------------ */

/* Sources are looked up by criu, once, as create does it. */
static void
put_sources(const struct images_restore *restore, struct criu_request *out)
{
	const struct making *making = restore->making;
	const struct spec *spec = making->spec;
	const struct spec_linux *lnx = &spec->lnx;

	for (size_t i = 0; i < spec->mounts_count; i++) {
		const struct spec_mount *mount = &spec->mounts[i];
		bool relative =
		    mount->source != NULL && mount->source[0] != '/';

		if (is_bind(mount) && mount->source != NULL)
			criu_put(out, "external", "mnt[%s]:%s%s%s",
			    mount->destination, relative ? making->bundle : "",
			    relative ? "/" : "", mount->source);
	}
	for (size_t i = 0; i < lnx->masked_paths.count; i++)
		criu_put(out, "external", "mnt[%s]:/dev/null",
		    lnx->masked_paths.items[i]);
	for (size_t i = 0; i < ARRAY_SIZE(nodes); i++)
		criu_put(out, "external", "mnt[%s]:%s", nodes[i], nodes[i]);
	for (size_t i = 0; i < lnx->devices_count; i++)
		criu_put(out, "external", "mnt[%s]:%s", lnx->devices[i].path,
		    lnx->devices[i].path);
	if (restore->notify != NULL)
		criu_put(out, "external", "mnt[" IMAGES_NOTIFY "]:%s",
		    restore->notify);
}

static int
inherit(struct criu_request *out, const char *key, int fd, struct error *e)
{
	int number = criu_put_fd(out, fd);

	if (number < 0)
		return error_errno(e, -number, "hand %s on", key);
	criu_put(out, "inherit-fd", "%d:%s", number, key);
	return 0;
}

int
images_plan_restore(const struct images_restore *restore,
    struct criu_request *out, struct error *e)
{
	const struct container_images *request = restore->request;
	const struct making *making = restore->making;

	put_common(out, request, making->spec, restore_mode(request, making));
	criu_put(out, "log-file", "restore.log");
	criu_put(out, "root", "%s", restore->root);
	criu_put_flag(out, "rst-sibling", true);
	criu_put_flag(out, "evasive-devices", true);
	criu_put_flag(out, CRIU_NO_NEW_PRIVS,
	    making->spec->process->no_new_privileges);
	if (making->cgroup >= 0 && images_manage_cgroups(request, making))
		criu_put(out, "cg-root", "%s", making->record.cgroup_path);
	if (request->lsm_profile != NULL)
		criu_put(out, "lsm-profile", "%s", request->lsm_profile);
	if (request->lsm_mount_context != NULL)
		criu_put(out, "lsm-mount-context", "%s",
		    request->lsm_mount_context);
	if (restore->ids >= 0) {
		int fd = criu_put_fd(out, restore->ids);

		if (fd < 0)
			return error_errno(e, -fd, "hand a namespace on");
		criu_put(out, CRIU_IMAGES_IDS, "%d", fd);
	}
	put_sources(restore, out);
	for (size_t i = 0; i < ARRAY_SIZE(restore->stdio->keys); i++) {
		const char *key = restore->stdio->keys[i];

		if (key[0] != '\0')
			TRY(inherit(out, key, (int)i, e));
	}
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		int fd = making->ns.join[shared[i].kind];

		if (fd >= 0)
			TRY(inherit(out, shared[i].key, fd, e));
	}
	return 0;
}
