/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stream - the bytes of a blob without compression.
 *
 * libarchive takes gzip or zstd off, of as many members or frames as there are,
 * and once: what it would find below that may be made to go on for ever without
 * a byte that comes out. What comes out is counted and hashed here, before
 * anybody makes sense of it: a small blob that grows without end is stopped by
 * the count, and the hash is the layer's own (diff_id), whatever the file was
 * when it was looked at first.
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
	size_t ready; /* of the buffer, that libarchive has not seen */
	char buffer[BUFFER_BYTES];
};

/* Behind what is in the buffer. */
static ssize_t
read_more(struct layer_stream *stream, struct error *e)
{
	const struct layer_blob *blob = stream->blob;
	char *out = stream->buffer + stream->ready;
	size_t room = BUFFER_BYTES - stream->ready;
	uint64_t left = blob->is_pipe ? room : blob->size - stream->done;
	size_t wanted = left < room ? (size_t)left : room;
	ssize_t got = blob->is_pipe ? read(blob->fd, out, wanted)
				    : pread(blob->fd, out, wanted,
					  (off_t)(blob->at + stream->done));

	if (got < 0)
		return error_sys(e, "read");
	if (got == 0 && wanted > 0 && !blob->is_pipe)
		return error_set(e, EIO, "it is cut short");
	stream->done += (uint64_t)got;
	stream->ready += (size_t)got;
	return got;
}

static la_ssize_t
read_blob(struct archive *archive, void *context, const void **out)
{
	struct layer_stream *stream = context;
	struct error e = { 0 };

	if (stream->ready == 0 && read_more(stream, &e) < 0) {
		archive_set_error(archive, e.code, "%s", e.text);
		return -1;
	}
	size_t got = stream->ready;
	stream->ready = 0;
	*out = stream->buffer;
	return (la_ssize_t)got;
}

/* ---- compression ----------------------------------------------------------
 */

/* By the bytes that it begins with; the fourth of zstd's may be of a frame that
 * is skipped. */
static const struct packing {
	unsigned char begin[4], mask[4];
	int filter;
} packings[] = {
	{ { 0x1f, 0x8b, 0x08 }, { 0xff, 0xff, 0xff }, ARCHIVE_FILTER_GZIP },
	{ { 0x28, 0xb5, 0x2f, 0xfd }, { 0xff, 0xff, 0xff, 0xff },
	    ARCHIVE_FILTER_ZSTD },
	{ { 0x50, 0x2a, 0x4d, 0x18 }, { 0xf0, 0xff, 0xff, 0xff },
	    ARCHIVE_FILTER_ZSTD },
};

static bool
begins_so(const struct layer_stream *stream, const struct packing *packing)
{
	for (size_t i = 0; i < sizeof(packing->begin); i++) {
		if (((unsigned char)stream->buffer[i] & packing->mask[i]) !=
		    packing->begin[i])
			return false;
	}
	return true;
}

/* Looks at the first bytes, which are read for that. */
static int
find_filter(struct layer_stream *stream, int *out, struct error *e)
{
	ssize_t got = 1;

	*out = ARCHIVE_FILTER_NONE;
	while (got > 0 && stream->ready < sizeof(packings[0].begin))
		got = read_more(stream, e);
	if (got < 0)
		return (int)got;
	if (stream->ready < sizeof(packings[0].begin))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++) {
		if (begins_so(stream, &packings[i]))
			*out = packings[i].filter;
	}
	return 0;
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
	int filter;

	TRY(find_filter(stream, &filter, e));
	stream->is_packed = filter != ARCHIVE_FILTER_NONE;
	stream->archive = archive_read_new();
	if (stream->archive == NULL ||
	    (stream->is_packed && archive_read_append_filter(stream->archive,
				      filter) != ARCHIVE_OK) ||
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
