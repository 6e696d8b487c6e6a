/* SPDX-License-Identifier: Apache-2.0 */
#include "dns.h"

#include <string.h>
#include <strings.h>

#include "base/auto.h"

#define HEADER      12
#define CLASS_IN    1
#define TYPE_CNAME  5
#define TYPE_OPT    41
#define LABEL_MAX   63
#define POINTER     0xc0
#define NAME_WIRE   255
#define TTL_MAX     86400u
#define IS_ANSWER   0x8000
#define OPCODE      0x7800
#define RECURSION   0x0100
#define CAN_RECURSE 0x0080
#define CODE        0x000f
/* Of one answer: more are not looked at. */
#define RECORDS_MAX 64
#define ALIASES_MAX 8
/* What fits through any network in one packet. */
#define UPSTREAM_SIZE 1232

/* A name as text has at most as many bytes as it has on the wire. */
typedef char name_text[NAME_WIRE + 1];

static uint16_t
get16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static uint32_t
get32(const uint8_t *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static uint8_t *
put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

static uint8_t *
put32(uint8_t *at, uint32_t value)
{
	return put16(put16(at, value >> 16), value & 0xffff);
}

/* ---- names --------------------------------------------------------------- */

struct reader {
	const uint8_t *bytes;
	size_t length;
	size_t at;
};

/*
 * What a label's bytes are does not matter, but a dot would be two labels, and
 * a NUL the end: they become another byte that no name of a host has.
 */
static size_t
put_label(const uint8_t *bytes, size_t size, char *out)
{
	for (size_t i = 0; i < size; i++) {
		out[i] = (char)bytes[i];
		if (bytes[i] == '.' || bytes[i] == 0)
			out[i] = '!';
	}
	out[size] = '.';
	return size + 1;
}

/* Where labels are, once pointers have been followed; they lead to the front
 * alone, so that they end. */
struct place {
	size_t at, before;
	size_t behind; /* the first pointer; 0: there was none */
};

static bool
follow(const struct reader *reader, struct place *place)
{
	while (
	    place->at < reader->length && reader->bytes[place->at] >= POINTER) {
		const uint8_t *from = reader->bytes + place->at;

		if (reader->length - place->at < 2)
			return false;
		size_t to = (from[0] & ~(size_t)POINTER) << 8 | from[1];
		if (to >= place->before)
			return false;
		if (place->behind == 0)
			place->behind = place->at + 2;
		place->before = place->at = to;
	}
	return place->at < reader->length;
}

/* A name; the reader is behind it then. */
static bool
read_name(struct reader *reader, bool may_point, name_text out)
{
	struct place place = { reader->at, reader->at, 0 };
	size_t used = 0;

	while (follow(reader, &place) && (may_point || place.behind == 0)) {
		size_t size = reader->bytes[place.at++];

		if (size == 0) {
			out[used] = '\0';
			reader->at =
			    place.behind != 0 ? place.behind : place.at;
			return true;
		}
		if (size > LABEL_MAX || size > reader->length - place.at ||
		    used + size + 1 > NAME_WIRE - 1)
			return false;
		used += put_label(reader->bytes + place.at, size, out + used);
		place.at += size;
	}
	return false;
}

/* ---- the question -------------------------------------------------------- */

static bool
read_body(struct reader *reader, struct dns_question *out)
{
	name_text name;
	size_t begin = reader->at;

	if (!read_name(reader, false, name) || reader->length - reader->at < 4)
		return false;
	const uint8_t *end = reader->bytes + reader->at;
	out->type = get16(end);
	reader->at += 4;
	out->length = reader->at - begin;
	memcpy(out->bytes, reader->bytes + begin, out->length);
	out->is_name = get16(end + 2) == CLASS_IN &&
		       guard_name_read(name, strlen(name), out->name);
	return true;
}

/* One record of EDNS(0) may follow, and nothing else. */
static bool
is_the_end(struct reader *reader, unsigned additional)
{
	const uint8_t *at = reader->bytes + reader->at;
	size_t left = reader->length - reader->at;

	if (additional == 0)
		return left == 0;
	return additional == 1 && left >= 11 && at[0] == 0 &&
	       get16(at + 1) == TYPE_OPT && left == 11u + get16(at + 9);
}

bool
dns_read_question(const uint8_t *bytes, size_t length, struct dns_question *out,
    enum dns_code *code)
{
	struct reader reader = { bytes, length, HEADER };

	memset(out, 0, sizeof(*out));
	if (length < HEADER || (get16(bytes + 2) & IS_ANSWER) != 0)
		return false;
	out->id = get16(bytes);
	out->wants_recursion = (get16(bytes + 2) & RECURSION) != 0;
	*code = DNS_NOT_DONE;
	if ((get16(bytes + 2) & OPCODE) != 0)
		return true;
	*code = DNS_MALFORMED;
	if (get16(bytes + 4) != 1 || get16(bytes + 6) != 0 ||
	    get16(bytes + 8) != 0)
		return true;
	if (!read_body(&reader, out) ||
	    !is_the_end(&reader, get16(bytes + 10))) {
		out->length = 0;
		return true;
	}
	*code = DNS_FINE;
	return true;
}

/* ---- writing ------------------------------------------------------------- */

static uint8_t *
put_header(uint8_t *at, uint16_t id, unsigned flags,
    const struct dns_question *question)
{
	at = put16(put16(at, id), flags);
	at = put16(at, question->length > 0);
	memset(at, 0, 6);
	memcpy(at + 6, question->bytes, question->length);
	return at + 6 + question->length;
}

static uint8_t *
put_address(uint8_t *at, const struct dns_question *question, uint32_t ttl,
    const struct in6_addr *address)
{
	bool is_v4 = question->type == DNS_TYPE_A;
	size_t size = is_v4 ? 4 : 16;

	/* The name is that of the question, behind the header. */
	at = put16(at, POINTER << 8 | HEADER);
	at = put16(put16(at, question->type), CLASS_IN);
	at = put16(put32(at, ttl), (unsigned)size);
	memcpy(at, address->s6_addr + 16 - size, size);
	return at + size;
}

size_t
dns_write_answer(const struct dns_question *question,
    const struct dns_answer *answer, uint8_t out[DNS_BYTES])
{
	unsigned flags = IS_ANSWER | CAN_RECURSE |
			 (question->wants_recursion ? RECURSION : 0) |
			 (answer->code & CODE);
	uint8_t *at = put_header(out, question->id, flags, question);
	unsigned count = 0;

	for (size_t i = 0; i < answer->count && question->length > 0; i++) {
		const struct in6_addr *address = &answer->addresses[i];

		if (IN6_IS_ADDR_V4MAPPED(address) !=
			(question->type == DNS_TYPE_A) ||
		    out + DNS_BYTES - at < 28)
			continue;
		at = put_address(at, question, answer->ttl, address);
		count++;
	}
	(void)put16(out + 6, count);
	return (size_t)(at - out);
}

size_t
dns_write_question(const struct dns_question *question, uint16_t id,
    uint8_t out[DNS_BYTES])
{
	uint8_t *at = put_header(out, id, RECURSION, question);

	(void)put16(out + 10, 1);
	*at++ = 0;
	at = put32(put16(put16(at, TYPE_OPT), UPSTREAM_SIZE), 0);
	return (size_t)(put16(at, 0) - out);
}

/* ---- the answer ---------------------------------------------------------- */

struct record {
	name_text owner;
	uint16_t type;
	uint32_t ttl;
	struct reader data;
	size_t size;
};

static bool
read_record(struct reader *reader, struct record *out)
{
	if (!read_name(reader, true, out->owner) ||
	    reader->length - reader->at < 10)
		return false;
	const uint8_t *at = reader->bytes + reader->at;
	out->type = get16(at + 2) == CLASS_IN ? get16(at) : 0;
	out->ttl = get32(at + 4);
	out->size = get16(at + 8);
	reader->at += 10;
	if (out->size > reader->length - reader->at)
		return false;
	out->data = *reader;
	out->data.length = reader->at + out->size;
	reader->at += out->size;
	return true;
}

static void
take_address(const struct record *record, struct dns_answer *out)
{
	struct in6_addr address = { 0 };
	bool is_v4 = record->type == DNS_TYPE_A;
	size_t size = is_v4 ? 4 : 16;

	if (record->size != size || out->count == DNS_ADDRESSES)
		return;
	if (is_v4)
		address.s6_addr[10] = address.s6_addr[11] = 0xff;
	memcpy(address.s6_addr + 16 - size,
	    record->data.bytes + record->data.at, size);
	/* That is no address of IPv6, and would be taken for the other. */
	if (!is_v4 && IN6_IS_ADDR_V4MAPPED(&address))
		return;
	out->addresses[out->count++] = address;
}

/* Records of that name; returns whether it is an alias, of which. */
static bool
read_records(struct reader reader, unsigned count, uint16_t type,
    name_text name, struct dns_answer *out)
{
	struct record record;
	name_text alias;

	for (; count > 0 && read_record(&reader, &record); count--) {
		if (strcasecmp(record.owner, name) != 0)
			continue;
		if (record.ttl < out->ttl)
			out->ttl = record.ttl;
		if (record.type == type)
			take_address(&record, out);
		if (record.type != TYPE_CNAME ||
		    !read_name(&record.data, true, alias))
			continue;
		memcpy(name, alias, sizeof(alias));
		return true;
	}
	return false;
}

bool
dns_read_answer(const uint8_t *bytes, size_t length, uint16_t id,
    const struct dns_question *question, struct dns_answer *out)
{
	struct reader reader = { bytes, length, HEADER };
	struct dns_question asked = { 0 };
	name_text name;

	*out = (struct dns_answer){ .ttl = TTL_MAX };
	if (length < HEADER || get16(bytes) != id ||
	    (get16(bytes + 2) & (IS_ANSWER | OPCODE)) != IS_ANSWER ||
	    get16(bytes + 4) != 1 || !read_body(&reader, &asked) ||
	    !asked.is_name || asked.type != question->type ||
	    strcmp(asked.name, question->name) != 0)
		return false;
	out->code = (enum dns_code)(get16(bytes + 2) & CODE);
	unsigned count = get16(bytes + 6);
	if (count > RECORDS_MAX)
		count = RECORDS_MAX;
	struct reader again = { bytes, length, HEADER };
	(void)read_name(&again, false, name);
	for (unsigned i = 0; i < ALIASES_MAX && read_records(reader, count,
						    question->type, name, out);
	     i++)
		;
	if (out->code != DNS_FINE && out->code != DNS_NO_NAME)
		out->code = DNS_FAILED;
	return true;
}
