/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os - one thin function per system call that the C library lacks.
 *
 * Layer 0. Uses nothing. Each behaves like libc: the result, or -1 with errno
 * set. No policy, no allocation, no state.
 */
#ifndef OS_OS_H
#define OS_OS_H

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* linux/sched/types.h cannot be included beside <sched.h>: sched_setattr(2). */
struct os_sched_attr {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime_ns;
	uint64_t deadline_ns;
	uint64_t period_ns;
};

/* linux/landlock.h has all of its members since 6.12: landlock(7). */
struct os_landlock_ruleset {
	uint64_t handled_fs;
	uint64_t handled_net;
	uint64_t scoped;
};

/* openat2(2). O_CLOEXEC is always added. */
int os_openat2(int dir, const char *path, uint64_t flags, uint64_t mode,
    uint64_t resolve) __attribute__((nonnull));

/*
 * clone3(2) as fork: the child runs on its copy of this stack. Returns the
 * pid, 0 in the child.
 */
pid_t os_clone3(const struct clone_args *args) __attribute__((nonnull));

/* Every signal to its default, none blocked: for a process before its exec. */
void os_reset_signals(void);

/* send(2), by the call of it that a process has which may make few. */
ssize_t os_send(int socket, const void *data, size_t length, int flags)
    __attribute__((nonnull));

/*
 * Send length bytes to a UNIX socket, and with the first of them a descriptor
 * unless fd is -1. Returns 0 when all of it went, or -1.
 */
int os_send_fd(int socket, const void *data, size_t length, int fd)
    __attribute__((nonnull));

/* The same, where that does not block: EAGAIN. */
int os_send_fd_now(int socket, const void *data, size_t length, int fd)
    __attribute__((nonnull));

/*
 * Receive once from a UNIX socket, with *fd the descriptor that came along,
 * close-on-exec and the caller's, or -1. Returns the bytes, 0 at the end of
 * file, or -1; a packet that is longer, or has more than one descriptor, is
 * EMSGSIZE, and nothing of it stays open.
 */
ssize_t os_receive_fd(int socket, void *data, size_t size, int *fd)
    __attribute__((nonnull));

/* bpf(2): a descriptor or 0. linux/bpf.h has commands and attributes. */
union bpf_attr;
int os_bpf(int command, union bpf_attr *attributes, size_t size)
    __attribute__((nonnull));

/* capset(2) and capget(2) of this thread, version 3. */
int
os_capset(const struct __user_cap_data_struct data[2]) __attribute__((nonnull));
int os_capget(struct __user_cap_data_struct data[2]) __attribute__((nonnull));

/* Is CAP_* in the effective set of this thread? */
bool os_has_capability(int capability);

/* Is the release of uname(2) that version or a later one? kernel.c. */
bool os_release_is_at_least(const char *release, unsigned major, unsigned minor)
    __attribute__((nonnull));

/* setresuid(2), setresgid(2), setgroups(2) of this thread alone. */
int os_setresuid(uid_t real, uid_t effective, uid_t saved);
int os_setresgid(gid_t real, gid_t effective, gid_t saved);
int os_setgroups(size_t count, const gid_t *groups);

/*
 * Does the user namespace of this process deny setgroups(2)? proc is a procfs
 * in which it has a number: user_namespaces(7).
 */
bool os_setgroups_denied(int proc);

/*
 * Are all ids mapped, as they are in the first user namespace alone? proc as
 * above.
 */
bool os_is_first_user_namespace(int proc);

/* seccomp(2) SET_MODE_FILTER. Returns 0, or a listener with NEW_LISTENER. */
int os_seccomp_load(unsigned flags, const struct sock_fprog *program)
    __attribute__((nonnull));

/* seccomp(2) GET_ACTION_AVAIL: does the kernel know this SECCOMP_RET_*? */
bool os_seccomp_knows_action(uint32_t action);

/* Does the kernel know this SECCOMP_FILTER_FLAG_*? */
bool os_seccomp_knows_flag(unsigned flag);

/* landlock_create_ruleset(2): the version of the interface, 1 or more. */
int os_landlock_abi(void);

/* A ruleset's descriptor, close-on-exec. */
int os_landlock_create(const struct os_landlock_ruleset *ruleset)
    __attribute__((nonnull));

/* landlock_add_rule(2): type is LANDLOCK_RULE_*, rule the struct of that. */
int os_landlock_add(int ruleset, int type, const void *rule)
    __attribute__((nonnull));

/* landlock_restrict_self(2) of the calling thread. */
int os_landlock_restrict(int ruleset);

int os_sched_setattr(const struct os_sched_attr *attr) __attribute__((nonnull));

/* ioprio_set(2) of the calling process. */
int os_ioprio_set(int ioprio);

/* set_mempolicy(2). bits is the number of node bits in mask. */
int os_set_mempolicy(int mode, const unsigned long *mask, unsigned long bits);

/* keyctl(2) JOIN_SESSION_KEYRING, DESCRIBE, SETPERM. */
int os_keyctl_join(const char *name) __attribute__((nonnull));
long
os_keyctl_describe(int key, char *buf, size_t size) __attribute__((nonnull));
int os_keyctl_setperm(int key, uint32_t permissions);

int os_pivot_root(const char *new_root, const char *put_old)
    __attribute__((nonnull));

/*
 * Read from where fd is to the end of the file, or as much as there is room
 * for, and end it with NUL. Returns the length, or -1.
 */
ssize_t os_read_text(int fd, char *buf, size_t size) __attribute__((nonnull));

/*
 * The root of the caller's /proc as a descriptor, proven to be the root of a
 * procfs and not a directory that something was mounted over: fails with EXDEV
 * otherwise. proc(5).
 */
int os_proc_root(void);

/*
 * Open a file below a descriptor from os_proc_root() or of a detached procfs.
 * Crosses no mount and follows no link, so that the file is the kernel's own.
 */
int os_proc_open(int proc, const char *path, uint64_t flags)
    __attribute__((nonnull));

/* The same below the directory that this process has in it. */
int os_proc_self_open(int proc, const char *file, uint64_t flags)
    __attribute__((nonnull));

/*
 * Write all of text into a file below proc by one write(2), as the kernel's
 * files want it. Returns 0, or -1.
 */
int os_proc_write(int proc, const char *path, const char *text)
    __attribute__((nonnull));

#endif
