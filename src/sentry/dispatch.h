/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dispatch - from a call that was intercepted to its answer.
 *
 * Private to sentry. Both platforms come here.
 */
#ifndef SENTRY_DISPATCH_H
#define SENTRY_DISPATCH_H

#include "worker.h"

/*
 * Copy in, decide, perform, tell. worker->listener and ->id say what is
 * answered; call has tid and data. The reply's descriptor is the caller's.
 */
struct reply dispatch(struct worker *worker, struct call *call);

/*
 * By the thread that traces, before another one has the call: whose it is. That
 * one takes nobody's word but this.
 */
void dispatch_look(struct worker *worker, struct call *call);

#endif
