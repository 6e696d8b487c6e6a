/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cgroup/file.h"
#include "os/os.h"

static char fake_root[32];

struct cgroup_tree
fake_tree(const char *own)
{
	struct cgroup_tree tree = CGROUP_TREE_NONE;

	(void)strcpy(fake_root, "/tmp/cgroup.XXXXXX");
	cr_assert(ne(ptr, mkdtemp(fake_root), NULL));
	tree.top = open(fake_root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, tree.top, 0));
	tree.proc = os_proc_root();
	(void)snprintf(tree.own, sizeof(tree.own), "%s", own);
	return tree;
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st, (void)kind, (void)at;
	return remove(path);
}

void
fake_remove(struct cgroup_tree *tree)
{
	auto_close(&tree->proc);
	cgroup_tree_close(tree);
	cr_expect(
	    zero(int, nftw(fake_root, remove_one, 16, FTW_DEPTH | FTW_PHYS)));
}

void
put_file(int dir, const char *name, const char *text)
{
	AUTO_FD int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	cr_assert(ge(int, fd, 0), "%s", name);
	cr_assert(eq(long, write(fd, text, strlen(text)), (long)strlen(text)));
}

void
fake_cgroup(const struct cgroup_tree *tree, const char *path,
    const char *controllers)
{
	if (strcmp(path, ".") != 0)
		cr_assert(zero(int, mkdirat(tree->top, path, 0755)));
	AUTO_FD int dir = openat(tree->top, path, O_RDONLY | O_DIRECTORY);
	put_file(dir, "cgroup.controllers", controllers);
	put_file(dir, "cgroup.subtree_control", "");
}

const char *
text_of(int dir, const char *name)
{
	static char text[4096];

	if (file_read(dir, name, text, sizeof(text)) < 0)
		return "";
	text[strcspn(text, "\n")] = '\0';
	return text;
}

void
claim_resources(const char *of, const char *members)
{
	const char *path = getenv("CLAIMS");
	FILE *out = path != NULL ? fopen(path, "ae") : NULL;

	for (const char *at = members; out != NULL && *at != '\0';) {
		int length = (int)strcspn(at, " ");

		fprintf(out, "linux.resources.%s%.*s\n", of, length, at);
		at += length + (at[length] == ' ');
	}
	if (out != NULL)
		fclose(out);
}

struct spec *
spec_with(const char *resources)
{
	AUTO_FREE char *json = NULL;
	struct spec *spec = NULL;
	struct error e = { 0 };
	int length = asprintf(&json,
	    "{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"r\"},"
	    "\"linux\":{\"resources\":%s}}",
	    resources);

	cr_assert(zero(int,
		      spec_parse(json, (size_t)length, NULL, NULL, &spec, &e)),
	    "%s", e.text);
	return spec;
}

struct cgroup_tree
real_tree(void)
{
	struct cgroup_tree tree = CGROUP_TREE_NONE;
	struct error e = { 0 };
	AUTO_FD int sys = open("/sys/fs/cgroup", O_PATH | O_CLOEXEC);

	cr_assert(zero(int, cgroup_find(sys, os_proc_root(), &tree, &e)), "%s",
	    e.text);
	return tree;
}

int
real_cgroup(const struct cgroup_tree *tree, char path[64])
{
	struct error e = { 0 };
	size_t kept;

	(void)snprintf(path, 64, "/lorica-unit-%d", (int)getpid());
	if (tree->top < 0 || faccessat(tree->top, ".", W_OK, AT_EACCESS) < 0)
		cr_skip_test("no cgroup can be made here");
	int dir = cgroup_create(tree, path, NULL, &kept, &e);
	cr_assert(ge(int, dir, 0), "%s", e.text);
	return dir;
}

static pid_t
process_in(int dir)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)dir,
	};
	pid_t pid = os_clone3(&args);

	cr_assert(ge(int, pid, 0));
	return pid;
}

pid_t
sleeper(int dir)
{
	pid_t pid = process_in(dir);

	while (pid == 0)
		pause();
	return pid;
}

pid_t
spinner(int dir)
{
	pid_t pid = process_in(dir);

	while (pid == 0)
		(void)getppid();
	return pid;
}
