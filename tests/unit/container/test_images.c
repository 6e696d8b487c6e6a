/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "container/images.h"
#include "os/os.h"

static char top[] = "/tmp/lorica-images-XXXXXX";

static int
make_top(void)
{
	cr_assert(ne(ptr, mkdtemp(top), NULL));
	cr_assert(zero(int, chdir(top)));
	return open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static void
remove_top(const char *const *names)
{
	for (; *names != NULL; names++)
		(void)remove(*names);
	(void)rmdir(top);
}

Test(container_images, only_what_criu_calls_so_is_a_key)
{
	static const struct {
		const char *key;
		int want;
	} rows[] = {
		{ "pipe:[12]", 1 },
		{ "file[1a:2b]", 1 },
		{ "tty[8800:1]", 1 },
		{ "", 0 },
		{ "/dev/null", 0 },
		{ "pipe:[]", 0 },
		{ "pipe:[1", 0 },
		{ "pipe:[1]x", 0 },
		{ "pipe:[1a]", 0 },
		{ "xpipe:[1]", 0 },
		{ "file[1:2]]", 0 },
		{ "net[1]", 0 },
		{ "mnt[/]:/etc", 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(eq(int, images_is_key(rows[i].key), rows[i].want),
		    "row %zu", i);
}

Test(container_images, what_is_written_is_read_again)
{
	static const char *const names[] = { "descriptors.json", NULL };
	struct images_stdio stdio = { { "pipe:[1]", "", "file[1:2]" } };
	struct images_stdio got;
	struct error e = { 0 };
	int dir = make_top();

	cr_assert(zero(int, images_read_stdio(dir, &got, &e)));
	cr_expect(eq(str, got.keys[0], ""));
	cr_assert(zero(int, images_write_stdio(dir, &stdio, &e)));
	cr_assert(zero(int, images_read_stdio(dir, &got, &e)));
	for (int i = 0; i < 3; i++)
		cr_expect(eq(str, got.keys[i], stdio.keys[i]));
	remove_top(names);
}

static void
put_file(const char *text)
{
	FILE *out = fopen("descriptors.json", "we");

	fputs(text, out);
	cr_assert(zero(int, fclose(out)));
}

Test(container_images, what_others_wrote_is_no_key_by_itself)
{
	static const char *const names[] = { "descriptors.json", NULL };
	struct images_stdio got;
	struct error e = { 0 };
	int dir = make_top();

	/* As runc writes it, and more than there is. */
	put_file("[\"/dev/null\",\"pipe:[7]\",3,\"pipe:[8]\"]");
	cr_assert(zero(int, images_read_stdio(dir, &got, &e)));
	cr_expect(eq(str, got.keys[0], ""));
	cr_expect(eq(str, got.keys[1], "pipe:[7]"));
	cr_expect(eq(str, got.keys[2], ""));
	put_file("{\"a\":\"pipe:[7]\"}");
	cr_assert(zero(int, images_read_stdio(dir, &got, &e)));
	cr_expect(eq(str, got.keys[0], ""));
	put_file("[");
	cr_expect(lt(int, images_read_stdio(dir, &got, &e), 0));
	cr_assert(zero(int, remove("descriptors.json")));
	cr_assert(zero(int, symlink("/etc/passwd", "descriptors.json")));
	e = (struct error){ 0 };
	cr_expect(lt(int, images_read_stdio(dir, &got, &e), 0));
	remove_top(names);
}

Test(container_images, directories_are_made_for_others_to_see_nothing)
{
	static const char *const names[] = { "image/pre", "image", "checkpoint",
		"work", NULL };
	struct container_images request = { .image_path = "image" };
	struct images images;
	struct error e = { 0 };
	struct stat st;
	int dir = make_top();

	close(dir);
	cr_expect(eq(int, images_open(&request, false, &images, &e), -ENOENT));
	e = (struct error){ 0 };
	cr_assert(zero(int, images_open(&request, true, &images, &e)));
	cr_assert(zero(int, fstat(images.dir, &st)));
	cr_expect(eq(int, (int)(st.st_mode & 0777), 0700));
	images_close(&images);
	request.parent_path = "pre";
	cr_expect(eq(int, images_open(&request, true, &images, &e), -ENOENT));
	e = (struct error){ 0 };
	cr_assert(zero(int, mkdir("image/pre", 0700)));
	cr_assert(zero(int, images_open(&request, true, &images, &e)));
	images_close(&images);
	request.parent_path = "/tmp";
	cr_expect(eq(int, images_open(&request, true, &images, &e), -EINVAL));
	e = (struct error){ 0 };
	request = (struct container_images){ .work_path = "work" };
	cr_assert(zero(int, images_open(&request, true, &images, &e)));
	cr_expect(zero(int, access("checkpoint", F_OK)));
	cr_expect(zero(int, access("work", F_OK)));
	images_close(&images);
	remove_top(names);
}

/* ---- mounts ----------------------------------------------------------------
 */

Test(container_mounts, lines_are_found_by_id_and_by_place)
{
	static char text[] =
	    "42 43 254:0 /b / rw - ext4 /dev/vda rw\n"
	    "7 42 0:5 /null /proc/kcore rw - devtmpfs dev rw\n"
	    "71 42 0:5 / /a\\040b\\134c rw - devtmpfs dev rw\n";
	const struct mounts mounts = { text, -1 };

	cr_expect(mounts_has_id(&mounts, 42));
	cr_expect(mounts_has_id(&mounts, 7));
	cr_expect(not(mounts_has_id(&mounts, 4)));
	cr_expect(not(mounts_has_id(&mounts, 43)));
	cr_expect(mounts_has_point(&mounts, "/"));
	cr_expect(mounts_has_point(&mounts, "/proc/kcore"));
	cr_expect(mounts_has_point(&mounts, "/a b\\c"));
	cr_expect(not(mounts_has_point(&mounts, "/proc")));
	cr_expect(not(mounts_has_point(&mounts, "/null")));
	cr_expect(not(mounts_has_point(&mounts, "/a")));
}

Test(container_mounts, a_pipe_is_handed_on_and_what_is_inside_is_not)
{
	struct mounts mounts = MOUNTS_NONE;
	struct images_stdio stdio = { 0 };
	struct error e = { 0 };
	char path[64];
	int ends[2];
	int proc = os_proc_root();

	cr_assert(zero(int, pipe(ends)));
	cr_assert(ge(int, dup2(ends[1], 1), 0));
	cr_assert(ge(int, dup2(open("/proc/self/status", O_RDONLY), 0), 0));
	cr_assert(zero(int, mounts_read(proc, getpid(), &mounts, &e)), "%s",
	    e.text);
	cr_assert(zero(int, mounts_stdio(&mounts, proc, getpid(), &stdio, &e)));
	cr_expect(eq(str, stdio.keys[0], ""));
	cr_expect(images_is_key(stdio.keys[1]), "%s", stdio.keys[1]);
	cr_expect(mounts_find(&mounts, "/proc/../proc", path, sizeof(path)));
	cr_expect(eq(str, path, "/proc"));
	cr_expect(
	    not(mounts_find(&mounts, "/proc/self/ns", path, sizeof(path))));
	/* Were its mount another namespace's, it would be. */
	free(mounts.text);
	mounts.text = strdup("1 1 0:1 / / rw - x x x\n");
	int file = open("/etc/passwd", O_RDONLY);
	cr_assert(ge(int, dup2(file, 2), 0));
	cr_assert(zero(int, mounts_stdio(&mounts, proc, getpid(), &stdio, &e)));
	cr_expect(eq(int, strncmp(stdio.keys[2], "file[", 5), 0), "%s",
	    stdio.keys[2]);
	mounts_close(&mounts);
}
