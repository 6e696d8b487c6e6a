/* SPDX-License-Identifier: Apache-2.0 */
/*
 * support - a sentry without a container: its task is the thread that runs the
 * test, so that what a handler answers can be held against the kernel's answer.
 */
#ifndef TESTS_SENTRY_SUPPORT_H
#define TESTS_SENTRY_SUPPORT_H

#include "sentry/core.h"
#include "sentry/handlers.h"
#include "sentry/machine.h"

struct support {
	struct monitor monitor;
	struct worker worker;
	struct call *call;
};

void support_make(struct support *support);
void support_free(struct support *support);

/*
 * The call is dispatched as if the thread had made it; what is to be written is
 * written. Returns the handler's reply.
 */
struct reply
support_call(struct support *support, const char *name, const uint64_t args[6]);

/* A socket whose close(2) waits until its peer has read what nobody will read.
 */
int support_lingering(void);

/* A pointer as an argument. */
#define ADDRESS(pointer) ((uint64_t)(uintptr_t)(pointer))

#endif
