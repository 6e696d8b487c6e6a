/* SPDX-License-Identifier: Apache-2.0 */
/*
 * network - words of a list of destinations: include/guard/allow.h.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/auto.h"
#include "report.h"

bool
report_is_word(const char *text)
{
	AUTO(guard_allow_free) struct guard_allow *allow = NULL;
	struct error e = { 0 };

	return strchr(text, ',') == NULL &&
	       guard_allow_parse(text, &allow, &e) == 0;
}

/* "1.2.3.4:80", "[2001:db8::1]:80", or without a port; false: it is a name. */
static bool
read_address(const char *word, struct in6_addr *out)
{
	char host[INET6_ADDRSTRLEN];
	const char *at = word + (word[0] == '[');
	size_t length = strcspn(at, "]");
	struct in_addr v4;

	if (inet_pton(AF_INET6, word, out) == 1)
		return true;
	if (word[0] != '[')
		length = strcspn(at, ":");
	if (length >= sizeof(host))
		return false;
	memcpy(host, at, length);
	host[length] = '\0';
	if (inet_pton(AF_INET6, host, out) == 1)
		return true;
	if (inet_pton(AF_INET, host, &v4) != 1)
		return false;
	memset(out, 0, sizeof(*out));
	out->s6_addr[10] = out->s6_addr[11] = 0xff;
	memcpy(out->s6_addr + 12, &v4, sizeof(v4));
	return true;
}

const char *
report_word_objection(const char *word, bool is_own)
{
	AUTO(guard_allow_free) struct guard_allow *allow = NULL;
	struct in6_addr address;
	struct error e = { 0 };

	if (strchr(word, ',') != NULL ||
	    guard_allow_parse(word, &allow, &e) < 0)
		return "a list has no such word";
	if (is_own || (read_address(word, &address) &&
			  guard_allow_is_special(allow, &address)))
		return "it is the machine's own, or a private address";
	return NULL;
}

int
report_word_add(char list[GUARD_ALLOW_BYTES], const char *word)
{
	char both[GUARD_ALLOW_BYTES], more[GUARD_ALLOW_BYTES];
	size_t used = strlen(list);

	if (used > 0 && guard_allow_narrow(word, list, both, more) < 0)
		return -1;
	if (used > 0 && more[0] == '\0')
		return 0;
	if (used + 1 + strlen(word) >= GUARD_ALLOW_BYTES)
		return -1;
	(void)snprintf(list + used, GUARD_ALLOW_BYTES - used, "%s%s",
	    used > 0 ? "," : "", word);
	if (guard_allow_narrow(word, list, both, more) == 0)
		return 1;
	/* One more than a list may have. */
	list[used] = '\0';
	return -1;
}
