/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves virtual devices between two network namespaces of its own; needs root
 * and a kernel with veth.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/auto.h"
#include "base/limits.h"
#include "ns/link.h"
#include "ns/ns.h"

static struct netlink home;

/* A pair of devices: name, and one that the kernel names. */
static int
make_veth(const char *name)
{
	struct ifinfomsg fixed = { .ifi_family = AF_UNSPEC };
	struct {
		struct nlattr header;
		char kind[4];
	} info = { { 8, IFLA_INFO_KIND }, "veth" };
	struct netlink_request request;

	netlink_begin(&request, RTM_NEWLINK,
	    NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &fixed, sizeof(fixed));
	netlink_put(&request, IFLA_IFNAME, name, strlen(name) + 1);
	netlink_put(&request, IFLA_LINKINFO, &info, sizeof(info));
	return netlink_ask(&home, &request, NULL, NULL);
}

static struct netlink_link
must_find(struct netlink *netlink, const char *name)
{
	struct netlink_link link = { 0 };

	cr_assert(zero(int, link_find(netlink, name, &link)), "%s", name);
	return link;
}

static void
add(int index, int family, const void *bytes, size_t size, uint8_t scope)
{
	struct netlink_address address = { .family = (uint8_t)family,
		.prefix_length = 24,
		.scope = scope,
		.flags = IFA_F_NODAD };

	memcpy(address.local.bytes, bytes, size);
	address.local.size = size;
	cr_assert(zero(int, link_address_add(&home, index, &address)));
}

static void
setup(void)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNET) < 0)
		cr_skip_test("needs root");
	home.fd = netlink_open();
	cr_assert(ge(int, home.fd, 0));
	int failed = make_veth("one");
	if (failed == -EOPNOTSUPP)
		cr_skip_test("this kernel has no veth");
	cr_assert(zero(int, failed));
	cr_assert(zero(int, make_veth("two")));
}

/* A process that waits in a new network namespace. */
static pid_t
make_there(struct netlink *there)
{
	int ready[2];
	char path[48];
	char byte;

	cr_assert(zero(int, pipe(ready)));
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (unshare(CLONE_NEWNET) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	cr_assert(eq(long, read(ready[0], &byte, 1), 1));
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	AUTO_FD int own = open("/proc/self/ns/net", O_RDONLY);
	AUTO_FD int ns = open(path, O_RDONLY);
	cr_assert(zero(int, setns(ns, CLONE_NEWNET)));
	there->fd = netlink_open();
	cr_assert(zero(int, setns(own, CLONE_NEWNET)));
	return pid;
}

static int
move(const struct spec_net_device *devices, size_t count, pid_t pid,
    struct error *e)
{
	struct spec spec = { .lnx = {
				 .net_devices =
				     (struct spec_net_device *)(uintptr_t)
					 devices,
				 .net_devices_count = count,
			     } };

	return ns_move_devices(&spec, pid, e);
}

static void
end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

Test(ns_netdev, a_device_keeps_its_addresses_and_is_up, .init = setup)
{
	static const unsigned char four[] = { 10, 9, 8, 7 };
	static const unsigned char second[] = { 10, 9, 8, 6 };
	static const unsigned char local[] = { 10, 7, 7, 7 };
	static const unsigned char six[16] = { 0xfd, [15] = 7 };
	static const struct spec_net_device devices[] = {
		{ "one", "renamed" },
		{ "two", NULL },
	};
	struct netlink there = { 0 };
	pid_t pid = make_there(&there);
	int index = must_find(&home, "one").index;
	struct error e = { 0 };

	add(index, AF_INET, four, 4, RT_SCOPE_UNIVERSE);
	add(index, AF_INET, second, 4, RT_SCOPE_UNIVERSE);
	add(index, AF_INET, local, 4, RT_SCOPE_HOST);
	add(index, AF_INET6, six, 16, RT_SCOPE_UNIVERSE);
	cr_assert(zero(int, move(devices, 2, pid, &e)), "%s", e.text);

	struct netlink_link one = must_find(&there, "renamed");
	cr_expect(ne(u32, one.flags & IFF_UP, 0));
	cr_expect(ne(u32, must_find(&there, "two").flags & IFF_UP, 0));
	cr_expect(eq(int, link_find(&home, "one", &one), -ENODEV));
	cr_expect(eq(int, link_find(&home, "two", &one), -ENODEV));

	struct netlink_address items[LIMIT_NET_ADDRESSES];
	struct link_addresses list = { one.index, items, 0 };
	cr_assert(zero(int, link_addresses_read(&there, &list)));
	cr_assert(eq(sz, list.count, 3), "not the one with host scope");
	cr_expect(zero(int, memcmp(items[0].local.bytes, four, 4)));
	cr_expect(zero(int, memcmp(items[1].local.bytes, second, 4)));
	cr_expect(zero(int, memcmp(items[2].address.bytes, six, 16)));
	cr_expect(eq(u8, items[0].prefix_length, 24));
	end(pid);
}

Test(ns_netdev, the_kernel_fills_a_template, .init = setup)
{
	static const struct spec_net_device devices[] = {
		{ "one", "eth%d" },
		{ "two", "eth%d" },
	};
	struct netlink there = { 0 };
	pid_t pid = make_there(&there);
	struct error e = { 0 };

	cr_assert(zero(int, move(devices, 2, pid, &e)), "%s", e.text);
	must_find(&there, "eth0");
	must_find(&there, "eth1");
	end(pid);
}

Test(ns_netdev, an_empty_name_is_the_same_name, .init = setup)
{
	static const struct spec_net_device device = { "one", "" };
	struct netlink there = { 0 };
	pid_t pid = make_there(&there);
	struct error e = { 0 };

	cr_assert(zero(int, move(&device, 1, pid, &e)), "%s", e.text);
	must_find(&there, "one");
	end(pid);
}

Test(ns_netdev, all_are_back_when_one_fails, .init = setup)
{
	static const unsigned char four[] = { 10, 9, 8, 7 };
	static const struct {
		struct spec_net_device devices[2];
		const char *line;
	} rows[] = {
		{ { { "one", "x" }, { "none", NULL } },
		    "linux.netDevices.none: there is no such network device" },
		{ { { "one", "x" }, { "two", "x" } },
		    "linux.netDevices.two: the container's network namespace "
		    "has a device x already" },
		{ { { "one", "eth%d" }, { "two", "lo" } },
		    "linux.netDevices.two: the container's network namespace "
		    "has a device lo already" },
		{ { { "one", "x" }, { "two", "%s" } },
		    "linux.netDevices.two: name it %s: invalid argument" },
		{ { { "one", "x" }, { "lo", "y" } },
		    "linux.netDevices.lo: a device of its kind cannot be "
		    "moved" },
	};
	struct netlink there = { 0 };
	pid_t pid = make_there(&there);
	int index = must_find(&home, "one").index;

	add(index, AF_INET, four, 4, RT_SCOPE_UNIVERSE);
	cr_assert(zero(int, link_set_up(&home, index)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct netlink_address items[LIMIT_NET_ADDRESSES];
		struct netlink_link link;
		struct error e = { 0 };
		char line[256];

		cr_expect(lt(int, move(rows[i].devices, 2, pid, &e), 0));
		error_format(&e, line, sizeof(line));
		cr_expect(eq(str, line, (char *)(uintptr_t)rows[i].line));
		link = must_find(&home, "one");
		cr_expect(ne(u32, link.flags & IFF_UP, 0), "row %zu", i);
		struct link_addresses list = { link.index, items, 0 };
		cr_assert(zero(int, link_addresses_read(&home, &list)));
		cr_expect(eq(sz, list.count, 1), "row %zu", i);
		link = must_find(&home, "two");
		cr_expect(eq(u32, link.flags & IFF_UP, 0), "row %zu", i);
	}
	end(pid);
}

Test(ns_netdev, the_own_namespace_is_refused, .init = setup)
{
	static const struct spec_net_device device = { "one", "x" };
	struct error e = { 0 };

	cr_expect(eq(int, move(&device, 1, getpid(), &e), -EINVAL));
	char line[128];

	error_format(&e, line, sizeof(line));
	cr_expect(eq(str, line,
	    "linux.netDevices: the container's network namespace is the "
	    "runtime's own"));
	must_find(&home, "one");
}

Test(ns_netdev, loopback_is_set_up, .init = setup)
{
	struct error e = { 0 };

	cr_expect(eq(u32, must_find(&home, "lo").flags & IFF_UP, 0));
	cr_assert(zero(int, ns_loopback_up(&e)), "%s", e.text);
	cr_expect(ne(u32, must_find(&home, "lo").flags & IFF_UP, 0));
}
