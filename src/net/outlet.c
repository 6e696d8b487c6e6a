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

static void
note_address(struct outlet *outlet, const struct in6_addr *address,
    unsigned port)
{
	char text[GUARD_NAME_BYTES + 16];

	/* Of a socket that is only to be told its way: getaddrinfo(3). */
	if (port == 0)
		return;
	put_destination(address, port, text, sizeof(text));
	for (size_t i = 0; i < outlet->pins_count; i++) {
		const struct outlet_pin *pin = &outlet->pins[i];

		if (memcmp(&pin->address, address, sizeof(*address)) == 0)
			(void)snprintf(text, sizeof(text), "%s:%u", pin->name,
			    port);
	}
	note(outlet, text, text);
}

void
outlet_note_own(struct outlet *outlet, const struct in6_addr *address,
    unsigned port)
{
	char text[GUARD_ADDRESS_TEXT + 16], what[sizeof(text) + 64];

	if (port == 0)
		return;
	put_destination(address, port, text, sizeof(text));
	(void)snprintf(what, sizeof(what), "%s, which is this machine", text);
	note(outlet, what, text);
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

/* ---- addresses ----------------------------------------------------------- */

/* Does a name speak for it that it has had? */
static bool
is_pinned(const struct outlet *outlet, const struct outlet_pin *pins,
    size_t count, const struct in6_addr *address, unsigned port)
{
	for (size_t i = 0; i < count; i++) {
		if (memcmp(&pins[i].address, address, sizeof(*address)) == 0 &&
		    guard_allow_name(outlet->allow, pins[i].name, port))
			return true;
	}
	return false;
}

enum outlet_decision
outlet_decide(struct outlet *outlet, const struct in6_addr *address,
    unsigned port)
{
	if (guard_allow_address(outlet->allow, address, port))
		return OUTLET_OUT;
	if (guard_is_loopback(address))
		return OUTLET_OWN;
	if (!guard_allow_is_special(outlet->allow, address) &&
	    (is_pinned(outlet, outlet->pins, outlet->pins_count, address,
		 port) ||
		is_pinned(outlet, outlet->hosts, outlet->hosts_count, address,
		    port)))
		return OUTLET_OUT;
	note_address(outlet, address, port);
	return OUTLET_REFUSED;
}

/* ---- names --------------------------------------------------------------- */

static bool
ends_with(const char *name, const char *end)
{
	size_t all = strlen(name), length = strlen(end);

	return all >= length && strcmp(name + all - length, end) == 0;
}

bool
outlet_may_ask(struct outlet *outlet, const char *name)
{
	if (guard_allow_name(outlet->allow, name, 0))
		return true;
	/* What is asked for addresses, for oneself and by itself. */
	if (!ends_with(name, ".arpa") && strcmp(name, "localhost") != 0 &&
	    strcmp(name, "sandbox") != 0)
		note(outlet, name, name);
	return false;
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
		if (is_special && !guard_allow_names(outlet->allow, &address)) {
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
	    !guard_allow_name(outlet->allow, host->name, 0))
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
