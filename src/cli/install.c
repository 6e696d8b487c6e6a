/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "install.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/json.h"
#include "cli.h"

/* ---- files --------------------------------------------------------------- */

/* Whole or not at all: a part would be a profile too. like: NULL, or whose mode
 * and owner the file gets. */
static int
write_file(const char *path, const char *text, size_t length,
    const struct stat *like, struct error *e)
{
	char temporary[PATH_MAX];

	if (snprintf(temporary, sizeof(temporary), "%s.%d", path,
		(int)getpid()) >= (int)sizeof(temporary))
		return error_errno(e, ENAMETOOLONG, "%s", path);
	AUTO_FD int fd = open(temporary,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, like != NULL ? 0 : 0666);
	if (fd < 0)
		return error_sys(e, "%s", path);
	/* The owner first: to change it takes bits of the mode away. */
	bool is_alike =
	    like == NULL || (fchown(fd, like->st_uid, like->st_gid) == 0 &&
				fchmod(fd, like->st_mode & 07777) == 0);
	if (is_alike && write(fd, text, length) == (ssize_t)length &&
	    rename(temporary, path) == 0)
		return 0;
	error_sys(e, "%s", path);
	unlink(temporary);
	return -e->code;
}

int
cli_write_profile(const char *path, const struct spec_seccomp *profile,
    struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (out == NULL)
		return error_sys(e, "memory");
	spec_print_profile(out, profile, 0);
	fputc('\n', out);
	if (fclose(out) != 0)
		return error_sys(e, "memory");
	return write_file(path, text, length, NULL, e);
}

/* ---- the configuration --------------------------------------------------- */

struct writer {
	FILE *out;
	const struct spec_seccomp *profile;
};

static void
new_line(const struct writer *writer, int depth)
{
	fprintf(writer->out, "\n%.*s", depth,
	    "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t"
	    "\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t\t");
}

static void
put_name(const struct writer *writer, const char *name)
{
	json_put_string(writer->out, name);
	fputs(": ", writer->out);
}

/* The value of linux.seccomp, if object is linux or has none. */
static void
put_profile(const struct writer *writer, const struct json *object, int depth)
{
	bool is_root = object->parent == NULL;

	if (is_root) {
		put_name(writer, "linux");
		fputc('{', writer->out);
		new_line(writer, ++depth);
	}
	put_name(writer, "seccomp");
	spec_print_profile(writer->out, writer->profile, depth);
	if (is_root) {
		new_line(writer, depth - 1);
		fputc('}', writer->out);
	}
}

static bool
is_member(const struct json *value, const char *object, const char *name)
{
	return value->parent->name != NULL && value->parent->parent != NULL &&
	       value->parent->parent->parent == NULL &&
	       strcmp(value->parent->name, object) == 0 &&
	       strcmp(value->name, name) == 0;
}

/* What the profile takes the place of. */
static bool
is_replaced(const struct json *member)
{
	if (member->parent->parent == NULL)
		return strcmp(member->name, "linux") == 0 &&
		       member->kind == JSON_NULL;
	return is_member(member, "linux", "seccomp") ||
	       is_member(member, "annotations", SPEC_PROFILE_ANNOTATION);
}

/* The object that the profile is added to: linux, or one without it. */
static bool
gets_profile(const struct json *object)
{
	if (object->parent == NULL)
		return json_find(object, "linux") == NULL;
	return object->parent->parent == NULL && object->name != NULL &&
	       strcmp(object->name, "linux") == 0;
}

static void
put_value(const struct writer *writer, const struct json *value, int depth);

static void
put_list(const struct writer *writer, const struct json *list, int depth)
{
	fputc('[', writer->out);
	for (const struct json *at = list->first; at != NULL; at = at->next) {
		new_line(writer, depth + 1);
		put_value(writer, at, depth + 1);
		if (at->next != NULL)
			fputc(',', writer->out);
	}
	if (list->first != NULL)
		new_line(writer, depth);
	fputc(']', writer->out);
}

static void
put_object(const struct writer *writer, const struct json *object, int depth)
{
	const char *separator = "";

	fputc('{', writer->out);
	for (const struct json *at = object->first; at != NULL; at = at->next) {
		if (is_replaced(at))
			continue;
		fputs(separator, writer->out);
		separator = ",";
		new_line(writer, depth + 1);
		put_name(writer, at->name);
		put_value(writer, at, depth + 1);
	}
	if (gets_profile(object)) {
		fputs(separator, writer->out);
		separator = ",";
		new_line(writer, depth + 1);
		put_profile(writer, object, depth + 1);
	}
	if (separator[0] != '\0')
		new_line(writer, depth);
	fputc('}', writer->out);
}

static void
put_value(const struct writer *writer, const struct json *value, int depth)
{
	if (value->kind == JSON_OBJECT)
		put_object(writer, value, depth);
	else if (value->kind == JSON_ARRAY)
		put_list(writer, value, depth);
	else
		json_put(writer->out, value);
}

/* The whole configuration, in *text, which the caller frees. */
static int
write_text(const char *path, const struct spec_seccomp *profile, char **text,
    size_t *length, struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO_FREE char *read = NULL;
	const struct json *root = NULL;
	size_t size = 0;

	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(cli_read_document("--install", path, &read, &size, e));
	if (json_parse(arena, read, size, &root, e) < 0)
		return error_wrap(e, "--install %s", path);
	FILE *out = open_memstream(text, length);
	if (out == NULL)
		return error_sys(e, "memory");
	put_value(&(struct writer){ out, profile }, root, 0);
	fputc('\n', out);
	return fclose(out) == 0 ? 0 : error_sys(e, "memory");
}

int
cli_install_profile(const char *path, const struct spec_seccomp *profile,
    struct error *e)
{
	/* The file itself, where the name is a link to it. */
	AUTO_FREE char *real = realpath(path, NULL);
	AUTO_FREE char *text = NULL;
	size_t length = 0;
	struct stat st;

	if (real == NULL || stat(real, &st) < 0)
		return error_sys(e, "--install %s", path);
	TRY(write_text(real, profile, &text, &length, e));
	if (write_file(real, text, length, &st, e) < 0)
		return error_wrap(e, "--install");
	return 0;
}
