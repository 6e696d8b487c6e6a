/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream - the bytes of a blob without compression.
 *
 * libarchive takes gzip and zstd off, of as many members or frames as there
 * are. What comes out is counted and hashed here, before anybody makes sense of
 * it: a small blob that grows without end is stopped by the count, and the hash
 * is the layer's own (diff_id), whatever the file was when it was looked at
 * first.
 */
#define _GNU_SOURCE
#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/sha256.h"
#include "layer.h"

#define BUFFER_BYTES (256 << 10)

struct layer_stream {
	struct archive *archive;
	const struct layer_blob *blob;
	uint64_t done;  /* bytes of the blob */
	uint64_t *left; /* bytes that may come out */
	struct sha256 hash;
	bool is_packed;
	bool is_empty;
	char buffer[BUFFER_BYTES];
};

static la_ssize_t
read_blob(struct archive *archive, void *context, const void **out)
{
	struct layer_stream *stream = context;
	const struct layer_blob *blob = stream->blob;
	uint64_t left =
	    blob->is_pipe ? BUFFER_BYTES : blob->size - stream->done;
	size_t wanted = left < BUFFER_BYTES ? (size_t)left : BUFFER_BYTES;
	ssize_t got = blob->is_pipe ? read(blob->fd, stream->buffer, wanted)
				    : pread(blob->fd, stream->buffer, wanted,
					  (off_t)(blob->at + stream->done));

	if (got < 0 || (got == 0 && wanted > 0 && !blob->is_pipe)) {
		archive_set_error(archive, got < 0 ? errno : EIO,
		    got < 0 ? "read" : "it is cut short");
		return -1;
	}
	stream->done += (uint64_t)got;
	*out = stream->buffer;
	return got;
}

static int
fail(const struct layer_stream *stream, struct error *e)
{
	const char *why = archive_error_string(stream->archive);

	return error_set(e, EINVAL, "damaged: %.256s", why != NULL ? why : "");
}

void
layer_stream_close(struct layer_stream **stream)
{
	if (*stream == NULL)
		return;
	if ((*stream)->archive != NULL)
		(void)archive_read_free((*stream)->archive);
	free(take(stream));
}

static int
open_archive(struct layer_stream *stream, struct error *e)
{
	struct archive_entry *entry;

	stream->archive = archive_read_new();
	if (stream->archive == NULL ||
	    archive_read_support_filter_gzip(stream->archive) != ARCHIVE_OK ||
	    archive_read_support_filter_zstd(stream->archive) != ARCHIVE_OK ||
	    archive_read_support_format_raw(stream->archive) != ARCHIVE_OK ||
	    archive_read_support_format_empty(stream->archive) != ARCHIVE_OK)
		return error_set(e, ENOTSUP,
		    "libarchive has no gzip, no zstd or no memory");
	if (archive_read_open(stream->archive, stream, NULL, read_blob, NULL) !=
	    ARCHIVE_OK)
		return fail(stream, e);
	int result = archive_read_next_header(stream->archive, &entry);
	stream->is_empty = result == ARCHIVE_EOF;
	if (result < ARCHIVE_WARN)
		return fail(stream, e);
	stream->is_packed =
	    archive_filter_code(stream->archive, 0) != ARCHIVE_FILTER_NONE;
	return 0;
}

int
layer_stream_open(const struct layer_blob *blob, uint64_t *left,
    struct layer_stream **out, struct error *e)
{
	AUTO(layer_stream_close)
	struct layer_stream *stream = calloc(1, sizeof(*stream));

	if (stream == NULL)
		return error_sys(e, "memory");
	stream->blob = blob;
	stream->left = left;
	sha256_begin(&stream->hash);
	TRY(open_archive(stream, e));
	*out = take(&stream);
	return 0;
}

bool
layer_stream_is_packed(const struct layer_stream *stream)
{
	return stream->is_packed;
}

ssize_t
layer_stream_read(struct layer_stream *stream, const void **out,
    struct error *e)
{
	size_t length = 0;
	la_int64_t at;

	if (stream->is_empty)
		return 0;
	int result =
	    archive_read_data_block(stream->archive, out, &length, &at);
	if (result == ARCHIVE_EOF) {
		stream->is_empty = true;
		return 0;
	}
	if (result < ARCHIVE_WARN)
		return fail(stream, e);
	if (length > *stream->left)
		return error_set(e, EFBIG,
		    "the image is larger than what is allowed: --max-size");
	*stream->left -= length;
	sha256_add(&stream->hash, *out, length);
	return (ssize_t)length;
}

int
layer_stream_check(struct layer_stream *stream, const char *digest,
    struct error *e)
{
	unsigned char hash[SHA256_BYTES];
	char text[IMAGE_DIGEST_BYTES];
	const void *bytes;
	ssize_t got;

	while ((got = layer_stream_read(stream, &bytes, e)) > 0)
		;
	if (got < 0)
		return (int)got;
	sha256_end(&stream->hash, hash);
	image_digest_text(hash, text);
	return strcmp(text, digest) == 0
		   ? 0
		   : error_set(e, EBADMSG,
			 "its contents are not those of %s, but of %s", digest,
			 text);
}
