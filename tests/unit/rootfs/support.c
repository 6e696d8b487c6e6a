/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

char tree_path[32];

static void
put(const char *path, const char *text)
{
	AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		cr_skip_test("no user namespace can be made here");
}

void
apart(void)
{
	char text[32];
	unsigned uid = geteuid();
	unsigned gid = getegid();

	if (unshare(CLONE_NEWNS) < 0) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWNS) < 0)
			cr_skip_test("no mount namespace can be made here");
		put("/proc/self/setgroups", "deny");
		(void)snprintf(text, sizeof(text), "0 %u 1", uid);
		put("/proc/self/uid_map", text);
		(void)snprintf(text, sizeof(text), "0 %u 1", gid);
		put("/proc/self/gid_map", text);
	}
	cr_assert(zero(int, mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL)));
	cr_assert(zero(int, mount("tmpfs", "/tmp", "tmpfs", 0, "mode=755")));
	(void)strcpy(tree_path, "/tmp/tree");
	cr_assert(zero(int, mkdir(tree_path, 0755)));
	(void)umask(0);
}

struct rootfs_plan *
plan_tree(struct spec *spec, const struct spec_mount *mounts, size_t count)
{
	static struct spec_root root;
	struct rootfs_request request = { .spec = spec, .bundle = "/tmp" };
	struct rootfs_plan *plan = NULL;
	struct error e = { 0 };

	root.path = tree_path;
	spec->root = &root;
	/* Read only. */
	spec->mounts = (struct spec_mount *)(uintptr_t)mounts;
	spec->mounts_count = count;
	cr_assert(zero(int, rootfs_prepare(&request, &plan, &e)), "%s", e.text);
	plan->root = open(tree_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	cr_assert(ge(int, plan->root, 0));
	return plan;
}
