/* SPDX-License-Identifier: Apache-2.0 */
/*
 * helper - run one of lorica's own programs that is not part of this one.
 *
 * Layer 1. Uses base and os. A helper does what needs a library or a tool that
 * the static program is to be free of; it is run when it is asked for, and
 * alone by lorica. It lies in LORICA_LIBEXEC, a directory that is compiled in,
 * or named by the variable of that name.
 *
 * Its standard input is the request, its standard output a SOCK_SEQPACKET for
 * what is said meanwhile, its standard error a file in memory for what the
 * loader of shared libraries may have to say. It has the descriptors that it is
 * given, from 3 on, no other of the caller's, and no variable of its
 * environment but those named here. It dies with its caller.
 */
#ifndef HELPER_HELPER_H
#define HELPER_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

struct helper_request {
	const char *name;    /* of the program */
	const char *text;    /* the request */
	size_t length;       /* bytes of it */
	const int *fds;      /* to be 3, 4, ... in it; -1: none there */
	size_t fds_count;    /* at most HELPER_FDS_MAX */
	int cgroup;          /* to be made in; -1: the caller's */
	int userns;          /* to be joined first; -1: none */
	unsigned time_limit; /* seconds until it is taken for stuck; 0: none */
	const char *const *variables; /* handed on if they are set; NULL-ended,
					 at most HELPER_VARIABLES_MAX */
};

#define HELPER_FDS_MAX       32
#define HELPER_VARIABLES_MAX 4

struct helper {
	pid_t pid;
	int socket; /* our end */
	int said;
	char path[4096];
};

#define HELPER_NONE                                                            \
	{                                                                      \
		.pid = -1, .socket = -1, .said = -1                            \
	}

/*
 * The path of what has that name where helpers are looked for, whether it is
 * there or not. Returns 0, or -ENAMETOOLONG.
 */
int helper_find(const char *name, char *path, size_t size)
    __attribute__((nonnull, warn_unused_result));

/* Is there a program of that name where helpers are looked for? */
bool helper_is_installed(const char *name) __attribute__((nonnull));

/* Run it. Released by helper_end(). */
int helper_start(const struct helper_request *request, struct helper *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * It gave no answer: records why, as far as is known, once it has ended.
 * Returns a negative number.
 */
int helper_no_answer(struct helper *helper, struct error *e)
    __attribute__((nonnull));

/*
 * Wait for the struct error that it says how it went by. Returns 0, or a
 * negative number: what it says, or that it says nothing.
 */
int helper_answer(struct helper *helper, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Hang up, wait for its end, release; one that was not started is fine. */
void helper_end(struct helper *helper) __attribute__((nonnull));

#endif
