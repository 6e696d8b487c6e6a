/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "sentry/worker.h"

#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

static void *
prepare(void *context)
{
	struct worker *worker = context;
	char where[64];

	if (worker_prepare(worker) < 0 || getcwd(where, sizeof(where)) == NULL)
		return "nowhere";
	return strcmp(where, "/proc") == 0 ? NULL : "elsewhere";
}

/* Who binds a unix socket is in the container's directory for so long, and its
 * name may be "self/fd/3": what is made meanwhile does not stay there. */
Test(sentry_worker, it_is_in_procfs_wherever_its_maker_stands)
{
	struct monitor monitor = { .proc = open("/proc",
				       O_PATH | O_DIRECTORY | O_CLOEXEC) };
	struct worker worker = { .monitor = &monitor };
	char where[64];
	pthread_t thread;
	void *failed = "not run";

	cr_assert(ge(int, monitor.proc, 0));
	cr_assert(zero(int, chdir("/tmp")));
	cr_assert(zero(int, pthread_create(&thread, NULL, prepare, &worker)));
	cr_assert(zero(int, pthread_join(thread, &failed)));
	cr_expect(zero(ptr, failed), "%s", (char *)failed);
	/* And who made it stays. */
	cr_expect(eq(str, getcwd(where, sizeof(where)), "/tmp"));
	close(monitor.proc);
}
