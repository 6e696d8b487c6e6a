/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack - a bundle is made beside its place, under another name, and moved
 * there when it is whole.
 */
#define _GNU_SOURCE
#include "unpack/unpack.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "base/limits.h"
#include "call.h"
#include "image/image.h"
#include "os/os.h"

#define FD(name) (UNPACK_FD_##name - UNPACK_FD_SOURCE)

static const struct unpack_call no_call = {
	.message = { .limit_bytes = UNPACK_LIMIT_BYTES,
	    .limit_files = UNPACK_LIMIT_FILES },
	.fds = { -1, -1, -1, -1, -1 },
	.userns = -1,
};

/* ---- places ---------------------------------------------------------------
 */

/* A directory's name and the directory that it is in. */
struct place {
	int parent;
	char base[NAME_MAX + 1];
};

static void
place_close(struct place *place)
{
	auto_close(&place->parent);
	place->parent = -1;
}

static int
place_open(const char *path, struct place *out, struct error *e)
{
	char copy[PATH_MAX];
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		length--;
	if (length >= sizeof(copy))
		return error_set(e, ENAMETOOLONG, "the name of the bundle");
	memcpy(copy, path, length);
	copy[length] = '\0';
	char *slash = strrchr(copy, '/');
	const char *base = slash != NULL ? slash + 1 : copy;
	if (base[0] == '\0' || strcmp(base, ".") == 0 ||
	    strcmp(base, "..") == 0 || strlen(base) > NAME_MAX)
		return error_set(e, EINVAL,
		    "%s: give the bundle a name of its own", path);
	memcpy(out->base, base, strlen(base) + 1);
	if (slash != NULL)
		slash[slash == copy] = '\0';
	out->parent =
	    open(slash != NULL ? copy : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return out->parent < 0 ? error_sys(e, "%s", path) : 0;
}

/* A directory may be there, that has nothing in it. */
static int
check_free(const struct place *place, struct error *e)
{
	int fd = openat(place->parent, place->base,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	unsigned names = 0;

	if (dir == NULL)
		return errno == ENOENT ? 0 : error_sys(e, "%s", place->base);
	while (readdir(dir) != NULL)
		names++;
	closedir(dir);
	return names <= 2
		   ? 0
		   : error_set(e, EEXIST, "%s is there already, and not empty",
			 place->base);
}

/* ---- a bundle as it is made -----------------------------------------------
 */

struct making {
	struct place place;
	char name[64]; /* that it has until it is whole; "": none yet */
	int dir;
	int root;
	int trash;
	int spool;
	int document;
	int source;
	struct unpack_ids ids;
};

/* A new directory in it, open. */
static int
make_dir(int dir, const char *name, mode_t mode, struct error *e)
{
	if (mkdirat(dir, name, mode) < 0)
		return error_sys(e, "make %s", name);
	AUTO_FD int fd =
	    os_openat2(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0,
		RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	/* Whatever the caller's umask is. */
	if (fd < 0 || fchmod(fd, mode) < 0)
		return error_sys(e, "open %s", name);
	return take_fd(&fd);
}

/*
 * Nobody but its owner gets in: what is set-user-id in there is for the
 * container, and not for other users of the machine.
 */
static int
make_place(struct making *making, struct error *e)
{
	unsigned long long number;

	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_sys(e, "getrandom");
	(void)snprintf(making->name, sizeof(making->name),
	    ".%.24s.lorica-%016llx", making->place.base, number);
	making->dir = make_dir(making->place.parent, making->name, 0700, e);
	if (making->dir < 0) {
		making->name[0] = '\0';
		return making->dir;
	}
	making->root = make_dir(making->dir, "rootfs", 0755, e);
	if (making->root < 0)
		return making->root;
	making->trash = make_dir(making->dir, "trash", 0700, e);
	return making->trash < 0 ? making->trash : 0;
}

/* A file without a name. */
static int
open_spool(int dir, const char *name, struct error *e)
{
	int fd = openat(dir, name,
	    O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || unlinkat(dir, name, 0) < 0)
		return error_sys(e, "make a file in between");
	return fd;
}

static int
open_document(struct error *e)
{
	int fd = memfd_create("document", MFD_CLOEXEC);

	return fd < 0 ? error_sys(e, "memfd_create") : fd;
}

/* What there is so far goes, whoever it belongs to in there. */
static void
making_undo(struct making *making)
{
	struct unpack_call call = no_call;
	struct unpack_answer answer;
	struct error ignored = { 0 };

	if (making->name[0] != '\0') {
		call.message.verb = UNPACK_EMPTY;
		call.fds[FD(ROOT)] = making->dir;
		call.userns = making->ids.userns;
		call.is_deaf = true;
		(void)!unpack_call(&call, &answer, &ignored);
		(void)unlinkat(making->place.parent, making->name,
		    AT_REMOVEDIR);
	}
	auto_close(&making->dir);
	auto_close(&making->root);
	auto_close(&making->trash);
	auto_close(&making->spool);
	auto_close(&making->document);
	auto_close(&making->source);
	unpack_ids_close(&making->ids);
	place_close(&making->place);
}

static int
check_platform(const char *word, struct unpack_message *message,
    struct error *e)
{
	struct image_platform platform = image_platform_own();
	char text[IMAGE_PLATFORM_BYTES];

	if (word != NULL && image_platform_parse(word, text, &platform, e) < 0)
		return error_wrap(e, "--platform");
	(void)snprintf(message->platform, sizeof(message->platform),
	    "%s/%s%s%s", platform.os, platform.architecture,
	    platform.variant != NULL ? "/" : "",
	    platform.variant != NULL ? platform.variant : "");
	return 0;
}

static int
open_all(const struct unpack_request *request, const char *bundle,
    struct making *making, struct unpack_call *call, struct error *e)
{
	TRY(check_platform(request->platform, &call->message, e));
	making->source = unpack_open_source(request->source, &call->message, e);
	if (making->source < 0)
		return making->source;
	TRY(place_open(bundle, &making->place, e));
	TRY(check_free(&making->place, e));
	TRY(unpack_ids_open(request->rootless, &making->ids, e));
	TRY(make_place(making, e));
	making->spool = open_spool(making->dir, "spool", e);
	if (making->spool < 0)
		return making->spool;
	making->document = open_document(e);
	return making->document < 0 ? making->document : 0;
}

static int
finish(struct making *making, struct error *e)
{
	if (unlinkat(making->dir, "trash", AT_REMOVEDIR) < 0)
		return error_sys(e, "remove what was in between");
	if (renameat(making->place.parent, making->name, making->place.parent,
		making->place.base) < 0)
		return error_sys(e, "give the bundle its name");
	making->name[0] = '\0';
	return 0;
}

static int
make_bundle(const struct unpack_request *request, const char *bundle,
    struct unpack_result *result, struct error *e)
{
	AUTO(making_undo)
	struct making making = { .place = { .parent = -1 },
		.dir = -1,
		.root = -1,
		.trash = -1,
		.spool = -1,
		.document = -1,
		.source = -1,
		.ids = UNPACK_IDS_NONE };
	struct unpack_call call = no_call;
	struct unpack_answer answer;

	call.message.verb = UNPACK_LAYERS;
	call.message.limit_bytes = request->limit_bytes;
	call.message.limit_files = request->limit_files;
	call.message.is_single_id = request->rootless;
	TRY(open_all(request, bundle, &making, &call, e));
	call.fds[FD(SOURCE)] = making.source;
	call.fds[FD(DOCUMENT)] = making.document;
	call.fds[FD(SPOOL)] = making.spool;
	call.fds[FD(ROOT)] = making.root;
	call.fds[FD(TRASH)] = making.trash;
	call.userns = making.ids.userns;
	TRY(unpack_call(&call, &answer, e));
	result->devices = answer.devices;
	result->attributes = answer.attributes;
	TRY(unpack_write_config(making.dir, making.document, &making.ids,
	    answer.single_id != 0, result, e));
	return finish(&making, e);
}

int
unpack_bundle(const struct unpack_request *request, const char *bundle,
    struct unpack_result *result, struct error *e)
{
	sigset_t before;

	*result = (struct unpack_result){ 0 };
	unpack_hold_signals(&before);
	int failed = make_bundle(request, bundle, result, e);
	unpack_release_signals(&before);
	return failed;
}

/* ---- list and remove ------------------------------------------------------
 */

/* Where programs put large files that are to go. */
static int
open_spool_anywhere(struct error *e)
{
	const char *named = secure_getenv("TMPDIR");
	AUTO_FD int dir = open(named != NULL ? named : "/var/tmp",
	    O_PATH | O_DIRECTORY | O_CLOEXEC);
	char name[64];
	unsigned long long number;

	if (dir < 0)
		return error_sys(e, "%s", named != NULL ? named : "/var/tmp");
	if (getrandom(&number, sizeof(number), 0) != sizeof(number))
		return error_sys(e, "getrandom");
	(void)snprintf(name, sizeof(name), "lorica-%016llx", number);
	return open_spool(dir, name, e);
}

static int
check_json(const char *text, size_t length, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	const struct json *root;

	return arena == NULL ? error_sys(e, "memory")
			     : json_parse(arena, text, length, &root, e);
}

int
unpack_list(const char *source, char **out, size_t *length, struct error *e)
{
	struct unpack_call call = no_call;
	struct unpack_answer answer;
	AUTO_FREE char *text = NULL;

	call.message.verb = UNPACK_LIST;
	call.is_deaf = true;
	AUTO_FD int fd = unpack_open_source(source, &call.message, e);
	if (fd < 0)
		return fd;
	AUTO_FD int spool = open_spool_anywhere(e);
	if (spool < 0)
		return spool;
	AUTO_FD int document = open_document(e);
	if (document < 0)
		return document;
	call.fds[FD(SOURCE)] = fd;
	call.fds[FD(SPOOL)] = spool;
	call.fds[FD(DOCUMENT)] = document;
	TRY(unpack_call(&call, &answer, e));
	TRY(unpack_read(document, LIMIT_JSON_BYTES, &text, length, e));
	TRY(check_json(text, *length, e));
	*out = take(&text);
	return 0;
}

static int
check_bundle(int dir, const char *name, struct error *e)
{
	struct stat config, root;

	if (fstatat(dir, "config.json", &config, AT_SYMLINK_NOFOLLOW) < 0 ||
	    fstatat(dir, "rootfs", &root, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(config.st_mode) || !S_ISDIR(root.st_mode))
		return error_set(e, EINVAL,
		    "%s is no bundle: it has no config.json and rootfs", name);
	return 0;
}

int
unpack_remove(const char *bundle, struct error *e)
{
	AUTO(place_close) struct place place = { .parent = -1 };
	AUTO(unpack_ids_close) struct unpack_ids ids = UNPACK_IDS_NONE;
	struct unpack_call call = no_call;
	struct unpack_answer answer;

	TRY(place_open(bundle, &place, e));
	AUTO_FD int dir = openat(place.parent, place.base,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return error_sys(e, "%s", bundle);
	TRY(check_bundle(dir, bundle, e));
	TRY(unpack_ids_open(false, &ids, e));
	call.message.verb = UNPACK_EMPTY;
	call.fds[FD(ROOT)] = dir;
	call.userns = ids.userns;
	call.is_deaf = true;
	TRY(unpack_call(&call, &answer, e));
	if (unlinkat(place.parent, place.base, AT_REMOVEDIR) < 0)
		return error_sys(e, "remove %s", bundle);
	return 0;
}
