/* SPDX-License-Identifier: Apache-2.0 */
/*
 * notify - the platform of user notifications: seccomp_unotify(2).
 *
 * Private to sentry. A thread of its own waits for calls while another performs
 * one, whatever that waits for: so no blocked call delays the next one.
 */
#ifndef SENTRY_NOTIFY_H
#define SENTRY_NOTIFY_H

#include "monitor.h"

/* Serve a listener, which is its own from here on. 0 or -errno. */
int notify_serve(struct monitor *monitor, int listener);

#endif
