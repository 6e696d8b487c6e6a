/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/auto.h"
#include "support.h"

static const struct syscall_row bind_row = { "bind",
	.args = { SYSCALL_ARG_SOCKADDR } };

static const char *
shown(const void *bytes, size_t length)
{
	const struct event event = { .kind = EVENT_CALL,
		.row = &bind_row,
		.copies = { { bytes, length, false, 0 } } };

	return support_text_args(&event);
}

static const char *
as_json(const void *bytes, size_t length)
{
	const struct event event = { .kind = EVENT_CALL,
		.row = &bind_row,
		.copies = { { bytes, length, false, 0 } } };

	return support_json_args(&event);
}

#define EXPECT(got, wanted)                                                    \
	cr_expect(eq(str, (char *)(uintptr_t)(got), (wanted)))

Test(event_decode_socket, addresses_of_the_internet)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_port = htons(80),
		.sin_addr.s_addr = htonl(0xa9fea9fe) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(443),
		.sin6_addr = { { { 0xfe, 0x80, [15] = 1 } } },
		.sin6_scope_id = 3 };

	EXPECT(shown(&v4, sizeof(v4)),
	    "({family=AF_INET, address=169.254.169.254, port=80})");
	EXPECT(as_json(&v4, sizeof(v4)),
	    "[{\"kind\":\"sockaddr\",\"value\":{\"family\":\"AF_INET\","
	    "\"address\":\"169.254.169.254\",\"port\":80}}]");
	EXPECT(shown(&v6, sizeof(v6)),
	    "({family=AF_INET6, address=fe80::1, port=443, scope=3})");
	v6.sin6_scope_id = 0;
	EXPECT(shown(&v6, sizeof(v6)),
	    "({family=AF_INET6, address=fe80::1, port=443})");
}

Test(event_decode_socket, names_of_unix_sockets)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX,
		.sun_path = "/run/a \"b\x1b" };
	const size_t path = offsetof(struct sockaddr_un, sun_path);

	EXPECT(shown(&un, sizeof(un)),
	    "({family=AF_UNIX, path=\"/run/a \\\"b\\x1b\"})");
	/* Without a NUL it ends with the length. */
	EXPECT(shown(&un, path + 4), "({family=AF_UNIX, path=\"/run\"})");
	EXPECT(shown(&un, path), "({family=AF_UNIX})");
	memcpy(un.sun_path, "\0a\0b", 4);
	EXPECT(shown(&un, path + 4),
	    "({family=AF_UNIX, abstract=\"a\\x00b\"})");
	EXPECT(as_json(&un, path + 4),
	    "[{\"kind\":\"sockaddr\",\"value\":{\"family\":\"AF_UNIX\","
	    "\"abstract\":\"a\\\\x00b\"}}]");
	EXPECT(shown(&un, path + 1), "({family=AF_UNIX, abstract=\"\"})");
	memset(un.sun_path, 0xff, sizeof(un.sun_path));
	cr_expect(strstr(as_json(&un, sizeof(un)), "truncated") == NULL);
}

Test(event_decode_socket, other_families)
{
	struct sockaddr_nl nl = { .nl_family = AF_NETLINK,
		.nl_pid = 7,
		.nl_groups = 0x11 };
	struct sockaddr_ll ll = { .sll_family = AF_PACKET,
		.sll_protocol = htons(0x0800),
		.sll_ifindex = 2 };
	struct sockaddr_vm vm = { .svm_family = AF_VSOCK,
		.svm_cid = 2,
		.svm_port = 1024 };
	const unsigned char odd[] = { 99, 0, 1, 2, 0xff };

	EXPECT(shown(&nl, sizeof(nl)),
	    "({family=AF_NETLINK, port=7, groups=0x11})");
	EXPECT(shown(&ll, sizeof(ll)),
	    "({family=AF_PACKET, protocol=0x800, interface=2})");
	EXPECT(shown(&vm, sizeof(vm)), "({family=AF_VSOCK, cid=2, port=1024})");
	EXPECT(shown(odd, sizeof(odd)), "({family=0x63, data=0102ff})");
}

Test(event_decode_socket, what_is_too_short_is_shown_as_bytes)
{
	struct sockaddr_storage any;

	memset(&any, 0x41, sizeof(any));
	for (unsigned family = 0; family < 64; family++) {
		any.ss_family = (sa_family_t)family;
		for (size_t length = 0; length <= sizeof(any); length++)
			cr_assert(strncmp(shown(&any, length), "({", 2) == 0);
	}
	any.ss_family = AF_INET;
	EXPECT(shown(&any, 4), "({family=AF_INET, data=4141})");
	EXPECT(shown(&any, 1), "({data=02})");
	EXPECT(shown(&any, 0), "({data=})");
}

Test(event_decode_socket, more_than_any_address_is_cut)
{
	static const char many[4096] = { 99 };

	cr_expect(strstr(shown(many, sizeof(many)), "})") == NULL);
	cr_expect(strstr(shown(many, sizeof(many)), "}...)") != NULL);
}
