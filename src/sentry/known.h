/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known - what somebody was asked about, and his answers that hold.
 *
 * Private to sentry. The caller has the lock.
 */
#ifndef SENTRY_KNOWN_H
#define SENTRY_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "guard/guard.h"

/* What a question is about: the same again is the same question. */
struct matter {
	enum guard_section section;
	int rule;
	unsigned what; /* guard_access or guard_operation; of a call 1 */
	enum guard_which name;
	const char *subject; /* "": it cannot be told */
	const char *other;   /* GUARD_NAME_OLD, _NEW: the name beside it */
};

/* Answers for ever, and for one execve(2) of a thread. */
#define KNOWN_LASTING 1024
#define KNOWN_ONCE    256

struct known_answer {
	struct matter matter; /* subject: NULL where there is none */
	bool is_allowed;
	pid_t tid; /* for ever: 0 */
};

struct known {
	size_t count;
	struct known_answer lasting[KNOWN_LASTING];
	struct known_answer once[KNOWN_ONCE];
};

/*
 * Take from what is asked about what is known to be allowed to that thread.
 * False: some of it is known to be denied.
 */
bool known_find(const struct known *known, struct matter *matter, pid_t tid);

/* Is there room for one more that lasts? None ever goes. */
bool known_has_room(const struct known *known);

/* tid: as in struct known_answer. False: there is no room. */
bool known_keep(struct known *known, const struct matter *matter,
    bool is_allowed, pid_t tid) __attribute__((cold));

/* Those for one execve(2) of that thread; it goes on by another number. */
void known_forget(struct known *known, pid_t tid);
void known_move(struct known *known, pid_t former, pid_t tid);

#endif
