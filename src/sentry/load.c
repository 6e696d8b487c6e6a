/* SPDX-License-Identifier: Apache-2.0 */
/*
 * load - the container's side of the beginning.
 *
 * The filter may ask the sentry about nearly every call, and the sentry has no
 * listener to answer by until it is told: so that is done by write(2) and
 * read(2) alone, which no mode asks about, with the listener's number. The
 * sentry fetches it by pidfd_getfd(2).
 */
#define _GNU_SOURCE
#include <linux/seccomp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/auto.h"
#include "os/os.h"
#include "sentry/sentry.h"

int
sentry_load(int channel, const struct sentry_program *program, struct error *e)
{
	struct sock_fprog load = { program->count, program->insns };
	int failed = 0;
	AUTO_FD int listener = os_seccomp_load(program->flags, &load);

	if (listener < 0)
		return error_sys(e, "load the filter that asks the sentry");
	if ((program->flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) == 0)
		listener = -1;
	if (write(channel, &listener, sizeof(listener)) !=
		(ssize_t)sizeof(listener) ||
	    read(channel, &failed, sizeof(failed)) != (ssize_t)sizeof(failed))
		return error_set(e, ECHILD, "the sentry ended unexpectedly");
	return failed == 0 ? 0
			   : error_errno(e, failed > 0 ? failed : -failed,
				 "give the sentry its listener");
}
