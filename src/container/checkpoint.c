/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "images.h"
#include "os/os.h"

/* The directory of a descriptor, for criu, which takes no descriptor of it. */
static const char *
path_of(int fd, char *buf, size_t size)
{
	char self[32];

	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	ssize_t length = fd < 0 ? -1 : readlink(self, buf, size - 1);
	if (length <= 0)
		return NULL;
	buf[length] = '\0';
	return buf;
}

/* What it tells is nothing that we wait for. */
static int
heard(void *context, const struct criu_message *message, int fd,
    struct error *e)
{
	(void)context;
	(void)message;
	(void)fd;
	(void)e;
	return 0;
}

static int
dump(const struct images_dump *what, const struct images *images,
    struct error *e)
{
	AUTO(criu_request_free) struct criu_request request = { 0 };
	const struct criu_call call = {
		.request = &request,
		.images = images->dir,
		.work = images->work,
		.root = -1,
		.place = -1,
		.cgroup = -1,
		.event = heard,
	};

	TRY(criu_request_begin(&request,
	    what->request->pre_dump ? CRIU_PRE_DUMP : CRIU_DUMP, e));
	TRY(images_plan_dump(what, &request, e));
	return criu_call(&call, e);
}

static int
look_and_dump(const struct store_entry *entry,
    const struct container_images *request, const struct spec *spec, int cgroup,
    struct error *e)
{
	const struct container_record *record = &entry->record;
	AUTO(images_close) struct images images = IMAGES_NONE;
	AUTO(mounts_close) struct mounts mounts = MOUNTS_NONE;
	struct images_stdio stdio = { 0 };
	char path[PATH_MAX];
	AUTO_FD int proc = os_proc_root();

	if (proc < 0)
		return error_sys(e, "open /proc");
	TRY(images_open(request, true, &images, e));
	TRY(mounts_read(proc, record->pid, &mounts, e));
	TRY(mounts_stdio(&mounts, proc, record->pid, &stdio, e));
	if (!request->pre_dump)
		TRY(images_write_stdio(images.dir, &stdio, e));
	const struct images_dump what = {
		.request = request,
		.spec = spec,
		.mounts = &mounts,
		.stdio = &stdio,
		.cgroup = path_of(cgroup, path, sizeof(path)),
		.proc = proc,
		.pid = record->pid,
	};
	return dump(&what, &images, e);
}

static int
check_status(enum container_status status, struct error *e)
{
	if (status == CONTAINER_RUNNING || status == CONTAINER_PAUSED)
		return 0;
	return error_set(e, ESRCH, "cannot checkpoint a container that is %s",
	    store_status_name(status));
}

int
container_checkpoint(const char *root, const char *id,
    const struct container_images *images, spec_note *warn, void *context,
    struct error *e)
{
	AUTO(store_entry_close) struct store_entry entry = STORE_ENTRY_NONE;
	AUTO(spec_free) struct spec *spec = NULL;
	struct error ignored = { 0 };

	if (geteuid() != 0)
		return error_set(e, EPERM, "criu needs root");
	TRY(store_entry_open(root, id, true, &entry, e));
	enum container_status status = group_status(&entry.record);
	TRY(check_status(status, e));
	/* criu traces what it writes down, and a task has one tracer. */
	if (entry.record.intercept != NULL && entry.record.intercept[0] != '\0')
		return error_set(e, ENOTSUP,
		    "a container with an interception layer cannot be "
		    "checkpointed");
	TRY(store_config_read(entry.dir, &spec, e));
	AUTO_FD int cgroup = group_open(&entry.record, e);
	if (e->code != 0)
		return -e->code;
	int failed = look_and_dump(&entry, images, spec, cgroup, e);
	/* criu may have ended with the container stopped. */
	if (cgroup >= 0 && status != CONTAINER_PAUSED &&
	    cgroup_is_frozen(cgroup) &&
	    cgroup_freeze(cgroup, false, failed < 0 ? &ignored : e) < 0 &&
	    failed == 0)
		return error_wrap(e, "let it go on");
	if (failed < 0 || images->pre_dump || images->leave_running)
		return failed;
	return making_destroy(&entry, spec, warn, context, e);
}
