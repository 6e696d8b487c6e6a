/* SPDX-License-Identifier: Apache-2.0 */
/* exec_look - by whom a process more finds the container's namespaces. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>

#include "base/auto.h"
#include "base/text.h"
#include "exec.h"
#include "os/os.h"

/*
 * What waits for start is the runtime still, undumpable: whoever could look
 * into it could go on in its place before it is confined. So an ordinary user's
 * has to be started first; making it dumpable would be the image's chance.
 */
static int
look_at(struct exec *exec, pid_t pid, struct error *e)
{
	const struct container_record *record = &exec->entry.record;

	if (ns_join_prepare(&exec->join, pid, e) == 0)
		return 0;
	if (e->code != EACCES || record->status != CONTAINER_CREATED)
		return -e->code;
	*e = (struct error){ 0 };
	return error_set(e, EPERM,
	    "cannot exec in a container that was not started: only root may");
}

/* The oldest child, or 0. */
static pid_t
find_child(int proc, pid_t pid)
{
	uint64_t child = 0;
	char path[64];
	char text[256];

	(void)snprintf(path, sizeof(path), "%d/task/%d/children", (int)pid,
	    (int)pid);
	AUTO_FD int fd = os_proc_open(proc, path, O_RDONLY);
	if (fd < 0 || os_read_text(fd, text, sizeof(text)) < 0)
		return 0;
	text[strcspn(text, " ")] = '\0';
	return text_parse_u64(text, INT32_MAX, &child) ? (pid_t)child : 0;
}

/*
 * A first process of our own (src/init/reap.c) shows an ordinary user nothing:
 * it has executed nothing and is undumpable. Its program, its oldest child, is
 * in the same namespaces, or in some of its own making, which are no more than
 * the container's.
 */
int
exec_look(struct exec *exec, struct error *e)
{
	pid_t init = exec->entry.record.pid;
	uint32_t seconds;

	if (!spec_has_init(exec->spec, &seconds) ||
	    exec->entry.record.status == CONTAINER_CREATED)
		return look_at(exec, init, e);
	pid_t program = find_child(exec->join.proc, init);
	if (program != 0)
		exec->program = pidfd_open(program, 0);
	/* Still its child behind it, so it was its own number. */
	if (exec->program < 0 || find_child(exec->join.proc, init) != program ||
	    !exec_is_alive(exec))
		return exec_stopped(e);
	exec->join.pidfd = exec->program;
	return look_at(exec, program, e);
}
