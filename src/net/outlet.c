/* SPDX-License-Identifier: Apache-2.0 */
#include "outlet.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/auto.h"
#include "sentry/relay.h"

/* ---- what was refused ---------------------------------------------------- */

static void
note(struct outlet *outlet, const char *what, const char *flag)
{
	for (size_t i = 0; i < outlet->refusals_count; i++) {
		if (strcmp(outlet->refusals[i].what, what) == 0)
			return;
	}
	if (outlet->refusals_count == OUTLET_REFUSALS) {
		outlet->others++;
		return;
	}
	struct outlet_refusal *refusal =
	    &outlet->refusals[outlet->refusals_count++];
	(void)snprintf(refusal->what, sizeof(refusal->what), "%s", what);
	(void)snprintf(refusal->flag, sizeof(refusal->flag), "%s", flag);
}

/* As the list has it. */
static void
put_destination(const struct in6_addr *address, unsigned port, char *out,
    size_t size)
{
	char text[GUARD_ADDRESS_TEXT];

	guard_address_text(address, text);
	(void)snprintf(out, size,
	    strchr(text, ':') != NULL ? "[%s]:%u" : "%s:%u", text, port);
}

/* What would allow it. */
static void
put_item(const struct outlet *outlet, const struct outlet_call *call, char *out,
    size_t size)
{
	put_destination(&call->address, call->port, out, size);
	for (size_t i = 0; !call->is_own && i < outlet->pins_count; i++) {
		const struct outlet_pin *pin = &outlet->pins[i];

		if (memcmp(&pin->address, &call->address,
			sizeof(call->address)) == 0)
			(void)snprintf(out, size, "%s:%u", pin->name,
			    call->port);
	}
}

size_t
outlet_report(const struct outlet *outlet, size_t index, char *out, size_t size)
{
	int length = 0;

	if (index < outlet->refusals_count)
		length = snprintf(out, size, "%s" RELAY_ALLOW_WITH "%s)",
		    outlet->refusals[index].what, outlet->refusals[index].flag);
	else if (index == outlet->refusals_count && outlet->others > 0)
		length = snprintf(out, size, "%zu more", outlet->others);
	return length > 0 && (size_t)length < size ? (size_t)length : 0;
}

/* ---- the list ------------------------------------------------------------ */

/* In the place of the one that is there; as it was on an error. */
static int
set_list(struct outlet *outlet, const char *list, struct error *e)
{
	struct guard_allow *allow;

	TRY(list[0] == '\0' ? guard_allow_none(&allow, e)
			    : guard_allow_parse(list, &allow, e));
	guard_allow_free(&outlet->allow);
	outlet->allow = allow;
	if (list != outlet->list)
		(void)snprintf(outlet->list, sizeof(outlet->list), "%s", list);
	return 0;
}

int
outlet_read_list(struct outlet *outlet, const char *text, struct error *e)
{
	outlet->inquiries.is_on = text[0] == RELAY_ASKS;
	return set_list(outlet, text + outlet->inquiries.is_on, e);
}

static void
add_item(struct outlet *outlet, const char *item)
{
	char list[GUARD_ALLOW_BYTES];
	struct error e = { 0 };
	int length = snprintf(list, sizeof(list), "%s%s%s", outlet->list,
	    outlet->list[0] != '\0' ? "," : "", item);

	/* Without room for it, it was allowed once. */
	if (length > 0 && (size_t)length < sizeof(list))
		(void)set_list(outlet, list, &e);
}

static void
add_pass(struct outlet *outlet, const char *item)
{
	struct outlet_pass *pass = &outlet->passes[outlet->passes_next];
	size_t length = strcspn(item, ":");

	/* An address is no name of anything. */
	if (!guard_name_read(item, length, pass->name))
		return;
	pass->until_ms = outlet->inquiries.now_ms + OUTLET_PASS_MS;
	outlet->passes_next = (outlet->passes_next + 1) % OUTLET_PASSES;
}

void
outlet_answer(struct outlet *outlet, const struct relay_verdict *verdict)
{
	const struct inquiry *inquiry =
	    inquiry_answer(&outlet->inquiries, verdict);

	if (inquiry == NULL || !inquiry->is_allowed)
		return;
	if (verdict->is_always)
		add_item(outlet, inquiry->item);
	if (inquiry->ticket == INQUIRY_ANYBODY)
		add_pass(outlet, inquiry->item);
}

/* By the list, or as it was allowed just now. */
static bool
is_let_out(const struct outlet *outlet, const char *name, unsigned port)
{
	for (size_t i = 0; i < OUTLET_PASSES; i++) {
		if (outlet->passes[i].until_ms > outlet->inquiries.now_ms &&
		    strcmp(outlet->passes[i].name, name) == 0)
			return true;
	}
	return guard_allow_name(outlet->allow, name, port);
}

/* ---- addresses ----------------------------------------------------------- */

/* Does a name speak for it that it has had? */
static bool
is_pinned(const struct outlet *outlet, const struct outlet_pin *pins,
    size_t count, const struct in6_addr *address, unsigned port)
{
	for (size_t i = 0; i < count; i++) {
		if (memcmp(&pins[i].address, address, sizeof(*address)) == 0 &&
		    is_let_out(outlet, pins[i].name, port))
			return true;
	}
	return false;
}

static const char *
describe(const struct outlet *outlet, const struct outlet_call *call)
{
	if (call->is_own)
		return RELAY_THIS_MACHINE;
	return guard_allow_is_special(outlet->allow, &call->address)
		   ? "which is no address of the internet"
		   : "";
}

/* Whoever answers; what, item: how a refusal is told of. */
static enum outlet_decision
ask(struct outlet *outlet, const struct inquiry_matter *matter,
    const char *what, const char *item)
{
	switch (inquiry_about(&outlet->inquiries, matter)) {
	case INQUIRY_YES:
		return OUTLET_OUT;
	case INQUIRY_WAIT:
		return OUTLET_WAIT;
	case INQUIRY_NO:
	default:
		note(outlet, what, item);
		return OUTLET_REFUSED;
	}
}

static enum outlet_decision
refuse(struct outlet *outlet, const struct outlet_call *call)
{
	char item[GUARD_NAME_BYTES + 16], what[sizeof(item) + 64];
	const struct inquiry_matter matter = { item, describe(outlet, call),
		call->ticket, call->pid };

	/* Of a socket that is only to be told its way: getaddrinfo(3). And no
	 * call has the number that stands for whoever looks up a name. */
	if (call->port == 0 || call->ticket == INQUIRY_ANYBODY)
		return OUTLET_REFUSED;
	put_item(outlet, call, item, sizeof(item));
	(void)snprintf(what, sizeof(what), "%s%s%s", item,
	    call->is_own ? ", " : "", call->is_own ? matter.note : "");
	return ask(outlet, &matter, what, item);
}

static bool
is_listed(const struct outlet *outlet, const struct outlet_call *call)
{
	const struct in6_addr *address = &call->address;
	unsigned port = call->port;

	/* What a firewall keeps from others, no name and no network opens. */
	if (call->is_own)
		return guard_allow_itself(outlet->allow, address, port);
	return guard_allow_address(outlet->allow, address, port) ||
	       (!guard_allow_is_special(outlet->allow, address) &&
		   (is_pinned(outlet, outlet->pins, outlet->pins_count, address,
			port) ||
		       is_pinned(outlet, outlet->hosts, outlet->hosts_count,
			   address, port)));
}

enum outlet_decision
outlet_decide(struct outlet *outlet, const struct outlet_call *call)
{
	if (is_listed(outlet, call))
		return OUTLET_OUT;
	return guard_is_loopback(&call->address) ? OUTLET_OWN
						 : refuse(outlet, call);
}

/* ---- names --------------------------------------------------------------- */

static bool
ends_with(const char *name, const char *end)
{
	size_t all = strlen(name), length = strlen(end);

	return all >= length && strcmp(name + all - length, end) == 0;
}

enum outlet_decision
outlet_may_ask(struct outlet *outlet, const char *name)
{
	char item[GUARD_NAME_BYTES + 16];
	const struct inquiry_matter matter = { item, "", INQUIRY_ANYBODY, 0 };

	if (is_let_out(outlet, name, 0))
		return OUTLET_OUT;
	/* What is asked for addresses, for oneself and by itself. */
	if (ends_with(name, ".arpa") || strcmp(name, "localhost") == 0 ||
	    strcmp(name, "sandbox") == 0)
		return OUTLET_REFUSED;
	(void)snprintf(item, sizeof(item), "%s%s", name,
	    strchr(name, '.') == NULL ? ":1-65535" : "");
	/* A name of one label may be a mistake: learn takes none of them. */
	return ask(outlet, &matter, name, name);
}

static void
add_pin(struct outlet *outlet, const char *name, const struct in6_addr *address)
{
	for (size_t i = 0; i < outlet->pins_count; i++) {
		const struct outlet_pin *pin = &outlet->pins[i];

		if (memcmp(&pin->address, address, sizeof(*address)) == 0 &&
		    strcmp(pin->name, name) == 0)
			return;
	}
	struct outlet_pin *pin = &outlet->pins[outlet->pins_next];
	(void)snprintf(pin->name, sizeof(pin->name), "%s", name);
	pin->address = *address;
	outlet->pins_next = (outlet->pins_next + 1) % OUTLET_PINS;
	if (outlet->pins_count < OUTLET_PINS)
		outlet->pins_count++;
}

static void
note_special(struct outlet *outlet, const char *name,
    const struct in6_addr *address)
{
	char text[GUARD_ADDRESS_TEXT];
	char what[sizeof(outlet->refusals[0].what)];

	guard_address_text(address, text);
	(void)snprintf(what, sizeof(what), "%s, which is the address of %s",
	    text, name);
	note(outlet, what, text);
}

void
outlet_pin(struct outlet *outlet, const char *name, struct dns_answer *answer)
{
	size_t kept = 0;

	for (size_t i = 0; i < answer->count; i++) {
		const struct in6_addr address = answer->addresses[i];
		bool is_special =
		    guard_allow_is_special(outlet->allow, &address);

		/* The list may speak for it itself, whatever the port. */
		/* And who connects to it may be asked about. */
		if (is_special && !outlet->inquiries.is_on &&
		    !guard_allow_names(outlet->allow, &address)) {
			note_special(outlet, name, &address);
			continue;
		}
		if (!is_special)
			add_pin(outlet, name, &address);
		answer->addresses[kept++] = address;
	}
	answer->count = kept;
}

/* ---- hosts(5) ------------------------------------------------------------ */

static void
add_host(struct outlet *outlet, const char *word, const char *address)
{
	struct outlet_pin *host = &outlet->hosts[outlet->hosts_count];
	struct in_addr v4;

	if (outlet->hosts_count == OUTLET_HOSTS ||
	    !guard_name_read(word, strlen(word), host->name) ||
	    (!outlet->inquiries.is_on &&
		!guard_allow_name(outlet->allow, host->name, 0)))
		return;
	memset(&host->address, 0, sizeof(host->address));
	if (inet_pton(AF_INET, address, &v4) == 1) {
		host->address.s6_addr[10] = host->address.s6_addr[11] = 0xff;
		memcpy(host->address.s6_addr + 12, &v4, sizeof(v4));
	} else if (inet_pton(AF_INET6, address, &host->address) != 1) {
		return;
	}
	outlet->hosts_count++;
}

void
outlet_read_hosts(struct outlet *outlet, char *text)
{
	static const char blank[] = " \t\r";
	char *lines, *words;

	for (char *line = strtok_r(text, "\n", &lines); line != NULL;
	     line = strtok_r(NULL, "\n", &lines)) {
		line[strcspn(line, "#")] = '\0';
		const char *address = strtok_r(line, blank, &words);
		const char *word = address;

		while (word != NULL &&
		       (word = strtok_r(NULL, blank, &words)) != NULL)
			add_host(outlet, word, address);
	}
}

bool
outlet_known(const struct outlet *outlet, const struct dns_question *question,
    struct dns_answer *out)
{
	bool is_there = false;

	*out = (struct dns_answer){ .ttl = 60 };
	for (size_t i = 0; i < outlet->hosts_count; i++) {
		const struct outlet_pin *host = &outlet->hosts[i];

		if (strcmp(host->name, question->name) != 0)
			continue;
		is_there = true;
		if (out->count < DNS_ADDRESSES)
			out->addresses[out->count++] = host->address;
	}
	return is_there;
}
