/* SPDX-License-Identifier: Apache-2.0 */
/*
 * decode - arguments of a call, by their kinds.
 *
 * Private to event. What was copied is a hostile program's: nothing is read
 * behind its length, no number in it is believed, and it has no alignment.
 */
#ifndef EVENT_DECODE_H
#define EVENT_DECODE_H

#include "event/event.h"
#include "writer.h"

/*
 * What one argument takes at most, but for strings and items of lists, which
 * end at the limit: each has that much left when its turn comes.
 */
#define DECODE_LEAST 1536

/* What may stand behind the limit: that it was cut, and brackets. */
#define DECODE_END 64

/* Names of enum syscall_arg, as they are in JSON. */
const char *decode_kind_name(enum syscall_arg kind);
/* Is a string of that kind the program's own? Else it is a word of ours. */
bool decode_kind_is_text(const char *name);

/* All arguments, each within its share of what is left to the limit. */
void decode_arguments(struct writer *w, const struct event *event);

/* The value of one that was copied. False: some of it is not there. */
typedef bool decode_copy(struct writer *w, const struct event_copy *copy);

decode_copy decode_sockaddr;   /* decode_socket.c */
decode_copy decode_message;    /* decode_message.c */
decode_copy decode_messages;   /* the same file */
decode_copy decode_open_how;   /* decode_struct.c */
decode_copy decode_clone_args; /* the same file */

#endif
