/* SPDX-License-Identifier: Apache-2.0 */
/*
 * debug_root - the root file system of a debugging container.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "debug.h"
#include "exec.h"
#include "helper/helper.h"

/* The place of the tools' names, below that of the helpers. */
#define SKELETON "debug"

static char *default_args[] = { (char[]){ "sh" }, NULL };
static char *default_env[] = {
	(char[]){ "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:"
		  "/sbin:/bin" },
	(char[]){ "HOME=/tmp" },
	(char[]){ "TERM=xterm" },
	NULL,
};

bool
debug_is_static(const char *path)
{
	Elf64_Ehdr head;
	Elf64_Phdr parts[32];
	AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 || read(fd, &head, sizeof(head)) != sizeof(head) ||
	    memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
	    head.e_phentsize != sizeof(parts[0]) ||
	    head.e_phnum > ARRAY_SIZE(parts))
		return false;
	size_t size = head.e_phnum * sizeof(parts[0]);
	if (pread(fd, parts, size, (off_t)head.e_phoff) != (ssize_t)size)
		return false;
	for (size_t i = 0; i < head.e_phnum; i++) {
		if (parts[i].p_type == PT_INTERP)
			return false;
	}
	return true;
}

static int
use_tools(struct debug_root *root, struct error *e)
{
	static const char *const places[] = {
		"/bin/busybox",
		"/usr/bin/busybox",
		"/usr/local/bin/busybox",
	};
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		if (root->tools == NULL && debug_is_static(places[i]))
			root->tools = places[i];
	}
	if (root->tools == NULL)
		return error_set(e, ENOENT,
		    "no static busybox is installed (Debian: busybox-static): "
		    "give --rootfs or --bundle");
	if (helper_find(SKELETON, path, sizeof(path)) < 0)
		return error_errno(e, ENAMETOOLONG, "LORICA_LIBEXEC");
	root->path = realpath(path, NULL);
	return root->path == NULL ? error_sys(e, "%s", path) : 0;
}

static int
use_bundle(struct debug_root *root, const char *bundle, struct error *e)
{
	AUTO_FREE char *text = NULL;
	AUTO_FREE char *path = NULL;
	size_t length;
	AUTO_FD int dir = open(bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return error_sys(e, "open it");
	TRY(store_file_read(dir, "config.json", &text, &length, e));
	if (spec_parse(text, length, NULL, NULL, &root->bundle, e) < 0)
		return error_wrap(e, "config.json");
	const struct spec *spec = root->bundle;
	if (spec->root == NULL)
		return error_set(e, EINVAL, "config.json: root is required");
	bool relative = spec->root->path[0] != '/';
	if (asprintf(&path, "%s%s%s", relative ? bundle : "",
		relative ? "/" : "", spec->root->path) < 0) {
		path = NULL;
		return error_sys(e, "memory");
	}
	root->path = realpath(path, NULL);
	if (root->path == NULL)
		return error_sys(e, "root.path: %s", spec->root->path);
	if (spec->process == NULL)
		return 0;
	if (spec->process->args.count > 0)
		root->args = spec->process->args;
	root->env = spec->process->env;
	root->cwd = spec->process->cwd;
	return 0;
}

static int
use(const struct container_debug *request, struct debug_root *root,
    struct error *e)
{
	if (request->rootfs != NULL && request->bundle != NULL)
		return error_set(e, EINVAL,
		    "--rootfs and --bundle: only one of them can be the root");
	if (request->bundle != NULL)
		return use_bundle(root, request->bundle, e) < 0
			   ? error_wrap(e, "--bundle %s", request->bundle)
			   : 0;
	if (request->rootfs == NULL)
		return use_tools(root, e);
	root->path = realpath(request->rootfs, NULL);
	return root->path == NULL ? error_sys(e, "--rootfs %s", request->rootfs)
				  : 0;
}

int
debug_root_choose(const struct container_debug *request, struct debug_root *out,
    struct error *e)
{
	AUTO(debug_root_free)
	struct debug_root root = {
		.args = { default_args, ARRAY_SIZE(default_args) - 1 },
		.env = { default_env, ARRAY_SIZE(default_env) - 1 },
		.cwd = "/",
		.arena = json_arena_new(),
	};

	if (root.arena == NULL)
		return error_sys(e, "memory");
	TRY(use(request, &root, e));
	if (request->args.count > 0)
		root.args = request->args;
	if (request->cwd != NULL)
		root.cwd = request->cwd;
	TRY(exec_add_env(root.arena, &root.env, &request->env, e));
	*out = root;
	root = (struct debug_root){ 0 };
	return 0;
}

void
debug_root_free(struct debug_root *root)
{
	free(take(&root->path));
	spec_free(&root->bundle);
	json_arena_free(&root->arena);
}
