/* SPDX-License-Identifier: Apache-2.0 */
/*
 * task - what the sentry keeps of each thread of the container.
 *
 * Private to sentry. Credentials are read from procfs, which costs ten times as
 * much as a call that is performed, so they are kept until the thread makes a
 * call that may change them (SYSCALL_GROUP_CREDS), or executes a program: a
 * thread's credentials are its own, and it makes one call at a time, so that
 * what was read before a call still holds while that is performed. Nobody knows
 * when the kernel has changed them but the thread, by its next call: what is
 * read at any other time is used once, and not kept.
 */
#ifndef SENTRY_TASK_H
#define SENTRY_TASK_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* With what the kernel decides about files: credentials(7). */
struct creds {
	unsigned references;
	uid_t uid; /* of the file system */
	gid_t gid;
	uint64_t capabilities; /* effective ones over the container */
	uint64_t permitted;    /* what access(2) asks by, for root */
	uint64_t inheritable;
	/* Real, effective, saved: of a process that tells who it is. */
	uid_t uids[3];
	gid_t gids[3];
	size_t groups_count;
	gid_t groups[];
};

/* What one look at a thread gives. */
struct task {
	pid_t tid, pid;   /* as this process numbers them */
	pid_t vtid, vpid; /* as the thread's own pid namespace does */
	struct creds *creds;
	struct creds *shown; /* who it seems to be: pretend.h. NULL: who it is
			      */
	/* For tasks_keep(): the creds were read now, and what had happened
	 * before. */
	bool is_fresh;
	uint64_t removals, changes;
};

struct tasks;

/* proc is the procfs in which the sentry has a number; NULL without memory. */
struct tasks *tasks_new(int proc);
void tasks_free(struct tasks *tasks);

/*
 * Look at a thread. Returns 0, or -errno when it is gone. What is found is
 * released by task_release().
 */
int tasks_look(struct tasks *tasks, pid_t tid, struct task *out);
void task_release(struct tasks *tasks, struct task *task);

/*
 * Keep what was found, until it makes a call that may change it. Only of a
 * thread that was stopped in a call before it was looked at, and still is.
 */
void tasks_keep(struct tasks *tasks, const struct task *task);

/* One more who has them; and one less, or none: NULL. */
struct creds *task_keep(struct tasks *tasks, struct creds *creds);
void task_let_go(struct tasks *tasks, struct creds **creds);

/* It seems to be that from here on, whose reference is given away; NULL: what
 * it is. 0; -ESRCH: it has ended, and its number may be another's soon. */
int tasks_show(struct tasks *tasks, pid_t tid, struct creds **shown);

/* The same of a task, one more who has it: for a child, or a new program. */
struct creds *tasks_shown(struct tasks *tasks, pid_t tid);

/* Its credentials may be others after this call. */
void tasks_forget_creds(struct tasks *tasks, pid_t tid);

/* Has nobody ended, or become another program, since it was looked at? */
bool tasks_are_as_at(struct tasks *tasks, const struct task *task);

/* There is a new one. Nothing is known of it but that. */
void tasks_add(struct tasks *tasks, pid_t tid);
bool tasks_has(struct tasks *tasks, pid_t tid);

/*
 * The thread that has a number in the container: as the sentry numbers it, or
 * -ESRCH. One that just began may not be found.
 */
pid_t tasks_find(struct tasks *tasks, pid_t vtid);

/* It has ended, or become another by execve(2). */
void tasks_remove(struct tasks *tasks, pid_t tid);

/* status.c: the umask, which threads share, so that it is never kept; 077 if it
 * cannot be read. */
mode_t task_umask(int proc, pid_t tid);

enum task_limit {
	TASK_LIMIT_FILES,     /* RLIMIT_NOFILE */
	TASK_LIMIT_FILE_SIZE, /* RLIMIT_FSIZE */
};

/* status.c: a soft limit; UINT64_MAX: it has none, or that cannot be read. */
uint64_t task_limit(int proc, pid_t tid, enum task_limit which);

/* status.c: can it have so many descriptors more? */
bool task_has_room(int proc, pid_t tid, unsigned wanted);

/* /proc/TID/NAME of a thread; -1 and errno. */
int task_open(int proc, pid_t tid, const char *name, int flags);

/* status.c: /proc/TID/status of a thread, the caller's to free; NULL and errno.
 */
char *task_status(int proc, pid_t tid);

/*
 * status.c: a line of it, of numbers: the one of that index, or the last, which
 * is the innermost namespace's; and how many there are.
 */
bool task_status_number(const char *text, const char *name, size_t index,
    uint64_t *out);
bool task_status_last(const char *text, const char *name, uint64_t *out);
size_t task_status_count(const char *text, const char *name);

/* status.c: read what is in the text of /proc/TID/status. False: it is not
 * such a text. */
bool
task_parse_status(const char *text, struct task *out, struct creds **creds);

#endif
