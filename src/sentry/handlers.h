/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handlers - a function for each call that the sentry performs, in files by
 * family: file.c, change.c, look.c, net.c, send.c, process.c.
 *
 * Private to sentry. Each has the arguments of its call in its comment, works
 * on the copy in struct call, with the task's credentials (worker_become()
 * before it), and answers; it cannot fail otherwise.
 */
#ifndef SENTRY_HANDLERS_H
#define SENTRY_HANDLERS_H

#include "worker.h"

typedef struct reply handler(struct worker *worker, struct call *call);

/* handlers.c: of a row; NULL: it is for no handler. */
handler *handler_of(const struct syscall_row *row);

handler file_open, file_creat, file_openat, file_openat2;
handler net_bind, net_connect, net_listen, net_shutdown;
handler net_getpeername, net_getsockname;
handler net_sendmmsg, net_sendmsg, net_sendto;
handler process_execve, process_execveat;

/* terminal.c: the terminal of the task's session. */
struct reply file_open_terminal(struct worker *worker, uint64_t flags);

#endif
