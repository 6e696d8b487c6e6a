/* SPDX-License-Identifier: Apache-2.0 */
/*
 * config - config.json for a tree that the helper has made.
 *
 * The tree and the image's configuration are hostile: the first is looked into
 * below its own descriptor, the second is read by image_parse_config().
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "call.h"
#include "image/image.h"
#include "os/os.h"
#include "unpack/unpack.h"

/*
 * A file of the tree, or -1. To open what may be a device does things already:
 * it is looked at first, by a descriptor that does not open it.
 */
static int
open_of_tree(int dir, const char *path)
{
	struct stat status;
	char self[64];
	AUTO_FD int root = os_openat2(dir, UNPACK_ROOT_NAME,
	    O_PATH | O_DIRECTORY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
	AUTO_FD int place = root < 0
				? -1
				: os_openat2(root, path, O_PATH, 0,
				      RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS |
					  RESOLVE_NO_XDEV);

	if (place < 0 || fstat(place, &status) < 0 || !S_ISREG(status.st_mode))
		return -1;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", place);
	return open(self, O_RDONLY | O_CLOEXEC | O_NOCTTY);
}

/* "" when there is none that can be read. */
static int
read_of_tree(int dir, const char *path, char **out, struct error *e)
{
	AUTO_FD int fd = open_of_tree(dir, path);
	size_t length;

	if (fd < 0) {
		*out = calloc(1, 1);
		return *out == NULL ? error_sys(e, "memory") : 0;
	}
	if (unpack_read(fd, LIMIT_PASSWD_BYTES, out, &length, e) < 0)
		return error_wrap(e, "the image's /%s", path);
	return 0;
}

static int
find_user(int dir, const char *name, struct image_user *out, struct error *e)
{
	AUTO_FREE char *passwd = NULL;
	AUTO_FREE char *group = NULL;

	TRY(read_of_tree(dir, "etc/passwd", &passwd, e));
	TRY(read_of_tree(dir, "etc/group", &group, e));
	return image_user_find(name, passwd, group, out, e);
}

static int
write_file(int dir, const struct image_bundle *bundle, size_t *left_out,
    struct error *e)
{
	AUTO_FD int fd = openat(dir, "config.json",
	    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");

	if (out == NULL)
		return error_sys(e, "config.json");
	(void)take_fd(&fd); /* it is the stream's now */
	int failed = image_print_config(out, bundle, left_out, e);
	if (fclose(out) != 0 && failed == 0)
		return error_sys(e, "write config.json");
	return failed;
}

int
unpack_write_config(int dir, int document, const struct unpack_ids *ids,
    bool is_single, struct unpack_result *result, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO(image_user_free) struct image_user user = { 0 };
	AUTO_FREE char *text = NULL;
	struct image_config config;
	size_t length;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(unpack_read(document, LIMIT_JSON_BYTES, &text, &length, e));
	if (image_parse_config(arena, text, length, &config, e) < 0)
		return error_wrap(e, "the image's configuration");
	TRY(find_user(dir, config.user != NULL ? config.user : "", &user, e));
	/* There is nobody else in a container of one id. */
	if (is_single && ids->userns >= 0) {
		result->user = user.uid;
		image_user_free(&user);
	}
	const struct image_bundle bundle = {
		.config = &config,
		.user = &user,
		.rootless = ids->userns >= 0,
		.uids = &ids->uids,
		.gids = &ids->gids,
		.uid = geteuid(),
		.gid = getegid(),
	};
	return write_file(dir, &bundle, &result->labels, e);
}
