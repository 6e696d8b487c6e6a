/* SPDX-License-Identifier: Apache-2.0 */
/*
 * processors - the container's, which are numbered from 0, and the host's for
 * them.
 *
 * Private to sentry. The n-th of the container stands for the n-th that its
 * first process might use, or of the set that the control group has got since.
 * A task that is kept on some of them is so in truth:
 * the kernel keeps its mask, through fork(2) and execve(2), and what the mask
 * says is looked up there. That of a task which nobody has kept on any may have
 * more of the host's than the container has, and then shows all that it has.
 */
#ifndef SENTRY_PROCESSORS_H
#define SENTRY_PROCESSORS_H

#include <stddef.h>
#include <sys/types.h>

#include "vproc/vproc.h"

#define PROCESSORS_LONGS (VPROC_CPUS_MAX / (8 * sizeof(unsigned long)))

struct processors_mask {
	unsigned long longs[PROCESSORS_LONGS];
};

struct processors {
	unsigned count;              /* of the container */
	struct processors_mask host; /* of these it has as many */
};

/* Of that process. 0, or -1 and errno. */
int processors_read(struct processors *out, pid_t init, unsigned count);

/* It has other limits now. */
void processors_change(struct processors *processors,
    const struct vproc_limits *before, const struct vproc_limits *now);

/* The container's, of a mask of the host's. */
void processors_show(const struct processors *processors,
    const struct processors_mask *host, struct processors_mask *out);

/* The host's, of the container's. False: there is none in it. */
bool processors_place(const struct processors *processors,
    const struct processors_mask *shown, struct processors_mask *out);

/* Of a thread, as the host sees it; core.h says it of a task. 0 or -errno. */
int processors_get(pid_t tid, struct processors_mask *out);
int processors_set(pid_t tid, const struct processors_mask *mask);

#endif
