/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape - bytes that a hostile program chose, so that they can be shown and
 * nothing of them is lost.
 *
 * Private to event. Valid UTF-8 stands for itself, a backslash is two, and each
 * byte of what is no UTF-8, or would act on a terminal or hide there, is \xNN.
 */
#ifndef EVENT_ESCAPE_H
#define EVENT_ESCAPE_H

#include <stddef.h>

/* Four bytes of \xNN, and a NUL. */
#define ESCAPE_MAX 17

/*
 * Write what stands for the first character of that many bytes, one at least,
 * and return of how many it is made.
 */
size_t escape_next(const char *bytes, size_t left, char out[ESCAPE_MAX]);

#endif
