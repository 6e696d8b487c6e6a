/* SPDX-License-Identifier: Apache-2.0 */
/*
 * auto - release what a scope holds when the scope ends.
 *
 * Layer 0. Uses nothing.
 *
 * Declare a variable holding nothing or holding the result, and give it away
 * with take() or take_fd(). Release functions accept nothing and keep errno.
 */
#ifndef BASE_AUTO_H
#define BASE_AUTO_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AUTO(release) __attribute__((cleanup(release)))
#define AUTO_FD       AUTO(auto_close)
#define AUTO_FREE     AUTO(auto_free)

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

static inline void
auto_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static inline void
auto_free(void *pointer)
{
	void *value;

	memcpy(&value, pointer, sizeof(value));
	free(value);
}

static inline int
take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Any other value: returns it and leaves zero behind. */
#define take(pointer)                                                          \
	({                                                                     \
		__typeof__(*(pointer)) taken_ = *(pointer);                    \
		*(pointer) = (__typeof__(*(pointer))){ 0 };                    \
		taken_;                                                        \
	})

#endif
