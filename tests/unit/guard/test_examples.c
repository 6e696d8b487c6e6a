/* SPDX-License-Identifier: Apache-2.0 */
/*
 * examples - the policies in etc/policy do what their names say.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#include "support.h"

static struct guard_asks asks;

static struct guard_policy *
example(const char *name)
{
	char path[512];
	char text[8192];
	struct guard_policy *policy = NULL;
	struct error e = { 0 };

	snprintf(path, sizeof(path), TEST_DATA "/../../etc/policy/%s.json",
	    name);
	FILE *in = fopen(path, "r");
	cr_assert(in != NULL, "%s", path);
	size_t length = fread(text, 1, sizeof(text), in);
	fclose(in);
	cr_assert(length < sizeof(text));
	cr_assert(eq(int, guard_parse(text, length, &policy, &e), 0), "%s: %s",
	    path, e.text);
	return policy;
}

Test(guard_examples, no_secrets)
{
	AUTO(guard_free) struct guard_policy *policy = example("no-secrets");
	static const char *const secret[] = { "/etc/shadow", "/etc/gshadow-",
		"/proc/1/environ", "/proc/7/task/8/mem", "/root/.ssh/id_rsa",
		"/home/u/.aws/credentials", "/home/u/.docker/config.json",
		"/var/run/secrets/kubernetes.io/serviceaccount/token",
		"/run/secrets/db", "/app/.npmrc", "/.netrc" };
	static const char *const plain[] = { "/etc/passwd", "/proc/1/status",
		"/home/u/ssh/id_rsa", "/home/u/.docker/x", "/run/user/1",
		"/etc/ssl/certs/a.pem" };

	for (size_t i = 0; i < ARRAY_SIZE(secret); i++)
		cr_expect(eq(int,
			      guard_file(policy, secret[i], GUARD_READ).action,
			      GUARD_DENY),
		    "%s", secret[i]);
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		cr_expect(eq(int,
			      guard_file(policy, plain[i], GUARD_READ).action,
			      GUARD_ALLOW),
		    "%s", plain[i]);
	/* Which is the memory that no path leads to. */
	cr_expect(eq(int, guard_call(policy, SYS_process_vm_readv).action,
	    GUARD_DENY));
	/* Nobody is kept from moving directories that have none. */
	cr_expect(eq(int,
	    guard_move(policy, "/home/a", "/home/b", GUARD_MOVE_DIRECTORY,
		&asks)
		.action,
	    GUARD_ALLOW));
	cr_expect(eq(int,
	    guard_move(policy, "/etc", "/tmp/e", GUARD_MOVE_DIRECTORY, &asks)
		.action,
	    GUARD_DENY));
}

Test(guard_examples, no_metadata)
{
	AUTO(guard_free) struct guard_policy *policy = example("no-metadata");
	static const struct {
		const char *to;
		enum guard_action want;
	} rows[] = {
		{ "169.254.169.254:80", GUARD_DENY },
		{ "[::ffff:169.254.169.254]:80", GUARD_DENY },
		{ "[64:ff9b::a9fe:a9fe]:80", GUARD_DENY },
		{ "[fd00:ec2::254]:80", GUARD_DENY },
		{ "169.254.169.253:53", GUARD_ALLOW },
		{ "10.0.0.1:80", GUARD_ALLOW },
		{ "0.0.0.0:80", GUARD_ALLOW },
		{ "/run/x", GUARD_ALLOW },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		cr_expect(eq(int,
			      ask_network(policy, GUARD_CONNECT, rows[i].to)
				  .action,
			      rows[i].want),
		    "%s", rows[i].to);
		cr_expect(eq(int,
			      ask_network(policy, GUARD_SEND, rows[i].to)
				  .action,
			      rows[i].want),
		    "%s", rows[i].to);
	}
	cr_expect(eq(uint, guard_wants(policy),
	    GUARD_WANTS_CONNECT | GUARD_WANTS_SEND));
}

Test(guard_examples, no_drift)
{
	AUTO(guard_free) struct guard_policy *policy = example("no-drift");
	static const struct {
		struct guard_program program;
		enum guard_action want;
	} rows[] = {
		{ { "/bin/sh", NULL, false, false }, GUARD_ALLOW },
		{ { "/bin/sh", NULL, true, false }, GUARD_DENY },
		{ { NULL, NULL, false, true }, GUARD_DENY },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cr_expect(eq(int,
			      guard_execute(policy, &rows[i].program).action,
			      rows[i].want),
		    "%zu", i);
	cr_expect(eq(uint, guard_wants(policy),
	    GUARD_WANTS_EXECUTE | GUARD_WANTS_DRIFT));
}

Test(guard_examples, read_only_tools)
{
	AUTO(guard_free)
	struct guard_policy *policy = example("read-only-tools");
	static const struct {
		const char *path;
		unsigned access;
		const char *want;
	} files[] = {
		{ "/etc/passwd", GUARD_READ, "files default allow" },
		{ "/etc/passwd", GUARD_READ | GUARD_WRITE,
		    "files[1] deny EROFS" },
		{ "/src/new", GUARD_CREATE | GUARD_WRITE,
		    "files[1] deny EROFS" },
		{ "/tmp/x", GUARD_CREATE | GUARD_WRITE, "files[0] allow" },
		{ "/dev/null", GUARD_WRITE, "files[0] allow" },
	};
	static const struct {
		const char *to, *want;
	} sockets[] = {
		{ "8.8.8.8:53", "network default deny ECONNREFUSED" },
		{ "127.0.0.1:80", "network[0] allow" },
		{ "/tmp/s", "network[0] allow" },
		{ "/run/docker.sock", "network default deny ECONNREFUSED" },
		{ "@x", "network[0] allow" },
	};
	const struct guard_program drift = { "/tmp/x", NULL, true, false };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		cr_expect(eq(str,
			      (char *)in_short(guard_file(policy, files[i].path,
				  files[i].access)),
			      (char *)files[i].want),
		    "%s", files[i].path);
	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++)
		cr_expect(eq(str,
			      (char *)in_short(ask_network(policy,
				  GUARD_CONNECT, sockets[i].to)),
			      (char *)sockets[i].want),
		    "%s", sockets[i].to);
	cr_expect(eq(int, guard_execute(policy, &drift).action, GUARD_DENY));
	/* Moves what is read-only nowhere. */
	cr_expect(eq(str,
	    (char *)in_short(guard_move(policy, "/src/a", "/tmp/a", 0, &asks)),
	    "files[1] deny EROFS"));
}
