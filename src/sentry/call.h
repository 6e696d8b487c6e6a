/* SPDX-License-Identifier: Apache-2.0 */
/*
 * call - a system call that was intercepted: its numbers and one copy of its
 * input; and what is answered.
 *
 * Private to sentry. The copy is made once, by the kinds of the row's
 * arguments, before anything is decided; what decides, what performs and what
 * tells of it see the same bytes, and have no means to read the task's memory.
 */
#ifndef SENTRY_CALL_H
#define SENTRY_CALL_H

#include <limits.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "event/event.h"
#include "syscall/syscall.h"

/* Two paths, or a message's 1,024 pieces, and what else a call may bring. */
#define CALL_BYTES (8 * PATH_MAX)

/* The value of an extended attribute; and what a call is to write back. */
#define CALL_LARGE 65536

/* How much of argv and envp together is kept, for the log. */
#define CALL_STRINGS 2048

struct call {
	pid_t tid;                     /* as this process numbers it */
	const struct syscall_row *row; /* NULL: there is none */
	struct seccomp_data data;
	struct event_copy copies[6];
	size_t used;
	char bytes[CALL_BYTES];
	/* What has been sent before REPLY_LATER: bytes, messages. */
	uint64_t done;
	/* Set by who decides, for the event. */
	enum event_decision decision;
	char rule[64];
	char object[PATH_MAX];
	char target[PATH_MAX]; /* a new name for it */
	bool is_new;           /* it was not there, and now is */
	/* Of SYSCALL_ARG_IN, and room for what reply_out() answers. Last, as it
	 * is seldom touched. */
	char large[CALL_LARGE] __attribute__((aligned(8)));
};

/*
 * Room for one, of which only what is used costs memory: it is large for what
 * is rare. NULL without memory.
 */
struct call *call_new(void);
void call_free(struct call **call);

/* Copy what the row says in. Errors of one argument are in its copy. */
void call_copy_in(struct call *call);

/*
 * An argument that is a string: NULL and a negative errno as the kernel would
 * have it, of a path that is too long or lies nowhere.
 */
const char *call_text(const struct call *call, size_t index, int *failed);

/* The bytes of another kind: as many as are there, at most size. */
int call_bytes(const struct call *call, size_t index, void *out, size_t size);

enum reply_kind {
	REPLY_CONTINUE,  /* it happens as it is */
	REPLY_VALUE,     /* a result, or -errno */
	REPLY_FD,        /* a descriptor of ours, for it to have */
	REPLY_SWAP,      /* one in the place of another, and a result */
	REPLY_LATER,     /* it may block: by a thread that can wait */
	REPLY_DIRECTORY, /* the same, to be its working directory */
	REPLY_ROOT,      /* the same, to be its root */
	/* A signal has come, after which it begins again, or fails with EINTR:
	 * as the handler says. */
	REPLY_RESTART,
};

/*
 * A descriptor of ours is one too many for a moment, once the task has its own
 * and goes on: a FIFO has a writer that it has not, and a program that was just
 * written is busy. Of files that are only read it is noticed by locks alone:
 * notify.c.
 */
struct reply {
	enum reply_kind kind;
	int64_t value;
	int fd; /* REPLY_FD, _SWAP, _DIRECTORY, _ROOT: to be closed after that
		 */
	int number;      /* REPLY_SWAP: which descriptor of the task's */
	bool may_linger; /* ours may be closed after the task goes on */
	bool is_cloexec; /* in the task */
	int back;        /* REPLY_ROOT: its working directory, that it stays */
	/* To be written into the task's memory first: call.large. */
	uint64_t out_address;
	const void *out;
	size_t out_length;
};

static inline struct reply
reply_value(int64_t value)
{
	return (struct reply){ .kind = REPLY_VALUE, .value = value, .fd = -1 };
}

/* The same, and so many bytes of call.large to that address. */
static inline struct reply
reply_out(uint64_t address, const void *out, size_t length, int64_t value)
{
	return (struct reply){ .kind = REPLY_VALUE,
		.value = value,
		.fd = -1,
		.out_address = address,
		.out = out,
		.out_length = length };
}

static inline struct reply
reply_continue(void)
{
	return (struct reply){ .kind = REPLY_CONTINUE, .fd = -1 };
}

static inline struct reply
reply_fd(int fd, bool is_cloexec)
{
	return (struct reply){ .kind = REPLY_FD,
		.fd = fd,
		.is_cloexec = is_cloexec };
}

static inline struct reply
reply_later(void)
{
	return (struct reply){ .kind = REPLY_LATER, .fd = -1 };
}

static inline struct reply
reply_restart(void)
{
	return (struct reply){ .kind = REPLY_RESTART, .fd = -1 };
}

/* Of the kernel alone, for the code that delivers signals. */
#define CALL_ERESTARTSYS    512
#define CALL_ERESTARTNOINTR 513

/*
 * message.c: the struct msghdr of a call, or the array of struct mmsghdr, and
 * what they point to.
 */
void call_copy_message(struct call *call, size_t index);
void call_copy_messages(struct call *call, size_t index);

/*
 * A string of the task's of at most max bytes with its NUL. 0; -ENAMETOOLONG,
 * with max bytes and no NUL; or -errno.
 */
int task_read_text(pid_t tid, uint64_t address, char *out, size_t max,
    size_t *length);

/* The task's memory: as many bytes, or -1 and errno. */
ssize_t task_read(pid_t tid, uint64_t address, void *out, size_t length);
ssize_t
task_write(pid_t tid, uint64_t address, const void *bytes, size_t length);

#endif
