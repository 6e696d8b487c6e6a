/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inquiry - destinations that somebody is asked about before they are refused.
 *
 * Private to net. Pure: it is told the time, and sends nothing. One question is
 * asked at a time, in the order in which they came up; who waits for one comes
 * back until there is an answer.
 */
#ifndef NET_INQUIRY_H
#define NET_INQUIRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sentry/relay.h"

#define INQUIRIES     16
#define INQUIRY_NEVER 64

/* After which nobody wants to know any more, or has known it long enough. */
#define INQUIRY_STALE_MS 2000

/* Of a name: whoever looks it up. */
#define INQUIRY_ANYBODY UINT64_MAX

enum inquiry_verdict {
	INQUIRY_NO,
	INQUIRY_YES,
	INQUIRY_WAIT, /* come back */
};

/* Who would do what. */
struct inquiry_matter {
	const char *item; /* what would allow it in the list */
	const char *note; /* what else is to be known of it, or "" */
	uint64_t
	    ticket; /* of the call; 0: it cannot wait, and begins nothing */
	pid_t pid;  /* 0: not known */
};

struct inquiry {
	uint64_t id; /* 0: free */
	uint64_t ticket;
	pid_t pid;
	char item[RELAY_ITEM_BYTES];
	char note[RELAY_NOTE_BYTES];
	bool is_asked;
	bool is_answered;
	bool is_allowed;
	uint64_t asked_ms;
	uint64_t wanted_ms; /* when somebody has come for it, or it was answered
			     */
};

struct inquiries {
	bool is_on; /* somebody may be asked */
	uint64_t now_ms;
	uint64_t last;
	struct inquiry items[INQUIRIES];
	char never[INQUIRY_NEVER][RELAY_ITEM_BYTES];
	size_t never_next; /* the oldest makes room */
};

/* An answer for a call is given to that once. */
enum inquiry_verdict inquiry_about(struct inquiries *inquiries,
    const struct inquiry_matter *matter) __attribute__((nonnull));

/* The one to be asked now, which then is; NULL: none. */
const struct inquiry *
inquiry_next(struct inquiries *inquiries) __attribute__((nonnull));

/*
 * It was answered: returns it, or NULL where nobody waits for that. always:
 * those about the same are, too, and it is not asked again if it is no.
 */
const struct inquiry *inquiry_answer(struct inquiries *inquiries,
    const struct relay_verdict *verdict) __attribute__((nonnull));

/* It is that time: what nobody has answered is refused, what nobody wants is
 * forgotten. */
void inquiry_tick(struct inquiries *inquiries, uint64_t now_ms)
    __attribute__((nonnull));

/* Is there any at all? Then the time matters. */
bool
inquiry_is_open(const struct inquiries *inquiries) __attribute__((nonnull));

#endif
