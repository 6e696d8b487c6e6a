/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_guard - a policy, and in the last line what is asked: a path, which is
 * also the bytes of an address and the name of a program.
 *
 * An answer is one that can be given: with an error if it forbids, a rule that
 * there is, a line that can be printed. What guard_wants() leaves out is
 * allowed; of several accesses the strictest counts; a directory that may be
 * moved takes nothing along that was forbidden; and the two ways to write an
 * IPv4 address are the same to rules about addresses.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/auto.h"
#include "check.h"
#include "fuzz.h"
#include "guard/guard.h"

static struct guard_asks asks;

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static bool
permits(const struct guard_verdict *v)
{
	return v->action == GUARD_ALLOW || v->action == GUARD_LOG;
}

/* Returns whether it permits. */
static bool
check(struct guard_verdict v, const char *subject)
{
	char line[512];

	assert(v.section < GUARD_SECTIONS && v.action <= GUARD_KILL);
	assert(v.rule >= GUARD_RULE_NONE && v.rule < 1024);
	assert(permits(&v) == (v.error == 0));
	assert((v.action == GUARD_ASK) == (v.timeout_s > 0));
	assert(!(v.wants_hash || v.wants_path) || v.action == GUARD_DENY);
	guard_describe(&v, subject, line, sizeof(line));
	assert(strncmp(line, "policy: ", 8) == 0);
	for (const char *at = line; *at != '\0'; at++)
		assert((unsigned char)*at >= 0x20 && *at != 0x7f);
	return permits(&v);
}

static void
check_files(const struct guard_policy *policy, const char *path)
{
	static const struct {
		unsigned access, wants;
	} rows[] = { { GUARD_READ, GUARD_WANTS_READ },
		{ GUARD_WRITE, GUARD_WANTS_WRITE },
		{ GUARD_CREATE, GUARD_WANTS_CREATE },
		{ GUARD_RUN, GUARD_WANTS_EXECUTE },
		{ GUARD_LIST, GUARD_WANTS_LIST } };
	unsigned wants = guard_wants(policy);
	enum guard_action strictest = GUARD_ALLOW;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct guard_verdict v =
		    guard_file(policy, path, rows[i].access);

		check(v, path);
		assert(v.what == rows[i].access);
		assert((wants & rows[i].wants) != 0 || v.action == GUARD_ALLOW);
		if (v.action > strictest)
			strictest = v.action;
	}
	assert(guard_file(policy, path, 31).action == strictest);
}

/* As far as names are paths that are resolved: a/.. and a//b are none. */
static bool
is_path(const char *path)
{
	size_t length = strlen(path);

	return path[0] == '/' && length > 1 && length < 4096 &&
	       path[length - 1] != '/' && strstr(path, "//") == NULL;
}

static void
check_moves(const struct guard_policy *policy, const char *path)
{
	static const char *const others[] = { "/a", "/tmp/x", "/home/b" };
	static const char *const below[] = { "/a", "/.ssh", "/.ssh/id", "/x/y",
		"/etc/shadow", "/1" };
	char old[8192];
	char new[8192];

	if (!is_path(path))
		return;
	for (size_t i = 0; i < 2 * ARRAY_SIZE(others); i++) {
		const char *other = others[i / 2];
		const char *from = i % 2 ? other : path;
		const char *to = i % 2 ? path : other;

		if (!check(guard_move(policy, from, to, GUARD_MOVE_DIRECTORY,
			       &asks),
			from))
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(below); j++) {
			(void)snprintf(old, sizeof(old), "%s%s", from,
			    below[j]);
			(void)snprintf(new, sizeof(new), "%s%s", to, below[j]);
			assert(
			    check(guard_file(policy, old, GUARD_READ), old) ||
			    !check(guard_file(policy, new, GUARD_READ), new));
		}
	}
}

static void
check_mapped(const struct guard_policy *policy, const char *bytes)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };

	memcpy(&in.sin_addr, bytes, 4);
	memcpy(&in.sin_port, bytes + 4, 2);
	in6.sin6_port = in.sin_port;
	in6.sin6_addr.s6_addr[10] = 0xff;
	in6.sin6_addr.s6_addr[11] = 0xff;
	memcpy(&in6.sin6_addr.s6_addr[12], bytes, 4);
	struct guard_verdict one = guard_network(policy, GUARD_CONNECT,
	    (struct sockaddr *)&in, sizeof(in), NULL);
	struct guard_verdict other = guard_network(policy, GUARD_CONNECT,
	    (struct sockaddr *)&in6, sizeof(in6), NULL);
	assert(one.rule == other.rule && one.action == other.action);
}

static void
check_network(const struct guard_policy *policy, const char *text,
    const char *subject)
{
	static const struct {
		enum guard_operation operation;
		unsigned wants;
	} rows[] = { { GUARD_CONNECT, GUARD_WANTS_CONNECT },
		{ GUARD_BIND, GUARD_WANTS_BIND },
		{ GUARD_SEND, GUARD_WANTS_SEND } };
	static const sa_family_t families[] = { AF_UNSPEC, AF_UNIX, AF_INET,
		AF_INET6, AF_NETLINK };
	size_t length = strlen(subject);

	if (length >= 6 && strstr(text, "family:") == NULL)
		check_mapped(policy, subject);
	length = length < 120 ? length : 120;
	for (size_t i = 0; i < 3 * ARRAY_SIZE(families); i++) {
		/* Of the very size, so that reading on is seen. */
		AUTO_FREE struct sockaddr *address = malloc(2 + length);

		assert(address != NULL);
		memcpy(address, &families[i / 3], 2);
		memcpy((char *)address + 2, subject, length);
		struct guard_verdict v =
		    guard_network(policy, rows[i % 3].operation, address,
			(socklen_t)(2 + length), NULL);
		check(v, subject);
		assert((guard_wants(policy) & rows[i % 3].wants) != 0 ||
		       v.action == GUARD_ALLOW || v.rule == GUARD_RULE_NONE);
		v = guard_network(policy, rows[i % 3].operation, address,
		    (socklen_t)(2 + length), subject);
		check(v, subject);
		assert(!v.wants_path);
	}
}

static void
check_programs(const struct guard_policy *policy, const char *subject)
{
	struct guard_program program = { .path = subject };
	struct guard_verdict v = guard_execute(policy, &program);

	check(v, subject);
	assert((guard_wants(policy) & GUARD_WANTS_EXECUTE) != 0 ||
	       v.action == GUARD_ALLOW || v.wants_hash);
	for (unsigned i = 0; i < 4; i++) {
		program.sha256 = i & 1 ? HASH : "";
		program.is_drift = (i & 2) != 0;
		v = guard_execute(policy, &program);
		check(v, subject);
		assert(!v.wants_hash);
		assert((guard_wants(policy) &
			   (GUARD_WANTS_EXECUTE | GUARD_WANTS_DRIFT)) != 0 ||
		       v.action == GUARD_ALLOW);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(guard_free) struct guard_policy *policy = NULL;
	AUTO_FREE char *printed = NULL;
	AUTO_FREE char *text = strndup((const char *)data, size);
	struct error e = { 0 };
	size_t length = 0;

	if (size > 65536)
		return 0;
	assert(text != NULL);
	char *line = strrchr(text, '\n');
	if (line == NULL)
		return 0;
	*line++ = '\0';
	if (guard_parse(text, strlen(text), &policy, &e) < 0) {
		check_line(&e);
		assert(policy == NULL);
		return 0;
	}
	FILE *out = open_memstream(&printed, &length);
	assert(out != NULL);
	guard_print(out, policy);
	(void)fclose(out);
	assert(length > 0);
	check_files(policy, line);
	check_moves(policy, line);
	check_network(policy, text, line);
	check_programs(policy, line);
	for (int number = -1; number < 4; number++)
		check(guard_call(policy, number), line);
	return 0;
}
