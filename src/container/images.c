/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "images.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"

/* As runc has them. */
#define DEFAULT_PATH "checkpoint"
#define DESCRIPTORS  "descriptors.json"

static int
open_directory(const char *path, bool make, const char *option, struct error *e)
{
	if (make && mkdir(path, 0700) < 0 && errno != EEXIST)
		return error_sys(e, "%s %s", option, path);
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? error_sys(e, "%s %s", option, path) : fd;
}

/* criu makes a link of it, and does not care when that leads nowhere. */
static int
check_parent(int dir, const char *path, struct error *e)
{
	struct stat st;

	if (path == NULL)
		return 0;
	if (path[0] == '/')
		return error_set(e, EINVAL,
		    "--parent-path %s: it is looked for from --image-path, so "
		    "it must be relative",
		    path);
	if (fstatat(dir, path, &st, 0) < 0)
		return error_sys(e, "--parent-path %s", path);
	return S_ISDIR(st.st_mode)
		   ? 0
		   : error_errno(e, ENOTDIR, "--parent-path %s", path);
}

int
images_open(const struct container_images *request, bool make,
    struct images *out, struct error *e)
{
	const char *path =
	    request->image_path != NULL ? request->image_path : DEFAULT_PATH;
	AUTO_FD int dir = open_directory(path, make, "--image-path", e);

	if (dir < 0)
		return dir;
	TRY(check_parent(dir, request->parent_path, e));
	int work =
	    request->work_path == NULL
		? fcntl(dir, F_DUPFD_CLOEXEC, 0)
		: open_directory(request->work_path, true, "--work-path", e);
	if (work < 0)
		return e->code != 0 ? -e->code : error_sys(e, "dup");
	*out = (struct images){ take_fd(&dir), work };
	return 0;
}

void
images_close(struct images *images)
{
	auto_close(&images->dir);
	auto_close(&images->work);
	*images = (struct images)IMAGES_NONE;
}

/* ---- descriptors.json ------------------------------------------------------
 */

/* "pipe:[1]", "file[1a:2b]", "tty[1:2]". */
bool
images_is_key(const char *key)
{
	static const struct {
		const char *begin;
		const char *middle;
	} kinds[] = {
		{ "pipe:[", "0123456789" },
		{ "file[", "0123456789abcdef:" },
		{ "tty[", "0123456789abcdef:" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t length = strlen(kinds[i].begin);

		if (strncmp(key, kinds[i].begin, length) != 0)
			continue;
		size_t inside = strspn(key + length, kinds[i].middle);
		return inside > 0 && strcmp(key + length + inside, "]") == 0;
	}
	return false;
}

int
images_write_stdio(int dir, const struct images_stdio *stdio, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	for (size_t i = 0; i < ARRAY_SIZE(stdio->keys); i++) {
		fputc(i == 0 ? '[' : ',', out);
		json_put_string(out, stdio->keys[i]);
	}
	fputs("]\n", out);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	return store_file_write(dir, DESCRIPTORS, text, length, e);
}

static void
take_keys(const struct json *list, struct images_stdio *out)
{
	const struct json *at = list->kind == JSON_ARRAY ? list->first : NULL;

	for (size_t i = 0; at != NULL && i < ARRAY_SIZE(out->keys);
	     at = at->next, i++) {
		if (at->kind == JSON_STRING && images_is_key(at->text) &&
		    strlen(at->text) < IMAGES_KEY_MAX)
			(void)snprintf(out->keys[i], IMAGES_KEY_MAX, "%s",
			    at->text);
	}
}

int
images_read_stdio(int dir, struct images_stdio *out, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *text = NULL;
	struct error absent = { 0 };
	const struct json *list;
	size_t length;

	*out = (struct images_stdio){ 0 };
	if (arena == NULL)
		return error_sys(e, "memory");
	if (store_file_read(dir, DESCRIPTORS, &text, &length, &absent) < 0) {
		if (absent.code == ENOENT)
			return 0;
		*e = absent;
		return -e->code;
	}
	if (json_parse(arena, text, length, &list, e) < 0)
		return error_wrap(e, DESCRIPTORS);
	take_keys(list, out);
	return 0;
}
