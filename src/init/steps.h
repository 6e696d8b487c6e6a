/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps - the rows of the table in steps.c and what they are made of.
 *
 * Private to init.
 */
#ifndef INIT_STEPS_H
#define INIT_STEPS_H

#include "init/init.h"
#include "lsm/lsm.h"

struct init_step {
	const char *name; /* what we were doing, for the error */
	int (*run)(struct init *init, struct error *e);
};

/* Ended by a row without a name. */
extern const struct init_step init_steps[];
/* The same for exec. */
extern const struct init_step init_join_steps[];

/* steps.c: with a sentry it is not the program alone that has the label. */
enum lsm_when init_label_when(const struct init *init);

/* kernel.c */
int init_proc(struct init *init, struct error *e);
int init_kernel(struct init *init, struct error *e);

/* confine.c */
int confine_privileges(struct init *init, struct error *e);
int confine_landlock(struct init *init, struct error *e);
int confine_traced(struct init *init, struct error *e);
int confine_sentry(struct init *init, struct error *e);
int confine_capabilities(struct init *init, struct error *e);
int confine_filter_early(struct init *init, struct error *e);
int confine_filter_late(struct init *init, struct error *e);

/* exec.c */
int init_find_program(struct init *init, struct error *e);
int init_close(struct init *init, struct error *e);
int init_check_files(struct init *init, struct error *e);
int init_check(struct init *init, struct error *e);
int init_exec(struct init *init, struct error *e);
/* Look at each in a directory like /proc/PID/fd, until one is not as it has to
 * be. That of the listing itself is among them. */
int init_each_descriptor(int list,
    int (*look)(const void *context, int fd, struct error *e),
    const void *context, struct error *e);

/* reap.c: where it is asked for, go on in a child. */
int init_reap(struct init *init, struct error *e);

/* environment.c */
int init_home(struct init *init, struct error *e);
int init_listen_pid(struct init *init, struct error *e);

/* init.c: end, from here on, when the runtime does. */
void init_live_with_the_runtime(const struct init *init);

/* join.c */
int join_score(struct init *init, struct error *e);
int join_affinity(struct init *init, struct error *e);
int join_limits(struct init *init, struct error *e);
int join_hide(struct init *init, struct error *e);
int join_namespaces(struct init *init, struct error *e);
int join_give_up(struct init *init, struct error *e);
int join_let_go(struct init *init, struct error *e);
int join_appear(struct init *init, struct error *e);
int join_root(struct init *init, struct error *e);
int join_await(struct init *init, struct error *e);
int join_check_paths(struct init *init, struct error *e);

/* message.c: over init->channel; fd goes along unless it is -1. */
int init_say(const struct init *init, enum init_message_kind kind, int fd,
    struct error *e);
int init_await_go(struct init *init, struct error *e);
/* Of rootfs_runtime: the runtime does it, and may answer with a descriptor. */
int init_wish(void *init, const struct rootfs_wish *wish, int fd, int *out,
    struct error *e);
/* Until the runtime has recorded this process. */
int init_await_record(struct init *init, struct error *e);

#endif
