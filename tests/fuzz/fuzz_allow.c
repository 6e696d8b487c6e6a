/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_allow - a list of destinations, and in the second line another, or a
 * name; the last bytes are an address.
 *
 * An address that is special is one that all addresses do not name; and what
 * two lists have in common is in each of them.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "guard/allow.h"

static struct guard_allow *
parse(const char *text)
{
	struct guard_allow *allow = NULL;
	struct error e = { 0 };

	if (guard_allow_parse(text, &allow, &e) == 0)
		return allow;
	check_line(&e);
	return NULL;
}

static void
check_name(const struct guard_allow *allow, const char *text)
{
	char name[GUARD_NAME_BYTES], again[GUARD_NAME_BYTES];

	if (!guard_name_read(text, strlen(text), name))
		return;
	assert(guard_name_read(name, strlen(name), again));
	assert(strcmp(name, again) == 0);
	/* A port is less than any. */
	if (guard_allow_name(allow, name, 443))
		assert(guard_allow_name(allow, name, 0));
}

static void
check_address(const struct guard_allow *allow, const uint8_t *bytes)
{
	AUTO(guard_allow_free)
	struct guard_allow *all = parse("0.0.0.0/0,::/0");
	struct in6_addr address;

	memcpy(&address, bytes, sizeof(address));
	assert(all != NULL);
	assert(guard_allow_is_special(allow, &address) !=
	       guard_allow_address(all, &address, 1));
	if (guard_is_loopback(&address))
		assert(guard_allow_is_special(allow, &address));
	if (guard_allow_address(allow, &address, 443))
		assert(guard_allow_names(allow, &address));
}

static void
check_both(const char *over, const char *there)
{
	char both[GUARD_ALLOW_BYTES], more[GUARD_ALLOW_BYTES];
	char again[GUARD_ALLOW_BYTES];

	if (guard_allow_narrow(over, there, both, more) < 0 || both[0] == '\0')
		return;
	assert(guard_allow_narrow(both, there, again, more) == 0);
	assert(more[0] == '\0');
	assert(guard_allow_narrow(both, over, again, more) == 0);
	assert(more[0] == '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FREE char *text = calloc(1, size + 1);
	AUTO(guard_allow_free) struct guard_allow *allow = NULL;

	if (text == NULL || size > GUARD_ALLOW_BYTES / 2)
		return 0;
	memcpy(text, data, size);
	char *rest = text;
	const char *first = strsep(&rest, "\n");
	const char *second = rest != NULL ? strsep(&rest, "\n") : "";
	allow = parse(first);
	if (allow == NULL)
		return 0;
	check_both(first, second);
	check_name(allow, second);
	if (size >= 16)
		check_address(allow, data + size - 16);
	return 0;
}
