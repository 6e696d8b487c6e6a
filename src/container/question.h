/* SPDX-License-Identifier: Apache-2.0 */
/*
 * question - what would be refused is asked about, while run waits for the
 * container: on the terminal or at a socket; event/ask.h.
 *
 * Private to container. Questions come from lorica-net, about destinations, and
 * from the sentry, about what a policy leaves open; one is asked at a time. On
 * the terminal only where that is lorica's alone: what the container writes
 * waits as long as the question stands, what was typed before is thrown away,
 * and no process of it can read or write the terminal itself.
 */
#ifndef CONTAINER_QUESTION_H
#define CONTAINER_QUESTION_H

#include <poll.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "container/container.h"

struct questions;

enum { QUESTION_HELPER, QUESTION_SENTRY, QUESTION_AGENT, QUESTION_FDS };

/* Connects to the socket that the request names. NULL on error, or where nobody
 * is to be asked. */
struct questions *
questions_new(const struct container_create *request, struct error *e);
void questions_free(struct questions **questions);

/* From where they come; -1: from nowhere. They stay the caller's. */
void questions_watch(struct questions *questions, int helper, int sentry);

/* What to wait for, and for how long in milliseconds; -1: for ever. questions
 * may be NULL, here and below. */
int questions_await(const struct questions *questions,
    struct pollfd fds[QUESTION_FDS]);

/* Something of it is there, or it is that late. */
void questions_hear(struct questions *questions,
    const struct pollfd fds[QUESTION_FDS]);

/* Is the terminal needed for one? */
bool questions_has_terminal(const struct questions *questions);

/* With the terminal as a user expects it: ask; hear what was typed, which is no
 * answer in the first second; it was not answered, but interrupted. */
void questions_show(struct questions *questions);
void questions_typed(struct questions *questions);
void questions_interrupt(struct questions *questions);

/* ---- question_source.c --------------------------------------------------- */

struct relay_inquiry;

/* Connect to who answers: of this user, and no process of a sandbox. */
int question_agent(const char *path, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* False: it has nothing to ask any more. */
bool question_receive(int helper, struct relay_inquiry *out)
    __attribute__((nonnull, warn_unused_result));

/* "" when it is not known. */
void
question_read_comm(pid_t pid, char *out, size_t size) __attribute__((nonnull));

/* ---- question_text.c ----------------------------------------------------- */

struct event_question;

/* For the terminal: no byte of it is the container's as it is. On the heap;
 * NULL without memory. */
char *question_describe(const struct event_question *question, bool may_save);

/* What was typed until now is thrown away, and what was written is ended. */
void question_clear(void);

void question_say(const char *text);

/* ---- the end ------------------------------------------------------------- */

/* The container has ended: nobody waits for an answer. */
void questions_end(struct questions *questions);

#endif
