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
#include "os/os.h"

/* Questions at once, and answers that are kept. */
#define PENDING_MAX 256
#define KNOWN_MAX   256

/* How often one who waits looks whether his task is still there. */
#define LOOK_NS 200000000

/* What a question is about: the same again is the same question. */
struct matter {
	enum guard_section section;
	unsigned what;
	int rule;
	char *subject;
};

struct known {
	struct matter matter;
	bool is_allowed;
	pid_t once; /* for one execve(2) of this thread; 0: for all */
};

struct pending {
	uint64_t id; /* 0: free */
	bool is_answered;
	bool is_allowed;
	bool is_always;
};

struct asker {
	pthread_mutex_t lock;
	pthread_cond_t heard;
	int socket;
	uint64_t last;
	struct pending pending[PENDING_MAX];
	struct known known[KNOWN_MAX];
	size_t known_next; /* the oldest makes room */
};

struct asker *
asker_new(void)
{
	struct asker *asker = calloc(1, sizeof(*asker));

	if (asker == NULL)
		return NULL;
	pthread_mutex_init(&asker->lock, NULL);
	pthread_cond_init(&asker->heard, NULL);
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

static bool
is_same(const struct matter *a, const struct matter *b)
{
	return a->subject != NULL && a->section == b->section &&
	       a->what == b->what && a->rule == b->rule &&
	       strcmp(a->subject, b->subject) == 0;
}

static bool
recall(struct asker *asker, const struct matter *matter, pid_t tid,
    bool *is_allowed)
{
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		const struct known *known = &asker->known[i];

		if (!is_same(&known->matter, matter) ||
		    (known->once != 0 && known->once != tid))
			continue;
		*is_allowed = known->is_allowed;
		return true;
	}
	return false;
}

/* Of execve(2) a second decision follows, which cannot wait. */
static void
keep(struct asker *asker, const struct matter *matter,
    const struct pending *pending, pid_t tid)
{
	struct known *known = &asker->known[asker->known_next];
	/* Without a subject it would be one for all that have none. */
	bool is_always = pending->is_always && matter->subject[0] != '\0';

	if (!is_always && matter->section != GUARD_EXECUTE)
		return;
	free(known->matter.subject);
	*known =
	    (struct known){ *matter, pending->is_allowed, is_always ? 0 : tid };
	known->matter.subject = strdup(matter->subject);
	asker->known_next = (asker->known_next + 1) % KNOWN_MAX;
}

void
asker_forget(struct asker *asker, pid_t tid)
{
	pthread_mutex_lock(&asker->lock);
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		struct known *known = &asker->known[i];

		if (known->once != tid)
			continue;
		free(known->matter.subject);
		*known = (struct known){ 0 };
	}
	pthread_mutex_unlock(&asker->lock);
}

void
asker_move(struct asker *asker, pid_t former, pid_t tid)
{
	if (former == tid)
		return;
	asker_forget(asker, tid);
	pthread_mutex_lock(&asker->lock);
	for (size_t i = 0; i < KNOWN_MAX; i++) {
		if (asker->known[i].once == former)
			asker->known[i].once = tid;
	}
	pthread_mutex_unlock(&asker->lock);
}

/* ---- asking -------------------------------------------------------------- */

static const char *
what_of(const struct guard_verdict *verdict)
{
	static const char *const accesses[] = { "read", "write", "create",
		"execute" };
	static const char *const operations[] = { "connect", "bind", "send" };
	unsigned bit =
	    verdict->what == 0 ? 0 : (unsigned)__builtin_ctz(verdict->what);

	switch (verdict->section) {
	case GUARD_FILES:
		return bit < ARRAY_SIZE(accesses) ? accesses[bit] : "use";
	case GUARD_NETWORK:
		return bit < ARRAY_SIZE(operations) ? operations[bit] : "use";
	case GUARD_EXECUTE:
		return "execute";
	case GUARD_CALLS:
	case GUARD_SECTIONS:
	default:
		return "call";
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
static const char *
subject_of(const struct call *call, const struct guard_verdict *verdict)
{
	return verdict->section == GUARD_CALLS && call->row != NULL
		   ? call->row->name
		   : call->object;
}

/* False: nobody was asked, as who answers does not keep up. */
static bool
send_question(struct asker *asker, struct worker *worker,
    const struct call *call, const struct guard_verdict *verdict, uint64_t id)
{
	struct event_line *line = malloc(sizeof(*line));
	const char *subject = subject_of(call, verdict);
	char comm[32] = "", rule[64];
	AUTO_FD int fd =
	    task_open(worker->monitor->proc, call->tid, "comm", O_RDONLY);

	if (line == NULL)
		return false;
	if (fd >= 0 && os_read_text(fd, comm, sizeof(comm)) > 0)
		comm[strcspn(comm, "\n")] = '\0';
	(void)snprintf(rule, sizeof(rule), "%s[%d]",
	    guard_section_word(verdict->section), verdict->rule);
	const struct event_question question = {
		.id = id,
		.what = what_of(verdict),
		.subject = subject[0] != '\0' || call->row == NULL
			       ? subject
			       : call->row->name,
		.rule = rule,
		.comm = comm[0] != '\0' ? comm : NULL,
		.pid = worker->task.pid,
		.vpid = worker->task.vpid,
		.timeout_s = verdict->timeout_s,
		.until_ms = deadline_ms(verdict->timeout_s),
	};
	event_put_question(&question, line);
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

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec > end->tv_sec ||
	       (now.tv_sec == end->tv_sec && now.tv_nsec >= end->tv_nsec);
}

/* Under the lock, which is let go while it waits. */
static void
await(struct asker *asker, struct worker *worker, struct pending *pending,
    unsigned timeout_s)
{
	struct timespec now, end;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	end = after(now, timeout_s * UINT64_C(1000000000));
	while (!pending->is_answered && asker->socket >= 0) {
		struct timespec look;

		(void)clock_gettime(CLOCK_REALTIME, &now);
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
	const struct matter matter = { verdict->section, verdict->what,
		verdict->rule, (char *)(uintptr_t)subject_of(call, verdict) };
	bool is_allowed;

	/* The answer is for its second decision, which has to be known again.
	 */
	if (verdict->section == GUARD_EXECUTE && matter.subject[0] == '\0')
		return GUARD_DENY;
	if (recall(asker, &matter, call->tid, &is_allowed))
		return is_allowed ? GUARD_ALLOW : GUARD_DENY;
	if (asker->socket < 0)
		return verdict->unanswered;
	if (worker->must_not_block || worker->is_at_stop)
		return GUARD_ASK;
	struct pending *pending = begin(asker);
	if (pending == NULL)
		return verdict->unanswered;
	if (send_question(asker, worker, call, verdict, pending->id))
		await(asker, worker, pending, verdict->timeout_s);
	enum guard_action action = verdict->unanswered;
	if (pending->is_answered) {
		action = pending->is_allowed ? GUARD_ALLOW : GUARD_DENY;
		keep(asker, &matter, pending, call->tid);
	}
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
