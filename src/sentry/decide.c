/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "decide.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "apart.h"
#include "ask.h"
#include "base/auto.h"
#include "base/sha256.h"

static enum event_decision
decision_of(enum guard_action action)
{
	static const enum event_decision decisions[] = {
		[GUARD_ALLOW] = EVENT_ALLOWED,
		[GUARD_LOG] = EVENT_LOGGED,
		[GUARD_ASK] = EVENT_ASKED,
		[GUARD_DENY] = EVENT_DENIED,
		[GUARD_FREEZE] = EVENT_FROZEN,
		[GUARD_KILL] = EVENT_KILLED,
	};

	return decisions[action];
}

/* The strictest decision of a call is the one that is told. */
static void
note(struct call *call, const struct guard_verdict *verdict,
    enum event_decision decision)
{
	const char *section = guard_section_word(verdict->section);

	if (decision <= call->decision)
		return;
	call->decision = decision;
	if (verdict->rule >= 0)
		(void)snprintf(call->rule, sizeof(call->rule), "%s[%d]",
		    section, verdict->rule);
	else
		(void)snprintf(call->rule, sizeof(call->rule), "%s", section);
}

static int
act_on(struct worker *worker, struct call *call,
    const struct guard_verdict *verdict)
{
	enum guard_action action = verdict->action;

	if (action == GUARD_ASK)
		action = ask(worker, call, verdict);
	if (action == GUARD_ASK)
		return DECIDE_LATER;
	/* That it was asked about is told, where it is allowed. */
	note(call, verdict,
	    decision_of(action == GUARD_ALLOW ? verdict->action : action));
	if (action == GUARD_ALLOW || action == GUARD_LOG)
		return 0;
	return verdict->error > 0 ? -verdict->error : -EPERM;
}

/* A yes is to what was asked about, and to no more. */
static int
act_on_file(struct worker *worker, struct call *call, const char *path,
    unsigned access)
{
	struct guard_verdict verdict;
	int failed;

	do {
		verdict = guard_file(worker->monitor->policy, path, access);
		failed = act_on(worker, call, &verdict);
		access &= ~verdict.what;
	} while (failed == 0 && verdict.action == GUARD_ASK && access != 0);
	return failed;
}

/* The path from the container's root, for the policy and the log. */
static const char *
subject(struct worker *worker, struct call *call,
    const struct path_found *found)
{
	if (path_name(worker->monitor, found, call->object,
		sizeof(call->object)) < 0)
		call->object[0] = '\0';
	return call->object[0] == '/' ? call->object : NULL;
}

int
decide_file(struct worker *worker, struct call *call,
    const struct path_found *found, unsigned access)
{
	const struct guard_policy *policy = worker->monitor->policy;
	bool writes = (access & (GUARD_WRITE | GUARD_CREATE)) != 0;
	int failed =
	    writes ? apart_write(worker->monitor->apart, worker, found) : 0;

	if (failed < 0 || policy == NULL || access == 0)
		return failed;
	const char *path = subject(worker, call, found);
	/* "pipe:[1]": of a file system without names, so that no rule about
	 * names is about it. */
	if (path == NULL && call->object[0] != '\0')
		return 0;
	return act_on_file(worker, call, path, access);
}

void
decide_name(struct worker *worker, struct call *call,
    const struct path_found *found)
{
	(void)subject(worker, call, found);
}

int
decide_move(struct worker *worker, struct call *call,
    const struct path_found *from, const struct path_found *to, unsigned flags)
{
	const struct guard_policy *policy = worker->monitor->policy;
	int failed = apart_write(worker->monitor->apart, worker, from);

	if (failed == 0)
		failed = apart_write(worker->monitor->apart, worker, to);
	if (failed < 0 || policy == NULL)
		return failed;
	if (path_name(worker->monitor, to, call->target, sizeof(call->target)) <
	    0)
		call->target[0] = '\0';
	const char *old = subject(worker, call, from);
	const char *new = call->target[0] == '/' ? call->target : NULL;
	struct guard_asks asks;
	struct guard_verdict verdict =
	    guard_move(policy, old, new, flags, &asks);
	if (verdict.action != GUARD_ASK)
		return act_on(worker, call, &verdict);
	for (size_t i = 0; i < asks.count && failed == 0; i++)
		failed = act_on(worker, call, &asks.items[i]);
	return failed;
}

/* An abstract name may hold any byte: two must not read the same. */
static void
put_abstract(const struct sockaddr_storage *address, socklen_t length,
    char *out, size_t size)
{
	const unsigned char *name = (const unsigned char *)address +
				    offsetof(struct sockaddr_un, sun_path) + 1;
	size_t count = length - (offsetof(struct sockaddr_un, sun_path) + 1);
	size_t used = (size_t)snprintf(out, size, "unix:@");

	for (size_t i = 0; i < count && used + 5 < size; i++) {
		bool is_plain =
		    name[i] > ' ' && name[i] < 0x7f && name[i] != '\\';

		used += (size_t)snprintf(out + used, size - used,
		    is_plain ? "%c" : "\\x%02x", name[i]);
	}
}

/* The address, for the log, for who is asked, and as what he has answered. */
static void
put_address(const struct sockaddr_storage *address, socklen_t length, char *out,
    size_t size)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)address;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
	char text[INET6_ADDRSTRLEN] = "";

	if (address->ss_family == AF_INET && length >= sizeof(*in))
		(void)snprintf(out, size, "%s:%u",
		    inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text)),
		    ntohs(in->sin_port));
	else if (address->ss_family == AF_INET6 &&
		 length >= offsetof(struct sockaddr_in6, sin6_scope_id))
		(void)snprintf(out, size, "[%s]:%u",
		    inet_ntop(AF_INET6, &in6->sin6_addr, text, sizeof(text)),
		    ntohs(in6->sin6_port));
	else if (address->ss_family == AF_UNIX &&
		 length > offsetof(struct sockaddr_un, sun_path))
		put_abstract(address, length, out, size);
	else
		(void)snprintf(out, size, "family:%u", address->ss_family);
}

int
decide_network(struct worker *worker, struct call *call,
    enum guard_operation operation, const struct sockaddr_storage *address,
    socklen_t length, const struct path_found *found)
{
	const struct guard_policy *policy = worker->monitor->policy;
	const char *path = NULL;
	int failed =
	    operation == GUARD_BIND
		? 0
		: apart_send(worker->monitor->apart, worker, address, length);

	if (failed < 0 || policy == NULL)
		return failed;
	if (found != NULL)
		path = subject(worker, call, found);
	else
		put_address(address, length, call->object,
		    sizeof(call->object));
	struct guard_verdict verdict = guard_network(policy, operation,
	    (const struct sockaddr *)address, length, path);
	return act_on(worker, call, &verdict);
}

/* ---- execution ----------------------------------------------------------- */

/*
 * What is only in memory is written to by a mapping without a word, if it was
 * read by that first: where nobody writes a page back nobody has to know.
 */
static bool
is_altered_unseen(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return true;
	return (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC ||
		   fs.f_type == HUGETLBFS_MAGIC) &&
	       ((unsigned long)fs.f_flags & ST_RDONLY) == 0;
}

/* Made or altered since the container was: its ctime, which nobody can set. */
static bool
is_drift(const struct monitor *monitor, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0 || is_altered_unseen(fd))
		return true;
	if (st.st_ctim.tv_sec != monitor->began.tv_sec)
		return st.st_ctim.tv_sec > monitor->began.tv_sec;
	return st.st_ctim.tv_nsec >= monitor->began.tv_nsec;
}

/* The thread that has others to serve reads no more than that; and no other
 * more than that: docs/interception.md. */
#define DIGEST_PROMPT (UINT64_C(1) << 20)
#define DIGEST_MAX    (UINT64_C(4) << 30)

/* Would the kernel execute it for who asks? At the stop it has. */
static bool
is_program(const struct worker *worker, int fd, const struct stat *st)
{
	return S_ISREG(st->st_mode) &&
	       (worker->as == NULL ||
		   faccessat(fd, "", X_OK, AT_EACCESS | AT_EMPTY_PATH) == 0);
}

static int
hash_file(const struct worker *worker, int file, uint64_t limit,
    unsigned char digest[SHA256_BYTES])
{
	struct sha256 hash;
	char block[4096];
	uint64_t done = 0;
	ssize_t got;

	sha256_begin(&hash);
	while ((got = read(file, block, sizeof(block))) > 0) {
		sha256_add(&hash, block, (size_t)got);
		done += (uint64_t)got;
		if (done > limit)
			return -EFBIG;
		if (done % DIGEST_PROMPT == 0 && !worker_is_wanted(worker))
			return -ESRCH;
	}
	sha256_end(&hash, digest);
	return got < 0 ? -errno : 0;
}

/* 0; -errno: it has none; or what is no errno: decide.h. */
static int
find_digest(struct worker *worker, int fd, char out[2 * SHA256_BYTES + 1])
{
	uint64_t limit = worker->must_not_block ? DIGEST_PROMPT : DIGEST_MAX;
	unsigned char digest[SHA256_BYTES];
	struct stat st;

	if (fstat(fd, &st) < 0 || !is_program(worker, fd, &st))
		return -EACCES;
	AUTO_FD int file = path_reopen_waiting(worker, fd, &st, O_RDONLY, 0);
	if (file < 0)
		return file;
	int failed = (uint64_t)st.st_size > limit
			 ? -EFBIG
			 : hash_file(worker, file, limit, digest);
	if (failed == -EFBIG && worker->must_not_block)
		return DECIDE_LATER;
	for (size_t i = 0; i < sizeof(digest) && failed == 0; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
	return failed;
}

int
decide_execute(struct worker *worker, struct call *call, int fd)
{
	const struct monitor *monitor = worker->monitor;
	const struct path_found found = { .fd = fd, .parent = -1 };
	char digest[2 * SHA256_BYTES + 1];

	if (monitor->policy == NULL)
		return 0;
	struct guard_program program = {
		.path = subject(worker, call, &found),
		.is_drift = is_drift(monitor, fd),
		.is_memfd = strncmp(call->object, "/memfd:", 7) == 0,
	};
	if (program.is_memfd)
		program.path = NULL;
	struct guard_verdict verdict = guard_execute(monitor->policy, &program);
	int failed =
	    verdict.wants_hash ? find_digest(worker, fd, digest) : -ENOENT;
	if (failed <= -CALL_ERESTARTSYS)
		return failed;
	if (failed == 0) {
		program.sha256 = digest;
		verdict = guard_execute(monitor->policy, &program);
	}
	failed = act_on(worker, call, &verdict);
	return failed == 0 && verdict.action == GUARD_ASK &&
		       verdict.section == GUARD_EXECUTE
		   ? act_on_file(worker, call, program.path, GUARD_RUN)
		   : failed;
}

int
decide_call(struct worker *worker, struct call *call)
{
	const struct monitor *monitor = worker->monitor;

	if (monitor->policy == NULL ||
	    (guard_wants(monitor->policy) & GUARD_WANTS_CALLS) == 0)
		return 0;
	struct guard_verdict verdict =
	    guard_call(monitor->policy, call->data.nr);
	return act_on(worker, call, &verdict);
}
