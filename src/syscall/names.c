/* SPDX-License-Identifier: Apache-2.0 */
/*
 * names - words of what several calls take.
 */
#define _GNU_SOURCE
#include <linux/sched.h>
#include <signal.h>
#include <sys/personality.h>
#include <sys/socket.h>

#include "syscall/words.h"
#include "word.h"

const struct syscall_word syscall_families[] = {
	WORD(AF_UNSPEC),
	WORD(AF_UNIX),
	WORD(AF_INET),
	WORD(AF_INET6),
	WORD(AF_NETLINK),
	WORD(AF_PACKET),
	WORD(AF_ALG),
	WORD(AF_VSOCK),
	WORD(AF_BLUETOOTH),
	WORD(AF_CAN),
	WORD(AF_TIPC),
	WORD(AF_KEY),
	WORD(AF_XDP),
	WORD(AF_RXRPC),
	WORD(AF_KCM),
	WORD(AF_SMC),
	WORD(AF_IB),
	WORD(AF_NFC),
	WORD(AF_PPPOX),
	{ NULL, 0 },
};

const struct syscall_word syscall_sock_types[] = {
	WORD(SOCK_STREAM),
	WORD(SOCK_DGRAM),
	WORD(SOCK_RAW),
	WORD(SOCK_RDM),
	WORD(SOCK_SEQPACKET),
	WORD(SOCK_DCCP),
	WORD(SOCK_PACKET),
	{ NULL, 0 },
};

const struct syscall_word syscall_sock_levels[] = {
	WORD(SOL_SOCKET),
	{ "IPPROTO_IP", 0 },
	{ "IPPROTO_TCP", 6 },
	{ "IPPROTO_UDP", 17 },
	{ "IPPROTO_IPV6", 41 },
	{ "SOL_NETLINK", 270 },
	{ NULL, 0 },
};

const struct syscall_word syscall_clone_flags[] = {
	WORD(CLONE_VM),
	WORD(CLONE_FS),
	WORD(CLONE_FILES),
	WORD(CLONE_SIGHAND),
	WORD(CLONE_PIDFD),
	WORD(CLONE_PTRACE),
	WORD(CLONE_VFORK),
	WORD(CLONE_PARENT),
	WORD(CLONE_THREAD),
	WORD(CLONE_NEWNS),
	WORD(CLONE_SYSVSEM),
	WORD(CLONE_SETTLS),
	WORD(CLONE_PARENT_SETTID),
	WORD(CLONE_CHILD_CLEARTID),
	WORD(CLONE_UNTRACED),
	WORD(CLONE_CHILD_SETTID),
	WORD(CLONE_NEWCGROUP),
	WORD(CLONE_NEWUTS),
	WORD(CLONE_NEWIPC),
	WORD(CLONE_NEWUSER),
	WORD(CLONE_NEWPID),
	WORD(CLONE_NEWNET),
	WORD(CLONE_IO),
	WORD(CLONE_NEWTIME),
	WORD(CLONE_CLEAR_SIGHAND),
	WORD(CLONE_INTO_CGROUP),
	{ NULL, 0 },
};

const struct syscall_word syscall_signals[] = {
	WORD(SIGHUP),
	WORD(SIGINT),
	WORD(SIGQUIT),
	WORD(SIGILL),
	WORD(SIGTRAP),
	WORD(SIGABRT),
	WORD(SIGBUS),
	WORD(SIGFPE),
	WORD(SIGKILL),
	WORD(SIGUSR1),
	WORD(SIGSEGV),
	WORD(SIGUSR2),
	WORD(SIGPIPE),
	WORD(SIGALRM),
	WORD(SIGTERM),
	WORD(SIGSTKFLT),
	WORD(SIGCHLD),
	WORD(SIGCONT),
	WORD(SIGSTOP),
	WORD(SIGTSTP),
	WORD(SIGTTIN),
	WORD(SIGTTOU),
	WORD(SIGURG),
	WORD(SIGXCPU),
	WORD(SIGXFSZ),
	WORD(SIGVTALRM),
	WORD(SIGPROF),
	WORD(SIGWINCH),
	WORD(SIGIO),
	WORD(SIGPWR),
	WORD(SIGSYS),
	{ NULL, 0 },
};

const struct syscall_word syscall_personalities[] = {
	{ "PER_LINUX", 0 },
	{ "PER_LINUX32", 8 },
	{ "ADDR_NO_RANDOMIZE", 0x0040000 },
	{ "READ_IMPLIES_EXEC", 0x0400000 },
	{ "UNAME26", 0x0020000 },
	{ "PER_LINUX32|UNAME26", 0x0020008 },
	{ "query", 0xffffffff },
	{ NULL, 0 },
};
