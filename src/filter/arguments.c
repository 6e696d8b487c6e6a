/* SPDX-License-Identifier: Apache-2.0 */
/*
 * arguments - the table.
 *
 * A call belongs here when its number says little and a register says what it
 * reaches: another protocol, driver or namespace. Those that programs make all
 * the time and that reach one thing (fcntl, madvise) do not: comparing costs
 * more than it saves.
 */
#define _GNU_SOURCE
#include "arguments.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "base/auto.h"

#define WORD(word)                                                             \
	{                                                                      \
#word, (uint64_t)(word)                                        \
	}

static const struct argument_word domains[] = {
	WORD(AF_UNIX),
	WORD(AF_INET),
	WORD(AF_INET6),
	WORD(AF_NETLINK),
	WORD(AF_PACKET),
	WORD(AF_ALG),
	WORD(AF_NFC),
	WORD(AF_VSOCK),
	WORD(AF_BLUETOOTH),
	WORD(AF_CAN),
	WORD(AF_TIPC),
	WORD(AF_KEY),
	WORD(AF_XDP),
	{ NULL, 0 },
};

static const struct argument_word types[] = {
	WORD(SOCK_STREAM),
	WORD(SOCK_DGRAM),
	WORD(SOCK_RAW),
	WORD(SOCK_RDM),
	WORD(SOCK_SEQPACKET),
	{ NULL, 0 },
};

static const struct argument_word levels[] = {
	WORD(SOL_SOCKET),
	{ "IPPROTO_IP", 0 },
	{ "IPPROTO_TCP", 6 },
	{ "IPPROTO_UDP", 17 },
	{ "IPPROTO_IPV6", 41 },
	{ "SOL_NETLINK", 270 },
	{ NULL, 0 },
};

static const struct argument_word clone_flags[] = {
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
	{ NULL, 0 },
};

static const struct argument_word requests[] = {
	WORD(TCGETS),
	WORD(TCSETS),
	WORD(TCSETSW),
	WORD(TCSETSF),
	WORD(TIOCSCTTY),
	WORD(TIOCGPGRP),
	WORD(TIOCSPGRP),
	WORD(TIOCGWINSZ),
	WORD(TIOCSWINSZ),
	WORD(TIOCSTI),
	WORD(TIOCLINUX),
	WORD(TIOCSETD),
	WORD(TIOCNOTTY),
	WORD(TIOCGPTN),
	WORD(TIOCSPTLCK),
	WORD(FIONREAD),
	WORD(FIONBIO),
	WORD(FIOCLEX),
	WORD(FIONCLEX),
	{ NULL, 0 },
};

static const struct argument_word options[] = {
	WORD(PR_SET_PDEATHSIG),
	WORD(PR_GET_DUMPABLE),
	WORD(PR_SET_DUMPABLE),
	WORD(PR_SET_KEEPCAPS),
	WORD(PR_SET_NAME),
	WORD(PR_GET_NAME),
	WORD(PR_GET_SECCOMP),
	WORD(PR_SET_SECCOMP),
	WORD(PR_CAPBSET_READ),
	WORD(PR_CAPBSET_DROP),
	WORD(PR_SET_SECUREBITS),
	WORD(PR_SET_MM),
	WORD(PR_SET_PTRACER),
	WORD(PR_SET_CHILD_SUBREAPER),
	WORD(PR_SET_NO_NEW_PRIVS),
	WORD(PR_CAP_AMBIENT),
	WORD(PR_SET_VMA),
	{ NULL, 0 },
};

static const struct argument_word personalities[] = {
	{ "PER_LINUX", 0 },
	{ "PER_LINUX32", 8 },
	{ "ADDR_NO_RANDOMIZE", 0x0040000 },
	{ "READ_IMPLIES_EXEC", 0x0400000 },
	{ "UNAME26", 0x0020000 },
	{ "PER_LINUX32|UNAME26", 0x0020008 },
	{ "query", 0xffffffff },
	{ NULL, 0 },
};

#define WORDS 0xffffffffu
/* How the descriptor behaves is no matter of what it reaches. */
#define TYPE (WORDS & ~(uint64_t)(SOCK_CLOEXEC | SOCK_NONBLOCK))
/* SOCK_TYPE_MASK of the kernel */
#define SOCK_TYPE 0xf
/* The low byte is the signal at the end. */
#define CLONE_FLAGS                                                            \
	{                                                                      \
		0, WORDS & ~0xffull, clone_flags, 1                            \
	}

const struct arguments arguments_table[ARGUMENTS_ROWS + 1] = {
	{ "arch_prctl", 1, { { 0, WORDS, NULL, 0 } } },
	{ "bpf", 1, { { 0, WORDS, NULL, 0 } } },
	{ "clone", 1, { CLONE_FLAGS } },
	{ "ioctl", 1, { { 1, WORDS, requests, 0 } } },
	{ "keyctl", 1, { { 0, WORDS, NULL, 0 } } },
	{ "personality", 1, { { 0, WORDS, personalities, 0 } } },
	{ "prctl", 1, { { 0, WORDS, options, 0 } } },
	{ "setns", 1, { { 1, WORDS, clone_flags, 1 } } },
	{ "setsockopt", 2, { { 1, WORDS, levels, 0 }, { 2, WORDS, NULL, 0 } } },
	{ "socket", 3,
	    { { 0, WORDS, domains, 0 }, { 1, TYPE, types, 0, SOCK_TYPE },
		{ 2, WORDS, NULL, 0 } } },
	{ "socketpair", 3,
	    { { 0, WORDS, domains, 0 }, { 1, TYPE, types, 0, SOCK_TYPE },
		{ 2, WORDS, NULL, 0 } } },
	{ "unshare", 1, { { 0, WORDS, clone_flags, 1 } } },
	{ NULL, 0, { { 0, 0, NULL, 0 } } },
};

const struct arguments *
arguments_find(const char *name)
{
	for (const struct arguments *row = arguments_table; row->name != NULL;
	     row++) {
		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

const struct argument *
arguments_item(const char *name, uint32_t index)
{
	const struct arguments *row =
	    name != NULL ? arguments_find(name) : NULL;

	for (size_t i = 0; row != NULL && i < row->count; i++) {
		if (row->items[i].index == index)
			return &row->items[i];
	}
	return NULL;
}
