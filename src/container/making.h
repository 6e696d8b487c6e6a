/* SPDX-License-Identifier: Apache-2.0 */
/*
 * making - a container while create or run works on it.
 *
 * Private to container.
 */
#ifndef CONTAINER_MAKING_H
#define CONTAINER_MAKING_H

#include <signal.h>

#include "container/container.h"
#include "container/store.h"
#include "group.h"
#include "init/init.h"
#include "intercept.h"
#include "notify.h"
#include "ns/ns.h"
#include "rdt/rdt.h"
#include "timeline.h"
#include "watch.h"

struct making {
	const struct container_create *request;
	struct container_record record;
	struct spec *spec;
	struct filter filter;
	struct watched watched;
	struct intercept intercept;
	struct ns_plan ns;
	struct rootfs_plan *rootfs;
	struct init init;
	struct spec_strings env; /* the program's */
	struct init_shared *shared;
	size_t shared_size;
	char *json; /* the configuration as it was read */
	size_t json_length;
	char *bundle;       /* absolute */
	int root;           /* the state directory */
	int dir;            /* the container's below it; holds the lock */
	int sync;           /* our end */
	int init_sync;      /* init's, closed here once it is made */
	int start;          /* listening socket for start, or -1 */
	int console;        /* terminal's master when it is ours to relay */
	int job;            /* says that the program was stopped, or -1 */
	int job_end;        /* the other end, which init has */
	struct group group; /* the hierarchy */
	int cgroup;         /* the container's, once it is made */
	size_t cgroup_kept; /* how much of its path was there before */
	char *properties;   /* of the scope that systemd is to make */
	size_t properties_length;
	bool is_scope_begun; /* there may be one to stop */
	int rdt;             /* the resctrl file system, or -1 */
	struct rdt_plan rdt_plan;
	bool is_rdt_begun; /* there may be something to remove */
	struct ns_child child;
	struct timeline timeline;
	bool is_ours_to_relay;       /* run without --detach */
	int signals;                 /* held for the program; or -1 */
	sigset_t unheld;             /* what was held before */
	bool has_notify;             /* the container gets a socket: notify.h */
	struct notify notify;        /* run: who listens there */
	struct questions *questions; /* run: who is asked: question.h */
};

#define MAKING_NONE                                                            \
	{                                                                      \
		.root = -1, .dir = -1, .sync = -1, .init_sync = -1,            \
		.start = -1, .group = GROUP_NONE, .cgroup = -1, .console = -1, \
		.job = -1, .job_end = -1, .rdt = -1, .child = { .pidfd = -1 }, \
		.notify = { .socket = -1 }, .watched = WATCHED_NONE,           \
		.signals = -1, .intercept = INTERCEPT_NONE,                    \
		.ns = {.proc = -1,                                             \
			.cgroup = -1,                                          \
			.join = { -1, -1, -1, -1, -1, -1, -1, -1 } }           \
	}

/* prepare.c: everything that can be refused before a process is made. */
int making_prepare(struct making *making, const char *root, struct error *e);

/* A terminal needs somebody to have it, and nobody else does. */
int making_check_console(bool terminal, const char *socket,
    bool is_ours_to_relay, struct error *e);

/*
 * Engines take annotations from images too, and no image may ask for the groups
 * of the host's root.
 */
int making_check_groups(const struct spec *spec, int proc, struct error *e);

/* group.c: choose and check the cgroup; nothing is made. */
int making_group_prepare(struct making *making, struct error *e);

/* Make it, with everything on it that may come before a process. */
int making_group_create(struct making *making, struct error *e);

/*
 * Put on it what does not wait for a process. own is the cgroup that the
 * container may get for itself: it, or one below.
 */
int making_group_fill(const struct making *making, int own, struct error *e);

/*
 * The rules for devices. init falls under none, so that they may come while it
 * works: before INIT_RECORDED, for which it waits before any other code runs.
 */
int making_group_devices(const struct making *making, struct error *e);

/* Kill what is in it and remove it, if it was made, and what was above it. */
int making_group_remove(const struct making *making, struct error *e);

/* scope.c: the same where systemd makes it: choose and check. */
int making_scope_prepare(struct making *making, struct error *e);

/* With init made and recorded, which waits: start the scope, put all on it. */
int making_scope_start(struct making *making, struct error *e);

/*
 * Start it with a process that does nothing, and has to go before it is looked
 * at who is in there. Returns a descriptor of the cgroup for the container's.
 */
int making_scope_hold(struct making *making, pid_t *holder, struct error *e);
void making_scope_let_go(pid_t *holder);

/*
 * readonly.c: root.readonly of a restored container, while it stands still. A
 * file that one of its processes may write to is an error.
 */
int making_root_readonly(const struct making *making, struct error *e);

/* rdt.c: choose and check the class of service; nothing is made. */
int making_rdt_prepare(struct making *making, struct error *e);

/* Make it, once it is recorded; put the process in it; remove it. */
int making_rdt_create(struct making *making, struct error *e);
int making_rdt_join(const struct making *making, struct error *e);
int making_rdt_remove(const struct making *making, struct error *e);

/* A process more for the class of a container that is there; rdt may be NULL.
 */
int container_rdt_join(const struct spec_intel_rdt *rdt, const char *id,
    pid_t pid, struct error *e);

/* Remove that of a container that is there. */
int
container_rdt_remove(const struct container_record *record, struct error *e);

/* create.c: make the process and bring it to the point before start. */
int making_spawn(struct making *making, struct error *e);

/* The notes of timeline.h, at the end. */
void making_tell_times(struct making *making);

/* Kill and forget what was made; keeps the error. */
void making_undo(struct making *making);
void making_free(struct making *making);

/* run.c: what run does once the program runs: unless detached, wait for its
 * end and delete the container. */
int making_finish(struct making *making, int *status, struct error *e);

/* follow.c: run the hooks for which there are namespaces by now. */
int making_runtime_hooks(struct making *making, struct error *e);

/* follow.c: send init a message. One that is gone is no error here: what it
 * said last is read next, and says more. */
int making_tell(int socket, enum init_message_kind kind, struct error *e);

/* Answer init until it says what is awaited, or ends. Returns 1
 * when it said so, 0 at the end of file (execve was done), or an error. */
int making_follow(struct making *making, int socket,
    enum init_message_kind until, struct error *e);

/*
 * The parts of it, for exec. The next message; a failure that it tells of is
 * the error. Returns 1, or 0 at the end of file.
 */
int
follow_next(int socket, struct init_message *message, int *fd, struct error *e);

/* Who gets a terminal's master. */
struct follow_console {
	const char *path; /* of a socket; NULL: the runtime keeps it */
	const struct spec_process *process; /* for the size, where it does */
};

/* Hand it over, or keep it as *out. */
int follow_give_console(const struct follow_console *to, int master, int *out,
    struct error *e);

/* The same, and let the process go on. */
int follow_console(const struct follow_console *to, int socket, int master,
    int *out, struct error *e);

/* Who has a seccomp listener. */
struct follow_process {
	const struct container_record *record;
	pid_t pid;
	enum container_status status;
};

/* Hand it to the agent and let the process go on. */
int follow_listener(const struct spec *spec,
    const struct follow_process *process, int socket, int fd, struct error *e);

/* The same for start: until the end of file, which says that execve(2) was
 * done. Returns 0, or an error; by_hook: of a startContainer hook. spec: as
 * store_config_read_later() has it, here and below. */
int making_follow_start(const struct spec *spec,
    const struct container_record *record, int socket, bool *by_hook,
    struct error *e);

/* send.c: a connection to the socket at path, which may be a long one. */
int making_connect(const char *path, struct error *e);

/* One descriptor with a text over the socket at path. */
int making_send_fd(const char *path, const char *text, int fd, struct error *e);
int making_pid_file(const char *path, pid_t pid, struct error *e);

/* terminal.c: give the container's terminal the size of ours, unless the
 * configuration says another: before the program can look. */
void making_console_size(int master, const struct spec_process *process);

/* In the foreground, before the program can run: a signal to us is for it from
 * now on, and waits for the relay. before: what was held already, or NULL. */
void making_hold_signals(sigset_t *before);

/* Hold them, and open making's signals, by which they are seen. */
int making_watch_signals(struct making *making, struct error *e);

/* Relay between ours and master until init ends; pass signals on.
 * master may be -1. Returns the status to exit with. */
int making_wait(int pidfd, pid_t pid, int master, int *status, struct error *e);

/* The same for a container with all that run may have to see to. */
struct making_wait {
	int pidfd;
	pid_t pid;
	int master;            /* of its terminal, or -1 */
	int job;               /* says that the program was stopped, or -1 */
	int parent;            /* a pidfd: it ends with that one; or -1 */
	struct notify *notify; /* what it says to the service manager goes out
				*/
	struct questions *questions; /* NULL: nobody is asked */
};
int
making_wait_for(const struct making_wait *what, int *status, struct error *e);

/* start.c: run the poststart hooks. */
int making_poststart(const struct spec *spec,
    const struct container_record *record, struct error *e);

/* delete.c: run the poststop hooks. One that fails changes nothing; warn, which
 * may be NULL, is told. */
void making_poststop(const struct spec *spec,
    const struct container_record *record, spec_note *warn, void *context);

/* End and remove one that is open and locked, and run its poststop hooks. */
int making_destroy(const struct store_entry *entry, const struct spec *spec,
    spec_note *warn, void *context, struct error *e);

#endif
