/* SPDX-License-Identifier: Apache-2.0 */
/*
 * address - addresses in a policy: networks, sets, unix sockets, families.
 */
#include "address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/auto.h"
#include "base/text.h"

/* ---- sets ---------------------------------------------------------------- */

/* Where clouds hand out credentials of the machine or of the pod. */
static const char *const metadata[] = {
	"169.254.169.254",    /* nearly all */
	"169.254.170.2",      /* ECS, of a task */
	"169.254.170.23",     /* EKS, of a pod */
	"169.254.0.23",       /* Tencent */
	"169.254.10.10",      /* Tencent */
	"169.254.42.42",      /* Scaleway */
	"100.100.100.200",    /* Alibaba */
	"168.63.129.16",      /* Azure, the wire server */
	"192.0.0.192",        /* Oracle, the old one */
	"fd00:ec2::254",      /* EC2 */
	"fd00:ec2::23",       /* EKS, of a pod */
	"fd20:ce::254",       /* Google */
	"fd00:c1::a9fe:a9fe", /* Oracle */
	"fd00:42::42",        /* Scaleway */
	"fd00:a9fe:a9fe::1",  /* Akamai */
	"fd00:100::100:200",  /* Alibaba */
	"fe80::a9fe:a9fe",    /* OpenStack, Akamai */
	NULL,
};

/* RFC 1918, 3927, 6598; 4193, 4291 and the site's own of old. */
static const char *const private_use[] = { "10.0.0.0/8", "172.16.0.0/12",
	"192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7",
	"fe80::/10", "fec0::/10", NULL };

static const char *const loopback[] = { "127.0.0.0/8", "::1", NULL };

static const char *const any[] = { "0.0.0.0/0", "::/0", NULL };

static const struct {
	const char *name;
	const char *const *addresses;
} sets[] = {
	{ "any", any },
	{ "loopback", loopback },
	{ "metadata", metadata },
	{ "private", private_use },
};

const char *const *
guard_set_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		if (strcmp(sets[i].name, name) == 0)
			return sets[i].addresses;
	}
	return NULL;
}

/* ---- reading a rule's ---------------------------------------------------- */

static const struct {
	const char *name;
	int family;
} families[] = {
	{ "unix", AF_UNIX },
	{ "inet", AF_INET },
	{ "inet6", AF_INET6 },
	{ "alg", AF_ALG },
	{ "bluetooth", AF_BLUETOOTH },
	{ "can", AF_CAN },
	{ "ib", AF_IB },
	{ "isdn", AF_ISDN },
	{ "key", AF_KEY },
	{ "kcm", AF_KCM },
	{ "mctp", 45 /* AF_MCTP, Linux 5.15 */ },
	{ "netlink", AF_NETLINK },
	{ "nfc", AF_NFC },
	{ "packet", AF_PACKET },
	{ "phonet", AF_PHONET },
	{ "pppox", AF_PPPOX },
	{ "qipcrtr", AF_QIPCRTR },
	{ "rds", AF_RDS },
	{ "rxrpc", AF_RXRPC },
	{ "smc", AF_SMC },
	{ "tipc", AF_TIPC },
	{ "vsock", AF_VSOCK },
	{ "x25", AF_X25 },
	{ "xdp", AF_XDP },
};

static int
read_family(const struct json *at, const char *name, struct guard_address *out,
    struct error *e)
{
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		if (strcmp(families[i].name, name) == 0) {
			out->kind = ADDRESS_FAMILY;
			out->family = families[i].family;
			return 0;
		}
	}
	return json_fail(at, e, "no family is called \"%.64s\"", name);
}

/* The address alone; false if it is none. */
static bool
read_ip(const char *text, struct guard_ip *out)
{
	struct guard_ip ip = { 0 };

	if (inet_pton(AF_INET, text, ip.bytes) == 1)
		ip.is_v4 = true;
	else if (inet_pton(AF_INET6, text, ip.bytes) != 1)
		return false;
	*out = ip;
	return true;
}

static bool
bit(const struct guard_ip *ip, unsigned i)
{
	return (ip->bytes[i / 8] >> (7 - i % 8) & 1) != 0;
}

/* What is below ::ffff:0:0/96 is of IPv4. */
static void
unmap(struct guard_ip *ip, unsigned *prefix)
{
	if (ip->is_v4 || *prefix < 96 || !guard_is_mapped(ip->bytes))
		return;
	ip->is_v4 = true;
	memmove(ip->bytes, ip->bytes + 12, 4);
	memset(ip->bytes + 4, 0, 12);
	*prefix -= 96;
}

/* "10.0.0.0/8", "fd00::/8", "[fd00::]/8" */
static int
read_net(const struct json *at, const char *text, struct guard_address *out,
    struct error *e)
{
	char host[INET6_ADDRSTRLEN + 2];
	size_t length = strcspn(text, "/");
	bool in_brackets =
	    text[0] == '[' && length > 1 && text[length - 1] == ']';
	uint64_t prefix = 0;

	if (length >= sizeof(host))
		return json_fail(at, e, "\"%.64s\" is no address and no set",
		    text);
	memcpy(host, text + in_brackets, length - 2 * (size_t)in_brackets);
	host[length - 2 * (size_t)in_brackets] = '\0';
	if (!read_ip(host, &out->ip) || (in_brackets && out->ip.is_v4))
		return json_fail(at, e, "\"%.64s\" is no address and no set",
		    text);
	unsigned bits = out->ip.is_v4 ? 32 : 128;
	prefix = bits;
	if (text[length] == '/' &&
	    !text_parse_u64(text + length + 1, bits, &prefix))
		return json_fail(at, e, "\"%.64s\": the prefix is out of range",
		    text);
	out->kind = ADDRESS_NET;
	out->prefix = (unsigned)prefix;
	/* 10.1.0.0/8 may be meant for 10.1.0.0/16. */
	for (unsigned i = out->prefix; i < bits; i++) {
		if (bit(&out->ip, i))
			return json_fail(at, e,
			    "\"%.64s\" has bits behind its prefix", text);
	}
	unmap(&out->ip, &out->prefix);
	return 0;
}

int
guard_address_parse(struct json_arena *arena, const struct json *at,
    const char *text, struct guard_address *out, struct error *e)
{
	*out = (struct guard_address){ .text = text };
	if (strncmp(text, "family:", 7) == 0)
		return read_family(at, text + 7, out, e);
	if (strncmp(text, "unix:", 5) != 0)
		return read_net(at, text, out, e);
	bool is_abstract = text[5] == '@';
	out->kind = is_abstract ? ADDRESS_ABSTRACT : ADDRESS_PATH;
	return guard_pattern_parse(arena, at, text + 5 + is_abstract,
	    is_abstract, &out->pattern, e);
}

/* ---- does it fit? -------------------------------------------------------- */

static bool
is_in(const struct guard_address *net, const struct guard_ip *ip)
{
	unsigned whole = net->prefix / 8;
	unsigned rest = net->prefix % 8;

	if (net->ip.is_v4 != ip->is_v4 ||
	    memcmp(net->ip.bytes, ip->bytes, whole) != 0)
		return false;
	return rest == 0 ||
	       (net->ip.bytes[whole] ^ ip->bytes[whole]) >> (8 - rest) == 0;
}

static enum guard_fit
net_fits(const struct guard_address *net, const struct guard_target *target)
{
	for (size_t i = 0; i < target->count; i++) {
		if (is_in(net, &target->forms[i]))
			return i < target->sure ? FIT_YES : FIT_UNSURE;
	}
	/* It listens there as well; [::] takes IPv4, too. */
	if (target->is_wildcard &&
	    (net->ip.is_v4 || target->family == AF_INET6))
		return FIT_UNSURE;
	return FIT_NO;
}

static enum guard_fit
path_fits(const struct guard_address *address,
    const struct guard_target *target)
{
	if (!target->has_path)
		return FIT_NO;
	if (target->path == NULL)
		return FIT_ASKS;
	if (target->path[0] != '/')
		return FIT_UNSURE;
	return guard_pattern_matches(&address->pattern, target->path,
		   strlen(target->path))
		   ? FIT_YES
		   : FIT_NO;
}

static enum guard_fit
name_fits(const struct guard_address *address,
    const struct guard_target *target)
{
	return target->name != NULL && guard_pattern_matches(&address->pattern,
					   target->name, target->name_length)
		   ? FIT_YES
		   : FIT_NO;
}

enum guard_fit
guard_address_fits(const struct guard_address *address,
    const struct guard_target *target)
{
	switch (address->kind) {
	case ADDRESS_NET:
		return net_fits(address, target);
	case ADDRESS_PATH:
		return path_fits(address, target);
	case ADDRESS_ABSTRACT:
		return name_fits(address, target);
	case ADDRESS_FAMILY:
	default:
		return address->family == target->family ? FIT_YES : FIT_NO;
	}
}
