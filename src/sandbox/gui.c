/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gui - what a graphical program needs of the machine: the socket of the
 * Wayland compositor, and what draws.
 *
 * Nothing else of the session is let in: its directory is an empty one of the
 * sandbox's own, where the socket has a name of ours. X11 is not: whoever talks
 * to it has the keys and windows of all others.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "box.h"

#define DEVICES "/dev/dri"

static bool
is_set(const char *value)
{
	return value != NULL && value[0] != '\0';
}

/* Where clients look for it: wl_display_connect(3). */
static int
find_name(const struct sandbox *sandbox, const char **out, struct error *e)
{
	char *const *env = sandbox->request->env;
	const char *display = path_variable(env, "WAYLAND_DISPLAY");
	const char *dir = path_variable(env, "XDG_RUNTIME_DIR");

	if (is_set(display) && display[0] == '/') {
		*out = display;
		return 0;
	}
	if (!is_set(dir) || dir[0] != '/')
		return error_set(e, ENOENT,
		    "no Wayland compositor: XDG_RUNTIME_DIR is not set");
	*out = path_format(sandbox->arena, "%s/%s", dir,
	    is_set(display) ? display : "wayland-0");
	return *out == NULL ? error_sys(e, "memory") : 0;
}

/* Nobody listens there. */
static int
fail_without(const struct sandbox *sandbox, const char *name, struct error *e)
{
	char *const *env = sandbox->request->env;

	if (!is_set(path_variable(env, "WAYLAND_DISPLAY")) &&
	    is_set(path_variable(env, "DISPLAY")))
		return error_set(e, ENOENT,
		    "no Wayland compositor, and X11 is not let in, as it "
		    "shows every program the keys and windows of all others: "
		    "lorica-sandbox(1)");
	return error_set(e, ENOENT, "no Wayland compositor: %s is not there",
	    name);
}

/* The compositor's, by its own name. */
static int
find_socket(struct sandbox *sandbox, const char **out, struct error *e)
{
	const char *name;
	const char *followed;
	struct stat st;

	/* One name for all that looks at it: ".." behind a link means two. */
	TRY(find_name(sandbox, &name, e));
	TRY(path_absolute(sandbox, name, &name, e));
	bool is_there = lstat(name, &st) == 0;
	if (!is_there && errno == ENOENT)
		return fail_without(sandbox, name, e);
	if (!is_there || !S_ISSOCK(st.st_mode))
		return error_set(e, ENOTSOCK, "%s: not a socket", name);
	TRY(path_real(sandbox, name, out, e));
	if (lstat(*out, &st) < 0 || !S_ISSOCK(st.st_mode))
		return error_set(e, ENOTSOCK, "%s: not a socket", name);
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return error_set(e, EPERM, "%s: another user's", name);
	return links_follow(sandbox, name, *out, &followed, e);
}

static int
add_socket(struct sandbox *sandbox, struct error *e)
{
	struct place place = {
		.kind = PLACE_RO,
		.is_ours = true,
		.is_let_in = true,
	};

	TRY(find_socket(sandbox, &place.source, e));
	place.path =
	    path_format(sandbox->arena, "%s/" GUI_SOCKET, sandbox->session);
	return place.path == NULL ? error_sys(e, "memory")
				  : place_add(sandbox, &place, e);
}

/* The directory of the session, as programs want it: the user's alone. */
static int
add_session(struct sandbox *sandbox, struct error *e)
{
	const char *name =
	    path_format(sandbox->arena, "/run/user/%u", sandbox->uid);
	struct place place = {
		.kind = PLACE_TMPFS,
		.source = "",
		.options = "\"nosuid\",\"nodev\",\"mode=700\"",
		.is_ours = true,
	};

	if (name == NULL)
		return error_sys(e, "memory");
	TRY(links_follow(sandbox, name, NULL, &place.path, e));
	sandbox->session = place.path;
	return place_add(sandbox, &place, e);
}

/* It draws, and has no screen. */
static int
add_device(struct sandbox *sandbox, const char *name, struct error *e)
{
	const char *path = path_format(sandbox->arena, DEVICES "/%s", name);
	const struct place place = {
		.kind = PLACE_RO,
		.path = path,
		.source = path,
		.options = "\"bind\",\"ro\",\"nosuid\",\"noexec\"",
		.is_ours = true,
	};
	struct stat st;

	if (path == NULL)
		return error_sys(e, "memory");
	if (lstat(path, &st) < 0 || !S_ISCHR(st.st_mode) ||
	    access(path, R_OK | W_OK) < 0)
		return 0;
	return place_add(sandbox, &place, e);
}

static int
add_devices(struct sandbox *sandbox, struct error *e)
{
	const struct dirent *entry;
	DIR *dir = opendir(DEVICES);

	while (dir != NULL && e->code == 0 && (entry = readdir(dir)) != NULL) {
		if (strncmp(entry->d_name, "render", strlen("render")) == 0 &&
		    add_device(sandbox, entry->d_name, e) < 0)
			break;
	}
	if (dir != NULL)
		(void)closedir(dir);
	return -e->code;
}

int
gui_collect(struct sandbox *sandbox, struct error *e)
{
	if (!sandbox->request->options.gui)
		return 0;
	if (add_session(sandbox, e) < 0 || add_socket(sandbox, e) < 0 ||
	    add_devices(sandbox, e) < 0)
		return error_wrap(e, "--gui");
	return 0;
}
