/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bus - find a manager of systemd and connect to it.
 *
 * By the message bus where there is one, and else by the manager's own socket.
 * A bus on which no systemd listens is none. The D-Bus library does not say who
 * we are (EXTERNAL without a name), so the other side takes the uid from the
 * socket: that of the owner, also for root of a user namespace.
 */
#define _GNU_SOURCE
#include "bus.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/text.h"

static void
free_bus(sd_bus **bus)
{
	if (*bus != NULL)
		*bus = sd_bus_flush_close_unref(*bus);
}

void
bus_close(struct bus *bus)
{
	free_bus(&bus->bus);
}

/* ---- places ------------------------------------------------------------- */

/* Our uid as it is outside of our user namespace, if we are in one. */
static uid_t
outer_uid(void)
{
	uid_t uid = geteuid();
	char line[64];
	FILE *map = fopen("/proc/self/uid_map", "re");

	while (map != NULL && fgets(line, sizeof(line), map) != NULL) {
		char *at = line;
		unsigned long inside = strtoul(at, &at, 10);
		unsigned long outside = strtoul(at, &at, 10);
		unsigned long count = strtoul(at, &at, 10);

		if (uid >= inside && uid - inside < count) {
			uid = (uid_t)(outside + (uid - inside));
			break;
		}
	}
	if (map != NULL)
		fclose(map);
	return uid;
}

static int
connect_to(const char *path, struct error *e)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct text_out out =
	    text_out(address.sun_path, sizeof(address.sun_path));
	AUTO_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return error_sys(e, "socket");
	text_put(&out, path);
	if (out.truncated)
		return error_errno(e, ENAMETOOLONG, "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return error_sys(e, "connect to %s", path);
	return take_fd(&fd);
}

/* ---- the connection ------------------------------------------------------ */

static int
failed(int result, const sd_bus_error *why, const char *what, struct error *e)
{
	if (why != NULL && why->message != NULL)
		return error_set(e, -result, "%s: %s: %s", what, why->name,
		    why->message);
	return error_errno(e, -result, "%s", what);
}

/* Ask what it is: this also finds out whether anybody answers. */
static int
read_version(struct bus *bus, struct error *e)
{
	sd_bus_error why = SD_BUS_ERROR_NULL;
	AUTO_FREE char *text = NULL;
	int result = sd_bus_get_property_string(bus->bus, BUS_NAME, BUS_PATH,
	    BUS_MANAGER, "Version", &why, &text);

	if (result < 0) {
		failed(result, &why, "ask systemd for its version", e);
		sd_bus_error_free(&why);
		return -e->code;
	}
	/* "252.4-1" or "v252". */
	bus->version =
	    (unsigned)strtoul(text + strcspn(text, "0123456789"), NULL, 10);
	return 0;
}

static int
try(const char *path, bool direct, struct bus *out, struct error *e)
{
	AUTO(bus_close) struct bus bus = { 0 };
	int fd = connect_to(path, e);
	int result;

	if (fd < 0)
		return fd;
	result = sd_bus_new(&bus.bus);
	if (result < 0) {
		close(fd);
		return failed(result, NULL, path, e);
	}
	/* From here on it is the library's to close. */
	if ((result = sd_bus_set_fd(bus.bus, fd, fd)) < 0 ||
	    (result = sd_bus_set_bus_client(bus.bus, !direct)) < 0 ||
	    (result = sd_bus_start(bus.bus)) < 0)
		return failed(result, NULL, path, e);
	if (read_version(&bus, e) < 0)
		return error_wrap(e, "%s", path);
	*out = bus;
	bus.bus = NULL;
	return 0;
}

/* ---- whose processes ------------------------------------------------------
 */

/* Our number, as the bus sees it. */
static int
ask_our_pid(struct bus *bus, uint32_t *out)
{
	sd_bus_message *answer = NULL;
	const char *name;
	int result = sd_bus_get_unique_name(bus->bus, &name);

	if (result >= 0)
		result = sd_bus_call_method(bus->bus, "org.freedesktop.DBus",
		    "/org/freedesktop/DBus", "org.freedesktop.DBus",
		    "GetConnectionUnixProcessID", NULL, &answer, "s", name);
	if (result >= 0)
		result = sd_bus_message_read(answer, "u", out);
	sd_bus_message_unref(answer);
	return result;
}

int
bus_check_processes(struct bus *bus, enum unit_manager manager, struct error *e)
{
	uint32_t pid = 0;
	struct ucred peer = { 0 };
	socklen_t size = sizeof(peer);
	bool same;

	if (sd_bus_is_bus_client(bus->bus) > 0) {
		int result = ask_our_pid(bus, &pid);

		if (result < 0)
			return failed(result, NULL,
			    "ask the bus for our process number", e);
		same = pid == (uint32_t)getpid();
	} else {
		int fd = sd_bus_get_fd(bus->bus);

		if (fd < 0 ||
		    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
			return error_sys(e, "ask who systemd is");
		same = manager == UNIT_SYSTEM ? peer.pid == 1 : peer.pid != 0;
	}
	if (!same)
		return error_set(e, EXDEV,
		    "systemd is in another pid namespace, where the numbers of "
		    "processes are others");
	return 0;
}

/* ---- every place ----------------------------------------------------------
 */

/* The error that is kept says most: of one that answered, or the first. */
static int
try_all(char places[][4096], size_t count, struct bus *out, struct error *e)
{
	for (size_t i = 0; i < count; i++) {
		struct error why = { 0 };
		bool direct = strstr(places[i], "/private") != NULL;

		if (places[i][0] != '/')
			continue;
		if (try(places[i], direct, out, &why) == 0)
			return 0;
		if (e->code == 0 || e->code == ENOENT)
			*e = why;
	}
	if (e->code == 0)
		return error_set(e, ENOENT, "nowhere to look for systemd");
	return -e->code;
}

int
bus_open(enum unit_manager manager, struct bus *out, struct error *e)
{
	char system[][4096] = { "/run/dbus/system_bus_socket",
		"/run/systemd/private" };
	char user[4][4096] = { "" };
	const char *dir = getenv("XDG_RUNTIME_DIR");
	struct error why = { 0 };

	if (manager == UNIT_SYSTEM) {
		if (try_all(system, ARRAY_SIZE(system), out, &why) == 0)
			return 0;
		*e = why;
		return error_wrap(e, "the system's systemd");
	}
	if (dir != NULL && dir[0] == '/') {
		(void)snprintf(user[0], sizeof(user[0]), "%s/bus", dir);
		(void)snprintf(user[2], sizeof(user[2]), "%s/systemd/private",
		    dir);
	}
	(void)snprintf(user[1], sizeof(user[1]), "/run/user/%u/bus",
	    outer_uid());
	(void)snprintf(user[3], sizeof(user[3]), "/run/user/%u/systemd/private",
	    outer_uid());
	if (try_all(user, ARRAY_SIZE(user), out, &why) == 0)
		return 0;
	*e = why;
	return error_wrap(e, "the user's systemd");
}
