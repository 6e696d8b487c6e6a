/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack - a bundle is made beside its place, under another name, and moved
 * there when it is whole.
 */
#define _GNU_SOURCE
#include "unpack/unpack.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "call.h"
#include "image/image.h"
#include "os/os.h"

/* A directory may be there, that has nothing in it. */
static int
check_free(const struct unpack_place *place, struct error *e)
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
	struct unpack_place place;
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
	making->root = make_dir(making->dir, UNPACK_ROOT_NAME, 0755, e);
	if (making->root < 0)
		return making->root;
	making->trash = make_dir(making->dir, UNPACK_TRASH_NAME, 0700, e);
	return making->trash < 0 ? making->trash : 0;
}

/* Nothing has been unpacked: what there is is ours, and empty. */
static bool
is_undone(const struct making *making)
{
	/* What is left has a root, by which unpack_remove() knows it. */
	if (unlinkat(making->dir, UNPACK_TRASH_NAME, AT_REMOVEDIR) < 0 &&
	    errno != ENOENT)
		return false;
	if (unlinkat(making->dir, UNPACK_ROOT_NAME, AT_REMOVEDIR) == 0)
		(void)unlinkat(making->dir, "config.json", 0);
	return unlinkat(making->place.parent, making->name, AT_REMOVEDIR) == 0;
}

/*
 * What there is so far goes, whoever it belongs to in there. What cannot go is
 * named: unpack_remove() takes it.
 */
static int
undo(const struct making *making, struct error *e)
{
	struct error ignored = { 0 };
	int code = e->code;
	char cause[1024]; /* the name has to be seen */

	if (making->name[0] == '\0' || is_undone(making) ||
	    (unpack_empty(making->dir, making->ids.userns, true, &ignored) ==
		    0 &&
		is_undone(making)))
		return -e->code;
	error_format(e, cause, sizeof(cause));
	*e = (struct error){ 0 };
	return error_set(e, code, "%s; %s is left behind", cause, making->name);
}

static void
making_close(struct making *making)
{
	auto_close(&making->dir);
	auto_close(&making->root);
	auto_close(&making->trash);
	auto_close(&making->spool);
	auto_close(&making->document);
	auto_close(&making->source);
	unpack_ids_close(&making->ids);
	unpack_place_close(&making->place);
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
	TRY(unpack_place_open(bundle, &making->place, e));
	TRY(check_free(&making->place, e));
	TRY(unpack_ids_open(request->rootless, &making->ids, e));
	TRY(make_place(making, e));
	making->spool = unpack_open_spool(making->dir, "spool", e);
	if (making->spool < 0)
		return making->spool;
	making->document = unpack_open_document(e);
	return making->document < 0 ? making->document : 0;
}

static int
finish(struct making *making, struct error *e)
{
	if (unlinkat(making->dir, UNPACK_TRASH_NAME, AT_REMOVEDIR) < 0)
		return error_sys(e, "remove what was in between");
	if (renameat(making->place.parent, making->name, making->place.parent,
		making->place.base) < 0)
		return error_sys(e, "give the bundle its name");
	making->name[0] = '\0';
	return 0;
}

static int
make_bundle(const struct unpack_request *request, const char *bundle,
    struct making *making, struct unpack_result *result, struct error *e)
{
	struct unpack_call call = UNPACK_CALL_NONE;
	struct unpack_answer answer;

	call.message.verb = UNPACK_LAYERS;
	call.message.limit_bytes = request->limit_bytes;
	call.message.limit_files = request->limit_files;
	call.message.is_single_id = request->rootless;
	TRY(open_all(request, bundle, making, &call, e));
	call.fds[UNPACK_FD(SOURCE)] = making->source;
	call.fds[UNPACK_FD(DOCUMENT)] = making->document;
	call.fds[UNPACK_FD(SPOOL)] = making->spool;
	call.fds[UNPACK_FD(ROOT)] = making->root;
	call.fds[UNPACK_FD(TRASH)] = making->trash;
	call.userns = making->ids.userns;
	TRY(unpack_call(&call, &answer, e));
	result->devices = answer.devices;
	result->attributes = answer.attributes;
	TRY(unpack_write_config(making->dir, making->document, &making->ids,
	    answer.single_id != 0, result, e));
	return finish(making, e);
}

int
unpack_bundle(const struct unpack_request *request, const char *bundle,
    struct unpack_result *result, struct error *e)
{
	AUTO(making_close)
	struct making making = { .place = { .parent = -1 },
		.dir = -1,
		.root = -1,
		.trash = -1,
		.spool = -1,
		.document = -1,
		.source = -1,
		.ids = UNPACK_IDS_NONE };
	sigset_t before;

	*result = (struct unpack_result){ 0 };
	unpack_hold_signals(&before);
	int failed = make_bundle(request, bundle, &making, result, e);
	if (failed < 0)
		failed = undo(&making, e);
	unpack_release_signals(&before);
	return failed;
}
