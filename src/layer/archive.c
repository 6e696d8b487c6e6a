/* SPDX-License-Identifier: Apache-2.0 */
/*
 * archive - the members of an archive of an image, by their places in it.
 *
 * It is read through once; the bytes of its members are then read where they
 * lie. What cannot be read like that, because it is compressed or comes through
 * a pipe, is written to the spool first.
 */
#define _GNU_SOURCE
#include <archive.h>
#include <archive_entry.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "layer.h"

struct reader {
	struct archive *archive;
	int fd;
	la_int64_t at;
	char buffer[64 << 10];
};

static la_ssize_t
read_file(struct archive *archive, void *context, const void **out)
{
	struct reader *reader = context;
	ssize_t got = pread(reader->fd, reader->buffer, sizeof(reader->buffer),
	    reader->at);

	if (got < 0) {
		archive_set_error(archive, errno, "read");
		return -1;
	}
	reader->at += got;
	*out = reader->buffer;
	return got;
}

static la_int64_t
skip_file(struct archive *archive, void *context, la_int64_t length)
{
	struct reader *reader = context;

	(void)archive;
	reader->at += length;
	return length;
}

static void
reader_free(struct reader **reader)
{
	if (*reader == NULL)
		return;
	if ((*reader)->archive != NULL)
		(void)archive_read_free((*reader)->archive);
	free(take(reader));
}

static int
add_member(struct layer_source *source, struct archive *archive,
    struct archive_entry *entry, struct error *e)
{
	const char *name = archive_entry_pathname(entry);
	const char *link = archive_entry_symlink(entry);

	/* What is no file and no link is no part of an image. */
	if (name == NULL || archive_entry_hardlink(entry) != NULL ||
	    (link == NULL && archive_entry_filetype(entry) != AE_IFREG))
		return 0;
	/* Nobody can ask for it by such a name. */
	if (strlen(name) >= PATH_MAX ||
	    (link != NULL && strlen(link) >= PATH_MAX))
		return 0;
	if (source->count == LIMIT_IMAGE_FILES)
		return error_set(e, E2BIG, "more than %u files",
		    LIMIT_IMAGE_FILES);
	struct layer_member *members =
	    reallocarray(source->members, source->count + 1, sizeof(*members));
	if (members == NULL)
		return error_sys(e, "memory");
	source->members = members;
	TRY(layer_source_take_text(source,
	    strlen(name) + (link != NULL ? strlen(link) : 0), e));
	name += strncmp(name, "./", 2) == 0 ? 2 : 0;
	struct layer_member member = {
		.name = strdup(name),
		.link = link != NULL ? strdup(link) : NULL,
		.at = (uint64_t)archive_filter_bytes(archive, 0),
		.size = (uint64_t)archive_entry_size(entry),
	};
	members[source->count++] = member;
	return member.name == NULL || (link != NULL && member.link == NULL)
		   ? error_errno(e, ENOMEM, "memory")
		   : 0;
}

/* By name, and of one name by place. */
static int
compare(const void *a, const void *b)
{
	const struct layer_member *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static int
read_members(struct layer_source *source, struct error *e)
{
	AUTO(reader_free) struct reader *reader = calloc(1, sizeof(*reader));
	struct archive_entry *entry;
	int result;

	if (reader == NULL || (reader->archive = archive_read_new()) == NULL)
		return error_sys(e, "memory");
	reader->fd = source->fd;
	if (archive_read_support_format_tar(reader->archive) != ARCHIVE_OK ||
	    archive_read_open2(reader->archive, reader, NULL, read_file,
		skip_file, NULL) != ARCHIVE_OK)
		return error_set(e, EINVAL, "not an archive: %.256s",
		    archive_error_string(reader->archive));
	while ((result = archive_read_next_header(reader->archive, &entry)) >=
		   ARCHIVE_WARN &&
	       result != ARCHIVE_EOF)
		TRY(add_member(source, reader->archive, entry, e));
	if (result != ARCHIVE_EOF)
		return error_set(e, EINVAL,
		    "neither an image layout nor an archive of an image: "
		    "%.256s",
		    archive_error_string(reader->archive));
	if (source->count > 0)
		qsort(source->members, source->count, sizeof(*source->members),
		    compare);
	return 0;
}

/* Without compression; what needs no copy is left where it is. */
static int
spool_it(const struct layer_blob *blob, int spool, uint64_t limit,
    bool *is_copied, struct error *e)
{
	AUTO(layer_stream_close) struct layer_stream *stream = NULL;
	uint64_t left = limit;
	const void *bytes;
	ssize_t got;

	TRY(layer_stream_open(blob, &left, &stream, e));
	*is_copied = blob->is_pipe || layer_stream_is_packed(stream);
	if (!*is_copied)
		return 0;
	while ((got = layer_stream_read(stream, &bytes, e)) > 0) {
		for (ssize_t done = 0; done < got;) {
			ssize_t put = write(spool, (const char *)bytes + done,
			    (size_t)(got - done));

			if (put < 0)
				return error_sys(e, "write a copy of it");
			done += put;
		}
	}
	return (int)got;
}

int
layer_archive_open(struct layer_source *source, int spool, uint64_t limit,
    const struct stat *status, struct error *e)
{
	const struct layer_blob blob = {
		.fd = source->fd,
		.is_pipe = !S_ISREG(status->st_mode),
		.size = (uint64_t)status->st_size,
	};
	bool is_copied;

	TRY(spool_it(&blob, spool, limit, &is_copied, e));
	if (is_copied)
		source->fd = spool;
	return read_members(source, e);
}
