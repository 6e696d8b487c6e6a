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

/* They stay as they are. */
const struct vproc_limits *machine_limits(const struct machine *machine);
const struct processors *machine_processors(const struct machine *machine);

/* How long a tick of the clocks is that count by ticks. */
struct timespec machine_tick(const struct machine *machine);

/* Not older than a second. */
void machine_usage(struct machine *machine, struct vproc_usage *out);

#endif
