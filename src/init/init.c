/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "init/init.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "steps.h"

static void
report(const struct init *init, const struct error *e)
{
	struct error ignored = { 0 };
	struct init_message message = { .kind = INIT_FAILED,
		.by_hook = init->in_start_hooks,
		.error = *e };

	/* Nobody is left to tell when this fails. */
	if (init_message_send(init->channel, &message, -1, &ignored) < 0)
		return;
}

static uint64_t
now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/*
 * Until the runtime has recorded this process nobody else knows of it, so it
 * must not live longer than the runtime: wait_for_start() ends this.
 */
void
init_live_with_the_runtime(const struct init *init)
{
	struct pollfd gone = { .fd = init->sync };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may be dead already. */
	if (poll(&gone, 1, 0) != 0)
		_exit(1);
}

static void __attribute__((noreturn))
run(struct init *init, const struct init_step *steps)
{
	struct error e = { 0 };

	/* A lock is held as long as anybody has its descriptor. */
	for (size_t i = 0; i < ARRAY_SIZE(init->foreign); i++)
		auto_close(&init->foreign[i]);
	init_live_with_the_runtime(init);
	init->channel = init->sync;
	for (const struct init_step *step = steps; step->name != NULL; step++) {
		if (init->shared != NULL)
			init->shared->began_ns[step - steps] = now_ns();
		if (step->run(init, &e) < 0) {
			/* exec's own message is the one that callers match. */
			if (step->run != init_exec &&
			    step->run != init_find_program)
				error_wrap(&e, "%s", step->name);
			break;
		}
	}
	report(init, &e);
	_exit(1);
}

void
init_main(void *context)
{
	run(context, init_steps);
}

void
init_join_main(void *context)
{
	run(context, init_join_steps);
}
