/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machine - what a sealed container sees in place of the host: its own limits,
 * and what it uses of them.
 *
 * Private to sentry. vproc/vproc.h says what is shown; here it is kept.
 */
#ifndef SENTRY_MACHINE_H
#define SENTRY_MACHINE_H

#include <time.h>

#include "base/error.h"
#include "processors.h"
#include "vproc/vproc.h"

struct machine;

/*
 * While the host can be looked at still. group: the control group's directory,
 * the caller's to keep; -1: none. Lives as long as the sentry; NULL and *e.
 */
struct machine *machine_new(int proc, int group, pid_t init, struct error *e);

/* In the container's UTS namespace: what it is called there. 0 or -1. */
int machine_learn_name(struct machine *machine);

/* Not older than a second, as all below. */
void machine_limits(struct machine *machine, struct vproc_limits *out);
void machine_processors(struct machine *machine, struct processors *out);

/* They never have been more than that, nor will they be. */
unsigned machine_cpus_most(const struct machine *machine);

/* How long a tick of the clocks is that count by ticks. */
struct timespec machine_tick(const struct machine *machine);

/* Both at one moment. */
void machine_look(struct machine *machine, struct vproc_limits *limits,
    struct vproc_usage *usage);

#endif
