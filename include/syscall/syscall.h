/* SPDX-License-Identifier: Apache-2.0 */
/*
 * syscall - what is known of each system call, whoever asks.
 *
 * Layer 1. Uses base. One row for every number of x86-64 and arm64, in
 * src/syscall/rows.c; a test walks it against libseccomp and <asm/unistd.h>.
 * What somebody wants to know of every call becomes a column there.
 *
 * The interception layer is made of it: filter_mediate() makes the program,
 * the sentry finds what to do by handlers.h, docs/SYSCALLS.md is printed from
 * it. docs/howto/syscall.md says how a call gets its row.
 */
#ifndef SYSCALL_SYSCALL_H
#define SYSCALL_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "syscall/handlers.h"
#include "syscall/limit.h"

/* The part of the kernel that serves a call. */
enum syscall_facility {
	SYSCALL_IO,
	SYSCALL_FILES,
	SYSCALL_EVENTS,
	SYSCALL_AIO,
	SYSCALL_MEMORY,
	SYSCALL_PROCESS,
	SYSCALL_SIGNALS,
	SYSCALL_SYNC,
	SYSCALL_TIME,
	SYSCALL_SCHED,
	SYSCALL_IPC,
	SYSCALL_NETWORK,
	SYSCALL_IDENTITY,
	SYSCALL_NAMESPACES,
	SYSCALL_TRACING,
	SYSCALL_SECURITY,
	SYSCALL_PROGRAMS,
	SYSCALL_SYSTEM,
	SYSCALL_CPU,
	SYSCALL_OBSOLETE,
	SYSCALL_FACILITIES,
};

/* Of a call that an architecture does not have. */
#define SYSCALL_NONE (-1)

/* ---- what the interception layer makes of a call ------------------------ */

/* What an argument is, for whoever copies it in, shows it or rewrites it. */
enum syscall_arg {
	SYSCALL_ARG_NONE, /* there is no such argument */
	SYSCALL_ARG_INT,  /* signed, 32 bits */
	SYSCALL_ARG_UINT, /* unsigned, 32 bits */
	SYSCALL_ARG_LONG, /* 64 bits: an offset, a size that is signed */
	SYSCALL_ARG_SIZE, /* size_t: of what the pointer before it points to */
	SYSCALL_ARG_HEX,  /* bits without a kind of their own here */
	SYSCALL_ARG_POINTER, /* an address that is not looked at */
	SYSCALL_ARG_OUT,     /* memory that the call fills in */
	/* Memory that it reads, and nobody shows; some write to it as well. Its
	 * size is the SYSCALL_ARG_SIZE next to it, behind it or else before it;
	 * or as many bytes as the name says. */
	SYSCALL_ARG_IN,
	SYSCALL_ARG_IN4,
	SYSCALL_ARG_IN8,
	SYSCALL_ARG_IN16,
	SYSCALL_ARG_IN32,
	SYSCALL_ARG_FD,    /* a descriptor */
	SYSCALL_ARG_DIRFD, /* the same, or AT_FDCWD; the path is next */
	/* A string that is looked up as a path. NULL where a call takes that
	 * for the descriptor before it: utimensat. */
	SYSCALL_ARG_PATH,
	SYSCALL_ARG_STRING,  /* one that is not: a name, a symbolic link's text
			      */
	SYSCALL_ARG_STRINGS, /* argv, envp: pointers to strings, NULL at the end
			      */
	SYSCALL_ARG_SOCKADDR, /* struct sockaddr; its length is next */
	SYSCALL_ARG_MSGHDR,   /* struct msghdr that is sent */
	SYSCALL_ARG_MMSGHDR,  /* an array of struct mmsghdr; its length is next
			       */
	SYSCALL_ARG_OPEN_HOW, /* struct open_how; its size is next */
	SYSCALL_ARG_CLONE_ARGS, /* struct clone_args; its size is next */
	SYSCALL_ARG_OPEN,       /* O_* */
	SYSCALL_ARG_AT,         /* AT_* */
	SYSCALL_ARG_MODE,       /* permissions, octal */
	SYSCALL_ARG_ACCESS,     /* R_OK, W_OK, X_OK */
	SYSCALL_ARG_PID, /* of a process or a thread, as the caller sees it */
	SYSCALL_ARG_UID,
	SYSCALL_ARG_GID,
	SYSCALL_ARG_SIGNAL,
	SYSCALL_ARG_CLONE,   /* CLONE_* */
	SYSCALL_ARG_FAMILY,  /* AF_* */
	SYSCALL_ARG_SOCK,    /* SOCK_* */
	SYSCALL_ARG_REQUEST, /* of ioctl, fcntl, prctl, bpf ... */
	SYSCALL_ARGS_KINDS,
};

enum syscall_mode {
	SYSCALL_MODE_OBSERVE,
	SYSCALL_MODE_GUARD,
	SYSCALL_MODE_SEALED,
	SYSCALL_MODES,
};

enum syscall_action {
	/* The kernel alone serves it. */
	SYSCALL_PASS,
	/* Answered by the filter with the row's error, or as done where it has
	 * none: it never gets further. */
	SYSCALL_REFUSE,
	/* The sentry is told of it before it happens as it is: no decision. */
	SYSCALL_OBSERVE,
	/* The sentry copies the input, decides on the copy and does it itself.
	 */
	SYSCALL_PERFORM,
	/* By a stop of ptrace(2) on every platform: the sentry decides, and
	 * gives the kernel other arguments or looks at the result. */
	SYSCALL_TRACE,
	SYSCALL_ACTIONS,
};

/*
 * Rows that a policy needs together. Guard leaves a row to the kernel when it
 * is in none of the groups that are asked for.
 */
enum syscall_group {
	SYSCALL_GROUP_NONE = 0,
	SYSCALL_GROUP_OPEN = 1 << 0,    /* a file is opened, whichever way */
	SYSCALL_GROUP_CHANGE = 1 << 1,  /* a file is made, removed, altered */
	SYSCALL_GROUP_LOOK = 1 << 2,    /* a path is looked at */
	SYSCALL_GROUP_NETWORK = 1 << 3, /* an address is used */
	SYSCALL_GROUP_EXECUTE = 1 << 4,
	/* Ids, root or namespaces may change, so that what is known of a task
	 * is so no longer. The sentry is told before that: another thread may
	 * ask in between, so nothing that threads share (root, current
	 * directory) is to be kept at all. */
	SYSCALL_GROUP_CREDS = 1 << 5,
	/* What would go behind the back of a sentry, whatever it decides. */
	SYSCALL_GROUP_ANY = 1 << 6,
	/* What a show of root needs: ids that are changed and asked for, and
	 * what files seem to be. */
	SYSCALL_GROUP_PRETEND = 1 << 7,
};

struct syscall_row {
	const char *name;
	int x86_64;
	int arm64;
	enum syscall_facility facility;
	const char *risk; /* what the facility does not say already, or NULL */
	enum syscall_arg args[6];
	enum syscall_action action[SYSCALL_MODES];
	enum syscall_handler handler; /* where it is performed or traced */
	unsigned groups;              /* SYSCALL_GROUP_* */
	/* The arguments that it may have, whatever the action is; with others
	 * it is refused. */
	enum syscall_limit limit[SYSCALL_MODES];
	/* The arguments with which there is nothing to tell or to decide: the
	 * kernel alone serves it, where it is told of or performed. What is
	 * stopped is so with all: syscall_unless(). */
	enum syscall_limit unless;
	/* The arguments with which sealed performs it by a stop, whatever the
	 * platform: what is handed over can be in no other way. */
	enum syscall_limit stops;
	/* The arguments with which it only reads, or only lists a directory,
	 * or only writes and makes a file: the kernel's in guard, where no rule
	 * is about that. */
	enum syscall_limit reads, lists, writes;
	/* The arguments with which it locks an open file: by notify the sentry
	 * is told before, as it may have that file for a moment longer than the
	 * open(2) took, in guard and sealed. */
	enum syscall_limit locks;
	/* Where sockets are handed in from outside: with others than these
	 * arguments the sentry performs it whatever unless says, or where it
	 * does not perform it, it is refused. */
	enum syscall_limit outside;
	/* The arguments with which guard refuses it where it decides by the
	 * names of files. */
	enum syscall_limit never;
	int error;        /* of a refusal; 0: as done, for it is advice */
	const char *note; /* what is decided on what, or why; or NULL */
};

/* The architectures that have a column. */
enum syscall_arch {
	SYSCALL_X86_64,
	SYSCALL_ARM64,
};

#if defined(__x86_64__)
#define SYSCALL_NATIVE SYSCALL_X86_64
#elif defined(__aarch64__)
#define SYSCALL_NATIVE SYSCALL_ARM64
#else
#error "syscall: this architecture is not known"
#endif

/* By facility; the last has no name. */
extern const struct syscall_row syscall_rows[];

/* NULL when there is none. */
const struct syscall_row *
syscall_find_name(const char *name) __attribute__((nonnull));
const struct syscall_row *
syscall_find_number(enum syscall_arch arch, int number);

/* The arguments with which the kernel alone serves it in that mode. */
enum syscall_limit syscall_unless(const struct syscall_row *row,
    enum syscall_mode mode) __attribute__((nonnull));

/* The arguments with which it is refused there, where names are decided on. */
enum syscall_limit syscall_never(const struct syscall_row *row,
    enum syscall_mode mode) __attribute__((nonnull));

/*
 * What becomes of it: as the row says; or, where root is a show and the row has
 * a part in that, it is performed, and refused if nobody can.
 */
enum syscall_action syscall_action(const struct syscall_row *row,
    enum syscall_mode mode, bool pretends) __attribute__((nonnull));

/* "observe", "guard", "sealed". */
const char *syscall_mode_name(enum syscall_mode mode);
/* False when it is none of them. */
bool syscall_mode_parse(const char *name, enum syscall_mode *out)
    __attribute__((nonnull, warn_unused_result));

/* SECCOMP_RET_DATA of a SECCOMP_RET_TRACE that is for the sentry. Those of
 * other filters are not: a program's own asks for a tracer that is not there.
 */
#define SYSCALL_TRACE_MARK 0x1a9cu

/* SYSCALL_NONE when the architecture does not have the call. */
int syscall_number(const struct syscall_row *row, enum syscall_arch arch)
    __attribute__((nonnull));

/* A few words for a heading, and what is to be feared of it. */
const char *syscall_facility_name(enum syscall_facility facility);
const char *syscall_facility_risk(enum syscall_facility facility);

/* ---- entries.c: where attacks begin ------------------------------------ */

#define SYSCALL_ARGS_MAX 4

/* A call by which a part of the kernel is entered; arguments as given. */
struct syscall_door {
	const char *name;  /* NULL: none more */
	bool any_argument; /* else exactly these, and 0 for what is left */
	uint64_t args[SYSCALL_ARGS_MAX];
};

#define SYSCALL_DOORS_MAX 4

/* A part of the kernel that had holes, and every door to it. */
struct syscall_entry {
	const char *id;
	const char *what;
	const char *cves; /* public ones that began there; "" for none */
	struct syscall_door doors[SYSCALL_DOORS_MAX + 1];
};

/* The last has no id. */
extern const struct syscall_entry syscall_entries[];

#endif
