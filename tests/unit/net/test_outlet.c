/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "net/outlet.h"

static struct in6_addr
address_of(const char *text)
{
	struct in6_addr out = { 0 };

	if (inet_pton(AF_INET6, text, &out) == 1)
		return out;
	out.s6_addr[10] = out.s6_addr[11] = 0xff;
	(void)inet_pton(AF_INET, text, out.s6_addr + 12);
	return out;
}

static struct outlet *
outlet_of(const char *list)
{
	struct outlet *outlet = calloc(1, sizeof(*outlet));
	struct error e = { 0 };

	cr_assert(zero(int, guard_allow_parse(list, &outlet->allow, &e)), "%s",
	    e.text);
	return outlet;
}

static void
outlet_free(struct outlet **outlet)
{
	guard_allow_free(&(*outlet)->allow);
	free(*outlet);
}

static int
decide(struct outlet *outlet, const char *text, unsigned port)
{
	const struct outlet_call call = { address_of(text), port };

	return (int)outlet_decide(outlet, &call);
}

/* The name has had that address. Returns how many of them are left. */
static size_t
pin(struct outlet *outlet, const char *name, const char *text)
{
	struct dns_answer answer = { .count = 1 };

	answer.addresses[0] = address_of(text);
	outlet_pin(outlet, name, &answer);
	return answer.count;
}

static char *
line(const struct outlet *outlet, size_t index)
{
	static char text[1024];
	size_t length = outlet_report(outlet, index, text, sizeof(text));

	text[length] = '\0';
	return text;
}

Test(net_outlet, a_table_of_decisions)
{
	static const struct {
		const char *list, *address;
		unsigned port;
		enum outlet_decision decision;
	} rows[] = {
		{ "8.8.8.8:53", "8.8.8.8", 53, OUTLET_OUT },
		{ "8.8.8.8:53", "8.8.8.8", 54, OUTLET_REFUSED },
		{ "8.8.8.8", "127.0.0.1", 80, OUTLET_OWN },
		{ "8.8.8.8", "127.9.9.9", 80, OUTLET_OWN },
		{ "8.8.8.8", "::1", 80, OUTLET_OWN },
		{ "127.0.0.1:80", "127.0.0.1", 80, OUTLET_OUT },
		{ "127.0.0.1:80", "127.0.0.1", 81, OUTLET_OWN },
		{ "0.0.0.0/0,::/0", "127.0.0.1", 80, OUTLET_OWN },
		{ "0.0.0.0/0,::/0", "10.0.0.1", 80, OUTLET_REFUSED },
		{ "0.0.0.0/0,::/0", "169.254.169.254", 80, OUTLET_REFUSED },
		/* A name that nobody has asked for. */
		{ "a.test", "8.8.8.8", 80, OUTLET_REFUSED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		AUTO(outlet_free)
		struct outlet *outlet = outlet_of(rows[i].list);
		size_t refusals = rows[i].decision == OUTLET_REFUSED ? 1 : 0;

		cr_expect(eq(int, decide(outlet, rows[i].address, rows[i].port),
			      (int)rows[i].decision),
		    "row %zu", i);
		cr_expect(eq(sz, outlet->refusals_count, refusals), "row %zu",
		    i);
	}
}

Test(net_outlet, an_address_that_a_name_had)
{
	AUTO(outlet_free) struct outlet *outlet = outlet_of("a.test:80");

	cr_expect(eq(int, decide(outlet, "8.8.8.8", 80), OUTLET_REFUSED));
	cr_expect(eq(sz, pin(outlet, "a.test", "8.8.8.8"), 1));
	cr_expect(eq(int, decide(outlet, "8.8.8.8", 80), OUTLET_OUT));
	cr_expect(eq(int, decide(outlet, "8.8.8.8", 81), OUTLET_REFUSED));
	cr_expect(eq(int, decide(outlet, "8.8.4.4", 80), OUTLET_REFUSED));
	cr_expect(eq(str, line(outlet, 0),
	    "8.8.8.8:80 (allow with --net=...,8.8.8.8:80)"));
	cr_expect(eq(str, line(outlet, 1),
	    "a.test:81 (allow with --net=...,a.test:81)"));
	cr_expect(eq(str, line(outlet, 3), ""));
}

Test(net_outlet, no_name_speaks_for_a_private_address)
{
	static const char *const addresses[] = { "10.0.0.1", "127.0.0.1", "::1",
		"169.254.169.254", "192.168.1.1", "0.0.0.0",
		"::", "fd00:ec2::254", "fe80::1", "::ffff:10.0.0.1",
		"64:ff9b::a00:1", "2002:a00:1::1", "224.0.0.1" };

	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		AUTO(outlet_free) struct outlet *outlet = outlet_of("a.test");

		cr_expect(zero(sz, pin(outlet, "a.test", addresses[i])), "%s",
		    addresses[i]);
		cr_expect(ne(int, decide(outlet, addresses[i], 80), OUTLET_OUT),
		    "%s", addresses[i]);
		cr_expect(ge(sz, outlet->refusals_count, 1));
	}
}

Test(net_outlet, an_address_that_is_named_is_told_but_not_for_the_name)
{
	AUTO(outlet_free)
	struct outlet *outlet = outlet_of("a.test:80,10.0.0.1:5432");

	cr_expect(eq(sz, pin(outlet, "a.test", "10.0.0.1"), 1));
	cr_expect(eq(int, decide(outlet, "10.0.0.1", 5432), OUTLET_OUT));
	cr_expect(eq(int, decide(outlet, "10.0.0.1", 80), OUTLET_REFUSED));
}

Test(net_outlet, the_hosts_own_names)
{
	AUTO(outlet_free) struct outlet *outlet = outlet_of("*.a.test,b.test");
	char text[] = "127.0.0.1 localhost b.test\n# 1.1.1.1 x.a.test\n"
		      "8.8.8.8\tx.a.test other Y.a.test # b.test\n"
		      "8.8.4.4\nnone b.test\n9.9.9.9 c.test";
	struct dns_question asked = { .name = "y.a.test" };
	struct dns_question other = { .name = "z.a.test" };
	struct dns_answer answer;

	outlet_read_hosts(outlet, text);
	cr_expect(eq(sz, outlet->hosts_count, 3));
	cr_expect(eq(int, decide(outlet, "8.8.8.8", 80), OUTLET_OUT));
	cr_expect(eq(int, decide(outlet, "9.9.9.9", 80), OUTLET_REFUSED));
	cr_expect(eq(int, decide(outlet, "127.0.0.1", 80), OUTLET_OWN));
	cr_expect(outlet_known(outlet, &asked, &answer));
	cr_expect(eq(sz, answer.count, 1));
	cr_expect(not(outlet_known(outlet, &other, &answer)));
}

Test(net_outlet, the_machines_own_is_told_as_that)
{
	AUTO(outlet_free) struct outlet *outlet = outlet_of("a.test");
	struct outlet_call v4 = { address_of("8.8.8.8"), 0, .is_own = true };
	const struct outlet_call v6 = { address_of("2606::1"), 80,
		.is_own = true };

	cr_expect(eq(int, outlet_decide(outlet, &v4), OUTLET_REFUSED));
	cr_expect(zero(sz, outlet->refusals_count));
	v4.port = 80;
	cr_expect(eq(int, outlet_decide(outlet, &v4), OUTLET_REFUSED));
	cr_expect(eq(int, outlet_decide(outlet, &v6), OUTLET_REFUSED));
	cr_expect(eq(str, line(outlet, 0),
	    "8.8.8.8:80, which is this machine (allow with "
	    "--net=...,8.8.8.8:80)"));
	cr_expect(eq(str, line(outlet, 1),
	    "[2606::1]:80, which is this machine (allow with "
	    "--net=...,[2606::1]:80)"));
}

Test(net_outlet, what_is_asked_for_again_is_told_once)
{
	AUTO(outlet_free) struct outlet *outlet = outlet_of("a.test");
	char name[32];

	for (int i = 0; i < 3; i++)
		cr_expect(
		    eq(int, outlet_may_ask(outlet, "b.test"), OUTLET_REFUSED));
	cr_expect(eq(int, outlet_may_ask(outlet, "1.0.0.127.in-addr.arpa"),
	    OUTLET_REFUSED));
	cr_expect(eq(int, outlet_may_ask(outlet, "a.test"), OUTLET_OUT));
	cr_expect(eq(sz, outlet->refusals_count, 1));
	for (int i = 0; i < OUTLET_REFUSALS + 4; i++) {
		(void)snprintf(name, sizeof(name), "c%d.test", i);
		(void)outlet_may_ask(outlet, name);
	}
	cr_expect(eq(str, line(outlet, OUTLET_REFUSALS), "5 more"));
}

Test(net_outlet, the_oldest_makes_room)
{
	AUTO(outlet_free) struct outlet *outlet = outlet_of("*.a.test");
	char name[32];

	cr_expect(eq(sz, pin(outlet, "first.a.test", "8.8.8.8"), 1));
	for (int i = 0; i < OUTLET_PINS; i++) {
		(void)snprintf(name, sizeof(name), "c%d.a.test", i);
		(void)pin(outlet, name, "8.8.4.4");
	}
	cr_expect(eq(int, decide(outlet, "8.8.8.8", 80), OUTLET_REFUSED));
	cr_expect(eq(int, decide(outlet, "8.8.4.4", 80), OUTLET_OUT));
}

/* ---- somebody is asked --------------------------------------------------- */

static struct outlet *
asking_outlet(const char *list)
{
	struct outlet *outlet = calloc(1, sizeof(*outlet));
	struct error e = { 0 };

	cr_assert(zero(int, outlet_read_list(outlet, list, &e)), "%s", e.text);
	inquiry_tick(&outlet->inquiries, 1000);
	return outlet;
}

static int
call(struct outlet *outlet, const char *text, unsigned port, uint64_t ticket)
{
	const struct outlet_call call = { address_of(text), port,
		.ticket = ticket };

	return (int)outlet_decide(outlet, &call);
}

/* The one question that there has to be. */
static void
answer(struct outlet *outlet, const char *item, bool is_allowed, bool is_always)
{
	const struct inquiry *inquiry = inquiry_next(&outlet->inquiries);

	cr_assert(ne(ptr, (void *)(uintptr_t)inquiry, NULL));
	cr_expect(
	    eq(str, (char *)(uintptr_t)inquiry->item, (char *)(uintptr_t)item));
	const struct relay_verdict verdict = { inquiry->id, is_allowed,
		is_always };
	outlet_answer(outlet, &verdict);
}

Test(net_outlet, an_address_that_is_allowed_once)
{
	AUTO(outlet_free) struct outlet *outlet = asking_outlet("?");

	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 1), OUTLET_WAIT));
	answer(outlet, "8.8.8.8:80", true, false);
	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 1), OUTLET_OUT));
	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 2), OUTLET_WAIT));
	answer(outlet, "8.8.8.8:80", false, false);
	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 2), OUTLET_REFUSED));
	cr_expect(eq(sz, outlet->refusals_count, 1));
}

Test(net_outlet, one_that_is_allowed_from_then_on)
{
	AUTO(outlet_free) struct outlet *outlet = asking_outlet("?a.test");

	cr_expect(eq(int, call(outlet, "10.0.0.1", 80, 1), OUTLET_WAIT));
	cr_expect(eq(int, call(outlet, "10.0.0.1", 80, 2), OUTLET_WAIT));
	answer(outlet, "10.0.0.1:80", true, true);
	for (uint64_t ticket = 1; ticket < 4; ticket++)
		cr_expect(
		    eq(int, call(outlet, "10.0.0.1", 80, ticket), OUTLET_OUT));
	cr_expect(eq(int, call(outlet, "10.0.0.1", 81, 5), OUTLET_WAIT));
	/* And what was there before is there. */
	cr_expect(eq(int, outlet_may_ask(outlet, "a.test"), OUTLET_OUT));
}

Test(net_outlet, one_that_is_never_allowed)
{
	AUTO(outlet_free) struct outlet *outlet = asking_outlet("?");

	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 1), OUTLET_WAIT));
	answer(outlet, "8.8.8.8:80", false, true);
	for (uint64_t ticket = 1; ticket < 4; ticket++)
		cr_expect(eq(int, call(outlet, "8.8.8.8", 80, ticket),
		    OUTLET_REFUSED));
	cr_expect(
	    eq(ptr, (void *)(uintptr_t)inquiry_next(&outlet->inquiries), NULL));
}

Test(net_outlet, a_name_that_is_allowed_once_is_so_for_a_while)
{
	AUTO(outlet_free) struct outlet *outlet = asking_outlet("?");

	cr_expect(eq(int, outlet_may_ask(outlet, "a.test"), OUTLET_WAIT));
	cr_expect(eq(int, outlet_may_ask(outlet, "a.test"), OUTLET_WAIT));
	answer(outlet, "a.test", true, false);
	cr_expect(eq(int, outlet_may_ask(outlet, "a.test"), OUTLET_OUT));
	cr_expect(eq(sz, pin(outlet, "a.test", "8.8.8.8"), 1));
	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 1), OUTLET_OUT));
	cr_expect(eq(int, outlet_may_ask(outlet, "b.a.test"), OUTLET_WAIT));
	inquiry_tick(&outlet->inquiries, 1000 + OUTLET_PASS_MS);
	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 2), OUTLET_WAIT));
	cr_expect(eq(int, outlet_may_ask(outlet, "a.test"), OUTLET_WAIT));
}

Test(net_outlet, a_name_without_a_dot_is_saved_with_ports)
{
	AUTO(outlet_free) struct outlet *outlet = asking_outlet("?");

	cr_expect(eq(int, outlet_may_ask(outlet, "db"), OUTLET_WAIT));
	answer(outlet, "db:1-65535", true, true);
	inquiry_tick(&outlet->inquiries, 1000 + OUTLET_PASS_MS);
	cr_expect(eq(int, outlet_may_ask(outlet, "db"), OUTLET_OUT));
	cr_expect(eq(int, outlet_may_ask(outlet, "localhost"), OUTLET_REFUSED));
}

Test(net_outlet, a_name_leads_to_no_private_address_unasked)
{
	AUTO(outlet_free) struct outlet *outlet = asking_outlet("?a.test");

	cr_expect(eq(sz, pin(outlet, "a.test", "169.254.169.254"), 1));
	cr_expect(eq(int, call(outlet, "169.254.169.254", 80, 1), OUTLET_WAIT));
	answer(outlet, "169.254.169.254:80", false, false);
	cr_expect(
	    eq(int, call(outlet, "169.254.169.254", 80, 1), OUTLET_REFUSED));
}

Test(net_outlet, no_call_has_the_number_of_names)
{
	AUTO(outlet_free) struct outlet *outlet = outlet_of("a.test");

	outlet->inquiries.is_on = true;
	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, INQUIRY_ANYBODY),
	    OUTLET_REFUSED));
	cr_expect(not(inquiry_is_open(&outlet->inquiries)));
	cr_expect(eq(int, call(outlet, "8.8.8.8", 80, 1), OUTLET_WAIT));
}
