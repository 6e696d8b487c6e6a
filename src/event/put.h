/* SPDX-License-Identifier: Apache-2.0 */
/*
 * put - what all lines have in common.
 *
 * Private to event. A line has a head, which is short; the arguments, up to
 * PUT_TAIL bytes before its end; and a tail, of which the object takes the
 * rest.
 */
#ifndef EVENT_PUT_H
#define EVENT_PUT_H

#include "event/event.h"
#include "writer.h"

#define PUT_COMM   160  /* of a line, for what a thread is called */
#define PUT_RULE   320  /* for the rule */
#define PUT_TARGET 1024 /* for a new name */
#define PUT_TAIL   2048 /* for all that is behind the arguments */
#define PUT_END    64   /* for what is behind the object */

/* Begin and end a line: "\n" always has room. */
struct writer put_begin(struct event_line *line);
void put_end(struct writer *w, struct event_line *line);

/* Let what follows take all but so many bytes of the line. */
void put_leave(struct writer *w, size_t bytes);

/* 2026-11-25T22:12:13.123456789Z */
void put_time(struct writer *w, uint64_t time_ns);
/* Of that the part that is read: 22:12:13.123456 */
#define PUT_CLOCK       11
#define PUT_CLOCK_BYTES 15

#endif
