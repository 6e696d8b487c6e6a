/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "allow.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "base/auto.h"
#include "base/text.h"

/* Beside the sets of policies: this host, protocols', tests', many hosts'. */
static const char *const others[] = { "0.0.0.0/8", "192.0.0.0/24",
	"198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "::", "ff00::/8", NULL };

static void
add_special(struct guard_allow *allow, const char *const *texts)
{
	for (; *texts != NULL && allow->special_count < ALLOW_SPECIAL_MAX;
	     texts++) {
		if (allow_net_read(*texts,
			&allow->special[allow->special_count]))
			allow->special_count++;
	}
}

static void
add_specials(struct guard_allow *allow)
{
	add_special(allow, guard_set_find("loopback"));
	add_special(allow, guard_set_find("private"));
	add_special(allow, guard_set_find("metadata"));
	add_special(allow, others);
}

static size_t
count_words(const char *text)
{
	size_t count = 1;

	for (; *text != '\0'; text++)
		count += *text == ',';
	return count;
}

int
guard_allow_parse(const char *text, struct guard_allow **out, struct error *e)
{
	AUTO(guard_allow_free)
	struct guard_allow *allow = calloc(1, sizeof(*allow));
	size_t count = count_words(text);

	if (strlen(text) >= GUARD_ALLOW_BYTES || count > ALLOW_ITEMS_MAX)
		return error_set(e, E2BIG, "more than %d destinations",
		    ALLOW_ITEMS_MAX);
	if (allow == NULL)
		return error_sys(e, "memory");
	allow->words = strdup(text);
	allow->items = calloc(count, sizeof(*allow->items));
	if (allow->words == NULL || allow->items == NULL)
		return error_sys(e, "memory");
	char *rest = allow->words;
	for (size_t i = 0; i < count; i++) {
		const char *word = strsep(&rest, ",");

		TRY(allow_item_parse(word, &allow->items[i], e));
		allow->count++;
	}
	add_specials(allow);
	*out = take(&allow);
	return 0;
}

int
guard_allow_none(struct guard_allow **out, struct error *e)
{
	struct guard_allow *allow = calloc(1, sizeof(*allow));

	if (allow == NULL)
		return error_sys(e, "memory");
	add_specials(allow);
	*out = allow;
	return 0;
}

void
guard_allow_free(struct guard_allow **allow)
{
	if (*allow != NULL) {
		free((*allow)->words);
		free((*allow)->items);
	}
	free(*allow);
	*allow = NULL;
}

/* ---- names --------------------------------------------------------------- */

static bool
is_named(const struct allow_item *item, const char *name)
{
	size_t all = strlen(name), own = strlen(item->name);

	if (!item->is_name)
		return false;
	if (!item->is_wildcard)
		return strcmp(item->name, name) == 0;
	return all > own + 1 && name[all - own - 1] == '.' &&
	       strcmp(name + all - own, item->name) == 0;
}

bool
guard_allow_name(const struct guard_allow *allow, const char *name,
    unsigned port)
{
	for (size_t i = 0; i < allow->count; i++) {
		const struct allow_item *item = &allow->items[i];

		if (is_named(item, name) &&
		    (port == 0 || (port >= item->first && port <= item->last)))
			return true;
	}
	return false;
}

/* ---- addresses ----------------------------------------------------------- */

bool
guard_address_read(const struct sockaddr *address, socklen_t length,
    struct in6_addr *out, unsigned *port)
{
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (address->sa_family == AF_INET && length >= sizeof(in)) {
		memcpy(&in, address, sizeof(in));
		memset(out, 0, sizeof(*out));
		out->s6_addr[10] = out->s6_addr[11] = 0xff;
		memcpy(out->s6_addr + 12, &in.sin_addr, sizeof(in.sin_addr));
		*port = ntohs(in.sin_port);
		return true;
	}
	/* Before scope ids it was shorter. */
	if (address->sa_family != AF_INET6 ||
	    length < offsetof(struct sockaddr_in6, sin6_scope_id))
		return false;
	memcpy(&in6, address, offsetof(struct sockaddr_in6, sin6_scope_id));
	*out = in6.sin6_addr;
	*port = ntohs(in6.sin6_port);
	return true;
}

void
guard_address_text(const struct in6_addr *address, char out[GUARD_ADDRESS_TEXT])
{
	bool is_v4 = guard_is_mapped(address->s6_addr);

	if (inet_ntop(is_v4 ? AF_INET : AF_INET6,
		address->s6_addr + (is_v4 ? 12 : 0), out,
		GUARD_ADDRESS_TEXT) == NULL)
		out[0] = '\0';
}

bool
guard_is_loopback(const struct in6_addr *address)
{
	return IN6_IS_ADDR_LOOPBACK(address) ||
	       (guard_is_mapped(address->s6_addr) &&
		   address->s6_addr[12] == 127);
}

static struct in6_addr
of_form(const struct guard_ip *ip)
{
	struct in6_addr out = { 0 };

	if (!ip->is_v4) {
		memcpy(out.s6_addr, ip->bytes, 16);
		return out;
	}
	out.s6_addr[10] = out.s6_addr[11] = 0xff;
	memcpy(out.s6_addr + 12, ip->bytes, 4);
	return out;
}

/* All that the address may mean to somebody on the way: address.h. */
static void
read_forms(const struct in6_addr *address, struct guard_target *out)
{
	const struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_addr = *address };

	(void)guard_target_read(GUARD_SEND, (const struct sockaddr *)&in6,
	    sizeof(in6), NULL, out);
}

/* Of the special networks that it lies in, is the item wholly in each? */
static bool
speaks_for(const struct guard_allow *allow, const struct allow_net *by,
    const struct in6_addr *form)
{
	for (size_t i = 0; i < allow->special_count; i++) {
		const struct allow_net *net = &allow->special[i];

		if (allow_net_has(net, form) &&
		    !(by != NULL && by->prefix >= net->prefix &&
			allow_net_has(net, &by->address)))
			return false;
	}
	return true;
}

/* What a gateway may make of it, only the whole address speaks for. */
static bool
speaks_for_all(const struct guard_allow *allow, const struct allow_net *by,
    const struct in6_addr *address)
{
	struct guard_target target;

	if (!speaks_for(allow, by, address))
		return false;
	if (by != NULL && by->prefix == 128)
		return true;
	read_forms(address, &target);
	for (size_t i = 1; i < target.count; i++) {
		struct in6_addr form = of_form(&target.forms[i]);

		if (!speaks_for(allow, NULL, &form))
			return false;
	}
	return true;
}

bool
guard_allow_is_special(const struct guard_allow *allow,
    const struct in6_addr *address)
{
	return !speaks_for_all(allow, NULL, address);
}

static bool
is_addressed(const struct guard_allow *allow, const struct allow_item *item,
    const struct in6_addr *address)
{
	return !item->is_name && allow_net_has(&item->net, address) &&
	       speaks_for_all(allow, &item->net, address);
}

bool
guard_allow_address(const struct guard_allow *allow,
    const struct in6_addr *address, unsigned port)
{
	for (size_t i = 0; i < allow->count; i++) {
		const struct allow_item *item = &allow->items[i];

		if (port >= item->first && port <= item->last &&
		    is_addressed(allow, item, address))
			return true;
	}
	return false;
}

bool
guard_allow_itself(const struct guard_allow *allow,
    const struct in6_addr *address, unsigned port)
{
	for (size_t i = 0; i < allow->count; i++) {
		const struct allow_item *item = &allow->items[i];

		if (port >= item->first && port <= item->last &&
		    !item->is_name && item->net.prefix == 128 &&
		    allow_net_has(&item->net, address))
			return true;
	}
	return false;
}

bool
guard_allow_names(const struct guard_allow *allow,
    const struct in6_addr *address)
{
	for (size_t i = 0; i < allow->count; i++) {
		if (is_addressed(allow, &allow->items[i], address))
			return true;
	}
	return false;
}

/* ---- two lists ----------------------------------------------------------- */

/* What is special in the narrower one, the wider one has to name as well. */
static bool
covers_net(const struct guard_allow *allow, const struct allow_net *wide,
    const struct allow_net *narrow)
{
	for (size_t i = 0; i < allow->special_count; i++) {
		const struct allow_net *net = &allow->special[i];
		bool is_in = net->prefix <= narrow->prefix &&
			     allow_net_has(net, &narrow->address);

		if (is_in && !(net->prefix <= wide->prefix &&
				 allow_net_has(net, &wide->address)))
			return false;
	}
	/* What a gateway makes of it is not asked of a whole address. */
	if (narrow->prefix == 128 && wide->prefix != 128 &&
	    !speaks_for_all(allow, wide, &narrow->address))
		return false;
	return wide->prefix <= narrow->prefix &&
	       allow_net_has(wide, &narrow->address);
}

static bool
covers_name(const struct allow_item *wide, const struct allow_item *narrow)
{
	if (strcmp(wide->name, narrow->name) == 0)
		return wide->is_wildcard == narrow->is_wildcard;
	return wide->is_wildcard && is_named(wide, narrow->name);
}

/* Does the one allow all that the other does? */
static bool
covers(const struct guard_allow *allow, const struct allow_item *wide,
    const struct allow_item *narrow)
{
	if (wide->is_name != narrow->is_name || wide->first > narrow->first ||
	    wide->last < narrow->last)
		return false;
	return wide->is_name ? covers_name(wide, narrow)
			     : covers_net(allow, &wide->net, &narrow->net);
}

static bool
is_covered(const struct guard_allow *by, const struct allow_item *item)
{
	for (size_t i = 0; i < by->count; i++) {
		if (covers(by, &by->items[i], item))
			return true;
	}
	return false;
}

static bool
has_word(const struct guard_allow *allow, const char *word)
{
	for (size_t i = 0; i < allow->count; i++) {
		if (strcmp(allow->items[i].text, word) == 0)
			return true;
	}
	return false;
}

static void
put_word(struct text_out *out, const char *begin, const char *word)
{
	if (out->at != begin)
		text_put(out, ",");
	text_put(out, word);
}

int
guard_allow_narrow(const char *over, const char *there,
    char out[GUARD_ALLOW_BYTES], char more[GUARD_ALLOW_BYTES])
{
	AUTO(guard_allow_free) struct guard_allow *asked = NULL;
	AUTO(guard_allow_free) struct guard_allow *has = NULL;
	struct text_out both = text_out(out, GUARD_ALLOW_BYTES);
	struct text_out left = text_out(more, GUARD_ALLOW_BYTES);
	struct error e = { 0 };

	if (guard_allow_parse(over, &asked, &e) < 0 ||
	    guard_allow_parse(there, &has, &e) < 0)
		return -1;
	for (size_t i = 0; i < asked->count; i++) {
		const struct allow_item *item = &asked->items[i];

		if (is_covered(has, item))
			put_word(&both, out, item->text);
		else
			put_word(&left, more, item->text);
	}
	/* And what is a part of something that is asked for. */
	for (size_t i = 0; i < has->count; i++) {
		if (is_covered(asked, &has->items[i]) &&
		    !has_word(asked, has->items[i].text))
			put_word(&both, out, has->items[i].text);
	}
	return both.truncated || left.truncated ? -1 : 0;
}
