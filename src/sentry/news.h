/* SPDX-License-Identifier: Apache-2.0 */
/*
 * news - tell whoever wants to know: a file, and who has subscribed.
 *
 * Private to sentry. Nobody who is slow delays a call, but a file that is not
 * O_NONBLOCK: what there is no room for is counted, and it is told how much
 * that was.
 */
#ifndef SENTRY_NEWS_H
#define SENTRY_NEWS_H

#include "call.h"
#include "task.h"

struct news;

/* file: gets each event as a line; -1: none. all: not only what was denied or
 * logged. */
struct news *news_new(int proc, int file, bool all);

/* A thread that tells of what was lost once there is room, where a file needs
 * one. Returns 0 or -errno. */
int news_start(struct news *news);

/* A socket of one who subscribes: the news' own from here on; or he is told
 * that there are as many as may be. */
void news_add(struct news *news, int socket);

void news_call(struct news *news, const struct task *task,
    const struct call *call, const struct reply *reply);

/* EVENT_EXEC, EVENT_FORK, EVENT_EXIT: who is filled in here. */
void news_task(struct news *news, pid_t tid, struct event *event);

#endif
