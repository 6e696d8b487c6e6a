/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy - what a policy file says, and what it answers.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

#include "base/auto.h"
#include "base/text.h"
#include "cli.h"
#include "guard/guard.h"
#include "syscall/syscall.h"

#define STATUS_FORBIDDEN 2

static int
read_policy(const char *path, struct guard_policy **out, struct error *e)
{
	AUTO_FREE char *text = NULL;
	size_t length = 0;

	TRY(cli_read_document("policy", path, &text, &length, e));
	if (guard_parse(text, length, out, e) < 0)
		return error_wrap(e, "%s", path);
	return 0;
}

/* ---- questions ------------------------------------------------------------
 */

struct question {
	const struct guard_policy *policy;
	const char *path, *access;
	const char *connect, *bind, *send;
	struct guard_program program;
	const char *call;
	int status;
};

static void
answer(struct question *q, const struct guard_verdict *verdict,
    const char *subject)
{
	char line[1024];

	guard_describe(verdict, subject, line, sizeof(line));
	if (verdict->wants_hash)
		printf("%s, until --digest says more\n", line);
	else
		printf("%s\n", line);
	if (verdict->action != GUARD_ALLOW && verdict->action != GUARD_LOG)
		q->status = STATUS_FORBIDDEN;
}

static int
check_path(const char *option, const char *path, struct error *e)
{
	return path[0] == '/' ? 0
			      : error_set(e, EINVAL,
				    "%s: \"%s\" is not absolute", option, path);
}

/* "read,write" */
static int
read_access(const char *text, unsigned *out, struct error *e)
{
	static const struct {
		const char *word;
		unsigned bit;
	} words[] = { { "read", GUARD_READ | GUARD_LIST },
		{ "read-file", GUARD_READ }, { "read-dir", GUARD_LIST },
		{ "write", GUARD_WRITE }, { "create", GUARD_CREATE },
		{ "execute", GUARD_RUN } };

	*out = 0;
	for (const char *at = text; at != NULL;) {
		size_t length = strcspn(at, ",");
		unsigned bit = 0;

		for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
			if (strlen(words[i].word) == length &&
			    strncmp(words[i].word, at, length) == 0)
				bit = words[i].bit;
		}
		if (bit == 0)
			return error_set(e, EINVAL,
			    "--access: \"%s\": expected read, read-file, "
			    "read-dir, write, create or execute",
			    text);
		*out |= bit;
		at = at[length] == ',' ? at + length + 1 : NULL;
	}
	return 0;
}

static int
ask_path(struct question *q, struct error *e)
{
	unsigned access = 0;

	if (q->path == NULL)
		return q->access == NULL
			   ? 0
			   : error_set(e, EINVAL, "--access: is for --path");
	TRY(check_path("--path", q->path, e));
	TRY(read_access(q->access != NULL ? q->access : "read", &access, e));
	struct guard_verdict v = guard_file(q->policy, q->path, access);
	answer(q, &v, q->path);
	return 0;
}

/* ---- addresses ----------------------------------------------------------- */

struct address {
	struct sockaddr_storage storage;
	socklen_t length;
	const char *path;
};

/* "unix:/path", "unix:@name" */
static bool
read_unix(const char *text, struct address *out)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t length = strlen(text);

	if ((text[0] != '/' && text[0] != '@') || length > sizeof(un.sun_path))
		return false;
	memcpy(un.sun_path, text, length);
	if (text[0] == '@')
		un.sun_path[0] = '\0';
	else
		out->path = text;
	memcpy(&out->storage, &un, sizeof(un));
	out->length =
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	return true;
}

/* "1.2.3.4:80", "[::1]:80" */
static bool
read_ip(const char *text, struct address *out)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	char host[INET6_ADDRSTRLEN + 2] = "";
	const char *colon = strrchr(text, ':');
	uint64_t port = 0;

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host) ||
	    !text_parse_u64(colon + 1, UINT16_MAX, &port))
		return false;
	size_t length = (size_t)(colon - text);
	memcpy(host, text, length);
	in.sin_port = htons((uint16_t)port);
	in6.sin6_port = in.sin_port;
	if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
		memcpy(&out->storage, &in, sizeof(in));
		out->length = sizeof(in);
		return true;
	}
	if (length < 2 || host[0] != '[' || host[length - 1] != ']')
		return false;
	host[length - 1] = '\0';
	if (inet_pton(AF_INET6, host + 1, &in6.sin6_addr) != 1)
		return false;
	memcpy(&out->storage, &in6, sizeof(in6));
	out->length = sizeof(in6);
	return true;
}

static int
ask_address(struct question *q, const char *option,
    enum guard_operation operation, const char *text, struct error *e)
{
	struct address address = { .path = NULL };

	if (text == NULL)
		return 0;
	if (strncmp(text, "unix:", 5) == 0 ? !read_unix(text + 5, &address)
					   : !read_ip(text, &address))
		return error_set(e, EINVAL,
		    "%s: \"%s\": expected ADDRESS:PORT, [ADDRESS]:PORT, "
		    "unix:/PATH or unix:@NAME",
		    option, text);
	struct guard_verdict v = guard_network(q->policy, operation,
	    (const struct sockaddr *)&address.storage, address.length,
	    address.path);
	answer(q, &v, text);
	return 0;
}

/* ---- programs and calls -------------------------------------------------- */

static int
ask_program(struct question *q, struct error *e)
{
	const char *sha256 = q->program.sha256;

	if (q->program.path == NULL)
		return sha256 == NULL && !q->program.is_drift
			   ? 0
			   : error_set(e, EINVAL,
				 "--digest and --drift are for --execute");
	TRY(check_path("--execute", q->program.path, e));
	if (sha256 != NULL &&
	    (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64))
		return error_set(e, EINVAL,
		    "--digest: \"%s\" is not 64 digits of 0-9 and a-f", sha256);
	struct guard_verdict v = guard_execute(q->policy, &q->program);
	answer(q, &v, q->program.path);
	return 0;
}

static int
ask_call(struct question *q, struct error *e)
{
	if (q->call == NULL)
		return 0;
	const struct syscall_row *row = syscall_find_name(q->call);
	if (row == NULL)
		return error_set(e, EINVAL,
		    "--call: no system call is called \"%s\"", q->call);
	struct guard_verdict v =
	    guard_call(q->policy, syscall_number(row, SYSCALL_NATIVE));
	answer(q, &v, q->call);
	return 0;
}

static int
ask(struct question *q, struct error *e)
{
	TRY(ask_path(q, e));
	TRY(ask_address(q, "--connect", GUARD_CONNECT, q->connect, e));
	TRY(ask_address(q, "--bind", GUARD_BIND, q->bind, e));
	TRY(ask_address(q, "--send", GUARD_SEND, q->send, e));
	TRY(ask_program(q, e));
	return ask_call(q, e);
}

int
cli_policy(struct cli_call *call, struct error *e)
{
	AUTO(guard_free) struct guard_policy *policy = NULL;
	struct question q = { 0 };
	const struct cli_option options[] = {
		{ "path", 0, "PATH", "may this file be used?",
		    .value = &q.path },
		{ "access", 0, "LIST", "how, read unless given",
		    .value = &q.access },
		{ "connect", 0, "ADDRESS", "may this be connected to?",
		    .value = &q.connect },
		{ "bind", 0, "ADDRESS", "may this be bound to?",
		    .value = &q.bind },
		{ "send", 0, "ADDRESS", "may this be sent to?",
		    .value = &q.send },
		{ "execute", 0, "PATH", "may this program be run?",
		    .value = &q.program.path },
		{ "digest", 0, "SHA256", "of that program",
		    .value = &q.program.sha256 },
		{ "drift", 0, NULL, "it was not there at the start",
		    .flag = &q.program.is_drift },
		{ "call", 0, "NAME", "may this system call be made?",
		    .value = &q.call },
		{ NULL },
	};
	int at = cli_words(call, options, 1, 1, e);

	if (at < 0)
		return at;
	TRY(read_policy(call->argv[at], &policy, e));
	q.policy = policy;
	bool is_asked = q.path != NULL || q.access != NULL ||
			q.connect != NULL || q.bind != NULL || q.send != NULL ||
			q.program.path != NULL || q.program.sha256 != NULL ||
			q.program.is_drift || q.call != NULL;
	if (!is_asked) {
		guard_print(stdout, policy);
		return 0;
	}
	TRY(ask(&q, e));
	call->status = q.status;
	return 0;
}
