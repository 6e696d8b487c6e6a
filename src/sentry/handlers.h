/* SPDX-License-Identifier: Apache-2.0 */
/*
 * handlers - a function for each call that the sentry performs, in files by
 * family: file.c, change.c, rename.c, attr.c, xattr.c, look.c, link.c, place.c,
 * handed.c, net.c, send.c, process.c, ids.c, ids_set.c, kin.c, sched.c,
 * shown.c, own.c.
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
    look_fstat, look_newfstatat, look_statx, look_statfs, look_fstatfs;
handler place_chdir, place_chroot, place_sync, place_syncfs;
handler rename_link, rename_linkat, rename_rename, rename_renameat,
    rename_renameat2;
handler xattr_set, xattr_lset, xattr_fset, xattr_remove, xattr_lremove,
    xattr_fremove, xattr_get, xattr_lget, xattr_fget, xattr_list, xattr_llist,
    xattr_flist;
handler net_bind, net_connect, net_listen, net_shutdown;
handler net_getpeername, net_getsockname;
handler net_sendmmsg, net_sendmsg, net_sendto;
handler handed_memfd_create, handed_add_watch;
handler ids_getuid, ids_geteuid, ids_getgid, ids_getegid, ids_getresuid,
    ids_getresgid, ids_getgroups, ids_capget;
handler ids_setuid, ids_setgid, ids_setreuid, ids_setregid, ids_setresuid,
    ids_setresgid, ids_setfsuid, ids_setfsgid, ids_setgroups, ids_capset;
handler kin_getpgid, kin_getpgrp, kin_getppid, kin_getsid, kin_personality;
handler own_call, own_prlimit64, own_timerfd_create, own_shmget, own_shmat,
    own_shmctl, own_seccomp;
handler sched_answer_cpu, sched_answer_affinity, sched_answer_interval,
    sched_answer_max, sched_answer_min, sched_answer_param, sched_answer_policy,
    sched_place, sched_set_param, sched_set_policy;
handler shown_uname, shown_sysinfo, shown_time, shown_gettimeofday,
    shown_clock_getres, shown_times;
handler process_execve, process_execveat;

/*
 * process.c: a program is about to run its first instruction, exe is an O_PATH
 * descriptor of it. 0, or a negative number: it may not.
 */
int process_verify(struct worker *worker, struct call *call, int exe);

/* terminal.c: the terminal of the task's session. */
struct reply file_open_terminal(struct worker *worker, uint64_t flags);

#endif
