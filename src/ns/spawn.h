/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spawn - what the files that make the container's process share.
 *
 * Private to ns. spawn.c is the runtime's side, child.c the new process and
 * its stand-in, talk.c the conversation between them.
 */
#ifndef NS_SPAWN_H
#define NS_SPAWN_H

#include "ns/ns.h"

/* ns.c: clone(2) flag of each kind, and its name below /proc/PID/ns. */
extern const uint64_t ns_kind_flags[SPEC_NS_KINDS];
extern const char *const ns_proc_names[SPEC_NS_KINDS];

enum spawn_word {
	SPAWN_MAP_ME = 1, /* to the runtime: write my maps */
	SPAWN_MAPPED,     /* from it: done */
	SPAWN_MADE,       /* to it: the process is there; carries a pidfd */
	SPAWN_FAILED,     /* to it: with the error */
};

struct spawn_packet {
	enum spawn_word word;
	struct error error; /* SPAWN_FAILED */
};

struct spawn {
	const struct ns_plan *plan;
	void (*run)(void *);
	void *context;
	int runtime; /* the runtime's end */
	int child;   /* the other */
};

/* talk.c: one packet, with a descriptor unless fd is -1. Returns 0, or -1. */
int
spawn_say(int socket, enum spawn_word word, int fd, const struct error *why);

/* Returns 1, 0 at the end of file, or an error. *fd is the caller's. */
int
spawn_hear(int socket, struct spawn_packet *packet, int *fd, struct error *e);

/*
 * child.c: the first code in its namespaces; maps: they come without asking.
 * Both children have closed spawn->runtime: the end of file that they wait for
 * when the runtime is killed comes from the last descriptor.
 */
void
spawn_begin(const struct spawn *spawn, bool maps) __attribute__((noreturn));

/* Join, set what has to be set before, and make the process as a sibling. */
void spawn_stand_in(const struct spawn *spawn) __attribute__((noreturn));

/*
 * child.c: in a user namespace that was entered, become its root, with the
 * groups that it had gone or kept. proc is os_proc_root() of the pid namespace.
 */
int spawn_become_root(int proc, bool keep_groups, struct error *e);

#endif
