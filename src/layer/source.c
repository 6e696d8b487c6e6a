/* SPDX-License-Identifier: Apache-2.0 */
/*
 * source - a directory or an archive as names and what lies behind them.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "base/sha256.h"
#include "layer.h"
#include "os/os.h"

int
layer_source_open(int fd, int spool, uint64_t limit, struct layer_source *out,
    struct error *e)
{
	AUTO(layer_source_close) struct layer_source source = { .fd = fd };
	struct stat status;

	if (fstat(fd, &status) < 0)
		return error_sys(e, "fstat");
	source.is_directory = S_ISDIR(status.st_mode);
	if (!source.is_directory)
		TRY(layer_archive_open(&source, spool, limit, &status, e));
	*out = take(&source);
	return 0;
}

void
layer_source_close(struct layer_source *source)
{
	for (size_t i = 0; i < source->count; i++) {
		free(source->members[i].name);
		free(source->members[i].link);
	}
	free(source->members);
	*source = (struct layer_source){ .fd = -1 };
}

/* ---- files ----------------------------------------------------------------
 */

static int
find_file(int dir, const char *path, struct layer_blob *out, struct error *e)
{
	struct stat status;
	AUTO_FD int fd = os_openat2(dir, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
	    0, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS);

	if (fd < 0)
		return errno == ENOENT ? 0 : error_sys(e, "open %s", path);
	if (fstat(fd, &status) < 0)
		return error_sys(e, "fstat");
	if (!S_ISREG(status.st_mode))
		return error_set(e, EINVAL, "%s is not a file", path);
	*out = (struct layer_blob){ .fd = take_fd(&fd),
		.owns = true,
		.size = (uint64_t)status.st_size };
	return 1;
}

/* The last one of a name counts, as for tar(1): they are sorted. */
static const struct layer_member *
last_of_name(const struct layer_source *source, const char *name)
{
	size_t from = 0, to = source->count;

	/* The first that is behind the name. */
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(source->members[middle].name, name) <= 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from > 0 && strcmp(source->members[from - 1].name, name) == 0
		   ? &source->members[from - 1]
		   : NULL;
}

/* The name that a link in an archive has; false when it leads out of it. */
static bool
follow(const char *name, const char *link, char *out, size_t size)
{
	const char *slash = strrchr(name, '/');
	size_t used = slash != NULL ? (size_t)(slash - name) : 0;

	for (; strncmp(link, "../", 3) == 0; link += 3) {
		if (used == 0)
			return false;
		while (used > 0 && name[--used] != '/')
			;
	}
	int length = snprintf(out, size, "%.*s%s%s", (int)used, name,
	    used > 0 ? "/" : "", link);
	return link[0] != '/' && length >= 0 && (size_t)length < size;
}

static int
find_member(const struct layer_source *source, const char *path,
    struct layer_blob *out, struct error *e)
{
	char name[PATH_MAX];

	if (strlen(path) >= sizeof(name))
		return error_set(e, ENAMETOOLONG, "%.64s", path);
	memcpy(name, path, strlen(path) + 1);
	for (unsigned links = 0; links < LIMIT_IMAGE_NESTED; links++) {
		const struct layer_member *found = last_of_name(source, name);

		if (found == NULL)
			return 0;
		if (found->link == NULL) {
			*out = (struct layer_blob){ .fd = source->fd,
				.at = found->at,
				.size = found->size };
			return 1;
		}
		char next[PATH_MAX];
		if (!follow(name, found->link, next, sizeof(next)))
			return error_set(e, EINVAL,
			    "%s is a link out of the archive", path);
		memcpy(name, next, sizeof(name));
	}
	return error_set(e, ELOOP, "%s", path);
}

int
layer_source_find(const struct layer_source *source, const char *path,
    struct layer_blob *out, struct error *e)
{
	return source->is_directory ? find_file(source->fd, path, out, e)
				    : find_member(source, path, out, e);
}

void
layer_blob_close(struct layer_blob *blob)
{
	if (blob->owns)
		auto_close(&blob->fd);
	*blob = (struct layer_blob)LAYER_BLOB_NONE;
}

static int
read_at(const struct layer_blob *blob, uint64_t done, char *out, size_t size,
    struct error *e)
{
	uint64_t left = blob->size - done;
	ssize_t got = pread(blob->fd, out, left < size ? (size_t)left : size,
	    (off_t)(blob->at + done));

	if (got < 0)
		return error_sys(e, "read");
	return got > 0 ? (int)got : error_set(e, EIO, "it is cut short");
}

int
layer_source_take_text(struct layer_source *source, uint64_t size,
    struct error *e)
{
	source->text += size;
	return source->text <= LIMIT_IMAGE_TEXT
		   ? 0
		   : error_set(e, EFBIG,
			 "more than %u bytes of documents and names",
			 LIMIT_IMAGE_TEXT);
}

int
layer_blob_read(const struct layer_blob *blob, struct json_arena *arena,
    char **out, struct error *e)
{
	if (blob->size > LIMIT_JSON_BYTES)
		return error_set(e, EFBIG, "larger than %u bytes",
		    LIMIT_JSON_BYTES);
	char *text = json_alloc(arena, (size_t)blob->size + 1);
	if (text == NULL)
		return error_sys(e, "memory");
	for (uint64_t done = 0; done < blob->size;) {
		int got = read_at(blob, done, text + done, LIMIT_JSON_BYTES, e);

		if (got < 0)
			return got;
		done += (uint64_t)got;
	}
	*out = text;
	return 0;
}

int
layer_blob_check(const struct layer_blob *blob, const char *digest,
    struct error *e)
{
	unsigned char hash[SHA256_BYTES];
	char text[IMAGE_DIGEST_BYTES], buffer[64 << 10];
	struct sha256 state;

	sha256_begin(&state);
	for (uint64_t done = 0; done < blob->size;) {
		int got = read_at(blob, done, buffer, sizeof(buffer), e);

		if (got < 0)
			return got;
		sha256_add(&state, buffer, (size_t)got);
		done += (uint64_t)got;
	}
	sha256_end(&state, hash);
	image_digest_text(hash, text);
	return strcmp(text, digest) == 0
		   ? 0
		   : error_set(e, EBADMSG, "its SHA-256 is %s", text);
}
