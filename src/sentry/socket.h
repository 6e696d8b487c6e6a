/* SPDX-License-Identifier: Apache-2.0 */
/*
 * socket - the task's socket in the sentry's hands, and the address that a call
 * of it names.
 *
 * Private to sentry. The socket is a duplicate, of the same open file: its
 * state, O_NONBLOCK and timeouts are the task's, and what the task puts in the
 * descriptor's place in the meantime is not looked at. The address is the copy
 * that was decided on; that of a unix socket names what was found by it, by its
 * descriptor.
 */
#ifndef SENTRY_SOCKET_H
#define SENTRY_SOCKET_H

#include <sys/socket.h>

#include "guard/guard.h"
#include "path.h"

struct socket {
	int fd;                      /* -1: none */
	const struct worker *worker; /* who has it */
	int family;
	int type;
	bool is_outside; /* of another network namespace: outside.h */
	bool is_other;   /* not the task's own any more */
};

#define SOCKET_NONE                                                            \
	{                                                                      \
		.fd = -1                                                       \
	}

/* The socket that is the call's first argument. 0 or -errno. */
int
socket_take(struct worker *worker, const struct call *call, struct socket *out);
void socket_free(struct socket *socket);

/* Would its calls wait? */
bool socket_is_blocking(const struct socket *socket);

/*
 * What a call gets that a signal has interrupted: it begins again, or fails
 * with EINTR where there is a time limit: signal(7).
 */
struct reply socket_interrupted(const struct socket *socket);

struct target {
	struct sockaddr_storage address;
	socklen_t length;
	struct path_found found; /* what the address names */
};

#define TARGET_NONE                                                            \
	{                                                                      \
		.found = PATH_FOUND_NONE                                       \
	}

void target_free(struct target *target);

/*
 * The address of the call in the copy of that argument, and its length in the
 * next. 0 or -errno, as the kernel finds it.
 */
int target_copy(const struct call *call, size_t index, struct target *out);

/* Is it a path, for a socket of that kind? */
bool target_is_path(const struct socket *socket, const struct target *target);

/* That, with a NUL. */
void target_path(const struct target *target,
    char out[sizeof(struct sockaddr_storage)]);

/*
 * Find what is at the address, for connect(2) or sendto(2), decide, and put in
 * what the kernel is to be told instead. 0 or -errno.
 */
int target_decide(struct worker *worker, struct call *call,
    const struct socket *socket, enum guard_operation operation,
    struct target *target);

#endif
