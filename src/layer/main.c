/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main - lorica-image: read one request, do it, answer.
 *
 * It is run by lorica alone (unpack/protocol.h), in a user namespace where an
 * ordinary user calls.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer.h"
#include "os/os.h"

static int
read_request(struct unpack_message *out, struct error *e)
{
	size_t done = 0;
	ssize_t got;

	while (done < sizeof(*out) &&
	       (got = read(0, (char *)out + done, sizeof(*out) - done)) > 0)
		done += (size_t)got;
	if (done != sizeof(*out) ||
	    memcmp(out->protocol, UNPACK_PROTOCOL, sizeof(UNPACK_PROTOCOL)) !=
		0 ||
	    out->verb >= UNPACK_VERBS ||
	    memchr(out->reference, '\0', sizeof(out->reference)) == NULL ||
	    memchr(out->platform, '\0', sizeof(out->platform)) == NULL)
		return error_set(e, EPROTO,
		    "a request of another version of lorica");
	return 0;
}

/*
 * Is one id all that is mapped? And are all, so that devices can be made? The
 * kernel says it, who mapped whatever.
 */
static int
look_at_ids(struct layer_tree *tree, bool is_asked_for, struct error *e)
{
	unsigned long long total = 0;
	char line[128];
	FILE *map = fopen("/proc/self/uid_map", "re");

	if (map == NULL)
		return error_sys(e, "open /proc/self/uid_map");
	/* "INSIDE OUTSIDE SIZE" */
	while (fgets(line, sizeof(line), map) != NULL) {
		const char *last = strrchr(line, ' ');

		total += last != NULL ? strtoull(last, NULL, 10) : 0;
	}
	(void)fclose(map);
	tree->is_single_id = is_asked_for || total == 1;
	tree->has_devices = !is_asked_for && total >= UINT32_MAX;
	return 0;
}

static int
write_document(const char *text, struct error *e)
{
	size_t length = strlen(text);

	for (size_t done = 0; done < length;) {
		ssize_t put =
		    write(UNPACK_FD_DOCUMENT, text + done, length - done);

		if (put < 0)
			return error_sys(e, "write the configuration");
		done += (size_t)put;
	}
	return 0;
}

static int
unpack_it(const struct layer_source *source, const struct layer_images *images,
    const struct unpack_message *request, struct layer_tree *tree,
    struct error *e)
{
	struct image_platform platform;
	const struct layer_image *image;
	char text[IMAGE_PLATFORM_BYTES];

	TRY(image_platform_parse(request->platform, text, &platform, e));
	TRY(layer_images_choose(images, &platform, &image, e));
	tree->left_files = request->limit_files;
	tree->left_bytes = request->limit_bytes;
	tree->left_blocks = request->limit_bytes / LAYER_BLOCK;
	TRY(layer_unpack(source, image, tree, e));
	tree->answer->single_id = tree->is_single_id;
	return write_document(image->config_text, e);
}

static int
serve(const struct unpack_message *request, struct layer_tree *tree,
    struct error *e)
{
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	AUTO(layer_source_close) struct layer_source source = { .fd = -1 };
	struct layer_images images;

	if (request->verb == UNPACK_EMPTY)
		return layer_empty(UNPACK_FD_ROOT, e);
	if (arena == NULL)
		return error_sys(e, "memory");
	TRY(layer_source_open(UNPACK_FD_SOURCE, UNPACK_FD_SPOOL,
	    request->limit_bytes, &source, e));
	TRY(layer_images_read(&source, arena, request->reference, &images, e));
	return request->verb == UNPACK_LIST
		   ? layer_list(&images, UNPACK_FD_DOCUMENT, e)
		   : unpack_it(&source, &images, request, tree, e);
}

static int
run(struct unpack_answer *answer, struct error *e)
{
	struct layer_tree tree = {
		.root = UNPACK_FD_ROOT,
		.trash = UNPACK_FD_TRASH,
		.answer = answer,
	};
	struct unpack_message request;

	(void)umask(0);
	TRY(read_request(&request, e));
	TRY(look_at_ids(&tree, request.is_single_id, e));
	TRY(layer_confine(e));
	int failed = serve(&request, &tree, e);
	layer_made_free(&tree.made);
	return failed;
}

int
main(void)
{
	struct unpack_answer answer = { 0 };

	if (run(&answer, &answer.error) < 0 && answer.error.code == 0)
		error_set(&answer.error, EIO, "no reason is known");
	return os_send(1, &answer, sizeof(answer), MSG_NOSIGNAL) ==
		       (ssize_t)sizeof(answer)
		   ? 0
		   : 1;
}
