/* SPDX-License-Identifier: Apache-2.0 */
/*
 * unpack - the layers of one image, one after the other.
 *
 * A layer is gone through twice: once for its digest, before anything takes its
 * compression off, and once to be unpacked, for the digest of what comes out,
 * which would show that the file has changed in between.
 */
#define _GNU_SOURCE
#include <archive.h>
#include <archive_entry.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer.h"

/* A layer as it is read. */
struct reading {
	struct layer_stream *stream;
	struct archive *archive;
	struct archive_entry *entry;
	struct error error; /* of the stream */
};

static void
reading_close(struct reading *reading)
{
	if (reading->archive != NULL)
		(void)archive_read_free(reading->archive);
	layer_stream_close(&reading->stream);
}

static la_ssize_t
read_stream(struct archive *archive, void *context, const void **out)
{
	struct reading *reading = context;
	ssize_t got = layer_stream_read(reading->stream, out, &reading->error);

	if (got >= 0)
		return got;
	archive_set_error(archive, EIO, "the layer");
	return -1;
}

static int
fail(const struct reading *reading, struct error *e)
{
	const char *why = archive_error_string(reading->archive);

	if (reading->error.code != 0) {
		*e = reading->error;
		return -e->code;
	}
	return error_set(e, EINVAL, "damaged: %.256s", why != NULL ? why : "");
}

/* ---- one member -----------------------------------------------------------
 */

static int
next_data(void *context, const void **bytes, size_t *length, int64_t *at,
    struct error *e)
{
	struct reading *reading = context;
	la_int64_t place = 0;
	int result =
	    archive_read_data_block(reading->archive, bytes, length, &place);

	*at = place;
	if (result == ARCHIVE_EOF)
		return 0;
	return result < ARCHIVE_WARN ? fail(reading, e) : 1;
}

static bool
next_attribute(void *context, const char **name, const void **value,
    size_t *length)
{
	struct reading *reading = context;

	return archive_entry_xattr_next(reading->entry, name, value, length) ==
	       ARCHIVE_OK;
}

/* A time that was not said is that of the last change. */
static void
read_times(struct archive_entry *entry, struct timespec times[2])
{
	times[1].tv_sec = archive_entry_mtime(entry);
	times[1].tv_nsec = archive_entry_mtime_nsec(entry);
	times[0] = times[1];
	if (!archive_entry_atime_is_set(entry))
		return;
	times[0].tv_sec = archive_entry_atime(entry);
	times[0].tv_nsec = archive_entry_atime_nsec(entry);
}

static int
apply(struct reading *reading, struct layer_tree *tree, struct error *e)
{
	struct archive_entry *from = reading->entry;
	const char *hard = archive_entry_hardlink(from);
	struct layer_entry entry = {
		.path = archive_entry_pathname(from),
		.target = hard != NULL ? hard : archive_entry_symlink(from),
		.is_hard_link = hard != NULL,
		.mode = archive_entry_mode(from),
		.uid = (uid_t)archive_entry_uid(from),
		.gid = (gid_t)archive_entry_gid(from),
		.device = archive_entry_rdev(from),
		.size = archive_entry_size(from),
		.context = reading,
		.data = next_data,
		.attribute = next_attribute,
	};

	if (entry.path == NULL)
		return error_set(e, EINVAL, "a file without a name");
	if (archive_entry_uid(from) < 0 || archive_entry_gid(from) < 0 ||
	    archive_entry_uid(from) >= UINT32_MAX ||
	    archive_entry_gid(from) >= UINT32_MAX)
		return error_set(e, EINVAL, "%.512s: no id of a user or group",
		    entry.path);
	read_times(from, entry.times);
	(void)archive_entry_xattr_reset(from);
	return layer_apply(tree, &entry, e);
}

/* ---- one layer ------------------------------------------------------------
 */

static int
open_layer(struct reading *reading, const struct layer_blob *blob,
    uint64_t *left, struct error *e)
{
	TRY(layer_stream_open(blob, left, &reading->stream, e));
	reading->archive = archive_read_new();
	if (reading->archive == NULL)
		return error_sys(e, "memory");
	if (archive_read_support_format_tar(reading->archive) != ARCHIVE_OK ||
	    archive_read_support_format_empty(reading->archive) != ARCHIVE_OK ||
	    archive_read_open(reading->archive, reading, NULL, read_stream,
		NULL) != ARCHIVE_OK)
		return fail(reading, e);
	return 0;
}

static int
apply_members(struct reading *reading, struct layer_tree *tree, struct error *e)
{
	int result;

	while ((result = archive_read_next_header(reading->archive,
		    &reading->entry)) >= ARCHIVE_WARN &&
	       result != ARCHIVE_EOF) {
		TRY(layer_take_file(tree, e));
		TRY(apply(reading, tree, e));
	}
	return result == ARCHIVE_EOF ? 0 : fail(reading, e);
}

/* Before it is unpacked: is it the file that the image means? */
static int
check_part(const struct layer_part *part, const struct layer_blob *blob,
    const char *diff_id, uint64_t limit, struct error *e)
{
	AUTO(layer_stream_close) struct layer_stream *stream = NULL;
	uint64_t left = limit;

	if (part->digest == NULL) {
		TRY(layer_stream_open(blob, &left, &stream, e));
		return layer_stream_check(stream, diff_id, e);
	}
	if (blob->size != part->size)
		return error_set(e, EBADMSG,
		    "it has %llu bytes, not %llu as it is said",
		    (unsigned long long)blob->size,
		    (unsigned long long)part->size);
	return layer_blob_check(blob, part->digest, e);
}

static int
unpack_part(const struct layer_source *source, const struct layer_part *part,
    const char *diff_id, struct layer_tree *tree, struct error *e)
{
	AUTO(layer_blob_close) struct layer_blob blob = LAYER_BLOB_NONE;
	AUTO(reading_close) struct reading reading = { 0 };
	int found = layer_source_find(source, part->path, &blob, e);

	if (found <= 0)
		return found < 0 ? found
				 : error_set(e, ENOENT, "it is not there");
	TRY(check_part(part, &blob, diff_id, tree->left_bytes, e));
	TRY(open_layer(&reading, &blob, &tree->left_bytes, e));
	TRY(apply_members(&reading, tree, e));
	return layer_stream_check(reading.stream, diff_id, e);
}

int
layer_unpack(const struct layer_source *source, const struct layer_image *image,
    struct layer_tree *tree, struct error *e)
{
	for (size_t i = 0; i < image->parts_count; i++) {
		if (unpack_part(source, &image->parts[i],
			image->config.diff_ids.items[i], tree, e) < 0)
			return error_wrap(e, "layer %s", image->parts[i].path);
		layer_made_free(&tree->made);
	}
	return layer_empty(tree->trash, e);
}
