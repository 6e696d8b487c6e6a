/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "cgroup/file.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "support.h"

/* Somebody who owns a directory of the hierarchy must not lead us elsewhere. */
Test(cgroup_file, nothing_leads_out_of_the_directory)
{
	static const char *const paths[] = { "/etc/passwd", "../cgroup", "link",
		"directory/file", "file/." };
	struct cgroup_tree tree = fake_tree("/");
	char text[16];

	put_file(tree.top, "file", "text");
	cr_assert(zero(int, symlinkat("file", tree.top, "link")));
	cr_assert(zero(int, symlinkat(".", tree.top, "directory")));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		cr_expect(eq(long,
			      file_read(tree.top, paths[i], text, sizeof(text)),
			      -1L),
		    "%s", paths[i]);
		cr_expect(eq(int, file_write(tree.top, paths[i], "x"), -1),
		    "%s", paths[i]);
	}
	cr_expect(eq(int, file_open_dir(tree.top, "directory"), -1));
	cr_expect(eq(int, file_open_dir(tree.top, ".."), -1));
	cr_expect(eq(int, file_open_dir(tree.top, "file"), -1));
	AUTO_FD int again = file_open_dir(tree.top, ".");
	cr_expect(eq(str, (char *)text_of(again, "file"), "text"));
	fake_remove(&tree);
}

Test(cgroup_file, a_file_is_read_as_far_as_there_is_room)
{
	struct cgroup_tree tree = fake_tree("/");
	char text[5];

	put_file(tree.top, "empty", "");
	put_file(tree.top, "short", "abc\n");
	put_file(tree.top, "long", "abcdefgh");
	cr_expect(zero(long, file_read(tree.top, "empty", text, 5)));
	cr_expect(eq(str, text, ""));
	cr_expect(eq(long, file_read(tree.top, "short", text, 5), 4L));
	cr_expect(eq(str, text, "abc\n"));
	cr_expect(eq(long, file_read(tree.top, "long", text, 5), 4L));
	cr_expect(eq(str, text, "abcd"));
	cr_expect(eq(long, file_read(tree.top, "none", text, 5), -1L));
	cr_expect(eq(int, errno, ENOENT));
	fake_remove(&tree);
}

/* The kernel makes the files; one that is not there is not to appear. */
Test(cgroup_file, only_a_file_that_is_there_is_written)
{
	struct cgroup_tree tree = fake_tree("/");

	cr_expect(eq(int, file_write(tree.top, "memory.max", "5"), -1));
	cr_expect(eq(int, errno, ENOENT));
	cr_expect(eq(int, faccessat(tree.top, "memory.max", F_OK, 0), -1));
	put_file(tree.top, "memory.max", "max");
	cr_expect(zero(int, file_write(tree.top, "memory.max", "512")));
	cr_expect(eq(str, (char *)text_of(tree.top, "memory.max"), "512"));
	/* What it refuses is told. */
	AUTO_FD int full = open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_expect(eq(int, file_write(full, "full", "5"), -1));
	cr_expect(eq(int, errno, ENOSPC));
	fake_remove(&tree);
}

Test(cgroup_file, a_key_is_a_whole_word_at_the_start_of_a_line)
{
	struct cgroup_tree tree = fake_tree("/");
	uint64_t got = 7;

	put_file(tree.top, "events",
	    "oom_kill 3\npopulated 1\nfrozen_not 9\nfrozen 4294967296\nlast");
	cr_expect(file_read_key(tree.top, "events", "oom_kill", &got));
	cr_expect(eq(u64, got, 3));
	cr_expect(file_read_key(tree.top, "events", "frozen", &got));
	cr_expect(eq(u64, got, UINT64_C(4294967296)));
	cr_expect(not(file_read_key(tree.top, "events", "oom", &got)));
	cr_expect(not(file_read_key(tree.top, "events", "kill", &got)));
	cr_expect(not(file_read_key(tree.top, "events", "last", &got)));
	cr_expect(not(file_read_key(tree.top, "none", "frozen", &got)));
	cr_expect(eq(u64, got, UINT64_C(4294967296)), "it is left alone");
	fake_remove(&tree);
}

Test(cgroup_file, a_controller_is_known_by_the_start_of_a_file)
{
	static const struct {
		const char *file;
		enum controller want;
	} rows[] = {
		{ "cpu.max", CPU },
		{ "cpuset.cpus.effective", CPUSET },
		{ "dmem.max", DMEM },
		{ "hugetlb.2MB.max", HUGETLB },
		{ "io.weight", IO },
		{ "memory.swap.max", MEMORY },
		{ "memory", MEMORY },
		{ "misc.max", MISC },
		{ "pids.max", PIDS },
		{ "rdma.max", RDMA },
		{ "cgroup.procs", CORE },
		{ "mem.max", CORE },
		{ "memory_max", CORE },
		{ "Memory.max", CORE },
		{ ".memory", CORE },
		{ "", CORE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int, controller_of(rows[i].file), rows[i].want),
		    "%s", rows[i].file);
}

Test(cgroup_file, controllers_are_a_list_of_words)
{
	static const struct {
		const char *text;
		unsigned want;
	} rows[] = {
		{ "", 0 },
		{ "\n", 0 },
		{ "pids\n", 1u << PIDS },
		{ "cpuset cpu io\n", 1u << CPUSET | 1u << CPU | 1u << IO },
		/* Of a newer kernel. */
		{ "cpu quantum pids\n", 1u << CPU | 1u << PIDS },
		{ "memory", 1u << MEMORY },
	};
	struct cgroup_tree tree = fake_tree("/");
	unsigned got;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put_file(tree.top, "cgroup.controllers", rows[i].text);
		cr_expect(zero(int,
		    controllers_read(tree.top, "cgroup.controllers", &got)));
		cr_expect(eq(uint, got, rows[i].want), "row %zu", i);
	}
	got = 42;
	cr_expect(eq(int, controllers_read(tree.top, "none", &got), -1));
	cr_expect(eq(uint, got, 42));
	fake_remove(&tree);
}
