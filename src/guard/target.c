/* SPDX-License-Identifier: Apache-2.0 */
/*
 * target - addresses as system calls get them, and all that they mean.
 *
 * An IPv4 address has many forms of IPv6. ::ffff:a.b.c.d is the very address
 * to the kernel, so it is taken for that and nothing else. What a translator or
 * a tunnel makes of the others depends on the network, which nobody here knows:
 * they may be the IPv4 address, and may not be.
 */
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

#include "address.h"
#include "base/auto.h"

/* RFC 2133 had none of the scope, and the kernel takes that. */
#define SOCKADDR_IN6_LEAST offsetof(struct sockaddr_in6, sin6_scope_id)
#define SUN_PATH           offsetof(struct sockaddr_un, sun_path)

/* Where IPv4 addresses lie in those of IPv6 that have these bytes. */
static const struct form {
	uint8_t bytes[12];
	size_t length;
	uint8_t at[4];
	size_t from;      /* where the bytes are */
	bool is_inverted; /* so that no gateway changes it on the way */
} embedded[] = {
	/* NAT64, RFC 6052: the usual one, and one that networks cut up. */
	{ { 0x00, 0x64, 0xff, 0x9b }, 12, { 12, 13, 14, 15 } },
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 6, { 6, 7, 9, 10 } },
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 6, { 7, 9, 10, 11 } },
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 6, { 9, 10, 11, 12 } },
	{ { 0x00, 0x64, 0xff, 0x9b, 0x00, 0x01 }, 6, { 12, 13, 14, 15 } },
	/* 6to4, RFC 3056. */
	{ { 0x20, 0x02 }, 2, { 2, 3, 4, 5 } },
	/* Teredo, RFC 4380: its server, and who is behind it. */
	{ { 0x20, 0x01 }, 4, { 4, 5, 6, 7 } },
	{ { 0x20, 0x01 }, 4, { 12, 13, 14, 15 }, .is_inverted = true },
	/* ISATAP, RFC 5214: in any network, of a private address and of one
	 * that is not. */
	{ { 0x00, 0x00, 0x5e, 0xfe }, 4, { 12, 13, 14, 15 }, .from = 8 },
	{ { 0x02, 0x00, 0x5e, 0xfe }, 4, { 12, 13, 14, 15 }, .from = 8 },
	/* Translated, RFC 2765: ::ffff:0:a.b.c.d. */
	{ { [8] = 0xff, [9] = 0xff }, 12, { 12, 13, 14, 15 } },
	/* Compatible, RFC 4291: ::a.b.c.d, which sit0 still tunnels. */
	{ { 0 }, 12, { 12, 13, 14, 15 } },
};

static void
add(struct guard_target *target, const struct guard_ip *ip)
{
	target->forms[target->count++] = *ip;
}

static void
add_embedded(struct guard_target *target, const uint8_t bytes[16])
{
	for (size_t i = 0; i < ARRAY_SIZE(embedded); i++) {
		const struct form *form = &embedded[i];
		struct guard_ip ip = { .is_v4 = true };

		if (memcmp(bytes + form->from, form->bytes, form->length) != 0)
			continue;
		for (size_t j = 0; j < 4; j++)
			ip.bytes[j] =
			    bytes[form->at[j]] ^ (form->is_inverted ? 0xff : 0);
		add(target, &ip);
	}
}

static const struct guard_ip home4 = { true, { 127, 0, 0, 1 } };
static const struct guard_ip home6 = { false, { [15] = 1 } };

static bool
is_zero(const struct guard_ip *ip)
{
	static const uint8_t zero[16];

	return memcmp(ip->bytes, zero, sizeof(zero)) == 0;
}

static void
read_v4(const uint8_t bytes[4], struct guard_target *out)
{
	struct guard_ip ip = { .is_v4 = true };

	memcpy(ip.bytes, bytes, 4);
	add(out, &ip);
	if (is_zero(&ip) && out->operation != GUARD_BIND)
		add(out, &home4);
	out->is_wildcard = is_zero(&ip) && out->operation == GUARD_BIND;
	out->sure = out->count;
}

static void
read_v6(const uint8_t bytes[16], struct guard_target *out)
{
	struct guard_ip ip = { .is_v4 = false };

	if (guard_is_mapped(bytes)) {
		read_v4(bytes + 12, out);
		return;
	}
	memcpy(ip.bytes, bytes, 16);
	add(out, &ip);
	bool is_any = is_zero(&ip);
	if (is_any && out->operation != GUARD_BIND)
		add(out, &home6);
	out->sure = out->count;
	out->is_wildcard = is_any && out->operation == GUARD_BIND;
	/* Of a socket that is bound to ::ffff:... it goes there. */
	if (is_any && out->operation != GUARD_BIND)
		add(out, &home4);
	if (!is_any && memcmp(&ip, &home6, sizeof(ip)) != 0)
		add_embedded(out, bytes);
}

static bool
read_inet(const struct sockaddr *address, socklen_t length,
    struct guard_target *out)
{
	struct sockaddr_in in;

	if (length < sizeof(in))
		return false;
	memcpy(&in, address, sizeof(in));
	out->family = AF_INET;
	out->port = ntohs(in.sin_port);
	read_v4((const uint8_t *)&in.sin_addr, out);
	return true;
}

static bool
read_inet6(const struct sockaddr *address, socklen_t length,
    struct guard_target *out)
{
	struct sockaddr_in6 in = { 0 };

	if (length < SOCKADDR_IN6_LEAST)
		return false;
	memcpy(&in, address, SOCKADDR_IN6_LEAST);
	out->port = ntohs(in.sin6_port);
	read_v6(in.sin6_addr.s6_addr, out);
	return true;
}

static bool
read_unix(const struct sockaddr *address, socklen_t length,
    struct guard_target *out)
{
	const char *name = (const char *)address + SUN_PATH;

	if (length > sizeof(struct sockaddr_un))
		return false;
	/* To bind without one is to have the kernel choose an abstract one. */
	if (length <= SUN_PATH) {
		out->name = "";
		return length == SUN_PATH && out->operation == GUARD_BIND;
	}
	if (name[0] == '\0') {
		out->name = name + 1;
		out->name_length = length - SUN_PATH - 1;
	}
	out->has_path = out->name == NULL;
	return true;
}

bool
guard_target_read(enum guard_operation operation,
    const struct sockaddr *address, socklen_t length, const char *path,
    struct guard_target *out)
{
	sa_family_t family = AF_UNSPEC;

	*out = (struct guard_target){ .operation = operation, .path = path };
	if (address == NULL || length < sizeof(family))
		return false;
	memcpy(&family, address, sizeof(family));
	out->family = family;
	switch (family) {
	case AF_UNSPEC:
		return operation == GUARD_CONNECT ||
		       read_inet(address, length, out);
	case AF_INET:
		return read_inet(address, length, out);
	case AF_INET6:
		return read_inet6(address, length, out);
	case AF_UNIX:
		return read_unix(address, length, out);
	default:
		return true;
	}
}
