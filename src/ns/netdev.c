/* SPDX-License-Identifier: Apache-2.0 */
/*
 * netdev - linux.netDevices: config-linux.md, "Network Devices".
 *
 * A device leaves under a name of our own, because another of its name may be
 * where it goes, and because the kernel chooses its index there and, for a
 * template such as "eth%d", its name: so it is found again. There it is
 * renamed, gets back the addresses that the move took from it, and is set up.
 *
 * The runtime never leaves its own namespace: a child makes the socket there.
 *
 * When a device fails, those that were moved before it go back the way they
 * came. When the container ends, the kernel gives a physical device back to
 * the first network namespace and removes a virtual one.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "link.h"
#include "ns/ns.h"
#include "os/os.h"

/* A network namespace and a socket in it. */
struct side {
	int ns;
	struct netlink netlink;
};

struct device {
	const struct spec_net_device *wanted;
	struct netlink_link link;        /* as it was at home */
	struct link_addresses addresses; /* owned */
	bool is_away;
	int index_there; /* 0 until it is found there */
};

/* All of the work, which is undone from the end. */
struct journey {
	struct side home;
	struct side there;
	struct device *devices; /* owned */
	size_t count;
};

/* ---- one device --------------------------------------------------------- */

/* The name of a device on its way, told by its index at home. */
static void
travel_name(const struct device *device, char out[IFNAMSIZ])
{
	(void)snprintf(out, IFNAMSIZ, "lorica%x", (unsigned)device->link.index);
}

/* The index of a device that has arrived. */
static int
find_arrived(struct side *side, const struct device *device, int *index)
{
	char travelling[IFNAMSIZ];
	struct netlink_link link = { 0 };

	travel_name(device, travelling);
	int failed = link_find(&side->netlink, travelling, &link);
	if (failed == 0)
		*index = link.index;
	return failed;
}

/* Give it its name, its addresses and its state. */
static int
settle(struct side *side, int index, const struct device *device,
    const char *name, struct error *e)
{
	int failed = link_rename(&side->netlink, index, name);

	if (failed == -EEXIST)
		return error_set(e, EEXIST,
		    "the container's network namespace has a device %s already",
		    name);
	if (failed < 0)
		return error_errno(e, -failed, "name it %s", name);
	for (size_t i = 0; i < device->addresses.count; i++) {
		failed = link_address_add(&side->netlink, index,
		    &device->addresses.items[i]);
		if (failed < 0)
			return error_errno(e, -failed, "keep its address");
	}
	return 0;
}

static int
look_up(struct side *home, const char *name, struct device *device,
    struct error *e)
{
	int failed = link_find(&home->netlink, name, &device->link);

	if (failed == -ENODEV)
		return error_set(e, ENODEV, "there is no such network device");
	if (failed < 0)
		return error_errno(e, -failed, "look it up");
	device->addresses.index = device->link.index;
	device->addresses.items =
	    calloc(LIMIT_NET_ADDRESSES, sizeof(*device->addresses.items));
	if (device->addresses.items == NULL)
		return error_sys(e, "memory");
	failed = link_addresses_read(&home->netlink, &device->addresses);
	return failed < 0 ? error_errno(e, -failed, "read its addresses") : 0;
}

static int
leave(struct side *home, const struct side *there, const struct device *device,
    struct error *e)
{
	char travelling[IFNAMSIZ];

	travel_name(device, travelling);
	int failed = link_send(&home->netlink, device->link.index, there->ns,
	    travelling);
	if (failed == -EPERM)
		return error_set(e, EPERM,
		    "the kernel does not let the runtime move it");
	if (failed == -EINVAL)
		return error_set(e, EINVAL,
		    "a device of its kind cannot be moved");
	return failed < 0 ? error_errno(e, -failed, "move it") : 0;
}

static const char *
name_there(const struct spec_net_device *wanted)
{
	bool given = wanted->name != NULL && wanted->name[0] != '\0';

	return given ? wanted->name : wanted->host_name;
}

static int
move_device(struct side *home, struct side *there, struct device *device,
    struct error *e)
{
	TRY(look_up(home, device->wanted->host_name, device, e));
	TRY(leave(home, there, device, e));
	device->is_away = true;
	int failed = find_arrived(there, device, &device->index_there);
	if (failed < 0)
		return error_errno(e, -failed, "find it again");
	TRY(settle(there, device->index_there, device,
	    name_there(device->wanted), e));
	failed = link_set_up(&there->netlink, device->index_there);
	return failed < 0 ? error_errno(e, -failed, "set it up") : 0;
}

/*
 * Back to where and what it was. A step that fails leaves the rest to the
 * kernel: the error that is reported is the one that led here.
 */
static void
bring_back(struct side *home, struct side *there, struct device *device)
{
	char travelling[IFNAMSIZ];
	struct error ignored = { 0 };
	int index = 0;

	travel_name(device, travelling);
	if (!device->is_away ||
	    (device->index_there == 0 &&
		find_arrived(there, device, &device->index_there) < 0) ||
	    link_send(&there->netlink, device->index_there, home->ns,
		travelling) < 0 ||
	    find_arrived(home, device, &index) < 0 ||
	    settle(home, index, device, device->link.name, &ignored) < 0)
		return;
	if ((device->link.flags & IFF_UP) != 0)
		(void)link_set_up(&home->netlink, index);
}

static int
move_all(struct journey *journey, const struct spec_linux *lnx, struct error *e)
{
	while (journey->count < lnx->net_devices_count) {
		struct device *device = &journey->devices[journey->count];

		device->wanted = &lnx->net_devices[journey->count];
		journey->count++;
		if (move_device(&journey->home, &journey->there, device, e) < 0)
			return error_wrap(e, "linux.netDevices.%s",
			    device->wanted->host_name);
	}
	return 0;
}

static void
move_back(struct journey *journey)
{
	for (size_t i = journey->count; i > 0; i--)
		bring_back(&journey->home, &journey->there,
		    &journey->devices[i - 1]);
}

static void
journey_free(struct journey *journey)
{
	for (size_t i = 0; i < journey->count; i++)
		free(journey->devices[i].addresses.items);
	free(journey->devices);
	auto_close(&journey->home.ns);
	auto_close(&journey->home.netlink.fd);
	auto_close(&journey->there.ns);
	auto_close(&journey->there.netlink.fd);
}

/* ---- the two namespaces ------------------------------------------------- */

static void __attribute__((noreturn)) socket_child(int ns, int channel)
{
	AUTO_FD int fd = -1;
	int reason = 0;

	if (setns(ns, CLONE_NEWNET) == 0)
		fd = netlink_open();
	if (fd < 0)
		reason = errno;
	_exit(os_send_fd(channel, &reason, sizeof(reason), fd) < 0 ? 1 : 0);
}

/* A netlink socket of another network namespace, or a negative errno. */
static int
socket_in(int ns)
{
	int pair[2];
	int reason = ECHILD;
	int fd = -1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	AUTO_FD int ours = pair[0];
	AUTO_FD int theirs = pair[1];
	pid_t pid = os_clone3(&(struct clone_args){ .exit_signal = SIGCHLD });
	if (pid < 0)
		return -errno;
	if (pid == 0)
		socket_child(ns, theirs);
	close(take_fd(&theirs));
	if (os_receive_fd(ours, &reason, sizeof(reason), &fd) < 0)
		reason = errno;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return fd >= 0 ? fd : -reason;
}

/* A link of procfs, so it cannot go through os_proc_open(). */
static int
open_net(int proc, const char *who, struct error *e)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "%s/ns/net", who);
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? error_sys(e, "open the network namespace") : fd;
}

static bool
is_same(int a, int b)
{
	struct stat of_a;
	struct stat of_b;

	return fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 &&
	       of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

static int
open_sides(struct journey *journey, pid_t pid, struct error *e)
{
	char who[16];
	AUTO_FD int proc = os_proc_root();

	if (proc < 0)
		return error_sys(e, "open /proc");
	(void)snprintf(who, sizeof(who), "%d", (int)pid);
	journey->home.ns = open_net(proc, "self", e);
	if (journey->home.ns < 0)
		return journey->home.ns;
	journey->there.ns = open_net(proc, who, e);
	if (journey->there.ns < 0)
		return journey->there.ns;
	if (is_same(journey->home.ns, journey->there.ns))
		return error_set(e, EINVAL,
		    "the container's network namespace is the runtime's own");
	journey->home.netlink.fd = netlink_open();
	if (journey->home.netlink.fd < 0)
		return error_sys(e, "netlink");
	journey->there.netlink.fd = socket_in(journey->there.ns);
	if (journey->there.netlink.fd < 0)
		return error_errno(e, -journey->there.netlink.fd,
		    "netlink in the container's network namespace");
	return 0;
}

int
ns_move_devices(const struct spec *spec, pid_t pid, struct error *e)
{
	AUTO(journey_free)
	struct journey journey = {
		.home = { -1, { .fd = -1 } },
		.there = { -1, { .fd = -1 } },
	};
	size_t count = spec->lnx.net_devices_count;

	if (count == 0)
		return 0;
	if (open_sides(&journey, pid, e) < 0)
		return error_wrap(e, "linux.netDevices");
	journey.devices = calloc(count, sizeof(*journey.devices));
	if (journey.devices == NULL)
		return error_sys(e, "linux.netDevices");
	if (move_all(&journey, &spec->lnx, e) < 0) {
		move_back(&journey);
		return -e->code;
	}
	return 0;
}

int
ns_loopback_up(struct error *e)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	AUTO_FD int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* A socket of any family answers netdevice(7) requests. */
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return error_sys(e, "lo");
	return 0;
}
