/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard - the policy of what a container's programs may do, and its answers.
 *
 * Layer 1. Uses base and syscall. Pure: it asks nobody, opens nothing and
 * allocates only while it parses. lorica-policy(5) is the format.
 *
 * In each section the first rule that fits decides, else the section's default.
 * What cannot be told for sure (a file without a path, an address that some
 * gateway may take for another) fits rules that forbid and none that permits:
 * to permit is allow and log, to forbid is all else.
 *
 * Strings and addresses that are asked about are hostile. They may be of any
 * length and hold any byte; matching takes time in proportion to their length
 * and the policy's, whatever both say, and no memory. A policy is never written
 * to after guard_parse(): threads may share it.
 */
#ifndef GUARD_GUARD_H
#define GUARD_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/error.h"

enum guard_section {
	GUARD_FILES,
	GUARD_NETWORK,
	GUARD_EXECUTE,
	GUARD_CALLS,
	GUARD_SECTIONS,
};

/* In the order of how strict they are. */
enum guard_action {
	GUARD_ALLOW,
	GUARD_LOG, /* allow, and tell */
	GUARD_ASK, /* somebody decides; until then the task waits */
	GUARD_DENY,
	GUARD_FREEZE, /* stop the container's every process; the call fails */
	GUARD_KILL,   /* the container */
};

/* Of files: what a call is about to do with a path. */
enum guard_access {
	GUARD_READ = 1 << 0, /* open for reading what is no directory */
	/* Open for writing, truncate; change owner, mode, times or extended
	 * attributes; take the name away (unlink, rmdir, rename, replace). */
	GUARD_WRITE = 1 << 1,
	/* Make a name that was not there: open with O_CREAT, mkdir, mknod,
	 * symlink, link, rename, bind of a unix socket. */
	GUARD_CREATE = 1 << 2,
	GUARD_RUN = 1 << 3,  /* execve; asked for by guard_execute() itself */
	GUARD_LIST = 1 << 4, /* open a directory, for what is in it */
};

/* Of the network. */
enum guard_operation {
	GUARD_CONNECT = 1 << 0,
	GUARD_BIND = 1 << 1,
	GUARD_SEND = 1 << 2, /* sendto, sendmsg, sendmmsg with an address */
};

/* What has to be asked about at all: whatever is missing is always allowed. */
enum guard_wants {
	GUARD_WANTS_READ = 1 << 0,
	GUARD_WANTS_WRITE = 1 << 1,
	GUARD_WANTS_CREATE = 1 << 2,
	GUARD_WANTS_MOVE = 1 << 3, /* rename and link: guard_move() */
	GUARD_WANTS_CONNECT = 1 << 4,
	GUARD_WANTS_BIND = 1 << 5,
	GUARD_WANTS_SEND = 1 << 6,
	GUARD_WANTS_EXECUTE = 1 << 7,
	GUARD_WANTS_DRIFT = 1 << 8, /* is_drift and is_memfd count */
	GUARD_WANTS_CALLS = 1 << 9, /* ask guard_call() for each number */
	GUARD_WANTS_LIST = 1 << 10,
};

/* Which name of a file a verdict is about. */
enum guard_which {
	GUARD_NAME_ONLY,
	GUARD_NAME_OLD, /* of guard_move() */
	GUARD_NAME_NEW,
};

#define GUARD_RULE_DEFAULT (-1) /* no rule fits */
#define GUARD_RULE_NONE    (-2) /* decided by no rule: what was asked is wrong */

struct guard_verdict {
	enum guard_section section;
	enum guard_action action;
	int rule;  /* its index in the section, or GUARD_RULE_* */
	int error; /* positive errno: what the call fails with if it is not let
		      happen; 0 of allow and log */
	/* Which of what was asked decided: one bit of guard_access or
	 * guard_operation; 0 of a call. GUARD_ASK: all that the same answer is
	 * about. */
	unsigned what;
	enum guard_which name;
	/* GUARD_ASK: how long, and what is done then: GUARD_ALLOW or _DENY. */
	unsigned timeout_s;
	enum guard_action unanswered;
	/*
	 * Not decided yet: ask once more with the digest, with the path. Who
	 * does not has a verdict that denies.
	 */
	bool wants_hash;
	bool wants_path;
};

struct guard_policy;

/*
 * Read a policy. Members that are unknown, repeated or null are errors, and
 * so is whatever cannot have been meant; they name the place:
 * "files[2].paths[0]: ...".
 */
int guard_parse(const char *text, size_t length, struct guard_policy **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

void guard_free(struct guard_policy **policy) __attribute__((nonnull));

/*
 * What no rule speaks of and the default denies is asked about. Call it before
 * anything else than guard_parse() sees the policy.
 */
void guard_ask(struct guard_policy *policy) __attribute__((nonnull));

/* GUARD_WANTS_* */
unsigned
guard_wants(const struct guard_policy *policy) __attribute__((nonnull));

/*
 * May that be done with the file? path is absolute from the container's root
 * and resolved: no link, no "..". Of several kinds of access each is decided on
 * its own, and the strictest answer is given; if that is GUARD_ASK, what it
 * does not speak of has to be asked for once more. A path that does not begin
 * with a slash, or NULL, is one that cannot be told.
 */
struct guard_verdict guard_file(const struct guard_policy *policy,
    const char *path, unsigned access) __attribute__((nonnull(1)));

#define GUARD_ASKS 16

/* All that has to be asked about, where the verdict is GUARD_ASK; of more than
 * have room the first one denies. */
struct guard_asks {
	size_t count;
	struct guard_verdict items[GUARD_ASKS];
};

enum guard_move {
	GUARD_MOVE_LINK = 1 << 0,     /* the old name stays */
	GUARD_MOVE_REPLACES = 1 << 1, /* the new name is there already */
	GUARD_MOVE_DIRECTORY = 1
			       << 2, /* and all that is below it moves along */
};

/*
 * May a file have that new name? Beyond GUARD_WRITE of the old (not of a link),
 * GUARD_CREATE, and GUARD_WRITE of what is replaced: no file may get away by it
 * from a rule that forbids, nor below a directory that is moved. The verdict is
 * then that of the rule, or of the default. Of RENAME_EXCHANGE both directions
 * have to be asked, with GUARD_MOVE_REPLACES.
 */
struct guard_verdict
guard_move(const struct guard_policy *policy, const char *from, const char *to,
    unsigned flags, struct guard_asks *asks) __attribute__((nonnull(1, 5)));

/*
 * May the address be used? One that is too short for its family is denied with
 * EINVAL, as the kernel would. path is that of a unix socket, resolved as for
 * guard_file() (of bind: its directory is, and the name); NULL where it is not
 * known yet or there is none. Who has no address to give does not ask.
 *
 * AF_UNSPEC means nothing to connect(2), which undoes a connection, and
 * AF_INET to the others, as the kernel has it; but a raw socket of IPv6 takes
 * it for AF_INET6: put that in. A connection to 0.0.0.0 or :: goes to the
 * loopback and is decided as both. Of a socket that is bound it goes to the
 * address that it is bound to: put that in.
 */
struct guard_verdict guard_network(const struct guard_policy *policy,
    enum guard_operation operation, const struct sockaddr *address,
    socklen_t length, const char *path) __attribute__((nonnull(1)));

struct guard_program {
	const char *path;   /* as for guard_file(); NULL: it has none */
	const char *sha256; /* 64 digits, lower case; NULL: not known yet */
	bool is_drift;      /* it was not there when the container started */
	bool is_memfd;      /* which is drift, too */
};

/*
 * May it be executed? Both "execute" and the access "execute" of "files" are
 * asked, and the stricter answer is given: section says whose it is. Behind
 * GUARD_ASK of "execute" one of "files" may be. Of a script ask for its
 * interpreter as well.
 */
struct guard_verdict guard_execute(const struct guard_policy *policy,
    const struct guard_program *program) __attribute__((nonnull));

/* May the call with that number of this architecture be made? */
struct guard_verdict guard_call(const struct guard_policy *policy, int number)
    __attribute__((nonnull));

/* ---- for people --------------------------------------------------------- */

/* "allow", "deny" ... and "files", "network" ... */
const char *guard_action_word(enum guard_action action);
const char *guard_section_word(enum guard_section section);

/*
 * "policy: files[2]: deny read of /etc/shadow: EACCES", cut to fit, with
 * control characters escaped. subject is the path, address or name that was
 * asked about.
 */
void guard_describe(const struct guard_verdict *verdict, const char *subject,
    char *buf, size_t size) __attribute__((nonnull));

/* A line for each rule and default, with everything that was left out. */
void guard_print(FILE *out, const struct guard_policy *policy)
    __attribute__((nonnull));

#endif
