/* SPDX-License-Identifier: Apache-2.0 */
/*
 * prepare - all of create that happens before there is a process.
 *
 * What can be refused is refused here, before anything is touched: read,
 * parse, validate, compile, open. Then the container's directory is claimed.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "landlock/landlock.h"
#include "lsm/lsm.h"
#include "making.h"
#include "os/os.h"

static int
read_config(int fd, char **out, size_t *length, struct error *e)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_sys(e, "fstat");
	if (!S_ISREG(st.st_mode))
		return error_set(e, EINVAL, "not a regular file");
	if (st.st_size > LIMIT_JSON_BYTES)
		return error_set(e, EFBIG, "larger than %u bytes",
		    LIMIT_JSON_BYTES);

	AUTO_FREE char *text = malloc((size_t)st.st_size + 1);
	if (text == NULL)
		return error_sys(e, "memory");
	size_t used = 0;
	while (used < (size_t)st.st_size) {
		ssize_t got = read(fd, text + used, (size_t)st.st_size - used);
		if (got < 0)
			return error_sys(e, "read");
		if (got == 0)
			break;
		used += (size_t)got;
	}
	text[used] = '\0';
	*out = take(&text);
	*length = used;
	return 0;
}

int
container_read_config(const char *bundle, const char *config, char **out,
    size_t *length, struct error *e)
{
	const char *file = config != NULL ? config : "config.json";

	AUTO_FD int dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return error_sys(e, "bundle %s", bundle);
	AUTO_FD int fd = openat(dir, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return error_set(e, ENOENT,
		    "JSON specification file %s not found", file);
	if (fd < 0)
		return error_sys(e, "%s", file);
	if (read_config(fd, out, length, e) < 0)
		return error_wrap(e, "%s", file);
	return 0;
}

/* One that was made in memory. */
static int
copy_text(struct making *making, struct error *e)
{
	const struct container_create *request = making->request;

	making->json = strndup(request->text, request->text_length);
	if (making->json == NULL)
		return error_sys(e, "memory");
	making->json_length = request->text_length;
	return 0;
}

static int
load_config(struct making *making, struct error *e)
{
	const char *name = making->request->config;
	const char *file = name != NULL ? name : "config.json";

	TRY(making->request->text != NULL
		? copy_text(making, e)
		: container_read_config(making->bundle, name, &making->json,
		      &making->json_length, e));
	if (spec_parse(making->json, making->json_length, making->request->note,
		making->request->note_context, &making->spec, e) < 0 ||
	    spec_validate(making->spec, e) < 0)
		return error_wrap(e, "%s", file);
	if (making->spec->process == NULL)
		return error_set(e, EINVAL, "%s: process is required", file);
	if (making->request->args.count > 0)
		making->spec->process->args = making->request->args;
	return 0;
}

int
making_check_console(bool terminal, const char *socket, bool is_ours_to_relay,
    struct error *e)
{
	if (is_ours_to_relay && socket == NULL)
		return 0;
	if (terminal && socket == NULL)
		return error_set(e, EINVAL,
		    "cannot allocate tty if lorica will "
		    "detach without setting console socket");
	if (!terminal && socket != NULL)
		return error_set(e, EINVAL,
		    "cannot use console socket if "
		    "lorica will not detach or allocate tty");
	return 0;
}

/* What start and delete will have to read: init has the rest by then. */
static bool
is_config_done(const struct spec *spec)
{
	const struct spec_seccomp *seccomp = spec->lnx.seccomp;

	return spec->hooks[SPEC_HOOK_POSTSTART].count == 0 &&
	       spec->hooks[SPEC_HOOK_POSTSTOP].count == 0 &&
	       (seccomp == NULL || seccomp->listener_path == NULL);
}

static int
fill_record(struct making *making, struct error *e)
{
	struct container_record *record = &making->record;
	const char *path = making->spec->root->path;
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	record->created_ns =
	    (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	record->uid = geteuid();
	record->cgroups = making->request->cgroups;
	record->is_config_done = is_config_done(making->spec);
	record->no_new_keyring = making->request->no_new_keyring;
	record->id = strdup(making->request->id);
	record->bundle = strdup(making->bundle);
	record->oci_version = strdup(making->spec->oci_version);
	if (asprintf(&record->rootfs, "%s%s%s",
		path[0] == '/' ? "" : making->bundle, path[0] == '/' ? "" : "/",
		path) < 0)
		record->rootfs = NULL;
	/* Borrowed from the configuration, which lives as long. */
	record->annotations = making->spec->annotations;
	if (record->id == NULL || record->bundle == NULL ||
	    record->oci_version == NULL || record->rootfs == NULL)
		return error_errno(e, ENOMEM, "record");
	return 0;
}

/*
 * start connects here. The directory is ours alone, so its path is bound
 * through our own descriptor: sun_path holds 107 bytes, ROOT may be longer.
 */
/* Room for the states that hooks in the container get; the pid is not known. */
static int
share(struct making *making, struct error *e)
{
	AUTO_FREE char *sample =
	    store_oci_state(&making->record, CONTAINER_CREATING);
	if (sample == NULL)
		return error_errno(e, ENOMEM, "state");

	size_t room = strlen(sample) + 64;
	making->shared_size = sizeof(struct init_shared) + 2 * room;
	void *mapping = mmap(NULL, making->shared_size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mapping == MAP_FAILED)
		return error_sys(e, "mmap");
	making->shared = mapping;
	making->shared->creating = (char *)(making->shared + 1);
	making->shared->created = making->shared->creating + room;
	return 0;
}

/* The oldest that has all that is used without asking for it first. */
static int
check_kernel(struct error *e)
{
	struct utsname name;

	if (uname(&name) < 0)
		return error_sys(e, "uname");
	if (!os_release_is_at_least(name.release, 5, 15))
		return error_set(e, ENOSYS,
		    "Linux 5.15 or later is needed; this is %s", name.release);
	return 0;
}

int
making_check_groups(const struct spec *spec, int proc, struct error *e)
{
	if (!spec_keeps_groups(spec) || geteuid() != 0 ||
	    !os_is_first_user_namespace(proc))
		return 0;
	return error_set(e, EPERM,
	    "annotations: run.oci.keep_original_groups is for ordinary users");
}

static int
prepare_filter(struct making *making, struct error *e)
{
	const struct container_create *request = making->request;

	making->watched.watch = request->watch;
	making->watched.has_layer = making->intercept.is_on;
	making->watched.profile = request->seccomp != NULL
				      ? request->seccomp
				      : making->spec->lnx.seccomp;
	return watched_prepare(&making->watched, making->root, &making->filter,
	    e);
}

static int
prepare_mechanisms(struct making *making, struct error *e)
{
	bool less = false;
	struct rootfs_request rootfs = {
		.spec = making->spec,
		.bundle = making->bundle,
		.no_pivot = making->request->no_pivot,
		.userns_open = ns_userns_open,
	};

	TRY(lsm_check(making->spec, e));
	TRY(landlock_check(making->spec->process, &less, e));
	if (less && making->request->note != NULL)
		making->request->note(making->request->note_context,
		    "the kernel's Landlock has not all that is asked for");
	TRY(ns_prepare(making->spec, &making->ns, e));
	TRY(making_check_groups(making->spec, making->ns.proc, e));
	rootfs.can_mknod = (making->ns.create & CLONE_NEWUSER) == 0 &&
			   making->ns.join[SPEC_NS_USER] < 0;
	TRY(rootfs_prepare(&rootfs, &making->rootfs, e));
	TRY(intercept_choose(making, e));
	TRY(prepare_filter(making, e));
	return intercept_prepare(making, e);
}

/* By which a process of init's own tells that the program was stopped. */
static int
open_job(struct making *making, struct error *e)
{
	uint32_t seconds;
	int pair[2];

	if (!making->is_ours_to_relay || !spec_has_init(making->spec, &seconds))
		return 0;
	if (pipe2(pair, O_CLOEXEC) < 0)
		return error_sys(e, "pipe");
	making->job = pair[0];
	making->job_end = pair[1];
	return 0;
}

static int
claim(struct making *making, struct error *e)
{
	int pair[2];

	making->dir = store_claim(making->root, making->request->id, e);
	if (making->dir < 0)
		return making->dir;
	TRY(notify_make(making, e));
	TRY(making_group_create(making, e));
	TRY(making_rdt_create(making, e));
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return error_sys(e, "socketpair");
	making->sync = pair[0];
	making->init_sync = pair[1];
	TRY(open_job(making, e));
	return intercept_open(making, e);
}

int
making_prepare(struct making *making, const char *root, struct error *e)
{
	timeline_mark(&making->timeline, "read the configuration");
	TRY(check_kernel(e));
	TRY(store_id_check(making->request->id, e));
	making->bundle = realpath(making->request->bundle, NULL);
	if (making->bundle == NULL)
		return error_sys(e, "bundle %s", making->request->bundle);
	TRY(load_config(making, e));
	TRY(making_check_console(making->spec->process->terminal,
	    making->request->console_socket, making->is_ours_to_relay, e));
	TRY(fill_record(making, e));
	making->root = store_open_root(root, true, e);
	if (making->root < 0)
		return making->root;
	TRY(notify_prepare(making, e));
	/* With all that is added to the program's own. */
	TRY(init_environment_prepare(making->spec, making->request->listen_fds,
	    &making->env, e));
	timeline_mark(&making->timeline, "prepare what it asks for");
	TRY(prepare_mechanisms(making, e));
	TRY(making_group_prepare(making, e));
	TRY(making_rdt_prepare(making, e));
	timeline_mark(&making->timeline, "claim the state and the cgroup");
	TRY(share(making, e));
	TRY(claim(making, e));
	if (!making->is_ours_to_relay && !making->request->detach)
		making->start = store_listen(making->dir, "start.sock", 1, e);
	return e->code != 0 ? -e->code : 0;
}
