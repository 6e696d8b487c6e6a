/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

static char *
double_quotes(const char *json)
{
	char *text = strdup(json);

	for (char *at = text; *at != '\0'; at++)
		*at = *at == '\'' ? '"' : *at;
	return text;
}

static int
parse(const char *json, struct guard_policy **out, struct error *e)
{
	AUTO_FREE char *text = double_quotes(json);

	return guard_parse(text, strlen(text), out, e);
}

struct guard_policy *
policy_of(const char *json)
{
	struct guard_policy *policy = NULL;
	struct error e = { 0 };

	cr_assert(eq(int, parse(json, &policy, &e), 0), "%s: %s", json, e.text);
	return policy;
}

const char *
policy_refusal(const char *json)
{
	static char line[4096];
	AUTO(guard_free) struct guard_policy *policy = NULL;
	struct error e = { 0 };

	line[0] = '\0';
	if (parse(json, &policy, &e) == 0) {
		cr_expect(policy != NULL);
		return line;
	}
	cr_expect(policy == NULL);
	error_format(&e, line, sizeof(line));
	return line;
}

struct guard_pattern
pattern_of(const char *text, bool is_flat)
{
	static const struct json nowhere = { .kind = JSON_STRING };
	static struct json_arena *arena;
	struct guard_pattern pattern = { 0 };
	struct error e = { 0 };

	if (arena == NULL)
		arena = json_arena_new();
	cr_assert(eq(int,
		      guard_pattern_parse(arena, &nowhere, text, is_flat,
			  &pattern, &e),
		      0),
	    "%s: %s", text, e.text);
	return pattern;
}

const char *
pattern_refusal(const char *text, bool is_flat)
{
	static const struct json nowhere = { .kind = JSON_STRING };
	static char line[4096];
	AUTO(json_arena_free) struct json_arena *arena = json_arena_new();
	struct guard_pattern pattern = { 0 };
	struct error e = { 0 };

	line[0] = '\0';
	if (guard_pattern_parse(arena, &nowhere, text, is_flat, &pattern, &e) <
	    0)
		error_format(&e, line, sizeof(line));
	return line;
}

static socklen_t
unix_of(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t length = strlen(text);

	cr_assert(length < sizeof(un.sun_path));
	memcpy(un.sun_path, text, length);
	if (text[0] == '@')
		un.sun_path[0] = '\0';
	memcpy(out, &un, sizeof(un));
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

socklen_t
socket_of(const char *text, struct sockaddr_storage *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	char host[64] = "";
	unsigned port = 0;

	memset(out, 0, sizeof(*out));
	if (text[0] == '/' || text[0] == '@')
		return unix_of(text, out);
	if (sscanf(text, "[%63[^]]]:%u", host, &port) == 2) {
		in6.sin6_port = htons((uint16_t)port);
		cr_assert(eq(int, inet_pton(AF_INET6, host, &in6.sin6_addr), 1),
		    "%s", text);
		memcpy(out, &in6, sizeof(in6));
		return sizeof(in6);
	}
	cr_assert(eq(int, sscanf(text, "%63[^:]:%u", host, &port), 2));
	in.sin_port = htons((uint16_t)port);
	cr_assert(eq(int, inet_pton(AF_INET, host, &in.sin_addr), 1), "%s",
	    text);
	memcpy(out, &in, sizeof(in));
	return sizeof(in);
}

struct guard_verdict
ask_network(const struct guard_policy *policy, enum guard_operation operation,
    const char *text)
{
	struct sockaddr_storage address;
	socklen_t length = socket_of(text, &address);

	return guard_network(policy, operation, (struct sockaddr *)&address,
	    length, text[0] == '/' ? text : NULL);
}

const char *
in_short(struct guard_verdict verdict)
{
	static char line[128];
	char rule[32];

	snprintf(rule, sizeof(rule), "[%d]", verdict.rule);
	snprintf(line, sizeof(line), "%s%s %s%s%s",
	    guard_section_word(verdict.section),
	    verdict.rule >= 0                    ? rule
	    : verdict.rule == GUARD_RULE_DEFAULT ? " default"
						 : " none",
	    guard_action_word(verdict.action), verdict.error != 0 ? " " : "",
	    verdict.error != 0 ? strerrorname_np(verdict.error) : "");
	return line;
}
