/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "layer/layer.h"

static char place[] = "/tmp/lorica-tree-XXXXXX";
static struct unpack_answer answer;
static struct layer_tree tree;

static void
set_up(void)
{
	cr_assert(ne(ptr, mkdtemp(place), NULL));
	cr_assert(zero(int, chdir(place)));
	cr_assert(zero(int, mkdir("root", 0755)));
	cr_assert(zero(int, mkdir("trash", 0700)));
	tree = (struct layer_tree){
		.root = open("root", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.trash = open("trash", O_RDONLY | O_DIRECTORY | O_CLOEXEC),
		.is_single_id = true,
		.left_files = 64,
		.left_blocks = 8,
		.answer = &answer,
	};
}

static void
clean_up(void)
{
	struct error e = { 0 };
	int dir = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	layer_made_free(&tree.made);
	cr_expect(zero(int, layer_empty(dir, &e)), "%s", e.text);
	cr_expect(zero(int, rmdir(place)));
}

TestSuite(layer_tree, .init = set_up, .fini = clean_up);

static int
no_data(void *context, const void **bytes, size_t *length, int64_t *at,
    struct error *e)
{
	(void)context;
	(void)bytes;
	(void)length;
	(void)at;
	(void)e;
	return 0;
}

static int
put(const char *path, mode_t mode, const char *target, struct error *e)
{
	const struct layer_entry entry = {
		.path = path,
		.mode = mode,
		.target = target,
		.times = { { .tv_sec = 5 }, { .tv_sec = 7 } },
		.data = no_data,
	};

	return layer_apply(&tree, &entry, e);
}

Test(layer_tree, a_directory_keeps_its_time)
{
	struct error e = { 0 };
	struct stat status;

	cr_assert(zero(int, put("d", S_IFDIR | 0711, NULL, &e)));
	cr_assert(zero(int, put("d/x", S_IFREG | 04711, NULL, &e)));
	cr_assert(zero(int, stat("root/d", &status)));
	cr_expect(eq(long, status.st_mtim.tv_sec, 7));
	cr_expect(eq(u32, status.st_mode & 07777, 0711));
	cr_assert(zero(int, stat("root/d/x", &status)));
	cr_expect(eq(u32, status.st_mode & 07777, 0711));
	cr_expect(eq(long, status.st_atim.tv_sec, 5));
}

Test(layer_tree, what_is_missing_above_is_made)
{
	struct error e = { 0 };
	struct stat status;

	cr_assert(zero(int, put("a/b/c", S_IFLNK | 0777, "/etc/passwd", &e)));
	cr_assert(zero(int, stat("root/a/b", &status)));
	cr_expect(eq(long, status.st_mtim.tv_sec, 0));
	cr_assert(zero(int, put("l", S_IFLNK | 0777, "../../a", &e)));
	cr_assert(zero(int, put("l/b/d", S_IFREG | 0600, NULL, &e)));
	cr_expect(zero(int, access("root/a/b/d", F_OK)));
}

Test(layer_tree, what_is_missing_above_is_counted)
{
	struct error e = { 0 };

	tree.left_files = 3;
	cr_expect(eq(int, put("a/b/c/d/e", S_IFREG | 0600, NULL, &e), -E2BIG));
	cr_expect(zero(int, access("root/a/b/c", F_OK)));
	cr_expect(eq(int, access("root/a/b/c/d", F_OK), -1));
}

/* One byte each, far from the next. */
static int
sparse_data(void *context, const void **bytes, size_t *length, int64_t *at,
    struct error *e)
{
	int *left = context;

	(void)e;
	*bytes = "x";
	*length = 1;
	*at = (int64_t)*left * 1048576;
	return (*left)-- > 0;
}

/* Bytes one behind the other. */
static int
dense_data(void *context, const void **bytes, size_t *length, int64_t *at,
    struct error *e)
{
	int *left = context;

	(void)e;
	*bytes = "0123456789012345678901234567890123456789";
	*length = 40;
	*at = (int64_t)(200 - *left) * 40;
	return (*left)-- > 0;
}

Test(layer_tree, blocks_that_a_file_fills_are_counted)
{
	struct error e = { 0 };
	int left = 9;
	struct layer_entry entry = {
		.path = "sparse",
		.mode = S_IFREG | 0600,
		.size = 1 << 30,
		.context = &left,
		.data = sparse_data,
	};

	cr_expect(eq(int, layer_apply(&tree, &entry, &e), -EFBIG));
	/* 8000 bytes fill two, however many pieces they come in. */
	e = (struct error){ 0 };
	left = 200;
	tree.left_blocks = 2;
	entry.path = "dense";
	entry.data = dense_data;
	entry.size = 8000;
	cr_expect(zero(int, layer_apply(&tree, &entry, &e)), "%s", e.text);
	cr_expect(zero(u64, tree.left_blocks));
}

Test(layer_tree, nothing_is_made_through_a_link_to_outside)
{
	struct error e = { 0 };
	char path[64];

	cr_assert(zero(int, put("out", S_IFLNK | 0777, place, &e)));
	cr_expect(lt(int, put("out/x", S_IFREG | 0600, NULL, &e), 0));
	e = (struct error){ 0 };
	(void)snprintf(path, sizeof(path), "..%s", place);
	cr_assert(zero(int, put("out", S_IFLNK | 0777, path, &e)));
	cr_expect(lt(int, put("out/x", S_IFREG | 0600, NULL, &e), 0));
	cr_expect(eq(int, access("x", F_OK), -1));
}

Test(layer_tree, devices_are_counted_where_there_are_none)
{
	struct error e = { 0 };

	answer = (struct unpack_answer){ 0 };
	cr_assert(zero(int, put("null", S_IFCHR | 0666, NULL, &e)));
	cr_expect(eq(u64, answer.devices, 1));
	cr_expect(eq(int, access("root/null", F_OK), -1));
	cr_expect(lt(int, put("sock", S_IFSOCK | 0666, NULL, &e), 0));
}

Test(layer_tree, a_whiteout_leaves_what_its_layer_made)
{
	struct error e = { 0 };

	cr_assert(zero(int, put("d/old/x", S_IFREG | 0600, NULL, &e)));
	cr_assert(zero(int, put("d/both", S_IFREG | 0600, NULL, &e)));
	layer_made_free(&tree.made);
	cr_assert(zero(int, put("d/new", S_IFREG | 0600, NULL, &e)));
	cr_assert(zero(int, put("d/both", S_IFREG | 0600, NULL, &e)));
	cr_assert(zero(int, put("d/.wh..wh..opq", S_IFREG | 0600, NULL, &e)));
	cr_assert(zero(int, put(".wh.nothing", S_IFREG | 0600, NULL, &e)));
	cr_assert(zero(int, put("no/.wh.x", S_IFREG | 0600, NULL, &e)));
	cr_expect(eq(int, access("root/d/old", F_OK), -1));
	cr_expect(zero(int, access("root/d/new", F_OK)));
	cr_expect(zero(int, access("root/d/both", F_OK)));
	cr_expect(eq(int, access("root/no", F_OK), -1));
}
