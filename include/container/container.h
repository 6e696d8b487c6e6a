/* SPDX-License-Identifier: Apache-2.0 */
/*
 * container - the lifecycle of a container: create, start, run, exec, debug,
 * kill, delete, pause, resume, update, events, trace, state, list, ps.
 *
 * Layer 4. Uses everything below. runtime-spec runtime.md.
 *
 * root is the path of the state directory, which holds a directory for each
 * container. Every function leaves nothing behind when it fails. Callers: cli.
 */
#ifndef CONTAINER_CONTAINER_H
#define CONTAINER_CONTAINER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "event/event.h"
#include "filter/learn.h"
#include "spec/spec.h"
#include "trace/trace.h"

/* Who makes control groups; recorded, as later commands may not be told. */
enum container_cgroups {
	CONTAINER_CGROUPS_FS,
	CONTAINER_CGROUPS_SYSTEMD,
	CONTAINER_CGROUPS_DISABLED, /* leave them alone */
};

/* "cgroupfs", "systemd" or "disabled". Returns false for anything else. */
bool container_cgroups_find(const char *word, enum container_cgroups *out)
    __attribute__((nonnull));

/*
 * Who sees system calls of a container, by a tracer: trace/trace.h. One of the
 * two; what denied is given lives as long as the container.
 */
struct container_watch {
	/* Every call, under no profile: filter_watch_all(). */
	struct filter_learned *learned;
	/* Each call that the profile denies, and what it gets. In the tracer.
	 */
	void (*denied)(void *context, const struct trace_call *call,
	    const struct spec_seccomp *profile, uint32_t answer);
	void *context;
	int keep; /* a descriptor for that, beside stderr; -1: none */
};

/* The interception layer, as the command line asks for it:
 * docs/interception.md. NULL: not given. */
struct container_intercept {
	const char *mode;         /* off, observe, guard or sealed */
	const char *mode_by_name; /* the same, by what the program is called */
	const char *platform;     /* auto, notify or ptrace */
	const char *policy;       /* a file */
	const char *events;       /* a file that gets each event as a line */
	int events_fd;            /* the same, open for writing; 0: none */
	/* Of files, programs and addresses every call is seen and told of, not
	 * only what the policy can decide. */
	bool all;
};

/*
 * Who is asked about what would be refused, as long as run waits: destinations
 * that net has not, if it begins with RELAY_ASKS, and what a policy leaves open
 * or its default denies.
 */
struct container_ask {
	/* event/ask.h, a line each; NULL: the terminal, which has to be the
	 * container's and ours to relay. */
	const char *socket;
	/* Also for later runs: what is to be in their list. NULL: not there. */
	void (*save)(void *context, const char *item);
	void *context;
};

/* The flags of create and run. Strings are the caller's; NULL: not given. */
struct container_create {
	const char *id;
	const char *bundle; /* as given */
	const char *config; /* file in the bundle; NULL: config.json */
	const char *text;   /* the configuration itself; NULL: a file */
	size_t text_length;
	const char *console_socket; /* gets the terminal's master */
	const char *pid_file;
	const char *pidfd_socket;  /* gets a pidfd of init */
	const char *notify_socket; /* of the service manager: sd_notify(3) */
	const struct container_watch *watch; /* run, but not to detach it */
	const struct container_intercept *intercept; /* NULL: not asked for */
	/* Destinations that may be reached from a network namespace of its own:
	 * guard/allow.h. For run, but not to detach it. NULL: none. */
	const char *net;
	const struct container_ask *ask; /* NULL: nobody is */
	spec_note *refused; /* told of each that was refused, in the end */
	void *refused_context;
	const struct spec_seccomp *seccomp; /* in place of linux.seccomp */
	struct spec_strings args; /* in place of process.args; 0: not given */
	bool no_pivot;
	bool no_new_keyring;
	bool detach; /* run: return once it is started */
	bool keep;   /* run: do not delete it afterwards */
	enum container_cgroups cgroups;
	unsigned listen_fds;   /* from descriptor 3 on, by socket activation */
	unsigned preserve_fds; /* behind those */
	const int *parent;     /* run: a pidfd, with whose process the container
				  ends; NULL: nobody's */
	int held; /* closed while nobody waits for it, as that takes as long as
		     an exec; -1: none. See container_protect_self(). */
	spec_note *note;    /* told of unknown members; NULL: nobody */
	spec_note *warn;    /* told of what went wrong and stops nothing */
	void *note_context; /* of both */
};

/*
 * May the caller limit a container by a control group? resources is an object
 * as linux.resources. One is made and removed to know, by a name of its own.
 */
bool container_can_limit(const char *resources, size_t length)
    __attribute__((nonnull, warn_unused_result));

/* The text of a bundle's configuration; NULL: config.json. It is the caller's
 * to free. */
int container_read_config(const char *bundle, const char *config, char **out,
    size_t *length, struct error *e)
    __attribute__((nonnull(1, 3, 4, 5), warn_unused_result));

/* Make a container that waits for start. */
int container_create(const char *root, const struct container_create *request,
    struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Let a created container run; returns once its program was executed and the
 * poststart hooks have run. One whose startContainer or poststart hook fails is
 * deleted. warn is as for container_delete(). With a service manager's
 * notify_socket, and a container that was created with one, it returns when the
 * program has said that it is ready, or has ended.
 */
int container_start(const char *root, const char *id, const char *notify_socket,
    spec_note *warn, void *context, struct error *e)
    __attribute__((nonnull(1, 2, 6), warn_unused_result));

/*
 * Create, start and, unless detached, wait and delete. Stores what the
 * command line should exit with: the program's status, 128 and its signal.
 */
int container_run(const char *root, const struct container_create *request,
    int *status, struct error *e) __attribute__((nonnull, warn_unused_result));

/* The flags of exec. Strings are the caller's; NULL: not given. */
struct container_exec {
	const char *id;
	const char *process;        /* a process object, or NULL: args */
	size_t process_length;      /* bytes of it */
	struct spec_strings args;   /* the program and its words */
	const char *console_socket; /* gets the terminal's master */
	const char *pid_file;
	const char *pidfd_socket; /* gets a pidfd of the process */
	const char *cwd;
	const char *user; /* "UID[:GID]" */
	const char *process_label;
	const char *apparmor;
	const char *cgroup;       /* below the container's */
	struct spec_strings env;  /* NAME=VALUE, over what is there */
	struct spec_strings gids; /* more groups */
	struct spec_strings caps; /* more capabilities */
	bool detach;              /* return once it is started */
	bool tty;
	bool no_new_privs;
	bool ignore_paused;
	const struct container_watch *watch; /* of denials; not to detach it */
	unsigned listen_fds;                 /* as in struct container_create */
	unsigned preserve_fds;               /* behind those */
	int held;                            /* as in struct container_create */
};

/*
 * Run a process more in a container that is created, running or paused.
 * Returns once the program was executed or that failed; unless detached, when
 * it has ended. Stores what the command line should exit with. Takes no lock.
 * The process ends with the container.
 */
int container_exec(const char *root, const struct container_exec *request,
    int *status, struct error *e) __attribute__((nonnull, warn_unused_result));

/* The flags of debug. Strings are the caller's; NULL: not given. */
struct container_debug {
	const char *id;           /* of the target */
	const char *name;         /* NULL: "ID-debug-PID" */
	const char *rootfs;       /* its root, or */
	const char *bundle;       /* that of a bundle; NULL both: the host's
				     tools */
	struct spec_strings args; /* none: the bundle's, or a shell */
	struct spec_strings env;  /* NAME=VALUE */
	struct spec_strings caps; /* more than the target has */
	const char *user;         /* "UID[:GID]" */
	const char *cwd;
	const char *console_socket; /* gets the terminal's master */
	const char *pid_file;
	bool tty;
	bool detach;
	bool ignore_paused;
	int held;        /* as in struct container_create, */
	spec_note *note; /* and the rest too */
	spec_note *warn;
	void *note_context;
};

/*
 * Run a container beside a running one, the target: in all its namespaces but
 * that of the mounts, as its user, as confined as it is, with a root of its
 * own, which is read-only. The target gets no file, no mount, no capability.
 * Where the target has a pid namespace of its own, the container ends with it.
 * Else as container_run().
 */
int container_debug(const char *root, const struct container_debug *request,
    int *status, struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Send a signal, by name or number. all: to every process of the container,
 * also when init is gone. SIGKILL always ends all of it. One that has neither
 * a cgroup nor a pid namespace of its own says that only init got it. Takes no
 * lock, so that what hangs can be killed.
 */
int container_kill(const char *root, const char *id, const char *signal,
    bool all, struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Remove a stopped or created container; with force, kill a running one
 * first, and undo a half-made one. With force an absent one is no error. warn
 * is told of a poststop hook that fails; it may be NULL.
 */
int container_delete(const char *root, const char *id, bool force,
    spec_note *warn, void *context, struct error *e)
    __attribute__((nonnull(1, 2, 6), warn_unused_result));

/*
 * Remove what is left of sandboxes, whose bundle is "/", that have ended and
 * whose run was killed: of that one, if id is not NULL, and of those with an id
 * of the prefix and a number. What somebody waits for or works on stays, and so
 * does what cannot be removed. Returns how many were.
 */
size_t container_clear(const char *root, const char *id, const char *prefix)
    __attribute__((nonnull(1, 3)));

/* The OCI state as JSON. Takes no lock: a create may be held up by a hook. */
int container_state_print(const char *root, const char *id, FILE *out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

struct spec;

/* The configuration as used, to be looked at. Takes no lock. */
int container_spec_read(const char *root, const char *id, struct spec **out,
    struct error *e) __attribute__((nonnull, warn_unused_result));

enum container_list_format {
	CONTAINER_LIST_TABLE,
	CONTAINER_LIST_JSON, /* an array of states, or null */
	CONTAINER_LIST_IDS,
};

/* Every container, sorted by ID. Takes no lock either. */
int container_list_print(const char *root, enum container_list_format format,
    FILE *out, struct error *e) __attribute__((nonnull, warn_unused_result));

/*
 * Stop every process of a container, or let them go on, and wait until it is
 * so. Takes no lock.
 */
int container_pause(const char *root, const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));
int container_resume(const char *root, const char *id, struct error *e)
    __attribute__((nonnull, warn_unused_result));

struct container_ps {
	bool is_table;          /* as ps(1) shows them; else JSON numbers */
	char *const *arguments; /* of ps(1), ended by NULL */
};

/* The processes of a container. */
int container_ps_print(const char *root, const char *id,
    const struct container_ps *how, FILE *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

struct container_events {
	bool is_once;         /* one "stats", and no more */
	uint64_t interval_ms; /* else one each time, and "oom" when it is */
};

/* runc's events, an object a line; ends with the container. Takes no lock. */
int container_events_print(const char *root, const char *id,
    const struct container_events *how, FILE *out, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/* Who hears events, a line of JSON each: event/event.h. */
struct container_listener {
	/* An error ends it. */
	int (*event)(void *context, const char *line, size_t length,
	    struct error *e);
	void *context;
	/* Questions instead, event/ask.h: what is in there afterwards goes
	 * back. NULL: events. */
	struct event_line *answer;
};

/*
 * Hear what the interception layer of a running container sees from now on,
 * until the container ends. Takes no lock.
 */
int container_listen(const char *root, const char *id,
    const struct container_listener *listener, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Lay a document as linux.resources over the limits of a container, and keep
 * the result. Devices are replaced only by other devices.
 */
int container_update(const char *root, const char *id, const char *text,
    size_t length, struct error *e)
    __attribute__((nonnull, warn_unused_result));

/*
 * Make sure that nobody can write to this program through /proc/PID/exe of a
 * container's process (CVE-2019-5736): where its file could be written to,
 * execute it again from a read-only mount or a sealed copy. Call it first in
 * main(); returns when the process is protected, with nothing changed. Stores
 * the descriptor of the protected file, or -1: see struct container_create.
 */
int container_protect_self(char **argv, int *held, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
