/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init - the container's first process: an ordered list of steps, then exec.
 *
 * Layer 3. Uses base, os, spec and the mechanisms of layer 2.
 *
 * The runtime prepares everything (struct init), makes the process with
 * ns_spawn(&plan, init_main, &init) and then follows it through the two
 * sockets below. init allocates nothing: it reads what the runtime prepared.
 *
 * Talking to the runtime, over init->sync (SOCK_SEQPACKET), one struct
 * init_message a packet:
 *   init -> runtime  INIT_HOOKS    namespaces are there: run prestart and
 *                                  createRuntime hooks, answer INIT_GO. Only
 *                                  sent when there are such hooks.
 *   init -> runtime  INIT_CONSOLE  carries the terminal's master descriptor
 *   init -> runtime  INIT_LISTENER carries the seccomp listener; answered by
 *                                  INIT_GO once the agent has it
 *   init -> runtime  INIT_CREATED  everything is closed; waits for start
 *   init -> runtime  INIT_FAILED   with the error; init exits
 * With a start socket, init then accepts one connection on it; what it has
 * still to say (INIT_FAILED) goes there, and end of file without it means that
 * execve(2) was done. Without one (run) the same goes over sync.
 */
#ifndef INIT_INIT_H
#define INIT_INIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "filter/filter.h"
#include "rootfs/rootfs.h"
#include "spec/spec.h"

enum init_message_kind {
	INIT_HOOKS = 1,
	INIT_CONSOLE,
	INIT_LISTENER,
	INIT_CREATED,
	INIT_FAILED,
	INIT_GO,
};

struct init_message {
	enum init_message_kind kind;
	struct error error; /* INIT_FAILED */
};

/* Everything that the process needs, prepared by the runtime. */
struct init {
	const struct spec *spec;
	const char *id;
	const char *bundle;
	struct rootfs_plan *rootfs;
	const struct filter *filter;
	const char *state; /* OCI state for hooks, with "pid":%PID% to be set */
	int sync;          /* this end is init's */
	int start;         /* listening socket, or -1: start at once */
	int console;       /* use a terminal: 1, else 0 */
	unsigned preserve_fds; /* descriptors 3 to 2 + N stay open */
	bool no_new_keyring;
	bool no_setgroups; /* the id map denies setgroups(2) */
	uint32_t *released; /* shared word: 1 when the runtime says go on */

	/* Private to the steps. */
	int proc;     /* detached procfs */
	int slave;    /* terminal */
	int channel;  /* where the next message goes */
	const char *program; /* args[0] as found in PATH */
};

/* The steps, top to bottom, in a process from ns_spawn(). Never returns. */
void init_main(void *init) __attribute__((noreturn));

/*
 * Run hooks of one kind one after the other with the state on stdin, exactly
 * the environment given, the bundle as directory, and the timeout. Stops at
 * the first that fails; the error names it ("hooks.prestart[0]: ..."). Used by
 * both sides.
 */
int init_hooks_run(const struct spec *spec, enum spec_hook_kind kind,
    const char *state, const char *bundle, struct error *e)
    __attribute__((nonnull, warn_unused_result));

#endif
