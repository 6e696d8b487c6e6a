/* SPDX-License-Identifier: Apache-2.0 */
/*
 * entries - where known kernel vulnerabilities were entered.
 *
 * Not a list of what this kernel still has: a list of doors that were used
 * before, and will be again. A door that a profile shuts was worth shutting.
 * The numbers of arguments are the kernel's own, so that the table reads the
 * same whatever headers it is compiled with.
 */
#include "syscall/syscall.h"

#define NEWUSER 0x10000000u
#define SIGCHLD 17

/* socket(family, type, protocol), of which one door is all. */
#define SOCKET(...)                                                            \
	{                                                                      \
		{ "socket", false, { __VA_ARGS__ } },                          \
		{                                                              \
			"socketpair", false,                                   \
			{                                                      \
				__VA_ARGS__                                    \
			}                                                      \
		}                                                              \
	}
#define ANY(name)                                                              \
	{                                                                      \
		name, true,                                                    \
		{                                                              \
			0                                                      \
		}                                                              \
	}

/* clang-format off */
const struct syscall_entry syscall_entries[] = {
	{ "user-namespace", "all capabilities, in a user namespace of one's own",
	    "CVE-2021-22555 CVE-2022-0185 CVE-2022-25636 CVE-2022-34918 "
	    "CVE-2023-0386 CVE-2023-32233 CVE-2024-1086",
	    { { "unshare", false, { NEWUSER } },
	      { "clone", false, { NEWUSER | SIGCHLD } }, ANY("clone3") } },
	{ "join-namespace", "another namespace", "", { ANY("setns") } },
	{ "mount", "file systems of the caller's choice",
	    "CVE-2021-33909 CVE-2022-0185 CVE-2022-0492 CVE-2023-0386",
	    { ANY("mount"), ANY("fsopen"), ANY("fsconfig"), ANY("move_mount") } },
	{ "io-uring", "io_uring",
	    "CVE-2021-41073 CVE-2022-1786 CVE-2022-2602 CVE-2022-29582 "
	    "CVE-2023-2598",
	    { ANY("io_uring_setup"), ANY("io_uring_enter") } },
	{ "bpf", "the verifier of programs in the kernel",
	    "CVE-2017-16995 CVE-2020-8835 CVE-2021-3490 CVE-2021-31440 "
	    "CVE-2022-23222",
	    { ANY("bpf") } },
	{ "perf", "performance counters", "CVE-2013-2094 CVE-2023-6931",
	    { ANY("perf_event_open") } },
	{ "keyring", "keyrings", "CVE-2016-0728 CVE-2017-7472",
	    { ANY("keyctl"), ANY("add_key"), ANY("request_key") } },
	{ "userfaultfd", "faults that the caller answers when it likes",
	    "CVE-2018-18397", { ANY("userfaultfd") } },
	{ "ptrace", "tracing", "CVE-2014-4699 CVE-2019-13272",
	    { ANY("ptrace") } },
	{ "other-memory", "memory and descriptors of other processes", "",
	    { ANY("process_vm_writev"), ANY("process_vm_readv"),
	      ANY("pidfd_getfd"), ANY("kcmp") } },
	{ "file-handles", "files by handle, past the root", "",
	    { ANY("open_by_handle_at") } },
	{ "modules", "code for the kernel", "",
	    { ANY("init_module"), ANY("finit_module") } },
	{ "kexec", "another kernel", "",
	    { ANY("kexec_load"), ANY("kexec_file_load") } },
	{ "af-packet", "AF_PACKET, also by its old type in AF_INET",
	    "CVE-2017-7308 CVE-2020-14386 CVE-2021-22600",
	    { { "socket", false, { 17, 3, 768 } },
	      { "socket", false, { 2, 10, 768 } } } },
	{ "af-alg", "AF_ALG: the kernel's ciphers",
	    "CVE-2019-8912 CVE-2026-31431", SOCKET(38, 5, 0) },
	{ "af-vsock", "AF_VSOCK: to the machine's host",
	    "CVE-2021-26708 CVE-2025-21756", SOCKET(40, 1, 0) },
	{ "af-tipc", "AF_TIPC", "CVE-2021-43267", SOCKET(30, 5, 0) },
	{ "af-rds", "AF_RDS", "CVE-2010-3904", SOCKET(21, 5, 0) },
	{ "af-rxrpc", "AF_RXRPC", "", SOCKET(33, 2, 2) },
	{ "af-key", "AF_KEY: IPsec", "", SOCKET(15, 3, 2) },
	{ "af-can", "AF_CAN", "CVE-2021-3609 CVE-2021-32606",
	    SOCKET(29, 2, 2) },
	{ "af-bluetooth", "AF_BLUETOOTH", "CVE-2021-3573",
	    SOCKET(31, 3, 1) },
	{ "dccp", "DCCP", "CVE-2017-6074", { { "socket", false, { 2, 6, 33 } } } },
	{ "sctp", "SCTP", "", { { "socket", false, { 2, 1, 132 } },
	      { "socket", false, { 2, 5, 132 } } } },
	{ "netfilter", "NETLINK_NETFILTER, with CAP_NET_ADMIN",
	    "CVE-2022-25636 CVE-2022-34918 CVE-2023-32233 CVE-2024-1086",
	    SOCKET(16, 3, 12) },
	{ "xfrm", "NETLINK_XFRM, with CAP_NET_ADMIN",
	    "CVE-2017-7184 CVE-2017-16939", SOCKET(16, 3, 6) },
	{ "traffic-control", "NETLINK_ROUTE: queues, with CAP_NET_ADMIN",
	    "CVE-2022-29581 CVE-2023-4206 CVE-2023-4623 CVE-2023-4921",
	    { { "socket", false, { 16, 3, 0 } } } },
	{ "kernel-tls", "TCP_ULP: kernel TLS and others below a connection",
	    "CVE-2023-0461 CVE-2024-26583 CVE-2024-26584 CVE-2024-26585",
	    { { "setsockopt", false, { 3, 6, 31 } } } },
	{ "tiocsti", "TIOCSTI: input for whoever has the terminal next",
	    "CVE-2017-5226", { { "ioctl", false, { 0, 0x5412 } } } },
	{ "tioclinux", "TIOCLINUX: the same on a console",
	    "CVE-2023-1523 CVE-2023-28100",
	    { { "ioctl", false, { 0, 0x541c } } } },
	{ "line-discipline", "TIOCSETD: line disciplines, loaded on demand",
	    "CVE-2017-2636 CVE-2023-6546",
	    { { "ioctl", false, { 0, 0x5423 } } } },
	{ "read-implies-exec", "personality: all that is read is executable", "",
	    { { "personality", false, { 0x400000 } } } },
	{ "no-randomisation", "personality: addresses that can be known", "",
	    { { "personality", false, { 0x40000 } } } },
	{ "ldt", "segments", "CVE-2017-17053",
	    { ANY("modify_ldt") } },
	{ "posix-queues", "POSIX message queues", "CVE-2017-11176",
	    { ANY("mq_notify") } },
	{ "sysv-queues", "System V objects", "CVE-2015-7613",
	    { ANY("msgget"), ANY("shmget"), ANY("semget") } },
	{ "aio", "the old asynchronous I/O", "CVE-2016-10044",
	    { ANY("io_setup") } },
	{ "splice", "page cache by reference", "CVE-2022-0847",
	    { ANY("splice"), ANY("vmsplice") } },
	{ "unix", "AF_UNIX", "CVE-2021-0920 CVE-2023-4622",
	    { { "socket", false, { 1, 1, 0 } },
	      { "socketpair", false, { 1, 1, 0 } } } },
	{ "futex", "futexes with priority inheritance",
	    "CVE-2014-3153 CVE-2021-3347", { { "futex", false, { 0, 6 } },
	      { "futex", false, { 0, 12 } } } },
	{ "memory-maps", "page tables, by threads at once",
	    "CVE-2016-5195 CVE-2023-3269", { ANY("mmap"), ANY("madvise") } },
	{ "waitid", "waitid", "CVE-2017-5123", { ANY("waitid") } },
	{ "posix-timers", "POSIX timers", "CVE-2017-18344 CVE-2025-38352",
	    { ANY("timer_create") } },
	{ "inotify", "watches of files", "CVE-2017-7533",
	    { ANY("inotify_add_watch") } },
	{ NULL, NULL, NULL, { { NULL, false, { 0 } } } },
};
/* clang-format on */
