/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "ask.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/auto.h"
#include "event/ask.h"
#include "known.h"
#include "os/os.h"

/* Questions at once. */
#define PENDING_MAX 256

/* How often one who waits looks whether his task is still there. */
#define LOOK_NS 200000000

struct pending {
	uint64_t id; /* 0: free */
	bool is_answered;
	bool is_allowed;
	bool is_always;
	bool is_whole; /* all of its names were told */
};

struct asker {
	pthread_mutex_t lock;
	pthread_cond_t heard;
	int socket;
	uint64_t last;
	struct pending pending[PENDING_MAX];
	struct known known;
};

struct asker *
asker_new(void)
{
	struct asker *asker = calloc(1, sizeof(*asker));
	pthread_condattr_t attr;

	if (asker == NULL)
		return NULL;
	pthread_mutex_init(&asker->lock, NULL);
	/* Nobody waits longer, or not at all, as the time of day is set. */
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&asker->heard, &attr);
	asker->socket = -1;
	return asker;
}

void
asker_add(struct asker *asker, int socket)
{
	AUTO_FD int added = socket;

	pthread_mutex_lock(&asker->lock);
	if (asker->socket < 0)
		asker->socket = take_fd(&added);
	pthread_mutex_unlock(&asker->lock);
	if (added >= 0)
		(void)!os_send(added, EVENT_BUSY, sizeof(EVENT_BUSY),
		    MSG_DONTWAIT | MSG_NOSIGNAL);
}

int
asker_socket(struct asker *asker)
{
	pthread_mutex_lock(&asker->lock);
	int socket = asker->socket;
	pthread_mutex_unlock(&asker->lock);
	return socket;
}

static void
take_answer(struct asker *asker, const struct event_answer *answer)
{
	for (size_t i = 0; answer->id != 0 && i < PENDING_MAX; i++) {
		struct pending *pending = &asker->pending[i];

		if (pending->id != answer->id || pending->is_answered)
			continue;
		pending->is_answered = true;
		pending->is_allowed = answer->is_allowed;
		pending->is_always = answer->is_always;
	}
}

void
asker_hear(struct asker *asker)
{
	char line[1024];
	struct event_answer answer;
	struct error e = { 0 };

	pthread_mutex_lock(&asker->lock);
	/* It was polled for: this does not wait. */
	ssize_t got =
	    asker->socket < 0 ? 0 : read(asker->socket, line, sizeof(line));
	bool is_gone = got <= 0;
	if (got > 0 && event_read_answer(line, (size_t)got, &answer, &e) == 0)
		take_answer(asker, &answer);
	else if (got > 0)
		is_gone = true;
	if (is_gone)
		auto_close(&asker->socket);
	if (is_gone)
		asker->socket = -1;
	pthread_cond_broadcast(&asker->heard);
	pthread_mutex_unlock(&asker->lock);
}

/* ---- answers that hold --------------------------------------------------- */

/* Of execve(2) a second decision follows, which cannot wait. */
static bool
is_execution(const struct matter *matter)
{
	return matter->section == GUARD_EXECUTE ||
	       (matter->section == GUARD_FILES &&
		   (matter->what & GUARD_RUN) != 0);
}

/* Without its names it would be one for all that have none. */
static bool
may_last(const struct matter *matter, const struct pending *pending)
{
	return pending->is_always && pending->is_whole &&
	       matter->subject[0] != '\0' &&
	       (matter->name == GUARD_NAME_ONLY || matter->other[0] != '\0');
}

static enum guard_action
settle(struct asker *asker, const struct matter *matter,
    const struct pending *pending, pid_t tid)
{
	bool is_allowed = pending->is_allowed;

	if ((!may_last(matter, pending) ||
		!known_keep(&asker->known, matter, is_allowed, 0)) &&
	    is_execution(matter) &&
	    !known_keep(&asker->known, matter, is_allowed, tid))
		return GUARD_DENY;
	return is_allowed ? GUARD_ALLOW : GUARD_DENY;
}

void
asker_forget(struct asker *asker, pid_t tid)
{
	pthread_mutex_lock(&asker->lock);
	known_forget(&asker->known, tid);
	pthread_mutex_unlock(&asker->lock);
}

void
asker_move(struct asker *asker, pid_t former, pid_t tid)
{
	if (former == tid)
		return;
	pthread_mutex_lock(&asker->lock);
	known_forget(&asker->known, tid);
	known_move(&asker->known, former, tid);
	pthread_mutex_unlock(&asker->lock);
}

/* ---- asking -------------------------------------------------------------- */

#define WHAT_BYTES 40

/* For who is asked, as none that holds is given up for another. */
#define NO_ROOM "for once, as too many answers are kept"

/* "read, write" */
static void
put_what(const struct matter *matter, char out[WHAT_BYTES])
{
	static const char *const words[GUARD_SECTIONS][4] = {
		[GUARD_FILES] = { "read", "write", "create", "execute" },
		[GUARD_NETWORK] = { "connect", "bind", "send" },
		[GUARD_EXECUTE] = { [3] = "execute" },
		[GUARD_CALLS] = { "call" },
	};
	unsigned what = matter->what;
	size_t used = 0;

	/* A directory is read as well. */
	if (matter->section == GUARD_FILES && (what & GUARD_LIST) != 0)
		what |= GUARD_READ;
	for (size_t i = 0; i < ARRAY_SIZE(words[0]); i++) {
		const char *word = words[matter->section][i];

		if (word != NULL && (what >> i & 1) != 0)
			used += (size_t)snprintf(out + used, WHAT_BYTES - used,
			    "%s%s", used > 0 ? ", " : "", word);
	}
}

/* Who reads it late, behind others, is to know that nobody waits for it. */
static uint64_t
deadline_ms(unsigned timeout_s)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return timeout_s == 0 ? 0
			      : ((uint64_t)now.tv_sec + timeout_s) * 1000 +
				    (uint64_t)now.tv_nsec / 1000000;
}

/* A path that cannot be told has none, and is not known again. */
static struct matter
matter_of(const struct call *call, const struct guard_verdict *verdict)
{
	struct matter matter = { verdict->section, verdict->rule, verdict->what,
		verdict->name, call->object, "" };

	if (verdict->section == GUARD_CALLS) {
		matter.what = 1;
		if (call->row != NULL)
			matter.subject = call->row->name;
	}
	if (verdict->name == GUARD_NAME_OLD)
		matter.other = call->target;
	if (verdict->name == GUARD_NAME_NEW) {
		matter.subject = call->target;
		matter.other = call->object;
	}
	return matter;
}

static void
read_comm(const struct worker *worker, pid_t tid, char *out, size_t size)
{
	AUTO_FD int fd =
	    task_open(worker->monitor->proc, tid, "comm", O_RDONLY);

	if (fd >= 0 && os_read_text(fd, out, size) > 0)
		out[strcspn(out, "\n")] = '\0';
}

static void
put_rule(const struct matter *matter, char *out, size_t size)
{
	(void)snprintf(out, size, matter->rule >= 0 ? "%s[%d]" : "%s",
	    guard_section_word(matter->section), matter->rule);
}

/* False: nobody was asked, as who answers does not keep up. */
static bool
send_question(struct asker *asker, struct worker *worker,
    const struct call *call, const struct guard_verdict *verdict,
    const struct matter *matter, struct pending *pending)
{
	struct event_line *line = malloc(sizeof(*line));
	char comm[32] = "", rule[64], what[WHAT_BYTES] = "use";
	bool is_named = matter->subject[0] != '\0' || call->row == NULL;

	if (line == NULL)
		return false;
	read_comm(worker, call->tid, comm, sizeof(comm));
	put_rule(matter, rule, sizeof(rule));
	put_what(matter, what);
	const struct event_question question = {
		.id = pending->id,
		.what = what,
		.subject = is_named ? matter->subject : call->row->name,
		.from = matter->name == GUARD_NAME_NEW ? matter->other : NULL,
		.to = matter->name == GUARD_NAME_OLD ? matter->other : NULL,
		.rule = rule,
		.comm = comm[0] != '\0' ? comm : NULL,
		.note = known_has_room(&asker->known) ? NULL : NO_ROOM,
		.pid = worker->task.pid,
		.vpid = worker->task.vpid,
		.timeout_s = verdict->timeout_s,
		.until_ms = deadline_ms(verdict->timeout_s),
	};
	pending->is_whole = event_put_question(&question, line);
	bool is_sent = os_send(asker->socket, line->text, line->length,
			   MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
	free(line);
	return is_sent;
}

static struct pending *
begin(struct asker *asker)
{
	for (size_t i = 0; i < PENDING_MAX; i++) {
		if (asker->pending[i].id != 0)
			continue;
		asker->pending[i] = (struct pending){ .id = ++asker->last };
		return &asker->pending[i];
	}
	return NULL;
}

static struct timespec
after(struct timespec from, uint64_t ns)
{
	uint64_t sum = (uint64_t)from.tv_nsec + ns;

	from.tv_sec += (time_t)(sum / 1000000000u);
	from.tv_nsec = (long)(sum % 1000000000u);
	return from;
}

static bool
is_past(const struct timespec *end)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > end->tv_sec ||
	       (now.tv_sec == end->tv_sec && now.tv_nsec >= end->tv_nsec);
}

/* Under the lock, which is let go while it waits. */
static void
await(struct asker *asker, struct worker *worker, struct pending *pending,
    unsigned timeout_s)
{
	struct timespec now, end;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	end = after(now, timeout_s * UINT64_C(1000000000));
	while (!pending->is_answered && asker->socket >= 0) {
		struct timespec look;

		(void)clock_gettime(CLOCK_MONOTONIC, &now);
		look = after(now, LOOK_NS);
		(void)pthread_cond_timedwait(&asker->heard, &asker->lock,
		    &look);
		if (!worker_is_wanted(worker) ||
		    (timeout_s != 0 && is_past(&end)))
			return;
	}
}

static enum guard_action
ask_now(struct asker *asker, struct worker *worker, const struct call *call,
    const struct guard_verdict *verdict)
{
	struct matter matter = matter_of(call, verdict);

	/* The answer is for its second decision, which has to be known again.
	 */
	if (is_execution(&matter) && matter.subject[0] == '\0')
		return GUARD_DENY;
	if (!known_find(&asker->known, &matter, call->tid))
		return GUARD_DENY;
	if (matter.what == 0)
		return GUARD_ALLOW;
	if (asker->socket < 0)
		return verdict->unanswered;
	if (worker->must_not_block || worker->is_at_stop)
		return GUARD_ASK;
	struct pending *pending = begin(asker);
	if (pending == NULL)
		return verdict->unanswered;
	if (send_question(asker, worker, call, verdict, &matter, pending))
		await(asker, worker, pending, verdict->timeout_s);
	enum guard_action action =
	    !worker_is_wanted(worker) ? GUARD_DENY
	    : pending->is_answered ? settle(asker, &matter, pending, call->tid)
				   : verdict->unanswered;
	pending->id = 0;
	return action;
}

enum guard_action
ask(struct worker *worker, const struct call *call,
    const struct guard_verdict *verdict)
{
	struct asker *asker = worker->monitor->asker;

	pthread_mutex_lock(&asker->lock);
	enum guard_action action = ask_now(asker, worker, call, verdict);
	pthread_mutex_unlock(&asker->lock);
	return action;
}
