/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/ioprio.h>
#include <linux/keyctl.h>
#include <linux/mempolicy.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/os.h"

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

pid_t
os_clone3(const struct clone_args *args)
{
	return (pid_t)syscall(SYS_clone3, args, sizeof(*args));
}

void
os_reset_signals(void)
{
	/* The kernel's struct sigaction: SIG_DFL, no flags, an empty mask. */
	static const unsigned long by_default[4];
	sigset_t none;

	/* The C library's function refuses its own signals, which its
	 * posix_spawn(3) has left ignored. The kernel refuses two. */
	for (int signal = 1; signal < NSIG; signal++)
		(void)syscall(SYS_rt_sigaction, signal, by_default, NULL,
		    NSIG / 8);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int
os_capset(const struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return (int)syscall(SYS_capset, &header, data);
}

int
os_capget(struct __user_cap_data_struct data[2])
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return (int)syscall(SYS_capget, &header, data);
}

bool
os_has_capability(int capability)
{
	struct __user_cap_data_struct data[2];

	return os_capget(data) == 0 &&
	       (data[capability / 32].effective & 1u << capability % 32) != 0;
}

int
os_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	return (int)syscall(SYS_setresuid, real, effective, saved);
}

int
os_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	return (int)syscall(SYS_setresgid, real, effective, saved);
}

int
os_setgroups(size_t count, const gid_t *groups)
{
	return (int)syscall(SYS_setgroups, count, groups);
}

int
os_seccomp_load(unsigned flags, const struct sock_fprog *program)
{
	return (
	    int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
}

bool
os_seccomp_knows_action(uint32_t action)
{
	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool
os_seccomp_knows_flag(unsigned flag)
{
	/* Refused without a listener to wait for. */
	if (flag == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV)
		flag |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	/* Without a program a known flag is EFAULT, an unknown one EINVAL. */
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flag, NULL) < 0 &&
	       errno == EFAULT;
}

int
os_sched_setattr(const struct os_sched_attr *attr)
{
	return (int)syscall(SYS_sched_setattr, 0, attr, 0);
}

int
os_ioprio_set(int ioprio)
{
	return (int)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, ioprio);
}

int
os_set_mempolicy(int mode, const unsigned long *mask, unsigned long bits)
{
	return (int)syscall(SYS_set_mempolicy, mode, mask, bits);
}

int
os_keyctl_join(const char *name)
{
	return (int)syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name);
}

long
os_keyctl_describe(int key, char *buf, size_t size)
{
	return syscall(SYS_keyctl, KEYCTL_DESCRIBE, key, buf, size);
}

int
os_keyctl_setperm(int key, uint32_t permissions)
{
	return (int)syscall(SYS_keyctl, KEYCTL_SETPERM, key, permissions);
}
