/* SPDX-License-Identifier: Apache-2.0 */
/*
 * allow_item - one word of a list of destinations.
 */
#include <arpa/inet.h>
#include <string.h>

#include "allow.h"
#include "base/auto.h"
#include "base/text.h"

#define LABEL_MAX 63
#define PORT_MAX  65535

/* ---- names --------------------------------------------------------------- */

static bool
is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool
is_name_byte(char c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

static char
lower(char c)
{
	if (c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

/* The last label tells a name from a number, as "10.1" might be meant. */
static bool
has_letter(const char *label)
{
	while (*label != '\0' && !is_letter(*label))
		label++;
	return *label != '\0';
}

/* What ends there, of that many bytes, is a label or a part of one. */
static bool
may_follow(char c, size_t label)
{
	return c == '.' ? label > 0 : is_name_byte(c) && label < LABEL_MAX;
}

bool
guard_name_read(const char *text, size_t length, char out[GUARD_NAME_BYTES])
{
	size_t last = 0;

	if (length > 0 && text[length - 1] == '.')
		length--;
	if (length == 0 || length >= GUARD_NAME_BYTES)
		return false;
	for (size_t i = 0; i < length; i++) {
		out[i] = lower(text[i]);
		if (!may_follow(out[i], i - last))
			return false;
		if (out[i] == '.')
			last = i + 1;
	}
	out[length] = '\0';
	return last < length && has_letter(out + last);
}

/* ---- networks ------------------------------------------------------------ */

static bool
is_zero_from(const struct in6_addr *address, unsigned prefix)
{
	for (unsigned i = prefix; i < 128; i++) {
		if ((address->s6_addr[i / 8] >> (7 - i % 8) & 1) != 0)
			return false;
	}
	return true;
}

/* "1.2.3.4" as ::ffff:1.2.3.4, with how many bits are in front. */
static bool
read_address(const char *text, struct in6_addr *out, unsigned *before)
{
	struct in_addr v4;

	*before = 0;
	if (inet_pton(AF_INET6, text, out) == 1)
		return true;
	if (inet_pton(AF_INET, text, &v4) != 1)
		return false;
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = out->s6_addr[11] = 0xff;
	memcpy(out->s6_addr + 12, &v4, sizeof(v4));
	*before = 96;
	return true;
}

bool
allow_net_read(const char *text, struct allow_net *out)
{
	char host[INET6_ADDRSTRLEN];
	size_t length = strcspn(text, "/");
	unsigned before;
	uint64_t prefix;

	if (length >= sizeof(host))
		return false;
	memcpy(host, text, length);
	host[length] = '\0';
	if (!read_address(host, &out->address, &before))
		return false;
	prefix = 128 - before;
	if (text[length] == '/' &&
	    !text_parse_u64(text + length + 1, 128 - before, &prefix))
		return false;
	out->prefix = (unsigned)prefix + before;
	return is_zero_from(&out->address, out->prefix);
}

bool
allow_net_has(const struct allow_net *net, const struct in6_addr *address)
{
	unsigned whole = net->prefix / 8, rest = net->prefix % 8;

	if (memcmp(net->address.s6_addr, address->s6_addr, whole) != 0)
		return false;
	return rest == 0 ||
	       (net->address.s6_addr[whole] ^ address->s6_addr[whole]) >>
		       (8 - rest) ==
		   0;
}

/* ---- the word ------------------------------------------------------------ */

/* "443", "8000-8010" */
static bool
read_ports(const char *text, struct allow_item *out)
{
	char first[8];
	size_t length = strcspn(text, "-");
	uint64_t from, to;

	if (length >= sizeof(first))
		return false;
	memcpy(first, text, length);
	first[length] = '\0';
	if (!text_parse_u64(first, PORT_MAX, &from) || from == 0)
		return false;
	to = from;
	if (text[length] == '-' &&
	    (!text_parse_u64(text + length + 1, PORT_MAX, &to) || to < from))
		return false;
	out->first = (unsigned)from;
	out->last = (unsigned)to;
	return true;
}

/* Where the host ends, and where the port begins; NULL: there is none. */
static const char *
find_port(const char *text, size_t *length)
{
	const char *colon = strrchr(text, ':');
	const char *bracket = strchr(text, ']');

	*length = strlen(text);
	if (text[0] == '[' && bracket != NULL) {
		*length = (size_t)(bracket - text) + 1;
		return bracket[1] == ':' ? bracket + 2 : NULL;
	}
	/* More than one: an IPv6 address. */
	if (colon == NULL || strchr(text, ':') != colon)
		return NULL;
	*length = (size_t)(colon - text);
	return colon + 1;
}

static int
read_host(const char *text, size_t length, struct allow_item *out,
    struct error *e)
{
	char host[GUARD_NAME_BYTES + 2];
	bool in_brackets = text[0] == '[';

	if (length >= sizeof(host))
		return error_set(e, EINVAL, "\"%.64s...\" is too long", text);
	memcpy(host, text + in_brackets, length - 2 * (size_t)in_brackets);
	host[length - 2 * (size_t)in_brackets] = '\0';
	if (allow_net_read(host, &out->net))
		return 0;
	if (in_brackets || strpbrk(host, "/:") != NULL)
		return error_set(e, EINVAL, "\"%s\" is no address", text);
	out->is_name = true;
	out->is_wildcard = strncmp(host, "*.", 2) == 0;
	const char *name = host + (out->is_wildcard ? 2 : 0);
	if (!guard_name_read(name, strlen(name), out->name))
		return error_set(e, EINVAL,
		    "\"%s\" is neither a name nor an address", text);
	if (strcmp(out->name, "localhost") == 0)
		return error_set(e, EINVAL,
		    "\"%s\" is an address: say 127.0.0.1 or ::1", text);
	return 0;
}

int
allow_item_parse(const char *text, struct allow_item *out, struct error *e)
{
	struct allow_item item = { .text = text, .last = PORT_MAX };
	size_t length;
	const char *port = find_port(text, &length);

	if (length == 0 || (text[0] == '[' && text[length - 1] != ']'))
		return error_set(e, EINVAL, "\"%s\" is no destination", text);
	if (port == NULL && text[length] != '\0')
		return error_set(e, EINVAL, "\"%s\" is no destination", text);
	TRY(read_host(text, length, &item, e));
	if (port != NULL && !read_ports(port, &item))
		return error_set(e, EINVAL, "\"%s\": no such port", text);
	/* "hots", say: another word for which this is taken. */
	if (port == NULL && item.is_name && strchr(text, '.') == NULL)
		return error_set(e, EINVAL,
		    "\"%s\" is no destination: a name without a dot needs a "
		    "port",
		    text);
	*out = item;
	return 0;
}
