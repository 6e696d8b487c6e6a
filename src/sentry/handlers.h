/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handlers - a function for each call that the sentry performs, in files by
 * family: file.c, change.c, rename.c, attr.c, xattr.c, look.c, link.c, place.c,
 * net.c, send.c, process.c.
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
handler attr_chmod, attr_chown, attr_fchmod, attr_fchmodat, attr_fchmodat2,
    attr_fchown, attr_fchownat, attr_futimesat, attr_lchown, attr_truncate,
    attr_utime, attr_utimensat, attr_utimes;
handler change_mkdir, change_mkdirat, change_mknod, change_mknodat,
    change_rmdir, change_symlink, change_symlinkat, change_unlink,
    change_unlinkat;
handler link_readlink, link_readlinkat;
handler look_access, look_faccessat, look_faccessat2, look_stat, look_lstat,
    look_newfstatat, look_statx, look_statfs, look_fstatfs;
handler place_chdir, place_chroot, place_sync, place_syncfs;
handler rename_link, rename_linkat, rename_rename, rename_renameat,
    rename_renameat2;
handler xattr_set, xattr_lset, xattr_fset, xattr_remove, xattr_lremove,
    xattr_fremove, xattr_get, xattr_lget, xattr_fget, xattr_list, xattr_llist,
    xattr_flist;
handler net_bind, net_connect, net_listen, net_shutdown;
handler net_getpeername, net_getsockname;
handler net_sendmmsg, net_sendmsg, net_sendto;
handler process_execve, process_execveat;

/* terminal.c: the terminal of the task's session. */
struct reply file_open_terminal(struct worker *worker, uint64_t flags);

#endif
