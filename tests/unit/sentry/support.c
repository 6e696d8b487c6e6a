/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "support.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/os.h"
#include "sentry/mount.h"

void
support_make(struct support *support)
{
	struct error e = { 0 };
	int proc = os_proc_root();

	memset(support, 0, sizeof(*support));
	cr_assert(ge(int, proc, 0));
	support->monitor = (struct monitor){ .mode = SYSCALL_MODE_SEALED,
		.proc = proc,
		.root = -1,
		.group = -1,
		.tasks = tasks_new(proc),
		.cores = cores_new(),
		.self = open("/proc/self/fd", O_PATH | O_CLOEXEC),
		.mounts_seen = mounts_seen_new(),
		.machine = machine_new(proc, -1, gettid(), &e),
		.has_own_ipc = true };
	cr_assert(support->monitor.machine != NULL, "%s", e.text);
	cr_assert(support->monitor.mounts_seen != NULL);
	cr_assert(zero(int, machine_learn_name(support->monitor.machine)));
	support->worker =
	    (struct worker){ .monitor = &support->monitor, .listener = -1 };
	cr_assert(zero(int, tasks_look(support->monitor.tasks, gettid(),
				&support->worker.task)));
	support->call = calloc(1, sizeof(*support->call));
	cr_assert(support->call != NULL);
}

void
support_free(struct support *support)
{
	task_release(support->monitor.tasks, &support->worker.task);
	tasks_free(support->monitor.tasks);
	free(support->monitor.machine);
	free(support->monitor.cores);
	free(support->monitor.mounts_seen);
	free(support->call);
	close(support->monitor.self);
	close(support->monitor.proc);
}

struct reply
support_call(struct support *support, const char *name, const uint64_t args[6])
{
	struct call *call = support->call;

	call->tid = gettid();
	call->row = syscall_find_name(name);
	cr_assert(call->row != NULL, "%s", name);
	call->data.nr = syscall_number(call->row, SYSCALL_NATIVE);
	for (size_t i = 0; i < 6; i++)
		call->data.args[i] = args[i];
	call_copy_in(call);
	handler *handle = handler_of(call->row);
	cr_assert(handle != NULL, "%s", name);
	struct reply reply = handle(&support->worker, call);
	if (reply.out_length > 0)
		cr_assert(eq(long,
		    task_write(call->tid, reply.out_address, reply.out,
			reply.out_length),
		    (long)reply.out_length));
	return reply;
}

int
support_lingering(void)
{
	static const char bytes[1 << 16];
	const struct linger linger = { 1, 1000 };
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t length = sizeof(address);
	int listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	cr_assert(
	    zero(int, bind(listening, (struct sockaddr *)&address, length)));
	cr_assert(zero(int, listen(listening, 1)));
	cr_assert(zero(int,
	    getsockname(listening, (struct sockaddr *)&address, &length)));
	cr_assert(zero(int, connect(fd, (struct sockaddr *)&address, length)));
	cr_assert(zero(int,
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger))));
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	return fd;
}
