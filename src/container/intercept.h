/* SPDX-License-Identifier: Apache-2.0 */
/*
 * intercept - a container's interception layer, from what was asked for to the
 * sentry that works.
 *
 * Private to container. docs/interception.md
 */
#ifndef CONTAINER_INTERCEPT_H
#define CONTAINER_INTERCEPT_H

#include "container/container.h"
#include "guard/guard.h"
#include "helper/helper.h"
#include "sentry/sentry.h"

struct intercept {
	bool is_on;
	enum syscall_mode mode;
	bool by_ptrace;
	bool pretends;                 /* root is a show */
	bool tells_all;                /* of every call that is seen */
	struct guard_policy *policy;   /* NULL: none */
	struct filter own;             /* what the sentry is under */
	struct sentry_program program; /* what init loads */
	struct spec_device_rule *devices;
	size_t devices_count;
	int end;      /* of the channel: the sentry's */
	int init_end; /* and init's */
	int control;  /* listening in the container's state directory */
	int events;   /* -1: nobody gets them */
	struct sentry_begun begun;
	struct helper net; /* makes sockets outside; not always there */
	int outside;       /* the sentry's end of a pair with it */
	int answers;       /* the sentry's end of a pair for questions */
	int questions;     /* and ours; -1: nobody is asked */
};

#define INTERCEPT_NONE                                                         \
	{                                                                      \
		.end = -1, .init_end = -1, .control = -1, .events = -1,        \
		.outside = -1, .answers = -1, .questions = -1,                 \
		.net = HELPER_NONE, .begun = SENTRY_NOT_BEGUN                  \
	}

struct making;

/* Before the filters are prepared: how they are loaded depends on it. */
int intercept_choose(struct making *making, struct error *e);

/* What a mode asks of each process of the container, that of exec too. */
void intercept_strengthen(struct spec_process *process, const char *mode);

/* Read the policy, make the program: whatever can be refused. */
int intercept_prepare(struct making *making, struct error *e);

/* intercept_program.c, intercept_devices.c: parts of that. */
int intercept_programs(struct making *making, struct error *e);
int intercept_devices(struct making *making, struct error *e);

/* intercept_policy.c: read it, if there is one; an error, if one is asked for
 * where nothing decides. */
int intercept_policy_read(struct making *making, struct error *e);
int intercept_policy_refuse(const struct making *making, struct error *e);

/*
 * intercept_net.c: the helper lorica-net, where the request has a list of
 * destinations. Choose it; start it; await that it is there; in the end tell
 * what was refused.
 */
int intercept_net_choose(struct making *making, struct error *e);
int intercept_net_start(struct making *making, struct error *e);
int intercept_net_await(struct making *making, struct error *e);
void intercept_net_tell(struct making *making);

/* Once there is a state directory. */
int intercept_open(struct making *making, struct error *e);

/* init works, and nothing that the sentry needs changes any more: make it. */
int intercept_begin(struct making *making, struct error *e);

/* init waits: have the sentry attach. init goes on: hear that it works. */
int intercept_start(struct making *making, struct error *e);
int intercept_await(struct making *making, struct error *e);

void intercept_free(struct intercept *intercept);

/* intercept_end.c: kill the sentry of the process, which has one and is held by
 * pidfd; all that it traces ends with it. */
void intercept_end(pid_t init, int pidfd);

/* exec: a connection to the sentry of a container; -1: it has none. An error is
 * in *e: one that is not there any more, say. */
int intercept_connect(int dir, struct error *e);

#endif
