/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flight - descriptors that are on their way, in messages of unix sockets.
 *
 * Private to sentry. The kernel lets a user have only so many: unix(7),
 * ETOOMANYREFS. With CAP_SYS_ADMIN there is no end of them, and with that the
 * sentry says who sends a message; so the kernel is asked before, without.
 */
#ifndef SENTRY_FLIGHT_H
#define SENTRY_FLIGHT_H

struct flight;

/* NULL and errno. */
struct flight *flight_new(void);
void flight_free(struct flight *flight);

/*
 * May this thread, as it is, send one more? fd is one to try it with, and no
 * socket. 0 or -errno.
 */
int flight_check(struct flight *flight, int fd);

#endif
