/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_dns - a question for a name, and the answer of a server: the first two
 * bytes are how long the question is.
 *
 * What is answered is to his question who asked, fits, and has no address that
 * the list does not let out.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "fuzz.h"
#include "net/outlet.h"

static void
check_answer(struct outlet *outlet, const struct dns_question *question,
    struct dns_answer *answer)
{
	uint8_t bytes[DNS_BYTES];

	assert(answer->count <= DNS_ADDRESSES);
	outlet_pin(outlet, question->name, answer);
	for (size_t i = 0; i < answer->count; i++) {
		const struct outlet_call call = { answer->addresses[i], 443 };

		assert(!guard_allow_is_special(outlet->allow, &call.address));
		assert(outlet_decide(outlet, &call) == OUTLET_OUT);
	}
	size_t length = dns_write_answer(question, answer, bytes);
	assert(length >= 12 + question->length && length <= sizeof(bytes));
	assert(memcmp(bytes + 12, question->bytes, question->length) == 0);
}

static void
check_question(struct outlet *outlet, const struct dns_question *question,
    const uint8_t *said, size_t size)
{
	uint8_t bytes[DNS_BYTES];
	struct dns_question again;
	struct dns_answer answer;
	enum dns_code code;
	size_t length = dns_write_question(question, 0x1234, bytes);

	assert(length <= sizeof(bytes));
	assert(dns_read_question(bytes, length, &again, &code));
	assert(code == DNS_FINE && strcmp(again.name, question->name) == 0);
	if (dns_read_answer(said, size, 0x1234, question, &answer) &&
	    outlet_may_ask(outlet, question->name) == OUTLET_OUT)
		check_answer(outlet, question, &answer);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct outlet *outlet;
	struct dns_question question;
	struct dns_answer none = { 0 };
	uint8_t bytes[DNS_BYTES];
	enum dns_code code;
	struct error e = { 0 };

	if (outlet == NULL) {
		outlet = calloc(1, sizeof(*outlet));
		if (outlet == NULL || guard_allow_parse("*.test,a.example:443",
					  &outlet->allow, &e) < 0)
			abort();
	}
	if (size < 2)
		return 0;
	size_t length = (size_t)data[0] << 8 | data[1];
	if (length > size - 2)
		length = size - 2;
	if (!dns_read_question(data + 2, length, &question, &code))
		return 0;
	assert(question.length <= DNS_QUESTION);
	none.code = code;
	assert(
	    dns_write_answer(&question, &none, bytes) == 12 + question.length);
	if (code == DNS_FINE && question.is_name)
		check_question(outlet, &question, data + 2 + length,
		    size - 2 - length);
	return 0;
}
