/* SPDX-License-Identifier: Apache-2.0 */
/*
 * event - what the interception layer saw: typed, and printed as a line of
 * JSON.
 *
 * Layer 1. Uses base and syscall.
 *
 * Whoever sees a call fills a struct event on its stack; nothing in here is
 * owned, nothing allocates, and nothing is shared between two calls, so that
 * any number of threads may print at once. All texts and bytes are a hostile
 * program's own; what is printed is one line of printable UTF-8, below
 * EVENT_LINE_MAX, that one write(2) puts into a pipe or a packet as a whole.
 * docs/events.md describes the lines.
 */
#ifndef EVENT_EVENT_H
#define EVENT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "syscall/syscall.h"

enum event_kind {
	EVENT_CALL, /* a system call: row or number, raw, copies, result */
	EVENT_EXEC, /* another program runs: object is its path */
	EVENT_FORK, /* child is a new thread or process */
	EVENT_EXIT, /* status, as of waitpid(2) */
	EVENT_LOST, /* lost events were not written here */
	EVENT_KINDS,
};

/* The strictest of a call is told: the last of these. */
enum event_decision {
	EVENT_UNDECIDED, /* nobody had to decide */
	EVENT_ALLOWED,
	EVENT_LOGGED, /* allowed, and to be told */
	EVENT_ASKED,  /* allowed, as somebody was asked */
	EVENT_DENIED,
	EVENT_KILLED,
	EVENT_FROZEN,
	EVENT_DECISIONS,
};

/*
 * What was copied out of the task for an argument. By the kind of it:
 *   PATH, STRING     the string without its NUL
 *   STRINGS          the strings one after the other, each with its NUL
 *   SOCKADDR, OPEN_HOW, CLONE_ARGS
 *                    the bytes as they lie there, of as many as the call says
 *   MSGHDR, MMSGHDR  struct event_message of this process: one, or an array;
 *                    length in bytes
 * All others are printed by their register alone.
 */
struct event_copy {
	const void *bytes; /* NULL: none was taken */
	size_t length;
	bool is_truncated; /* there was more than this */
	int error; /* errno, when the memory could not be read; else 0 */
};

struct event_message {
	struct event_copy name;    /* a struct sockaddr */
	struct event_copy control; /* struct cmsghdr one after the other */
	uint64_t iov_count;
	uint64_t iov_total; /* bytes that all of them have */
};

struct event {
	uint64_t time_ns; /* CLOCK_REALTIME */
	enum event_kind kind;

	/* Who. */
	pid_t pid, tid;   /* as the host numbers them */
	pid_t vpid, vtid; /* as the container does; 0: not known */
	const char *comm; /* NULL: not known */
	bool has_ids;
	uid_t uid; /* as the host numbers them */
	gid_t gid;

	/* EVENT_CALL. */
	const struct syscall_row *row; /* NULL: none; then number is printed */
	int number;
	const char *abi; /* NULL: native; else "x32", "i386", "arm" */
	uint64_t raw[6];
	struct event_copy copies[6];
	bool has_result;
	int64_t result; /* or -errno */

	/* The other kinds. */
	pid_t child;
	int status;
	uint64_t lost;

	/* What was decided, by which rule ("files[2]"; NULL: none), on what:
	 * the path as it was resolved, an address; NULL: on numbers alone. */
	enum event_decision decision;
	const char *rule;
	const char *object;
	const char *target; /* of a rename or link: the new name; NULL: none */
	bool is_new; /* the object was not there, and has been made: opened */
	/* The call was performed on the copy that is shown here, or on
	 * registers: what is shown is what happened. Else it was observed, and
	 * may have been another one. */
	bool is_sound;
};

/* Room for one line with its end and a NUL. */
#define EVENT_LINE_MAX 16384

struct event_line {
	size_t length; /* with the "\n", without the NUL */
	char text[EVENT_LINE_MAX];
};

/*
 * The event as a JSON object and "\n". What does not fit is left out, and the
 * line says so at that place.
 */
void event_put_json(const struct event *event, struct event_line *out)
    __attribute__((nonnull));

/* ---- a listener of a running container ---------------------------------- */

/*
 * In the container's state directory, SOCK_SEQPACKET. Who sends these bytes,
 * with the NUL, gets a line of JSON a packet until the container ends.
 */
#define EVENT_SOCKET    "sentry.sock"
#define EVENT_SUBSCRIBE "events\n"
/* What he gets who is one too many, and then the end. */
#define EVENT_BUSY "busy\n"

#endif
