/* SPDX-License-Identifier: Apache-2.0 */
#include "handlers.h"

#include "base/auto.h"

static handler *const handlers[SYSCALL_DO_COUNT] = {
	[SYSCALL_DO_BIND] = net_bind,
	[SYSCALL_DO_CONNECT] = net_connect,
	[SYSCALL_DO_CREAT] = file_creat,
	[SYSCALL_DO_EXECVE] = process_execve,
	[SYSCALL_DO_EXECVEAT] = process_execveat,
	[SYSCALL_DO_GETPEERNAME] = net_getpeername,
	[SYSCALL_DO_GETSOCKNAME] = net_getsockname,
	[SYSCALL_DO_LISTEN] = net_listen,
	[SYSCALL_DO_OPEN] = file_open,
	[SYSCALL_DO_OPENAT] = file_openat,
	[SYSCALL_DO_OPENAT2] = file_openat2,
	[SYSCALL_DO_SENDMMSG] = net_sendmmsg,
	[SYSCALL_DO_SENDMSG] = net_sendmsg,
	[SYSCALL_DO_SENDTO] = net_sendto,
	[SYSCALL_DO_SHUTDOWN] = net_shutdown,
};

handler *
handler_of(const struct syscall_row *row)
{
	return handlers[row->handler];
}
