/* SPDX-License-Identifier: Apache-2.0 */
/*
 * words - flags and small numbers, and which argument has which.
 */
#define _GNU_SOURCE
#include "syscall/words.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "word.h"

static const struct syscall_word sock_flags[] = {
	WORD(SOCK_CLOEXEC),
	WORD(SOCK_NONBLOCK),
	{ NULL, 0 },
};

/* On 64 bits the C library has 0 for it; other C libraries set it. */
#if defined(__aarch64__)
#define LARGEFILE 0400000
#else
#define LARGEFILE 0100000
#endif

/* Those that contain others come first. */
static const struct syscall_word open_flags[] = {
	WORD(O_TMPFILE),
	WORD(O_SYNC),
	WORD(O_CREAT),
	WORD(O_EXCL),
	WORD(O_NOCTTY),
	WORD(O_TRUNC),
	WORD(O_APPEND),
	WORD(O_NONBLOCK),
	WORD(O_DSYNC),
	WORD(O_ASYNC),
	WORD(O_DIRECT),
	{ "O_LARGEFILE", LARGEFILE },
	WORD(O_DIRECTORY),
	WORD(O_NOFOLLOW),
	WORD(O_NOATIME),
	WORD(O_CLOEXEC),
	WORD(O_PATH),
	{ NULL, 0 },
};

static const struct syscall_word open_modes[] = {
	WORD(O_RDONLY),
	WORD(O_WRONLY),
	WORD(O_RDWR),
	{ NULL, 0 },
};

static const struct syscall_word resolve_flags[] = {
	WORD(RESOLVE_NO_XDEV),
	WORD(RESOLVE_NO_MAGICLINKS),
	WORD(RESOLVE_NO_SYMLINKS),
	WORD(RESOLVE_BENEATH),
	WORD(RESOLVE_IN_ROOT),
	WORD(RESOLVE_CACHED),
	{ NULL, 0 },
};

static const struct syscall_word at_flags[] = {
	WORD(AT_SYMLINK_NOFOLLOW),
	WORD(AT_SYMLINK_FOLLOW),
	WORD(AT_NO_AUTOMOUNT),
	WORD(AT_EMPTY_PATH),
	WORD(AT_STATX_FORCE_SYNC),
	WORD(AT_STATX_DONT_SYNC),
	WORD(AT_RECURSIVE),
	{ NULL, 0 },
};

static const struct syscall_word at_remove[] = {
	WORD(AT_REMOVEDIR),
	{ NULL, 0 },
};

static const struct syscall_word at_access[] = {
	WORD(AT_EACCESS),
	WORD(AT_SYMLINK_NOFOLLOW),
	WORD(AT_EMPTY_PATH),
	{ NULL, 0 },
};

static const struct syscall_word access_modes[] = {
	{ "F_OK", 0 },
	{ NULL, 0 },
};

static const struct syscall_word access_flags[] = {
	WORD(R_OK),
	WORD(W_OK),
	WORD(X_OK),
	{ NULL, 0 },
};

static const struct syscall_word protections[] = {
	WORD(PROT_READ),
	WORD(PROT_WRITE),
	WORD(PROT_EXEC),
	WORD(PROT_GROWSDOWN),
	WORD(PROT_GROWSUP),
	{ NULL, 0 },
};

static const struct syscall_word map_kinds[] = {
	WORD(MAP_SHARED),
	WORD(MAP_PRIVATE),
	WORD(MAP_SHARED_VALIDATE),
	{ NULL, 0 },
};

static const struct syscall_word map_flags[] = {
	WORD(MAP_FIXED),
	WORD(MAP_ANONYMOUS),
	WORD(MAP_GROWSDOWN),
	WORD(MAP_DENYWRITE),
	WORD(MAP_LOCKED),
	WORD(MAP_NORESERVE),
	WORD(MAP_POPULATE),
	WORD(MAP_NONBLOCK),
	WORD(MAP_STACK),
	WORD(MAP_HUGETLB),
	WORD(MAP_SYNC),
	WORD(MAP_FIXED_NOREPLACE),
	{ NULL, 0 },
};

static const struct syscall_word rename_flags[] = {
	WORD(RENAME_NOREPLACE),
	WORD(RENAME_EXCHANGE),
	WORD(RENAME_WHITEOUT),
	{ NULL, 0 },
};

static const struct syscall_word mount_flags[] = {
	WORD(MS_RDONLY),
	WORD(MS_NOSUID),
	WORD(MS_NODEV),
	WORD(MS_NOEXEC),
	WORD(MS_SYNCHRONOUS),
	WORD(MS_REMOUNT),
	WORD(MS_MANDLOCK),
	WORD(MS_DIRSYNC),
	WORD(MS_NOSYMFOLLOW),
	WORD(MS_NOATIME),
	WORD(MS_NODIRATIME),
	WORD(MS_BIND),
	WORD(MS_MOVE),
	WORD(MS_REC),
	WORD(MS_SILENT),
	WORD(MS_UNBINDABLE),
	WORD(MS_PRIVATE),
	WORD(MS_SLAVE),
	WORD(MS_SHARED),
	WORD(MS_RELATIME),
	WORD(MS_STRICTATIME),
	WORD(MS_LAZYTIME),
	{ NULL, 0 },
};

static const struct syscall_word umount_flags[] = {
	WORD(MNT_FORCE),
	WORD(MNT_DETACH),
	WORD(MNT_EXPIRE),
	WORD(UMOUNT_NOFOLLOW),
	{ NULL, 0 },
};

static const struct syscall_word memfd_flags[] = {
	WORD(MFD_CLOEXEC),
	WORD(MFD_ALLOW_SEALING),
	WORD(MFD_HUGETLB),
	{ NULL, 0 },
};

static const struct syscall_word message_flags[] = {
	WORD(MSG_OOB),
	WORD(MSG_PEEK),
	WORD(MSG_DONTROUTE),
	WORD(MSG_TRUNC),
	WORD(MSG_DONTWAIT),
	WORD(MSG_EOR),
	WORD(MSG_WAITALL),
	WORD(MSG_CONFIRM),
	WORD(MSG_NOSIGNAL),
	WORD(MSG_MORE),
	WORD(MSG_ZEROCOPY),
	WORD(MSG_FASTOPEN),
	WORD(MSG_CMSG_CLOEXEC),
	{ NULL, 0 },
};

static const struct syscall_word mask_hows[] = {
	WORD(SIG_BLOCK),
	WORD(SIG_UNBLOCK),
	WORD(SIG_SETMASK),
	{ NULL, 0 },
};

static const struct syscall_word whences[] = {
	WORD(SEEK_SET),
	WORD(SEEK_CUR),
	WORD(SEEK_END),
	WORD(SEEK_DATA),
	WORD(SEEK_HOLE),
	{ NULL, 0 },
};

static const struct syscall_word wait_flags[] = {
	WORD(WNOHANG),
	WORD(WUNTRACED),
	WORD(WEXITED),
	WORD(WCONTINUED),
	WORD(WNOWAIT),
	WORD(__WNOTHREAD),
	WORD(__WALL),
	WORD(__WCLONE),
	{ NULL, 0 },
};

static const struct syscall_word lock_flags[] = {
	WORD(LOCK_SH),
	WORD(LOCK_EX),
	WORD(LOCK_NB),
	WORD(LOCK_UN),
	{ NULL, 0 },
};

#define ALL     UINT64_MAX
#define WORDS   UINT64_C(0xffffffff)
#define TYPES   UINT64_C(0xf)
#define SIGNALS UINT64_C(0xff)

#define NUMBER(values)                                                         \
	{                                                                      \
		WORDS, ALL, values, NULL                                       \
	}
#define FLAGS(flags)                                                           \
	{                                                                      \
		WORDS, 0, NULL, flags                                          \
	}

const struct syscall_words syscall_words_open = { ALL, O_ACCMODE, open_modes,
	open_flags };
const struct syscall_words syscall_words_resolve = { ALL, 0, NULL,
	resolve_flags };
const struct syscall_words syscall_words_clone3 = { ALL, 0, NULL,
	syscall_clone_flags };
const struct syscall_words syscall_words_signal = { ALL, ALL, syscall_signals,
	NULL };
const struct syscall_words syscall_words_family = { ALL, ALL, syscall_families,
	NULL };

/* Those with a mask of 0 have none. */
static const struct syscall_words by_kind[SYSCALL_ARGS_KINDS] = {
	[SYSCALL_ARG_OPEN] = { WORDS, O_ACCMODE, open_modes, open_flags },
	[SYSCALL_ARG_AT] = FLAGS(at_flags),
	[SYSCALL_ARG_ACCESS] = { WORDS, ALL, access_modes, access_flags },
	[SYSCALL_ARG_SIGNAL] = NUMBER(syscall_signals),
	[SYSCALL_ARG_CLONE] = { WORDS, 0, NULL, syscall_clone_flags },
	[SYSCALL_ARG_FAMILY] = NUMBER(syscall_families),
	[SYSCALL_ARG_SOCK] = { WORDS, TYPES, syscall_sock_types, sock_flags },
};

/* More than the kind says. */
static const struct {
	const char *call;
	size_t argument;
	struct syscall_words words;
} by_call[] = {
	{ "bpf", 0, NUMBER(syscall_bpfs) },
	{ "clone", 0,
	    { WORDS, SIGNALS, syscall_signals, syscall_clone_flags } },
	{ "dup3", 2, FLAGS(open_flags) },
	{ "faccessat2", 3, FLAGS(at_access) },
	{ "fcntl", 1, NUMBER(syscall_fcntls) },
	{ "flock", 1, FLAGS(lock_flags) },
	{ "getsockopt", 1, NUMBER(syscall_sock_levels) },
	{ "ioctl", 1, NUMBER(syscall_ioctls) },
	{ "keyctl", 0, NUMBER(syscall_keyctls) },
	{ "lseek", 2, NUMBER(whences) },
	{ "memfd_create", 1, FLAGS(memfd_flags) },
	{ "mmap", 2, FLAGS(protections) },
	{ "mmap", 3, { WORDS, MAP_TYPE, map_kinds, map_flags } },
	{ "mount", 3, FLAGS(mount_flags) },
	{ "mprotect", 2, FLAGS(protections) },
	{ "personality", 0, NUMBER(syscall_personalities) },
	{ "pipe2", 1, FLAGS(open_flags) },
	{ "pkey_mprotect", 2, FLAGS(protections) },
	{ "prctl", 0, NUMBER(syscall_prctls) },
	{ "ptrace", 0, NUMBER(syscall_ptraces) },
	{ "recvfrom", 3, FLAGS(message_flags) },
	{ "recvmsg", 2, FLAGS(message_flags) },
	{ "renameat2", 4, FLAGS(rename_flags) },
	{ "rt_sigprocmask", 0, NUMBER(mask_hows) },
	{ "sendmmsg", 3, FLAGS(message_flags) },
	{ "sendmsg", 2, FLAGS(message_flags) },
	{ "sendto", 3, FLAGS(message_flags) },
	{ "setsockopt", 1, NUMBER(syscall_sock_levels) },
	{ "umount2", 1, FLAGS(umount_flags) },
	{ "unlinkat", 2, FLAGS(at_remove) },
	{ "wait4", 2, FLAGS(wait_flags) },
	{ "waitid", 3, FLAGS(wait_flags) },
};

const struct syscall_words *
syscall_words_find(const struct syscall_row *row, size_t argument)
{
	const struct syscall_words *words = &by_kind[row->args[argument]];

	for (size_t i = 0; i < ARRAY_SIZE(by_call); i++) {
		if (by_call[i].argument == argument &&
		    strcmp(by_call[i].call, row->name) == 0)
			return &by_call[i].words;
	}
	return words->mask != 0 ? words : NULL;
}

const char *
syscall_word_find(const struct syscall_word *words, uint64_t number)
{
	for (; words->word != NULL; words++) {
		if (words->number == number)
			return words->word;
	}
	return NULL;
}
