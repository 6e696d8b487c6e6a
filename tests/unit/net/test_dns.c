/* SPDX-License-Identifier: Apache-2.0 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "base/auto.h"
#include "net/dns.h"

/* clang-format off */
#define HEAD_ASKED  "\x12\x34\x01\x00\0\1\0\0\0\0\0\0"
#define NAME        "\1a\4Test\0"
#define OTHER       "\1b\4test\0"
#define TYPE_A      "\0\1\0\1"
#define ROW(text, code) { (const uint8_t *)(text), sizeof(text) - 1, (code) }
/* clang-format on */

struct row {
	const uint8_t *bytes;
	size_t length;
	int wanted;
};

static struct dns_question
question(void)
{
	static const struct row row = ROW(HEAD_ASKED NAME TYPE_A, 0);
	struct dns_question out;
	enum dns_code code;

	cr_assert(dns_read_question(row.bytes, row.length, &out, &code));
	cr_assert(eq(int, (int)code, DNS_FINE));
	return out;
}

Test(net_dns, a_question_is_read)
{
	struct dns_question asked = question();

	cr_expect(eq(int, asked.id, 0x1234));
	cr_expect(eq(int, asked.type, DNS_TYPE_A));
	cr_expect(asked.wants_recursion);
	cr_expect(asked.is_name);
	cr_expect(eq(str, asked.name, "a.test"));
}

Test(net_dns, what_is_no_question_is_said_to_be_none)
{
	static const struct row rows[] = {
		/* -1: no answer */
		ROW("", -1),
		ROW("\x12\x34\x01\x00\0\1\0\0\0\0\0", -1),
		/* An answer: two that answer would send them for ever. */
		ROW("\x12\x34\x81\x00\0\1\0\0\0\0\0\0" NAME TYPE_A, -1),
		ROW("\x12\x34\x28\x00\0\1\0\0\0\0\0\0" NAME TYPE_A,
		    DNS_NOT_DONE),
		ROW("\x12\x34\x01\x00\0\0\0\0\0\0\0\0", DNS_MALFORMED),
		ROW("\x12\x34\x01\x00\0\2\0\0\0\0\0\0" NAME TYPE_A,
		    DNS_MALFORMED),
		ROW("\x12\x34\x01\x00\0\1\0\1\0\0\0\0" NAME TYPE_A,
		    DNS_MALFORMED),
		ROW(HEAD_ASKED NAME "\0\1\0", DNS_MALFORMED),
		ROW(HEAD_ASKED NAME TYPE_A "x", DNS_MALFORMED),
		ROW(HEAD_ASKED "\x3fx", DNS_MALFORMED),
		ROW(HEAD_ASKED "\xc0\x0c" TYPE_A, DNS_MALFORMED),
		ROW(HEAD_ASKED "\x40x\0" TYPE_A, DNS_MALFORMED),
		/* EDNS(0), and data that are not there. */
		ROW("\x12\x34\x01\x00\0\1\0\0\0\0\0\1" NAME TYPE_A
		    "\0\0\x29\4\xd0\0\0\0\0\0\0",
		    DNS_FINE),
		ROW("\x12\x34\x01\x00\0\1\0\0\0\0\0\1" NAME TYPE_A
		    "\0\0\x29\4\xd0\0\0\0\0\0\1",
		    DNS_MALFORMED),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dns_question asked;
		enum dns_code code = DNS_FINE;
		bool is_one = dns_read_question(rows[i].bytes, rows[i].length,
		    &asked, &code);

		cr_expect(eq(int, is_one ? (int)code : -1, rows[i].wanted),
		    "row %zu", i);
	}
}

Test(net_dns, a_name_that_no_host_has_is_none)
{
	static const struct row rows[] = {
		ROW(HEAD_ASKED "\0" TYPE_A, 0),
		ROW(HEAD_ASKED "\3a.b\4test\0" TYPE_A, 0),
		ROW(HEAD_ASKED "\3a\0b\4test\0" TYPE_A, 0),
		ROW(HEAD_ASKED "\3a b\4test\0" TYPE_A, 0),
		/* Another class. */
		ROW(HEAD_ASKED "\1a\4test\0\0\1\0\3", 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dns_question asked;
		enum dns_code code;

		cr_assert(dns_read_question(rows[i].bytes, rows[i].length,
		    &asked, &code));
		cr_expect(eq(int, (int)code, DNS_FINE), "row %zu", i);
		cr_expect(not(asked.is_name), "row %zu", i);
	}
}

Test(net_dns, an_answer_has_the_addresses_of_its_kind)
{
	static const uint8_t v4[16] = { [10] = 0xff, 0xff, 1, 2, 3, 4 };
	static const struct row wanted =
	    ROW("\x12\x34\x81\x80\0\1\0\1\0\0\0\0" NAME TYPE_A
		"\xc0\x0c\0\1\0\1\0\0\0\7\0\4\1\2\3\4",
		0);
	struct dns_question asked = question();
	struct dns_answer answer = { .ttl = 7, .count = 2 };
	uint8_t bytes[DNS_BYTES];

	answer.addresses[0].s6_addr[15] = 1;
	memcpy(&answer.addresses[1], v4, sizeof(v4));
	size_t length = dns_write_answer(&asked, &answer, bytes);
	cr_assert(eq(sz, length, wanted.length));
	cr_expect(zero(int, memcmp(bytes, wanted.bytes, length)));
}

Test(net_dns, as_many_as_fit)
{
	struct dns_question asked = question();
	struct dns_answer answer = { .count = DNS_ADDRESSES };
	uint8_t bytes[DNS_BYTES];

	asked.type = DNS_TYPE_AAAA;
	for (size_t i = 0; i < DNS_ADDRESSES; i++)
		answer.addresses[i].s6_addr[0] = 0x20;
	cr_expect(le(sz, dns_write_answer(&asked, &answer, bytes), DNS_BYTES));
	cr_expect(eq(int, bytes[7], DNS_ADDRESSES));
	/* Behind the longest name there is less room. */
	asked.length = DNS_QUESTION - 1;
	cr_expect(le(sz, dns_write_answer(&asked, &answer, bytes), DNS_BYTES));
	cr_expect(lt(int, bytes[7], DNS_ADDRESSES));
}

/* ---- answers of others --------------------------------------------------- */

#define HEAD_SAID(count) "\xab\xcd\x81\x80\0\1\0" count "\0\0\0\0"
#define ADDRESS          "\0\1\0\1\0\0\0\x3c\0\4\1\2\3\4"

Test(net_dns, addresses_of_the_name_and_of_its_aliases)
{
	static const struct row rows[] = {
		/* How many; -1: it is no answer to that. */
		ROW(HEAD_SAID("\1") NAME TYPE_A "\xc0\x0c" ADDRESS, 1),
		ROW(HEAD_SAID("\1") NAME TYPE_A "\1A\4tesT\0" ADDRESS, 1),
		ROW(HEAD_SAID("\1") NAME TYPE_A OTHER ADDRESS, 0),
		ROW(HEAD_SAID("\2") NAME TYPE_A
		    "\xc0\x0c\0\5\0\1\0\0\0\1\0\4\1b\xc0\x0e" OTHER ADDRESS,
		    1),
		/* An alias of itself. */
		ROW(HEAD_SAID("\1") NAME TYPE_A
		    "\xc0\x0c\0\5\0\1\0\0\0\1\0\2\xc0\x0c",
		    0),
		/* Pointers to themselves, and forward. */
		ROW(HEAD_SAID("\1") NAME TYPE_A "\xc0\x18" ADDRESS, 0),
		ROW(HEAD_SAID("\1") NAME TYPE_A "\xc0\x1a" ADDRESS, 0),
		/* More data than there are, and less than an address has. */
		ROW(HEAD_SAID("\1") NAME TYPE_A
		    "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\5\1\2\3\4",
		    0),
		ROW(HEAD_SAID("\1") NAME TYPE_A
		    "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\3\1\2\3",
		    0),
		ROW(HEAD_SAID("\xff") NAME TYPE_A "\xc0\x0c" ADDRESS, 1),
		/* Another number, a question, another name, another type. */
		ROW("\xab\xce\x81\x80\0\1\0\1\0\0\0\0" NAME TYPE_A
		    "\xc0\x0c" ADDRESS,
		    -1),
		ROW("\xab\xcd\x01\x80\0\1\0\1\0\0\0\0" NAME TYPE_A
		    "\xc0\x0c" ADDRESS,
		    -1),
		ROW(HEAD_SAID("\1") OTHER TYPE_A "\xc0\x0c" ADDRESS, -1),
		ROW(HEAD_SAID("\1") NAME "\0\x1c\0\1\xc0\x0c" ADDRESS, -1),
		ROW("", -1),
	};
	struct dns_question asked = question();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dns_answer answer;
		bool is_one = dns_read_answer(rows[i].bytes, rows[i].length,
		    0xabcd, &asked, &answer);

		cr_expect(eq(int, is_one ? (int)answer.count : -1,
			      rows[i].wanted),
		    "row %zu", i);
	}
}

Test(net_dns, an_address_of_ipv4_is_none_of_ipv6)
{
	static const struct row row = ROW(HEAD_SAID("\1") NAME
	    "\0\x1c\0\1\xc0\x0c\0\x1c\0\1\0\0\0\1\0\x10"
	    "\0\0\0\0\0\0\0\0\0\0\xff\xff\x0a\0\0\1",
	    0);
	struct dns_question asked = question();
	struct dns_answer answer;

	asked.type = DNS_TYPE_AAAA;
	cr_assert(
	    dns_read_answer(row.bytes, row.length, 0xabcd, &asked, &answer));
	cr_expect(zero(sz, answer.count));
}

Test(net_dns, there_is_no_such_name_or_it_failed)
{
	static const struct row rows[] = {
		ROW("\xab\xcd\x81\x83\0\1\0\0\0\0\0\0" NAME TYPE_A,
		    DNS_NO_NAME),
		ROW("\xab\xcd\x81\x82\0\1\0\0\0\0\0\0" NAME TYPE_A, DNS_FAILED),
		ROW("\xab\xcd\x81\x85\0\1\0\0\0\0\0\0" NAME TYPE_A, DNS_FAILED),
	};
	struct dns_question asked = question();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct dns_answer answer;

		cr_assert(dns_read_answer(rows[i].bytes, rows[i].length, 0xabcd,
		    &asked, &answer));
		cr_expect(eq(int, (int)answer.code, rows[i].wanted));
	}
}

Test(net_dns, a_question_for_another_can_be_read)
{
	struct dns_question asked = question(), again;
	uint8_t bytes[DNS_BYTES];
	enum dns_code code;
	size_t length = dns_write_question(&asked, 0x7777, bytes);

	cr_assert(dns_read_question(bytes, length, &again, &code));
	cr_expect(eq(int, (int)code, DNS_FINE));
	cr_expect(eq(int, again.id, 0x7777));
	cr_expect(eq(str, again.name, "a.test"));
}
