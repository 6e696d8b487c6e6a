/* SPDX-License-Identifier: Apache-2.0 */
/*
 * error - what failed, and what we were doing at the time.
 *
 * Layer 0. Uses nothing.
 *
 * A struct error is a plain value: no allocation and no destructor. It works
 * between clone(2) and execve(2), works when memory is exhausted, and crosses
 * the socket from the container's init to its parent as it is.
 *
 * The caller that will report it owns it, on its stack: struct error e = {0};
 * A failing function fills it once and returns the same negative errno that
 * it stored; each caller that knows a noun may add one line on the way up.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>

#define ERROR_TEXT_MAX 2032

/* How error_format() ends the line. */
enum error_tail {
	ERROR_TAIL_REASON, /* the text of the errno follows the messages */
	ERROR_TAIL_NONE,   /* the messages say it all */
};

struct error {
	int code;             /* errno of the first failure; 0 while none */
	enum error_tail tail; /* set by the first failure */
	unsigned used;        /* bytes of text in use */
	char text[ERROR_TEXT_MAX]; /* messages, innermost first, NUL-ended */
};

/*
 * Record a failure that the message explains by itself. Returns -code, and
 * code must be positive. The first failure wins: a second call changes nothing.
 */
int error_set(struct error *e, int code, const char *format, ...)
    __attribute__((nonnull, format(printf, 3, 4)));

/* Record the failure of a system call with the given errno. Returns -code. */
int error_errno(struct error *e, int code, const char *format, ...)
    __attribute__((nonnull, format(printf, 3, 4)));

/* Record the failure of the system call just made. Returns -errno. */
#define error_sys(e, ...) error_errno((e), errno, __VA_ARGS__)

/* Say what the caller was doing. Returns -e->code. */
int error_wrap(struct error *e, const char *format, ...)
    __attribute__((nonnull, format(printf, 2, 3)));

/*
 * Write "outermost: ...: innermost: reason" into buf, cut to fit, with control
 * characters and invalid UTF-8 escaped as \xNN: messages quote names that the
 * container chose.
 */
void error_format(const struct error *e, char *buf, size_t size)
    __attribute__((nonnull));

/* Is an error that crossed a socket well formed? */
bool error_is_valid(const struct error *e) __attribute__((nonnull));

/*
 * Return the error of a call that has nothing left to undo here. The only
 * macro in the tree that hides a return.
 */
#define TRY(call)                                                              \
	do {                                                                   \
		int try_result_ = (call);                                      \
		if (try_result_ < 0)                                           \
			return try_result_;                                    \
	} while (0)

/*
 * clang's analyzer sees one file at a time, and not that a recorded failure is
 * negative; src/base/error.c undoes this for itself.
 */
#ifdef __clang_analyzer__
#define error_set(...)   (error_set(__VA_ARGS__), -1)
#define error_errno(...) (error_errno(__VA_ARGS__), -1)
#define error_wrap(...)  (error_wrap(__VA_ARGS__), -1)
#endif

#endif
