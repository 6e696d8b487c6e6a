/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In a network namespace of our own, whose only device is "lo"; moving one and
 * renaming it is tests/integration/55-netdev.sh.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/limits.h"
#include "ns/link.h"

static struct netlink netlink = { .fd = -1 };
static struct netlink_link lo;

static void
setup(void)
{
	if (unshare(CLONE_NEWNET) < 0)
		cr_skip_test("no network namespace can be made here");
	netlink.fd = netlink_open();
	cr_assert(ge(int, netlink.fd, 0));
	cr_assert(zero(int, link_find(&netlink, "lo", &lo)));
}

TestSuite(ns_link, .init = setup);

Test(ns_link, a_device_is_found_by_its_name)
{
	struct netlink_link none = { .index = 7 };

	cr_expect(eq(int, lo.index, 1));
	cr_expect(eq(str, lo.name, "lo"));
	cr_expect(eq(int, link_find(&netlink, "nosuch", &none), -ENODEV));
	cr_expect(eq(int, none.index, 7), "untouched");
	cr_expect(lt(int,
	    link_find(&netlink, "a-name-that-is-far-too-long", &none), 0));
}

Test(ns_link, a_device_is_set_up)
{
	struct netlink_link again;

	cr_expect(zero(u32, lo.flags & IFF_UP));
	cr_assert(zero(int, link_set_up(&netlink, lo.index)));
	cr_assert(zero(int, link_find(&netlink, "lo", &again)));
	cr_expect(ne(u32, again.flags & IFF_UP, 0));
	cr_expect(lt(int, link_set_up(&netlink, 4711), 0));
}

/* What was read can be added again, as it was. */
Test(ns_link, addresses_come_back_as_they_were)
{
	static struct netlink_address items[LIMIT_NET_ADDRESSES];
	struct link_addresses list = { .index = lo.index, .items = items };
	const struct netlink_address rows[] = {
		{ .family = AF_INET,
		    .prefix_length = 24,
		    .local = { { 192, 0, 2, 1 }, 4 },
		    .address = { { 192, 0, 2, 1 }, 4 },
		    .broadcast = { { 192, 0, 2, 255 }, 4 } },
		{ .family = AF_INET6,
		    .prefix_length = 64,
		    .flags = IFA_F_NODAD,
		    .local = { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 16 },
		    .address = { { 0x20, 1, 0xd, 0xb8, [15] = 1 }, 16 } },
		/* Of this machine alone: not to be moved. */
		{ .family = AF_INET,
		    .prefix_length = 8,
		    .scope = RT_SCOPE_HOST,
		    .local = { { 127, 0, 0, 9 }, 4 },
		    .address = { { 127, 0, 0, 9 }, 4 } },
	};

	cr_assert(zero(int, link_set_up(&netlink, lo.index)));
	cr_assert(zero(int, link_addresses_read(&netlink, &list)));
	cr_expect(zero(sz, list.count), "127.0.0.1 and ::1 are the kernel's");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_assert(zero(int,
			      link_address_add(&netlink, lo.index, &rows[i])),
		    "row %zu", i);
	cr_assert(zero(int, link_addresses_read(&netlink, &list)));
	cr_assert(eq(sz, list.count, 2));
	for (size_t i = 0; i < list.count; i++) {
		const struct netlink_address *got = &items[i];
		const struct netlink_address *want =
		    &rows[got->family == AF_INET6];

		cr_expect(eq(int, got->index, lo.index));
		cr_expect(eq(u8, got->prefix_length, want->prefix_length));
		cr_expect(
		    zero(int, memcmp(got->address.bytes, want->address.bytes,
				  want->address.size)));
		cr_expect(zero(int,
		    memcmp(got->broadcast.bytes, want->broadcast.bytes,
			want->broadcast.size)));
	}
	list.index = 4711;
	cr_expect(link_addresses_read(&netlink, &list) == -ENODEV ||
		      list.count == 0,
	    "those of another device are not ours");
}

Test(ns_link, what_the_kernel_refuses_is_its_errno)
{
	AUTO_FD int ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	const struct netlink_address bad = { .family = AF_INET,
		.prefix_length = 33,
		.local = { { 192, 0, 2, 1 }, 4 } };

	cr_expect(eq(int, link_send(&netlink, 4711, ns, "x"), -ENODEV));
	cr_expect(lt(int, link_send(&netlink, lo.index, -1, "x"), 0));
	cr_expect(eq(int, link_rename(&netlink, 4711, "x"), -ENODEV));
	cr_expect(eq(int, link_address_add(&netlink, lo.index, &bad), -EINVAL));
}
