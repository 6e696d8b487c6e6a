/* SPDX-License-Identifier: Apache-2.0 */
/*
 * controllers - is each one there that a limit needs, and if not, whose is it
 * and what would bring it?
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "limits.h"
#include "os/os.h"

/* What holds a controller that the v2 hierarchy does not have? */
static const char *
who_holds(const struct cgroup_tree *tree, enum controller which)
{
	char text[2048];
	char line[32];
	const char *kernel_name =
	    which == IO ? "blkio" : controller_names[which];
	AUTO_FD int fd = os_proc_open(tree->proc, "cgroups", O_RDONLY);
	ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (got < 0)
		return "the kernel does not offer it";
	text[got] = '\0';
	(void)snprintf(line, sizeof(line), "\n%s\t", kernel_name);
	const char *at = strstr(text, line);
	if (at == NULL)
		return "the kernel does not offer it";
	/* Name, hierarchy, number of cgroups, enabled. */
	at += strlen(line);
	if (at[0] != '0')
		return "the host uses it in cgroup v1";
	size_t length = strcspn(at, "\n");
	return at[length - 1] == '0' ? "the kernel was started without it"
				     : "the cgroup of this machine was not "
				       "given it";
}

static int
no_controller(const char *place, enum controller which, const char *why,
    struct error *e)
{
	return error_set(e, ENOTSUP,
	    "linux.resources.%s: the %s controller is not available: %s", place,
	    controller_names[which], why);
}

static bool
is_forbidden(int code)
{
	return code == EACCES || code == EPERM || code == EROFS;
}

/*
 * Why could it not be handed down at path, and what helps? A user's own part of
 * the hierarchy gets what systemd was told to give.
 */
static int
not_enabled(const char *path, const struct limits *limits,
    enum controller which, struct error *e)
{
	const char *place = limits->places[which].text;
	static const char delegate[] =
	    "as root, run mkdir -p /etc/systemd/system/user@.service.d && "
	    "printf '[Service]\\nDelegate=yes\\n' >/etc/systemd/system/"
	    "user@.service.d/delegate.conf && systemctl daemon-reload, and log "
	    "in anew";
	char why[3 * CGROUP_PATH_MAX];
	int reason = errno;
	bool ours = !is_forbidden(reason);

	if (reason == EBUSY)
		(void)snprintf(why, sizeof(why),
		    "%s holds processes, so that it cannot hand it down: move "
		    "them to a cgroup below it",
		    path);
	else if (ours)
		(void)snprintf(why, sizeof(why), "%s: %s", path,
		    strerrordesc_np(reason));
	else if (strstr(limits->target, "/user@") != NULL)
		(void)snprintf(why, sizeof(why), "%s was not given it: %s",
		    limits->target, delegate);
	else
		(void)snprintf(why, sizeof(why),
		    "%s does not hand it down: as root, run echo +%s "
		    ">/sys/fs/cgroup%s/cgroup.subtree_control",
		    path, controller_names[which],
		    strcmp(path, "/") == 0 ? "" : path);
	return no_controller(place, which, why, e);
}

/* What of the path is there, above its last component? */
static void
cut_to_existing(const struct cgroup_tree *tree, char path[CGROUP_PATH_MAX])
{
	for (char *slash = strrchr(path, '/'); slash != NULL;
	     slash = strrchr(path, '/')) {
		*slash = '\0';
		AUTO_FD int fd = cgroup_open_path(tree, path);
		if (fd >= 0 || errno != ENOENT)
			return;
	}
}

int
controllers_check_place(const struct cgroup_tree *tree, const char *wanted,
    const struct limits *limits, struct error *e)
{
	char path[CGROUP_PATH_MAX];
	char why[3 * CGROUP_PATH_MAX];
	char words[128] = "";
	enum controller first = CORE;

	(void)snprintf(path, sizeof(path), "%s", wanted);
	cut_to_existing(tree, path);
	if (limits->needed == 0 || cgroup_is_writable(tree, path))
		return 0;
	for (int c = CONTROLLERS - 1; c >= 0; c--) {
		if ((limits->needed & 1u << c) == 0)
			continue;
		size_t used = strlen(words);
		first = (enum controller)c;
		(void)snprintf(words + used, sizeof(words) - used, " +%s",
		    controller_names[c]);
	}
	if (strstr(path, "/user.slice") != NULL)
		(void)snprintf(why, sizeof(why),
		    "%s is not the caller's: run this in systemd-run --user "
		    "--scope --property=Delegate=yes",
		    path);
	else
		(void)snprintf(why, sizeof(why),
		    "%s is not the caller's: as root, run "
		    "d=/sys/fs/cgroup/lorica-%u && mkdir -p $d/own && echo%s "
		    ">/sys/fs/cgroup/cgroup.subtree_control && chown %u $d "
		    "$d/cgroup.procs $d/cgroup.subtree_control "
		    "$d/cgroup.threads $d/own/cgroup.procs && echo %d "
		    ">$d/own/cgroup.procs",
		    path[0] == '\0' ? "/" : path, geteuid(), words, geteuid(),
		    (int)getppid());
	return no_controller(limits->places[first].text, first, why, e);
}

int
controllers_check(const struct cgroup_tree *tree,
    const struct spec_resources *resources, struct limits *out, struct error *e)
{
	unsigned available = 0;

	limits_needed(resources, out);
	if (out->needed != 0 && tree->top >= 0 &&
	    controllers_read(tree->top, "cgroup.controllers", &available) < 0)
		return error_sys(e, "read cgroup.controllers");
	for (int c = 0; c < CONTROLLERS; c++) {
		if ((out->needed & ~available & 1u << c) == 0)
			continue;
		return no_controller(out->places[c].text, (enum controller)c,
		    tree->top < 0 ? "the host has no cgroup v2 hierarchy"
				  : who_holds(tree, (enum controller)c),
		    e);
	}
	return 0;
}

int
controllers_hand_down(int dir, const char *path, const struct limits *limits,
    struct error *e)
{
	unsigned enabled = 0, available = 0;

	/* A tree that has neither file hands nothing down. */
	if (controllers_read(dir, "cgroup.subtree_control", &enabled) < 0 ||
	    (limits->wanted & ~enabled) == 0)
		return 0;
	if (controllers_read(dir, "cgroup.controllers", &available) < 0)
		return error_sys(e, "read cgroup.controllers of %s", path);
	for (int c = 0; c < CONTROLLERS; c++) {
		char word[16];

		if ((limits->wanted & ~enabled & 1u << c) == 0)
			continue;
		(void)snprintf(word, sizeof(word), "+%s", controller_names[c]);
		errno = EACCES;
		if ((available & 1u << c) != 0 &&
		    file_write(dir, "cgroup.subtree_control", word) == 0)
			continue;
		if ((limits->needed & 1u << c) != 0)
			return not_enabled(path, limits, (enum controller)c, e);
	}
	return 0;
}
