/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/auto.h"
#include "sandbox/tree.h"

static int
file_with(const char *text, off_t at, off_t size)
{
	int fd = memfd_create("tree", MFD_CLOEXEC);

	cr_assert(ge(int, fd, 0));
	cr_assert(zero(int, ftruncate(fd, size)));
	cr_assert(ge(i64, pwrite(fd, text, 4, at), 4));
	return fd;
}

Test(sandbox_tree, files_are_compared_behind_their_holes)
{
	AUTO_FD int one = file_with("same", 1 << 20, 2 << 20);
	AUTO_FD int same = file_with("same", 1 << 20, 2 << 20);
	AUTO_FD int other = file_with("else", 1 << 20, 2 << 20);
	AUTO_FD int before = file_with("same", 1 << 19, 2 << 20);
	AUTO_FD int longer = file_with("same", 1 << 20, (2 << 20) + 1);

	cr_expect(zero(int, tree_compare(one, same)));
	cr_expect(eq(int, tree_compare(one, other), 1));
	cr_expect(eq(int, tree_compare(one, before), 1));
	cr_expect(eq(int, tree_compare(before, one), 1));
	cr_expect(eq(int, tree_compare(one, longer), 1));
	cr_expect(eq(int, tree_compare(one, -1), -1));
}

Test(sandbox_tree, a_copy_has_the_same_holes)
{
	AUTO_FD int one = file_with("same", 1 << 20, (off_t)1 << 33);
	AUTO_FD int copy = memfd_create("copy", MFD_CLOEXEC);
	struct stat st;

	cr_assert(zero(int, tree_copy(one, copy)));
	cr_assert(zero(int, fstat(copy, &st)));
	cr_expect(eq(i64, st.st_size, (off_t)1 << 33));
	cr_expect(lt(i64, st.st_blocks, 4096));
	cr_expect(zero(int, tree_compare(one, copy)));
}

Test(sandbox_tree, a_tree_goes_however_deep_and_no_link_leads_out)
{
	char top[] = "/var/tmp/lorica-unit-XXXXXX";
	struct error e = { 0 };
	char command[256];

	if (mkdtemp(top) == NULL)
		cr_skip_test("no place in /var/tmp");
	(void)snprintf(command, sizeof(command),
	    "cd %s && mkdir -p in out/dir 0/0 && echo x >out/dir/file && "
	    "ln -s ../out in/link && mkfifo in/fifo && cd in && i=0 && "
	    "while [ $i -lt 3000 ]; do mkdir d && cd -P d && i=$((i+1)); done",
	    top);
	cr_assert(zero(int, system(command)));
	AUTO_FD int dir = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD int in = tree_enter(dir, "in", O_RDONLY);
	cr_assert(zero(int, tree_empty(in, &e)), "%s", e.text);
	cr_expect(zero(int, unlinkat(dir, "in", AT_REMOVEDIR)));
	cr_expect(zero(int, faccessat(dir, "out/dir/file", F_OK, 0)));
	(void)snprintf(command, sizeof(command), "rm -rf %s", top);
	cr_assert(zero(int, system(command)));
}

Test(sandbox_tree, only_a_directory_that_is_no_link_is_entered)
{
	char top[] = "/var/tmp/lorica-unit-XXXXXX";

	if (mkdtemp(top) == NULL)
		cr_skip_test("no place in /var/tmp");
	AUTO_FD int dir = open(top, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cr_assert(zero(int, symlinkat("/etc", dir, "link")));
	AUTO_FD int link = tree_enter(dir, "link", O_RDONLY);
	AUTO_FD int up = tree_enter(dir, "..", O_RDONLY);
	cr_expect(lt(int, link, 0));
	cr_expect(lt(int, up, 0));
	cr_expect(zero(int, unlinkat(dir, "link", 0)));
	cr_expect(zero(int, rmdir(top)));
}
