/* SPDX-License-Identifier: Apache-2.0 */
/*
 * probe_entries - try each of the kernel's entry points that a profile is there
 * to shut, and print what came of it.
 *
 * The calls are really made, with arguments that do no harm where they are let
 * through: descriptors that are not open, processes that do not exist. What a
 * filter answers by a signal happens in a child.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

#define NOBODY 0x7fffffffl /* no process has that number */
#define WIDE   (1l << 32)  /* what the kernel does not see of an int */

static long nowhere[2];
static int pi[2];
static char text[] = "lorica";

static const struct {
	const char *name;
	long number;
	long args[6];
} rows[] = {
	{ "unshare-user", SYS_unshare, { CLONE_NEWUSER } },
	{ "unshare-mount", SYS_unshare, { CLONE_NEWNS } },
	{ "clone-user", SYS_clone, { CLONE_NEWUSER | SIGCHLD } },
	{ "clone-net", SYS_clone, { CLONE_NEWNET | SIGCHLD } },
	{ "clone3", 435, { 0, 64 } },
	{ "setns", SYS_setns, { -1 } },
	{ "mount", SYS_mount, { (long)text, (long)text, (long)text } },
	{ "umount2", SYS_umount2, { (long)text } },
	{ "pivot_root", SYS_pivot_root, { (long)text, (long)text } },
	{ "fsopen", 430, { (long)text } },
	{ "fsconfig", 431, { -1 } },
	{ "fsmount", 432, { -1 } },
	{ "fspick", 433, { -1, (long)text } },
	{ "move_mount", 429, { -1, (long)text, -1, (long)text } },
	{ "open_tree", 428, { -1, (long)text } },
	{ "mount_setattr", 442, { -1, (long)text } },
	{ "bpf", SYS_bpf, { 99, (long)nowhere, 8 } },
	{ "io_uring_setup", 425, { 0, 0 } },
	{ "io_uring_enter", 426, { -1 } },
	{ "io_uring_register", 427, { -1 } },
	{ "perf_event_open", SYS_perf_event_open, { 0, -1, -1, -1 } },
	{ "userfaultfd", SYS_userfaultfd, { -1 } },
	{ "keyctl", SYS_keyctl, { 99 } },
	{ "add_key", SYS_add_key, { (long)text, (long)text } },
	{ "request_key", SYS_request_key, { (long)text, (long)text } },
	{ "ptrace", SYS_ptrace, { 16, NOBODY } },
	{ "process_vm_readv", SYS_process_vm_readv, { NOBODY } },
	{ "process_vm_writev", SYS_process_vm_writev, { NOBODY } },
	{ "pidfd_getfd", 438, { -1, 0 } },
	{ "kcmp", SYS_kcmp, { NOBODY, NOBODY } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { -1, (long)nowhere } },
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, -1 } },
	{ "init_module", SYS_init_module, { (long)text, 0, (long)text } },
	{ "finit_module", SYS_finit_module, { -1, (long)text } },
	{ "delete_module", SYS_delete_module, { (long)text } },
	{ "reboot", SYS_reboot, { 0, 0, 0 } },
	{ "swapon", SYS_swapon, { (long)text } },
	{ "acct", SYS_acct, { (long)text } },
	{ "syslog", SYS_syslog, { 99 } },
	{ "sethostname", SYS_sethostname, { (long)text, -1 } },
	{ "clock_settime", SYS_clock_settime, { 99 } },
	{ "quotactl", SYS_quotactl, { -1 } },
	{ "fanotify_init", SYS_fanotify_init, { -1 } },
	{ "move_pages", SYS_move_pages, { NOBODY } },
	{ "mbind", SYS_mbind, { 1 } },
	{ "lookup_dcookie", SYS_lookup_dcookie, { 0 } },
	{ "vhangup", SYS_vhangup, { 0 } },
	{ "socket-alg", SYS_socket, { 38, SOCK_SEQPACKET } },
	{ "socket-alg-wide", SYS_socket, { WIDE | 38, SOCK_SEQPACKET } },
	{ "socket-vsock", SYS_socket, { 40, SOCK_STREAM } },
	{ "socket-packet", SYS_socket, { 17, SOCK_RAW, 768 } },
	{ "socket-inet-packet", SYS_socket, { AF_INET, SOCK_PACKET, 768 } },
	{ "socket-key", SYS_socket, { 15, SOCK_RAW, 2 } },
	{ "socket-rxrpc", SYS_socket, { 33, SOCK_DGRAM, AF_INET } },
	{ "socket-tipc", SYS_socket, { 30, SOCK_SEQPACKET } },
	{ "socket-can", SYS_socket, { 29, SOCK_RAW, 1 } },
	{ "socket-bluetooth", SYS_socket, { 31, SOCK_RAW, 1 } },
	{ "socket-rds", SYS_socket, { 21, SOCK_SEQPACKET } },
	{ "socket-xdp", SYS_socket, { 44, SOCK_RAW } },
	{ "socket-dccp", SYS_socket, { AF_INET, 6, 33 } },
	{ "socket-sctp", SYS_socket, { AF_INET, SOCK_STREAM, 132 } },
	{ "socket-udplite", SYS_socket, { AF_INET6, SOCK_DGRAM, 136 } },
	{ "socket-seqpacket", SYS_socket, { AF_INET, SOCK_SEQPACKET, 132 } },
	{ "socket-raw", SYS_socket, { AF_INET, SOCK_RAW, 1 } },
	{ "socket-netfilter", SYS_socket, { AF_NETLINK, SOCK_RAW, 12 } },
	{ "socket-xfrm", SYS_socket, { AF_NETLINK, SOCK_RAW, 6 } },
	{ "socket-audit", SYS_socket, { AF_NETLINK, SOCK_RAW, 9 } },
	{ "socketpair-tipc", SYS_socketpair,
	    { 30, SOCK_SEQPACKET, 0, (long)nowhere } },
	{ "socketpair-inet", SYS_socketpair,
	    { AF_INET, SOCK_STREAM, 0, (long)nowhere } },
	{ "tcp-ulp", SYS_setsockopt, { -1, IPPROTO_TCP, 31, (long)text, 3 } },
	{ "tcp-ulp-wide", SYS_setsockopt,
	    { -1, WIDE | IPPROTO_TCP, WIDE | 31, (long)text, 3 } },
	{ "tiocsti", SYS_ioctl, { -1, 0x5412, (long)text } },
	{ "tiocsti-wide", SYS_ioctl, { -1, WIDE | 0x5412, (long)text } },
	{ "tioclinux", SYS_ioctl, { -1, 0x541c, (long)text } },
	{ "tioclinux-wide", SYS_ioctl, { -1, WIDE | 0x541c, (long)text } },
	{ "tiocsetd", SYS_ioctl, { -1, 0x5423, (long)text } },
	{ "read-implies-exec", SYS_personality, { 0x400000 } },
	{ "no-randomisation", SYS_personality, { 0x40000 } },
	/* Nobody else waits: at once, with the lock or without. */
	{ "futex-lock-pi", SYS_futex, { (long)pi, FUTEX_LOCK_PI } },
	{ "futex-trylock-pi", SYS_futex, { (long)pi, FUTEX_TRYLOCK_PI } },
	{ "futex-requeue-pi", SYS_futex,
	    { (long)pi, FUTEX_CMP_REQUEUE_PI, 1, 0, (long)nowhere } },
	{ "tee", SYS_tee, { -1, -1 } },
	{ "splice", SYS_splice, { -1, 0, -1 } },
	{ "vmsplice", SYS_vmsplice, { -1 } },
	{ "mq_notify", SYS_mq_notify, { -1 } },
	{ "msgget", SYS_msgget, { 1, 0 } },
	{ "shmget", SYS_shmget, { 1, 0, 0 } },
	{ "io_setup", SYS_io_setup, { 0, 0 } },
	{ "timer_create", SYS_timer_create, { 99 } },
	{ "memfd_create", SYS_memfd_create, { (long)text, -1 } },
	{ "chroot", SYS_chroot, { (long)text } },
	{ "mknod", SYS_mknodat, { -1, (long)text } },
#if defined(__x86_64__)
	{ "modify_ldt", SYS_modify_ldt, { 99 } },
	{ "iopl", SYS_iopl, { 3 } },
	{ "uselib", SYS_uselib, { (long)text } },
#endif
};

static void
try(const char *name, long number, const long *args)
{
	long result = syscall(number, args[0], args[1], args[2], args[3],
	    args[4], args[5]);
	int code = result < 0 ? errno : 0;

	/* A process that was made, by either clone. */
	if ((number == SYS_clone || number == 435) && result == 0)
		_exit(0);
	if ((number == SYS_clone || number == 435) && result > 0)
		waitpid((pid_t)result, NULL, 0);
	else if (number == SYS_socket && result >= 0)
		close((int)result);
	out_errno(name, code);
}

/* In a child: "SIGSYS" when that was its end, null when it went on. */
static void
try_foreign(const char *name, void (*call)(void))
{
	int status = 0;

	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		call();
		_exit(0);
	}
	waitpid(child, &status, 0);
	out_string(name, WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
			     ? "SIGSYS"
			     : NULL);
}

#if defined(__x86_64__)
static void
call_i386(void)
{
	long number = 20; /* getpid */

	__asm__ volatile("int $0x80"
			 : "+a"(number)
			 :
			 : "memory", "r8", "r9", "r10", "r11");
}

static void
call_x32(void)
{
	(void)syscall(0x40000000l | SYS_getpid);
}
#endif

void
probe_entries(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		try(rows[i].name, rows[i].number, rows[i].args);
#if defined(__x86_64__)
	try_foreign("i386", call_i386);
	try_foreign("x32", call_x32);
#else
	(void)try_foreign;
#endif
}
